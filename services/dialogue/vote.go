package dialogue

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Choice is a number of dots on one contribution, or on a row or relation of the board.
type Choice struct {
	ContributionID string `bson:"contribution_id" json:"contribution_id"`
	Dots           int    `bson:"dots" json:"dots"`
}

// ResultState says whether a result may be seen.
type ResultState string

// A result is Shown, or there were TooFew secret ballots for that, and then the dots were never counted.
const (
	Shown  ResultState = "shown"
	TooFew ResultState = "too_few"
)

// Result is what a vote came to.
type Result struct {
	State   ResultState `bson:"state" json:"state"`
	Ballots int         `bson:"ballots" json:"ballots"`
	Choices []Choice    `bson:"choices" json:"choices"` // most dots first
}

// checkDots says whether dots are placed as the phase allows: on what is there to choose from, at most most of them.
func (p *Phase) checkDots(choices []Choice, eligible map[string]bool, most, mostPerChoice int) error {
	sum := 0
	seen := map[string]bool{}
	for i, c := range choices {
		field := "choices." + strconv.Itoa(i)
		switch {
		case !eligible[c.ContributionID]:
			return failure.Invalid(field+".contribution_id", "a contribution, row or relation of the steps that the vote is about")
		case seen[c.ContributionID]:
			return failure.Invalid(field+".contribution_id", "each contribution once")
		case c.Dots < 1 || c.Dots > mostPerChoice:
			return failure.Invalid(field+".dots", "1 to "+strconv.Itoa(mostPerChoice))
		}
		seen[c.ContributionID] = true
		sum += c.Dots
	}
	if sum < 1 || sum > most {
		return failure.Invalid("choices", "1 to "+strconv.Itoa(most)+" dots in all")
	}
	return nil
}

// tally counts secret ballots. Below five ballots they stay uncounted: whoever knows the own dots and those of a
// neighbour could subtract them and would be left with somebody's.
func tally(ballots [][]Choice) Result {
	if len(ballots) < smallestSecret {
		return Result{State: TooFew, Ballots: len(ballots), Choices: []Choice{}}
	}
	dots := map[string]int{}
	for _, ballot := range ballots {
		for _, c := range ballot {
			dots[c.ContributionID] += c.Dots
		}
	}
	r := Result{State: Shown, Ballots: len(ballots), Choices: make([]Choice, 0, len(dots))}
	for id, n := range dots {
		r.Choices = append(r.Choices, Choice{ContributionID: id, Dots: n})
	}
	sortChoices(r.Choices)
	return r
}

// SetShared places the dots that a group agreed on aloud.
func (p *Phase) SetShared(choices []Choice) {
	shared := slices.Clone(choices)
	sortChoices(shared)
	p.Result = &Result{State: Shown, Ballots: 1, Choices: shared}
}

// sortChoices puts the most dots first; equals stand in the order of their ids, which are random.
func sortChoices(choices []Choice) {
	slices.SortFunc(choices, func(a, b Choice) int {
		return cmp.Or(cmp.Compare(b.Dots, a.Dots), strings.Compare(a.ContributionID, b.ContributionID))
	})
}

// Band is how many have written or voted, as coarsely as a facilitator may know.
type Band string

// The bands.
const (
	FewerThan5   Band = "fewer_than_5"
	From5To9     Band = "5_to_9"
	From10To19   Band = "10_to_19"
	From20To49   Band = "20_to_49"
	From50Onward Band = "50_or_more"
)

// bandOf returns the band of a number of people.
func bandOf(people int) Band {
	switch {
	case people < 5:
		return FewerThan5
	case people < 10:
		return From5To9
	case people < 20:
		return From10To19
	case people < 50:
		return From20To49
	}
	return From50Onward
}
