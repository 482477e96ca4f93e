package allinone

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	notificationapi "github.com/guldkorn/guldkorn/libs/api/notification"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// hunted is the demo with two of its municipalities, each of which has something to find.
type hunted struct {
	*matrix
	hunt         *apitest.Isolation
	north, south *apitest.Side
	unknown      atomic.Int64 // answers to whom nobody knows
}

// TestNoMunicipalitySeesAnother sends every operation of every service, with the ids of one municipality, as people and
// programs of the other, through the portal's API and, for what that leaves to the portal's pages, to the service itself.
// It finds nothing; and then it finds what is planted.
func TestNoMunicipalitySeesAnother(t *testing.T) {
	h := newHunt(t)
	harvest := func(t *testing.T) (all []map[string]string) {
		for _, side := range []*apitest.Side{h.north, h.south} {
			all = append(all, apitest.Lasting(h.hunt.Harvest(t, side)))
		}
		return all
	}
	before := harvest(t)
	for _, kind := range []string{"tenant_id", "unit_id", "person_id", "assignment_id", "forum_id", "key_id", "import_id", "provider_id", "group_id",
		"technology_id", "round_id", "release_id", "dialogue_id", "phase_id", "contribution_id", "decision_id", "action_id", "item_id"} {
		require.NotContains(t, h.hunt.Places(h.north), kind, "there is one to be tried")
	}
	for _, kind := range []string{"unit_id", "person_id", "forum_id", "key_id", "import_id", "provider_id", "group_id", "technology_id", "round_id", "release_id", "dialogue_id", "phase_id"} {
		require.NotContains(t, h.hunt.Places(h.south), kind, "there is one to be tried")
	}
	t.Run("honest", func(t *testing.T) {
		h.unknown.Store(0)
		require.Empty(t, h.hunt.Hunt(t, uint64(time.Now().UnixNano()), 1, h.north, h.south))
		require.Equal(t, before, harvest(t), "and nothing has changed")
		require.Zero(t, h.unknown.Load(), "requests turned away since nobody knew who asks")
	})
	for operation, leak := range h.leaks() {
		t.Run("planted in "+operation, func(t *testing.T) {
			planted := *h.hunt
			planted.Send = leak
			planted.Operations = slices.DeleteFunc(slices.Clone(h.hunt.Operations), func(o apitest.Operation) bool {
				return !slices.Contains([]string{"listRounds", "getRelease", "listDialogues", "listTechnologies", "listStaff"}, o.ID)
			})
			found := planted.Hunt(t, 1, 10, h.north, h.south)
			require.NotEmpty(t, found)
			for _, one := range found {
				require.Equal(t, operation, one.Operation, "%s", one)
			}
		})
	}
}

// leaks are ways to send requests that let out something of the north's, by the operation that does.
func (h *hunted) leaks() map[string]func(string, *http.Request) (*http.Response, error) {
	leader, school := h.person("lene.leder"), "/v1/tenants/"+string(h.tenants["school"])
	says := func(status int, text string) *http.Response {
		recorder := httptest.NewRecorder()
		recorder.WriteHeader(status)
		_, _ = recorder.WriteString(text)
		return recorder.Result()
	}
	return map[string]func(string, *http.Request) (*http.Response, error){
		// An upstream that has mixed up whose list it is.
		"listRounds": func(service string, r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, string(h.tenants["other_school"])+"/rounds") {
				r.URL.Path, r.Header = school+"/rounds", http.Header{}
				if err := leader.Sign(service, r); err != nil {
					return nil, err
				}
			}
			return h.send(service, r)
		},
		// One that forgets to ask who wants to know.
		"listTechnologies": func(service string, r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodGet && r.URL.Path == school+"/technologies" {
				r.Header = http.Header{}
				if err := leader.Sign(service, r); err != nil {
					return nil, err
				}
			}
			return h.send(service, r)
		},
		// One that refuses in words that say too much.
		"listDialogues": func(service string, r *http.Request) (*http.Response, error) {
			path := r.URL.Path
			answer, err := h.send(service, r)
			if err == nil && path == school+"/dialogues" && answer.StatusCode == http.StatusForbidden {
				_ = answer.Body.Close()
				return says(http.StatusForbidden, fmt.Sprintf(`{"detail": "%s is not yours"}`, h.north.Marks[0])), nil
			}
			return answer, err
		},
	}
}

