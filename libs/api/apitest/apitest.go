// Package apitest holds a running service against its OpenAPI description, in both directions: what the service
// serves is described, what is described is served, and every answer has the described form.
package apitest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

// Lines of JSON are held against their description as text, messages of SCIM as the JSON that they are.
func init() {
	openapi3filter.RegisterBodyDecoder("application/scim+json", openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/x-ndjson", openapi3filter.PlainBodyDecoder)
}

// API is one service's description with a record of which operations were seen to succeed.
type API struct {
	t       testing.TB
	spec    *openapi3.T
	router  routers.Router
	mu      sync.Mutex
	covered map[string]bool
}

// Load reads api-specs/openapi/<service>.yaml and checks that it is valid OpenAPI.
func Load(t testing.TB, service string) *API {
	t.Helper()
	spec := load(t, service)
	spec.Servers = nil // match by path alone
	router, err := gorillamux.NewRouter(spec)
	require.NoError(t, err)
	return &API{t: t, spec: spec, router: router, covered: map[string]bool{}}
}

// Client returns a client like base that checks every answer, and every request that succeeded, against the
// description.
func (a *API) Client(base *http.Client) *http.Client {
	transport := base.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	checked := *base
	checked.Transport = roundTripper(func(r *http.Request) (*http.Response, error) { return a.check(transport, r) })
	return &checked
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (a *API) check(transport http.RoundTripper, r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	route, parameters, err := a.router.FindRoute(r)
	if err != nil {
		a.t.Errorf("%s %s is not described: %v", r.Method, r.URL.Path, err)
		return transport.RoundTrip(r)
	}
	operation := r.Method + " " + route.Path
	response, err := transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") { // has no end to read
		a.cover(operation)
		return response, nil
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(answer))

	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	input := &openapi3filter.RequestValidationInput{Request: again, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	if response.StatusCode < http.StatusBadRequest {
		if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
			a.t.Errorf("%s took a request that its description refuses: %v", operation, err)
		}
		a.cover(operation)
	}
	output := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: response.StatusCode,
		Header: response.Header, Body: io.NopCloser(bytes.NewReader(answer)), Options: input.Options}
	if err := openapi3filter.ValidateResponse(r.Context(), output); err != nil {
		a.t.Errorf("%s answered %d in another form than described: %v\n%s", operation, response.StatusCode, err, answer)
	}
	return response, nil
}

func (a *API) cover(operation string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.covered[operation] = true
}

// Routes compares the described operations with those that the engine serves; paths outside /v1 are pages and are
// left out.
func (a *API) Routes(engine *gin.Engine) {
	a.t.Helper()
	var served []string
	for _, r := range engine.Routes() {
		if strings.HasPrefix(r.Path, "/v1") {
			served = append(served, r.Method+" "+braces(r.Path))
		}
	}
	described := slices.DeleteFunc(a.operations(), func(o string) bool { return !strings.Contains(o, " /v1") })
	slices.Sort(served)
	require.Equal(a.t, described, served, "described and served operations differ")
}

// Covered fails for every described operation that no request through Client succeeded in, except those named.
func (a *API) Covered(except ...string) {
	a.t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, operation := range a.operations() {
		if !a.covered[operation] && !slices.Contains(except, operation) {
			a.t.Errorf("%s was never seen to succeed", operation)
		}
	}
}

func (a *API) operations() []string {
	var all []string
	for path, item := range a.spec.Paths.Map() {
		for method := range item.Operations() {
			all = append(all, fmt.Sprintf("%s %s", method, path))
		}
	}
	slices.Sort(all)
	return all
}

// braces turns gin's ":name" into OpenAPI's "{name}".
func braces(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}
