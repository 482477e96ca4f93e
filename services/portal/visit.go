package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// visit is one request of one browser: who asks, in which language, and the means to answer.
type visit struct {
	*calendar
	portal  *Portal
	gin     *gin.Context
	session *session      // nil when nobody is signed in
	lent    *session      // one that is lent to a table and does not count in this request
	guest   *guestSession // nil but on a guest's pages
}

const (
	languageCookie = "guldkorn_language"
	// statusGone is what metrics tell of a request whose browser went away before the answer.
	statusGone = 499
	formField  = "form_token" // the hidden input that proves that a form is the session's own
)

// anybody handles a request with or without a session.
func (p *Portal) anybody(fn func(*visit) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		v, err := p.visit(c)
		if err == nil {
			err = v.checkForm()
		}
		if err == nil {
			err = fn(v)
		}
		if err != nil {
			v.fail(err)
		}
	}
}

// person handles a request that needs a session; without one the browser is sent to sign in and comes back.
func (p *Portal) person(fn func(*visit) error) gin.HandlerFunc {
	return p.anybody(func(v *visit) error {
		if v.session == nil {
			return failure.New(failure.AccessUnauthentic)
		}
		return fn(v)
	})
}

// visit reads who asks and in which language. It is never nil, so that an error can be shown.
func (p *Portal) visit(c *gin.Context) (*visit, error) {
	v := &visit{portal: p, gin: c}
	v.speak(p.languageOf(c))
	cookie, err := c.Request.Cookie(sessionCookie)
	if err != nil {
		return v, nil
	}
	find := p.sessions.find
	if v.quiet() {
		find = p.sessions.look
	}
	found, err := find(c.Request.Context(), cookie.Value)
	if err != nil || found == nil {
		return v, err
	}
	v.speak(found.Language)
	if found.Lent != nil && !found.Lent.opens(c) {
		v.lent = found
		return v, nil
	}
	v.session = found
	c.Request = c.Request.WithContext(access.WithSubject(c.Request.Context(), access.Subject{
		ID: found.PersonID, Tenant: found.tenant, Session: found.id[:16], SignedInAt: found.ProvenAt,
	}))
	if v.quiet() {
		return v, nil // nothing is written; the services decide with the roles of now
	}
	err = v.refreshRoles()
	if failure.CodeOf(err) == failure.DocumentNotFound { // there is no such person any more
		v.session = nil
		err = p.sessions.endAll(v.context(), found.tenant, found.PersonID)
	}
	return v, err
}

func (v *visit) speak(language string) {
	w, ok := v.portal.words[language]
	if !ok {
		w = v.portal.words[languages[0]]
	}
	v.calendar = &calendar{words: w, zone: v.portal.zone, now: v.portal.now}
}

// languageOf is the language chosen on this browser before, or else the one that it asks for.
func (p *Portal) languageOf(c *gin.Context) string {
	if cookie, err := c.Request.Cookie(languageCookie); err == nil && slices.Contains(languages, cookie.Value) {
		return cookie.Value
	}
	return host.Language(c)
}

// refreshRoles asks tenancy again when the roles in menus are old. While tenancy does not answer, the old ones serve.
func (v *visit) refreshRoles() error {
	if v.portal.now().Sub(v.session.RolesAt) < rolesTime {
		return nil
	}
	var me tenancyapi.Me
	err := v.call("tenancy", http.MethodGet, "/v1/me", nil, &me)
	switch failure.CodeOf(err) {
	case "":
	case failure.Unavailable, failure.RequestTimeout, failure.InternalError:
		return nil
	default:
		return err
	}
	return v.portal.sessions.change(v.context(), v.session, func(b *sessionBody) {
		b.Roles, b.RolesAt = rolesOf(me), v.portal.now()
	})
}

// checkForm refuses a changing request that does not carry the session's token.
func (v *visit) checkForm() error {
	r := v.gin.Request
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	for _, secret := range v.secrets() {
		if !vouches(secret, r.PostFormValue(formField)) {
			return failure.New(failure.PortalFormStale)
		}
	}
	return nil
}

// secrets are those of the session that the request is of: somebody's who is signed in, a guest's, or none.
func (v *visit) secrets() []string {
	switch {
	case v.session != nil:
		return []string{v.session.secret}
	case v.guest != nil:
		return []string{v.guest.secret}
	}
	return nil
}

// context is the request's, in which the signed-in person is asking.
func (v *visit) context() context.Context { return v.gin.Request.Context() }

// call asks a service in the name of the person. A path is joined from its parts by the caller; see at.
func (v *visit) call(service, method, path string, in, out any, options ...host.CallOption) error {
	options = append(options, host.WithLanguage(v.words.language))
	return v.portal.peer(service).Call(v.context(), method, path, in, out, options...)
}

// get reads from a service.
func (v *visit) get(service, path string, out any) error {
	return v.call(service, http.MethodGet, path, nil, out)
}

