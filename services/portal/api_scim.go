package portal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// ofSCIM tells whether a path such as /api/v1/tenants/{tenant}/scim/v2/Users is of the protocol of identity systems.
func ofSCIM(escapedPath string) bool {
	parts := strings.Split(strings.TrimPrefix(escapedPath, "/api/v1/"), "/")
	return len(parts) > 2 && parts[0] == "tenants" && parts[2] == "scim"
}

// scimEntry passes on what an identity system sends. It has a key, and whatever it is refused, by the portal too, comes in
// the form of its protocol (RFC 7644, section 3.12), which is the only one that its administrators are shown.
func (p *Portal) scimEntry(c *gin.Context) {
	if err := p.passSCIM(c); err != nil {
		c.Abort()
		f := failure.From(err)
		if f.Status() >= http.StatusInternalServerError {
			p.logger.LogAttrs(c.Request.Context(), slog.LevelError, "request failed", slog.String("route", c.FullPath()), slog.Any("error", err))
		}
		writeSCIM(c.Writer, f.Status(), f.Code.Text("en"))
	}
}

func (p *Portal) passSCIM(c *gin.Context) error {
	service, ok := apiOwner(c.Request.URL.EscapedPath(), keyResources, nil)
	if !ok {
		return failure.New(failure.RequestNoRoute)
	}
	token := bearer(c)
	if token == "" {
		c.Header("WWW-Authenticate", "Bearer")
		return failure.New(failure.PortalKeyRefused)
	}
	ctx, err := p.keys.subject(c.Request.Context(), token)
	if err != nil {
		return refuseKey(c, err)
	}
	return p.passOn(ctx, c, service, func(proxy *httputil.ReverseProxy) {
		proxy.ModifyResponse = problemInSCIM
		proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) {
			f := failure.New(failure.Unavailable)
			if known := (*failure.Error)(nil); errors.As(err, &known) {
				f = known
			}
			writeSCIM(w, f.Status(), f.Code.Text("en"))
		}
	})
}

// problemInSCIM says in the protocol's form what a service says in ours: that there is no such resource, for example.
func problemInSCIM(r *http.Response) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != failure.ContentType {
		return nil
	}
	f := failure.From(failure.Read(r))
	raw := scimError(r.StatusCode, f.Code.Text("en"))
	if err := r.Body.Close(); err != nil {
		return err
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	r.Header.Set("Content-Type", scimContent)
	r.Header.Set("Content-Length", strconv.Itoa(len(raw)))
	return nil
}

const scimContent = "application/scim+json"

func writeSCIM(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", scimContent)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(scimError(status, detail)) // the status is out; a broken connection is the caller's
}

func scimError(status int, detail string) []byte {
	raw, _ := json.Marshal(struct { // of strings, which always can be written
		Schemas []string `json:"schemas"`
		Status  string   `json:"status"`
		Detail  string   `json:"detail"`
	}{[]string{"urn:ietf:params:scim:api:messages:2.0:Error"}, strconv.Itoa(status), detail})
	return raw
}
