package tenancy

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/roster"
)

const (
	// importWriters take in one list at the same time; their writes share the store's commits.
	importWriters = 1024
	// importStride is after how many steps progress is noted. What a kill cuts off is done again, to no effect.
	importStride = 2048
	// importRest is how long the sweep waits before it looks for imports that nobody told it of.
	importRest = time.Minute
)

// importer takes in one list of an operator.
type importer struct {
	service  *Service
	operator tenant.ID
	parent   organisation
	by       string // who brought the list
	now      time.Time
	zone     *time.Location
	schools  map[string]importedSchool // by code and by name, folded
	people   registered
	erased   map[string]bool // ids of those who were erased, or are about to be
	touched  sync.Map        // tenant.ID of each school whose headcounts have changed
}

type importedSchool struct {
	id    tenant.ID
	units map[string]string // ids by folded name
}

// importer reads the operator's schools and units once, so that each row finds its own in memory.
func (s *Service) importer(ctx context.Context, by string) (*importer, error) {
	operator, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	parent, err := s.store.organisation(ctx, operator)
	if err != nil {
		return nil, err
	}
	r := &importer{service: s, operator: operator, parent: parent.Body, by: by, now: s.now().Truncate(time.Millisecond), zone: s.zone, people: stored{s.store}, schools: map[string]importedSchool{}}
	if r.erased, err = s.erased(ctx); err != nil {
		return nil, err
	}
	for found, err := range s.store.children.All(ctx, document.Query{Index: "by_parent", Equal: []any{string(operator)}}) {
		if err != nil {
			return nil, err
		}
		school := importedSchool{found.Tenant, map[string]string{}}
		for u, err := range s.store.units.All(tenant.With(ctx, found.Tenant), document.Query{Index: "by_name"}) {
			if err != nil {
				return nil, err
			}
			school.units[fold(u.Body.Name)] = u.ID
		}
		r.schools[fold(found.Body.Name)] = school
		if found.Body.Code != "" {
			r.schools[fold(found.Body.Code)] = school
		}
	}
	return r, nil
}

// group names the person or school that a row is about.
func group(kind roster.Kind, row plannedRow) string {
	if kind == roster.People {
		return cmp.Or(row.Cells["external_id"], "login "+fold(row.Cells["login"]))
	}
	return row.Cells["code"]
}

// groups holds the rows of one person or school together, in the order of the list.
func groups(kind roster.Kind, rows []plannedRow) [][]plannedRow {
	var all [][]plannedRow
	places := map[string]int{}
	for _, row := range rows {
		if row.Outcome == rowWrong {
			continue
		}
		key := group(kind, row)
		i, ok := places[key]
		if !ok {
			i = len(all)
			places[key] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], row)
	}
	return all
}

// prepare reads everybody for a list of so many people, if it is long.
func (r *importer) prepare(ctx context.Context, kind roster.Kind, people int) (err error) {
	if kind == roster.People && people >= longList {
		r.people, err = r.service.store.readAtOnce(ctx)
	}
	return err
}

// step plans the rows of one person or school and, if it is to take them in, does so. It returns what became of them.
func (r *importer) step(ctx context.Context, kind roster.Kind, people registered, rows []plannedRow, take bool) (planned, error) {
	if kind == roster.Schools {
		plan, err := r.planSchool(ctx, rows)
		if err == nil && take && len(plan.problems) == 0 {
			err = r.takeSchool(ctx, plan)
		}
		return planned{plan.outcome(), plan.changes, plan.problems}, err
	}
	plan, err := r.planPerson(ctx, people, rows)
	if err == nil && take && len(plan.problems) == 0 {
		err = r.takePerson(ctx, plan)
	}
	return planned{plan.outcome(), plan.changes, plan.problems}, err
}

