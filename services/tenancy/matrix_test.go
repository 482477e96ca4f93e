package tenancy

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/accesstest"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
)

func TestRego(t *testing.T) { accesstest.RunRego(t, ".") }

var (
	inSchool = []string{
		access.SchoolAdministrator, access.Leader, access.Employee, access.UnionRepresentative, access.SafetyRepresentative,
		access.ForumMember, access.Facilitator, access.TextReader,
		access.ITGuide, access.LearnerRepresentative,
	}
	readingServices = []string{"setup", "portal", "intake", "reporting", "dialogue", "notification"}
)

// TestPolicyAgreesWithATableInGo holds the policy against the same rules written a second time.
func TestPolicyAgreesWithATableInGo(t *testing.T) {
	authorizer, err := access.NewAuthorizer(t.Context(), Name, policy)
	require.NoError(t, err)
	administrators := []string{access.MunicipalAdministrator, access.SchoolAdministrator}
	installers := []string{access.PlatformOperator, access.MunicipalAdministrator}
	deleters := []string{access.MunicipalAdministrator, access.PlatformOperator}
	keepers := []string{access.SchoolAdministrator, access.UnionRepresentative, access.SafetyRepresentative, access.Auditor,
		access.MunicipalAdministrator, access.PlatformOperator}
	accesstest.Table{
		Permissions: map[string][]string{
			"organisation.create":     {access.PlatformOperator, access.MunicipalAdministrator},
			"organisation.change":     administrators,
			"organisation.list":       {access.PlatformOperator, access.MunicipalAdministrator, access.MunicipalAnalyst, access.Auditor},
			"organisation.read":       access.Roles(),
			"unit.create":             administrators,
			"unit.change":             administrators,
			"unit.read":               append([]string{access.MunicipalAdministrator}, inSchool...),
			"staff.read":              {access.SchoolAdministrator, access.Leader, access.UnionRepresentative, access.SafetyRepresentative},
			"staff.hire":              {access.SchoolAdministrator},
			"person.create":           {access.PlatformOperator, access.MunicipalAdministrator},
			"person.list":             {access.MunicipalAdministrator},
			"person.read":             {access.MunicipalAdministrator},
			"person.rectify":          {access.MunicipalAdministrator},
			"person.erase":            {access.MunicipalAdministrator},
			"person.reinstate":        {access.MunicipalAdministrator},
			"data_request.list":       {access.MunicipalAdministrator},
			"data_request.answer":     {access.MunicipalAdministrator},
			"tenant.export":           administrators,
			"deletion.request":        deleters,
			"deletion.cancel":         deleters,
			"deletion.read":           append([]string{access.Auditor}, deleters...),
			"person.lookup":           append([]string{access.MunicipalAdministrator}, inSchool...),
			"import.create":           {access.MunicipalAdministrator},
			"import.read":             {access.MunicipalAdministrator},
			"import.apply":            {access.MunicipalAdministrator},
			"import.cancel":           {access.MunicipalAdministrator},
			"role_assignment.create":  administrators,
			"role_assignment.end":     administrators,
			"role_assignment.read_tr": administrators,
			"role_assignment.read":    append([]string{access.PlatformOperator, access.Auditor}, administrators...),
			"api_key.create":          administrators,
			"api_key.list":            administrators,
			"api_key.revoke":          administrators,
			"sign_in_provider.create": installers,
			"sign_in_provider.read":   installers,
			"sign_in_provider.change": installers,
			"sign_in_provider.delete": installers,
			"forum.create":            {access.SchoolAdministrator, access.Leader},
			"forum.change":            {access.SchoolAdministrator, access.Leader},
			"forum.read":              inSchool,
			"dead_letter.count":       installers,
			"audit.read":              keepers,
			"audit.export":            keepers,
			"branding.change":         {access.MunicipalAdministrator},
			"tightening.change":       {access.MunicipalAdministrator},
			"provisioning.change":     {access.MunicipalAdministrator},
			"provisioning.read":       {access.MunicipalAdministrator, access.Auditor},
			"tightening.read": append([]string{access.Leader, access.UnionRepresentative, access.SafetyRepresentative, access.Auditor},
				administrators...),
		},
		Services: map[string][]string{
			"platform.create": {"setup"}, "organisation.create": {"setup"}, "unit.create": {"setup"}, "person.create": {"setup"},
			"role_assignment.create": {"setup"}, "forum.create": {"setup"}, "sign_in.match": {"portal"}, "api_key.match": {"portal"},
			"sign_in_provider.offer": {"portal"}, "sign_in_provider.use": {"portal"}, "set_up.use": {"portal"},
			"organisation.list": readingServices, "organisation.read": readingServices, "unit.read": readingServices,
			"person.lookup": {"intake", "reporting", "dialogue", "notification"}, "forum.read": {"dialogue", "notification"},
			"snapshot.read": {"intake", "reporting", "dialogue", "notification"},
		},
		Keys: map[string][]string{
			"organisation.list": {access.ScopeOrganisation}, "organisation.read": {access.ScopeOrganisation}, "unit.read": {access.ScopeOrganisation},
			"person.list": {access.ScopePeople}, "person.read": {access.ScopePeople}, "staff.read": {access.ScopePeople},
			"scim.read": {access.ScopeProvisioning}, "scim.provision": {access.ScopeProvisioning}, "scim.deactivate": {access.ScopeProvisioning},
			"scim.assign": {access.ScopeProvisioning}, "scim.unassign": {access.ScopeProvisioning},
		},
		SignedIn: []string{"me.read", "me.export", "me.union", "me.request"},
		Sensitive: func(action string, r access.Resource) bool {
			administers := slices.Contains([]any{access.PlatformOperator, access.MunicipalAdministrator, access.SchoolAdministrator}, r.Attributes["role"])
			return slices.Contains([]string{"api_key.create", "sign_in_provider.create", "sign_in_provider.change", "sign_in_provider.delete", "provisioning.change", "person.erase",
				"tenant.export", "deletion.request"}, action) ||
				(action == "role_assignment.create" || action == "staff.hire") && administers
		},
		Extra: func(s access.Subject, action string, r access.Resource, allowed bool) bool {
			own := s.IsPerson() && r.Attributes["person_id"] == s.ID
			switch action {
			case "person.read":
				return allowed || own || looksAfter(s, r)
			case "person.rectify":
				return allowed || own && r.Attributes["language_only"] == true || looksAfter(s, r)
			case "person.list", "person.lookup", "person.erase", "person.reinstate", "data_request.list", "data_request.answer":
				return allowed || looksAfter(s, r)
			case "role_assignment.create", "staff.hire":
				return allowed && !own
			case "forum.create", "forum.change", "forum.read":
				return allowed || s.IsPerson() && s.Has(access.MunicipalAdministrator, r.Tenant)
			case "audit.read", "audit.export":
				return allowed && slices.ContainsFunc(keepers, func(role string) bool { return s.Has(role, r.Tenant) })
			case "api_key.create", "api_key.list", "api_key.revoke":
				return allowed && slices.ContainsFunc(s.Assignments, func(a access.Assignment) bool {
					return a.Scope == r.Tenant && slices.Contains(administrators, a.Role)
				})
			case "tenant.export", "deletion.request", "deletion.cancel", "deletion.read":
				here := map[string][]string{
					"tenant.export": administrators, "deletion.request": deleters, "deletion.cancel": deleters, "deletion.read": append([]string{access.Auditor}, deleters...),
				}[action]
				return allowed && slices.ContainsFunc(here, func(role string) bool { return s.Has(role, r.Tenant) })
			case "staff.read", "scim.read", "scim.provision", "scim.deactivate":
				return allowed && (!s.Key || s.Tenant == r.Tenant)
			case "provisioning.change", "provisioning.read":
				return allowed && (s.Has(access.MunicipalAdministrator, r.Tenant) || action == "provisioning.read" && s.Has(access.Auditor, r.Tenant))
			case "scim.assign", "scim.unassign": // nothing here is granted; policy_test.rego has that
				return allowed && (r.Attributes["role"] == access.Employee || r.Attributes["role"] == access.Leader)
			}
			return allowed
		},
	}.Check(t, authorizer)
}

