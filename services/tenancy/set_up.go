package tenancy

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// setUp is how far a fresh deployment is on its way to its first operator. There is no password to begin with: whoever
// starts the deployment is given a link, and says with it who runs the platform and where they sign in. The link goes on
// to work, so that a mistake in the provider can be corrected, until that person has signed in.
type setUp struct {
	Links        []setUpLink `bson:"links"`
	PlatformID   string      `bson:"platform_id"` // chosen with the first use, and kept for every other
	PersonID     string      `bson:"person_id"`
	AssignmentID string      `bson:"assignment_id"`
	ProviderID   string      `bson:"provider_id"`
	Done         bool        `bson:"done"`
}

type setUpLink struct {
	Hash  string    `bson:"hash"`
	Until time.Time `bson:"until"`
}

// installation is the tenant of what belongs to none: the one document that there is before all of them.
const installation tenant.ID = "installation"

const (
	setUpID = "set-up"
	// SetUpPath is the page of the portal that takes a link as its parameter "link".
	SetUpPath = "/set-up"
	// setUpTime is how long a link is good. A restart makes another.
	setUpTime = 24 * time.Hour
	// maxSetUpLinks are good at a time: several processes of one deployment start at once, and each tells its own.
	maxSetUpLinks = 8
)

func setUpHash(link string) string {
	sum := sha256.Sum256([]byte("guldkorn set-up\n" + link))
	return hex.EncodeToString(sum[:])
}

// add makes a link good and drops those that are no more.
func (u *setUp) add(link string, now time.Time) {
	u.Links = slices.DeleteFunc(u.Links, func(l setUpLink) bool { return !now.Before(l.Until) })
	u.Links = append(u.Links, setUpLink{setUpHash(link), now.Add(setUpTime).Truncate(time.Millisecond)})
	u.Links = u.Links[max(0, len(u.Links)-maxSetUpLinks):]
}

func (u setUp) takes(link string, now time.Time) bool {
	hash := setUpHash(link)
	return !u.Done && slices.ContainsFunc(u.Links, func(l setUpLink) bool {
		return subtle.ConstantTimeCompare([]byte(l.Hash), []byte(hash)) == 1 && now.Before(l.Until)
	})
}

// choose settles under which ids everything is made, so that a use that was cut off goes on where it ended. The platform
// may be there already.
func (u *setUp) choose(platform string) {
	if u.PlatformID = platform; platform == "" {
		u.PlatformID = string(tenant.New())
	}
	if u.PersonID == "" {
		u.PersonID, u.AssignmentID, u.ProviderID = uuid.NewString(), uuid.NewString(), uuid.NewString()
	}
}

// SetUpLink returns the secret of a new link if the platform has no operator yet, "" otherwise. Only its hash is kept.
func (s *Service) SetUpLink(ctx context.Context) (string, error) {
	link := rand.Text()
	ctx = tenant.With(ctx, installation)
	found, err := s.store.setUps.Get(ctx, setUpID)
	if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
		return "", err
	}
	if over, err := s.isSetUp(ctx, found.Body); over || err != nil {
		return "", err
	}
	_, err = s.store.setUps.Upsert(ctx, setUpID, func(u *setUp, _ bool) ([]events.Event, error) {
		u.add(link, s.now())
		return nil, nil
	})
	return link, err
}

// setUpUnderWay returns the set-up that a link belongs to. Why one does not, nobody is told.
func (s *Service) setUpUnderWay(ctx context.Context, link string) (setUp, error) {
	found, err := s.store.setUps.Get(tenant.With(ctx, installation), setUpID)
	if failure.CodeOf(err) == failure.DocumentNotFound || err == nil && !found.Body.takes(link, s.now()) {
		return setUp{}, failure.New(failure.SetUpUnknown)
	}
	if err != nil {
		return setUp{}, err
	}
	if over, err := s.isSetUp(ctx, found.Body); over || err != nil {
		return setUp{}, failure.New(failure.SetUpUnknown).Because(err)
	}
	return found.Body, nil
}

// isSetUp tells whether the platform has an operator who can sign in: the one made with the link has done so, or there is
// another.
func (s *Service) isSetUp(ctx context.Context, u setUp) (bool, error) {
	if u.Done {
		return true, nil
	}
	platform, err := s.thePlatform(ctx)
	if err != nil || platform == nil {
		return false, err
	}
	all, err := s.store.within(ctx, platform.Tenant)
	return slices.ContainsFunc(all, func(d document.Document[assignment]) bool {
		return d.Body.Role == access.PlatformOperator && d.Body.PersonID != u.PersonID && d.Body.counts(s.now())
	}), err
}

// thePlatform is the one organisation without a parent, nil before there is any.
func (s *Service) thePlatform(ctx context.Context) (*document.Document[organisation], error) {
	for d, err := range s.store.roots.All(ctx, document.Query{Index: "by_parent", Equal: []any{""}}) {
		return &d, err
	}
	return nil, nil
}

// signedInFirst ends the set-up when the person that it made has signed in.
func (s *Service) signedInFirst(ctx context.Context, d document.Document[person]) error {
	path, err := s.store.path(ctx, d.Tenant)
	if err != nil || len(path) > 1 { // not of the platform, as nearly everybody
		return err
	}
	ctx = tenant.With(ctx, installation)
	found, err := s.store.setUps.Get(ctx, setUpID)
	if failure.CodeOf(err) == failure.DocumentNotFound || err == nil && (found.Body.Done || found.Body.PersonID != d.ID) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.store.setUps.Update(ctx, setUpID, func(u *setUp) ([]events.Event, error) {
		u.Done, u.Links = true, nil
		return nil, nil
	})
	return err
}
