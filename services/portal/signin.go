package portal

import (
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/oauth2"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	attemptCookie = "guldkorn_sign_in"
	attemptTime   = 10 * time.Minute
	callbackPath  = "/sign-in/callback"
	signedOutPath = "/signed-out"
)

// signIn is OpenID Connect: authorization code, PKCE, state and nonce.
type signIn struct {
	*providers
	origin   *url.URL
	now      func() time.Time
	seal     cipher.AEAD
	outcomes *prometheus.CounterVec
}

// attempt is one sign-in under way. It travels sealed in a cookie of the browser that began it, and ends with it.
type attempt struct {
	Provider providerRef `json:"provider"`
	State    string      `json:"state"`
	Nonce    string      `json:"nonce"`
	Verifier string      `json:"verifier"`
	Return   string      `json:"return"`
	Until    time.Time   `json:"until"`
	Trial    bool        `json:"trial,omitempty"` // shows what comes of it and signs nobody in
	Again    bool        `json:"again,omitempty"` // the person was to show once more who they are
	Asked    time.Time   `json:"asked"`           // by the real time, which is the provider's too
}

func newSignIn(d *platform.Deps, known *providers, origin *url.URL) (*signIn, error) {
	key, err := d.Keys.Ensure("portal-sign-in", func() ([]byte, error) {
		made := make([]byte, 32)
		_, err := rand.Read(made)
		return made, err
	})
	if err != nil {
		return nil, fmt.Errorf("sign-in key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("sign-in key: %w", err)
	}
	s := &signIn{providers: known, origin: origin, now: d.Now, outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "guldkorn_portal_sign_ins_total", Help: "Sign-ins that came back from a provider, by outcome.",
	}, []string{"outcome"})}
	if s.seal, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return nil, fmt.Errorf("sign-in key: %w", err)
	}
	return s, d.Registerer.Register(s.outcomes)
}

// redirect is where a provider sends browsers back to. It is another address for each tenant, and an answer to one is
// taken for no attempt at another: a provider that poses as a second one gets no code of the second to exchange (RFC
// 9700, section 4.4).
func (s *signIn) redirect(ref providerRef) string {
	address := s.origin.JoinPath(callbackPath)
	if ref.Tenant != "" {
		address = address.JoinPath(string(ref.Tenant))
	}
	return address.String()
}

func (s *signIn) sealed(a attempt) (string, error) {
	raw, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.seal.Seal(nil, nil, raw, []byte(attemptCookie))), nil
}

func (s *signIn) unsealed(cookie string) (attempt, error) {
	var a attempt
	raw, err := base64.RawURLEncoding.DecodeString(cookie)
	if err == nil {
		raw, err = s.seal.Open(nil, nil, raw, []byte(attemptCookie))
	}
	if err == nil {
		err = json.Unmarshal(raw, &a)
	}
	if err == nil && !s.now().Before(a.Until) {
		err = errors.New("the sign-in took too long")
	}
	return a, err
}

// signInStart sends the browser to a provider.
func (v *visit) signInStart() error {
	ref, err := parseRef(v.query("provider"))
	if err != nil {
		return err
	}
	r, err := v.portal.signIn.registration(v.context(), ref)
	if err != nil {
		return err
	}
	if !r.enabled {
		return failure.NotFound("sign_in_provider")
	}
	a := attempt{Return: ownPath(v.query("return"))}
	if v.lent != nil {
		return v.attemptAnew(r, a) // whoever has the phone now need not be whom the provider remembers
	}
	return v.attempt(r, a)
}

// signInAgain lets the person show once more who they are, at the provider where they did before, and come back.
func (v *visit) signInAgain() error {
	ref, err := parseRef(v.session.Provider)
	if err != nil {
		return err
	}
	r, err := v.portal.signIn.registration(v.context(), ref)
	if err != nil {
		return err
	}
	return v.attemptAnew(r, attempt{Return: ownPath(v.query("return"))})
}

