package intake

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/disclosure"
	"github.com/guldkorn/guldkorn/libs/document"
)

// crossing is a round by the other breakdown whose result is so near that beside it nothing below the whole school is told.
type crossing struct {
	RoundID   string
	Title     string
	ShownFrom Date // the first last day of answering that is far enough
	Whole     bool // the whole school is told, since both ask all of it
}

// crossing finds the last such round, nil if there is none. Which rounds count is reporting's to decide when this one has
// closed; here nothing is promised that it might refuse then. So a round counts also if its own result told little.
func (s *Intake) crossing(ctx context.Context, id string, r Round) (*crossing, error) {
	if r.Status.After(Closing) {
		return nil, nil // its result tells
	}
	one, err := s.askingOf(id, r, nil)
	if err != nil {
		return nil, err
	}
	var found *crossing
	whole := false
	for other, err := range s.rounds.All(ctx, document.Query{Index: "by_publication", Equal: []any{true}}) {
		if err != nil {
			return nil, err
		}
		o := other.Body
		known, err := s.askingOf(other.ID, o, nil)
		if err != nil {
			return nil, err
		}
		free := DateOf(o.ClosedAt.Add(disclosure.Near))
		if o.BatchHash == "" || known.Breakdown == one.Breakdown || !known.sameMatter(one) || r.ClosesOn >= free {
			continue
		}
		whole = whole || len(o.UnitIDs) == 0
		if found == nil || free > found.ShownFrom {
			found = &crossing{RoundID: other.ID, Title: o.Title, ShownFrom: free}
		}
	}
	if found != nil {
		found.Whole = whole && len(r.UnitIDs) == 0
	}
	return found, nil
}

// beside takes out of a preview what is not told beside a round by the other breakdown.
func (p *Preview) beside(c *crossing) {
	if c == nil {
		return
	}
	hidden := pooled
	if !c.Whole {
		p.School = tooFew
	}
	if p.School == tooFew {
		hidden = tooFew
	}
	for n := range p.Units {
		p.Units[n].State, p.Units[n].Distributions = hidden, false
	}
}
