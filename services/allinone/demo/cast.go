package demo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/allinone/devidp"
)

// The cast: two invented municipalities and one operator of self-owning institutions. Codes from 900 are given to no
// real municipality.

type person struct {
	name, login string
	roles       []string
	unit        string // name of the unit of an employee

	id   string
	home tenant.ID
}

func (p *person) is(role string) bool {
	for _, r := range p.roles {
		if r == role {
			return true
		}
	}
	return false
}

type school struct {
	name, kind, code, coreTask string
	units                      []string
	staff                      []*person

	id      string
	unitIDs map[string]string
	forums  map[string]string // by kind
}

type operator struct {
	name, kind, code string
	staff            []*person
	schools          []*school

	id string
}

// world is the cast with the ids that the services gave.
type world struct {
	operators []*operator
	union     *operator
	schools   map[string]*school
}

const (
	strand = "Strandagerskolen" // releases, a dialogue in progress, an effect check that is due
	bakke  = "Bakkehøjskolen"   // in the middle of a round
	lyng   = "Lille Lyng Skole" // below the threshold
	gym    = "Fjordens Gymnasium"
	erhv   = "Fjordens Erhvervsskole"
)

var given = strings.Fields(`Anne Bo Camilla David Else Frederik Gitte Hassan Ida Jonas Karen Lars Mette Niels Olga Peter Rikke Søren
	Tove Ulla Viggo Winnie Yasmin Zeki Ane Bjarne Cecilie Dorte Erik Freja Gustav Helle Ivan Julie Kasper Line Mads Nanna Oskar Pia`)

var family = strings.Fields(`Agerskov Bækgaard Dalsø Egelund Fjordby Grønvang Højmark Iversholm Kløverdal Lyngsø Møllevang Nørrelund
	Overby Pilegård Rosendal Skovbo Toftegård Ulvskov Vestervig Ådal`)

// employees invents staff of a school, spread over its units.
func employees(prefix string, first, count int, units ...string) []*person {
	staff := make([]*person, 0, count)
	for i := range count {
		n := first + i
		staff = append(staff, &person{
			name:  given[n%len(given)] + " " + family[(n*7+n/len(given))%len(family)],
			login: fmt.Sprintf("%s.%02d", prefix, i+1), roles: []string{access.Employee}, unit: units[i%len(units)],
		})
	}
	return staff
}

func with(people []*person, more ...*person) []*person { return append(more, people...) }

