package intake

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Who has no device of their own answers on paper. Whoever countersigns marks them, on the list that they see by name and
// before any ticket is issued: so nobody both votes and hands in a paper, and nobody has to ask who has fetched a ballot.
// The papers are entered by two people at the ballot box: a representative, and a second one who is a representative too or
// the colleague whom the countersigner names. What they read is sealed before it leaves their browsers.

// OnPaper is who answers a round on paper. It is part of what is countersigned and never changes afterwards.
type OnPaper struct {
	Units    []RosterUnit `bson:"units"`     // those with somebody; pseudonyms like a roster's
	HelperID string       `bson:"helper_id"` // the colleague who enters papers beside a representative
}

// mostOnPaper is how many papers of a unit two people can be asked to enter, and the ballot box takes.
const mostOnPaper = 80

// Ballots is how many people answer on paper.
func (p OnPaper) Ballots() int {
	ballots := 0
	for _, unit := range p.Units {
		ballots += len(unit.Pseudonyms)
	}
	return ballots
}

// Has tells whether somebody answers on paper.
func (p OnPaper) Has(pseudonym string) bool {
	_, found := Roster{Units: p.Units}.UnitOf(pseudonym)
	return found
}

// in is how many of a unit answer on paper.
func (p OnPaper) in(unit string) int {
	for _, one := range p.Units {
		if one.UnitID == unit {
			return len(one.Pseudonyms)
		}
	}
	return 0
}

// mark is who of a frozen roster answers on paper, as the person who countersigns says.
func (s *Intake) mark(roundID string, roster []namedUnit, asked *intakeapi.PaperMarking, by string) (OnPaper, error) {
	if asked == nil {
		return OnPaper{}, nil
	}
	secret, err := s.keys.Get(secretName(roundID))
	if err != nil {
		return OnPaper{}, err
	}
	var wrong []*failure.Error
	listed := func(person string) bool {
		return slices.ContainsFunc(roster, func(u namedUnit) bool { return slices.Contains(u.Persons, person) })
	}
	for n, person := range asked.PersonIds {
		if !listed(person) || slices.Contains(asked.PersonIds[:n], person) {
			wrong = append(wrong, failure.Invalid(fmt.Sprintf("paper.person_ids.%d", n), "somebody on the list, each once"))
		}
	}
	if asked.HelperID == by || !listed(asked.HelperID) {
		wrong = append(wrong, failure.Invalid("paper.helper_id", "a colleague on the list, not oneself"))
	}
	p := OnPaper{HelperID: asked.HelperID}
	for _, unit := range roster {
		one := RosterUnit{UnitID: unit.UnitID}
		for _, person := range unit.Persons {
			if slices.Contains(asked.PersonIds, person) {
				one.Pseudonyms = append(one.Pseudonyms, Pseudonym(secret, person))
			}
		}
		if len(one.Pseudonyms) > mostOnPaper {
			wrong = append(wrong, failure.Invalid("paper.person_ids", fmt.Sprintf("at most %d of a unit", mostOnPaper)))
		}
		if len(one.Pseudonyms) > 0 {
			slices.Sort(one.Pseudonyms)
			p.Units = append(p.Units, one)
		}
	}
	return p, failure.Together(wrong...)
}

// MarkPaper takes down who answers on paper. The ballot box hears of it before the round opens.
func (r *Round) MarkPaper(p OnPaper) error {
	if err := r.at(Countersigning); err != nil {
		return err
	}
	r.OnPaper, r.Unfinished = p, p.Ballots() > 0
	return nil
}

// paperNumbers are what the ballot box is to know: how many in which unit, and nobody's pseudonym.
type paperNumbers struct {
	Units []paperUnit `json:"units"`
}

type paperUnit struct {
	UnitID  string `json:"unit_id"`
	Ballots int    `json:"ballots"`
}

// freezePaper has the ballot box keep tokens back for those who answer on paper. It may be repeated.
func (s *Intake) freezePaper(ctx context.Context, doc document.Document[Round]) error {
	if doc.Body.OnPaper.Ballots() == 0 {
		return nil
	}
	var numbers paperNumbers
	for _, unit := range doc.Body.OnPaper.Units {
		numbers.Units = append(numbers.Units, paperUnit{UnitID: unit.UnitID, Ballots: len(unit.Pseudonyms)})
	}
	if err := s.ballotBox.Call(ctx, http.MethodPut, ballotPath(doc.ID, "/paper"), numbers, nil); err != nil {
		return fmt.Errorf("paper of round %s: %w", doc.ID, err)
	}
	return nil
}

// paperBand says how many answers came on paper, as coarsely as results say how many answered. Fewer than five may be none,
// so that it tells of nobody whether they answered; "" is a round without paper.
func (p OnPaper) band(cameIn int) string {
	switch {
	case p.Ballots() == 0:
		return ""
	case cameIn < LeastMeans:
		return "0-4"
	case cameIn < 10:
		return "5-9"
	case cameIn < 20:
		return "10-19"
	case cameIn < 50:
		return "20-49"
	}
	return "50+"
}

// enters tells who may enter papers beside the representatives.
func (p OnPaper) enters(subject access.Subject) bool {
	return p.HelperID != "" && subject.ID == p.HelperID
}

// paperPseudonym is what the ballot box calls somebody who enters papers. It has nothing in common with the one they vote by.
func (s *Intake) paperPseudonym(roundID, person string) (string, error) {
	secret, err := s.keys.Get(secretName(roundID))
	return Pseudonym(secret, "paper\n"+person), err
}

// unitName is what a unit was called when the round was announced, or what a staff group is called in a language.
func (f Frozen) unitName(id, language string) string {
	if group, found := access.StaffGroupOfUnit(id); found && language == "en" {
		return group.EN
	}
	for _, unit := range f.Units {
		if unit.UnitID == id {
			return unit.Name
		}
	}
	return ""
}
