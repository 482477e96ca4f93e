package portal

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
)

// apiHeader must be on every request to the API entry. A page of another site cannot send it without being asked first
// (CORS preflight), which the portal never grants.
const apiHeader = "X-Guldkorn-CSRF"

// apiResources says which service a resource of a tenant belongs to. What is not listed is not there: the ballot box,
// sign-ins and everything that services say only to each other.
var apiResources = map[string]string{
	"organisation": "tenancy", "organisations": "tenancy", "units": "tenancy", "staff": "tenancy", "forums": "tenancy",
	"forum-parents": "tenancy", "forum-proposals": "tenancy", "forum-structures": "tenancy",
	"audit-entries": "tenancy", "audit-export": "tenancy", "audit-verification": "tenancy",
	"technologies": "intake", "rounds": "intake", "round-states": "intake",
	"releases": "reporting", "follow-through": "reporting", "benchmark": "reporting",
	"dialogues": "dialogue", "actions": "dialogue",
	"quiet-hours": "notification",
}

// keyResources are apiResources for those who come with an API key.
var keyResources = map[string]string{
	"organisation": "tenancy", "organisations": "tenancy", "units": "tenancy", "staff": "tenancy", "persons": "tenancy", "releases": "reporting",
	"scim": "tenancy",
}

// apiRoots are resources outside any tenant.
var apiRoots = map[string]string{"me": "tenancy", "instruments": "intake", "playbooks": "dialogue", "inbox": "notification"}

// apiEntry passes requests under /api/v1 on to the service that owns them, in the name of the signed-in person or of
// the API key that was sent; a key alone counts where there are both. The paths, bodies and answers are those of the services' own descriptions (api-specs/openapi).
func (p *Portal) apiEntry(group *gin.RouterGroup, d *platform.Deps) {
	others := host.Handle(func(c *gin.Context) error {
		token := bearer(c)
		if token == "" && c.GetHeader(apiHeader) == "" {
			return failure.New(failure.PortalAPIHeader).At(apiHeader).Wanting("any value")
		}
		resources, roots := apiResources, apiRoots
		if token != "" {
			resources, roots = keyResources, nil
		}
		service, ok := apiOwner(c.Request.URL.EscapedPath(), resources, roots)
		if !ok {
			return failure.New(failure.RequestNoRoute)
		}
		if token != "" {
			ctx, err := p.keys.subject(c.Request.Context(), token)
			if err != nil {
				return refuseKey(c, err)
			}
			return p.passOn(ctx, c, service)
		}
		v, err := p.visit(c)
		if err != nil {
			return err
		}
		if v.session == nil {
			return failure.New(failure.AccessUnauthentic)
		}
		return p.passOn(v.context(), c, service)
	})
	group.Any("/*path", func(c *gin.Context) {
		if ofSCIM(c.Request.URL.EscapedPath()) {
			p.scimEntry(c)
			return
		}
		others(c)
	})
}

// passOn sends the request to a service in the name of the context's subject, and its answer back; change says how else.
func (p *Portal) passOn(ctx context.Context, c *gin.Context, service string, change ...func(*httputil.ReverseProxy)) error {
	peer := p.peer(service)
	token, err := peer.Token(ctx, service)
	if err != nil {
		return err
	}
	base, err := url.Parse(peer.Base)
	if err != nil {
		return err
	}
	proxy := &httputil.ReverseProxy{
		Transport:     peer.Client.Transport,
		FlushInterval: -1, // live streams
		ErrorLog:      slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(base)
			r.Out.URL.Path = strings.TrimPrefix(r.In.URL.Path, "/api")
			r.Out.URL.RawPath = strings.TrimPrefix(r.In.URL.RawPath, "/api")
			r.Out.Header = apiRequestHeader(r.In.Header)
			r.Out.Header.Set("Authorization", "Bearer "+token)
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			failure.Write(w, failure.New(failure.Unavailable).Because(err), p.languageOf(c))
		},
	}
	for _, fn := range change {
		fn(proxy)
	}
	proxy.ServeHTTP(c.Writer, c.Request)
	return nil
}

// apiOwner finds the service of a path such as /api/v1/tenants/{tenant}/rounds/7.
func apiOwner(escapedPath string, resources, roots map[string]string) (string, bool) {
	parts := strings.Split(strings.TrimPrefix(escapedPath, "/api/v1/"), "/")
	if slices.Contains(parts, "..") || slices.Contains(parts, ".") {
		return "", false
	}
	if len(parts) >= 3 && parts[0] == "tenants" {
		// Release keys are between intake and reporting alone; fetching a ballot, writing and voting under seal and writing to TR and AMR have pages,
		// which keep nothing about a request.
		for _, withheld := range []string{"release-key", "tickets", "contributions", "ballots", "inputs", "raised-inputs"} {
			if slices.Contains(parts, withheld) {
				return "", false
			}
		}
		service, ok := resources[parts[2]]
		return service, ok
	}
	service, ok := roots[parts[0]]
	return service, ok
}

// apiRequestHeader keeps what the services' descriptions name and drops everything else, cookies first of all.
func apiRequestHeader(in http.Header) http.Header {
	out := http.Header{}
	for _, name := range []string{"Accept", "Accept-Language", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-Id"} {
		if values, ok := in[name]; ok {
			out[name] = values
		}
	}
	return out
}
