package portal

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Run implements host.Component: it removes sessions that have ended, and those of people who are erased or suspended.
func (p *Portal) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return sweep(ctx, p.logger, p.sessions.removeEnded, p.guests.removeEnded) })
	group.Go(func() error { return p.bus.Consume(ctx, "tenancy", p.handlers()) })
	return group.Wait()
}

// handlers are what the portal does about what tenancy tells.
func (p *Portal) handlers() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, p.personErased)
	bus.On(h, p.personSuspended)
	bus.On(h, p.organisationDeleted)
	return h
}

// personErased signs the person out everywhere. The event is told by the operator with whom sessions are kept. One that
// begins at the same moment ends when its roles are looked up; see visit.refreshRoles.
func (p *Portal) personErased(ctx context.Context, _ events.Envelope, e events.PersonErased) error {
	owner, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	return p.sessions.endAll(ctx, owner, e.PersonID)
}

// personSuspended does the same about somebody who may come back.
func (p *Portal) personSuspended(ctx context.Context, _ events.Envelope, e events.PersonSuspended) error {
	owner, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	return p.sessions.endAll(ctx, owner, e.PersonID)
}

// organisationDeleted removes what the portal keeps in the name of an operator that is gone: its people's sessions.
func (p *Portal) organisationDeleted(ctx context.Context, _ events.Envelope, _ events.OrganisationDeleted) error {
	return p.store.EraseTenant(ctx)
}

// endAll removes all sessions of a person. It may be repeated after any part of it.
func (s *sessions) endAll(ctx context.Context, owner tenant.ID, person string) error {
	ctx = tenant.With(ctx, owner)
	var all []error
	for stored, err := range s.stored.All(ctx, document.Query{Index: "by_person", Equal: []any{person}}) {
		if err == nil {
			err = s.stored.Erase(ctx, stored.ID)
		}
		if failure.CodeOf(err) != failure.DocumentNotFound { // one that was ended meanwhile is as wanted
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}
