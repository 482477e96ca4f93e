package portal

import (
	"net/http"
	"strings"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// boardHeld is something on a board in words, with the tag of what was seen.
type boardHeld struct{ ID, Tag, Text, Reason string }

// holds fills in what TR and AMR can hold back, and what they have.
func (p *boardPage) holds(kind string, board *dialogueapi.Board) {
	for _, held := range value(board.Held) {
		p.Held = append(p.Held, boardHeld{held.ItemID, tag(held.Revision), held.Text, value(held.HeldReason)})
	}
	add := func(id string, revision int64, text string) {
		p.Shown = append(p.Shown, boardHeld{ID: id, Tag: tag(revision), Text: text})
	}
	switch kind {
	case "map":
		for _, n := range board.Nodes {
			add(n.NodeID, n.Revision, n.Label)
		}
		for i, cited := range citedOn(board, kind) {
			add(cited.ContributionID, board.Relations[i].Revision, cited.Text)
		}
	case "inventory":
		for _, r := range board.Inventory {
			add(r.RowID, r.Revision, r.Name)
		}
	case "plan":
		for _, r := range board.Plan {
			add(r.RowID, r.Revision, r.Text)
		}
	}
}

// holdOnBoard holds something back, or shows the room what was, and goes back to the board.
func (v *visit) holdOnBoard() error {
	id, etag, _ := strings.Cut(v.input("item"), " ")
	verb, in := "release", any(nil)
	if reason := v.input("reason"); reason != "" {
		verb, in = "hold", dialogueapi.Reason{Reason: reason}
	}
	err := v.call("dialogue", http.MethodPost, v.one("board", "items", id, verb), in, nil, host.WithIfMatch(etag))
	if err != nil && failure.From(err).Status() != http.StatusPreconditionFailed { // then the board tells what is there now
		return err
	}
	return v.redirect(v.school("dialogues", v.param("dialogue_id"), v.param("kind")))
}
