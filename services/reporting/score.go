package reporting

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// halfway is where an answer begins to say yes: a person for whom gain and strain both reach it is mixed.
const halfway = 50

// cellScore is one person's gain and strain in one cell. A cell needs both.
type cellScore struct {
	gain, strain float64
	valid        bool
}

// balance is 50 when gain and strain are equal. It stands beside them and never for them.
func (c cellScore) balance() float64 { return 50 + (c.gain-c.strain)/2 }

func (c cellScore) mixed() bool { return c.gain >= halfway && c.strain >= halfway }

// themeScore is one person's answers in one theme.
type themeScore struct {
	counts bool // each cell is answered or marked not relevant or do not know
	cells  []cellScore
	fit    Value // Missing when not answered
}

// scoreTheme reads a person's answers in a theme. Who left a cell of it without any mark does not count in it at all.
func scoreTheme(theme Theme, answer map[string]Value) themeScore {
	score := themeScore{counts: true, cells: make([]cellScore, len(theme.Cells)), fit: Missing}
	for i, cell := range theme.Cells {
		gain, gave := answer[cell.Gain.ID]
		strain, said := answer[cell.Strain.ID]
		if !gave || !said {
			return themeScore{}
		}
		score.cells[i] = cellScore{gain: float64(gain), strain: float64(strain), valid: gain != Missing && strain != Missing}
		if cell.Fit != nil {
			if fit, answered := answer[cell.Fit.ID]; answered {
				score.fit = fit
			}
		}
	}
	return score
}

// mean is the person's mean over the cells of a theme, if at least half of them have a score (the half rule).
func (t themeScore) mean() (cellScore, bool) {
	var gain, strain float64
	n := 0
	for _, c := range t.cells {
		if c.valid {
			gain, strain, n = gain+c.gain, strain+c.strain, n+1
		}
	}
	if n == 0 || 2*n < len(t.cells) {
		return cellScore{}, false
	}
	return cellScore{gain: gain / float64(n), strain: strain / float64(n), valid: true}, true
}

// fitScore turns "far too little ... fitting ... far too much" into 0-50-100-50-0: demands are to be fitting.
func fitScore(v Value) float64 { return 100 - 2*math.Abs(float64(v)-halfway) }

// answered is the part of a group's people who answered, rounded down to tens and at most 90 %. The finite population
// correction takes this instead of the exact part: it errs towards the wider interval, and it keeps the width
// from telling how many of a unit answered, which is shown for schools only.
func answered(n, people int) float64 {
	if people <= 0 {
		return 0
	}
	return math.Min(math.Floor(10*float64(n)/float64(people))/10, 0.9)
}

// halfWidth is half of the 95 % interval of a mean: Student's t with the finite population correction.
func halfWidth(deviation float64, n, people int) float64 {
	return studentT(n-1) * deviation / math.Sqrt(float64(n)) * math.Sqrt(1-answered(n, people))
}

// studentT is the 97.5 % quantile of Student's t, which takes long to compute and is wanted for the same few numbers
// again and again.
func studentT(degreesOfFreedom int) float64 {
	if known, ok := quantiles.Load(degreesOfFreedom); ok {
		return known.(float64)
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(degreesOfFreedom)}.Quantile(0.975)
	quantiles.Store(degreesOfFreedom, t)
	return t
}

var quantiles sync.Map // float64 by degrees of freedom
