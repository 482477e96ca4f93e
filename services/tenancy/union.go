package tenancy

import (
	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// membership is the union of which somebody is the TR, in a document with the id of that assignment.
//
// That somebody is a TR is the duty's public face: colleagues turn to the TR by name, forums seat one, and rosters are
// countersigned. Which union it is says what GDPR article 9 protects, and no duty that this system knows needs it: a
// school with several TRs shows them by name. So it is the TR alone who writes and reads it. It is sealed under the
// person's key, goes with it, and stands in no event, list, log or search.
type membership struct {
	PersonID string `bson:"person_id"`
	Union    []byte `bson:"union"`
}

const maxUnion = 120

func newUnion(text string) (string, error) {
	union := norm.NFC.String(text)
	return union, failure.Together(line("union", union, maxUnion))
}

func (p *profiles) openUnion(d document.Document[membership]) (string, error) {
	return p.openText(d.Body.PersonID, d.Body.Union, boundUnion(d.Tenant, d.ID))
}

func boundUnion(owner tenant.ID, assignment string) []byte {
	return []byte("guldkorn union v1\n" + string(owner) + "\n" + assignment)
}
