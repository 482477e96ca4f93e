package reporting

import "math"

// moments are what a mean over people and its spread are computed from.
type moments struct {
	N       int     `json:"n"`
	Sum     float64 `json:"sum"`
	Squares float64 `json:"squares"`
}

func (m *moments) add(value float64) {
	m.N, m.Sum, m.Squares = m.N+1, m.Sum+value, m.Squares+value*value
}

func (m *moments) plus(more moments) {
	m.N, m.Sum, m.Squares = m.N+more.N, m.Sum+more.Sum, m.Squares+more.Squares
}

func (m moments) mean() float64 { return m.Sum / float64(m.N) }

// deviation is that of a sample. Answers are whole numbers, so nothing is lost between the two sums.
func (m moments) deviation() float64 {
	n := float64(m.N)
	return math.Sqrt(max(0, m.Squares-m.Sum*m.Sum/n) / (n - 1))
}

// share is how many of the people, in per cent.
func (m moments) share(people int) float64 { return 100 * float64(people) / float64(m.N) }

// cellSums are the sums of one cell over those who have a score in it.
type cellSums struct {
	Gain    moments `json:"gain"`
	Strain  moments `json:"strain"`
	Balance moments `json:"balance"`
	Mixed   int     `json:"mixed"` // for whom gain and strain are both there
}

// themeSums is all that is ever needed of a group's answers to one theme. Sums of groups add up to the sums of both.
type themeSums struct {
	Cells    []cellSums `json:"cells"`
	Gains    moments    `json:"gains"` // of the means of people who have at least half of the cells
	Strains  moments    `json:"strains"`
	Balances moments    `json:"balances"`
	Fit      moments    `json:"fit"`
	TooMuch  int        `json:"too_much"`
	Little   int        `json:"too_little"`
}

func newSums(theme Theme) themeSums { return themeSums{Cells: make([]cellSums, len(theme.Cells))} }

// add takes in one person.
func (s *themeSums) add(person themeScore) {
	for i, c := range person.cells {
		if c.valid {
			s.Cells[i].add(c)
		}
	}
	if mean, ok := person.mean(); ok {
		s.Gains.add(mean.gain)
		s.Strains.add(mean.strain)
		s.Balances.add(mean.balance())
	}
	if person.fit == Missing {
		return
	}
	s.Fit.add(fitScore(person.fit))
	if person.fit > halfway {
		s.TooMuch++
	}
	if person.fit < halfway {
		s.Little++
	}
}

func (c *cellSums) add(score cellScore) {
	c.Gain.add(score.gain)
	c.Strain.add(score.strain)
	c.Balance.add(score.balance())
	if score.mixed() {
		c.Mixed++
	}
}

// plus takes in another group. One that nobody answered in may have no cells.
func (s *themeSums) plus(more themeSums) {
	for i, c := range more.Cells {
		s.Cells[i].Gain.plus(c.Gain)
		s.Cells[i].Strain.plus(c.Strain)
		s.Cells[i].Balance.plus(c.Balance)
		s.Cells[i].Mixed += c.Mixed
	}
	s.Gains.plus(more.Gains)
	s.Strains.plus(more.Strains)
	s.Balances.plus(more.Balances)
	s.Fit.plus(more.Fit)
	s.TooMuch += more.TooMuch
	s.Little += more.Little
}

// The people behind each kind of figure, which the rules about groups are held against.

func cellCounts(s themeSums) []int { // people with a score, by cell
	counts := make([]int, len(s.Cells))
	for i, cell := range s.Cells {
		counts[i] = cell.Gain.N
	}
	return counts
}

func fitCounts(s themeSums) []int { return []int{s.Fit.N} }

func spreadCounts(s themeSums) []int { return []int{s.Gains.N} } // people with a mean of their own
