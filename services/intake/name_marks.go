package intake

import (
	"context"
	"crypto/rand"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
)

// NameMarks are what the form knows the names of everybody at the school by, so that it masks them in what people write. The
// names themselves are asked for, marked and forgotten.
type NameMarks struct {
	Salt    string   `bson:"salt" json:"salt"`
	Always  []string `bson:"always" json:"always"`
	Capital []string `bson:"capital" json:"capital"`
}

// nameMarks marks everybody at the context's school, with a salt of its own.
func (s *Intake) nameMarks(ctx context.Context) (*NameMarks, error) {
	names, err := s.directory.Colleagues(ctx, s.tenancy)
	if err != nil {
		return nil, err
	}
	marks := &NameMarks{Salt: rand.Text()}
	marks.Always, marks.Capital = names.Marks(marks.Salt)
	return marks, nil
}

// markNames freezes the marks of a round in which people may write.
func (s *Intake) markNames(ctx context.Context, doc document.Document[Round]) (document.Document[Round], error) {
	instrument, err := s.instruments.Find(doc.Body.Instrument, doc.Body.InstrumentVersion)
	if err != nil || instrument.TextLimit == 0 || !doc.Body.readsWords() || doc.Body.Names != nil {
		return doc, err
	}
	marks, err := s.nameMarks(ctx)
	if err != nil {
		return doc, err
	}
	return s.rounds.Update(ctx, doc.ID, func(r *Round) ([]events.Event, error) {
		if r.Names == nil { // somebody else may have been faster; what is frozen stays
			r.Names = marks
		}
		return nil, nil
	})
}
