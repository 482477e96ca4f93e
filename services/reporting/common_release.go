package reporting

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/disclosure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// CommonMaterial is everything that a municipality's release is made from.
type CommonMaterial struct {
	Tenant  tenant.ID
	Name    string // the municipality's
	RoundID string // of the frame
	Round   commonRound
	Asked   Instrument
	MadeAt  time.Time
	Schools []commonSchool
	Near    []api.Release // the municipality's own of the last months
}

// commonSchool is one school that took part, with its release as it was published.
type commonSchool struct {
	Round   Round
	Release api.Release
	Sums    schoolSums
}

func (s commonSchool) id() string   { return s.Release.TenantID }
func (s commonSchool) name() string { return s.Release.Nodes[0].Name }

// NewCommonRelease computes the one release of a common round. Like NewRelease it is a pure function. The schools stand in
// it as they were published, so it tells nothing new of any of them. The municipality's own figures are about all of them,
// or about those that are large enough where the others could be worked out from the difference.
func NewCommonRelease(m CommonMaterial) (api.Release, error) {
	slices.SortFunc(m.Schools, func(a, b commonSchool) int {
		return cmp.Or(cmp.Compare(a.name(), b.name()), cmp.Compare(a.id(), b.id()))
	})
	minimums := m.minimums()
	counted := m.counted(minimums)
	answers, people := 0, 0
	for _, s := range counted {
		answers, people = answers+s.Sums.Answers, people+s.Round.people()
	}
	release := api.Release{
		Format: api.GuldkornReleaseV1, TenantID: string(m.Tenant), Round: m.Round.public(m.RoundID),
		VisibleToRepresentativesFrom: m.MadeAt.UTC().Truncate(time.Minute), VisibleToAllOn: string(m.Round.VisibleToAllOn),
		Method: method(minimums), Participation: participation(answers, people, "", minimums),
	}
	for _, quality := range m.Asked.asked() {
		release.Qualities = append(release.Qualities, api.Quality(quality))
	}
	var results []themeResult
	for _, theme := range m.Asked.inOrder() {
		result, err := m.theme(theme, counted, minimums)
		if err != nil {
			return api.Release{}, fmt.Errorf("theme %s: %w", theme.ID, err)
		}
		release.Themes = append(release.Themes, api.Theme(theme.ID))
		results = append(results, result)
	}
	whole := node{id: string(m.Tenant), name: m.Name, kind: api.Municipality}
	release.Nodes = append(release.Nodes, whole.public(results, release.Qualities))
	for _, s := range m.Schools {
		leftOut := !slices.ContainsFunc(counted, func(c commonSchool) bool { return c.id() == s.id() })
		release.Nodes = append(release.Nodes, s.node(whole.id, leftOut))
	}
	release.Shown = showsAnything(release)
	return release, nil
}

// minimums are the highest that any of the schools was promised: they hold for whatever its people are in.
func (m CommonMaterial) minimums() disclosure.Minimums {
	limits := m.Round.Thresholds
	for _, s := range m.Schools {
		limits.Means = max(limits.Means, s.Round.Thresholds.Means)
		limits.Distributions = max(limits.Distributions, s.Round.Thresholds.Distributions)
	}
	return disclosure.NewMinimums(limits.Means, limits.Distributions)
}

// counted are the schools that the municipality's figures are about: all of them, unless leaving out those that are told
// less exactly lets the whole be told more exactly. The same schools are in all themes. It is decided from counts alone.
func (m CommonMaterial) counted(minimums disclosure.Minimums) []commonSchool {
	var best []commonSchool
	reached := disclosure.Hidden
	for least := disclosure.Hidden; least <= disclosure.Points; least++ {
		var schools []commonSchool
		for _, s := range m.Schools {
			if s.toldAt(least) {
				schools = append(schools, s)
			}
		}
		if level := m.reach(schools, minimums); best == nil || level > reached {
			best, reached = schools, level
		}
	}
	return best
}

// reach is how exactly, up to whole points, every theme can be told of some schools together.
func (m CommonMaterial) reach(schools []commonSchool, minimums disclosure.Minimums) disclosure.Level {
	level := disclosure.Points
	for _, theme := range m.Asked.Themes {
		level = min(level, disclosure.Above(accounts(schools, theme, func(p themePart) disclosure.Account { return p.Cells }), minimums).Level)
	}
	return level
}

func accounts(schools []commonSchool, theme Theme, kind func(themePart) disclosure.Account) []disclosure.Account {
	var all []disclosure.Account
	for _, s := range schools {
		all = append(all, kind(s.Sums.Themes[theme.ID]))
	}
	return all
}

