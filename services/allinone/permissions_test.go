package allinone

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/allinone/demo"
)

// row says who is let in to an operation, by the place whose tenant stands in its path: the school in which the
// people of the matrix have their roles, another school of its municipality, and so on. Anywhere is for operations
// without a tenant in their path.
type row struct {
	Permission   string   `yaml:"permission"`
	School       []string `yaml:"school,flow,omitempty"`
	Sibling      []string `yaml:"sibling,flow,omitempty"`
	Municipality []string `yaml:"municipality,flow,omitempty"`
	OtherSchool  []string `yaml:"other_school,flow,omitempty"`
	Other        []string `yaml:"other_municipality,flow,omitempty"`
	Union        []string `yaml:"union,flow,omitempty"`
	Platform     []string `yaml:"platform,flow,omitempty"`
	Anywhere     []string `yaml:"anywhere,flow,omitempty"`
}

// at returns the part of the row that is about one place.
func (r *row) at(place string) *[]string {
	return map[string]*[]string{
		"school": &r.School, "sibling": &r.Sibling, "municipality": &r.Municipality, "other_school": &r.OtherSchool,
		"other_municipality": &r.Other, "union": &r.Union, "platform": &r.Platform, "anywhere": &r.Anywhere,
	}[place]
}

// Beside one person for each role there are two whom a dialogue of the school makes something more.
const (
	leads     = "facilitator_of_it" // its leader, who facilitates it and owns an action
	takesPart = "participant_of_it" // its TR
)

// uncounted are the actions about which a policy is silent, so that no count tells that it was asked.
var uncounted = []string{"round.ticket", "experience.ticket", "confidential.choose", "confidential.write", "confidential.receive", "contribution.add", "board.change", "ballot.cast", "agreement.answer",
	"pre_meeting.list", "pre_meeting.create", "pre_meeting.hand_over", "input.send", "input.answer"}

// matrix is the demo with somebody in each role.
type matrix struct {
	*journey
	tenants map[string]tenant.ID // by place
	names   []string
	people  map[string]access.Subject
	ids     map[string]string // path parameters that lead to something at the school
}

// TestPermissionMatrix sends each described operation as each role at each place and holds who was let in against
// api-specs/permissions.yaml. An operation without a row fails, and so does a row without an operation; so does an
// operation whose handler asks for another permission than its description says.
func TestPermissionMatrix(t *testing.T) {
	m := newMatrix(t)
	raw, err := os.ReadFile(apitest.File("permissions.yaml"))
	require.NoError(t, err)
	expected := map[string]row{}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&expected))

	stays(t, expected)
	for _, o := range apitest.Operations(t) {
		name := o.Service + "/" + o.ID
		want, ok := expected[name]
		delete(expected, name)
		if o.Permission == "public" { // needs no role, and is tried where it is served
			if !ok || want.Permission != o.Permission {
				t.Errorf("%s: api-specs/permissions.yaml does not say that it is public", name)
			}
			continue
		}
		before := m.asked(o)
		seen := m.observe(o)
		if m.asked(o) == before && !slices.Contains(uncounted, o.Permission) && !strings.HasPrefix(o.Permission, "service:") {
			t.Errorf("%s: its handler never asked for %s", name, o.Permission)
		}
		got, err := yaml.Marshal(map[string]row{name: seen})
		require.NoError(t, err)
		reviewed, err := yaml.Marshal(map[string]row{name: want})
		require.NoError(t, err)
		if !ok || string(got) != string(reviewed) {
			t.Errorf("api-specs/permissions.yaml says\n%sbut these were let in; review it:\n%s", reviewed, got)
		}
	}
	for name := range expected {
		t.Errorf("api-specs/permissions.yaml has a row for %s, which no description has", name)
	}
}

// stays fails where a tightening could take an action away from everybody at a place, from somebody who does not have it
// in the first place, or from the staff and their representatives.
func stays(t *testing.T, rows map[string]row) {
	for action, roles := range access.Tightenable() {
		had := map[string]bool{}
		for _, r := range rows {
			if r.Permission != action {
				continue
			}
			for _, place := range []string{"school", "municipality"} {
				may := *r.at(place)
				for _, role := range may {
					had[role] = true
				}
				left := slices.DeleteFunc(slices.Clone(may), func(role string) bool {
					return slices.Contains(roles, role) || role == leads || role == takesPart
				})
				if len(may) > 0 && len(left) == 0 && action != "api_key.create" { // a school can do without its own keys
					t.Errorf("%s can be taken away from everybody at the %s", action, place)
				}
			}
		}
		for _, role := range roles {
			if !had[role] || slices.Contains([]string{access.Employee, access.UnionRepresentative, access.SafetyRepresentative}, role) {
				t.Errorf("%s can be taken away from %s", action, role)
			}
		}
	}
}

