package portal

import (
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
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	attemptCookie = "guldkorn_sign_in"
	attemptTime   = 10 * time.Minute
	callbackPath  = "/sign-in/callback"
)

// signIn is OpenID Connect with the one identity provider: authorization code, PKCE, state and nonce.
type signIn struct {
	settings settings
	now      func() time.Time
	seal     cipher.AEAD

	mu       sync.Mutex
	provider *oidc.Provider // found at the first sign-in, so that the portal starts without the provider
}

// attempt is one sign-in under way. It travels sealed in a cookie of the browser that began it, and ends with it.
type attempt struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Return   string    `json:"return"`
	Until    time.Time `json:"until"`
}

func newSignIn(s settings, keys *keyring.Ring, now func() time.Time) (*signIn, error) {
	key, err := keys.Ensure("portal-sign-in", func() ([]byte, error) {
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
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("sign-in key: %w", err)
	}
	return &signIn{settings: s, now: now, seal: seal}, nil
}

// client returns the provider and how to speak to it.
func (s *signIn) client(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider == nil {
		// The provider keeps the context for fetching keys later, so it must not end with this request.
		provider, err := oidc.NewProvider(context.WithoutCancel(ctx), s.settings.Issuer)
		if err != nil {
			return nil, nil, failure.New(failure.PortalSignInUnavailable).Because(err)
		}
		s.provider = provider
	}
	return s.provider, &oauth2.Config{
		ClientID: s.settings.ClientID, ClientSecret: s.settings.ClientSecret, Endpoint: s.provider.Endpoint(),
		RedirectURL: s.settings.origin.JoinPath(callbackPath).String(), Scopes: []string{oidc.ScopeOpenID, "profile"},
	}, nil
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

// identity exchanges the code and returns the login that the provider vouches for.
func (s *signIn) identity(ctx context.Context, a attempt, code string) (string, error) {
	provider, config, err := s.client(ctx)
	if err != nil {
		return "", err
	}
	refused := func(err error) (string, error) { return "", failure.New(failure.PortalSignInRefused).Because(err) }
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return refused(err)
	}
	raw, _ := token.Extra("id_token").(string)
	// Held against the real time, which is the provider's too.
	verifier := provider.VerifierContext(ctx, &oidc.Config{ClientID: s.settings.ClientID})
	identity, err := verifier.Verify(ctx, raw)
	if err != nil {
		return refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(identity.Nonce), []byte(a.Nonce)) != 1 {
		return refused(errors.New("the identity was made for another sign-in"))
	}
	var claims map[string]any
	if err := identity.Claims(&claims); err != nil {
		return refused(err)
	}
	login, _ := claims[s.settings.LoginClaim].(string)
	if login == "" {
		return refused(fmt.Errorf("the identity has no claim %q", s.settings.LoginClaim))
	}
	return login, nil
}

// signInPage says what the product is and offers to sign in.
func (v *visit) signInPage() error {
	back := ownPath(v.query("return"))
	if v.session != nil {
		return v.redirect(back)
	}
	return v.show(http.StatusOK, "sign_in", map[string]any{"Return": back})
}

// signInStart sends the browser to the identity provider.
func (v *visit) signInStart() error {
	s := v.portal.signIn
	_, config, err := s.client(v.context())
	if err != nil {
		return err
	}
	a := attempt{
		State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(),
		Return: ownPath(v.query("return")), Until: v.portal.now().Add(attemptTime),
	}
	sealed, err := s.sealed(a)
	if err != nil {
		return err
	}
	http.SetCookie(v.gin.Writer, v.attemptCookie(sealed, int(attemptTime.Seconds())))
	v.gin.Header("Cache-Control", "no-store")
	v.gin.Redirect(http.StatusSeeOther, config.AuthCodeURL(a.State, oauth2.S256ChallengeOption(a.Verifier),
		oidc.Nonce(a.Nonce), oauth2.SetAuthURLParam("ui_locales", v.words.language)))
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

// signInCallback takes the browser back from the provider. The attempt is used up, whatever comes of it.
func (v *visit) signInCallback() error {
	cookie, err := v.gin.Request.Cookie(attemptCookie)
	http.SetCookie(v.gin.Writer, v.attemptCookie("", -1))
	if err != nil {
		return failure.New(failure.PortalSignInRefused).Because(err)
	}
	a, err := v.portal.signIn.unsealed(cookie.Value)
	if err != nil {
		return failure.New(failure.PortalSignInRefused).Because(err)
	}
	if subtle.ConstantTimeCompare([]byte(a.State), []byte(v.query("state"))) != 1 {
		return failure.New(failure.PortalSignInRefused).Because(errors.New("the answer belongs to another sign-in"))
	}
	if reason := v.query("error"); reason != "" {
		return failure.New(failure.PortalSignInRefused).Because(fmt.Errorf("the provider says %q", reason))
	}
	login, err := v.portal.signIn.identity(v.context(), a, v.query("code"))
	if err != nil {
		return err
	}
	return v.signInAs(login, a.Return)
}

// signInAs finds the person behind a login and begins the session. Nobody is created.
func (v *visit) signInAs(login, back string) error {
	p := v.portal
	// Asked in the portal's own name, whoever was signed in on this browser before.
	own := access.WithSubject(v.context(), access.Service(p.Name()))
	var who tenancyapi.SignedIn
	err := p.peer("tenancy").Call(own, http.MethodPost, "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: p.settings.Provider, Login: login}, &who)
	if failure.From(err).Status() == http.StatusNotFound && err != nil {
		return v.show(http.StatusForbidden, "sign_in_unknown", map[string]any{"Login": login})
	}
	if err != nil {
		return err
	}
	owner, err := tenant.Parse(who.TenantID)
	if err != nil {
		return err
	}
	if v.session != nil { // a session is never taken over by another person
		if err := p.sessions.end(v.context(), v.session); err != nil {
			return err
		}
	}
	begun, err := p.sessions.begin(v.context(), owner, sessionBody{PersonID: who.PersonID, Name: who.Name, Language: v.firstLanguage(string(who.Language))})
	if err != nil {
		return err
	}
	failpoint.Hit("after-session-before-cookie")
	http.SetCookie(v.gin.Writer, begun.cookie(v.secure()))
	return v.redirect(ownPath(back))
}

// firstLanguage is what the person chose on this browser, or else their own.
func (v *visit) firstLanguage(own string) string {
	if cookie, err := v.gin.Request.Cookie(languageCookie); err == nil {
		return cookie.Value
	}
	return own
}

// signOut ends the session.
func (v *visit) signOut() error {
	if err := v.portal.sessions.end(v.context(), v.session); err != nil {
		return err
	}
	gone := v.session.cookie(v.secure())
	gone.Value, gone.MaxAge = "", -1
	http.SetCookie(v.gin.Writer, gone)
	v.gin.Header("Clear-Site-Data", `"cache"`)
	return v.redirect("/sign-in")
}
