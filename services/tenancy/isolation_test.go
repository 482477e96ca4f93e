package tenancy

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// isolation sends what the description has to the service itself.
func (w *world) isolation() *apitest.Isolation {
	i := &apitest.Isolation{
		Send: func(_ string, r *http.Request) (*http.Response, error) {
			recorder := httptest.NewRecorder()
			w.service.Handler().ServeHTTP(recorder, r)
			return recorder.Result(), nil
		},
		Answers:   apitest.Answers(),
		Constants: map[string]string{"kind": "units"},
	}
	i.Bodies, i.Queries = apitest.Requests()
	for _, o := range apitest.Operations(w.t) {
		if o.Service == Name {
			i.Operations = append(i.Operations, o)
		}
	}
	return i
}

// signing lets somebody sign requests as the portal does for them.
func (w *world) signing(a actor) apitest.By {
	return apitest.By{Name: a.name, Sign: func(_ string, r *http.Request) error {
		token, err := w.signers[access.Portal].Token(Name, a.subject)
		r.Header.Set("Authorization", "Bearer "+token)
		return err
	}}
}

// mark plants a text of their own in everything that an operator and one of its schools have.
func (w *world) mark(mark string, operator, school tenant.ID, municipal, administrator, leader actor) {
	w.t.Helper()
	made := func(a answer) { require.Less(w.t, a.status, 300, "%s", a.body) }
	inSchool := w.organisation(operator, kindSchool, mark+" skole")
	unit := w.newUnit(school, mark+" enhed")
	person := w.register(operator, mark+" person", mark+"@example.dk", mark)
	made(w.call(municipal, "POST", at(operator, "/role-assignments"),
		tenancyapi.NewRoleAssignment{PersonID: person, Role: access.Employee, Scope: string(school), UnitID: &unit}))
	made(w.call(leader, "POST", at(school, "/forums"), tenancyapi.NewForum{Kind: "trio", Name: mark + " forum", Mandate: "advises",
		Members: []tenancyapi.ForumMember{{PersonID: person, Role: "member"}}}))
	made(w.call(administrator, "PATCH", at(school, "/organisation"), tenancyapi.OrganisationChange{CoreTaskText: ptr(mark + " kerneopgave")}, ifMatch(1)))
	made(w.call(municipal, "POST", at(operator, "/api-keys"), tenancyapi.NewAPIKey{Name: mark + " nøgle", Scopes: []tenancyapi.KeyScope{access.ScopePeople}, ExpiresAt: time.Now().Add(24 * time.Hour)}))
	provider := providerInput()
	provider.Name, provider.Issuer = mark+" login", tenancyapi.Issuer("https://"+strings.ToLower(mark)+".example.dk")
	made(w.call(municipal, "POST", at(operator, "/sign-in-providers"), provider))
	made(w.call(municipal, "POST", at(operator, "/imports?kind=people"), []byte(peopleHeading+mark+" i listen;liste@example.dk;liste."+mark+";;;;;;\n"), csvBody))
	is := w.branding(municipal, operator)
	made(w.call(municipal, "PUT", at(operator, "/branding"), tenancyapi.NewBranding{ShownName: ptr(mark + " vist"), HelpName: ptr(mark + " hjælp")}, ifMatch(is.Revision)))
	made(w.sendLogo(municipal, operator, picture(w.t, 60, 20, mark[0]), w.branding(municipal, operator).Revision))
	require.NotEmpty(w.t, inSchool)
}

