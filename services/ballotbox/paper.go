package ballotbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Some people have no device of their own, and answer on paper. Who they are is known before any ticket is issued: they get
// none, and their unit has that many ballots on paper instead of tokens. So tokens and papers together are never more than
// the unit has people. How the papers come in is in paper_entries.go.

// Paper is how many people of a round answer on paper. Like an extension it is kept beside the frame.
type Paper struct {
	Units []PaperUnit `json:"units"`
}

// PaperUnit is a unit in which somebody answers on paper.
type PaperUnit struct {
	UnitID  string `json:"unit_id"`
	Ballots int    `json:"ballots"`
}

// maxPaper bounds the papers of a unit: whoever enters them has all of them before them.
const maxPaper = 80

// validate holds the numbers against the frame.
func (p Paper) validate(now *view) error {
	wrong := []*failure.Error{}
	if len(p.Units) == 0 {
		wrong = append(wrong, failure.Invalid("units", "one unit or more"))
	}
	seen := map[string]bool{}
	for n, u := range p.Units {
		at, known := now.units[u.UnitID]
		if !known || seen[u.UnitID] {
			wrong = append(wrong, failure.Invalid(fmt.Sprintf("units.%d.unit_id", n), "a unit of the round, each once"))
			continue
		}
		seen[u.UnitID] = true
		if most := min(maxPaper, now.Frame.Units[at].Voters); u.Ballots < 1 || u.Ballots > most {
			wrong = append(wrong, failure.Invalid(fmt.Sprintf("units.%d.ballots", n), fmt.Sprintf("1 to %d", most)))
		}
	}
	return failure.Together(wrong...)
}

// setPaper freezes how many answer on paper. It may be repeated; other numbers are refused, since the first were
// countersigned.
func (b *Box) setPaper(ctx context.Context, id string, paper Paper) (*view, error) {
	r, err := b.round(ctx, id)
	if err != nil {
		return nil, err
	}
	r.command.Lock()
	defer r.command.Unlock()
	now := r.now()
	if now.Frame.Kind == Month { // what is told in one is typed by nobody else
		return nil, failure.New(failure.BallotRoundDiffers)
	}
	if err := paper.validate(now); err != nil {
		return nil, err
	}
	switch {
	case now.Paper != nil && slices.Equal(now.Paper.Units, paper.Units):
		return now, nil
	case now.Paper != nil:
		return nil, failure.New(failure.BallotRoundDiffers)
	}
	if err := now.mayOpen(); err != nil {
		return nil, err
	}
	if err := b.registry.addPaper(ctx, id, paper); err != nil {
		return nil, err
	}
	if err := r.move(func(now *record) { now.Paper = &paper }); err != nil {
		return nil, err
	}
	return r.now(), nil
}

// paperOf is how many of a unit answer on paper.
func (r *record) paperOf(unit int) int {
	if r.Paper == nil {
		return 0
	}
	for _, u := range r.Paper.Units {
		if u.UnitID == r.Frame.Units[unit].UnitID {
			return u.Ballots
		}
	}
	return 0
}

// paperBallots is how many of the whole round do: it stands on the form, so that a number which nobody countersigned is seen.
func (r *record) paperBallots() int {
	ballots := 0
	for unit := range r.Frame.Units {
		ballots += r.paperOf(unit)
	}
	return ballots
}

// tokensOf is how many tokens there are in a unit beside its papers.
func (r *record) tokensOf(unit int) allowance {
	most := r.Frame.allows(unit)
	most.unit -= r.paperOf(unit)
	return most
}
