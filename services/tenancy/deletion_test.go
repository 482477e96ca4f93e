package tenancy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const day = 24 * time.Hour

// deletion asks for a school of the north to be deleted.
func (w *world) deletion(of tenant.ID, name string) tenancyapi.Deletion {
	w.t.Helper()
	return read[tenancyapi.Deletion](w.t, w.call(w.people["municipal_administrator"], "PUT", at(w.north, "/deletions/"+string(of)), tenancyapi.NewDeletion{Name: name}))
}

func (w *world) cancel(of tenant.ID, revision int64) answer {
	w.t.Helper()
	return w.call(w.people["municipal_administrator"], "DELETE", at(w.north, "/deletions/"+string(of)), nil, ifMatch(revision))
}

func (w *world) sweepDeletions() {
	w.t.Helper()
	require.NoError(w.t, w.service.sweepDeletions(access.WithSubject(w.t.Context(), access.Service(Name))))
}

// deleted lets the times of a deletion pass.
func (w *world) deleted(d tenancyapi.Deletion) {
	w.t.Helper()
	w.clock.pass(d.DueAt.Sub(w.clock.now()) + time.Second)
	w.sweepDeletions()
	w.clock.pass(closingTime + time.Second)
	w.sweepDeletions()
}

// stored is a deletion as it is now.
func (w *world) stored(above, of tenant.ID) deletion {
	w.t.Helper()
	d, err := w.service.store.deletions.Get(tenant.With(w.t.Context(), above), string(of))
	require.NoError(w.t, err)
	return d.Body
}

// counts are the documents of a tenant that are left.
func (w *world) counts(of tenant.ID) map[string]int64 {
	w.t.Helper()
	counts, err := w.service.deps.Store.CountTenant(tenant.With(w.t.Context(), of))
	require.NoError(w.t, err)
	return counts
}

// told waits for the news that an organisation is gone.
func (w *world) told(of tenant.ID) events.OrganisationDeleted {
	w.t.Helper()
	heard := make(chan events.OrganisationDeleted, 8)
	h := bus.Handlers{}
	bus.On(h, func(_ context.Context, _ events.Envelope, e events.OrganisationDeleted) error {
		heard <- e
		return nil
	})
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- bustest.Connect(w.t, w.broker, "listener", nil).Consume(ctx, Name, h) }()
	for {
		select {
		case e := <-heard:
			if e.OrganisationID == string(of) {
				cancel()
				require.NoError(w.t, <-ended)
				return e
			}
		case <-ctx.Done():
			require.FailNow(w.t, "the others are not told")
		}
	}
}

// loginOf is what somebody signs in with.
func (w *world) loginOf(p actor) string {
	w.t.Helper()
	return read[tenancyapi.Person](w.t, w.call(p, "GET", at(p.subject.Tenant, "/persons/"+p.subject.ID), nil)).Login
}

func TestADeletionWaits(t *testing.T) {
	w := newWorld(t)
	by, path := w.people["municipal_administrator"], at(w.north, "/deletions/"+string(w.sister))
	ask := func(in any) answer { return w.call(by, "PUT", path, in) }
	ask(tenancyapi.NewDeletion{Name: "søsterskolen"}).refused(t, 422, failure.RequestInvalid)
	ask(map[string]any{"name": "Søsterskolen", "waiting_days": 29}).refused(t, 422, failure.RequestInvalid)
	w.call(by, "PUT", at(w.north, "/deletions/"+string(w.away)), tenancyapi.NewDeletion{Name: "Sydskolen"}).refused(t, 404, failure.DocumentNotFound)
	w.call(by, "PUT", at(w.north, "/deletions/nothing"), tenancyapi.NewDeletion{Name: "Sydskolen"}).refused(t, 404, failure.DocumentNotFound)
	w.call(w.people["platform_operator"], "PUT", at(w.platform, "/deletions/"+string(w.union)), tenancyapi.NewDeletion{Name: "Forbundet"}).refused(t, 422, failure.KindMisplaced)
	require.Empty(t, read[tenancyapi.DeletionList](t, w.call(by, "GET", at(w.north, "/deletions"), nil)).Items)

	first := read[tenancyapi.Deletion](t, ask(map[string]any{"name": "Søsterskolen", "waiting_days": 60}))
	require.Equal(t, 60*day, first.DueAt.Sub(first.RequestedAt))
	require.Equal(t, first, w.deletion(w.sister, "Søsterskolen"), "a repeat shortens nothing")
	due := func() *time.Time {
		return read[tenancyapi.Organisation](t, w.call(w.people["sister's administrator"], "GET", at(w.sister, "/organisation"), nil)).DeletionDueAt
	}
	require.Equal(t, first.DueAt, *due(), "those who work there are told")
	w.call(by, "GET", path+"/certificate", nil).refused(t, 404, failure.DocumentNotFound)
	w.clock.pass(59 * day)
	w.sweepDeletions()
	require.Equal(t, http.StatusOK, w.call(w.people["sister's administrator"], "GET", at(w.sister, "/organisation"), nil).status)

	w.cancel(w.sister, first.Revision+1).refused(t, 412, failure.PreconditionFailed)
	cancelled := read[tenancyapi.Deletion](t, w.cancel(w.sister, first.Revision))
	require.Equal(t, by.subject.ID, *cancelled.CancelledBy)
	require.Nil(t, due())
	w.cancel(w.sister, cancelled.Revision).refused(t, 409, failure.DeletionBegun)
	w.clock.pass(2 * day)
	w.sweepDeletions()
	require.Equal(t, deletionWithdrawn, w.stored(w.north, w.sister).State)

	again := w.deletion(w.sister, "Søsterskolen")
	require.Equal(t, leastWaiting*day, again.DueAt.Sub(again.RequestedAt), "from now on")
	w.clock.pass(leastWaiting*day + time.Second)
	w.cancel(w.sister, again.Revision).refused(t, 409, failure.DeletionBegun)
}

