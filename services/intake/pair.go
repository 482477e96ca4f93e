package intake

import (
	"cmp"
	"context"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// A round about a change is asked twice, before and after. The after-round names its before-round, and the release tells its
// change against that one and no other. Wording, matter and breakdown have to be the same, or the difference would be
// one of the questions, or of groups that are not the same.

// before checks that a draft can be held against the round that it names, and returns what of that does not fit.
func (s *Intake) before(ctx context.Context, d *Drafting, roundID string) (*failure.Error, error) {
	doc, err := s.rounds.Get(ctx, roundID)
	switch failure.CodeOf(err) {
	case "":
	case failure.DocumentNotFound, failure.RequestInvalid:
		return failure.Invalid("before_round_id", "a round of this school that has a result"), nil
	default:
		return nil, err
	}
	r := doc.Body
	switch {
	case r.Status != Released && r.Status != Archived:
		return failure.Invalid("before_round_id", "a round of this school that has a result"), nil
	case r.Instrument != d.Instrument || r.InstrumentVersion != d.InstrumentVersion:
		return failure.New(failure.RoundPairDiffers).At("before_round_id").Wanting("the same instrument in the same version"), nil
	case r.TechnologyID != d.TechnologyID:
		return failure.New(failure.RoundPairDiffers).At("before_round_id").Wanting("the same technology"), nil
	case r.by() != cmp.Or(d.Breakdown, events.ByUnit):
		return failure.New(failure.RoundPairDiffers).At("breakdown").Wanting(r.by() + ", like the round before"), nil
	case string(r.ClosesOn) >= d.OpensOn:
		return failure.New(failure.RoundPairDiffers).At("before_round_id").Wanting("a round that closed before this one opens"), nil
	}
	d.BeforeRoundID = roundID
	return nil, nil
}
