package access_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

type parties struct {
	private map[string]ed25519.PrivateKey
	public  map[string]ed25519.PublicKey
}

func newParties(t testing.TB, names ...string) parties {
	t.Helper()
	p := parties{map[string]ed25519.PrivateKey{}, map[string]ed25519.PublicKey{}}
	for _, name := range names {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(t, err)
		p.private[name], p.public[name] = private, public
	}
	return p
}

// forge signs arbitrary claims with an issuer's real key.
func (p parties) forge(t *testing.T, issuer string, change func(jwt.MapClaims)) string {
	t.Helper()
	c := jwt.MapClaims{
		"iss": issuer, "aud": "tenancy", "sub": issuer, "kind": "service",
		"iat": noon.Unix(), "exp": noon.Add(access.Lifetime).Unix(),
	}
	if issuer == access.Portal {
		c["sub"], c["kind"], c["tenant"], c["sid"] = "6a0f", "person", string(north), "s1"
	}
	change(c)
	token, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c).SignedString(p.private[issuer])
	require.NoError(t, err)
	return token
}

func TestTokensSurviveTheWire(t *testing.T) {
	p := newParties(t, access.Portal, "intake")
	verifier := access.NewVerifier(p.public, "tenancy", clock)

	teacher := access.Subject{ID: "6a0f", Tenant: north, Session: "s1", Assignments: person(access.Leader, school).Assignments}
	token, err := access.NewSigner(p.private[access.Portal], access.Portal, clock).Token("tenancy", teacher)
	require.NoError(t, err)
	got, err := verifier.Verify(token)
	require.NoError(t, err)
	require.Equal(t, access.Subject{ID: "6a0f", Tenant: north, Session: "s1"}, got, "a token carries who, never what they may do")

	token, err = access.NewSigner(p.private["intake"], "intake", clock).Token("tenancy", access.Service("intake"))
	require.NoError(t, err)
	got, err = verifier.Verify(token)
	require.NoError(t, err)
	require.Equal(t, access.Service("intake"), got)
}

func TestAKeySurvivesTheWire(t *testing.T) {
	p := newParties(t, access.Portal, "intake")
	verifier := access.NewVerifier(p.public, "tenancy", clock)
	key := access.Subject{ID: "k1", Tenant: north, Key: true, Scopes: []string{access.ScopePeople, access.ScopeReleases}}
	token, err := access.NewSigner(p.private[access.Portal], access.Portal, clock).Token("tenancy", key)
	require.NoError(t, err)
	got, err := verifier.Verify(token)
	require.NoError(t, err)
	require.Equal(t, key, got)
	require.False(t, got.IsPerson())
	require.Equal(t, "key:k1", access.Mask(got))

	_, err = access.NewSigner(p.private["intake"], "intake", clock).Token("tenancy", key)
	require.ErrorContains(t, err, "speaks for a key")
	for _, scopes := range [][]string{nil, {"everything"}, {access.ScopePeople, ""}} {
		key.Scopes = scopes
		_, err = access.NewSigner(p.private[access.Portal], access.Portal, clock).Token("tenancy", key)
		require.ErrorContains(t, err, "scope", "%v", scopes)
	}
}

func TestAGuestSurvivesTheWire(t *testing.T) {
	p := newParties(t, access.Portal, "intake")
	verifier := access.NewVerifier(p.public, "tenancy", clock)
	guest := access.Subject{ID: "g1", Tenant: north, Guest: "thing"}
	portal := access.NewSigner(p.private[access.Portal], access.Portal, clock)
	token, err := portal.Token("tenancy", guest)
	require.NoError(t, err)
	got, err := verifier.Verify(token)
	require.NoError(t, err)
	require.Equal(t, guest, got)
	require.False(t, got.IsPerson())
	require.False(t, got.Has(access.Leader, north))
	require.Regexp(t, "^guest:[0-9a-f]{12}$", access.Mask(got))

	_, err = access.NewSigner(p.private["intake"], "intake", clock).Token("tenancy", guest)
	require.ErrorContains(t, err, "speaks for a guest")
	for _, more := range []access.Subject{{ID: "g1", Tenant: north, Guest: "thing", Key: true}, {ID: "g1", Tenant: north, Guest: "thing", Service: "portal"}} {
		_, err = portal.Token("tenancy", more)
		require.ErrorContains(t, err, "neither a service nor a key")
	}
}

