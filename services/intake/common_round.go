package intake

import (
	"context"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// CommonRound is the frame of a round that a municipality holds at all of its schools: what is asked, in which weeks, and the
// smallest groups that are shown. It lives with the municipality and asks nobody. A school makes a round of its own within
// it: with its own title, questions and contract, inside the weeks, with thresholds as high or higher, and of all its staff.
type CommonRound struct {
	Title             string            `bson:"title"`
	Instrument        string            `bson:"instrument"`
	InstrumentVersion int               `bson:"instrument_version"`
	OpensOn           Date              `bson:"opens_on"`
	ClosesOn          Date              `bson:"closes_on"`
	VisibleToAllOn    Date              `bson:"visible_to_all_on"`
	Thresholds        events.Thresholds `bson:"thresholds"`
	CreatedAt         time.Time         `bson:"created_at"`
}

// NewCommonRound returns a frame, or everything that is wrong with it: the same as with a round's draft.
func NewCommonRound(d Drafting, now time.Time, missing ...*failure.Error) (CommonRound, error) {
	r, err := NewRound(d, now, missing...)
	if err != nil {
		return CommonRound{}, err
	}
	return CommonRound{
		Title: r.Title, Instrument: r.Instrument, InstrumentVersion: r.InstrumentVersion,
		OpensOn: r.OpensOn, ClosesOn: r.ClosesOn, VisibleToAllOn: r.VisibleToAllOn, Thresholds: r.Thresholds, CreatedAt: now,
	}, nil
}

// framed tells of a frame.
func (c CommonRound) framed(id string) events.Event {
	return events.CommonRoundFramed{
		CommonRoundID: id, Title: c.Title, Instrument: c.Instrument, InstrumentVersion: c.InstrumentVersion,
		OpensOn: string(c.OpensOn), ClosesOn: string(c.ClosesOn), VisibleToAllOn: string(c.VisibleToAllOn), Thresholds: c.Thresholds,
	}
}

// fits returns where a school's draft leaves the frame. Dates are compared as text, which is right for those that are dates;
// others the draft itself refuses.
func (c CommonRound) fits(d Drafting) []*failure.Error {
	var wrong []*failure.Error
	refuse := func(bad bool, field, want string) {
		if bad {
			wrong = append(wrong, failure.Invalid(field, want))
		}
	}
	refuse(d.Instrument != c.Instrument || d.InstrumentVersion != c.InstrumentVersion, "instrument", "what the municipality asks at all of its schools")
	refuse(d.TechnologyID != "", "technology_id", "digitalisation as a whole, like the other schools")
	refuse(len(d.UnitIDs) > 0, "unit_ids", "all units")
	refuse(d.Breakdown == events.ByStaffGroup, "breakdown", events.ByUnit+", like the other schools")
	refuse(d.OpensOn < string(c.OpensOn), "opens_on", string(c.OpensOn)+" or later")
	refuse(d.ClosesOn > string(c.ClosesOn), "closes_on", string(c.ClosesOn)+" or earlier")
	refuse(d.VisibleToAllOn > string(c.VisibleToAllOn), "visible_to_all_on", string(c.VisibleToAllOn)+" or earlier")
	limits := events.Thresholds{Means: LeastMeans, Distributions: LeastDistributions}
	if d.Thresholds != nil {
		limits = *d.Thresholds
	}
	refuse(limits.Means < c.Thresholds.Means || limits.Distributions < c.Thresholds.Distributions, "thresholds", "as high as the municipality's, or higher")
	return wrong
}

// withinCommon holds a school's draft against the frame that it names, of the school's own municipality.
func (s *Intake) withinCommon(ctx context.Context, d *Drafting, id string) ([]*failure.Error, error) {
	above, err := s.operatorContext(ctx)
	if err != nil {
		return nil, err
	}
	frame, err := s.commonRounds.Get(above, id)
	switch failure.CodeOf(err) {
	case "":
		d.CommonRoundID, d.FrameEnds = id, frame.Body.ClosesOn
		return frame.Body.fits(*d), nil
	case failure.DocumentNotFound, failure.RequestInvalid:
		return []*failure.Error{failure.Invalid("common_round_id", "a common round of the school's municipality")}, nil
	}
	return nil, err
}

// operatorContext is the tenant whose common rounds hold for the context's: its own if it is an operator, or its operator's.
func (s *Intake) operatorContext(ctx context.Context) (context.Context, error) {
	here, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	organisation, err := s.directory.Organisation(ctx, here)
	if err != nil {
		return nil, err
	}
	if organisation.Kind != "school" {
		return ctx, nil
	}
	return tenant.With(ctx, organisation.Parent), nil
}