// check reads a list and finds out what would become of each of its rows. One that cannot be read takes the others of its
// person or school along: what they would come to together nobody can say.
func (r *importer) check(ctx context.Context, kind roster.Kind, raw []byte) ([]plannedRow, []roster.Problem, error) {
	parsed, problems := roster.Parse(kind, raw)
	if len(parsed) == 0 && len(problems) == 0 {
		return nil, nil, failure.New(failure.ImportEmpty)
	}
	wrong := map[int]bool{}
	for _, p := range problems {
		wrong[p.Row] = true
	}
	rows := make([]plannedRow, len(parsed))
	unread := map[string]bool{}
	for i, row := range parsed {
		rows[i].Row = row
		if wrong[row.Number] {
			rows[i].Outcome = rowWrong
			unread[group(kind, rows[i])] = true
		}
	}
	all := groups(kind, rows)
	if err := r.prepare(ctx, kind, len(all)); err != nil {
		return nil, nil, err
	}
	plans, err := r.each(ctx, kind, all, false)
	if err != nil {
		return nil, nil, err
	}
	becomes := map[int]planned{}
	for i, some := range all {
		if unread[group(kind, some[0])] {
			plans[i].outcome = rowWrong
		}
		problems = append(problems, plans[i].problems...)
		for _, row := range some {
			becomes[row.Number] = plans[i]
		}
	}
	for i, row := range rows {
		if plan, ok := becomes[row.Number]; ok {
			rows[i].Outcome = plan.of(row)
			if rows[i].Outcome == rowChange {
				rows[i].Changes = plan.changes[row.Number]
			}
		}
	}
	slices.SortStableFunc(problems, func(a, b roster.Problem) int { return a.Row - b.Row })
	return rows, problems, nil
}

// each runs step for several groups at the same time.
func (r *importer) each(ctx context.Context, kind roster.Kind, all [][]plannedRow, take bool) ([]planned, error) {
	plans := make([]planned, len(all))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(importWriters)
	for i, rows := range all {
		work.Go(func() (err error) {
			plans[i], err = r.step(ctx, kind, r.people, rows, take)
			switch failure.CodeOf(err) {
			case failure.DocumentExists, failure.DocumentNotFound, failure.PreconditionFailed, failure.PersonSuspended:
				// Somebody else wrote, suspended or erased the same person meanwhile: what there is now is another question.
				plans[i], err = r.step(ctx, kind, stored{r.service.store}, rows, take)
			}
			switch failure.CodeOf(err) {
			case failure.DocumentExists, failure.DocumentNotFound: // the person is just being erased
				plans[i], err = planned{outcome: rowWrong, problems: []roster.Problem{{Row: rows[0].Number, Reason: roster.Gone}}}, nil
			}
			return err
		})
	}
	return plans, work.Wait()
}

// sort brings people into the order of the ids that they are given. What is written together lies together in the store
// then, which has to touch a third fewer places.
func (r *importer) sort(people [][]plannedRow) {
	ids := map[int]string{} // by the number of a person's first row
	for _, rows := range people {
		cells := rows[0].Cells
		ids[rows[0].Number] = r.service.profiles.newPersonID(r.operator, profile{ExternalID: cells["external_id"], Login: cells["login"]})
	}
	slices.SortFunc(people, func(a, b []plannedRow) int { return cmp.Compare(ids[a[0].Number], ids[b[0].Number]) })
}

