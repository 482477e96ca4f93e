package intake

import (
	"context"
	"fmt"
	"net/http"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
)

// finishTightening shows the stricter contract on the form.
func (s *Intake) finishTightening(ctx context.Context, doc document.Document[Round]) (document.Document[Round], error) {
	failpoint.Hit("after-tightening-before-ballot-box")
	if err := s.showContract(ctx, doc); err != nil {
		return doc, err
	}
	return s.rounds.Update(ctx, doc.ID, func(r *Round) ([]events.Event, error) {
		r.FinishTightening(doc.Body.Contract.Hash)
		return nil, nil
	})
}

// tightenedContract is what the ballot box is to show from now on.
type tightenedContract struct {
	Thresholds  events.Thresholds `json:"thresholds"`
	TextReaders []string          `json:"text_readers"`
	Hash        string            `json:"hash"`
}

func (s *Intake) showContract(ctx context.Context, doc document.Document[Round]) error {
	r := doc.Body
	now := tightenedContract{Thresholds: r.Thresholds, TextReaders: append([]string{}, r.Contract.TextReaders...), Hash: r.Contract.Hash}
	if err := s.ballotBox.Call(ctx, http.MethodPut, ballotPath(doc.ID, "/contract"), now, nil); err != nil {
		return fmt.Errorf("contract of round %s: %w", doc.ID, err)
	}
	return nil
}