// toldAt tells whether nobody of a school is left out of what it tells at a level, in any theme.
func (s commonSchool) toldAt(level disclosure.Level) bool {
	if level == disclosure.Hidden {
		return true
	}
	for _, part := range s.Sums.Themes {
		if !slices.Equal(part.Cells.Told[level-1], part.Cells.People) {
			return false
		}
	}
	return true
}

// theme scores one theme for the municipality.
func (m CommonMaterial) theme(theme Theme, counted []commonSchool, minimums disclosure.Minimums) (themeResult, error) {
	result := themeResult{theme: theme, groups: map[string]groupTheme{}}
	above := func(kind func(themePart) disclosure.Account) disclosure.Protection {
		return disclosure.Above(accounts(counted, theme, kind), minimums)
	}
	whole := teller{
		theme: theme, sums: newSums(theme),
		cells:   above(func(p themePart) disclosure.Account { return p.Cells }),
		fits:    above(func(p themePart) disclosure.Account { return p.Fits }),
		spreads: above(func(p themePart) disclosure.Account { return p.Spreads }),
	}
	if whole.cells.Level == disclosure.Hidden {
		return result, nil
	}
	if may, err := m.beside(theme, counted, minimums); err != nil || !may {
		return result, err
	}
	for _, s := range counted {
		whole.sums.plus(s.Sums.Themes[theme.ID].Sums)
		whole.people += s.Round.people()
	}
	result.groups[string(m.Tenant)] = whole.tell()
	return result, nil
}

// beside tells whether a municipality's figures can stand beside those of its releases of the last months: two of them that
// differ by one small school would give that school away.
func (m CommonMaterial) beside(theme Theme, counted []commonSchool, minimums disclosure.Minimums) (bool, error) {
	var told [][]string
	for _, r := range m.Near {
		told = append(told, toldOfSchools(r, api.Theme(theme.ID))...)
	}
	if len(told) == 0 {
		return true, nil
	}
	whole := string(m.Tenant)
	groups := []disclosure.Group{{ID: whole, Own: make([]int, len(theme.Cells))}}
	for _, s := range counted {
		groups = append(groups, disclosure.Group{ID: s.id(), Parent: whole, Own: s.Sums.Themes[theme.ID].Cells.People})
	}
	for _, s := range m.Schools {
		if isShown(s.Release.Nodes[0], api.Theme(theme.ID)) {
			told = append(told, []string{s.id()})
		}
	}
	kept, err := disclosure.Beside(groups, map[string]bool{whole: true}, told, minimums.Means)
	return kept[whole], err
}

// toldOfSchools returns the groups that a municipality's release tells about in a theme, each as the schools in it.
func toldOfSchools(r api.Release, theme api.Theme) [][]string {
	var told [][]string
	var whole []string
	for _, n := range r.Nodes[1:] {
		if n.LeftOut == nil {
			whole = append(whole, n.NodeID)
		}
		if isShown(n, theme) {
			told = append(told, []string{n.NodeID})
		}
	}
	if isShown(r.Nodes[0], theme) {
		told = append(told, whole)
	}
	return told
}

// node is a school as it was published, without its units, and without change, which the school tells against its own
// earlier release.
func (s commonSchool) node(parent string, leftOut bool) api.Node {
	n := s.Release.Nodes[0]
	n.ParentID, n.ExtraQuestions, n.Participation = &parent, nil, &s.Release.Participation
	if leftOut {
		n.LeftOut = &leftOut
	}
	n.Themes = slices.Clone(n.Themes)
	for i := range n.Themes {
		n.Themes[i] = withoutChange(n.Themes[i])
	}
	return n
}

func withoutChange(t api.NodeTheme) api.NodeTheme {
	plain := func(f *api.Figure) *api.Figure {
		if f == nil {
			return nil
		}
		now := *f
		now.Change = nil
		return &now
	}
	t.Cells = slices.Clone(t.Cells)
	for i, c := range t.Cells {
		t.Cells[i].Gain, t.Cells[i].Strain, t.Cells[i].Balance = plain(c.Gain), plain(c.Strain), plain(c.Balance)
	}
	t.Score.Gain, t.Score.Strain, t.Score.Balance = plain(t.Score.Gain), plain(t.Score.Strain), plain(t.Score.Balance)
	if t.Fit != nil {
		fit := *t.Fit
		fit.Fit = plain(fit.Fit)
		t.Fit = &fit
	}
	return t
}
