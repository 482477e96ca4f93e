package ballotbox_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/services/ballotbox"
)

// hasty is a box as it must not be: it acknowledges an answer at once and writes it later, when others have come.
type hasty struct {
	*ballotbox.Box
	mu   sync.Mutex
	held []*http.Request
}

// heldAtMost is more than are ever under way at once, so that some of those held are known to be acknowledged.
const heldAtMost = 64

// Handler implements host.Component.
func (h *hasty) Handler() http.Handler {
	inner := h.Box.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut || !strings.HasSuffix(r.URL.Path, "/answers") {
			inner.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		later := r.Clone(context.WithoutCancel(r.Context()))
		later.Body = io.NopCloser(bytes.NewReader(body))
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.held = append(h.held, later); len(h.held) > heldAtMost {
			inner.ServeHTTP(httptest.NewRecorder(), h.held[0])
			h.held = h.held[1:]
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// The control of TestKilledUnderLoad: it does find out when a box acknowledges before it writes.
func TestABoxThatAcknowledgesTooEarlyIsCaught(t *testing.T) {
	w := newCrashWorld(t)
	w.hasty = true
	acknowledged, kept := killedUnderLoad(t, w)
	lost := 0
	for i := range acknowledged {
		if kept[i] < acknowledged[i] {
			lost++
		}
	}
	require.Positive(t, lost)
}
