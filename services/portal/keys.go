package portal

import (
	"context"
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	// keyTime is how long the portal goes on without asking again what a key opens: a revoked key counts no longer.
	keyTime = 30 * time.Second
	// keysKept is how many keys are remembered at most; more are asked about each time.
	keysKept = 4096
)

// keys finds out whom an API key speaks for. It remembers hashes, never keys.
type keys struct {
	peer func(service string) *host.Peer
	now  func() time.Time

	mu    sync.Mutex
	found map[[sha256.Size]byte]foundKey
}

type foundKey struct {
	subject access.Subject
	until   time.Time
}

func newKeys(peer func(service string) *host.Peer, now func() time.Time) *keys {
	return &keys{peer: peer, now: now, found: map[[sha256.Size]byte]foundKey{}}
}

// bearer returns the API key that a request carries, "" if it carries none.
func bearer(c *gin.Context) string {
	token, _ := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if !access.IsKey(token) {
		return ""
	}
	return token
}

// subject returns a context in which the key asks, or the failure portal.key_refused.
func (k *keys) subject(ctx context.Context, token string) (context.Context, error) {
	if _, err := access.ParseKey(token); err != nil { // mistyped: nobody needs to be asked
		return ctx, failure.New(failure.PortalKeyRefused).Because(err)
	}
	hash := sha256.Sum256([]byte(token))
	if s, ok := k.remembered(hash); ok {
		return access.WithSubject(ctx, s), nil
	}
	asked := k.now()
	var match tenancyapi.MatchedAPIKey
	own := access.WithSubject(ctx, access.Service(access.Portal))
	err := k.peer("tenancy").Call(own, http.MethodPost, "/v1/api-keys/match", tenancyapi.SentAPIKey{Secret: token}, &match)
	if failure.CodeOf(err) == failure.KeyUnknown {
		return ctx, failure.New(failure.PortalKeyRefused).Because(err)
	}
	if err != nil {
		return ctx, err
	}
	s := access.Subject{ID: match.KeyID, Tenant: tenant.ID(match.TenantID), Key: true}
	for _, scope := range match.Scopes {
		s.Scopes = append(s.Scopes, string(scope))
	}
	k.remember(hash, foundKey{s, earlier(asked.Add(keyTime), match.ExpiresAt)})
	return access.WithSubject(ctx, s), nil
}

func (k *keys) remembered(hash [sha256.Size]byte) (access.Subject, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f, ok := k.found[hash]
	return f.subject, ok && k.now().Before(f.until)
}

// remember keeps a key, and forgets those whose time is over when there are many.
func (k *keys) remember(hash [sha256.Size]byte, f foundKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.found) >= keysKept {
		now := k.now()
		for old, g := range k.found {
			if !now.Before(g.until) {
				delete(k.found, old)
			}
		}
	}
	if len(k.found) < keysKept {
		k.found[hash] = f
	}
}

// refuseKey says how to do better (RFC 6750, section 3).
func refuseKey(c *gin.Context, err error) error {
	if failure.CodeOf(err) == failure.PortalKeyRefused {
		c.Header("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	return err
}