func TestADeletedSchoolLeavesACertificate(t *testing.T) {
	w := newWorld(t)
	by := w.people["municipal_administrator"]
	gone, both := w.people["employee"], w.people["leader"]
	w.assign(both, "facilitator", w.sister, "")
	guest := w.person(w.platform, "guest") // does not live with the operator
	w.assign(guest, "facilitator", w.school, "")
	before := w.counts(w.school)
	sister := w.counts(w.sister)
	requested := w.deletion(w.school, "Nordskolen")

	w.clock.pass(leastWaiting*day + time.Second)
	w.sweepDeletions()
	require.Equal(t, deletionClosing, w.stored(w.north, w.school).State)
	w.call(w.people["school_administrator"], "GET", at(w.school, "/organisation"), nil).refused(t, 403, failure.AccessDenied)
	require.NotNil(t, w.assignmentNow(w.assignments["school_administrator"]).To, "the last administrator, too")
	w.sweepDeletions()
	require.Contains(t, w.counts(w.school), "units", "what others began has time to end")
	require.Equal(t, before["units"], w.counts(w.school)["units"])
	w.clock.pass(closingTime + time.Second)
	w.sweepDeletions()

	require.Empty(t, w.counts(w.school), "nothing is left")
	require.Equal(t, events.OrganisationDeleted{OrganisationID: string(w.school), Kind: "school", ParentID: string(w.north)}, w.told(w.school))
	held, err := w.service.store.within(t.Context(), w.school)
	require.NoError(t, err)
	require.Empty(t, held)
	within(t, func() bool { return len(w.counts(w.school)) == 0 })
	require.Equal(t, sister, w.counts(w.sister), "the other school's stay")
	w.call(by, "GET", at(w.school, "/organisation"), nil).refused(t, 403, failure.AccessDenied)

	// Whoever had a role nowhere else is erased, with a receipt.
	_, err = w.keys.Get(personKey + gone.subject.ID)
	require.ErrorIs(t, err, keyring.ErrGone)
	w.call(by, "GET", at(w.north, "/persons/"+gone.subject.ID), nil).refused(t, 404, failure.DocumentNotFound)
	require.Equal(t, "Navn på leader", w.personOf(both).Name)
	_, err = w.keys.Get(personKey + guest.subject.ID)
	require.NoError(t, err, "not the operator's to erase")
	receipts := read[tenancyapi.DataRequestList](t, w.call(by, "GET", at(w.north, "/data-requests"), nil))
	require.Len(t, receipts.Items, 9)
	for _, r := range receipts.Items {
		require.Equal(t, by.subject.ID, r.AskedBy)
		require.NotNil(t, r.DoneAt)
	}

	// The certificate is what its hash in the chain of the log above says that it is.
	path := at(w.north, "/deletions/"+string(w.school))
	done := read[tenancyapi.Deletion](t, w.call(by, "GET", path, nil))
	require.Equal(t, tenancyapi.DeletionState(deletionDone), done.State)
	raw := w.call(by, "GET", path+"/certificate", nil).body
	sum := sha256.Sum256(raw)
	require.Equal(t, hex.EncodeToString(sum[:]), *done.CertificateHash)
	var c certificate
	require.NoError(t, json.Unmarshal(raw, &c))
	require.Equal(t, requested.RequestedBy, c.RequestedBy)
	require.Equal(t, 9, c.Keys)
	require.Len(t, c.Tenants, 1)
	require.EqualValues(t, 1, c.Tenants[0].Documents["units"])
	require.EqualValues(t, 1, c.Tenants[0].Documents["forums"])
	require.NotZero(t, c.Tenants[0].Audit.Seq)
	log := read[tenancyapi.AuditEntryList](t, w.call(by, "GET", at(w.north, "/audit-entries?action=deletion.complete"), nil))
	require.Len(t, log.Items, 1)
	require.Equal(t, string(w.school)+"/"+*done.CertificateHash, log.Items[0].ResourceID)
	asked := read[tenancyapi.AuditEntryList](t, w.call(by, "GET", at(w.north, "/audit-entries?action=deletion.request"), nil))
	require.Equal(t, string(w.school), asked.Items[0].ResourceID)
	require.True(t, read[tenancyapi.AuditVerification](t, w.call(by, "GET", at(w.north, "/audit-verification"), nil)).Intact)
	w.call(by, "PUT", path, tenancyapi.NewDeletion{Name: "Nordskolen"}).refused(t, 404, failure.DocumentNotFound)
}

