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
