package tenancy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// erasureOf is the id of the one request to erase a person, so that a second one finds the first.
func erasureOf(personID string) string {
	sum := sha256.Sum256([]byte("erasure\n" + personID))
	return hex.EncodeToString(sum[:])
}

// erased returns who of the context's tenant has been erased, or is about to be.
func (s *Service) erased(ctx context.Context) (map[string]bool, error) {
	ids := map[string]bool{}
	for d, err := range s.store.dataRequests.All(ctx, document.Query{Index: "by_asking"}) {
		if err != nil {
			return nil, err
		}
		if d.ID == erasureOf(d.Body.PersonID) { // and not only asked for
			ids[d.Body.PersonID] = true
		}
	}
	return ids, nil
}

// forgetErased destroys the key that was made for somebody who had just been erased.
func (s *Service) forgetErased(ctx context.Context, personID string) error {
	_, err := s.store.dataRequests.Get(ctx, erasureOf(personID))
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil // the person is there, or somebody else has the login
	}
	if err != nil {
		return err
	}
	return s.profiles.forget(personID)
}

// erasable refuses to let the last administrator of a scope go, before anything is done: of any scope, or of those named.
func (s *Service) erasable(ctx context.Context, personID string, scopes ...tenant.ID) error {
	held, err := s.store.held(ctx, personID)
	if err != nil {
		return err
	}
	for _, d := range held {
		if !d.Body.lasting() || len(scopes) > 0 && !slices.Contains(scopes, tenant.ID(d.Body.Scope)) {
			continue
		}
		all, err := s.store.within(ctx, tenant.ID(d.Body.Scope))
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(other document.Document[assignment]) bool {
			return other.Body.heir(personID, d.Body.Scope, s.now())
		}) {
			return failure.New(failure.LastAdministrator)
		}
	}
	return nil
}

// erase carries out a request in the context's tenant. Each step may have been taken before, by a process that ended in
// the middle: roles first, since only they let anybody in; then the key, which takes the profile with it wherever there
// is a copy; then lists that wait with the person in them, which the record with the login tells; then that record; the
// receipt last.
func (s *Service) erase(ctx context.Context, requestID, personID string) (document.Document[dataRequest], error) {
	var none document.Document[dataRequest]
	if err := s.endRoles(ctx, personID); err != nil {
		return none, err
	}
	if err := s.unseat(ctx, personID); err != nil { // in the operator's own forums; the schools' follow the roles
		return none, err
	}
	failpoint.Hit("after-roles-before-key")
	if err := s.profiles.forget(personID); err != nil {
		return none, err
	}
	if err := s.forgetUnions(ctx, personID); err != nil {
		return none, err
	}
	if err := s.answerErased(ctx, personID, requestID); err != nil {
		return none, err
	}
	if owner, err := tenant.From(ctx); err == nil {
		s.indexes.drop(owner)
	}
	failpoint.Hit("after-key-before-lists")
	if err := s.dropLists(ctx, personID); err != nil {
		return none, err
	}
	failpoint.Hit("after-lists-before-person")
	err := s.store.persons.Delete(ctx, personID, events.PersonErased{PersonID: personID})
	if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
		return none, err
	}
	failpoint.Hit("after-person-before-receipt")
	// Roles that somebody gave meanwhile. What is written after this finds no such person; see heldBySomebody.
	if err := s.abandonAll(ctx, personID); err != nil {
		return none, err
	}
	return s.store.dataRequests.Update(ctx, requestID, func(r *dataRequest) ([]events.Event, error) {
		r.finish(s.now())
		return nil, nil
	})
}

// endRoles ends what has not ended; headcounts follow the events of it.
func (s *Service) endRoles(ctx context.Context, personID string) error {
	held, err := s.store.held(ctx, personID)
	if err != nil {
		return err
	}
	for _, d := range held {
		if err := s.endNow(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// endNow ends a role that has not ended, whatever others do to it meanwhile.
func (s *Service) endNow(ctx context.Context, d document.Document[assignment]) error {
	for !d.Body.over(s.now()) {
		_, err := s.end(ctx, d, tenancyapi.RoleEnd{})
		if code := failure.CodeOf(err); err != nil && code != failure.PreconditionFailed && code != failure.AssignmentEnded {
			return err
		}
		if d, err = s.store.assignments.Get(ctx, d.ID); err != nil {
			return err
		}
	}
	return nil
}

// How often unfinished erasures are looked for, and how long whoever began one is left to finish it.
const (
	erasureSweep = time.Minute
	erasureGrace = time.Minute
)

// finishErasures finishes, until ctx ends, what a process began and did not live to finish.
func (s *Service) finishErasures(ctx context.Context) error {
	ticker := time.NewTicker(erasureSweep)
	defer ticker.Stop()
	for {
		if err := s.sweepErasures(ctx, s.now().Add(-erasureGrace)); err != nil && ctx.Err() == nil {
			s.deps.Logger.LogAttrs(ctx, slog.LevelError, "erasures are not finished", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// sweepErasures finishes those that began before a time.
func (s *Service) sweepErasures(ctx context.Context, before time.Time) error {
	open, err := collect(s.store.unfinished.All(ctx, document.Query{Index: "open_anywhere", Equal: []any{true}, To: before}))
	if err != nil {
		return err
	}
	for _, d := range open {
		if _, err := s.erase(tenant.With(ctx, d.Tenant), d.ID, d.Body.PersonID); err != nil {
			s.deps.Logger.LogAttrs(ctx, slog.LevelError, "erasure is not finished", slog.String("request", d.ID), slog.Any("error", err))
		}
	}
	return nil
}
