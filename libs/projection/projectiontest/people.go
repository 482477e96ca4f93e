package projectiontest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/guldkorn/guldkorn/libs/host/platform"
)

// People answers in tenancy's place, whoever is asked for, that these are the people's names; everything else goes on to
// tenancy. Without names there is no answer, as when tenancy is down.
func People(tenancy platform.Address, names func() []string) platform.Address {
	tenancy.Client = &http.Client{Transport: lookUp{names, tenancy.Client.Transport}}
	return tenancy
}

type lookUp struct {
	names func() []string
	rest  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (l lookUp) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/persons/lookup") {
		return l.rest.RoundTrip(r)
	}
	names := l.names()
	if names == nil {
		return nil, io.ErrUnexpectedEOF
	}
	items := []map[string]string{}
	for n, name := range names {
		items = append(items, map[string]string{"person_id": fmt.Sprint("p", n), "name": name, "language": "da"})
	}
	raw, err := json.Marshal(map[string]any{"items": items})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(raw))}, err
}
