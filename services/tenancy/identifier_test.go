package tenancy

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// finding makes a provider of the northern municipality that finds people by one of their identifiers.
func (w *world) finding(by tenancyapi.SignInIdentifier) tenancyapi.SignInProvider {
	w.t.Helper()
	in := providerInput()
	in.MatchedBy = &by
	p := read[tenancyapi.SignInProvider](w.t, w.call(w.people["municipal_administrator"], "POST", at(w.north, "/sign-in-providers"), in))
	require.Equal(w.t, by, p.MatchedBy)
	require.Equal(w.t, by, read[tenancyapi.SignInClient](w.t, w.call(service("portal"), "GET", at(w.north, "/sign-in-providers/"+p.ProviderID+"/client"), nil)).MatchedBy)
	return p
}

// One person signs in at Entra by the login, at Unilogin by the uniid, and elsewhere by the number, and nobody by a value
// of another kind.
func TestOnePersonSignsInAtSeveralProviders(t *testing.T) {
	w := newWorld(t)
	w.take(w.bringPeople("Navn;E-mail;Brugernavn;Medarbejdernr;Unilogin", "Åse Ærø;aase@skole.dk;aase@nordby.dk;17;aase0123"), false)
	entra, unilogin, payroll := w.finding("login"), w.finding("unilogin"), w.finding("external_id")
	aase := read[tenancyapi.SignedIn](t, w.signInAt(w.north, entra, "AASE@nordby.dk")).PersonID
	require.Equal(t, aase, read[tenancyapi.SignedIn](t, w.signInAt(w.north, unilogin, "Aase0123")).PersonID)
	require.Equal(t, aase, read[tenancyapi.SignedIn](t, w.signInAt(w.north, payroll, "17")).PersonID)
	for value, p := range map[string]tenancyapi.SignInProvider{"aase0123": entra, "17": unilogin, "aase@nordby.dk": unilogin} {
		w.signInAt(w.north, p, value).refused(t, http.StatusNotFound, failure.SignInUnknown)
	}
	w.signInAt(w.north, payroll, "aase@nordby.dk").refused(t, http.StatusNotFound, failure.SignInUnknown)
	w.signInAt(w.north, payroll, "18").refused(t, http.StatusNotFound, failure.SignInUnknown)
	w.signIn("aase0123").refused(t, http.StatusNotFound, failure.SignInUnknown)

	leader := w.people["leader"].subject.ID
	require.Equal(t, leader, read[tenancyapi.SignedIn](t, w.signInAt(w.north, unilogin, w.login(w.north, leader))).PersonID, "whoever has no Unilogin of their own has the login there, too")

	changed := read[tenancyapi.SignInProvider](t, w.call(w.people["municipal_administrator"], "PATCH", at(w.north, "/sign-in-providers/"+entra.ProviderID),
		tenancyapi.SignInProviderChange{MatchedBy: ptr(tenancyapi.SignInIdentifier("unilogin"))}, ifMatch(entra.Revision)))
	require.Equal(t, tenancyapi.SignInIdentifier("unilogin"), changed.MatchedBy)
	w.signInAt(w.north, entra, "aase@nordby.dk").refused(t, http.StatusNotFound, failure.SignInUnknown)
	require.Zero(t, w.mentions("aase0123"), "it is sealed, and found by a hash")
}

