package portal

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// clockLeeway is by how much a provider's clock may differ from this machine's.
const clockLeeway = time.Minute

// identity is who a provider says somebody is.
type identity struct {
	login  string
	claims map[string]any
	token  string    // what they were vouched for with
	proven time.Time // when they showed the provider who they are, zero if it does not say
}

// identify exchanges the code and returns whom the provider vouches for; the claims also when they do not suffice.
func (s *signIn) identify(ctx context.Context, r registration, a attempt, code, said string) (identity, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return identity{}, err
	}
	refused := func(err error) (identity, error) {
		return identity{}, failure.New(failure.PortalSignInRefused).Because(err)
	}
	if said != "" && said != r.issuer || said == "" && p.SaysIssuer { // RFC 9207
		return refused(fmt.Errorf("the answer is of %q", brief(said)))
	}
	ctx = p.context(ctx)
	token, err := p.config(r, s.redirect(r.providerRef)).Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return refused(err)
	}
	verified, err := p.verify(ctx, r.clientID, token)
	if err != nil {
		return refused(err)
	}
	if subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(a.Nonce)) != 1 {
		return refused(errors.New("the identity was made for another sign-in"))
	}
	claims, err := p.claims(ctx, r, verified, token)
	if err != nil {
		return refused(err)
	}
	who := identity{claims: claims}
	who.token, _ = token.Extra("id_token").(string)
	if who.proven, err = a.proven(claims); err != nil {
		return refused(err)
	}
	who.login, err = r.login(claims)
	return who, err
}

// proven is when the person showed the provider who they are. Whoever was to do so once more must have done it since
// then. A provider that was asked for that and does not tell when is believed to have heeded it: some never tell.
func (a attempt) proven(claims map[string]any) (time.Time, error) {
	seconds, told := claims["auth_time"].(float64)
	at := time.Unix(int64(seconds), 0)
	switch {
	case !a.Again && !told:
		return time.Time{}, nil
	case !told:
		return a.Asked, nil
	case a.Again && at.Before(a.Asked.Add(-clockLeeway)):
		return time.Time{}, errors.New("the provider did not ask again who it is")
	}
	return at, nil
}

// verify checks an ID token: signature, issuer, audience and times (OpenID Connect Core 1.0, section 3.1.3.7).
func (p *provider) verify(ctx context.Context, clientID string, token *oauth2.Token) (*oidc.IDToken, error) {
	raw, _ := token.Extra("id_token").(string)
	// Held against the real time, which is the provider's too.
	verified, err := p.oidc.Verifier(&oidc.Config{ClientID: clientID}).Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	if verified.IssuedAt.After(time.Now().Add(clockLeeway)) {
		return nil, errors.New("the identity is of a time to come")
	}
	var party struct {
		Authorized string `json:"azp"`
	}
	if err := verified.Claims(&party); err != nil {
		return nil, err
	}
	if party.Authorized != clientID && (party.Authorized != "" || len(verified.Audience) > 1) {
		return nil, errors.New("the identity was made for another client")
	}
	return verified, nil
}

// claims are those of the ID token. Where it lacks one that is needed, the provider is asked for more: brokers such as
// Unilogin's keep their ID tokens short.
func (p *provider) claims(ctx context.Context, r registration, verified *oidc.IDToken, token *oauth2.Token) (map[string]any, error) {
	var claims map[string]any
	if err := verified.Claims(&claims); err != nil {
		return nil, err
	}
	_, found := claims[r.loginClaim]
	if _, ok := claims[r.requiredClaim]; found && (ok || r.requiredClaim == "") || p.UserInfo == "" {
		return claims, nil
	}
	info, err := p.oidc.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, err
	}
	if info.Subject != verified.Subject { // Core 1.0, section 5.3.2
		return nil, errors.New("what the provider told more is about somebody else")
	}
	var more map[string]any
	if err := info.Claims(&more); err != nil {
		return nil, err
	}
	maps.Copy(more, claims) // what is signed counts
	return more, nil
}

// login is what the person is found by, if they are among those who may come in.
func (r registration) login(claims map[string]any) (string, error) {
	login, _ := claims[r.loginClaim].(string)
	if login == "" {
		return "", failure.New(failure.PortalSignInRefused).Because(&fault{name: "claim", detail: r.loginClaim})
	}
	if verified, told := claims["email_verified"].(bool); r.loginClaim == "email" && told && !verified {
		return "", failure.New(failure.PortalSignInRefused).Because(errors.New("the provider has not checked the e-mail address"))
	}
	if r.requiredClaim != "" && !slices.Contains(values(claims[r.requiredClaim]), r.requiredValue) {
		return "", failure.New(failure.PortalSignInNotForYou).Because(&fault{name: "required", detail: r.requiredClaim})
	}
	return login, nil
}

// values are the texts of a claim that has one or several.
func values(claim any) []string {
	switch is := claim.(type) {
	case string:
		return []string{is}
	case []any:
		var all []string
		for _, one := range is {
			if text, ok := one.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}
