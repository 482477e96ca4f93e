package tenancy

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// chain returns a tenant's audit log.
func (w *world) chain(of tenant.ID) []audit.Entry {
	w.t.Helper()
	var list []audit.Entry
	for e, err := range w.service.audit.Entries(tenant.With(w.t.Context(), of)) {
		require.NoError(w.t, err)
		list = append(list, e)
	}
	return list
}

func TestDecisionsAreAudited(t *testing.T) {
	w := newWorld(t)
	by, to := w.people["school_administrator"], w.person(w.north, "Ny")
	before := len(w.chain(w.school))
	given := w.call(by, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: to.subject.ID, Role: "facilitator", Scope: string(w.school)})
	require.Equal(t, http.StatusCreated, given.status, "%s", given.body)
	stranger := w.people["southern administrator"]
	require.Equal(t, http.StatusForbidden, w.call(stranger, "GET", at(w.school, "/units"), nil).status)
	require.Equal(t, http.StatusOK, w.call(by, "GET", at(w.school, "/units"), nil).status)

	chain := w.chain(w.school)
	require.Len(t, chain, before+2, "reading is no entry")
	role, denied := chain[before], chain[before+1]
	require.Equal(t, by.subject.ID, role.Subject)
	require.Equal(t, "role_assignment.create", role.Action)
	require.Equal(t, to.subject.ID+"/facilitator", role.ResourceID)
	require.Equal(t, audit.Allowed, role.Decision)
	require.Equal(t, stranger.subject.ID, denied.Subject)
	require.Equal(t, "unit.read", denied.Action)
	require.Equal(t, audit.Denied, denied.Decision)
	require.Equal(t, "service:setup", chain[0].Subject, "who set the school up is there too")

	prose := "Anna was seen crying"
	w.call(stranger, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
		PersonID: prose, Role: tenancyapi.Role(prose), Scope: string(w.school)})
	chain = w.chain(w.school)
	require.Empty(t, chain[len(chain)-1].ResourceID, "what a caller makes up is not recorded")

	nowhere := tenant.New()
	require.Equal(t, http.StatusForbidden, w.call(stranger, "GET", at(nowhere, "/units"), nil).status)
	require.Empty(t, w.chain(nowhere), "a tenant that does not exist gets no log")
}

// What is made is named from the start, and so is what is done with it later.
func TestTheLogNamesWhatWasMade(t *testing.T) {
	w := newWorld(t)
	by := w.people["municipal_administrator"]
	last := func() audit.Entry {
		chain := w.chain(w.north)
		return chain[len(chain)-1]
	}
	entry := func(action, resource, id string) {
		t.Helper()
		require.Equal(t, []string{action, resource, id}, []string{last().Action, last().ResourceType, last().ResourceID})
	}
	school := read[tenancyapi.Organisation](t, w.call(by, "POST", at(w.north, "/organisations"), tenancyapi.NewOrganisation{
		Kind: kindSchool, Name: "Ny skole", InstitutionType: ptr(tenancyapi.InstitutionType("folkeskole")), Language: "da"}))
	entry("organisation.create", "organisation", school.OrganisationID)
	person := read[tenancyapi.Person](t, w.call(by, "POST", at(w.north, "/persons"),
		tenancyapi.NewPerson{Name: "Ny", Email: "ny@nordby.dk", Login: "ny.person", Language: "da"}))
	entry("person.create", "person", person.PersonID)
	provider := read[tenancyapi.SignInProvider](t, w.call(by, "POST", at(w.north, "/sign-in-providers"), providerInput()))
	entry("sign_in_provider.create", "sign_in_provider", provider.ProviderID)
	made := read[tenancyapi.CreatedAPIKey](t, w.call(by, "POST", at(w.north, "/api-keys"), tenancyapi.NewAPIKey{
		Name: "Program", Scopes: []tenancyapi.KeyScope{access.ScopePeople}, ExpiresAt: time.Now().Add(24 * time.Hour)}))
	entry("api_key.create", "api_key", made.Key.KeyID)
	require.Less(t, w.call(by, "POST", at(w.north, "/api-keys/"+made.Key.KeyID+"/revoke"), nil).status, 300)
	entry("api_key.revoke", "api_key", made.Key.KeyID)
	list := w.bring("people", peopleHeading+"Åse Ærø;aase@skole.dk;aase;17;;;;;\n")
	imported := read[tenancyapi.Import](t, list)
	w.call(by, "POST", at(w.north, "/imports/"+imported.ImportID+"/apply"), nil, ifMatch(1))
	entry("import.apply", "import", imported.ImportID)

	require.GreaterOrEqual(t, w.call(by, "POST", at(w.north, "/persons"), nil, key("short")).status, 400)
	entry("person.create", "person", "")
}