func TestAnOperatorGoesWithItsSchools(t *testing.T) {
	w := newWorld(t)
	by := w.people["platform_operator"]
	people := []string{w.people["southern administrator"].subject.ID, w.people["away administrator"].subject.ID, w.person(w.south, "nobody's").subject.ID}
	d := read[tenancyapi.Deletion](t, w.call(by, "PUT", at(w.platform, "/deletions/"+string(w.south)), tenancyapi.NewDeletion{Name: "Sydby"}))
	provider := providerKey + w.provider(w.south).ProviderID
	_, err := w.keys.Get(provider)
	require.NoError(t, err)
	login := w.loginOf(w.people["southern administrator"])
	north := w.counts(w.north)
	w.deleted(d)
	require.Empty(t, w.counts(w.south))
	require.Empty(t, w.counts(w.away))
	require.Equal(t, string(w.south), w.told(w.away).ParentID)
	require.Equal(t, north, w.counts(w.north))
	for _, id := range people {
		_, err := w.keys.Get(personKey + id)
		require.ErrorIs(t, err, keyring.ErrGone)
	}
	_, err = w.keys.Get(provider)
	require.ErrorIs(t, err, keyring.ErrGone, "nor does anybody sign in there in its name")
	var c certificate
	require.NoError(t, json.Unmarshal(w.call(by, "GET", at(w.platform, "/deletions/"+string(w.south)+"/certificate"), nil).body, &c))
	require.Equal(t, 3, c.Keys)
	require.Equal(t, []tenant.ID{w.away, w.south}, []tenant.ID{c.Tenants[0].Tenant, c.Tenants[1].Tenant})
	require.EqualValues(t, 3, c.Tenants[1].Documents["persons"])
	w.signIn(login).refused(t, 404, failure.SignInUnknown)
}

// TestADeletionThatBrokeOffIsFinished stops after each step and lets the sweep go on; the certificate says in each case what
// there was before anything went.
func TestADeletionThatBrokeOffIsFinished(t *testing.T) {
	steps := []struct {
		name string
		do   func(context.Context, *world, certificateOfTenant, deletion) error
	}{
		{"people erased", func(ctx context.Context, w *world, of certificateOfTenant, d deletion) error {
			return w.service.erasePeople(ctx, d, of)
		}},
		{"organisation removed", func(ctx context.Context, w *world, of certificateOfTenant, _ deletion) error {
			return w.service.store.organisations.Delete(tenant.With(ctx, of.Tenant), string(of.Tenant), events.OrganisationDeleted{OrganisationID: string(of.Tenant), Kind: of.Kind, ParentID: of.ParentID})
		}},
		{"half of the documents erased", func(ctx context.Context, w *world, of certificateOfTenant, _ deletion) error {
			return w.service.store.units.Erase(tenant.With(ctx, of.Tenant), w.unit)
		}},
		{"all erased", func(ctx context.Context, w *world, of certificateOfTenant, _ deletion) error {
			return w.service.eraseDocuments(ctx, of)
		}},
	}
	for until := range len(steps) + 1 {
		name := "certified"
		if until > 0 {
			name = steps[until-1].name
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ctx := tenant.With(access.WithSubject(t.Context(), access.Service(Name)), w.north)
			w.deletion(w.school, "Nordskolen")
			w.clock.pass(leastWaiting*day + time.Second)
			w.sweepDeletions()
			d, err := w.service.store.deletions.Get(ctx, string(w.school))
			require.NoError(t, err)
			d, err = w.service.certifyTenant(ctx, d, w.school)
			require.NoError(t, err)
			var c certificate
			require.NoError(t, json.Unmarshal(d.Body.Certificate, &c))
			for _, step := range steps[:until] {
				require.NoError(t, step.do(ctx, w, c.Tenants[0], d.Body))
			}

			w.clock.pass(closingTime + time.Second)
			w.sweepDeletions()
			now := w.stored(w.north, w.school)
			require.Equal(t, deletionDone, now.State)
			require.Equal(t, d.Body.Certificate, now.Certificate)
			require.Empty(t, w.counts(w.school))
			require.Equal(t, string(w.north), w.told(w.school).ParentID)
			_, err = w.keys.Get(personKey + w.people["employee"].subject.ID)
			require.ErrorIs(t, err, keyring.ErrGone)
			for _, r := range slices.Collect(maps.Values(w.people)) {
				held, err := w.service.store.held(ctx, r.subject.ID)
				require.NoError(t, err)
				for _, a := range held {
					require.NotEqual(t, string(w.school), a.Body.Scope)
				}
			}
		})
	}
}

func TestTheEndOfARoleThatIsGoneNeedsNoCounting(t *testing.T) {
	w := newWorld(t)
	ctx := tenant.With(t.Context(), w.north)
	require.NoError(t, w.service.roleEnded(ctx, events.Envelope{}, events.RoleEnded{AssignmentID: "gone", PersonID: "p", To: time.Now()}))
}
