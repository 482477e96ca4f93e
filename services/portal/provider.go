package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// registration is how the portal is known at a provider, and whom it takes from there.
type registration struct {
	providerRef
	issuer, clientID, clientSecret string
	loginClaim                     string // what a person is found by
	matchedBy                      string // what of a person that is compared with; the login if nobody says
	scopes                         []string
	requiredClaim, requiredValue   string // "" lets everybody in
	enabled                        bool
}

// metadata is what a provider says of itself (OpenID Connect Discovery 1.0, RFC 8414, RFC 9207, RP-Initiated Logout 1.0).
type metadata struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	UserInfo      string   `json:"userinfo_endpoint"`
	EndSession    string   `json:"end_session_endpoint"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	Challenges    []string `json:"code_challenge_methods_supported"`
	Methods       []string `json:"token_endpoint_auth_methods_supported"`
	ResponseTypes []string `json:"response_types_supported"`
	Claims        []string `json:"claims_supported"`
	SaysIssuer    bool     `json:"authorization_response_iss_parameter_supported"`
}

// provider is one that was found. Its keys are kept and fetched again when a signature names one that is not among them.
type provider struct {
	metadata
	client *http.Client
	oidc   *oidc.Provider
	found  time.Time
}

// fault is what is wrong with a provider, in a word that the pages have a sentence for; see providerFaults.
type fault struct {
	name   string
	detail string // such as which address is meant
	cause  error
}

func (f *fault) Error() string {
	text := "sign-in provider: " + f.name
	if f.detail != "" {
		text += " (" + f.detail + ")"
	}
	if f.cause != nil {
		text += ": " + f.cause.Error()
	}
	return text
}

func (f *fault) Unwrap() error { return f.cause }

// providerFaults are all names of faults.
var providerFaults = []string{
	"address", "unreachable", "inside", "moved", "oversized", "slow", "status", "unreadable", "issuer", "lacks", "endpoint",
	"challenge", "response_type", "keys", "client", "claim", "required", "certificate",
	"challenge_unsaid", "client_unsure", "claim_unlisted", "refusal", "entry",
}

// asymmetric are the signatures that a token may have: none, and those made with a shared secret, are not among them.
var asymmetric = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
}

// discover reads what a provider says of itself and refuses what the portal cannot or must not use.
func discover(ctx context.Context, client *http.Client, issuer string, local bool) (*provider, error) {
	if !isSecure(issuer, local) {
		return nil, &fault{name: "address", detail: issuer}
	}
	address := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	p := &provider{client: client, found: time.Now()}
	if err := fetch(ctx, client, address, &p.metadata); err != nil {
		return nil, err
	}
	if p.Issuer != issuer { // exactly; tokens are held against it as well
		return nil, &fault{name: "issuer", detail: brief(p.Issuer)}
	}
	for _, endpoint := range []struct {
		name, address string
		needed        bool
	}{
		{"authorization_endpoint", p.Authorization, true}, {"token_endpoint", p.Token, true}, {"jwks_uri", p.Keys, true},
		{"userinfo_endpoint", p.UserInfo, false}, {"end_session_endpoint", p.EndSession, false},
	} {
		switch {
		case endpoint.address == "" && endpoint.needed:
			return nil, &fault{name: "lacks", detail: endpoint.name}
		case endpoint.address != "" && !isSecure(endpoint.address, local):
			return nil, &fault{name: "endpoint", detail: endpoint.name}
		}
	}
	if len(p.Challenges) > 0 && !slices.Contains(p.Challenges, "S256") {
		return nil, &fault{name: "challenge"}
	}
	if len(p.ResponseTypes) > 0 && !slices.Contains(p.ResponseTypes, "code") {
		return nil, &fault{name: "response_type"}
	}
	config := oidc.ProviderConfig{
		IssuerURL: p.Issuer, AuthURL: p.Authorization, TokenURL: p.Token, JWKSURL: p.Keys, UserInfoURL: p.UserInfo,
		Algorithms: slices.DeleteFunc(slices.Clone(p.Algorithms), func(a string) bool { return !slices.Contains(asymmetric, a) }),
	}
	p.oidc = config.NewProvider(p.context(context.Background()))
	return p, nil
}

// isSecure tells whether an address may be called at all: https, or this very machine where that is allowed.
func isSecure(address string, local bool) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || local && u.Scheme == "http" && isLoopback(u)
}

// fetch reads a JSON document from a provider. What goes wrong comes back as a fault.
func fetch(ctx context.Context, client *http.Client, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return &fault{name: "address", detail: brief(address), cause: err}
	}
	request.Header.Set("Accept", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return unanswered(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return unanswered(err)
	}
	if response.StatusCode != http.StatusOK {
		return &fault{name: "status", detail: fmt.Sprint(response.StatusCode)}
	}
	if kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err == nil && kind == "text/html" {
		return &fault{name: "unreadable", cause: errors.New("a web page instead of JSON")}
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return &fault{name: "unreadable", cause: err}
	}
	return nil
}

// unanswered names why a call came to nothing.
func unanswered(err error) *fault {
	f := &fault{name: "unreachable", cause: err}
	var slow net.Error
	var lookup *net.DNSError
	switch {
	case errors.Is(err, errInside):
		f.name = "inside"
	case errors.Is(err, errMoved):
		f.name = "moved"
	case errors.Is(err, errOversized):
		f.name = "oversized"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		f.name = "slow"
	case errors.As(err, &lookup): // the name means nothing
	case isUntrusted(err):
		f.name = "certificate"
	}
	return f
}

// brief keeps what a stranger sent from filling a page or a log.
func brief(text string) string {
	const most = 200
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// context makes the libraries call this provider with the provider's own client.
func (p *provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// config is how the portal asks for and exchanges a code. The secret goes the way that the provider takes it: guessing
// would send a code, which is good once, twice.
func (p *provider) config(r registration, redirect string) *oauth2.Config {
	endpoint := p.oidc.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if r.clientSecret == "" || len(p.Methods) > 0 && !slices.Contains(p.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: r.clientID, ClientSecret: r.clientSecret, Endpoint: endpoint, RedirectURL: redirect, Scopes: r.scopes}
}
