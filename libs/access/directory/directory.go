// Package directory is a service's own copy of who there is: organisations, units, role assignments and forums,
// projected from tenancy's events into the service's own store.
//
// So a service decides by what it has itself, also while tenancy is away; it learns of a change as soon as the
// event arrives. Events may come twice, and a retried one after later ones: each handler looks at the entity's
// revision and leaves newer state alone.
//
// The package holds identifiers and names of organisations, units and forums. Names and addresses of people are
// tenancy's alone, and nothing here could hold them.
package directory

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/projection"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Owner is the service whose events the directory is made of.
const Owner = "tenancy"

// Directory answers from the projections. It is safe for concurrent use.
type Directory struct {
	now           func() time.Time
	store         *document.Store
	organisations *document.Collection[organisation]
	children      *document.Across[organisation]
	units         *document.Collection[unit]
	forums        *document.Collection[forum]
	assignments   *document.Collection[assignment]
	anywhere      *document.Across[assignment]
	held          *cache[[]assignment]      // by person
	parents       sync.Map                  // tenant.ID -> tenant.ID; an organisation never moves
	taken         *cache[access.Tightening] // by tenant, by the organisation alone
}

// Open declares the projections in a service's store.
func Open(ctx context.Context, store *document.Store, now func() time.Time) (*Directory, error) {
	d := &Directory{now: now, store: store, held: newCache[[]assignment](), taken: newCache[access.Tightening]()}
	var err error
	if d.organisations, err = document.Open[organisation](ctx, store, document.Schema{
		Name:    "projection_organisations",
		Indexes: []document.Index{{Name: "by_parent", Fields: []string{"parent_id", "name"}, Across: true}},
	}); err != nil {
		return nil, err
	}
	if d.units, err = document.Open[unit](ctx, store, document.Schema{
		Name:    "projection_units",
		Indexes: []document.Index{{Name: "by_name", Fields: []string{"name"}}},
	}); err != nil {
		return nil, err
	}
	if d.forums, err = document.Open[forum](ctx, store, document.Schema{
		Name:    "projection_forums",
		Indexes: []document.Index{{Name: "by_name", Fields: []string{"name"}}},
	}); err != nil {
		return nil, err
	}
	if d.assignments, err = document.Open[assignment](ctx, store, document.Schema{
		Name: "projection_assignments",
		Indexes: []document.Index{
			{Name: "by_person", Fields: []string{"person_id"}, Across: true},
			{Name: "by_scope", Fields: []string{"scope", "role", "person_id"}, Across: true},
		},
	}); err != nil {
		return nil, err
	}
	d.children = document.NewAcross(d.organisations, open)
	d.anywhere = document.NewAcross(d.assignments, open)
	return d, nil
}

// open is the guard of reads across tenants. They are the service's own, to decide by and to address people;
// what a person gets to see is decided where it is shown.
func open(context.Context) error { return nil }

// Follow keeps the directory up to date until ctx ends, from the owner's events and, where these may not reach back far
// enough, from its snapshot. also is what the service does about further events of the owner, since it reads them once.
func (d *Directory) Follow(ctx context.Context, deps *platform.Deps, also ...bus.Handlers) error {
	handlers := d.Handlers()
	for _, more := range also {
		for kind, handler := range more {
			handlers[kind] = both(handler, handlers[kind])
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return deps.Bus.Consume(ctx, Owner, handlers) })
	group.Go(func() error {
		return projection.CatchUp(ctx, deps, Owner, d.Handlers(), "organisations", "units", "forums", "role-assignments")
	})
	return group.Wait()
}

// both is a handler that does what the service does about an event and then what the directory does, if anything: the
// service may still have to look at what is known.
func both(service, own bus.Handler) bus.Handler {
	if own == nil {
		return service
	}
	return func(ctx context.Context, e events.Envelope) error {
		if err := service(ctx, e); err != nil {
			return err
		}
		return own(ctx, e)
	}
}

// Handlers returns what takes in the owner's events.
func (d *Directory) Handlers() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, d.organisationCreated)
	bus.On(h, d.organisationChanged)
	bus.On(h, d.organisationDeleted)
	bus.On(h, d.unitCreated)
	bus.On(h, d.unitChanged)
	bus.On(h, d.roleAssigned)
	bus.On(h, d.roleEnded)
	bus.On(h, d.forumCreated)
	bus.On(h, d.forumChanged)
	return h
}

// Organisation is a tenant.
type Organisation struct {
	ID              tenant.ID
	Kind            string // platform, municipality, operator, school or union
	Parent          tenant.ID
	Name            string
	Code            string
	InstitutionType string
	Language        string
	LearnerWord     string
}

