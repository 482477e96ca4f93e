package portal

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheRelayTellsThatAndNotWhat(t *testing.T) {
	stream := "id: 4\nevent: snapshot\ndata: {\"secret\":\"words\"}\ndata: more\n\n: beat\n\nid: 5\nevent: delta\ndata: {}\n\nevent: end\ndata: {}\n\n"
	w := httptest.NewRecorder()
	require.NoError(t, relay(t.Context(), w, strings.NewReader(stream)))
	require.Equal(t, "text/event-stream", w.Header().Get("Content-Type"))
	require.Equal(t, "retry: 1000\n\nid: 4\nevent: changed\ndata: {}\n\nid: 5\nevent: changed\ndata: {}\n\nevent: end\ndata: {}\n\n", w.Body.String())
}