func TestSignersSpeakForThemselves(t *testing.T) {
	p := newParties(t, access.Portal, "intake")
	intake := access.NewSigner(p.private["intake"], "intake", clock)
	_, err := intake.Token("tenancy", access.Subject{ID: "6a0f", Tenant: north})
	require.ErrorContains(t, err, "speaks for a person")
	_, err = intake.Token("tenancy", access.Service("reporting"))
	require.ErrorContains(t, err, "speaks for service")
	_, err = intake.Token("", access.Service("intake"))
	require.Error(t, err)
	portal := access.NewSigner(p.private[access.Portal], access.Portal, clock)
	_, err = portal.Token("tenancy", access.Subject{ID: "6a0f"})
	require.Error(t, err, "a person lives in a tenant")
	_, err = portal.Token("tenancy", access.Subject{Tenant: north})
	require.Error(t, err)
}

func TestAttacksOnTokens(t *testing.T) {
	p := newParties(t, access.Portal, "intake", "stranger")
	known := map[string]ed25519.PublicKey{access.Portal: p.public[access.Portal], "intake": p.public["intake"]}
	verifier := access.NewVerifier(known, "tenancy", clock)
	sound := func(jwt.MapClaims) {}
	with := func(name string, value any) func(jwt.MapClaims) {
		return func(c jwt.MapClaims) { c[name] = value }
	}
	without := func(name string) func(jwt.MapClaims) { return func(c jwt.MapClaims) { delete(c, name) } }

	for _, token := range []string{
		p.forge(t, access.Portal, sound),
		p.forge(t, "intake", sound),
		p.forge(t, "intake", func(c jwt.MapClaims) { // a clock 4 s behind
			c["iat"], c["exp"] = noon.Add(-64*time.Second).Unix(), noon.Add(-4*time.Second).Unix()
		}),
		p.forge(t, "intake", func(c jwt.MapClaims) { // a clock 4 s ahead
			c["iat"], c["exp"] = noon.Add(4*time.Second).Unix(), noon.Add(64*time.Second).Unix()
		}),
	} {
		_, err := verifier.Verify(token)
		require.NoError(t, err, "the attacks below differ from this in one thing each")
	}

	attacks := map[string]string{
		"nothing":        "",
		"not a token":    "a.b.c",
		"other audience": p.forge(t, "intake", with("aud", "reporting")),
		"two audiences":  p.forge(t, "intake", with("aud", []string{"tenancy", "reporting"})),
		"no audience":    p.forge(t, "intake", without("aud")),
		"expired": p.forge(t, "intake", func(c jwt.MapClaims) {
			c["iat"], c["exp"] = noon.Add(-66*time.Second).Unix(), noon.Add(-6*time.Second).Unix()
		}),
		"no expiry":        p.forge(t, "intake", without("exp")),
		"no time of issue": p.forge(t, "intake", without("iat")),
		"issued in the future": p.forge(t, "intake", func(c jwt.MapClaims) {
			c["iat"], c["exp"] = noon.Add(10*time.Second).Unix(), noon.Add(60*time.Second).Unix()
		}),
		"long life":                 p.forge(t, "intake", with("exp", noon.Add(time.Hour).Unix())),
		"unknown issuer":            p.forge(t, "stranger", sound),
		"another's issuer":          p.forge(t, "stranger", with("iss", "intake")),
		"no issuer":                 p.forge(t, "intake", without("iss")),
		"service speaks for person": p.forge(t, "intake", func(c jwt.MapClaims) { c["kind"], c["sub"], c["tenant"] = "person", "6a0f", string(north) }),
		"service claims portal": p.forge(t, "intake", func(c jwt.MapClaims) {
			c["iss"], c["kind"], c["sub"], c["tenant"] = "portal", "person", "6a0f", string(north)
		}),
		"service speaks for other": p.forge(t, "intake", with("sub", "reporting")),
		"person without tenant":    p.forge(t, access.Portal, without("tenant")),
		"person without id":        p.forge(t, access.Portal, without("sub")),
		"key of a service": p.forge(t, "intake", func(c jwt.MapClaims) {
			c["kind"], c["sub"], c["tenant"], c["scope"] = "key", "k1", string(north), access.ScopePeople
		}),
		"key without scope":      p.forge(t, access.Portal, with("kind", "key")),
		"key with unknown scope": p.forge(t, access.Portal, func(c jwt.MapClaims) { c["kind"], c["scope"] = "key", "everything" }),
		"key without tenant":     p.forge(t, access.Portal, func(c jwt.MapClaims) { c["kind"], c["scope"], c["tenant"] = "key", access.ScopePeople, "" }),
		"guest of nothing":       p.forge(t, access.Portal, with("kind", "guest")),
		"guest of a service": p.forge(t, "intake", func(c jwt.MapClaims) {
			c["kind"], c["sub"], c["tenant"], c["guest"] = "guest", "g1", string(north), "thing"
		}),
		"guest with scope":      p.forge(t, access.Portal, func(c jwt.MapClaims) { c["kind"], c["guest"], c["scope"] = "guest", "thing", access.ScopePeople }),
		"guest who signed in":   p.forge(t, access.Portal, func(c jwt.MapClaims) { c["kind"], c["guest"], c["auth_time"] = "guest", "thing", noon.Unix() }),
		"guest without tenant":  p.forge(t, access.Portal, func(c jwt.MapClaims) { c["kind"], c["guest"], c["tenant"] = "guest", "thing", "" }),
		"person who is a guest": p.forge(t, access.Portal, with("guest", "thing")),
		"person with scope":     p.forge(t, access.Portal, with("scope", access.ScopePeople)),
		"service with scope":    p.forge(t, "intake", with("scope", access.ScopePeople)),
		"unknown kind":          p.forge(t, access.Portal, with("kind", "robot")),
		"no kind":               p.forge(t, access.Portal, without("kind")),
		"algorithm none":        unsigned(t, p.forge(t, "intake", sound), "none"),
		"algorithm hmac":        hmacSigned(t, p, "intake"),
		"changed claim":         tampered(t, p.forge(t, "intake", sound)),
		"trailing bytes":        p.forge(t, "intake", sound) + "A",
	}
	for name, token := range attacks {
		t.Run(name, func(t *testing.T) {
			subject, err := verifier.Verify(token)
			require.Equal(t, failure.AccessUnauthentic, failure.CodeOf(err))
			require.Zero(t, subject)
		})
	}
}