// looksAfter tells whether somebody runs the platform, and the resource is people who live there or with a union.
func looksAfter(s access.Subject, r access.Resource) bool {
	kind := r.Attributes["home_kind"]
	return s.IsPerson() && (kind == kindPlatform || kind == kindUnion) && slices.ContainsFunc(s.Assignments, func(a access.Assignment) bool {
		return a.Role == access.PlatformOperator && slices.Contains(r.Path, a.Scope)
	})
}

// operation is one request that is well-formed for everybody; who may send it is the question.
type operation struct {
	name   string
	may    []string // people, by the names of newWorld, and services
	send   func(w *world, by actor) answer
	status int // of the answer to those who may
}

// outside are people who have nothing to do with the school.
var outside = []string{"southern administrator", "sister's administrator", "away administrator"}

func operations() []operation {
	everybodyHere := append([]string{"platform_operator", "municipal_administrator", "municipal_analyst", "auditor"}, inSchool...)
	get := func(path func(w *world) string) func(*world, actor) answer {
		return func(w *world, by actor) answer { return w.call(by, "GET", path(w), nil) }
	}
	school := func(rest string) func(w *world) string { return func(w *world) string { return at(w.school, rest) } }
	return []operation{
		{"create the platform", []string{"setup"}, func(w *world, by actor) answer {
			return w.call(by, "POST", "/v1/platform", tenancyapi.NewPlatform{Name: "Again", Language: "da"})
		}, http.StatusConflict},
		{"read the organisation", append(slices.Clone(readingServices), everybodyHere...), get(school("/organisation")), 200},
		{"change the organisation", []string{"municipal_administrator", "school_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "PATCH", at(w.school, "/organisation"), tenancyapi.OrganisationChange{LearnerWord: ptr("elever")}, ifMatch(1))
		}, 200},
		{"say what the municipality shows", []string{"municipal_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "PUT", at(w.north, "/branding"), tenancyapi.NewBranding{ShownName: ptr("Nord")}, ifMatch(1))
		}, 200},
		{"read what the municipality shows", append([]string{"platform_operator", "municipal_administrator", "municipal_analyst", "auditor"}, readingServices...), get(func(w *world) string {
			return at(w.north, "/branding")
		}), 200},
		{"create a municipality", []string{"setup", "platform_operator"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.platform, "/organisations"), tenancyapi.NewOrganisation{Kind: "municipality", Name: "Ny", Language: "da"})
		}, 201},
		{"create a school", []string{"setup", "platform_operator", "municipal_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.north, "/organisations"), tenancyapi.NewOrganisation{
				Kind: "school", Name: "Ny", Language: "da", InstitutionType: ptr(tenancyapi.InstitutionType("gymnasium"))})
		}, 201},
		{"list the municipality's schools", append(append([]string{"sister's administrator"}, readingServices...), everybodyHere...), get(func(w *world) string {
			return at(w.north, "/organisations")
		}), 200},
		{"create a unit", []string{"setup", "municipal_administrator", "school_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.school, "/units"), tenancyapi.NewUnit{Name: "Ny"})
		}, 201},
		{"change a unit", []string{"municipal_administrator", "school_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "PATCH", at(w.school, "/units/"+w.unit), tenancyapi.UnitChange{Name: ptr("Indskoling")}, ifMatch(2))
		}, 200},
		{"list units", append(append([]string{"municipal_administrator"}, inSchool...), readingServices...), get(school("/units")), 200},
		{"read a unit", append(append([]string{"municipal_administrator"}, inSchool...), readingServices...), get(func(w *world) string {
			return at(w.school, "/units/"+w.unit)
		}), 200},
		{"list the staff", []string{"school_administrator", "leader", "tr", "amr"}, get(school("/staff")), 200},
		{"hire somebody", []string{"school_administrator"}, func(w *world, by actor) answer {
			w.counter++
			return w.call(by, "POST", at(w.school, "/staff"), tenancyapi.NewStaffMember{
				Name: ptr("Ny"), Email: ptr("ny@example.dk"), Login: fmt.Sprintf("new%d", w.counter), Role: "facilitator"})
		}, 201},
		{"register a person", []string{"setup", "platform_operator", "municipal_administrator"}, func(w *world, by actor) answer {
			w.counter++
			return w.call(by, "POST", at(w.north, "/persons"), tenancyapi.NewPerson{
				Name: "Ny", Email: "ny@example.dk", Login: fmt.Sprintf("new%d", w.counter), Language: "da"})
		}, 201},
		{"list people", []string{"municipal_administrator"}, get(func(w *world) string { return at(w.north, "/persons") }), 200},
		{"read a person", []string{"municipal_administrator", "tr"}, get(func(w *world) string {
			return at(w.north, "/persons/"+w.people["tr"].subject.ID)
		}), 200},
		{"correct a person", []string{"municipal_administrator"}, func(w *world, by actor) answer {
			p := w.person(w.north, "Ny").subject.ID
			return w.call(by, "PATCH", at(w.north, "/persons/"+p), tenancyapi.PersonChange{Name: ptr("Rettet")}, ifMatch(1))
		}, 200},
		{"erase a person", []string{"municipal_administrator"}, func(w *world, by actor) answer {
			p := w.person(w.north, "Ny").subject.ID
			return w.call(by, "POST", at(w.north, "/persons/"+p+"/erase"), nil, ifMatch(1))
		}, 200},
		{"lift a person's suspension", []string{"municipal_administrator"}, func(w *world, by actor) answer {
			p := w.person(w.north, "Ny").subject.ID
			return w.call(by, "POST", at(w.north, "/persons/"+p+"/reinstate"), nil, ifMatch(1))
		}, 200},
		{"answer a request", []string{"municipal_administrator"}, func(w *world, by actor) answer {
			asked := read[tenancyapi.DataRequest](w.t, w.ask(w.person(w.north, "Ny"), "rectification", "Det er forkert."))
			return w.call(by, "POST", at(w.north, "/data-requests/"+asked.RequestID+"/answer"), tenancyapi.DataRequestAnswer{Outcome: "done"}, ifMatch(1))
		}, 200},
		{"list what was asked for", []string{"municipal_administrator"}, get(func(w *world) string { return at(w.north, "/data-requests") }), 200},
		{"take everything of the school along", []string{"school_administrator"}, get(school("/export")), 200},
		{"take everything of the municipality along", []string{"municipal_administrator"}, get(func(w *world) string { return at(w.north, "/export") }), 200},
		{"ask for a school's deletion", []string{"municipal_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "PUT", at(w.north, "/deletions/"+string(w.sister)), tenancyapi.NewDeletion{Name: "Søsterskolen"})
		}, 200},
		{"ask for an operator's deletion", []string{"platform_operator"}, func(w *world, by actor) answer {
			return w.call(by, "PUT", at(w.platform, "/deletions/"+string(w.south)), tenancyapi.NewDeletion{Name: "Sydby"})
		}, 200},
		{"list deletions", []string{"municipal_administrator", "auditor"}, get(func(w *world) string { return at(w.north, "/deletions") }), 200},
		{"read a deletion", []string{"municipal_administrator", "auditor"}, get(func(w *world) string {
			w.deletion(w.sister, "Søsterskolen")
			return at(w.north, "/deletions/"+string(w.sister))
		}), 200},
		{"cancel a deletion", []string{"municipal_administrator"}, func(w *world, by actor) answer {
			d := w.deletion(w.sister, "Søsterskolen")
			return w.call(by, "DELETE", at(w.north, "/deletions/"+string(w.sister)), nil, ifMatch(d.Revision))
		}, 200},
		{"look up names in the school", append([]string{"municipal_administrator", "intake", "reporting", "dialogue", "notification"}, inSchool...), func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.school, "/persons/lookup"), tenancyapi.PersonLookup{PersonIds: []string{w.people["tr"].subject.ID}})
		}, 200},
		{"look up names in the municipality", []string{"municipal_administrator", "intake", "reporting", "dialogue", "notification"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.north, "/persons/lookup"), tenancyapi.PersonLookup{PersonIds: []string{w.people["tr"].subject.ID}})
		}, 200},
		{"give a role in the school", []string{"setup", "municipal_administrator", "school_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
				PersonID: w.person(w.north, "Ny").subject.ID, Role: "facilitator", Scope: string(w.school)})
		}, 201},
		{"give a role in the municipality", []string{"setup", "platform_operator", "municipal_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.north, "/role-assignments"), tenancyapi.NewRoleAssignment{
				PersonID: w.person(w.north, "Ny").subject.ID, Role: "municipal_analyst", Scope: string(w.north)})
		}, 201},
		{"list the roles in the school", []string{"auditor", "platform_operator", "municipal_administrator", "school_administrator"}, get(func(w *world) string {
			return at(w.north, "/role-assignments?scope="+string(w.school))
		}), 200},
		{"list a person's roles", []string{"auditor", "platform_operator", "municipal_administrator", "school_administrator", "sister's administrator"}, get(func(w *world) string {
			return at(w.north, "/role-assignments?person_id="+w.people["tr"].subject.ID)
		}), 200},
		{"end a role in the school", []string{"municipal_administrator", "school_administrator"}, func(w *world, by actor) answer {
			a := w.assign(w.person(w.north, "Ny"), "facilitator", w.school, "")
			return w.end(by, a, nil)
		}, 200},
		{"make a key", []string{"school_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.school, "/api-keys"), keyInput(access.ScopeOrganisation))
		}, 201},
		{"make the municipality's key", []string{"municipal_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.north, "/api-keys"), keyInput(access.ScopePeople))
		}, 201},
		{"list keys", []string{"school_administrator"}, get(school("/api-keys")), 200},
		{"revoke a key", []string{"school_administrator"}, func(w *world, by actor) answer {
			k := w.newKey(w.people["school_administrator"], w.school, access.ScopePeople)
			return w.call(by, "POST", at(w.school, "/api-keys/"+k.Key.KeyID+"/revoke"), nil)
		}, 200},
		{"match a key", []string{"portal"}, func(w *world, by actor) answer {
			k := w.newKey(w.people["school_administrator"], w.school, access.ScopePeople)
			return w.call(by, "POST", "/v1/api-keys/match", tenancyapi.SentAPIKey{Secret: k.Secret})
		}, 200},
		{"create a forum", []string{"setup", "school_administrator", "leader"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.school, "/forums"), tenancyapi.NewForum{Kind: "trio", Name: "Trio", Mandate: "advises",
				Members: []tenancyapi.ForumMember{{PersonID: w.people["leader"].subject.ID, Role: "leader"}}})
		}, 201},
		{"list forums", append([]string{"dialogue", "notification"}, inSchool...), get(school("/forums")), 200},
		{"read a forum", append([]string{"dialogue", "notification"}, inSchool...), get(func(w *world) string {
			return at(w.school, "/forums/"+w.forum.ForumID)
		}), 200},
		{"seat a forum", []string{"school_administrator", "leader"}, func(w *world, by actor) answer {
			f := read[tenancyapi.Forum](w.t, w.call(service("dialogue"), "GET", at(w.school, "/forums/"+w.forum.ForumID), nil))
			return w.call(by, "PUT", at(w.school, "/forums/"+w.forum.ForumID+"/members"), tenancyapi.ForumMembers{Members: f.Members}, ifMatch(f.Revision))
		}, 200},
		{"change a forum", []string{"school_administrator", "leader"}, func(w *world, by actor) answer {
			f := read[tenancyapi.Forum](w.t, w.call(service("dialogue"), "GET", at(w.school, "/forums/"+w.forum.ForumID), nil))
			return w.call(by, "PATCH", at(w.school, "/forums/"+w.forum.ForumID), tenancyapi.ForumChange{Name: ptr("MED")}, ifMatch(f.Revision))
		}, 200},
		{"end a forum", []string{"school_administrator", "leader"}, func(w *world, by actor) answer {
			f := w.newForum(w.school, "trio", nil)
			return w.call(by, "POST", at(w.school, "/forums/"+f.ForumID+"/end"), nil, ifMatch(f.Revision))
		}, 200},
		{"list the forums above", append([]string{"dialogue", "notification"}, inSchool...), get(school("/forum-parents")), 200},
		{"have forums proposed", []string{"setup", "school_administrator", "leader"}, get(school("/forum-proposals")), 200},
		{"create what was proposed", []string{"setup", "school_administrator", "leader"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.school, "/forum-structures"), tenancyapi.NewForumStructure{Structure: "med"})
		}, 201},
		{"create a forum of the municipality", []string{"setup", "municipal_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.north, "/forums"), tenancyapi.NewForum{Kind: "med", Name: "Hoved-MED", Mandate: "guideline",
				Members: []tenancyapi.ForumMember{{PersonID: w.people["leader"].subject.ID, Role: "chair"}}})
		}, 201},
		{"list the municipality's forums", []string{"municipal_administrator", "dialogue", "notification"}, get(func(w *world) string { return at(w.north, "/forums") }), 200},
		{"count what services could not take in", []string{"municipal_administrator", "platform_operator"}, get(func(w *world) string { return at(w.north, "/dead-letters") }), 200},
		{"read the school's audit log", []string{"school_administrator", "tr", "amr"}, get(school("/audit-entries")), 200},
		{"read the municipality's audit log", []string{"municipal_administrator", "auditor"}, get(func(w *world) string { return at(w.north, "/audit-entries") }), 200},
		{"export the school's audit log", []string{"school_administrator", "tr", "amr"}, get(school("/audit-export?format=csv")), 200},
		{"verify the school's audit log", []string{"school_administrator", "tr", "amr"}, get(school("/audit-verification")), 200},
		{"add a sign-in provider", []string{"platform_operator", "municipal_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "POST", at(w.north, "/sign-in-providers"), providerInput())
		}, 201},
		{"list sign-in providers", []string{"platform_operator", "municipal_administrator"}, get(func(w *world) string { return at(w.north, "/sign-in-providers") }), 200},
		{"read a sign-in provider", []string{"platform_operator", "municipal_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "GET", at(w.north, "/sign-in-providers/"+w.provider(w.north).ProviderID), nil)
		}, 200},
		{"change a sign-in provider", []string{"platform_operator", "municipal_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "PATCH", at(w.north, "/sign-in-providers/"+w.provider(w.north).ProviderID), tenancyapi.SignInProviderChange{Enabled: ptr(false)}, ifMatch(1))
		}, 200},
		{"remove a sign-in provider", []string{"platform_operator", "municipal_administrator"}, func(w *world, by actor) answer {
			return w.call(by, "DELETE", at(w.north, "/sign-in-providers/"+w.provider(w.north).ProviderID), nil)
		}, 204},
		{"use a sign-in provider", []string{"portal"}, func(w *world, by actor) answer {
			return w.call(by, "GET", at(w.north, "/sign-in-providers/"+w.provider(w.north).ProviderID+"/client"), nil)
		}, 200},
		{"offer sign-in providers", []string{"portal"}, get(func(*world) string { return "/v1/sign-in-providers" }), 200},
		{"check the set-up", []string{"portal"}, func(w *world, by actor) answer {
			return w.call(by, "POST", "/v1/set-up/check", tenancyapi.SetUpLink{Link: "none that there is"})
		}, http.StatusNotFound},
		{"set up the platform", []string{"portal"}, func(w *world, by actor) answer {
			return w.call(by, "PUT", "/v1/set-up", firstOperator("none that there is"))
		}, http.StatusNotFound},
		{"match a sign-in", []string{"portal"}, func(w *world, by actor) answer {
			return w.call(by, "POST", "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: "demo", Login: "nobody"})
		}, http.StatusNotFound},
		{"read a snapshot", []string{"intake", "reporting", "dialogue", "notification"}, get(func(*world) string {
			return "/v1/snapshots/role-assignments"
		}), 200},
		{"read oneself", append(append(append([]string{"union_analyst"}, everybodyHere...), outside...), []string{}...), get(func(*world) string { return "/v1/me" }), 200},
	}
}