func newWorld() *world {
	folkeskole := []string{"Indskoling", "Mellemtrin", "Udskoling"}
	w := &world{
		operators: []*operator{
			{name: "Havnelund Kommune (demo)", kind: "municipality", code: "901",
				staff: []*person{
					{name: "Birgit Havgaard", login: "birgit.kommune", roles: []string{access.MunicipalAdministrator}},
					{name: "Torben Analyst", login: "torben.kommune", roles: []string{access.MunicipalAnalyst}},
				},
				schools: []*school{
					{name: strand, kind: "folkeskole", code: "901001", units: folkeskole,
						coreTask: "Alle børn lærer noget hver dag, i et fællesskab, de er trygge i.",
						staff: with(employees("strand", 0, 30, folkeskole...),
							&person{name: "Lene Strandager", login: "lene.leder", roles: []string{access.Leader}},
							&person{name: "Thomas Tillid", login: "thomas.tr", roles: []string{access.Employee, access.UnionRepresentative}, unit: "Mellemtrin"},
							&person{name: "Amira Miljø", login: "amira.amr", roles: []string{access.Employee, access.SafetyRepresentative}, unit: "Udskoling"},
							&person{name: "Sanne Sekretær", login: "sanne.admin", roles: []string{access.SchoolAdministrator}},
							&person{name: "Maja Lindholm", login: "maja.laerer", roles: []string{access.Employee}, unit: "Indskoling"})},
					{name: bakke, kind: "folkeskole", code: "901002", units: folkeskole,
						coreTask: "Nysgerrige børn, der kan sammen.",
						staff: with(employees("bakke", 30, 24, folkeskole...),
							&person{name: "Henrik Bakke", login: "henrik.leder", roles: []string{access.Leader}},
							&person{name: "Tina Bakke", login: "tina.tr", roles: []string{access.Employee, access.UnionRepresentative}, unit: "Indskoling"},
							&person{name: "Arne Bakke", login: "arne.amr", roles: []string{access.Employee, access.SafetyRepresentative}, unit: "Mellemtrin"},
							&person{name: "Bodil Bakke", login: "bodil.admin", roles: []string{access.SchoolAdministrator}},
							&person{name: "Jens Bakke", login: "jens.laerer", roles: []string{access.Employee}, unit: "Udskoling"})},
				}},
			{name: "Lyngby Hede Kommune (demo)", kind: "municipality", code: "902",
				staff: []*person{{name: "Karl Hede", login: "karl.kommune", roles: []string{access.MunicipalAdministrator}}},
				schools: []*school{
					{name: lyng, kind: "folkeskole", code: "902001", units: []string{"Hele skolen"},
						coreTask: "Den lille skole, hvor alle kender alle.",
						staff: with(employees("lyng", 54, 3, "Hele skolen"),
							&person{name: "Lis Lyng", login: "lis.leder", roles: []string{access.Leader, access.SchoolAdministrator}},
							&person{name: "Troels Lyng", login: "troels.tr", roles: []string{access.Employee, access.UnionRepresentative}, unit: "Hele skolen"})},
				}},
			{name: "Fjordens Uddannelser (demo)", kind: "operator",
				staff: []*person{{name: "Dorthe Fjord", login: "dorthe.fjord", roles: []string{access.MunicipalAdministrator}}},
				schools: []*school{
					{name: gym, kind: "gymnasium", code: "903001", units: []string{"Humaniora", "Naturvidenskab"},
						coreTask: "Studerende, der tænker selv og tør tage fejl.",
						staff: with(employees("gym", 57, 20, "Humaniora", "Naturvidenskab"),
							&person{name: "Rikke Rektor", login: "rikke.leder", roles: []string{access.Leader, access.SchoolAdministrator}},
							&person{name: "Tage Fjord", login: "tage.tr", roles: []string{access.Employee, access.UnionRepresentative}, unit: "Humaniora"},
							&person{name: "Astrid Fjord", login: "astrid.amr", roles: []string{access.Employee, access.SafetyRepresentative}, unit: "Naturvidenskab"})},
					{name: erhv, kind: "erhvervsskole", code: "903002", units: []string{"Teknik", "Handel"},
						coreTask: "Faglært, dygtig og stolt af det.",
						staff: with(employees("erhverv", 77, 16, "Teknik", "Handel"),
							&person{name: "Uffe Forstander", login: "uffe.leder", roles: []string{access.Leader, access.SchoolAdministrator}},
							&person{name: "Tyra Fjord", login: "tyra.tr", roles: []string{access.Employee, access.UnionRepresentative}, unit: "Teknik"})},
				}},
		},
		union: &operator{name: "Undervisernes Fagforening (demo)", kind: "union",
			staff: []*person{{name: "Ulrik Union", login: "ulrik.union", roles: []string{access.UnionAnalyst}}}},
		schools: map[string]*school{},
	}
	for _, o := range w.operators {
		for _, sc := range o.schools {
			w.schools[sc.name] = sc
		}
	}
	return w
}

// who returns the first person of a school with a role.
func (sc *school) who(role string) *person {
	for _, p := range sc.staff {
		if p.is(role) {
			return p
		}
	}
	return nil
}

// named returns somebody of the school.
func (sc *school) named(name string) *person {
	i := slices.IndexFunc(sc.staff, func(p *person) bool { return p.name == name })
	return sc.staff[i]
}

// answerers are those who are on a round's roster.
func (sc *school) answerers() []*person {
	var all []*person
	for _, p := range sc.staff {
		if p.is(access.Employee) && !p.is(access.Leader) {
			all = append(all, p)
		}
	}
	return all
}

// Personas are the people whom the sign-in page offers with one click.
func Personas() []devidp.Persona {
	return []devidp.Persona{
		{Login: "maja.laerer", Name: "Maja Lindholm", Role: "Lærer, " + strand},
		{Login: "lene.leder", Name: "Lene Strandager", Role: "Leder, " + strand},
		{Login: "thomas.tr", Name: "Thomas Tillid", Role: "Tillidsrepræsentant (TR), " + strand},
		{Login: "amira.amr", Name: "Amira Miljø", Role: "Arbejdsmiljørepræsentant (AMR), " + strand},
		{Login: "sanne.admin", Name: "Sanne Sekretær", Role: "Skoleadministrator, " + strand},
		{Login: "jens.laerer", Name: "Jens Bakke", Role: "Lærer, " + bakke + " (har en runde åben)"},
		{Login: "henrik.leder", Name: "Henrik Bakke", Role: "Leder, " + bakke},
		{Login: "lis.leder", Name: "Lis Lyng", Role: "Leder, " + lyng + " (for få svar)"},
		{Login: "birgit.kommune", Name: "Birgit Havgaard", Role: "Kommunens administrator, Havnelund"},
		{Login: "ulrik.union", Name: "Ulrik Union", Role: "Analytiker i fagforeningen"},
	}
}