// attemptAnew begins a sign-in at which the provider has to ask, whatever it remembers.
func (v *visit) attemptAnew(r registration, a attempt) error {
	a.Again = true
	// Both, since providers differ in which of the two they heed (OpenID Connect Core 1.0, section 3.1.2.1).
	return v.attempt(r, a, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
}

// attempt begins a sign-in.
func (v *visit) attempt(r registration, a attempt, options ...oauth2.AuthCodeOption) error {
	s := v.portal.signIn
	p, err := s.at(v.context(), r)
	if err != nil {
		return err
	}
	a.Provider, a.State, a.Nonce, a.Verifier = r.providerRef, rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	a.Until, a.Asked = s.now().Add(attemptTime), time.Now()
	sealed, err := s.sealed(a)
	if err != nil {
		return err
	}
	http.SetCookie(v.gin.Writer, v.attemptCookie(sealed, int(attemptTime.Seconds())))
	v.gin.Header("Cache-Control", "no-store")
	options = append(options, oauth2.S256ChallengeOption(a.Verifier), oidc.Nonce(a.Nonce), oauth2.SetAuthURLParam("ui_locales", v.words.language))
	v.gin.Redirect(http.StatusSeeOther, p.config(r, s.redirect(r.providerRef)).AuthCodeURL(a.State, options...))
	return nil
}

func (v *visit) attemptCookie(value string, seconds int) *http.Cookie {
	return &http.Cookie{
		Name: attemptCookie, Value: value, Path: "/sign-in", MaxAge: seconds,
		HttpOnly: true, Secure: v.secure(), SameSite: http.SameSiteLaxMode,
	}
}

// secure tells whether cookies may travel over https only: always, except on this very machine.
func (v *visit) secure() bool { return v.portal.origin.Scheme == "https" }

// signInCallback takes the browser back from the provider, and counts what came of it.
func (v *visit) signInCallback() error {
	outcome, err := v.signInAnswered()
	switch code := failure.CodeOf(err); {
	case err == nil:
	case code == failure.PortalSignInRefused || code == failure.PortalSignInNotForYou:
		outcome = "refused"
		v.portal.logger.Info("sign-in refused", "reason", brief(err.Error()))
	default:
		outcome = "failed"
	}
	v.portal.signIn.outcomes.WithLabelValues(outcome).Inc()
	return err
}

// signInAnswered tells whether somebody is signed in now. The attempt is used up, whatever comes of it.
func (v *visit) signInAnswered() (outcome string, err error) {
	refused := func(err error) (string, error) { return "", failure.New(failure.PortalSignInRefused).Because(err) }
	cookie, err := v.gin.Request.Cookie(attemptCookie)
	http.SetCookie(v.gin.Writer, v.attemptCookie("", -1))
	if err != nil {
		return refused(err)
	}
	s := v.portal.signIn
	a, err := s.unsealed(cookie.Value)
	if err != nil {
		return refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(a.State), []byte(v.query("state"))) != 1 {
		return refused(errors.New("the answer belongs to another sign-in"))
	}
	if v.param("tenant_id") != string(a.Provider.Tenant) {
		return refused(errors.New("the answer is of another tenant's provider"))
	}
	r, err := s.registration(v.context(), a.Provider)
	if err != nil {
		return "", err
	}
	if a.Trial {
		return "tried", v.signInTried(r, a)
	}
	if !r.enabled {
		return refused(errors.New("the provider was turned off"))
	}
	if reason := v.query("error"); reason != "" {
		return refused(fmt.Errorf("the provider says %q", brief(reason)))
	}
	who, err := s.identify(v.context(), r, a, v.query("code"), v.query("iss"))
	if err != nil {
		return "", err
	}
	return v.signInAs(r, who, a.Return)
}

// signInAs finds the person behind a login and begins the session. Nobody is created.
func (v *visit) signInAs(r registration, who identity, back string) (outcome string, err error) {
	p := v.portal
	found, err := p.signIn.match(v.context(), r, who.login)
	if failure.From(err).Status() == http.StatusNotFound && err != nil {
		return "unknown", v.show(http.StatusForbidden, "sign_in_unknown", map[string]any{"Login": who.login})
	}
	if err != nil {
		return "", err
	}
	owner, err := tenant.Parse(found.TenantID)
	if err != nil {
		return "", err
	}
	if before := cmp.Or(v.session, v.lent); before != nil { // a session is never taken over by another person
		if err := p.sessions.end(v.context(), before); err != nil {
			return "", err
		}
	}
	begun, err := p.sessions.begin(v.context(), owner, sessionBody{
		PersonID: found.PersonID, Name: found.Name, Language: v.firstLanguage(string(found.Language)),
		Provider: r.String(), ProvenAt: p.signIn.moment(who.proven),
	}, who.token)
	if err != nil {
		return "", err
	}
	failpoint.Hit("after-session-before-cookie")
	http.SetCookie(v.gin.Writer, begun.cookie(v.secure()))
	v.rememberProvider(r.providerRef)
	return "signed_in", v.redirect(ownPath(back))
}

// moment brings a time of a provider's clock to that of the portal.
func (s *signIn) moment(proven time.Time) time.Time {
	if proven.IsZero() {
		return time.Time{}
	}
	return s.now().Add(-max(0, time.Since(proven)))
}

// match asks tenancy who is behind a login. It is asked in the portal's own name, whoever was signed in on this browser
// before.
func (s *signIn) match(ctx context.Context, r registration, login string) (tenancyapi.SignedIn, error) {
	in := tenancyapi.SignIn{Issuer: r.issuer, Login: login}
	if r.providerRef == (providerRef{}) {
		in.Issuer = s.settings.Provider
	} else {
		in.Provider = &tenancyapi.ProviderReference{TenantID: string(r.Tenant), ProviderID: r.ID}
	}
	var who tenancyapi.SignedIn
	return who, s.tenancy.Call(s.own(ctx), http.MethodPost, "/v1/sign-ins/match", in, &who)
}

// firstLanguage is what the person chose on this browser, or else their own.
func (v *visit) firstLanguage(own string) string {
	if cookie, err := v.gin.Request.Cookie(languageCookie); err == nil {
		return cookie.Value
	}
	return own
}
