package tenancy

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Those who live with a union or on the platform itself have the same rights as those of a municipality: whoever runs the
// platform carries them out, and reaches nobody of a municipality by it.
func TestWhoHasNoMunicipalityIsCorrectedAndErased(t *testing.T) {
	w := newWorld(t)
	by := w.people["platform_operator"]
	union := w.organisation(w.platform, kindUnion, "Forbundet")
	for name, home := range map[string]actor{"of the union": w.person(union, "Una"), "of the platform": w.person(w.platform, "Pia")} {
		at := func(rest string) string { return at(home.subject.Tenant, rest) }
		who := "/persons/" + home.subject.ID
		asked := read[tenancyapi.DataRequest](t, w.ask(home, "rectification", "Jeg hedder Åse."))
		require.Equal(t, []tenancyapi.DataRequest{asked}, w.requests(by, at("/data-requests?waiting=true")), name)
		corrected := read[tenancyapi.Person](t, w.call(by, "PATCH", at(who), tenancyapi.PersonChange{Name: ptr("Åse")}, ifMatch(1)))
		require.Equal(t, "Åse", corrected.Name)
		require.Equal(t, corrected, read[tenancyapi.Person](t, w.call(by, "GET", at(who), nil)))
		require.Contains(t, read[tenancyapi.PersonList](t, w.call(by, "GET", at("/persons?q=Åse"), nil)).Items, corrected)
		done := read[tenancyapi.DataRequest](t, w.call(by, "POST", at("/data-requests/"+asked.RequestID+"/answer"), tenancyapi.DataRequestAnswer{Outcome: "done"}, ifMatch(asked.Revision)))
		require.Equal(t, tenancyapi.DataRequestStatus("done"), done.Status)
		require.Equal(t, http.StatusOK, w.call(by, "POST", at(who+"/erase"), nil, ifMatch(corrected.Revision)).status, name)
		w.call(by, "GET", at(who), nil).refused(t, 404, failure.DocumentNotFound)
		require.Len(t, w.requests(by, at("/data-requests")), 3)

		w.call(w.people["municipal_administrator"], "GET", at("/persons"), nil).refused(t, 403, failure.AccessDenied)
	}
	tr := w.people["tr"].subject.ID
	w.call(by, "GET", at(w.north, "/persons/"+tr), nil).refused(t, 403, failure.AccessDenied)
	w.call(by, "GET", at(w.north, "/data-requests"), nil).refused(t, 403, failure.AccessDenied)
	w.call(by, "POST", at(w.north, "/persons/"+tr+"/erase"), nil, ifMatch(1)).refused(t, 403, failure.AccessDenied)
	w.call(by, "POST", at(w.platform, "/persons/"+by.subject.ID+"/erase"), nil, ifMatch(1)).refused(t, 409, failure.LastAdministrator)
}
