package playbook

import "slices"

// Kind is what a step is. Kinds are code and closed; their sequence is data.
type Kind string

// The kinds of step.
const (
	Checkin       Kind = "checkin"
	ReviewActions Kind = "review_actions"
	Reflect       Kind = "reflect"
	Share         Kind = "share"
	Cluster       Kind = "cluster"
	Prioritise    Kind = "prioritise"
	Discuss       Kind = "discuss"
	Map           Kind = "map"
	Inventory     Kind = "inventory"
	DraftText     Kind = "draft_text"
	Plan          Kind = "plan"
	Decide        Kind = "decide"
	Evaluate      Kind = "evaluate"
)

// Visibility says who sees what is written while a step runs.
type Visibility string

// The visibilities, from the narrowest.
const (
	Private Visibility = "private"
	Table   Visibility = "table"
	Plenary Visibility = "plenary"
)

// Attribution says what is kept of who said something.
type Attribution string

// The attributions. Sealed means that nobody can link it to a person once the phase is locked, Named that the name
// stays with it, Group that it is open and nobody's name is kept, None that the step takes nothing in writing.
const (
	Sealed Attribution = "sealed"
	Named  Attribution = "named"
	Group  Attribution = "group"
	None   Attribution = "none"
)

// Grouping says how people sit together.
type Grouping string

// The groupings: 1, 2, 4 and all.
const (
	Alone    Grouping = "alone"
	Pairs    Grouping = "pairs"
	Fours    Grouping = "fours"
	Together Grouping = "plenary"
)

// Mode says whether a step is part of the meeting or open for days outside it.
type Mode string

// The modes.
const (
	Live  Mode = "live"
	Async Mode = "async"
)

// ExitRule says what ends a step.
type ExitRule string

// The exit rules: the clock, everybody being ready, something having been recorded, or the facilitator.
const (
	AtTime        ExitRule = "time"
	AllReady      ExitRule = "ready"
	WithOutcome   ExitRule = "outcome"
	ByFacilitator ExitRule = "facilitator"
)

// usual is what a step of a kind is like unless its playbook says otherwise.
type usual struct {
	kind        Kind
	visibility  Visibility
	attribution Attribution
	grouping    Grouping
	exit        ExitRule
}

// usuals lists the kinds in the order in which a meeting mostly has them.
var usuals = []usual{
	{Checkin, Plenary, None, Pairs, AtTime},
	{ReviewActions, Plenary, None, Together, ByFacilitator},
	{Reflect, Private, Sealed, Alone, AtTime},
	{Share, Plenary, Group, Together, AtTime},
	{Cluster, Plenary, Group, Together, ByFacilitator},
	{Prioritise, Private, Sealed, Alone, AllReady},
	{Discuss, Plenary, None, Together, AtTime},
	{Map, Table, Group, Fours, AtTime},
	{Inventory, Table, Group, Fours, AtTime},
	{DraftText, Table, Group, Fours, AtTime},
	{Plan, Plenary, Group, Together, ByFacilitator},
	{Decide, Plenary, None, Together, WithOutcome},
	{Evaluate, Plenary, None, Together, AtTime},
}

// Kinds returns every kind of step.
func Kinds() []Kind {
	all := make([]Kind, len(usuals))
	for i, u := range usuals {
		all[i] = u.kind
	}
	return all
}

// Fill sets what was left out of the steps to what is usual for their kinds.
func (p *Playbook) Fill() {
	for i := range p.Steps {
		p.Steps[i].fill()
	}
}

func (s *Step) fill() {
	if s.InputFrom == nil {
		s.InputFrom = []string{}
	}
	if s.Mode == "" {
		s.Mode = Live
	}
	i := slices.IndexFunc(usuals, func(u usual) bool { return u.kind == s.Kind })
	if i < 0 {
		return
	}
	u := usuals[i]
	if s.Visibility == "" {
		s.Visibility = u.visibility
	}
	if s.Attribution == "" {
		s.Attribution = u.attribution
	}
	if s.Grouping == "" {
		s.Grouping = u.grouping
	}
	if s.ExitRule == "" {
		s.ExitRule = u.exit
	}
}

// Writes tells whether the step takes contributions in writing.
func (s Step) Writes() bool { return s.Attribution != None && s.Kind != Prioritise }
