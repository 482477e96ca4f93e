package intake

import (
	"context"
	"fmt"
	"net/http"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
)

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