type organisation struct {
	Revision        int64  `bson:"revision"`
	Kind            string `bson:"kind"`
	ParentID        string `bson:"parent_id"`
	Name            string `bson:"name"`
	Code            string `bson:"code"`
	InstitutionType string `bson:"institution_type"`
	Language        string `bson:"language"`
	LearnerWord     string `bson:"learner_word"`

	TakenAway []takenRole `bson:"taken_away"` // see tightening.go
}

func (d *Directory) organisationCreated(ctx context.Context, envelope events.Envelope, e events.OrganisationCreated) error {
	_, err := d.organisations.Upsert(ctx, e.OrganisationID, func(o *organisation, _ bool) ([]events.Event, error) {
		if envelope.Revision <= o.Revision { // known already, or older than what is known
			return nil, nil
		}
		*o = organisation{
			Revision: envelope.Revision, Kind: e.Kind, ParentID: e.ParentID, Name: e.Name, Code: e.Code,
			InstitutionType: e.InstitutionType, Language: e.Language, LearnerWord: e.LearnerWord,
		}
		for _, taken := range e.TakenAway {
			o.TakenAway = append(o.TakenAway, takenRole(taken))
		}
		return nil, nil
	})
	d.taken.forget(e.OrganisationID)
	return err
}

func (d *Directory) organisationChanged(ctx context.Context, envelope events.Envelope, e events.OrganisationChanged) error {
	return d.organisationCreated(ctx, envelope, events.OrganisationCreated(e))
}

// organisationDeleted erases everything that the service keeps in the name of a tenant that is gone: what is in the
// directory, and every other document of the service's store. A service has no handler of its own for this, unless it
// keeps something elsewhere, such as keys, or in the name of another tenant. It may come twice.
func (d *Directory) organisationDeleted(ctx context.Context, _ events.Envelope, e events.OrganisationDeleted) error {
	for found, err := range d.anywhere.All(ctx, document.Query{Index: "by_scope", Equal: []any{e.OrganisationID}}) {
		if err != nil {
			return err
		}
		err := d.assignments.Erase(tenant.With(ctx, found.Tenant), found.ID)
		if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
			return err
		}
		d.held.forget(found.Body.PersonID)
	}
	d.taken.forget(e.OrganisationID)
	gone := tenant.ID(e.OrganisationID)
	if err := d.store.EraseTenant(tenant.With(ctx, gone)); err != nil {
		return err
	}
	d.parents.Delete(gone)
	return nil
}

func (o organisation) public(id tenant.ID) Organisation {
	return Organisation{
		ID: id, Kind: o.Kind, Parent: tenant.ID(o.ParentID), Name: o.Name, Code: o.Code,
		InstitutionType: o.InstitutionType, Language: o.Language, LearnerWord: o.LearnerWord,
	}
}

// Organisation returns a tenant's organisation, or the failure document.not_found.
func (d *Directory) Organisation(ctx context.Context, t tenant.ID) (Organisation, error) {
	found, err := d.organisations.Get(tenant.With(ctx, t), string(t))
	if err != nil {
		return Organisation{}, err
	}
	return found.Body.public(t), nil
}

// Children returns the organisations directly beneath t, by name.
func (d *Directory) Children(ctx context.Context, t tenant.ID) ([]Organisation, error) {
	var all []Organisation
	for found, err := range d.children.All(ctx, document.Query{Index: "by_parent", Equal: []any{string(t)}}) {
		if err != nil {
			return nil, err
		}
		all = append(all, found.Body.public(found.Tenant))
	}
	return all, nil
}

// maxDepth is more than the levels that organisations have; a longer way up is a mistake in the data.
const maxDepth = 8

// Path returns the organisations from the platform down to t, both included: what a Resource.Path wants. An
// organisation that is not known, or whose ancestors are not, is the failure document.not_found.
func (d *Directory) Path(ctx context.Context, t tenant.ID) ([]tenant.ID, error) {
	var path []tenant.ID
	for at := t; at != ""; {
		if len(path) == maxDepth || slices.Contains(path, at) {
			return nil, failure.New(failure.InternalError).Wanting("organisations that form a tree")
		}
		path = append(path, at)
		if parent, ok := d.parents.Load(at); ok {
			at = parent.(tenant.ID)
			continue
		}
		o, err := d.Organisation(ctx, at)
		if err != nil {
			return nil, err
		}
		d.parents.Store(at, o.Parent)
		at = o.Parent
	}
	slices.Reverse(path)
	if len(path) == 0 {
		return nil, failure.NotFound("organisation")
	}
	return path, nil
}