// TestPermissionMatrix sends every operation as everybody: each role of the path at its own place, people of other
// schools and municipalities, every service, and nobody.
func TestPermissionMatrix(t *testing.T) {
	w := newWorld(t)
	names := append(append(access.Roles(), outside...), callers...)
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			for _, name := range names {
				by, ok := w.people[name]
				if !ok {
					by = service(name)
				}
				got := o.send(w, by)
				if slices.Contains(o.may, name) {
					require.Equal(t, o.status, got.status, "%s: %s", name, got.body)
				} else {
					require.Equal(t, http.StatusForbidden, got.status, "%s: %s", name, got.body)
				}
			}
			nobody := o.send(w, actor{})
			require.Equal(t, http.StatusUnauthorized, nobody.status, "%s", nobody.body)
			roleless := o.send(w, actor{"roleless", access.Subject{ID: "unknown", Tenant: w.north}})
			want := http.StatusForbidden
			if o.name == "read oneself" {
				want = http.StatusNotFound
			}
			require.Equal(t, want, roleless.status, "%s", roleless.body)
		})
	}
	for _, name := range names {
		if !slices.Contains(callers, name) {
			require.Contains(t, w.people, name, "newWorld has nobody for the role")
		}
	}
}

func TestNobodyGivesARoleToThemselves(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"school_administrator", "municipal_administrator", "platform_operator"} {
		by := w.people[name]
		got := w.call(by, "POST", at(by.subject.Tenant, "/role-assignments"), tenancyapi.NewRoleAssignment{PersonID: by.subject.ID, Role: "leader", Scope: string(w.school)})
		require.Equal(t, http.StatusForbidden, got.status, "%s: %s", name, got.body)
		login := read[tenancyapi.Person](t, w.call(by, "GET", at(by.subject.Tenant, "/persons/"+by.subject.ID), nil)).Login
		got = w.call(by, "POST", at(w.school, "/staff"), tenancyapi.NewStaffMember{Login: login, Role: "leader"})
		require.Equal(t, http.StatusForbidden, got.status, "%s: %s", name, got.body)
	}
}