func newMatrix(t *testing.T) *matrix {
	m := &matrix{journey: startDemo(t), tenants: map[string]tenant.ID{}, people: map[string]access.Subject{}, ids: map[string]string{}}
	m.places()
	m.cast()
	m.things()
	return m
}

// places finds the demo's organisations, from people who live in them.
func (m *matrix) places() {
	north, south := m.known("birgit.kommune").Tenant, m.known("karl.kommune").Tenant
	var operator tenancyapi.Organisation
	m.get("tenancy", north, "/organisation", &operator)
	m.tenants = map[string]tenant.ID{
		"platform": tenant.ID(*operator.ParentID), "municipality": north, "other_municipality": south, "union": m.known("ulrik.union").Tenant,
		"school": m.beneath(north, "Strandagerskolen"), "sibling": m.beneath(north, "Bakkehøjskolen"), "other_school": m.beneath(south, ""),
	}
}

// known returns one of the demo's people as the portal finds them at sign-in.
func (m *matrix) known(login string) access.Subject {
	m.t.Helper()
	portal := m.services.AsService(m.services.Person, access.Portal)
	var who tenancyapi.SignedIn
	require.NoError(m.t, portal.Call(m.t.Context(), "tenancy", http.MethodPost, "/v1/sign-ins/match",
		tenancyapi.SignIn{Issuer: demo.Issuer, Login: login}, &who))
	return access.Subject{ID: who.PersonID, Tenant: tenant.ID(who.TenantID)}
}

// beneath returns the first organisation beneath an operator whose name begins so.
func (m *matrix) beneath(operator tenant.ID, name string) tenant.ID {
	m.t.Helper()
	var list tenancyapi.OrganisationList
	m.get("tenancy", operator, "/organisations", &list)
	i := slices.IndexFunc(list.Items, func(o tenancyapi.Organisation) bool { return strings.HasPrefix(o.Name, name) })
	require.GreaterOrEqual(m.t, i, 0, name)
	return tenant.ID(list.Items[i].OrganisationID)
}

// get reads what belongs to a tenant as the portal.
func (m *matrix) get(service string, of tenant.ID, path string, out any) {
	m.t.Helper()
	require.NoError(m.t, m.services.AsService(m.services.Person, access.Portal).Get(m.t.Context(), service, "/v1/tenants/"+string(of)+path, out))
}

// home says where each role of the matrix is held. The auditor is the municipality's.
func (m *matrix) home(role string) (scope tenant.ID, operator tenant.ID) {
	switch role {
	case access.PlatformOperator:
		return m.tenants["platform"], m.tenants["platform"]
	case access.UnionAnalyst:
		return m.tenants["union"], m.tenants["union"]
	case access.MunicipalAdministrator, access.MunicipalAnalyst, access.Auditor:
		return m.tenants["municipality"], m.tenants["municipality"]
	}
	return m.tenants["school"], m.tenants["municipality"]
}