// at is a path in the tenant of this request: at("rounds", id, "open") is /v1/tenants/<tenant>/rounds/<id>/open.
func (v *visit) at(parts ...string) string {
	return under(v.param("tenant_id"), parts...)
}

// under is a path in a tenant, each part escaped.
func under(tenantID string, parts ...string) string {
	var b strings.Builder
	b.WriteString("/v1/tenants/" + url.PathEscape(tenantID))
	for _, part := range parts {
		b.WriteString("/" + url.PathEscape(part))
	}
	return b.String()
}

// paged asks for the page of a list that this request is at.
func (v *visit) paged(path string) string {
	if cursor := v.query("cursor"); cursor != "" {
		return path + "?" + url.Values{"cursor": {cursor}}.Encode()
	}
	return path
}

func (v *visit) param(name string) string { return v.gin.Param(name) }
func (v *visit) query(name string) string { return v.gin.Query(name) }

// input is what a form sent under a name, without space around it.
func (v *visit) input(name string) string { return strings.TrimSpace(v.gin.PostForm(name)) }

// key is the form's idempotency key: sending the same form twice creates one thing.
func (v *visit) key() host.CallOption { return host.WithIdempotencyKey(v.input("idempotency_key")) }

// seen is the revision that the form was made from.
func (v *visit) seen() host.CallOption { return host.WithIfMatch(v.input("etag")) }

// school is the path of a page of this request's school.
func (v *visit) school(parts ...string) string {
	return schoolPath(v.param("tenant_id"), parts...)
}

// place is a page of this request's school or operator, for pages that both have.
func (v *visit) place(parts ...string) string {
	path := v.school(parts...)
	if strings.HasPrefix(v.gin.FullPath(), "/operators/") {
		path = "/operators" + strings.TrimPrefix(path, "/schools")
	}
	return path
}

func schoolPath(tenantID string, parts ...string) string {
	path := "/schools/" + url.PathEscape(tenantID)
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// redirect answers a form: the browser shows another page, and going back does not send the form again.
func (v *visit) redirect(path string) error {
	v.gin.Redirect(http.StatusSeeOther, path)
	return nil
}

// has tells whether the person has one of the roles in the tenant of this request. It decides what a page offers;
// what is allowed the services decide.
func (v *visit) has(roles ...string) bool { return v.session.has(v.param("tenant_id"), roles...) }

func (s *session) has(scope string, roles ...string) bool {
	return s != nil && slices.ContainsFunc(s.Roles, func(r role) bool { return r.Scope == scope && slices.Contains(roles, r.Role) })
}

// quiet tells whether nothing about this request may be kept.
func (v *visit) quiet() bool { return slices.Contains(quietRoutes, v.gin.FullPath()) }

// fail answers with what went wrong and what to do next.
func (v *visit) fail(err error) {
	if errors.Is(v.context().Err(), context.Canceled) { // the browser has gone; nobody reads an answer
		v.gin.AbortWithStatus(statusGone)
		return
	}
	f := failure.From(err)
	if f.Status() >= http.StatusInternalServerError && !v.quiet() {
		v.portal.logger.Error("page failed", "route", v.gin.FullPath(), "code", f.Code, "error", err)
	}
	if v.gin.Writer.Written() {
		return
	}
	if f.Code == failure.AccessUnauthentic && v.session == nil {
		v.sendToSignIn()
		return
	}
	if err := v.showProblem(f); err != nil {
		v.portal.logger.Error("page of a problem failed", "error", err)
		failure.Write(v.gin.Writer, f, v.words.language)
	}
}

// showProblem answers with the page of an error. htmx, which asked for a part of a page, puts it where the page's content is.
func (v *visit) showProblem(f *failure.Error) error {
	if !v.partial() {
		return v.show(f.Status(), "problem", v.problemPage(f))
	}
	v.gin.Header("HX-Retarget", "#main")
	v.gin.Header("HX-Reswap", "innerHTML")
	return v.render(f.Status(), "problem", "main", v.problemPage(f))
}

// partial tells whether a script asks for a part of a page.
func (v *visit) partial() bool { return v.gin.GetHeader(partHeader) != "" }

// sendToSignIn keeps the address for afterwards if it was one to look at.
func (v *visit) sendToSignIn() {
	target := "/sign-in"
	if r := v.gin.Request; r.Method == http.MethodGet && r.URL.Path != "/" {
		target += "?" + url.Values{"return": {r.URL.RequestURI()}}.Encode()
	}
	if v.partial() { // the sign-in page cannot stand in a part of a page
		v.gin.Header("HX-Redirect", "/sign-in")
		v.gin.AbortWithStatus(http.StatusUnauthorized)
		return
	}
	v.gin.Redirect(http.StatusSeeOther, target)
}

// nowhere answers an address that does not exist.
func (v *visit) nowhere() error { return failure.New(failure.RequestNoRoute) }

// ownPath accepts an address of the portal itself and nothing else, so that nobody is led astray by a link.
func ownPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(u.Path, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return u.RequestURI()
}
