package dialogue

import (
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Adherence is what somebody says of whether an agreement is kept to.
type Adherence string

// The answers.
const (
	Kept       Adherence = "kept"
	KeptPartly Adherence = "partly"
	NotKept    Adherence = "not_kept"
)

var adherences = []Adherence{Kept, KeptPartly, NotKept}

// CheckState is how far the questions about an agreement are.
type CheckState string

// A check is open, and then counted, and then what it was counted from is destroyed with its key; each step can be
// repeated after a crash. Below five members there is none: the others could work out who said what.
const (
	NotAsked     CheckState = "not_asked"
	CheckTooFew  CheckState = "too_few_members"
	CheckOpen    CheckState = "open"
	CheckLocking CheckState = "locking"
	CheckCounted CheckState = "counted"
	CheckSettled CheckState = "settled"

	checkClosed CheckState = "closed" // what readers are told of the three before

	checkDays = 14 // how long a check is open unless somebody closes it
)

// Check asks each member of a forum in secret whether an agreement is kept to, before it is renewed. Who has answered
// and what they said lie in an urn of their own, apart from each other; see urn.go.
type Check struct {
	State   CheckState  `bson:"state"`
	Members []string    `bson:"member_ids"` // who is asked: the members on the day on which it opened
	LastOn  string      `bson:"last_on"`    // local date
	Until   time.Time   `bson:"until"`
	Result  *Adherences `bson:"result"`
}

// Adherences is what a check came to. Below five answers nothing is counted.
type Adherences struct {
	State   ResultState `bson:"state" json:"state"`
	Answers int         `bson:"answers" json:"answers"`
	Kept    int         `bson:"kept" json:"kept"`
	Partly  int         `bson:"partly" json:"partly"`
	NotKept int         `bson:"not_kept" json:"not_kept"`
}

// newCheck asks these members until a day is over, if they are enough.
func newCheck(members []string, lastOn string, until time.Time) Check {
	if len(members) < smallestSecret {
		return Check{State: CheckTooFew}
	}
	return Check{State: CheckOpen, Members: members, LastOn: lastOn, Until: until}
}

// Asks tells whether somebody is among those who are asked.
func (c *Check) Asks(person string) bool { return slices.Contains(c.Members, person) }

// ballot is an answer as the urn takes it.
func (c *Check) ballot(answer Adherence) ([]Choice, error) {
	if c.State != CheckOpen {
		return nil, failure.New(failure.AgreementCheckClosed).At("answer")
	}
	if !slices.Contains(adherences, answer) {
		return nil, failure.Invalid("answer", "kept, partly or not_kept")
	}
	return []Choice{{ContributionID: string(answer), Dots: 1}}, nil
}

// lock takes no more answers. It tells whether some were taken until now.
func (c *Check) lock() bool {
	if c.State != CheckOpen {
		return false
	}
	c.State = CheckLocking
	return true
}

// settling tells whether the server is not done with it.
func (c *Check) settling() bool { return c.State == CheckLocking || c.State == CheckCounted }

// Count records what was answered, once.
func (c *Check) Count(ballots [][]Choice) {
	if c.State != CheckLocking {
		return
	}
	counted := tally(ballots)
	result := Adherences{State: counted.State, Answers: counted.Ballots}
	for _, choice := range counted.Choices {
		switch Adherence(choice.ContributionID) {
		case Kept:
			result.Kept = choice.Dots
		case KeptPartly:
			result.Partly = choice.Dots
		case NotKept:
			result.NotKept = choice.Dots
		}
	}
	c.State, c.Result = CheckCounted, &result
}

// Settle records that nothing is left of the single answers.
func (c *Check) Settle() {
	if c.State == CheckCounted {
		c.State = CheckSettled
	}
}
