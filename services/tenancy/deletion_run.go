package tenancy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// deletionSweep is how often it is looked for tenants whose time has come.
const deletionSweep = time.Minute

// deleteTenants carries out, until ctx ends, what was asked for and what an earlier process left in the middle.
func (s *Service) deleteTenants(ctx context.Context) error {
	ctx = access.WithSubject(ctx, access.Service(Name)) // whoever asked for it was asked then
	ticker := time.NewTicker(deletionSweep)
	defer ticker.Stop()
	for {
		if err := s.sweepDeletions(ctx); err != nil && ctx.Err() == nil {
			s.deps.Logger.LogAttrs(ctx, slog.LevelError, "tenants are not deleted", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (s *Service) sweepDeletions(ctx context.Context) error {
	query := document.Query{Index: "open_anywhere", Equal: []any{true}, To: s.now().Add(time.Millisecond)}
	due, err := collect(s.store.dueDeletions.All(ctx, query))
	if err != nil {
		return err
	}
	var all []error
	for _, d := range due {
		err := s.advance(tenant.With(ctx, d.Tenant), tenant.ID(d.ID))
		if failure.CodeOf(err) == failure.PreconditionFailed {
			continue // another process is at it
		}
		all = append(all, err)
	}
	return errors.Join(all...)
}

// advance takes a deletion of the context's tenant as far as it goes now. Each step may have been taken before, by a
// process that ended in the middle.
func (s *Service) advance(ctx context.Context, gone tenant.ID) error {
	d, err := s.store.deletions.Get(ctx, string(gone))
	if err != nil {
		return err
	}
	if d.Body.State == deletionWaiting {
		return s.closeTenant(ctx, d, gone) // and goes on when it has rested
	}
	if d.Body.State == deletionClosing {
		if d, err = s.certifyTenant(ctx, d, gone); err != nil {
			return err
		}
	}
	if d.Body.State == deletionErasing {
		return s.eraseTenant(ctx, d, gone)
	}
	return nil
}

// leaving are the tenants that go with one: an operator's schools, then the tenant itself.
func (s *Service) leaving(ctx context.Context, gone tenant.ID) ([]document.Document[organisation], error) {
	all, err := collect(s.store.children.All(ctx, document.Query{Index: "by_parent", Equal: []any{string(gone)}}))
	if err != nil {
		return nil, err
	}
	own, err := s.store.organisation(ctx, gone)
	return append(all, own), err
}

// closeTenant ends every role in the tenants that go, and lets the deletion rest.
func (s *Service) closeTenant(ctx context.Context, d document.Document[deletion], gone tenant.ID) error {
	all, err := s.leaving(ctx, gone)
	if err != nil {
		return err
	}
	for _, o := range all {
		held, err := s.store.within(ctx, o.Tenant)
		if err != nil {
			return err
		}
		for _, a := range held {
			if err := s.endWithTenant(tenant.With(ctx, a.Tenant), a); err != nil {
				return err
			}
		}
	}
	failpoint.Hit("after-closing-before-rest")
	_, err = s.store.deletions.UpdateAt(ctx, string(gone), d.Revision, func(d *deletion) ([]events.Event, error) {
		d.rest(s.now())
		return nil, nil
	})
	return err
}

// endWithTenant ends an assignment whoever is left: a tenant that goes needs no administrator.
func (s *Service) endWithTenant(ctx context.Context, a document.Document[assignment]) error {
	_, err := s.store.assignments.Update(ctx, a.ID, func(body *assignment) ([]events.Event, error) {
		if body.over(s.now()) {
			return nil, nil
		}
		if err := body.end(a.ID, nil, s.now()); err != nil {
			return nil, err
		}
		return []events.Event{body.ended(a.ID)}, nil
	})
	return err
}

// certifyTenant writes down what is going to be erased.
func (s *Service) certifyTenant(ctx context.Context, d document.Document[deletion], gone tenant.ID) (document.Document[deletion], error) {
	all, err := s.leaving(ctx, gone)
	if err != nil {
		return d, err
	}
	c := certificate{
		Format: certificateFormat, Tenant: gone, Kind: d.Body.Kind, Name: d.Body.Name, Elsewhere: elsewhere,
		RequestedAt: d.Body.RequestedAt, RequestedBy: d.Body.RequestedBy, DueAt: d.Body.DueAt, ErasedAt: s.now().Truncate(time.Millisecond),
	}
	for _, o := range all {
		in := tenant.With(ctx, o.Tenant)
		one := certificateOfTenant{Tenant: o.Tenant, Kind: o.Body.Kind, Name: o.Body.Name, ParentID: o.Body.ParentID}
		if one.Documents, err = s.deps.Store.CountTenant(in); err != nil {
			return d, err
		}
		found, err := s.audit.Verify(in)
		if err != nil {
			return d, err
		}
		one.Audit = auditEnd(found.Head)
		c.Tenants = append(c.Tenants, one)
		c.Keys += int(one.Documents["persons"])
	}
	if d.Body.Kind == kindSchool {
		people, err := s.onlyAt(ctx, gone)
		if err != nil {
			return d, err
		}
		c.Keys = len(people)
	}
	return s.store.deletions.UpdateAt(ctx, string(gone), d.Revision, func(d *deletion) ([]events.Event, error) {
		return nil, d.certify(c)
	})
}

// onlyAt are the people of the context's operator who had a role at a school and have none elsewhere: what the operator
// knows of them has lost its purpose with the school.
func (s *Service) onlyAt(ctx context.Context, school tenant.ID) ([]string, error) {
	home, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.store.within(ctx, school)
	if err != nil {
		return nil, err
	}
	looked, people := map[string]bool{}, []string{}
	for _, a := range held {
		if a.Tenant != home || looked[a.Body.PersonID] {
			continue
		}
		looked[a.Body.PersonID] = true
		roles, err := s.store.held(ctx, a.Body.PersonID)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(roles, func(r document.Document[assignment]) bool {
			return r.Body.Scope != string(school) && !r.Body.over(s.now())
		}) {
			people = append(people, a.Body.PersonID)
		}
	}
	return people, nil
}

// eraseTenant erases what the certificate speaks of, and then writes the certificate's hash into the audit log of the
// tenant above. The certificate names the tenants: an organisation that is gone is found nowhere else.
func (s *Service) eraseTenant(ctx context.Context, d document.Document[deletion], gone tenant.ID) error {
	above, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	var c certificate
	if err := json.Unmarshal(d.Body.Certificate, &c); err != nil {
		return fmt.Errorf("certificate of %s: %w", gone, err)
	}
	for _, one := range c.Tenants {
		if err := s.erasePeople(ctx, d.Body, one); err != nil {
			return err
		}
		failpoint.Hit("after-people-before-documents")
		if err := s.eraseDocuments(ctx, one); err != nil {
			return err
		}
	}
	failpoint.Hit("after-documents-before-certificate")
	if err := s.recordDecision(ctx, access.Record{
		Tenant: above, Subject: "service:" + Name, Action: "deletion.complete", ResourceType: "deletion",
		ResourceID: string(gone) + "/" + certificateHash(d.Body.Certificate), Allowed: true,
	}); err != nil {
		return err
	}
	failpoint.Hit("after-certificate-before-done")
	_, err = s.store.deletions.Update(ctx, string(gone), func(d *deletion) ([]events.Event, error) {
		d.finish()
		return nil, nil
	})
	return err
}

// erasePeople destroys the key of everybody who lives with an operator; what was encrypted goes with the documents. Of a
// school it erases those who had a role nowhere else, as if each had asked for it. Keys go before documents: without
// them no copy of a profile opens, whatever happens after.
func (s *Service) erasePeople(ctx context.Context, d deletion, of certificateOfTenant) error {
	if of.Kind != kindSchool {
		return s.destroyKeys(tenant.With(ctx, of.Tenant))
	}
	if d.Kind != kindSchool {
		return nil // its people live with the operator, which goes, too
	}
	people, err := s.onlyAt(ctx, of.Tenant)
	if err != nil {
		return err
	}
	for _, id := range people {
		_, err := s.store.dataRequests.Insert(ctx, erasureOf(id), begun(id, d.RequestedBy, s.now()))
		if err != nil && failure.CodeOf(err) != failure.DocumentExists {
			return err
		}
		if _, err := s.erase(ctx, erasureOf(id), id); err != nil {
			return err
		}
	}
	return nil
}

// destroyKeys destroys every key under which something of the context's operator is encrypted: profiles, secrets of sign-in
// providers, and rows of lists that wait.
func (s *Service) destroyKeys(ctx context.Context) error {
	return errors.Join(
		destroy(s, s.store.persons.All(ctx, document.Query{Index: "by_registration"}), personKey),
		destroy(s, s.store.signInProviders.All(ctx, document.Query{Index: "by_name"}), providerKey),
		destroy(s, s.store.imports.All(ctx, document.Query{Index: "by_creation"}), importKey),
	)
}

// destroy destroys the keys of documents, whose names are a prefix and the id.
func destroy[T any](s *Service, all iter.Seq2[document.Document[T], error], prefix string) error {
	for d, err := range all {
		if err != nil {
			return err
		}
		if err := s.profiles.keys.Destroy(prefix + d.ID); err != nil {
			return err
		}
	}
	return nil
}

// eraseDocuments erases the assignments in a tenant, which live with people, and then the tenant's own documents, the
// organisation first: it tells the others.
func (s *Service) eraseDocuments(ctx context.Context, of certificateOfTenant) error {
	held, err := s.store.within(ctx, of.Tenant)
	if err != nil {
		return err
	}
	for _, a := range held {
		err := s.store.assignments.Erase(tenant.With(ctx, a.Tenant), a.ID)
		if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
			return err
		}
	}
	in := tenant.With(ctx, of.Tenant)
	err = s.store.organisations.Delete(in, string(of.Tenant), events.OrganisationDeleted{
		OrganisationID: string(of.Tenant), Kind: of.Kind, ParentID: of.ParentID,
	})
	if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
		return err
	}
	failpoint.Hit("after-organisation-before-the-rest")
	if err := s.deps.Store.EraseTenant(in); err != nil {
		return err
	}
	s.store.parents.Delete(of.Tenant)
	return nil
}

func certificateHash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
