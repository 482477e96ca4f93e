package intake

import (
	"context"
	"slices"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Two rounds that ask the same people the same within the same weeks, one of them in fewer units than the other, tell together
// what each of them hides: the difference between their results is one of few people. So the second is refused.

// overlapping refuses a round about to be announced in these units if another one on its way does that.
func (s *Intake) overlapping(ctx context.Context, id string, r Round, units []FrozenUnit) error {
	for other, err := range s.rounds.All(ctx, document.Query{Index: "by_creation"}) {
		if err != nil {
			return err
		}
		o := other.Body
		running := o.Status.After(Draft) && !o.Status.After(Closing) && o.Status != Refused
		if other.ID == id || !running || o.TechnologyID != r.TechnologyID || o.ClosesOn < r.OpensOn || r.ClosesOn < o.OpensOn {
			continue
		}
		same, err := s.shareTheme(r, o)
		if err != nil {
			return err
		}
		if same && !slices.Equal(answering(units), answering(o.Frozen.Units)) {
			return failure.New(failure.RoundOverlaps).At("unit_ids").Wanting("the same units as the round " + other.ID + ", or other weeks")
		}
	}
	return nil
}

// shareTheme tells whether two rounds ask about a theme in common.
func (s *Intake) shareTheme(a, b Round) (bool, error) {
	one, err := s.instruments.Find(a.Instrument, a.InstrumentVersion)
	if err != nil {
		return false, err
	}
	other, err := s.instruments.Find(b.Instrument, b.InstrumentVersion)
	return slices.ContainsFunc(one.Themes, func(t Theme) bool {
		return slices.ContainsFunc(other.Themes, func(u Theme) bool { return t.ID == u.ID })
	}), err
}

// answering are the units with anybody in them, sorted.
func answering(units []FrozenUnit) []string {
	var ids []string
	for _, unit := range units {
		if unit.Headcount > 0 {
			ids = append(ids, unit.UnitID)
		}
	}
	slices.Sort(ids)
	return ids
}
