package allinone

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// listing is an administrator of a municipality at a browser, with lists on their disk.
type listing struct {
	*matrix
	admin *browsertest.Person
	path  string // of the lists
	dir   string
}

// send uploads a list from the page where the administrator is, as a list of a kind unless the page knows it.
func (l *listing) send(kind, text string) {
	l.t.Helper()
	file := filepath.Join(l.dir, "liste.csv")
	require.NoError(l.t, os.WriteFile(file, []byte(text), 0o600))
	if kind != "" {
		l.admin.Click("#kind-" + kind)
	}
	l.admin.Choose("#list", file)
	l.admin.Click("#list-send")
}

// example is a list as the page offers it.
func (l *listing) example(kind string) string {
	l.t.Helper()
	request, err := http.NewRequestWithContext(l.t.Context(), http.MethodGet, l.addresses.Portal+l.path+"/examples/"+kind, nil)
	require.NoError(l.t, err)
	for name, value := range l.admin.Cookies() {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(l.t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(l.t, err)
	require.Equal(l.t, http.StatusOK, response.StatusCode)
	return string(raw)
}

// TestListsStandUpAMunicipality brings in the example lists in a browser, the second with mistakes first, and finds the
// schools in the list of schools and the people at their school.
func TestListsStandUpAMunicipality(t *testing.T) {
	l := &listing{matrix: &matrix{journey: startDemo(t), ids: map[string]string{}}, dir: t.TempDir()}
	l.browser = browsertest.New(t)
	l.places()
	operator := l.tenants["municipality"]
	l.path = "/operators/" + string(operator) + "/imports"
	l.admin = l.arrive("Birgit (kommune)", "birgit.kommune", 1280)
	l.open(l.admin, "/operators/"+string(operator)+"/schools")
	l.admin.Click("#go-imports a")
	l.admin.Wait("#list-form")
	l.look(l.admin, "lists")

	l.send("schools", l.example("schools"))
	l.admin.WaitText("#count-create", "3")
	l.admin.WaitText("#import-rows", "Nabogymnasiet")
	l.look(l.admin, "list-of-schools")
	l.admin.Click("#import-apply button")
	l.admin.Wait("#import-done")
	l.look(l.admin, "schools-in-place")
	l.admin.Click("#import-next")
	l.admin.WaitFor("be asked for people", `document.querySelector("#kind-people").checked`)

	people := l.example("people")
	wrong := strings.ReplaceAll(strings.Replace(people, "bo@kommune.example", "", 1), ";Indskoling;Lærer", ";Mellemtrin;Lærer")
	l.send("people", wrong)
	l.admin.WaitText("#problems", "Række 4, E-mail: mangler.")
	l.admin.WaitText("#problems", "Række 2, Enhed: findes ikke.")
	l.look(l.admin, "list-with-mistakes")
	first := l.admin.Address()
	l.admin.Click("#only-wrong")
	l.admin.WaitText("#row-4", "Bo Eksempel")
	l.send("", people)
	l.admin.WaitText("#count-create", "4")
	second := l.admin.Address()
	l.admin.Open(first)
	l.admin.Wait("#import-cancelled") // the corrected list took its place
	l.admin.Open(second)
	l.admin.Click("#import-apply button")
	l.admin.Wait("#import-done")
	l.admin.Click("#go-schools")
	l.admin.WaitText("#organisations", "Eksempelskolen")

	school := l.beneath(operator, "Eksempelskolen")
	carla := l.known("carla.eksempel")
	var staff tenancyapi.StaffList
	require.NoError(t, l.services.As(carla.ID, carla.Tenant).Get(t.Context(), "tenancy", "/v1/tenants/"+string(school)+"/staff", &staff))
	roles := map[string][]tenancyapi.Role{}
	for _, one := range staff.Items {
		roles[one.Name] = one.Roles
	}
	require.Len(t, roles, 3)
	require.ElementsMatch(t, []tenancyapi.Role{"employee", "tr"}, roles["Anna Eksempel"])
	require.Equal(t, []tenancyapi.Role{"leader"}, roles["Bo Eksempel"])
	require.Equal(t, []tenancyapi.Role{"school_administrator"}, roles["Carla Eksempel"])

	l.open(l.admin, l.path)
	l.send("people", people)
	l.admin.WaitText("#count-unchanged", "4")
	require.False(t, l.admin.Has("#import-apply"), "what changes nothing cannot be applied")
	l.admin.Click("#import-cancel button")
	l.admin.Wait("#import-cancelled")
}
