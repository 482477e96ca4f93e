package intake

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
)

// Extension is the one thing that may be said of an open round: that it stays open longer, and why. It is said once. A
// round that could be extended again and again would be kept open until somebody likes what comes of it.
type Extension struct {
	Before     Date      `bson:"before"` // the last day of answering as it was announced
	Reason     string    `bson:"reason"` // for everybody who may read the round; in no event
	ExtendedAt time.Time `bson:"extended_at"`
}

const (
	longestExtension = 14 // days after the announced last day
	longestReason    = 300
)

// Extended tells whether the round stays open longer than it was announced.
func (r *Round) Extended() bool { return r.Extension.Before != "" }

// Extend moves the last day of answering, and with it the day on which everybody sees the result, if that would come too
// early. A repeat of the same changes nothing. The event goes out with the change: the ballot box only shows the day, and
// is told afterwards.
func (r *Round) Extend(id, closesOn, reason string, now time.Time) ([]events.Event, error) {
	day, wrongDay := ParseDate("closes_on", closesOn)
	text, wrongReason := title("reason", reason, longestReason)
	if err := failure.Together(wrongDay, wrongReason); err != nil {
		return nil, err
	}
	if r.Extended() {
		if r.ClosesOn == day && r.Extension.Reason == text {
			return nil, nil
		}
		return nil, failure.New(failure.RoundExtended).At("closes_on").Wanting("an extension once")
	}
	if err := r.at(Open); err != nil {
		return nil, err
	}
	if r.Due(now) == Closing {
		return nil, failure.New(failure.RoundExpired).At("closes_on").Wanting("a round whose last day has not passed")
	}
	if latest := r.latestDay(); day <= r.ClosesOn || day > latest {
		return nil, failure.Invalid("closes_on", "after "+string(r.ClosesOn)+", "+string(latest)+" at the latest")
	}
	r.Extension = Extension{Before: r.ClosesOn, Reason: text, ExtendedAt: now}
	r.ClosesOn, r.ClosesAt = day, day.End()
	r.VisibleToAllOn = max(r.VisibleToAllOn, day)
	r.Unfinished = true
	told := events.RoundExtended{
		RoundID: id, Title: r.Title, ExtendedFrom: string(r.Extension.Before), ClosesOn: string(day), VisibleToAllOn: string(r.VisibleToAllOn),
	}
	for _, unit := range r.Frozen.Units {
		told.UnitIDs = append(told.UnitIDs, unit.UnitID)
	}
	return []events.Event{told}, nil
}

// latestDay is the last day that an extension may set: within the frame of a municipality, which compares its schools.
func (r *Round) latestDay() Date {
	latest := r.ClosesOn.Later(longestExtension)
	if r.FrameEnds != "" {
		latest = min(latest, r.FrameEnds)
	}
	return latest
}

// FinishExtending records that the ballot box shows the new day. A round that has been closed meanwhile has more to
// finish.
func (r *Round) FinishExtending() {
	if r.Status == Open {
		r.Unfinished = false
	}
}

// closingDay is what the ballot box is to show from now on.
type closingDay struct {
	ClosesOn       Date `json:"closes_on"`
	VisibleToAllOn Date `json:"visible_to_all_on"`
}

// finishExtending tells the ballot box until when it is open now.
func (s *Intake) finishExtending(ctx context.Context, doc document.Document[Round]) (document.Document[Round], error) {
	failpoint.Hit("after-extension-before-ballot-box")
	day := closingDay{ClosesOn: doc.Body.ClosesOn, VisibleToAllOn: doc.Body.VisibleToAllOn}
	if err := s.ballotBox.Call(ctx, http.MethodPut, ballotPath(doc.ID, "/closing-day"), day, nil); err != nil {
		return doc, fmt.Errorf("closing day of round %s: %w", doc.ID, err)
	}
	failpoint.Hit("after-ballot-box-before-record")
	doc, err := s.rounds.Update(ctx, doc.ID, func(r *Round) ([]events.Event, error) {
		r.FinishExtending()
		return nil, nil
	})
	if err == nil {
		s.schedule(ctx, doc)
	}
	return doc, err
}
