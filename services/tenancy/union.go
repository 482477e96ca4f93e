package tenancy

import (
	"errors"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
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

// sealUnion encrypts a union under the person's key. It makes no key: whoever is being erased does not get a new one.
func (p *profiles) sealUnion(owner tenant.ID, person, assignment, union string) ([]byte, error) {
	key, err := p.keys.Get(personKey + person)
	if errors.Is(err, keyring.ErrGone) {
		return nil, failure.NotFound("person")
	}
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, []byte(union), boundUnion(owner, assignment)), nil
}

func (p *profiles) openUnion(d document.Document[membership]) (string, error) {
	key, err := p.keys.Get(personKey + d.Body.PersonID)
	if errors.Is(err, keyring.ErrGone) {
		return "", failure.NotFound("person")
	}
	if err != nil {
		return "", err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return "", err
	}
	union, err := aead.Open(nil, nil, d.Body.Union, boundUnion(d.Tenant, d.ID))
	if err != nil {
		return "", fmt.Errorf("tenancy: open union of %s: %w", d.ID, err)
	}
	return string(union), nil
}

func boundUnion(owner tenant.ID, assignment string) []byte {
	return []byte("guldkorn union v1\n" + string(owner) + "\n" + assignment)
}
