package portal

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	guestCookie = "guldkorn_guest"
	guestRoot   = "/guest" // above every page that a guest sees; the cookie goes nowhere else
)

// guestBody is a guest's session as stored, apart from those of people: it leads to one dialogue, and the dialogue service
// decides at each request whether it still does, and keeps the name. Its id is the hash of the secret in the cookie.
type guestBody struct {
	DialogueID string    `bson:"dialogue_id"`
	GuestID    string    `bson:"guest_id"`
	ExpiresAt  time.Time `bson:"expires_at"`
}

// guestSession is a stored one with the secret that it was found by.
type guestSession struct {
	guestBody
	id     string
	tenant tenant.ID // the school's
	secret string
}

type guestSessions struct {
	stored *document.Collection[guestBody]
	across *document.Across[guestBody]
	now    func() time.Time
}

// guestTime is how long a guest's session lasts at most: as long as a dialogue is open to guests.
const guestTime = 12 * time.Hour

func openGuestSessions(ctx context.Context, store *document.Store, now func() time.Time) (*guestSessions, error) {
	stored, err := document.Open[guestBody](ctx, store, document.Schema{Name: "portal_guests", Indexes: []document.Index{
		{Name: "by_end", Fields: []string{"expires_at"}, Across: true},
	}})
	if err != nil {
		return nil, err
	}
	// Only the portal's own sweep reads across tenants; no request does.
	return &guestSessions{stored, document.NewAcross(stored, func(context.Context) error { return nil }), now}, nil
}

// begin starts the session of a guest whom a code let in.
func (s *guestSessions) begin(ctx context.Context, in dialogueapi.GuestEntry) (*guestSession, error) {
	school, err := tenant.Parse(in.TenantID)
	if err != nil {
		return nil, err
	}
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	secret := base64.RawURLEncoding.EncodeToString(random[:])
	body := guestBody{DialogueID: in.DialogueID, GuestID: in.GuestID, ExpiresAt: s.now().Add(guestTime)}
	id := sessionID(secret)
	if _, err := s.stored.Insert(tenant.With(ctx, school), id, body); err != nil {
		return nil, err
	}
	return &guestSession{body, id, school, secret}, nil
}

// find returns the session of a cookie, nil if there is none that still holds.
func (s *guestSessions) find(ctx context.Context, cookie string) (*guestSession, error) {
	scope, secret, ok := strings.Cut(cookie, ".")
	school, err := tenant.Parse(scope)
	if !ok || err != nil {
		return nil, nil
	}
	id := sessionID(secret)
	stored, err := s.stored.Get(tenant.With(ctx, school), id)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found := &guestSession{stored.Body, id, school, secret}
	if !s.now().Before(found.ExpiresAt) {
		return nil, s.end(ctx, found)
	}
	return found, nil
}

// end removes a session.
func (s *guestSessions) end(ctx context.Context, of *guestSession) error {
	return s.stored.Erase(tenant.With(ctx, of.tenant), of.id)
}

func (s *guestSessions) removeEnded(ctx context.Context) error {
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

// cookie returns the session's cookie: for the guest pages alone, read by no script, sent along from no other site.
func (s *guestSession) cookie(secure bool) *http.Cookie {
	return &http.Cookie{
		Name: guestCookie, Value: string(s.tenant) + "." + s.secret, Path: guestRoot,
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode,
	}
}
