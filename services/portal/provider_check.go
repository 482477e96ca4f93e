package portal

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	jose "github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"
)

// finding is one thing that was looked at in a provider.
type finding struct {
	Check  string // one of providerChecks
	State  string // well, unsure or wrong
	Fault  string // one of providerFaults, unless it is well
	Detail string
}

// providerChecks are what is looked at, in this order.
var providerChecks = []string{"found", "keys", "challenge", "entry", "client", "claims"}

// examine tries out a provider as far as that goes without somebody who signs in. Nothing found before is believed.
func (s *signIn) examine(ctx context.Context, r registration) []finding {
	client, local := s.client(r.providerRef)
	p, err := discover(ctx, client, r.issuer, local)
	if err != nil {
		return []finding{wrong("found", err)}
	}
	return []finding{
		{Check: "found", State: "well"},
		p.examineKeys(ctx),
		p.examineChallenge(),
		p.examineEntry(ctx, r, s.redirect(r.providerRef)),
		p.examineClient(ctx, r, s.redirect(r.providerRef)),
		p.examineClaims(r),
	}
}

func wrong(check string, err error) finding {
	f := &fault{name: "unreachable", cause: err}
	_ = errors.As(err, &f)
	return finding{check, "wrong", f.name, f.detail}
}

func (p *provider) examineKeys(ctx context.Context) finding {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := fetch(ctx, p.client, p.Keys, &set); err != nil {
		return wrong("keys", err)
	}
	usable := slices.ContainsFunc(set.Keys, func(raw json.RawMessage) bool {
		var key jose.JSONWebKey
		return json.Unmarshal(raw, &key) == nil && key.Valid() && key.IsPublic() && key.Use != "enc"
	})
	if !usable {
		return finding{Check: "keys", State: "wrong", Fault: "keys"}
	}
	return finding{Check: "keys", State: "well"}
}

// examineChallenge: a provider that names other methods than S256 has been refused already; many that can do it do not
// say so.
func (p *provider) examineChallenge() finding {
	if len(p.Challenges) == 0 {
		return finding{Check: "challenge", State: "unsure", Fault: "challenge_unsaid"}
	}
	return finding{Check: "challenge", State: "well"}
}

// examineEntry asks for the page on which people sign in. A provider that does not know the client, or not the address to
// send back to, shows an error of its own, since it must not send anybody to an address that it does not know (RFC 6749,
// section 4.1.2.1).
func (p *provider) examineEntry(ctx context.Context, r registration, redirect string) finding {
	address := p.config(r, redirect).AuthCodeURL(rand.Text(), oauth2.S256ChallengeOption(oauth2.GenerateVerifier()), oidc.Nonce(rand.Text()))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return wrong("entry", err)
	}
	response, err := p.client.Do(request)
	var moved *url.Error
	switch {
	case errors.Is(err, errMoved) && errors.As(err, &moved): // to its own page, or back to the portal
		if next, err := url.Parse(moved.URL); err == nil && strings.HasPrefix(moved.URL, redirect) && next.Query().Has("error") {
			return finding{"entry", "wrong", "entry", brief(next.Query().Get("error"))}
		}
		return finding{Check: "entry", State: "well"}
	case err != nil:
		return wrong("entry", unanswered(err))
	}
	_ = response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return finding{"entry", "wrong", "entry", strconv.Itoa(response.StatusCode)}
	}
	return finding{Check: "entry", State: "well"}
}

// examineClient offers a code that nobody has. A provider that knows the client says that the code is no good; one that
// does not, or to which the secret is wrong, says that (RFC 6749, section 5.2).
func (p *provider) examineClient(ctx context.Context, r registration, redirect string) finding {
	_, err := p.config(r, redirect).Exchange(p.context(ctx), "trial-"+rand.Text(), oauth2.VerifierOption(oauth2.GenerateVerifier()))
	var refusal *oauth2.RetrieveError
	switch {
	case err == nil:
		return finding{Check: "client", State: "unsure", Fault: "client_unsure"}
	case !errors.As(err, &refusal):
		return wrong("client", unanswered(err))
	case refusal.ErrorCode == "invalid_grant":
		return finding{Check: "client", State: "well"}
	case refusal.ErrorCode == "invalid_client" || refusal.ErrorCode == "unauthorized_client" ||
		refusal.Response.StatusCode == http.StatusUnauthorized:
		return finding{Check: "client", State: "wrong", Fault: "client", Detail: r.clientID}
	}
	return finding{Check: "client", State: "unsure", Fault: "client_unsure", Detail: brief(refusal.ErrorCode)}
}

// examineClaims looks for the claims among those that the provider lists. A list need not be complete.
func (p *provider) examineClaims(r registration) finding {
	for _, name := range []string{r.loginClaim, r.requiredClaim} {
		if name != "" && !slices.Contains(p.Claims, name) {
			return finding{Check: "claims", State: "unsure", Fault: "claim_unlisted", Detail: name}
		}
	}
	return finding{Check: "claims", State: "well"}
}