func newHunt(t *testing.T) *hunted {
	h := &hunted{matrix: &matrix{journey: startDemo(t), tenants: map[string]tenant.ID{}, people: map[string]access.Subject{}, ids: map[string]string{}}}
	h.places()
	bodies, queries := apitest.Requests()
	h.hunt = &apitest.Isolation{
		Send: h.send, Bodies: bodies, Queries: queries, Answers: apitest.Answers(),
		Constants: map[string]string{"kind": "units", "instrument": "full", "playbook": "from-overview-to-measures", "version": "1"},
	}
	for _, o := range apitest.Operations(t) {
		if o.Permission != "public" { // is for everybody who has the address
			h.hunt.Operations = append(h.hunt.Operations, o)
		}
	}
	h.administer("lis.leder", "karl.kommune")
	h.settled("lene.leder")
	h.north = h.side("Nordmark42", "municipality", "school", "birgit.kommune", "sanne.admin", "lene.leder")
	h.south = h.side("Sydmark43", "other_municipality", "other_school", "lis.leder", "lis.leder", "lis.leder")
	for _, login := range []string{"lene.leder", "thomas.tr", "sanne.admin", "birgit.kommune"} {
		h.north.People = append(h.north.People, h.person(login))
	}
	h.south.People = append(h.south.People, h.person("lis.leder"))
	return h
}

// settled waits until the demo has told that an action of today is to be followed up: it changes the action once more, and
// is the last thing there that does anything by itself.
func (h *hunted) settled(owner string) {
	h.t.Helper()
	who := h.known(owner)
	require.Eventually(h.t, func() bool {
		var inbox notificationapi.Inbox
		err := h.services.As(who.ID, who.Tenant).Get(h.t.Context(), "notification", "/v1/inbox", &inbox)
		return err == nil && slices.ContainsFunc(inbox.Items, func(i notificationapi.InboxItem) bool { return i.Kind == "action_follow_up_due" })
	}, time.Minute, 100*time.Millisecond)
}

// administer lets somebody whom the provider of the demo knows administer the municipality, too.
func (h *hunted) administer(login, by string) {
	h.t.Helper()
	who, administrator := h.known(login), h.known(by)
	require.NoError(h.t, h.services.As(administrator.ID, administrator.Tenant).Create(h.t.Context(), "tenancy", "/v1/tenants/"+string(who.Tenant)+"/role-assignments",
		tenancyapi.NewRoleAssignment{PersonID: who.ID, Role: access.MunicipalAdministrator, Scope: string(who.Tenant)}, nil))
}

// side plants a text of their own in what a municipality and one of its schools have, and lets its programs hunt. The keeper
// administers the school.
func (h *hunted) side(mark, operator, school, administrator, keeper, leader string) *apitest.Side {
	h.t.Helper()
	above, below := h.tenants[operator], h.tenants[school]
	admin, leads := h.known(administrator), h.known(leader)
	create := func(who access.Subject, service string, of tenant.ID, path string, in, out any) {
		h.t.Helper()
		require.NoError(h.t, h.services.As(who.ID, who.Tenant).Create(h.t.Context(), service, "/v1/tenants/"+string(of)+path, in, out))
	}
	var unit tenancyapi.Unit
	var person tenancyapi.Person
	var forum tenancyapi.Forum
	var technology intakeapi.Technology
	create(admin, "tenancy", below, "/units", tenancyapi.NewUnit{Name: mark + " enhed"}, &unit)
	create(admin, "tenancy", above, "/persons", tenancyapi.NewPerson{Name: mark + " person", Login: mark, Email: mark + "@demo.example", Language: "da"}, &person)
	create(admin, "tenancy", above, "/role-assignments",
		tenancyapi.NewRoleAssignment{PersonID: person.PersonID, Role: access.Employee, Scope: string(below), UnitID: &unit.UnitID}, nil)
	create(leads, "tenancy", below, "/forums", tenancyapi.NewForum{Kind: "trio", Name: mark + " forum", Mandate: "advises",
		Members: []tenancyapi.ForumMember{{PersonID: leads.ID, Role: "chair"}, {PersonID: person.PersonID, Role: "member"}}}, &forum)
	create(leads, "intake", below, "/technologies", intakeapi.NewTechnology{Name: mark + " system", Kind: "learning_platform"}, &technology)
	create(leads, "intake", below, "/rounds", intakeapi.NewRound{Title: mark + " runde", Instrument: "pulse-relations", InstrumentVersion: 1,
		TechnologyID: &technology.TechnologyID, OpensOn: "2100-01-11", ClosesOn: "2100-01-15", VisibleToAllOn: "2100-01-18"}, nil)
	create(admin, "tenancy", above, "/sign-in-providers", tenancyapi.NewSignInProvider{Name: mark + " login",
		Issuer: tenancyapi.Issuer("https://" + strings.ToLower(mark) + ".example.dk"), ClientID: "guldkorn", LoginClaim: "upn"}, nil)
	h.bring(administrator, above, "Navn;E-mail;Brugernavn;Medarbejdernr;Skole;Enhed;Rolle;Fra;Til\n"+mark+" i listen;liste@example.dk;liste."+mark+";;;;;;\n")
	h.soon("the forum reaches dialogue", func() error {
		return h.services.As(leads.ID, leads.Tenant).Create(h.t.Context(), "dialogue", "/v1/tenants/"+string(below)+"/dialogues",
			dialogueapi.NewDialogue{Title: mark + " dialog", Playbook: "from-overview-to-measures", PlaybookVersion: 1, VariantMinutes: 45, ForumID: &forum.ForumID}, nil)
	})
	h.soon("roles reach dialogue", func() error {
		keeps := h.known(keeper)
		return h.services.As(keeps.ID, keeps.Tenant).Create(h.t.Context(), "dialogue", "/v1/tenants/"+string(below)+"/adaptations",
			dialogueapi.CreateAdaptationJSONBody{Playbook: "small-school", PlaybookVersion: 1}, nil)
	})
	for service, path := range map[string]string{"reporting": string(above) + "/follow-through", "intake": string(below) + "/round-states"} {
		h.soon("roles reach "+service, func() error {
			return h.services.As(admin.ID, admin.Tenant).Get(h.t.Context(), service, "/v1/tenants/"+path, nil)
		})
	}
	side := &apitest.Side{Name: operator, Tenants: []string{string(above), string(below)}, Marks: []string{mark},
		Known: map[string][]string{"group_id": {string(below) + "." + unit.UnitID}}}
	for _, k := range []struct {
		by     string
		owner  tenant.ID
		scopes []tenancyapi.KeyScope
	}{
		{administrator, above, []tenancyapi.KeyScope{access.ScopeOrganisation, access.ScopePeople}},
		{administrator, above, []tenancyapi.KeyScope{access.ScopeProvisioning}},
		{keeper, below, []tenancyapi.KeyScope{access.ScopeOrganisation, access.ScopePeople, access.ScopeReleases}},
	} {
		side.People = append(side.People, program(operator, h.key(k.by, k.owner, k.scopes...)))
	}
	return side
}