// sides are two municipalities with the same in each, and their people.
func (w *world) sides() (north, south *apitest.Side) {
	w.t.Helper()
	w.hireAs("southern leader", access.Leader, w.south, w.away, "")
	w.hireAs("southern tr", access.UnionRepresentative, w.south, w.away, "")
	w.hireAs("southern employee", access.Employee, w.south, w.away, w.awayUnit)
	w.hireAs("southern auditor", access.Auditor, w.south, w.south, "")
	southern := func(as string) bool { return strings.HasPrefix(as, "southern") || strings.HasPrefix(as, "away") }
	north = &apitest.Side{Name: "north", Tenants: []string{string(w.north), string(w.school), string(w.sister)}, Marks: []string{"Nordmark42"}}
	south = &apitest.Side{Name: "south", Tenants: []string{string(w.south), string(w.away)}, Marks: []string{"Sydmark43"}}
	w.mark(north.Marks[0], w.north, w.school, w.people["municipal_administrator"], w.people["school_administrator"], w.people["leader"])
	w.mark(south.Marks[0], w.south, w.away, w.people["southern administrator"], w.people["away administrator"], w.people["southern leader"])
	for _, as := range slices.Sorted(maps.Keys(w.people)) {
		switch {
		case as == access.PlatformOperator || as == access.UnionAnalyst: // of neither
		case slices.Contains([]string{access.ForumMember, access.Facilitator, access.TextReader, access.ITGuide, access.LearnerRepresentative, access.SafetyRepresentative}, as):
			// who may do no more here than those who hunt
		case southern(as):
			south.People = append(south.People, w.signing(w.people[as]))
		default:
			north.People = append(north.People, w.signing(w.people[as]))
		}
	}
	return north, south
}

func TestTwoMunicipalitiesSeeNothingOfEachOther(t *testing.T) {
	w := newWorld(t)
	north, south := w.sides()
	hunt := w.isolation()
	before := []map[string]string{apitest.Lasting(hunt.Harvest(t, north)), apitest.Lasting(hunt.Harvest(t, south))}
	for _, side := range []*apitest.Side{north, south} {
		for _, kind := range []string{"tenant_id", "unit_id", "person_id", "assignment_id", "forum_id", "key_id", "import_id", "provider_id"} {
			require.NotContains(t, hunt.Places(side), kind, "there is one to be tried")
		}
	}
	require.Greater(t, len(before[0]), 100)

	leaks := hunt.Hunt(t, uint64(time.Now().UnixNano()), 1, north, south)
	require.Empty(t, leaks)
	require.Equal(t, before[0], apitest.Lasting(hunt.Harvest(t, north)), "and nothing has changed")
	require.Equal(t, before[1], apitest.Lasting(hunt.Harvest(t, south)))
}

// The hunt finds what is planted: an operation that lets everybody in, one that answers with others' data in one's own
// place, and one that refuses in words that say too much.
func TestTheHuntFindsLeaks(t *testing.T) {
	w := newWorld(t)
	north, south := w.sides()
	hunt := w.isolation()
	hunt.Harvest(t, north)
	hunt.Harvest(t, south)
	honest := hunt.Send
	for operation, leaky := range map[string]func(service string, r *http.Request) (*http.Response, error){
		"listUnits": func(service string, r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/units") && r.Method == http.MethodGet {
				if err := w.signing(w.people["municipal_administrator"]).Sign(service, r); err != nil {
					return nil, err
				}
			}
			return honest(service, r)
		},
		"listStaff": func(service string, r *http.Request) (*http.Response, error) {
			answer, err := honest(service, r)
			if strings.HasSuffix(r.URL.Path, string(w.away)+"/staff") && answer.StatusCode == http.StatusOK {
				recorder := httptest.NewRecorder()
				_, _ = fmt.Fprintf(recorder, `{"items": [{"name": "%s person"}]}`, north.Marks[0])
				return recorder.Result(), err
			}
			return answer, err
		},
		"getPerson": func(service string, r *http.Request) (*http.Response, error) {
			answer, err := honest(service, r)
			if strings.Contains(r.URL.Path, "/persons/") && r.Method == http.MethodGet && answer.StatusCode == http.StatusForbidden {
				recorder := httptest.NewRecorder()
				recorder.WriteHeader(http.StatusForbidden)
				_, _ = fmt.Fprintf(recorder, `{"detail": "%s person is not yours"}`, north.Marks[0])
				return recorder.Result(), err
			}
			return answer, err
		},
	} {
		planted := *hunt
		planted.Send = leaky
		planted.Operations = slices.DeleteFunc(slices.Clone(hunt.Operations), func(o apitest.Operation) bool {
			return !slices.Contains([]string{"listUnits", "getUnit", "listStaff", "getPerson", "listPersons"}, o.ID)
		})
		leaks := planted.Hunt(t, 1, 1, north, south)
		require.NotEmpty(t, leaks, operation)
		for _, leak := range leaks {
			require.Equal(t, operation, leak.Operation, "%s", leak)
		}
	}
}
