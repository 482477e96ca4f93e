package tenancy

import (
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// administration is the lasting administrators of one scope. It is one document, so that of two people who remove
// each other one is refused.
//
// It may lack an administrator whose assignment exists: the document is written after the assignment when somebody
// comes, and before it when somebody goes. So it errs towards keeping too many.
type administration struct {
	Administrators []administrator `bson:"administrators"`
}

type administrator struct {
	AssignmentID string    `bson:"assignment_id"`
	From         time.Time `bson:"from"`
}

// administrationID is the one id in the collection, in each scope's tenant.
const administrationID = "administrators"

func (a *administration) add(id string, from time.Time) {
	if !slices.ContainsFunc(a.Administrators, func(one administrator) bool { return one.AssignmentID == id }) {
		a.Administrators = append(a.Administrators, administrator{AssignmentID: id, From: from})
	}
}

// remove takes an administrator out, unless no other is one at this time. lasting tells of which assignments that is
// still true: an entry may have outlived its own.
func (a *administration) remove(id string, lasting map[string]bool, now time.Time) error {
	others := slices.DeleteFunc(slices.Clone(a.Administrators), func(one administrator) bool {
		return one.AssignmentID == id || !lasting[one.AssignmentID]
	})
	if !slices.ContainsFunc(others, func(one administrator) bool { return !now.Before(one.From) }) {
		return failure.New(failure.LastAdministrator)
	}
	a.Administrators = others
	return nil
}