func TestAUniloginIsOnePersons(t *testing.T) {
	w := newWorld(t)
	by, anna := w.people["municipal_administrator"], w.person(w.north, "Anna")
	bo := w.person(w.north, "Bo")
	got := read[tenancyapi.Person](t, w.rectify(by, anna, 1, tenancyapi.PersonChange{Unilogin: ptr("anna0123")}))
	require.Equal(t, "anna0123", *got.Unilogin)
	w.rectify(by, bo, 1, tenancyapi.PersonChange{Unilogin: ptr("ANNA0123")}).refused(t, 409, failure.LoginTaken)
	w.rectify(by, bo, 1, tenancyapi.PersonChange{Unilogin: ptr(w.login(w.north, w.people["leader"].subject.ID))}).refused(t, 409, failure.LoginTaken)
	w.rectify(anna, anna, got.Revision, tenancyapi.PersonChange{Unilogin: ptr("another1")}).refused(t, 403, failure.AccessDenied)
	w.call(by, "POST", at(w.north, "/persons"), tenancyapi.NewPerson{Name: "Cy", Email: "cy@skole.dk", Login: "cy", Unilogin: ptr("anna0123"), Language: "da"}).refused(t, 409, failure.LoginTaken)
	checked := w.bringPeople("Navn;E-mail;Brugernavn;Unilogin", "Cy Dam;cy@skole.dk;cy;anna0123")
	require.Equal(t, tenancyapi.ImportColumn("unilogin"), *checked.Problems[0].Column)
	require.Equal(t, http.StatusOK, w.rectify(by, w.people["amr"], w.personOf(w.people["amr"]).Revision, tenancyapi.PersonChange{Unilogin: ptr("amr00001")}).status)

	// Two who were given it at the same moment: nobody can tell who it is.
	ctx := tenant.With(t.Context(), w.north)
	p := w.finding("unilogin")
	require.Equal(t, anna.subject.ID, read[tenancyapi.SignedIn](t, w.signInAt(w.north, p, "anna0123")).PersonID)
	d, err := w.service.store.persons.Get(ctx, bo.subject.ID)
	require.NoError(t, err)
	plain, err := w.service.profiles.open(d)
	require.NoError(t, err)
	plain.Unilogin = "anna0123"
	_, err = w.service.rewrite(ctx, d, plain, provisionedPerson{d, plain}.attributes())
	require.NoError(t, err)
	w.signInAt(w.north, p, "anna0123").refused(t, http.StatusNotFound, failure.SignInUnknown)

	cleared := read[tenancyapi.Person](t, w.rectify(by, anna, got.Revision, tenancyapi.PersonChange{Unilogin: ptr("")}))
	require.Nil(t, cleared.Unilogin)
	require.Equal(t, bo.subject.ID, read[tenancyapi.SignedIn](t, w.signInAt(w.north, p, "anna0123")).PersonID)
	w.signInAt(w.south, p, "anna0123").refused(t, http.StatusNotFound, failure.SignInUnknown)
}

// A list or an identity system that knows no Unilogin takes it from nobody.
func TestAUniloginStaysWhereNobodySpeaksOfIt(t *testing.T) {
	w := newWorld(t)
	const heading = "Navn;E-mail;Brugernavn;Unilogin"
	w.take(w.bringPeople(heading, "Åse Ærø;aase@skole.dk;aase;aase0123"), false)
	require.Equal(t, []string{"2 unchanged"}, w.preview(w.bringPeople("Navn;E-mail;Brugernavn", "Åse Ærø;aase@skole.dk;aase")))
	require.Equal(t, []string{"2 unchanged"}, w.preview(w.bringPeople(heading, "Åse Ærø;aase@skole.dk;aase;")))
	require.Equal(t, []string{"2 change unilogin[>aase4567]"}, w.preview(w.bringPeople(heading, "Åse Ærø;aase@skole.dk;aase;aase4567")))
	aase := read[tenancyapi.SignedIn](t, w.signIn("aase")).PersonID
	system := w.program(w.newKey(w.people["municipal_administrator"], w.north, access.ScopeProvisioning).Secret)
	unilogin := func() string {
		return given(read[tenancyapi.Person](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons/"+aase), nil)).Unilogin)
	}
	patch := func(operations string) answer {
		return w.scim(system, "PATCH", "/Users/"+aase, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`+operations+`]}`)
	}
	require.Equal(t, http.StatusOK, patch(`{"op":"replace","path":"displayName","value":"Åse Å"}`).status)
	require.Equal(t, "aase0123", unilogin())
	require.Equal(t, http.StatusOK, patch(`{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:guldkorn:2.0:User:unilogin","value":"aase4567"}`).status)
	require.Equal(t, "aase4567", unilogin())

	// Whoever represents colleagues signs in by nothing else because an identity system says so.
	w.assign(actor{subject: access.Subject{ID: aase, Tenant: w.north}}, access.UnionRepresentative, w.school, "")
	require.Equal(t, http.StatusBadRequest, patch(`{"op":"add","value":{"urn:ietf:params:scim:schemas:extension:guldkorn:2.0:User":{"unilogin":"mallory1"}}}`).status)
	require.Equal(t, http.StatusOK, patch(`{"op":"add","path":"externalId","value":"18"}`).status, "no provider finds people by it")
	w.finding("external_id")
	require.Equal(t, http.StatusBadRequest, patch(`{"op":"add","path":"externalId","value":"19"}`).status)
	require.Equal(t, "aase4567", unilogin())
}
