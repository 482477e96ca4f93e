package tenancy

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (w *world) personOf(a actor) tenancyapi.Person {
	w.t.Helper()
	return read[tenancyapi.Person](w.t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons/"+a.subject.ID), nil))
}

func (w *world) rectify(by, who actor, revision int64, in tenancyapi.PersonChange) answer {
	w.t.Helper()
	return w.call(by, "PATCH", at(w.north, "/persons/"+who.subject.ID), in, ifMatch(revision))
}

func (w *world) erase(by, who actor, revision int64) answer {
	w.t.Helper()
	return w.call(by, "POST", at(w.north, "/persons/"+who.subject.ID+"/erase"), nil, ifMatch(revision))
}

// signIn returns what the portal is told of a login.
func (w *world) signIn(login string) answer {
	w.t.Helper()
	return w.call(service("portal"), "POST", "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: "demo", Login: login})
}

func TestCorrecting(t *testing.T) {
	w := newWorld(t)
	by, tr := w.people["municipal_administrator"], w.people["tr"]
	was := w.personOf(tr)

	w.rectify(by, tr, was.Revision, tenancyapi.PersonChange{}).refused(t, 422, failure.RequestInvalid)
	w.rectify(by, tr, was.Revision, tenancyapi.PersonChange{Email: ptr("nobody")}).refused(t, 422, failure.RequestInvalid)
	w.rectify(by, tr, was.Revision, tenancyapi.PersonChange{Login: ptr(w.personOf(w.people["amr"]).Login)}).refused(t, 409, failure.LoginTaken)
	w.rectify(by, tr, was.Revision+1, tenancyapi.PersonChange{Name: ptr("Anna")}).refused(t, 412, failure.PreconditionFailed)
	w.rectify(tr, tr, was.Revision, tenancyapi.PersonChange{Name: ptr("Anna")}).refused(t, 403, failure.AccessDenied)
	require.Equal(t, was, w.personOf(tr), "what was refused changes nothing")

	got := read[tenancyapi.Person](t, w.rectify(by, tr, was.Revision, tenancyapi.PersonChange{Name: ptr("Anna Rettet"), Login: ptr("anna.rettet")}))
	require.Equal(t, "Anna Rettet", got.Name)
	require.Equal(t, was.Email, got.Email, "what is left out stays")
	require.Equal(t, got, w.personOf(tr))
	w.signIn(was.Login).refused(t, 404, failure.SignInUnknown)
	require.Equal(t, tr.subject.ID, read[tenancyapi.SignedIn](t, w.signIn("Anna.Rettet")).PersonID)

	own := read[tenancyapi.Person](t, w.rectify(tr, tr, got.Revision, tenancyapi.PersonChange{Language: ptr(tenancyapi.Language("en"))}))
	require.Equal(t, tenancyapi.Language("en"), own.Language)
	w.rectify(w.people["amr"], tr, own.Revision, tenancyapi.PersonChange{Language: ptr(tenancyapi.Language("da"))}).refused(t, 403, failure.AccessDenied)

	receipts := read[tenancyapi.DataRequestList](t, w.call(tr, "GET", "/v1/me/data-requests", nil))
	require.Len(t, receipts.Items, 1, "a choice of language is no correction")
	require.Equal(t, tenancyapi.DataRequestKind(requestRectification), receipts.Items[0].Kind)
	require.Equal(t, by.subject.ID, receipts.Items[0].AskedBy)
	require.NotNil(t, receipts.Items[0].DoneAt)
	require.Empty(t, read[tenancyapi.DataRequestList](t, w.call(w.people["amr"], "GET", "/v1/me/data-requests", nil)).Items)
}

// unpacked returns the files of an archive by name, and its data.json as it is read.
func unpacked(t *testing.T, packed []byte) (map[string]string, archive) {
	t.Helper()
	files, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	require.NoError(t, err)
	inside := map[string]string{}
	for _, file := range files.File {
		r, err := file.Open()
		require.NoError(t, err)
		raw, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		inside[file.Name] = string(raw)
	}
	var data archive
	require.NoError(t, json.Unmarshal([]byte(inside["data.json"]), &data))
	return inside, data
}

func TestTakingAlongWhatIsKnown(t *testing.T) {
	w := newWorld(t)
	tr := w.people["tr"]
	got := w.call(tr, "GET", "/v1/me/export", nil)
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	inside, data := unpacked(t, got.body)
	require.Len(t, inside, 2)
	require.Equal(t, archiveFormat, data.Format)
	require.Equal(t, w.personOf(tr), data.Person)
	require.Len(t, data.Roles, 1)
	require.Equal(t, "Nordskolen", data.Roles[0].ScopeName)
	require.Len(t, data.Forums, 1)
	require.Equal(t, "tr", data.Forums[0].Role)
	require.Contains(t, data.NotInside, "anonymous_answers")
	require.Contains(t, inside["index.html"], "Navn på tr")
	require.Contains(t, inside["index.html"], "MED-udvalg, Nordskolen")
	require.NotContains(t, inside["data.json"], w.people["leader"].subject.ID, "nobody else is in it")
	require.NotEmpty(t, data.Audit)
	for _, e := range data.Audit {
		require.True(t, e.AboutYou || e.Subject == tr.subject.ID, "%+v", e)
	}

	receipts := read[tenancyapi.DataRequestList](t, w.call(tr, "GET", "/v1/me/data-requests", nil))
	require.Len(t, receipts.Items, 1)
	sum := sha256.Sum256([]byte(inside["data.json"]))
	require.Equal(t, hex.EncodeToString(sum[:]), *receipts.Items[0].Hash)

	was := w.personOf(tr)
	read[tenancyapi.Person](t, w.rectify(tr, tr, was.Revision, tenancyapi.PersonChange{Language: ptr(tenancyapi.Language("en"))}))
	require.Equal(t, http.StatusOK, w.call(tr, "GET", "/v1/me/export", nil).status, "in English, too")
	w.call(service("intake"), "GET", "/v1/me/export", nil).refused(t, 403, failure.AccessDenied)
}

func TestErasing(t *testing.T) {
	w := newWorld(t)
	by, gone := w.people["municipal_administrator"], w.people["employee"]
	was := w.personOf(gone)
	w.assign(gone, "amr", w.school, "")

	w.erase(by, gone, was.Revision+1).refused(t, 412, failure.PreconditionFailed)
	w.erase(gone, gone, was.Revision).refused(t, 403, failure.AccessDenied)
	require.Equal(t, was, w.personOf(gone))

	receipt := read[tenancyapi.DataRequest](t, w.erase(by, gone, was.Revision))
	require.Equal(t, tenancyapi.DataRequestKind(requestErasure), receipt.Kind)
	require.NotNil(t, receipt.DoneAt)
	require.Equal(t, receipt, read[tenancyapi.DataRequest](t, w.erase(by, gone, was.Revision)), "a repeat answers with the receipt")

	w.call(by, "GET", at(w.north, "/persons/"+gone.subject.ID), nil).refused(t, 404, failure.DocumentNotFound)
	w.call(gone, "GET", "/v1/me", nil).refused(t, 404, failure.DocumentNotFound)
	w.signIn(was.Login).refused(t, 404, failure.SignInUnknown)
	roles := read[tenancyapi.RoleAssignmentList](t, w.call(by, "GET", at(w.north, "/role-assignments?person_id="+gone.subject.ID), nil))
	require.Len(t, roles.Items, 2)
	for _, role := range roles.Items {
		require.NotNil(t, role.To)
	}
	w.call(by, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: gone.subject.ID, Role: "tr", Scope: string(w.school)}).refused(t, 422, failure.ForeignIdentifier)
	list := read[tenancyapi.DataRequestList](t, w.call(by, "GET", at(w.north, "/data-requests"), nil))
	require.Equal(t, []tenancyapi.DataRequest{receipt}, list.Items)

	again := w.call(by, "POST", at(w.north, "/persons"), tenancyapi.NewPerson{Name: was.Name, Email: was.Email, Login: was.Login, Language: "da"})
	require.NotEqual(t, gone.subject.ID, read[tenancyapi.Person](t, again).PersonID, "the login is free, for somebody new")
}

func TestTheLastAdministratorIsNotErased(t *testing.T) {
	w := newWorld(t)
	by, last := w.people["municipal_administrator"], w.people["school_administrator"]
	other := w.assign(last, "facilitator", w.school, "")
	w.erase(by, last, 1).refused(t, 409, failure.LastAdministrator)
	require.Nil(t, w.assignmentNow(other).To, "nothing was ended")
	require.Empty(t, read[tenancyapi.DataRequestList](t, w.call(by, "GET", at(w.north, "/data-requests"), nil)).Items)

	w.assign(w.people["leader"], "school_administrator", w.school, "")
	require.Equal(t, http.StatusOK, w.erase(by, last, 1).status)
}

func (w *world) assignmentNow(a tenancyapi.RoleAssignment) tenancyapi.RoleAssignment {
	w.t.Helper()
	d, err := w.service.store.assignments.Get(tenant.With(w.t.Context(), w.north), a.AssignmentID)
	require.NoError(w.t, err)
	return showAssignment(d)
}

// TestACopyOfTheDatabaseOpensNothing keeps the database as it was before the erasure, which is what a backup is.
func TestACopyOfTheDatabaseOpensNothing(t *testing.T) {
	w := newWorld(t)
	by, tr, amr := w.people["municipal_administrator"], w.people["tr"], w.people["amr"]
	ctx := tenant.With(t.Context(), w.north)
	backup := t.TempDir()
	for _, name := range []string{"tenancy.db", "tenancy.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(w.dir, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(backup, name), raw, 0o600))
	}
	backend, err := sqlite.Open(t.Context(), filepath.Join(backup, "tenancy.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, backend.Close()) })
	copied, err := openStore(t.Context(), document.NewStore(backend, Name, time.Now))
	require.NoError(t, err)
	old, err := copied.persons.Get(ctx, tr.subject.ID)
	require.NoError(t, err)
	plain, err := w.service.profiles.open(old)
	require.NoError(t, err)
	require.Equal(t, "Navn på tr", plain.Name, "the copy opens as long as there is the key")

	require.Equal(t, http.StatusOK, w.erase(by, tr, 1).status)
	_, err = w.service.profiles.open(old)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
	keys, err := openProfiles(w.keys, w.clock.now)
	require.NoError(t, err)
	_, err = keys.open(old)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err), "not after a restart, either")

	other, err := copied.persons.Get(ctx, amr.subject.ID)
	require.NoError(t, err)
	_, err = keys.open(other)
	require.NoError(t, err, "everybody else's does")
}

// TestAnErasureThatBrokeOffIsFinished stops after each step and lets the sweep go on.
func TestAnErasureThatBrokeOffIsFinished(t *testing.T) {
	w := newWorld(t)
	ctx := tenant.With(t.Context(), w.north)
	for _, c := range []struct {
		name  string
		steps int
	}{{"begun", 0}, {"roles ended", 1}, {"key destroyed", 2}, {"person removed", 3}} {
		t.Run(c.name, func(t *testing.T) {
			p := w.person(w.north, c.name)
			id := p.subject.ID
			role := w.assign(p, "facilitator", w.school, "")
			_, err := w.service.store.dataRequests.Insert(ctx, erasureOf(id), begun(id, "administrator", time.Now()))
			require.NoError(t, err)
			for _, step := range []func() error{
				func() error { return w.service.endRoles(ctx, id) },
				func() error { return w.service.profiles.forget(id) },
				func() error { return w.service.store.persons.Delete(ctx, id, events.PersonErased{PersonID: id}) },
			}[:c.steps] {
				require.NoError(t, step())
			}

			require.NoError(t, w.service.sweepErasures(t.Context(), time.Now().Add(-time.Hour)))
			open, err := w.service.store.dataRequests.Get(ctx, erasureOf(id))
			require.NoError(t, err)
			require.True(t, open.Body.Open, "whoever began just now is left to it")

			require.NoError(t, w.service.sweepErasures(t.Context(), time.Now().Add(time.Second)))
			closed, err := w.service.store.dataRequests.Get(ctx, erasureOf(id))
			require.NoError(t, err)
			require.False(t, closed.Body.Open)
			require.NotNil(t, closed.Body.DoneAt)
			require.NotNil(t, w.assignmentNow(role).To)
			_, err = w.service.store.persons.Get(ctx, id)
			require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
			_, err = w.keys.Get(personKey + id)
			require.Error(t, err)
		})
	}
}
