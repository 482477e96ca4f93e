package reporting

import (
	"fmt"
	"slices"
	"time"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/disclosure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// methodVersion is counted up when the same answers would give another release.
const methodVersion = 1

// Material is everything that a release is made from.
type Material struct {
	Tenant   tenant.ID
	School   string // the organisation's name
	Round    Round
	ClosedAt time.Time
	Answers  []Answer
	Paper    string   // how many of them came on paper, in a band; "" where nobody was to
	Earlier  *Earlier // the release to tell change against, if there is one
	// Near are the releases of the last months about the same technology, whatever they asked: what is told now must not
	// give away what they hide, nor they what is hidden now.
	Near []api.Release
}

// Earlier is a release as it was published before.
type Earlier struct {
	ID      string
	Release api.Release
	Pair    bool // the two were asked before and after a change
}

// NewRelease computes the one release of a round. It is a pure function: the same material gives the same release.
// What comes out holds coded figures of large enough groups and nothing else; the answers can be forgotten.
func NewRelease(m Material) (api.Release, error) {
	minimums := m.Round.minimums()
	release := api.Release{
		Format:   api.GuldkornReleaseV1,
		TenantID: string(m.Tenant),
		Round:    m.Round.public(),
		// One moment for leader, TR and AMR alike.
		VisibleToRepresentativesFrom: m.ClosedAt.UTC().Truncate(time.Minute),
		VisibleToAllOn:               string(m.Round.VisibleToAllOn),
		Method:                       method(minimums),
		Participation:                participation(m.answered(), m.Round.people(), m.Paper, minimums),
	}
	for _, quality := range m.Round.Instrument.asked() {
		release.Qualities = append(release.Qualities, api.Quality(quality))
	}
	nodes := m.nodes()
	var results []themeResult
	for _, theme := range m.Round.Instrument.inOrder() {
		result, err := m.theme(theme, nodes, minimums)
		if err != nil {
			return api.Release{}, fmt.Errorf("theme %s: %w", theme.ID, err)
		}
		release.Themes = append(release.Themes, api.Theme(theme.ID))
		results = append(results, result)
	}
	var extras []themeResult
	for _, id := range m.Round.ExtraQuestions {
		result, err := m.extra(id, nodes, minimums)
		if err != nil {
			return api.Release{}, fmt.Errorf("question %s: %w", id, err)
		}
		extras = append(extras, result)
	}
	if len(extras) > 0 {
		release.ExtraQuestions = &m.Round.ExtraQuestions
	}
	for _, n := range withPools(nodes, slices.Concat(results, extras)) {
		node := n.public(results, release.Qualities)
		node.ExtraQuestions = n.extras(extras)
		release.Nodes = append(release.Nodes, node)
	}
	release.Shown = showsAnything(release)
	if m.Earlier != nil {
		tellChange(&release, *m.Earlier)
	}
	return release, nil
}

// method says by which rules a release was made.
func method(minimums disclosure.Minimums) api.Method {
	return api.Method{Version: methodVersion, Thresholds: api.MethodThresholds{
		Means: minimums.Means, Points: minimums.Points, Distributions: minimums.Distributions, Intervals: minimums.Intervals,
	}}
}

func showsAnything(r api.Release) bool {
	return slices.ContainsFunc(r.Nodes, func(n api.Node) bool {
		return slices.ContainsFunc(n.Themes, func(t api.NodeTheme) bool { return t.State == api.Shown })
	})
}

// answered is how many people took part.
func (m Material) answered() int {
	answers := 0
	for _, a := range m.Answers {
		if len(a.Values) > 0 { // a blank form is no participation
			answers++
		}
	}
	return answers
}

// participation is told of a whole school or municipality, and only when it is large enough for anything to be told.
func participation(answers, people int, onPaper string, minimums disclosure.Minimums) api.Participation {
	band := api.Band(disclosure.Band(people))
	if answers < minimums.Means || band == "" {
		return api.Participation{State: api.TooFew}
	}
	percent := disclosure.Participation(answers, people)
	standing := api.Indicative
	if percent >= 75 {
		standing = api.Good
	} else if percent >= 60 {
		standing = api.Usable
	}
	p := api.Participation{State: api.Shown, HeadcountBand: &band, Percent: &percent, Standing: &standing}
	if onPaper != "" {
		paper := api.ParticipationPaper(onPaper)
		p.Paper = &paper
	}
	return p
}

// node is a group that the release is about. The first is the school, which is its units, or its staff groups, together.
type node struct {
	id, parent, name string
	kind             api.NodeKind
	people           int // headcount, without the nodes below
}

func (m Material) nodes() []node {
	school := string(m.Tenant)
	nodes := []node{{id: school, name: m.School, kind: api.School}}
	kind := api.Unit
	if m.Round.breakdown() == api.ByStaffGroup {
		kind = api.StaffGroup
	}
	for _, u := range m.Round.Units {
		parent := u.Parent
		if !slices.ContainsFunc(m.Round.Units, func(other Unit) bool { return other.ID == parent }) {
			parent = school // directly under the school, or under a unit that is not asked
		}
		nodes = append(nodes, node{id: u.ID, parent: parent, name: u.Name, kind: kind, people: u.Headcount})
	}
	return nodes
}

// withPools puts behind each node what is pooled under it in any theme, and behind everything what is pooled under
// the school.
func withPools(nodes []node, results []themeResult) []node {
	var all, last []node
	for i, n := range nodes {
		all = append(all, n)
		pool := node{id: disclosure.Others(n.id), parent: n.id, name: n.name, kind: api.OtherUnits}
		if !slices.ContainsFunc(results, func(r themeResult) bool { _, shown := r.groups[pool.id]; return shown }) {
			continue
		}
		if i == 0 {
			last = append(last, pool)
		} else {
			all = append(all, pool)
		}
	}
	return append(all, last...)
}

// public puts together what the themes tell of a node.
func (n node) public(results []themeResult, asked []api.Quality) api.Node {
	out := api.Node{NodeID: n.id, Kind: n.kind, Name: n.name}
	if n.parent != "" {
		out.ParentID = &n.parent
	}
	for _, r := range results {
		shown, ok := r.groups[n.id]
		if !ok {
			out.Themes = append(out.Themes, hiddenTheme(r.theme))
			continue
		}
		out.Themes = append(out.Themes, shown.public)
	}
	if len(results) < 2 {
		return out
	}
	var scores []api.QualityScore
	for _, quality := range asked {
		score := api.QualityScore{Quality: quality, State: api.TooFew}
		if n.kind != api.OtherUnits { // who is pooled differs from theme to theme
			score = qualityScore(n.id, quality, results)
		}
		scores = append(scores, score)
	}
	out.Qualities = &scores
	return out
}
