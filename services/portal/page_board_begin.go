package portal

import (
	"net/http"
	"slices"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// earlierBoards are the earlier dialogues whose map, inventory or plan this one can begin with: for whoever leads, as long as
// nothing is there.
func (v *visit) earlierBoards(d dialogueapi.Dialogue, kind string) ([]dialogueapi.EarlierBoard, error) {
	if d.MyPart != "facilitator" {
		return nil, nil
	}
	var list dialogueapi.EarlierBoardList
	if err := v.get("dialogue", v.one("board", "earlier"), &list); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list.Items, func(one dialogueapi.EarlierBoard) bool {
		return !slices.Contains(one.Kinds, dialogueapi.BoardKind(kind))
	}), nil
}

// beginBoard begins with an earlier dialogue's, or shows the page as it is now and what stands in the way.
func (v *visit) beginBoard() error {
	kind := v.input("kind")
	if !slices.Contains(boardKinds, kind) {
		return failure.New(failure.RequestNoRoute)
	}
	in := map[string]any{"kind": kind, "from_dialogue_id": v.input("from_dialogue_id")}
	err := v.call("dialogue", http.MethodPost, v.one("board", "beginnings"), in, nil, v.key())
	if err == nil {
		return v.redirect(v.school("dialogues", v.param("dialogue_id"), kind))
	}
	f, other := v.refused(err)
	if other != nil {
		return other
	}
	return v.boardPageWith(failure.From(err).Status(), kind, f.Alert)
}
