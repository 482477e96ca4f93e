package portal

import (
	"slices"
	"strings"

	"github.com/guldkorn/guldkorn/libs/access"
)

// menuItem is one link of the menu.
type menuItem struct {
	Key     string // of its text, or "" when Name is given
	Name    string
	Path    string
	Current bool
}

// place is a school, operator or union in which the person has roles.
type place struct{ id, name, kind string }

// places are the person's, each once, schools first.
func (s *session) places() []place {
	var all []place
	for _, r := range s.Roles {
		one := place{r.Scope, r.ScopeName, r.ScopeKind}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b place) int { return rank(a.kind) - rank(b.kind) })
	return all
}

func rank(kind string) int {
	return max(0, slices.Index([]string{"school", "municipality", "operator", "union", "platform"}, kind))
}

// path is where a place begins.
func (p place) path() string {
	switch p.kind {
	case "school":
		return schoolPath(p.id)
	case "municipality", "operator":
		return "/operators/" + p.id + "/follow-through"
	case "union":
		return "/unions/" + p.id + "/benchmark"
	case "platform":
		return levels["platform"].path(p.id)
	default:
		return "/"
	}
}

// here is the place that the request is about: the one in its path, or else the person's first.
func (v *visit) here() (place, bool) {
	all := v.session.places()
	if i := slices.IndexFunc(all, func(p place) bool { return p.id == v.param("tenant_id") }); i >= 0 {
		return all[i], true
	}
	if len(all) == 0 {
		return place{}, false
	}
	return all[0], true
}

// menu fills in the place and its menu.
func (v *visit) menu(out *view) {
	here, ok := v.here()
	if !ok {
		return
	}
	out.Place, out.PlacePath, out.Base, out.PlaceKind = here.name, here.path(), v.place(), here.kind
	for _, p := range v.session.places() {
		out.Places = append(out.Places, menuItem{Name: p.name, Path: p.path(), Current: p.id == here.id})
	}
	add := func(key, path string, current ...string) {
		is := slices.Contains(current, v.gin.FullPath()) || v.gin.Request.URL.Path == path
		if key == "menu.administration" { // so is everything beneath it
			is = is || strings.HasPrefix(v.gin.FullPath(), "/schools/:tenant_id/administration/")
		}
		out.Menu = append(out.Menu, menuItem{Key: key, Path: path, Current: is})
	}
	const school = "/schools/:tenant_id"
	switch here.kind {
	case "school":
		add("menu.home", schoolPath(here.id), "/")
		if v.session.has(here.id, access.Employee, access.Leader, access.UnionRepresentative, access.SafetyRepresentative, access.SchoolAdministrator) {
			add("menu.rounds", schoolPath(here.id, "rounds"), school+"/rounds/:round_id", school+"/rounds/new")
			add("menu.results", schoolPath(here.id, "results"), school+"/results/:release_id", school+"/results/:release_id/cells/:theme/:quality",
				school+"/rounds/:round_id/texts", school+"/"+commonResults, school+"/"+commonResults+"/:release_id")
			add("menu.dialogues", schoolPath(here.id, "dialogues"), school+"/dialogues/new", school+"/dialogues/:dialogue_id",
				school+"/dialogues/:dialogue_id/room", school+"/dialogues/:dialogue_id/desk", beforehandRoute, school+"/dialogues/:dialogue_id/minutes", school+"/dialogues/:dialogue_id/trace", school+"/start", school+"/trace/cells/:release_id/:theme/:quality", school+"/trace/experiences/:month_id/:experience_id",
				school+"/playbooks", school+"/playbooks/:playbook/:version", school+"/adaptations/:adaptation_id")
			add("menu.actions", schoolPath(here.id, "actions"), school+"/escalations", school+"/escalations/:escalation_id")
			add("menu.agreements", schoolPath(here.id, "agreements"), school+"/agreements/:agreement_id", school+"/dialogues/:dialogue_id/agreements/new")
			add("menu.technologies", schoolPath(here.id, "technologies"))
		}
		if v.session.has(here.id, access.Employee, access.UnionRepresentative, access.SafetyRepresentative) {
			add("menu.anonymous", schoolPath(here.id, "anonymous"), anonymousRoute+"/months/:month_id", anonymousRoute+"/months/:month_id/roster")
			add("menu.confidential", schoolPath(here.id, "confidential"), confidentialRoutes...)
		}
		if v.session.has(here.id, access.Leader, access.UnionRepresentative, access.SafetyRepresentative, access.SchoolAdministrator) {
			add("menu.administration", schoolPath(here.id, "administration"), school+"/quiet-hours", school+"/administration/people/:person_id",
				school+"/administration/audit", school+"/administration/keys", school+"/administration/details", school+"/administration/tightening",
				school+"/administration/export")
		}
	case "municipality", "operator":
		add("menu.follow_through", here.path())
		add("menu.questions", "/operators/"+here.id+"/escalations")
		if v.session.has(here.id, commonReaders...) {
			add("common_results.title", "/operators/"+here.id+"/"+commonResults, "/operators/:tenant_id/"+commonResults+"/:release_id")
		}
		if v.session.has(here.id, access.MunicipalAdministrator) {
			add("menu.schools", levels["operator"].path(here.id), "/operators/:tenant_id/schools/:organisation_id", "/operators/:tenant_id/schools/:organisation_id/deletion")
			add("playbooks.title", "/operators/"+here.id+"/playbooks", "/operators/:tenant_id/playbooks/:playbook/:version", "/operators/:tenant_id/adaptations/:adaptation_id")
			add("menu.imports", "/operators/"+here.id+"/imports", importsRoute+"/:import_id")
			add("details.operator", "/operators/"+here.id+"/details", "/operators/:tenant_id/branding")
			add("menu.keys", "/operators/"+here.id+"/keys", "/operators/:tenant_id/provisioning")
			add("menu.sign_in", "/operators/"+here.id+"/sign-in", "/operators/:tenant_id/sign-in/new", "/operators/:tenant_id/sign-in/providers/:provider_id")
			add("menu.data_requests", "/operators/"+here.id+"/data-requests", "/operators/:tenant_id/data-requests/people",
				"/operators/:tenant_id/data-requests/people/:person_id", "/operators/:tenant_id/data-requests/requests/:request_id", "/operators/:tenant_id/export", "/operators/:tenant_id/deletions")
			add("menu.common_rounds", "/operators/"+here.id+"/common-rounds")
			add("menu.tightening", "/operators/"+here.id+"/tightening")
			add("menu.operation", "/operators/"+here.id+"/operation")
		}
		if v.session.has(here.id, access.MunicipalAdministrator, access.Auditor) {
			add("menu.audit", "/operators/"+here.id+"/audit")
		}
	case "platform":
		add("menu.operators", here.path(), "/platforms/:tenant_id/operators/:organisation_id", "/platforms/:tenant_id/operators/:organisation_id/deletion", "/platforms/:tenant_id/deletions")
		add("menu.sign_in", "/platforms/"+here.id+"/sign-in", "/platforms/:tenant_id/sign-in/new", "/platforms/:tenant_id/sign-in/providers/:provider_id")
		add("menu.data_requests", "/platforms/"+here.id+"/data-requests", "/platforms/:tenant_id/data-requests/people",
			"/platforms/:tenant_id/data-requests/people/:person_id", "/platforms/:tenant_id/data-requests/requests/:request_id")
		add("menu.audit", "/platforms/"+here.id+"/audit")
		add("menu.operation", "/platforms/"+here.id+"/operation")
	case "union":
		add("menu.benchmark", here.path())
	}
}
