package devidp

import (
	"crypto/rsa"
	"net/url"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// client is the portal: a public client on loopback. A native client's loopback address may have any port
// (RFC 8252, section 7.3), and the portal has an address for each tenant beneath its callback path.
type client struct{}

var _ op.HasRedirectGlobs = client{}

func (client) GetID() string { return ClientID }
func (client) RedirectURIs() []string {
	return []string{"http://127.0.0.1" + CallbackPath, "http://localhost" + CallbackPath, "http://[::1]" + CallbackPath}
}
func (client) RedirectURIGlobs() []string {
	return []string{"http://127.0.0.1:*" + CallbackPath + "/*", "http://localhost:*" + CallbackPath + "/*"}
}
func (client) PostLogoutRedirectURIs() []string {
	return []string{"http://127.0.0.1" + SignedOutPath, "http://localhost" + SignedOutPath, "http://[::1]" + SignedOutPath}
}
func (client) PostLogoutRedirectURIGlobs() []string                         { return nil }
func (client) ApplicationType() op.ApplicationType                          { return op.ApplicationTypeNative }
func (client) AuthMethod() oidc.AuthMethod                                  { return oidc.AuthMethodNone }
func (client) ResponseTypes() []oidc.ResponseType                           { return []oidc.ResponseType{oidc.ResponseTypeCode} }
func (client) GrantTypes() []oidc.GrantType                                 { return []oidc.GrantType{oidc.GrantTypeCode} }
func (client) LoginURL(id string) string                                    { return "/personas?request=" + url.QueryEscape(id) }
func (client) AccessTokenType() op.AccessTokenType                          { return op.AccessTokenTypeBearer }
func (client) IDTokenLifetime() time.Duration                               { return tokenLifetime }
func (client) DevMode() bool                                                { return false }
func (client) IsScopeAllowed(string) bool                                   { return false }
func (client) IDTokenUserinfoClaimsAssertion() bool                         { return true }
func (client) ClockSkew() time.Duration                                     { return 0 }
func (client) RestrictAdditionalIdTokenScopes() func([]string) []string     { return unchanged }
func (client) RestrictAdditionalAccessTokenScopes() func([]string) []string { return unchanged }

func unchanged(scopes []string) []string { return scopes }

// request is one sign-in under way.
type request struct {
	id    string
	in    oidc.AuthRequest
	at    time.Time
	login string    // "" until a persona is chosen
	since time.Time // when that was
}

func (r *request) GetID() string                      { return r.id }
func (r *request) GetACR() string                     { return "" }
func (r *request) GetAMR() []string                   { return nil }
func (r *request) GetAudience() []string              { return []string{r.in.ClientID} }
func (r *request) GetAuthTime() time.Time             { return r.since }
func (r *request) GetClientID() string                { return r.in.ClientID }
func (r *request) GetNonce() string                   { return r.in.Nonce }
func (r *request) GetRedirectURI() string             { return r.in.RedirectURI }
func (r *request) GetResponseType() oidc.ResponseType { return r.in.ResponseType }
func (r *request) GetResponseMode() oidc.ResponseMode { return r.in.ResponseMode }
func (r *request) GetScopes() []string                { return r.in.Scopes }
func (r *request) GetState() string                   { return r.in.State }
func (r *request) GetSubject() string                 { return r.login }
func (r *request) Done() bool                         { return r.login != "" }
func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.in.CodeChallenge, Method: r.in.CodeChallengeMethod}
}

type signingKey struct {
	id      string
	private *rsa.PrivateKey
}

func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k signingKey) Key() any                                    { return k.private }
func (k signingKey) ID() string                                  { return k.id }

type publicKey struct{ signingKey }

func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k publicKey) Use() string                        { return "sig" }
func (k publicKey) Key() any                           { return &k.private.PublicKey }