func TestAuditLogIsSearched(t *testing.T) {
	w := newWorld(t)
	by := w.people["amr"]
	stranger := w.people["southern administrator"]
	for range 3 {
		w.call(stranger, "GET", at(w.school, "/units"), nil)
	}
	search := func(query string) tenancyapi.AuditEntryList {
		t.Helper()
		return read[tenancyapi.AuditEntryList](t, w.call(by, "GET", at(w.school, "/audit-entries?"+query), nil))
	}
	chain := w.chain(w.school)
	newest := search("limit=1")
	require.Equal(t, chain[len(chain)-1].Hash, newest.Items[0].Hash)
	require.NotNil(t, newest.NextCursor)
	older := search("limit=200&cursor=" + *newest.NextCursor)
	require.Len(t, older.Items, len(chain)-1)
	require.Nil(t, older.NextCursor)

	require.Len(t, search("action=unit.read&subject="+stranger.subject.ID).Items, 3)
	require.Len(t, search("action=role_assignment.create&subject=service:setup").Items, len(chain)-3)
	require.Empty(t, search("action=unit.read&subject="+by.subject.ID).Items)
	require.Empty(t, search("to=2020-01-01T00:00:00Z").Items)
	require.Len(t, search("from=2020-01-01T00:00:00%2B01:00&limit=200").Items, len(chain))

	for query, status := range map[string]int{"from=yesterday": 422, "to=1": 422, "limit=0": 422, "cursor=x": 400} {
		require.Equal(t, status, w.call(by, "GET", at(w.school, "/audit-entries?"+query), nil).status, query)
	}
}

func TestAuditLogIsExportedAndVerified(t *testing.T) {
	w := newWorld(t)
	by := w.people["school_administrator"]
	lines := w.call(by, "GET", at(w.school, "/audit-export"), nil)
	require.Equal(t, http.StatusOK, lines.status)
	chain := w.chain(w.school)
	require.Equal(t, "audit.export", chain[len(chain)-1].Action, "who took the log away stands in it")
	found, err := audit.Verify(w.school, audit.ReadNDJSON(bytes.NewReader(lines.body)))
	require.NoError(t, err)
	last := audit.Head{Seq: chain[len(chain)-1].Seq, Hash: chain[len(chain)-1].Hash}
	require.Equal(t, audit.Finding{Head: last}, found)

	sheet := w.call(by, "GET", at(w.school, "/audit-export?format=csv"), nil)
	rows, err := csv.NewReader(bytes.NewReader(sheet.body)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, len(chain)+2, "a heading, and the second export's own entry")
	require.Equal(t, http.StatusUnprocessableEntity, w.call(by, "GET", at(w.school, "/audit-export?format=pdf"), nil).status)

	verify := func(query string) tenancyapi.AuditVerification {
		t.Helper()
		return read[tenancyapi.AuditVerification](t, w.call(by, "GET", at(w.school, "/audit-verification"+query), nil))
	}
	require.True(t, verify("").Intact)
	require.True(t, verify(fmt.Sprintf("?known_seq=%d&known_hash=%s", last.Seq, last.Hash)).Intact)
	bad := verify(fmt.Sprintf("?known_seq=%d&known_hash=%s", last.Seq, chain[0].Hash))
	require.False(t, bad.Intact)
	require.Equal(t, last.Seq, *bad.BadSeq)
	for _, query := range []string{"?known_seq=1", "?known_hash=" + last.Hash, "?known_seq=x&known_hash=" + last.Hash, "?known_seq=1&known_hash=x"} {
		require.Equal(t, http.StatusUnprocessableEntity, w.call(by, "GET", at(w.school, "/audit-verification"+query), nil).status, query)
	}
}

// What another service decided stands in the school's log, once, however often it is told.
func TestWhatOtherServicesTellStandsInTheLog(t *testing.T) {
	w := newWorld(t)
	before := len(w.chain(w.school))
	intake := bustest.Connect(t, w.broker, "intake", nil)
	tell := func(e events.IntakeAccessRecorded) events.Envelope {
		envelope, err := events.New(tenant.With(t.Context(), w.school), "intake", "round", 1, w.service.now(), e)
		require.NoError(t, err)
		return envelope
	}
	opened := tell(events.IntakeAccessRecorded{Subject: "anna", Action: "round.open", ResourceType: "round", ResourceID: "r1", DecidedAt: w.service.now()})
	refused := tell(events.IntakeAccessRecorded{Subject: "bo", Action: "round.close", ResourceType: "round", Denied: true, DecidedAt: w.service.now()})
	require.NoError(t, intake.Publish(t.Context(), opened))
	ctx := opened.Context(t.Context())
	require.Eventually(t, func() bool { return len(w.chain(w.school)) == before+1 }, time.Minute, 5*time.Millisecond)
	require.NoError(t, w.service.fromOthers()["intake"][opened.Type](ctx, opened), "delivered again, after the first one was taken in")
	require.NoError(t, intake.Publish(t.Context(), refused))
	require.Eventually(t, func() bool { return len(w.chain(w.school)) == before+2 }, time.Minute, 5*time.Millisecond)
	chain := w.chain(w.school)
	require.Equal(t, []string{"anna", "round.open", "r1", audit.Allowed}, []string{chain[before].Subject, chain[before].Action, chain[before].ResourceID, chain[before].Decision})
	require.Equal(t, []string{"bo", "round.close", "", audit.Denied}, []string{chain[before+1].Subject, chain[before+1].Action, chain[before+1].ResourceID, chain[before+1].Decision})
	found, err := w.service.audit.Verify(tenant.With(t.Context(), w.school))
	require.NoError(t, err)
	require.True(t, found.Intact())
}
