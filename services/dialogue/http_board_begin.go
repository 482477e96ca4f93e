package dialogue

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// mostEarlier is how many earlier boards are offered: the newest ones.
const mostEarlier = 10

type earlierBoardView struct {
	DialogueID string          `json:"dialogue_id"`
	Title      string          `json:"title"`
	HeldOn     string          `json:"held_on"`
	Kinds      []playbook.Kind `json:"kinds"`
}

// listEarlierBoards answers whoever leads with what a map, an inventory or a plan can begin with.
func (s *service) listEarlierBoards(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	meetings, err := s.heldBefore(v)
	if err != nil {
		return err
	}
	list := rest.List[earlierBoardView]{Items: []earlierBoardView{}}
	for _, m := range meetings {
		board, err := s.board(v.ctx, m.ID)
		if err != nil {
			return err
		}
		shown := board.Body.shown()
		kinds := slices.DeleteFunc(slices.Clone(boardKinds), func(kind playbook.Kind) bool { return !shown.Has(kind) })
		if len(kinds) > 0 && len(list.Items) < mostEarlier {
			list.Items = append(list.Items, earlierBoardView{m.ID, m.Body.Title, m.Body.heldOn(s.zone), kinds})
		}
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// heldBefore are the earlier dialogues of the same people whose minutes stand and that the caller may read, the newest first.
func (s *service) heldBefore(v visit) ([]document.Document[Meeting], error) {
	ids, err := s.earlier(v.ctx, v.meeting)
	if err != nil {
		return nil, err
	}
	var all []document.Document[Meeting]
	for _, id := range ids {
		m, err := s.meetings.Get(v.ctx, id)
		if err != nil {
			return nil, err
		}
		if m.Body.in(FollowUp, Closed) == nil && s.reads(v.ctx, v.subject, m) {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b document.Document[Meeting]) int { return b.Body.CreatedAt.Compare(a.Body.CreatedAt) })
	return all, nil
}

// beginBoard has a map, an inventory or a plan begin with an earlier dialogue's, as whoever leads chooses.
func (s *service) beginBoard(c *gin.Context) error {
	v, creation, err := s.creating(c, "dialogue.lead")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Kind playbook.Kind `json:"kind"`
		From string        `json:"from_dialogue_id"`
	}](c)
	if err != nil {
		return err
	}
	if wrong := oneOf("kind", given.Kind, boardKinds...); wrong != nil {
		return wrong
	}
	phase, err := s.takesItems(&v.meeting.Body, given.Kind)
	if err != nil {
		return err
	}
	start, from, err := s.beginningWith(v, given.Kind, given.From)
	if err != nil {
		return err
	}
	if err := s.onBoard(v, func(b *Board) error { return b.begin(creation, start, from, phase.ID) }); err != nil {
		return err
	}
	board, err := s.board(v.ctx, v.meeting.ID)
	if err != nil {
		return err
	}
	return rest.Created(c, board, v.viewer.boardView(&board.Body))
}

// beginningWith looks up what is to be copied. Whoever owns a row and has left the school owns nothing.
func (s *service) beginningWith(v visit, kind playbook.Kind, dialogue string) (start Beginning, from *Board, err error) {
	meetings, err := s.heldBefore(v)
	if err != nil {
		return start, nil, err
	}
	i := slices.IndexFunc(meetings, func(m document.Document[Meeting]) bool { return m.ID == dialogue })
	elsewhere := failure.Invalid("from_dialogue_id", "an earlier dialogue of the same people that is over and has one")
	if i < 0 {
		return start, nil, elsewhere
	}
	board, err := s.board(v.ctx, dialogue)
	if err != nil {
		return start, nil, err
	}
	shown := board.Body.shown() // what was held back there is not taken along
	if !shown.Has(kind) {
		return start, nil, elsewhere
	}
	start = Beginning{Kind: kind, DialogueID: dialogue, Title: meetings[i].Body.Title, HeldOn: meetings[i].Body.heldOn(s.zone)}
	return start, shown, s.stillOwned(v.ctx, shown)
}

// stillOwned takes a row from whoever has left, and asks anew what the others are in this school.
func (s *service) stillOwned(ctx context.Context, b *Board) error {
	for i := range b.Plan {
		row := &b.Plan[i].Body
		if row.Owner.Person == "" {
			continue
		}
		owner, err := s.owner(ctx, row.Owner.Person, row.Owner.Minutes)
		if failure.CodeOf(err) == failure.ActionOwnerUnknown {
			owner, err = Owner{}, nil
		}
		if err != nil {
			return err
		}
		row.Owner = owner
	}
	return nil
}
