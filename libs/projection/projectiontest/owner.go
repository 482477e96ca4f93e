// Package projectiontest stands in for services that are asked for snapshots.
package projectiontest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/host/rest"
)

// Owner serves a snapshot of each kind, page by page, until the test ends. Kinds that are not in the map are empty.
func Owner(tb testing.TB, snapshots map[string][]events.Envelope) platform.Address {
	tb.Helper()
	routes := http.NewServeMux()
	routes.HandleFunc("GET /v1/snapshots/{kind}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		all := snapshots[r.PathValue("kind")]
		limit, _ := strconv.Atoi(r.FormValue("limit"))
		from, _ := strconv.Atoi(r.FormValue("cursor")) // the first page has none
		to := min(from+limit, len(all))
		list := rest.List[events.Envelope]{Items: append([]events.Envelope{}, all[from:to]...)}
		if to < len(all) {
			list.Next = strconv.Itoa(to)
		}
		_ = json.NewEncoder(w).Encode(list) // a caller that has gone wants none
	})
	server := httptest.NewServer(routes)
	tb.Cleanup(server.Close)
	return platform.Address{Base: server.URL, Client: server.Client()}
}
