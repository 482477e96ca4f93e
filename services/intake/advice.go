package intake

import (
	"context"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
)

// fullEvery is how many days should lie between two full rounds. A full round takes everybody's time, and views seldom turn
// faster; so it is said in the draft, and not forbidden.
const fullEvery = 365

// advice is what a school should know of a draft before it announces it.
func (s *Intake) advice(ctx context.Context, doc document.Document[Round]) ([]intakeapi.RoundAdvice, error) {
	r := doc.Body
	if r.Status != Draft || !s.full(r) {
		return nil, nil
	}
	for other, err := range s.rounds.All(ctx, document.Query{Index: "by_publication", Equal: []any{true}, Descending: true}) {
		if err != nil {
			return nil, err
		}
		if o := other.Body; s.full(o) && o.OpensOn.Later(fullEvery) > r.OpensOn && r.OpensOn.Later(fullEvery) > o.OpensOn {
			return []intakeapi.RoundAdvice{intakeapi.FullWithinAYear}, nil
		}
	}
	return nil, nil
}

func (s *Intake) full(r Round) bool {
	one, err := s.instruments.Find(r.Instrument, r.InstrumentVersion)
	return err == nil && one.Kind == "full"
}
