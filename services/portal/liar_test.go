package portal

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// liar is a sign-in provider of a tenant that does whatever a test tells it to.
type liar struct {
	t      *testing.T
	server *httptest.Server
	client tenancyapi.SignInClient

	mu        sync.Mutex
	key       *rsa.PrivateKey
	kid       string // of the key
	challenge string // of the sign-in under way
	nonce     string
	keysRead  int

	// What it lies about; nil for nothing.
	discovery func(map[string]any)
	claims    func(map[string]any)
	sign      func(claims []byte) string
	userInfo  map[string]any
	instead   map[string]http.HandlerFunc // by path
}

const liarID = "1f"

// liar adds a provider to Anna's municipality.
func (s *stage) liar() *liar {
	s.t.Helper()
	l := newLiar(s.t)
	l.client = tenancyapi.SignInClient{Issuer: l.server.URL, ClientID: "guldkorn", LoginClaim: "uniid", Scopes: []string{"openid"}, Enabled: true, Revision: 1}
	s.offers = append(s.offers, tenancyapi.SignInOffer{ProviderID: liarID, TenantID: operatorID, TenantName: "Havnelund Kommune", Name: "Skolelogin"})
	s.services["tenancy"].HandleFunc("GET "+under(operatorID, "sign-in-providers", liarID, "client"), func(w http.ResponseWriter, _ *http.Request) {
		respond(s.t, w, l.client)
	})
	return l
}

func newLiar(t *testing.T) *liar {
	l := &liar{t: t}
	l.honest()
	l.newKey("first")
	l.server = httptest.NewServer(http.HandlerFunc(l.serve))
	t.Cleanup(l.server.Close)
	return l
}

// honest ends all lies.
func (l *liar) honest() {
	l.discovery, l.claims, l.sign, l.userInfo, l.instead = nil, nil, nil, nil, map[string]http.HandlerFunc{}
}

func (l *liar) newKey(kid string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(l.t, err)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.key, l.kid = key, kid
}

func (l *liar) serve(w http.ResponseWriter, r *http.Request) {
	if instead := l.instead[r.URL.Path]; instead != nil {
		instead(w, r)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		says := map[string]any{
			"issuer": l.server.URL, "authorization_endpoint": l.server.URL + "/authorize", "token_endpoint": l.server.URL + "/token",
			"jwks_uri": l.server.URL + "/keys", "userinfo_endpoint": l.server.URL + "/userinfo", "end_session_endpoint": l.server.URL + "/end",
			"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}, "code_challenge_methods_supported": []string{"S256"},
			"token_endpoint_auth_methods_supported": []string{"client_secret_basic"}, "response_types_supported": []string{"code"},
		}
		if l.discovery != nil {
			l.discovery(says)
		}
		respond(l.t, w, says)
	case "/keys":
		l.keysRead++
		respond(l.t, w, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": l.kid,
			"n": encoded(l.key.N.Bytes()), "e": encoded(big.NewInt(int64(l.key.E)).Bytes()),
		}}})
	case "/authorize":
		http.Redirect(w, r, "/login", http.StatusFound)
	case "/token":
		sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		if r.PostFormValue("code") != "good" || encoded(sum[:]) != l.challenge {
			w.WriteHeader(http.StatusBadRequest)
			respond(l.t, w, map[string]any{"error": "invalid_grant"})
			return
		}
		respond(l.t, w, map[string]any{"access_token": "opens nothing", "token_type": "Bearer", "id_token": l.token()})
	case "/userinfo":
		respond(l.t, w, l.userInfo)
	default:
		http.NotFound(w, r)
	}
}

// token is an ID token for Anna, with whatever lies were asked for.
func (l *liar) token() string {
	now := time.Now()
	claims := map[string]any{
		"iss": l.server.URL, "aud": l.client.ClientID, "sub": "a", "nonce": l.nonce, "uniid": "anna",
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "auth_time": now.Unix(),
	}
	if l.claims != nil {
		l.claims(claims)
	}
	raw, err := json.Marshal(claims)
	require.NoError(l.t, err)
	if l.sign != nil {
		return l.sign(raw)
	}
	return l.signed("RS256", l.kid, raw)
}

// signed is a token as the algorithm has it; HS256 with the public key as the secret, which is public.
func (l *liar) signed(algorithm, kid string, claims []byte) string {
	text := encoded([]byte(fmt.Sprintf(`{"alg":%q,"kid":%q,"typ":"JWT"}`, algorithm, kid))) + "." + encoded(claims)
	var signature []byte
	var err error
	switch algorithm {
	case "RS256":
		sum := sha256.Sum256([]byte(text))
		signature, err = rsa.SignPKCS1v15(rand.Reader, l.key, crypto.SHA256, sum[:])
	case "HS256":
		var der []byte
		der, err = x509.MarshalPKIXPublicKey(&l.key.PublicKey)
		mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		_, _ = mac.Write([]byte(text))
		signature = mac.Sum(nil)
	}
	require.NoError(l.t, err)
	return text + "." + encoded(signature)
}

func encoded(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// begin starts to sign in at the liar and returns the parameters that it is sent.
func (b *browser) begin(l *liar, back string) url.Values {
	b.t.Helper()
	start := b.get("/sign-in/start?" + url.Values{"provider": {operatorID + "." + liarID}, "return": {back}}.Encode())
	authorize, err := url.Parse(start.next(b.t))
	require.NoError(b.t, err)
	require.True(b.t, strings.HasPrefix(authorize.String(), l.server.URL+"/authorize?"), authorize)
	asked := authorize.Query()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.challenge, l.nonce = asked.Get("code_challenge"), asked.Get("nonce")
	return asked
}

// end answers a sign-in that was begun.
func (b *browser) end(asked url.Values, more ...string) page {
	b.t.Helper()
	answer := url.Values{"code": {"good"}, "state": {asked.Get("state")}}
	for i := 0; i+1 < len(more); i += 2 {
		answer.Set(more[i], more[i+1])
	}
	return b.get(asked.Get("redirect_uri") + "?" + answer.Encode())
}
