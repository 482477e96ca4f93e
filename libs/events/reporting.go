package events

import "time"

// ReleasePublished says that a round's one immutable release exists. It carries no figures.
type ReleasePublished struct {
	ReleaseID                    string    `json:"release_id"`
	RoundID                      string    `json:"round_id"`
	ContentHash                  string    `json:"content_hash"`                    // SHA-256 of the release, hex
	VisibleToRepresentativesFrom time.Time `json:"visible_to_representatives_from"` // leader, TR and AMR, the same minute
	VisibleToAllOn               string    `json:"visible_to_all_on"`               // local date
	Shown                        bool      `json:"shown"`                           // false when everything is below the threshold
}

// Type implements Event.
func (ReleasePublished) Type() string { return "reporting.release-published.v1" }

// Validate implements Event.
func (e ReleasePublished) Validate() error {
	if err := required(e); err != nil {
		return err
	}
	if err := hash("content_hash", e.ContentHash); err != nil {
		return err
	}
	return date("visible_to_all_on", e.VisibleToAllOn)
}

// TextsWaiting says that people wrote something in their own words which the readers whom a round's contract names may
// read until then. It says neither what nor how much.
type TextsWaiting struct {
	RoundID       string    `json:"round_id"`
	Readers       []string  `json:"readers"` // roles
	ReadableUntil time.Time `json:"readable_until"`
}

// Type implements Event.
func (TextsWaiting) Type() string { return "reporting.texts-waiting.v1" }

// Validate implements Event.
func (e TextsWaiting) Validate() error { return required(e) }
