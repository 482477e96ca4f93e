package ballotbox

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Kind is what a person hands in.
type Kind string

// The kinds. A month is a round without an end to asking: each of a school's staff may tell up to a few experiences in
// it, and when it is over their representatives read them. It goes the same way as a round's answers, with these
// differences: a person has more than one token, the school is one unit, since any smaller one would tell the reader where
// to look, the batch goes to intake, and how many there were is on no bulletin.
const (
	Round Kind = ""
	Month Kind = "month"
)

// mostTokens bounds how many tokens a month may give each person.
const mostTokens = 10

// wrongForKind names what one kind of frame must have and another must not.
func (f Frame) wrongForKind() (wrong []*failure.Error) {
	refuse := func(bad bool, field, want string) {
		if bad {
			wrong = append(wrong, failure.Invalid(field, want))
		}
	}
	switch f.Kind {
	case Round:
		refuse(!validDate(f.VisibleToAllOn), "visible_to_all_on", "a date, YYYY-MM-DD")
		refuse(f.TokensEach != 0, "tokens_each", "nothing: one in a round")
	case Month:
		refuse(f.VisibleToAllOn != "", "visible_to_all_on", "nothing: a month is read by representatives alone")
		refuse(f.TokensEach < 1 || f.TokensEach > mostTokens, "tokens_each", fmt.Sprintf("1 to %d", mostTokens))
		refuse(len(f.Units) != 1, "units", "one unit, the school")
		refuse(len(f.Units) == 1 && f.Units[0].Voters < f.Thresholds.Means, "units.0.voters", "at least thresholds.means")
	default:
		refuse(true, "kind", "nothing, or month")
	}
	return wrong
}

// tokensEach is how many tokens one person may have.
func (f Frame) tokensEach() int { return max(1, f.TokensEach) }

// allows is how many tokens there are in a unit.
func (f Frame) allows(unit int) allowance {
	return allowance{person: f.tokensEach(), unit: f.tokensEach() * f.Units[unit].Voters}
}

// published is what goes on the bulletin. Of a month nobody but its readers is to know how many experiences were told, so
// the hashes are hidden among as many others as there could have been; whoever looks for their own finds it all the same.
func (f Frame) published(hashes []string) []string {
	if f.Kind != Month {
		return hashes
	}
	for len(hashes) < f.allows(0).unit {
		var nothing [32]byte
		_, _ = rand.Read(nothing[:]) // crypto/rand.Read never fails (Go 1.24 and later)
		hashes = append(hashes, hex.EncodeToString(nothing[:]))
	}
	return hashes
}