// cast hires somebody for each role, and waits until every service knows.
func (m *matrix) cast() {
	setup := m.services.AsSetup()
	var units tenancyapi.UnitList
	m.get("tenancy", m.tenants["school"], "/units", &units)
	m.ids["unit_id"] = units.Items[0].UnitID
	for _, role := range access.Roles() {
		scope, operator := m.home(role)
		p, a := m.hire(setup, role, scope, operator)
		m.people[role] = access.Subject{ID: p.PersonID, Tenant: operator}
		m.ids["person_id"], m.ids["assignment_id"] = p.PersonID, a.AssignmentID
	}
	m.people[leads], m.people[takesPart] = m.known("lene.leder"), m.known("thomas.tr")
	m.names = append(access.Roles(), leads, takesPart)

	// The requests of the matrix may be about somebody who is nobody else in it.
	p, a := m.hire(setup, access.TextReader, m.tenants["school"], m.tenants["municipality"])
	m.ids["person_id"], m.ids["assignment_id"] = p.PersonID, a.AssignmentID

	// The one hired last opens a door in each service that keeps a copy of who has which role.
	last := m.services.As(m.people[access.LearnerRepresentative].ID, m.tenants["municipality"])
	require.NoError(m.t, caller.Eventually(m.t.Context(), "roles reach dialogue", func() (bool, error) {
		err := last.Get(m.t.Context(), "dialogue", "/v1/tenants/"+string(m.tenants["school"])+"/dialogues", nil)
		return err == nil, err
	}))
	guide := m.services.As(m.people[access.ITGuide].ID, m.tenants["municipality"])
	for service, path := range map[string]string{"intake": "/technologies", "notification": "/quiet-hours"} {
		require.NoError(m.t, caller.Eventually(m.t.Context(), "roles reach "+service, func() (bool, error) {
			err := guide.Get(m.t.Context(), service, "/v1/tenants/"+string(m.tenants["school"])+path, nil)
			return err == nil, err
		}))
	}
	unionist := m.services.As(m.people[access.UnionAnalyst].ID, m.tenants["union"])
	require.NoError(m.t, caller.Eventually(m.t.Context(), "roles reach reporting", func() (bool, error) {
		err := unionist.Get(m.t.Context(), "reporting", "/v1/tenants/"+string(m.tenants["union"])+"/benchmark", nil)
		return err == nil, err
	}))
}

func (m *matrix) hire(setup caller.Actor, role string, scope, operator tenant.ID) (p tenancyapi.Person, a tenancyapi.RoleAssignment) {
	m.t.Helper()
	base := "/v1/tenants/" + string(operator)
	login := "matrix." + uuid.NewString()
	require.NoError(m.t, setup.Create(m.t.Context(), "tenancy", base+"/persons",
		tenancyapi.NewPerson{Name: "Matrix " + role, Login: login, Email: login + "@demo.example", Language: "da"}, &p))
	in := tenancyapi.NewRoleAssignment{PersonID: p.PersonID, Role: tenancyapi.Role(role), Scope: string(scope)}
	if role == access.Employee {
		unit := m.ids["unit_id"]
		in.UnitID = &unit
		if group := tenancyapi.StaffGroup(m.ids["staff_group"]); group != "" {
			in.StaffGroup = &group
		}
	}
	require.NoError(m.t, setup.Create(m.t.Context(), "tenancy", base+"/role-assignments", in, &a))
	return p, a
}

// things finds what the school has, as its leader.
func (m *matrix) things() {
	leader := m.services.As(m.people[leads].ID, m.people[leads].Tenant)
	read := func(service, path string, out any) {
		m.t.Helper()
		require.NoError(m.t, leader.Get(m.t.Context(), service, "/v1/tenants/"+string(m.tenants["school"])+path, out))
	}
	var technologies intakeapi.TechnologyList
	var rounds intakeapi.RoundList
	var releases reportingapi.ReleaseList
	var dialogues dialogueapi.DialogueList
	var forums tenancyapi.ForumList
	read("intake", "/technologies", &technologies)
	read("intake", "/rounds", &rounds)
	read("reporting", "/releases", &releases)
	read("dialogue", "/dialogues", &dialogues)
	read("tenancy", "/forums", &forums)
	i := slices.IndexFunc(dialogues.Items, func(d dialogueapi.Dialogue) bool {
		var own dialogueapi.ActionList
		read("dialogue", "/dialogues/"+d.DialogueID+"/actions", &own)
		return d.State == "follow_up" && slices.ContainsFunc(own.Items, func(a dialogueapi.Action) bool { return a.OwnerID == m.people[leads].ID })
	})
	require.GreaterOrEqual(m.t, i, 0, "a dialogue with minutes")
	dialogue := "/dialogues/" + dialogues.Items[i].DialogueID

	var whole dialogueapi.Dialogue
	var actions dialogueapi.ActionList
	var decisions dialogueapi.DecisionList
	var agreements dialogueapi.AgreementList
	read("dialogue", dialogue, &whole)
	read("dialogue", dialogue+"/actions", &actions)
	read("dialogue", dialogue+"/decisions", &decisions)
	read("dialogue", dialogue+"/agreements", &agreements)
	own := slices.IndexFunc(actions.Items, func(a dialogueapi.Action) bool { return a.OwnerID == m.people[leads].ID })
	require.GreaterOrEqual(m.t, own, 0, "an action of the leader")
	maps.Copy(m.ids, map[string]string{
		"technology_id": technologies.Items[0].TechnologyID, "round_id": rounds.Items[0].RoundID, "release_id": releases.Items[0].ReleaseID,
		"forum_id": forums.Items[0].ForumID, "dialogue_id": whole.DialogueID, "phase_id": whole.Phases[1].PhaseID,
		"action_id": actions.Items[own].ActionID, "decision_id": decisions.Items[0].DecisionID,
		"agreement_id": agreements.Items[0].AgreementID,
		"instrument":   "full", "playbook": "from-overview-to-measures", "version": "1",
	})
}

