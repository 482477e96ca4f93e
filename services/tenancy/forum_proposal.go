package tenancy

import (
	"cmp"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
)

// How many employees, leaders not counted, make a difference. The first two are those of the act on the working
// environment, the third that of the state's agreement on cooperation.
const (
	amoFrom       = 10
	twoLevelsFrom = 35
	suFrom        = 25
)

const (
	workingEnvironmentAct = "Arbejdsmiljøloven §§ 6-6 b og bekendtgørelse nr. 1181 af 15. oktober 2010, kapitel 3"
	cooperationAgreement  = "Aftale om samarbejde og samarbejdsudvalg i statens virksomheder og institutioner"
)

// forumNames are what the forums of a proposal are called until somebody calls them something else.
var forumNames = map[string]map[tenancyapi.ForumKind]string{
	"da": {"med": "MED-udvalget", "su": "Samarbejdsudvalget", "amo": "Arbejdsmiljøudvalget", "work_environment_group": "Arbejdsmiljøgruppen", "staff_meeting": "Personalemødet"},
	"en": {"med": "MED committee", "su": "Cooperation committee", "amo": "Work environment committee", "work_environment_group": "Work environment group", "staff_meeting": "Staff meeting"},
}

// workforce is who could sit in a school's forums, and how many employees the law counts.
type workforce struct {
	headcount int
	holders   map[string][]string // persons by role, the longest first
}

func newWorkforce(all []document.Document[assignment], now time.Time) workforce {
	w := workforce{holders: map[string][]string{}}
	for _, n := range headcounts(all, now) {
		w.headcount += n
	}
	all = slices.SortedFunc(slices.Values(all), func(a, b document.Document[assignment]) int {
		return cmp.Or(a.Body.From.Compare(b.Body.From), cmp.Compare(a.ID, b.ID))
	})
	for _, d := range all {
		if a := d.Body; a.counts(now) && !slices.Contains(w.holders[a.Role], a.PersonID) {
			w.holders[a.Role] = append(w.holders[a.Role], a.PersonID)
		}
	}
	return w
}

// propose returns the forums that a school of this size has in a structure. A MED committee is the work environment
// organisation, too; a SU stands beside it.
func (w workforce) propose(structure tenancyapi.ForumStructure, language string) tenancyapi.ForumProposal {
	p := tenancyapi.ForumProposal{Structure: structure, Headcount: w.headcount, Forums: []tenancyapi.ProposedForum{}}
	add := func(kind, parent tenancyapi.ForumKind) {
		p.Forums = append(p.Forums, tenancyapi.ProposedForum{
			Kind: kind, Name: forumNames[language][kind], Mandate: usualMandate(kind), ParentKind: optional(parent), Members: w.members(kind),
		})
	}
	rule := func(rule tenancyapi.ForumRuleRule, source string) {
		p.Rules = append(p.Rules, tenancyapi.ForumRule{Rule: rule, Source: source})
	}
	above := tenancyapi.ForumKind("med")
	switch {
	case structure != "su_amo":
	case w.headcount >= suFrom:
		rule("su_from_25", cooperationAgreement)
		add("su", "")
		above = "amo"
	default:
		rule("su_voluntary_under_25", cooperationAgreement)
		above = "amo"
	}
	switch {
	case w.headcount >= twoLevelsFrom:
		p.Levels = 2
		rule("amo_two_levels_from_35", workingEnvironmentAct)
		add(above, "")
		add("work_environment_group", above)
	case w.headcount >= amoFrom:
		p.Levels = 1
		rule("amo_one_level_from_10", workingEnvironmentAct)
		add(above, "")
	default:
		rule("amo_none_under_10", workingEnvironmentAct)
	}
	// Without a committee leader and staff work together directly, and that has a place, too.
	if !slices.ContainsFunc(p.Forums, func(f tenancyapi.ProposedForum) bool { return f.Kind == "med" || f.Kind == "su" }) {
		add("staff_meeting", "")
	}
	return p
}

func usualMandate(kind tenancyapi.ForumKind) tenancyapi.Mandate {
	if kind == "med" || kind == "su" {
		return "consultation"
	}
	return "advises"
}

// seating says by which roles one sits in a forum of each kind, and as what; a leader has the chair of each.
var seating = map[tenancyapi.ForumKind]map[string]tenancyapi.ForumMemberRole{
	"med":                    {access.UnionRepresentative: "tr", access.SafetyRepresentative: "amr"},
	"su":                     {access.UnionRepresentative: "tr"},
	"amo":                    {access.SafetyRepresentative: "amr"},
	"work_environment_group": {access.SafetyRepresentative: "amr"},
	"staff_meeting":          {access.Leader: "leader", access.Employee: "member"},
}

// members seats those whose role gives them a seat, each once; nobody without a leader, since no forum can do without a
// chair.
func (w workforce) members(kind tenancyapi.ForumKind) []tenancyapi.ForumMember {
	leaders := w.holders[access.Leader]
	if len(leaders) == 0 {
		return []tenancyapi.ForumMember{}
	}
	members := []tenancyapi.ForumMember{{PersonID: leaders[0], Role: "chair"}}
	seated := map[string]bool{leaders[0]: true}
	for _, role := range []string{access.Leader, access.UnionRepresentative, access.SafetyRepresentative, access.Employee} {
		seat, ok := seating[kind][role]
		if !ok {
			continue
		}
		for _, person := range w.holders[role] {
			if !seated[person] && len(members) < maxMembers {
				seated[person] = true
				members = append(members, tenancyapi.ForumMember{PersonID: person, Role: seat})
			}
		}
	}
	return members
}