// unsigned replaces the header's algorithm and drops the signature.
func unsigned(t *testing.T, token, algorithm string) string {
	t.Helper()
	header, err := json.Marshal(map[string]string{"alg": algorithm, "typ": "JWT"})
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(header) + "." + strings.Split(token, ".")[1] + "."
}

// hmacSigned uses the public key, which everybody may know, as a shared secret.
func hmacSigned(t *testing.T, p parties, issuer string) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": issuer, "aud": "tenancy", "sub": issuer, "kind": "service",
		"iat": noon.Unix(), "exp": noon.Add(access.Lifetime).Unix(),
	}).SignedString([]byte(p.public[issuer]))
	require.NoError(t, err)
	return token
}

func tampered(t *testing.T, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(payload), `"exp":1`, `"exp":2`, 1)))
	return strings.Join(parts, ".")
}

// FuzzVerify changes tokens in every way and has a service sign whatever claims it likes: only what was signed is taken,
// and a service speaks for nobody but itself.
func FuzzVerify(f *testing.F) {
	p := newParties(f, access.Portal, "intake")
	verifier := access.NewVerifier(p.public, "tenancy", clock)
	good, err := access.NewSigner(p.private[access.Portal], access.Portal, clock).Token("tenancy", access.Subject{ID: "6a0f", Tenant: north, Session: "s1"})
	require.NoError(f, err)
	part := strings.Split(good, ".")
	decoded := func(text string) string {
		raw, err := base64.RawURLEncoding.DecodeString(text)
		require.NoError(f, err)
		return string(raw)
	}
	f.Add(good, decoded(part[0]), decoded(part[1]))
	f.Add(part[0]+"."+part[1]+".", `{"alg":"none"}`, `{"iss":"intake","aud":"tenancy","kind":"person","sub":"6a0f","tenant":"`+string(north)+`"}`)
	f.Add(" "+good, `{"alg":"EdDSA"}`, `{"iss":["intake"],"aud":[],"exp":1e400}`)
	f.Fuzz(func(t *testing.T, token, header, payload string) {
		subject, err := verifier.Verify(token)
		if token != good {
			require.Equal(t, failure.AccessUnauthentic, failure.CodeOf(err))
			require.Zero(t, subject)
		}
		signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
		signed += "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(p.private["intake"], []byte(signed)))
		subject, err = verifier.Verify(signed)
		if err != nil {
			require.Equal(t, failure.AccessUnauthentic, failure.CodeOf(err))
			require.Zero(t, subject)
			return
		}
		require.Equal(t, access.Service("intake"), subject)
	})
}
