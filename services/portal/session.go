package portal

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	sessionCookie = "guldkorn_session"
	// A session ends after an hour of doing nothing and after a working day in any case.
	idleTime     = time.Hour
	absoluteTime = 10 * time.Hour
	// seenStep is how coarse the time of the last request is kept, so that reading does not write each time.
	seenStep = 5 * time.Minute
	// rolesTime is how long the roles shown in menus may be old. Services decide on their own, newer ones.
	rolesTime = time.Minute
	// sweepTime is how often ended sessions are removed.
	sweepTime = 15 * time.Minute
)

// sessionBody is a session as stored: who is signed in, and what menus need. Its id is the hash of the secret in the
// cookie, so that the database holds nothing that signs anybody in.
type sessionBody struct {
	PersonID  string    `bson:"person_id"`
	Name      string    `bson:"name"`
	Language  string    `bson:"language"`
	Provider  string    `bson:"provider"` // where the person signed in; see providerRef
	Roles     []role    `bson:"roles"`
	RolesAt   time.Time `bson:"roles_at"`
	IDToken   []byte    `bson:"id_token"`  // for signing out at the provider; sealed, see session.seal
	ProvenAt  time.Time `bson:"proven_at"` // when the person last showed the provider who they are, zero if it does not say
	BeganAt   time.Time `bson:"began_at"`
	SeenAt    time.Time `bson:"seen_at"`
	ExpiresAt time.Time `bson:"expires_at"` // the earlier of idle and absolute end, moved on while in use
	Lent      *loan     `bson:"lent,omitempty"`
}

// role is one assignment as menus show it.
type role struct {
	Role      string `bson:"role"`
	Scope     string `bson:"scope"`
	ScopeName string `bson:"scope_name"`
	ScopeKind string `bson:"scope_kind"`
	ParentID  string `bson:"parent_id,omitempty"`
	UnitName  string `bson:"unit_name,omitempty"`
}

// rolesOf reads roles from tenancy's answer.
func rolesOf(me tenancyapi.Me) []role {
	roles := make([]role, 0, len(me.Assignments))
	for _, a := range me.Assignments {
		roles = append(roles, role{
			Role: string(a.Role), Scope: a.Scope, ScopeName: a.ScopeName, ScopeKind: string(a.ScopeKind),
			ParentID: value(a.ParentID), UnitName: value(a.UnitName),
		})
	}
	return roles
}

// session is a stored session with the secret of the cookie that it was found by.
type session struct {
	sessionBody
	id     string
	tenant tenant.ID // the operator's, where the person lives
	secret string
}

// token is what every form of this session carries.
func (s *session) token() string { return formToken(s.secret) }

// formToken follows from the secret of a session, which pages of other sites never see.
func formToken(secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte("guldkorn form")) // a hash never fails
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// vouches tells whether a form was made for the session of this secret.
func vouches(secret, token string) bool {
	return subtle.ConstantTimeCompare([]byte(formToken(secret)), []byte(token)) == 1
}

// stale tells whether it is too long ago, or about to be, that the person showed who they are, for what is sensitive.
// tenancy decides; this tells in time, before somebody fills in a form.
func (s *session) stale(now time.Time) bool {
	return now.Sub(s.ProvenAt) > access.RecentTime-time.Minute
}

type sessions struct {
	stored *document.Collection[sessionBody]
	across *document.Across[sessionBody]
	now    func() time.Time
}

func openSessions(ctx context.Context, store *document.Store, now func() time.Time) (*sessions, error) {
	stored, err := document.Open[sessionBody](ctx, store, document.Schema{Name: "portal_sessions", Indexes: []document.Index{
		{Name: "by_end", Fields: []string{"expires_at"}, Across: true},
		{Name: "by_person", Fields: []string{"person_id", "began_at"}},
	}})
	if err != nil {
		return nil, err
	}
	// Only the portal's own sweep reads across tenants; no request does.
	across := document.NewAcross(stored, func(context.Context) error { return nil })
	return &sessions{stored: stored, across: across, now: now}, nil
}

