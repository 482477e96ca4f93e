package disclosure

// Level says how exactly the figures of a group may be told. Each level includes those before it.
type Level int

// The levels. A group that can be derived from figures told at one level is large enough for that level too:
// otherwise a unit of 8, told in classes, could be computed to the point from a school of 30 and a unit of 22.
const (
	Hidden  Level = iota
	Classes       // five classes
	Points        // whole points, the ends coded
	Full          // whole points, spread and interval
)

// Floors below which no agreement can lower a minimum.
const (
	floorMeans         = 5
	floorPoints        = 10
	floorDistributions = 10
	floorIntervals     = 20
)

// Minimums are the smallest groups, in people, of one release.
type Minimums struct {
	Means         int // any figure at all
	Points        int // whole points
	Distributions int // shares of people
	Intervals     int // spread and interval
}

// NewMinimums returns the minimums that follow from the two numbers that a workplace agrees on. They can be
// raised and never lowered: a number under its floor counts as the floor.
func NewMinimums(means, distributions int) Minimums {
	m := Minimums{Means: max(means, floorMeans)}
	m.Points = max(m.Means, floorPoints)
	m.Distributions = max(distributions, m.Points, floorDistributions)
	m.Intervals = max(m.Points, floorIntervals)
	return m
}

// Protection is what may be told about one group.
type Protection struct {
	Level  Level
	Shares bool // shares of people may be told
}

// step is one thing that may be told of a group, on top of those before it.
type step struct {
	minimum int
	needs   Level
	grant   func(*Protection)
	told    func(Protection) bool
}

func (m Minimums) steps() []step {
	level := func(minimum int, l Level) step {
		return step{minimum, l - 1, func(p *Protection) { p.Level = l }, func(p Protection) bool { return p.Level >= l }}
	}
	return []step{
		level(m.Means, Classes), level(m.Points, Points), level(m.Intervals, Full),
		{m.Distributions, Points, func(p *Protection) { p.Shares = true }, func(p Protection) bool { return p.Shares }},
	}
}

// Protect applies the remainder rule once for each level and once for shares. Groups that it does not return are
// hidden.
func Protect(groups []Group, m Minimums) (map[string]Protection, error) {
	found := map[string]Protection{}
	for _, step := range m.steps() {
		shown, err := Mask(groups, step.minimum)
		if err != nil {
			return nil, err
		}
		for id := range shown {
			if p := found[id]; p.Level >= step.needs {
				step.grant(&p)
				found[id] = p
			}
		}
	}
	return found, nil
}