// applyImports takes in what was applied, also what an earlier process left in the middle, until ctx ends.
func (s *Service) applyImports(ctx context.Context) error {
	ctx = access.WithSubject(ctx, access.Service(Name)) // whoever applied it was asked then
	tick := time.NewTicker(importRest)
	defer tick.Stop()
	for {
		if err := s.applyAll(ctx); err != nil && ctx.Err() == nil {
			s.deps.Logger.Warn("an import goes on later", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.importing:
		case <-tick.C:
		}
	}
}

func (s *Service) applyAll(ctx context.Context) error {
	var errs []error
	for found, err := range s.store.underway.All(ctx, document.Query{Index: "by_status", Equal: []any{importApplying}}) {
		if err != nil {
			return err
		}
		errs = append(errs, s.applyImport(tenant.With(ctx, found.Tenant), found))
	}
	forgotten := document.Query{Index: "by_status", Equal: []any{importChecked}, To: s.now().Add(-importKept)}
	for found, err := range s.store.underway.All(ctx, forgotten) {
		if err != nil {
			return err
		}
		_, err = s.cancel(tenant.With(ctx, found.Tenant), found.ID, found.Revision)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// applyImport takes one list in, from where it was left.
func (s *Service) applyImport(ctx context.Context, d document.Document[listImport]) error {
	file, err := s.store.importFiles.Get(ctx, d.ID)
	var rows []plannedRow
	if err == nil {
		rows, err = s.profiles.openRows(d.Tenant, d.ID, file.Body.Sealed)
	}
	if err != nil {
		return err
	}
	r, err := s.importer(ctx, d.Body.CreatedBy)
	if err != nil {
		return err
	}
	kind, all := roster.Kind(d.Body.Kind), groups(roster.Kind(d.Body.Kind), rows)
	if err := r.prepare(ctx, kind, len(all)); err != nil {
		return err
	}
	if kind == roster.People {
		r.sort(all)
	}
	for done := d.Body.Done; ; {
		next := min(done+importStride, len(all))
		plans, err := r.each(ctx, kind, all[done:next], true)
		if err != nil {
			return err
		}
		var failed []plannedRow
		var problems []roster.Problem
		for i, plan := range plans {
			if len(plan.problems) > 0 {
				failed, problems = append(failed, all[done+i]...), append(problems, plan.problems...)
			}
		}
		failpoint.Hit("after-rows-before-progress")
		done = next
		if done == len(all) { // what an earlier process took in, its events have counted
			if err := r.askRecounts(ctx); err != nil {
				return err
			}
		}
		noted, err := s.store.imports.Update(ctx, d.ID, func(i *listImport) ([]events.Event, error) {
			i.step(done, failed, problems, s.now())
			return nil, nil
		})
		if err != nil {
			return err
		}
		if noted.Body.Status != importApplying {
			return s.forget(ctx, d.ID)
		}
	}
}

// askRecounts has the schools of the list counted at once: the events, of which there are thousands, take longer.
func (r *importer) askRecounts(ctx context.Context) (err error) {
	r.touched.Range(func(school, _ any) bool {
		err = r.service.askRecount(ctx, school.(tenant.ID))
		return err == nil
	})
	return err
}

// cancel ends an import that was not applied.
func (s *Service) cancel(ctx context.Context, id string, revision int64) (document.Document[listImport], error) {
	d, err := s.store.imports.UpdateAt(ctx, id, revision, func(i *listImport) ([]events.Event, error) {
		return nil, i.cancel(s.now())
	})
	if err == nil {
		err = s.forget(ctx, id)
	}
	return d, err
}

// dropLists cancels the lists that wait to be applied and have a row of somebody who is being erased: it would be a copy
// of the profile that the person's key does not seal. One that is being applied is gone in a moment, and takes nobody in
// who is being erased.
func (s *Service) dropLists(ctx context.Context, personID string) error {
	found, err := s.store.persons.Get(ctx, personID)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil // an earlier attempt came further than this
	}
	if err != nil {
		return err
	}
	for d, err := range s.store.imports.All(ctx, document.Query{Index: "by_creation"}) {
		if err != nil {
			return err
		}
		if d.Body.Status != importChecked || d.Body.Kind != string(roster.People) {
			continue
		}
		has, err := s.listHas(ctx, d, found)
		if err != nil {
			return err
		}
		if !has {
			continue
		}
		_, err = s.cancel(ctx, d.ID, d.Revision)
		if code := failure.CodeOf(err); err != nil && code != failure.ImportOver && code != failure.PreconditionFailed {
			return err
		}
	}
	return nil
}

// listHas tells whether a list that waits has a row of a person.
func (s *Service) listHas(ctx context.Context, d document.Document[listImport], p document.Document[person]) (bool, error) {
	rows, err := s.rowsOf(ctx, d)
	return slices.ContainsFunc(rows, func(row plannedRow) bool {
		number := row.Cells["external_id"]
		return s.profiles.loginHash(row.Cells["login"]) == p.Body.LoginHash ||
			number != "" && s.profiles.externalHash(d.Tenant, number) == p.Body.ExternalHash
	}), err
}

// rowsOf opens the rows of an import: none once it is applied or cancelled.
func (s *Service) rowsOf(ctx context.Context, d document.Document[listImport]) ([]plannedRow, error) {
	if d.Body.Status == importApplied || d.Body.Status == importCancelled { // and the file goes in a moment
		return nil, nil
	}
	file, err := s.store.importFiles.Get(ctx, d.ID)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := s.profiles.openRows(d.Tenant, d.ID, file.Body.Sealed)
	if errors.Is(err, keyring.ErrGone) { // the key goes a moment before the file
		return nil, nil
	}
	return rows, err
}

// forget destroys the rows of an import.
func (s *Service) forget(ctx context.Context, id string) error {
	if err := s.profiles.keys.Destroy(importKey + id); err != nil && !errors.Is(err, keyring.ErrGone) {
		return err
	}
	return s.store.importFiles.Erase(ctx, id)
}