// bring uploads a list of people.
func (h *hunted) bring(login string, to tenant.ID, list string) {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, "/v1/tenants/"+string(to)+"/imports?kind=people", strings.NewReader(list))
	require.NoError(h.t, err)
	request.Header.Set("Content-Type", "text/csv")
	request.Header.Set("Idempotency-Key", uuid.NewString())
	require.NoError(h.t, h.person(login).Sign("tenancy", request))
	answer, err := h.send("tenancy", request)
	require.NoError(h.t, err)
	require.NoError(h.t, answer.Body.Close())
	require.Equal(h.t, http.StatusCreated, answer.StatusCode)
}

// program signs requests with an API key.
func program(name, key string) apitest.By {
	return apitest.By{Name: "a program of the " + name, Sign: func(_ string, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+key)
		return nil
	}}
}

// person signs requests as somebody who is signed in at the portal, and as the portal does for its own pages.
func (h *hunted) person(login string) apitest.By {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(h.t, err)
	portal, err := url.Parse(h.addresses.Portal)
	require.NoError(h.t, err)
	page, err := signInAs(&http.Client{Jar: jar}, portal, login)
	require.NoError(h.t, err)
	require.NoError(h.t, page.Body.Close())
	require.Equal(h.t, portal.Host, page.Request.URL.Host)
	subject := h.known(login)
	subject.Recent = true
	return apitest.By{Name: login, Sign: func(service string, r *http.Request) error {
		for _, cookie := range jar.Cookies(portal) {
			r.AddCookie(cookie)
		}
		r.Header.Set("X-Guldkorn-CSRF", "1")
		token, err := h.services.Person.Token(service, subject)
		r.Header.Set("Authorization", "Bearer "+token)
		return err
	}}
}

// send asks the portal's API. What that does not have, the portal's pages ask the service for in a person's name.
func (h *hunted) send(service string, r *http.Request) (*http.Response, error) {
	body := []byte{}
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	to := func(base, prefix string, client *http.Client) (*http.Response, error) {
		out := r.Clone(r.Context())
		target, err := url.Parse(base)
		if err != nil {
			return nil, err
		}
		out.URL.Scheme, out.URL.Host, out.Host = target.Scheme, target.Host, target.Host
		out.URL.Path = prefix + r.URL.Path
		out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return client.Do(out)
	}
	answer, err := to(h.addresses.Portal, "/api", http.DefaultClient)
	if err != nil {
		return nil, err
	}
	missing, err := withheld(r, answer)
	if err != nil {
		return nil, err
	}
	if _, signedIn := r.Header["X-Guldkorn-Csrf"]; signedIn && missing {
		_ = answer.Body.Close()
		address := h.world.addresses[service]
		answer, err = to(address.Base, "", address.Client)
	}
	if err == nil && answer.StatusCode == http.StatusUnauthorized {
		h.unknown.Add(1)
	}
	return answer, err
}

// withheld tells whether the portal's API does not have an operation, or has it for programs alone. The answer stays readable.
func withheld(r *http.Request, answer *http.Response) (bool, error) {
	switch answer.StatusCode {
	case http.StatusUnauthorized:
		return strings.Contains(r.URL.Path, "/scim/"), nil
	case http.StatusNotFound:
		raw, err := io.ReadAll(answer.Body)
		answer.Body = io.NopCloser(bytes.NewReader(raw))
		return bytes.Contains(raw, []byte(failure.RequestNoRoute)), err
	}
	return false, nil
}
