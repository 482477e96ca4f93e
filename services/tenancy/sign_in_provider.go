package tenancy

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// signInProvider is an OpenID Connect provider at which the people of one tenant sign in. It counts for nobody else's:
// whoever runs a provider can say that anybody signs in there, so it may only say so of its own people.
type signInProvider struct {
	Name          string    `bson:"name"` // what people choose it by
	Issuer        string    `bson:"issuer"`
	ClientID      string    `bson:"client_id"`
	ClientSecret  []byte    `bson:"client_secret"` // sealed; nil for a public client
	LoginClaim    string    `bson:"login_claim"`   // what a person's identifier is compared with
	MatchedBy     string    `bson:"matched_by"`    // which identifier; see identifier.go. Empty, of before there were several, is the login
	Scopes        []string  `bson:"scopes"`
	RequiredClaim string    `bson:"required_claim"` // lets in only those whose claim has the value; "" lets in all
	RequiredValue string    `bson:"required_value"`
	Enabled       bool      `bson:"enabled"`
	CreatedAt     time.Time `bson:"created_at"`
}

// What a provider is told and asked with, unless its administrator says otherwise.
var defaultScopes = []string{"openid", "profile"}

const (
	maxClientID     = 200
	maxClientSecret = 500
	maxScopes       = 8
)

var (
	claimPattern = regexp.MustCompile(`^[A-Za-z0-9_.:/-]{1,100}$`)
	scopePattern = regexp.MustCompile(`^[!#-\[\]-~]{1,100}$`) // RFC 6749, section 3.3
)

func newSignInProvider(in tenancyapi.NewSignInProvider, now time.Time) (signInProvider, error) {
	p := signInProvider{
		Name: in.Name, Issuer: in.Issuer, ClientID: in.ClientID, LoginClaim: in.LoginClaim, MatchedBy: matchedBy(in.MatchedBy), Scopes: scopesOf(in.Scopes),
		RequiredClaim: given(in.RequiredClaim), RequiredValue: given(in.RequiredValue), Enabled: in.Enabled,
		CreatedAt: now.Truncate(time.Millisecond),
	}
	return p, failure.Together(append(p.check(), secret(in.ClientSecret))...)
}

// change sets what is given. The secret is sealed by the caller.
func (p *signInProvider) change(in tenancyapi.SignInProviderChange) error {
	set(&p.Name, in.Name)
	set(&p.Issuer, in.Issuer)
	set(&p.ClientID, in.ClientID)
	set(&p.LoginClaim, in.LoginClaim)
	if in.MatchedBy != nil {
		p.MatchedBy = string(*in.MatchedBy)
	}
	set(&p.RequiredClaim, in.RequiredClaim)
	set(&p.RequiredValue, in.RequiredValue)
	set(&p.Enabled, in.Enabled)
	if in.Scopes != nil {
		p.Scopes = scopesOf(in.Scopes)
	}
	return failure.Together(append(p.check(), secret(in.ClientSecret))...)
}

func (p signInProvider) check() []*failure.Error {
	badScope := slices.ContainsFunc(p.Scopes, func(scope string) bool { return !scopePattern.MatchString(scope) })
	failures := []*failure.Error{
		line("name", p.Name, maxName),
		one("issuer", isIssuer(p.Issuer), "the provider's address, beginning with https:// and without ? or #"),
		line("client_id", p.ClientID, maxClientID),
		one("login_claim", claimPattern.MatchString(p.LoginClaim), "the name of a claim, such as preferred_username"),
		one("matched_by", p.MatchedBy == "" || tenancyapi.SignInIdentifier(p.MatchedBy).Valid(), "login, external_id or unilogin"),
		one("scopes", len(p.Scopes) <= maxScopes && !badScope, fmt.Sprintf("at most %d scopes", maxScopes)),
	}
	if p.RequiredClaim == "" {
		return append(failures, one("required_value", p.RequiredValue == "", "nothing: no claim is required"))
	}
	return append(failures,
		one("required_claim", claimPattern.MatchString(p.RequiredClaim), "the name of a claim, such as aktoer_gruppe"),
		line("required_value", p.RequiredValue, maxName))
}

// identifier is what the claim is compared with.
func (p signInProvider) identifier() tenancyapi.SignInIdentifier {
	return tenancyapi.SignInIdentifier(cmp.Or(p.MatchedBy, matchLogin))
}

func secret(given *string) *failure.Error {
	if given == nil || *given == "" {
		return nil
	}
	return line("client_secret", *given, maxClientSecret)
}

// isIssuer takes addresses that a provider may have (OpenID Connect Discovery 1.0, section 3). Plain http is for a
// provider on the very machine; whether that is ever called, and that no other address inside is, the portal sees to
// when it calls.
func isIssuer(text string) bool {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxIssuer || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" {
		return false
	}
	name := u.Hostname()
	return u.Scheme == "https" || u.Scheme == "http" && (name == "localhost" || net.ParseIP(name).IsLoopback())
}

// scopesOf always asks for openid, without which nobody is identified.
func scopesOf(given *[]string) []string {
	if given == nil || len(*given) == 0 {
		return defaultScopes
	}
	scopes := slices.Clone(*given)
	if !slices.Contains(scopes, "openid") {
		scopes = append([]string{"openid"}, scopes...)
	}
	return scopes
}

func set[T any](into *T, value *T) {
	if value != nil {
		*into = *value
	}
}

// Where each provider's key is, with its id. See seal.
const providerKey = "tenancy/sign-in-provider/"

// sealSecret encrypts a client secret under a key of the provider's own, and makes the key if there is none.
func (p *profiles) sealSecret(owner tenant.ID, id, plain string) ([]byte, error) {
	if plain == "" {
		return nil, nil
	}
	key, err := p.keys.Ensure(providerKey+id, newKey)
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, []byte(plain), boundSecret(owner, id)), nil
}

// openSecret decrypts a client secret; there is none for a public client.
func (p *profiles) openSecret(owner tenant.ID, id string, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	key, err := p.keys.Get(providerKey + id)
	if err != nil {
		return "", err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return "", err
	}
	plain, err := aead.Open(nil, nil, sealed, boundSecret(owner, id))
	if err != nil {
		return "", fmt.Errorf("tenancy: open the secret of provider %s: %w", id, err)
	}
	return string(plain), nil
}

// forgetSecret destroys the key of a provider's secret, and with it every copy of the secret.
func (p *profiles) forgetSecret(id string) error { return p.keys.Destroy(providerKey + id) }

func boundSecret(owner tenant.ID, id string) []byte {
	return []byte("guldkorn sign-in provider v1\n" + string(owner) + "\n" + id)
}
