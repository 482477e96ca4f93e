package ballotbox

import "regexp"

// NameMarks are what the form knows the names of colleagues by, so that it can mask them in what people write: beginnings
// of salted hashes of their parts. What that hides, and what it does not, is told in client/src/mask.js. The ballot box
// itself has no use for them.
type NameMarks struct {
	Salt    string   `json:"salt"`
	Always  []string `json:"always"`
	Capital []string `json:"capital"` // parts that are words too, and count with a capital letter
}

const maxMarks = 10_000

var markPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{11}$`)

func (n *NameMarks) valid() bool {
	for _, marks := range [][]string{n.Always, n.Capital} {
		if marks == nil || len(marks) > maxMarks {
			return false
		}
		for _, mark := range marks {
			if !markPattern.MatchString(mark) {
				return false
			}
		}
	}
	return len(n.Salt) >= 16 && len(n.Salt) <= 64
}