// begin starts a session for a person, who was vouched for with idToken, and returns it with its new secret.
func (s *sessions) begin(ctx context.Context, owner tenant.ID, body sessionBody, idToken string) (*session, error) {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	secret := base64.RawURLEncoding.EncodeToString(random[:])
	body.BeganAt, body.SeenAt = s.now(), s.now()
	body.ExpiresAt = body.BeganAt.Add(idleTime)
	id := sessionID(secret)
	if len(idToken) > maxIDToken {
		idToken = "" // no address takes it; the provider asks who signs out
	}
	sealed, err := sealUnder(secret, idToken)
	if err != nil {
		return nil, err
	}
	body.IDToken = sealed
	if _, err := s.stored.Insert(tenant.With(ctx, owner), id, body); err != nil {
		return nil, err
	}
	return &session{sessionBody: body, id: id, tenant: owner, secret: secret}, nil
}

// find returns the session of a cookie, nil if there is none that still holds, and marks it as in use.
func (s *sessions) find(ctx context.Context, cookie string) (*session, error) {
	found, err := s.look(ctx, cookie)
	now := s.now()
	if err != nil || found == nil || now.Sub(found.SeenAt) < seenStep {
		return found, err
	}
	err = s.change(ctx, found, func(b *sessionBody) {
		b.SeenAt = now.Truncate(seenStep)
		b.ExpiresAt = earlier(now.Add(idleTime), b.BeganAt.Add(absoluteTime))
	})
	if failure.CodeOf(err) == failure.DocumentNotFound { // ended from another browser meanwhile
		return nil, nil
	}
	return found, err
}

// look is find without a mark: nothing is written about the request.
func (s *sessions) look(ctx context.Context, cookie string) (*session, error) {
	scope, secret, ok := strings.Cut(cookie, ".")
	owner, err := tenant.Parse(scope)
	if !ok || err != nil {
		return nil, nil
	}
	ctx = tenant.With(ctx, owner)
	id := sessionID(secret)
	stored, err := s.stored.Get(ctx, id)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !s.now().Before(stored.Body.ExpiresAt) {
		return nil, s.stored.Erase(ctx, id)
	}
	return &session{sessionBody: stored.Body, id: id, tenant: owner, secret: secret}, nil
}

// change updates what a session knows.
func (s *sessions) change(ctx context.Context, of *session, fn func(*sessionBody)) error {
	stored, err := s.stored.Update(tenant.With(ctx, of.tenant), of.id, func(b *sessionBody) ([]events.Event, error) {
		fn(b)
		return nil, nil
	})
	if err == nil {
		of.sessionBody = stored.Body
	}
	return err
}

// of are the sessions that hold of the person whose session mine is, the newest first. Their secrets are with their
// browsers alone.
func (s *sessions) of(ctx context.Context, mine *session) iter.Seq2[*session, error] {
	return func(yield func(*session, error) bool) {
		query := document.Query{Index: "by_person", Equal: []any{mine.PersonID}, Descending: true}
		for stored, err := range s.stored.All(tenant.With(ctx, mine.tenant), query) {
			if err == nil && !s.now().Before(stored.Body.ExpiresAt) { // the sweep has not come by yet
				continue
			}
			if !yield(&session{sessionBody: stored.Body, id: stored.ID, tenant: mine.tenant}, err) || err != nil {
				return
			}
		}
	}
}

// end removes a session.
func (s *sessions) end(ctx context.Context, of *session) error {
	return s.stored.Erase(tenant.With(ctx, of.tenant), of.id)
}

// sweep removes ended sessions now and then until ctx ends.
func sweep(ctx context.Context, logger *slog.Logger, removers ...func(context.Context) error) error {
	tick := time.NewTicker(sweepTime)
	defer tick.Stop()
	for {
		for _, removeEnded := range removers {
			if err := removeEnded(ctx); err != nil && ctx.Err() == nil {
				logger.Warn("ended sessions stay for now", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *sessions) removeEnded(ctx context.Context) error {
	var all []error
	for ended, err := range s.across.All(ctx, document.Query{Index: "by_end", To: s.now()}) {
		if err != nil {
			return errors.Join(append(all, err)...)
		}
		if err := s.stored.Erase(tenant.With(ctx, ended.Tenant), ended.ID); err != nil {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

func sessionID(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// cookie returns the session's cookie. It goes to the portal alone, is read by no script, and travels with links from
// other sites (a mail's link must find the session) but not with their forms.
func (s *session) cookie(secure bool) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: string(s.tenant) + "." + s.secret, Path: "/",
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// value returns what p points to, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
