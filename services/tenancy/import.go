package tenancy

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/roster"
)

// What an import can be. It is checked when it comes, and nothing else happens until somebody applies it.
const (
	importChecked   = "checked"
	importApplying  = "applying"
	importApplied   = "applied"
	importCancelled = "cancelled"
)

// What becomes of a row.
const (
	rowCreate    = "create"
	rowChange    = "change"
	rowUnchanged = "unchanged"
	rowWrong     = "wrong"
)

const (
	// maxShownProblems is how many problems are kept with an import; whoever has more mends these first.
	maxShownProblems = 500
	// importKept is how long a checked list waits to be applied before it is cancelled: it is personal data.
	importKept = 7 * 24 * time.Hour
)

// listImport is a list of schools or people on its way in. It holds counts and places, never what a row says: the
// rows are in a file of their own, sealed under the import's own key, and both are gone once it is applied or cancelled.
type listImport struct {
	Kind       string           `bson:"kind"`
	Status     string           `bson:"status"`
	CreatedAt  time.Time        `bson:"created_at"`
	CreatedBy  string           `bson:"created_by"`
	Rows       int              `bson:"rows"`
	Outcomes   map[string]int   `bson:"outcomes"` // rows by what would become of them
	Problems   []roster.Problem `bson:"problems"` // the first ones
	Steps      int              `bson:"steps"`    // people or schools to take in
	Done       int              `bson:"done"`
	FinishedAt *time.Time       `bson:"finished_at"`
}

// importFile is the rows of an import, sealed.
type importFile struct {
	Sealed []byte `bson:"sealed"`
}

// plannedRow is a row with what would become of it.
type plannedRow struct {
	roster.Row
	Outcome string       `json:"outcome"`
	Changes []cellChange `json:"changes,omitempty"`
}

// cellChange is a cell of a row that says something else than what is known. What a profile says today is left out:
// it is sealed under its person's key, and no copy of it is made under another.
type cellChange struct {
	Column string `json:"column"`
	Before string `json:"before,omitempty"`
	After  string `json:"after"`
}

// planned is what the rows of one person or school come to: all of them are taken in or none.
type planned struct {
	outcome  string
	changes  map[int][]cellChange // by row
	problems []roster.Problem
}

// of is what becomes of one of the rows.
func (p planned) of(row plannedRow) string {
	if p.outcome == rowChange && len(p.changes[row.Number]) == 0 {
		return rowUnchanged
	}
	return p.outcome
}

// apply begins to take the list in. With a row that is wrong it needs to be told to take the good ones.
func (i *listImport) apply(onlyGood bool) error {
	switch {
	case i.Status != importChecked:
		return failure.New(failure.ImportOver)
	case i.Outcomes[rowWrong] > 0 && !onlyGood:
		return failure.New(failure.ImportWrong)
	}
	i.Status = importApplying
	return nil
}

func (i *listImport) cancel(now time.Time) error {
	if i.Status != importChecked {
		return failure.New(failure.ImportOver)
	}
	i.Status, i.FinishedAt = importCancelled, &now
	return nil
}

// step notes that so many of the steps are done, and which rows came to something else than was said of them; the last
// one ends the import.
func (i *listImport) step(done int, failed []plannedRow, problems []roster.Problem, now time.Time) {
	i.Done = done
	i.Problems = append(i.Problems, problems...)[:min(len(i.Problems)+len(problems), maxShownProblems)]
	slices.SortStableFunc(i.Problems, func(a, b roster.Problem) int { return a.Row - b.Row })
	for _, row := range failed {
		i.Outcomes[row.Outcome]--
		i.Outcomes[rowWrong]++
	}
	if i.Done >= i.Steps {
		i.Status, i.FinishedAt = importApplied, &now
	}
}

const importKey = "tenancy/import/" // and the import's id

// sealRows encrypts the rows of an import under its key.
func (p *profiles) sealRows(owner tenant.ID, id string, rows []plannedRow) ([]byte, error) {
	key, err := p.keys.Ensure(importKey+id, newKey)
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("tenancy: seal import %s: %w", id, err)
	}
	return aead.Seal(nil, nil, text, bound(owner, id)), nil
}

func (p *profiles) openRows(owner tenant.ID, id string, sealed []byte) (rows []plannedRow, err error) {
	key, err := p.keys.Get(importKey + id)
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	text, err := aead.Open(nil, nil, sealed, bound(owner, id))
	if err == nil {
		err = json.Unmarshal(text, &rows)
	}
	if err != nil {
		return nil, fmt.Errorf("tenancy: open import %s: %w", id, err)
	}
	return rows, nil
}