// observe sends an operation as everybody to every place.
func (m *matrix) observe(o apitest.Operation) row {
	seen := row{Permission: o.Permission}
	places := []string{"anywhere"}
	if strings.Contains(o.Path, "{tenant_id}") {
		places = slices.Sorted(maps.Keys(m.tenants))
	}
	for _, place := range places {
		var in []string
		for _, name := range m.names {
			if m.letIn(o, place, m.people[name]) {
				in = append(in, name)
			}
		}
		if len(in) == len(m.names) {
			in = []string{"everybody"}
		}
		*seen.at(place) = in
	}
	return seen
}

// What some operations must be told before they know what is asked for. All others get an empty body, and no
// operation is given a revision, so that next to nothing is changed.
var (
	queries = map[string]string{"tenancy/listRoleAssignments": "?scope={tenant_id}"}
	bodies  = map[string]string{
		"tenancy/createRoleAssignment": `{"person_id": "{person_id}", "role": "text_reader", "scope": "{tenant_id}"}`,
		"tenancy/leaveScope":           `{"scope": "{tenant_id}"}`,
	}
	snapshotKinds = map[string]string{"tenancy": "units", "dialogue": "dialogues"}
	parameter     = regexp.MustCompile(`\{[a-z_]+\}`)
)

// letIn tells whether the operation did something else than turn the person away.
func (m *matrix) letIn(o apitest.Operation, place string, s access.Subject) bool {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), time.Minute)
	defer cancel() // ends a stream, too
	response := m.try(ctx, o, place, s)
	defer response.Body.Close()
	require.NotEqual(m.t, http.StatusMethodNotAllowed, response.StatusCode, "%s", response.Request.URL)
	switch response.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return false
	}
	return true
}

// try sends an operation about a place's tenant as somebody whom the portal knows.
func (m *matrix) try(ctx context.Context, o apitest.Operation, place string, s access.Subject) *http.Response {
	m.t.Helper()
	fill := func(text string) string {
		return parameter.ReplaceAllStringFunc(text, func(part string) string {
			name := strings.Trim(part, "{}")
			switch id := m.ids[name]; {
			case name == "tenant_id":
				return string(m.tenants[place])
			case name == "kind":
				return snapshotKinds[o.Service]
			case id != "":
				return id
			}
			return uuid.NewString() // of nothing that there is
		})
	}
	name, address := o.Service+"/"+o.ID, m.world.addresses[o.Service]
	var body io.Reader
	if o.Method != http.MethodGet && o.Method != http.MethodDelete {
		body = strings.NewReader(fill(cmp.Or(bodies[name], "{}")))
	}
	request, err := http.NewRequestWithContext(ctx, o.Method, address.Base+fill(o.Path+queries[name]), body)
	require.NoError(m.t, err)
	s.Recent = true // roles are what this is about, not how long ago somebody signed in
	token, err := m.services.Person.Token(o.Service, s)
	require.NoError(m.t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Idempotency-Key", uuid.NewString())
	request.Header.Set("Content-Type", "application/json")
	response, err := address.Client.Do(request)
	require.NoError(m.t, err)
	require.Less(m.t, response.StatusCode, 500, "%s", request.URL)
	return response
}

// asked returns how often a service's policy was asked about the operation's permission.
func (m *matrix) asked(o apitest.Operation) (times float64) {
	m.t.Helper()
	families, err := m.world.registry.Gather()
	require.NoError(m.t, err)
	for _, family := range families {
		if family.GetName() != "guldkorn_access_decisions_total" {
			continue
		}
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, label := range metric.GetLabel() {
				labels[label.GetName()] = label.GetValue()
			}
			if labels["policy"] == o.Service && labels["action"] == o.Permission {
				times += metric.GetCounter().GetValue()
			}
		}
	}
	return times
}
