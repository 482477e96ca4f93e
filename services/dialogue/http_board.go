package dialogue

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

const boardPath = dialoguePath + "/board"

// boardRoutes are how a section of a board is changed: an item is added, changed as a whole, and removed.
func (s *service) boardRoutes(r *gin.RouterGroup) {
	r.GET(boardPath, host.Handle(s.getBoard))
	r.GET(boardPath+"/earlier", host.Handle(s.listEarlierBoards))
	r.POST(boardPath+"/beginnings", host.Handle(s.beginBoard))
	r.POST(boardPath+"/items/:item_id/hold", host.Handle(s.holdBoardItem))
	r.POST(boardPath+"/items/:item_id/release", host.Handle(s.releaseBoardItem))
	route(s, r, "/nodes", "/:node_id", desk[Node, Node, nodeView]{playbook.Map, nodes, itself[Node], func(n Node) bool { return n.HoldBack }, viewNode})
	route(s, r, "/relations", "/:relation_id", desk[Relation, Relation, relationView]{playbook.Map, relations, itself[Relation], func(r Relation) bool { return r.HoldBack }, viewRelation})
	route(s, r, "/inventory", "/:row_id", desk[System, System, systemView]{playbook.Inventory, inventory, itself[System], func(s System) bool { return s.HoldBack }, viewSystem})
	route(s, r, "/plan", "/:row_id", desk[givenPlanRow, PlanRow, planRowView]{playbook.Plan, plan, s.planRow, func(r givenPlanRow) bool { return r.HoldBack }, viewPlanRow})
}

// desk is where items T of one section are taken in as G and shown as V, while a step of its kind is under way.
type desk[G, T, V any] struct {
	kind    playbook.Kind
	section section[T]
	read    func(visit, G) (T, error)
	back    func(G) bool // is it to be held back
	view    func(Item[T]) V
}

func itself[T any](_ visit, given T) (T, error) { return given, nil }

func route[G, T, V any](s *service, r *gin.RouterGroup, path, item string, d desk[G, T, V]) {
	r.POST(boardPath+path, host.Handle(func(c *gin.Context) error { return addItem(s, c, d) }))
	r.PUT(boardPath+path+item, host.Handle(func(c *gin.Context) error { return changeItem(s, c, d) }))
	r.DELETE(boardPath+path+item, host.Handle(func(c *gin.Context) error { return removeItem(s, c, d) }))
}

// takesItems says whether a step of this kind takes something on the board at this time, and returns it.
func (s *service) takesItems(m *Meeting, kind playbook.Kind) (*Phase, error) {
	if err := m.in(Open); err != nil {
		return nil, err
	}
	p := m.current()
	if p == nil || p.Kind != kind {
		return nil, failure.New(failure.PhaseWrongState).At("phase_id").Wanting("an active step of the kind " + string(kind))
	}
	if p.Attribution != playbook.Group { // nothing here is sealed, and nobody's name is kept
		return nil, failure.New(failure.PhaseTakesNothing).At("phase_id")
	}
	return p, p.taking(s.now())
}

// drawing lets somebody onto the board who wants to change it.
func (s *service) drawing(c *gin.Context, kind playbook.Kind) (visit, *Phase, error) {
	v, err := s.visit(c, "board.change")
	if err != nil {
		return v, nil, err
	}
	p, err := s.takesItems(&v.meeting.Body, kind)
	return v, p, err
}

// onBoard changes the board of a dialogue, which comes to be with the first item.
func (s *service) onBoard(v visit, change func(*Board) error) error {
	_, err := s.boards.Upsert(v.ctx, v.meeting.ID, func(b *Board, _ bool) ([]events.Event, error) {
		b.DialogueID = v.meeting.ID
		return nil, change(b)
	})
	if err == nil {
		s.hub.changed(v.ctx, v.meeting.ID)
	}
	return err
}

// brought is an item that somebody gives, whether it is to be held back, and whose names it must not carry otherwise.
type brought[T any] struct {
	body       T
	holdBack   bool
	colleagues personal.Names
}

// readItem reads what somebody gives of an item.
func readItem[G, T, V any](s *service, v visit, c *gin.Context, d desk[G, T, V]) (b brought[T], err error) {
	given, err := host.Decode[G](c)
	if err != nil {
		return b, err
	}
	b.holdBack = d.back(given)
	if b.colleagues, err = s.roster.people(v.ctx); err != nil {
		return b, err
	}
	b.body, err = d.read(v, given)
	return b, err
}

func addItem[G, T, V any](s *service, c *gin.Context, d desk[G, T, V]) error {
	v, phase, err := s.drawing(c, d.kind)
	if err != nil {
		return err
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := readItem(s, v, c, d)
	if err != nil {
		return err
	}
	var added Item[T]
	if err := s.onBoard(v, func(b *Board) (err error) {
		repeated := indexOf(*d.section.items(b), creation.ID) >= 0
		if added, err = d.section.add(b, creation, phase.ID, given.body); err != nil || repeated {
			return err
		}
		return d.section.hold(b, added.ID, given.holdBack, given.colleagues)
	}); err != nil {
		return err
	}
	return answerItem(c, http.StatusCreated, added, d.view)
}

// seen says whether the room sees an item: what is held back is released before it is changed.
func (d desk[G, T, V]) seen(b *Board, id string) error {
	if indexOf(*d.section.items(b.shown()), id) < 0 {
		return failure.NotFound(d.section.name)
	}
	return nil
}

func changeItem[G, T, V any](s *service, c *gin.Context, d desk[G, T, V]) error {
	v, _, err := s.drawing(c, d.kind)
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	given, err := readItem(s, v, c, d)
	if err != nil {
		return err
	}
	var changed Item[T]
	if err := s.onBoard(v, func(b *Board) (err error) {
		if err := d.seen(b, itemID(c)); err != nil {
			return err
		}
		if changed, err = d.section.change(b, itemID(c), revision, given.body); err != nil {
			return err
		}
		return d.section.hold(b, changed.ID, given.holdBack, given.colleagues)
	}); err != nil {
		return err
	}
	return answerItem(c, http.StatusOK, changed, d.view)
}

func removeItem[G, T, V any](s *service, c *gin.Context, d desk[G, T, V]) error {
	v, _, err := s.drawing(c, d.kind)
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	if err := s.onBoard(v, func(b *Board) error {
		if err := d.seen(b, itemID(c)); err != nil {
			return err
		}
		return d.section.remove(b, itemID(c), revision)
	}); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (s *service) holdBoardItem(c *gin.Context) error { return s.setBoardItem(c, true) }

// releaseBoardItem shows the room what was held back, by whoever may hold it back.
func (s *service) releaseBoardItem(c *gin.Context) error { return s.setBoardItem(c, false) }

func (s *service) setBoardItem(c *gin.Context, held bool) error {
	v, err := s.visit(c, "contribution.hold")
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	reason := ""
	if held {
		if reason, err = decodeReason(c); err != nil {
			return err
		}
	}
	if err := s.onBoard(v, func(b *Board) error { return b.setHeld(c.Param("item_id"), revision, held, reason) }); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// itemID is the last part of the address.
func itemID(c *gin.Context) string { return c.Params[len(c.Params)-1].Value }

// answerItem answers with an item and its own revision as entity tag.
func answerItem[T, V any](c *gin.Context, status int, item Item[T], view func(Item[T]) V) error {
	c.Header("ETag", `"`+strconv.FormatInt(item.Revision, 10)+`"`)
	c.Header("Cache-Control", "no-store")
	c.JSON(status, view(item))
	return nil
}

func (s *service) getBoard(c *gin.Context) error {
	v, err := s.visit(c, "contribution.read")
	if err != nil {
		return err
	}
	board, err := s.board(v.ctx, v.meeting.ID)
	if err != nil {
		return err
	}
	return rest.OK(c, board, v.viewer.boardView(&board.Body))
}

// board returns the board of a dialogue, an empty one of revision 0 where nothing was put on it yet.
func (s *store) board(ctx context.Context, dialogue string) (document.Document[Board], error) {
	board, err := s.boards.Get(ctx, dialogue)
	return board, except(failure.DocumentNotFound, err)
}

// givenPlanRow is a row as somebody gives it.
type givenPlanRow struct {
	Element  PlanElement `json:"element"`
	Text     string      `json:"text"`
	Owner    string      `json:"owner_id"`
	Minutes  int         `json:"minutes"`
	DueOn    string      `json:"due_on"`
	Evidence string      `json:"evidence"`
	State    PlanState   `json:"state"`
	HoldBack bool        `json:"hold_back"`
}

// planRow looks the owner of a row up. In a pre-meeting it is one of the staff side: a leader is told what is kept about
// them, and not that there was one.
func (s *service) planRow(v visit, g givenPlanRow) (PlanRow, error) {
	row := PlanRow{Element: g.Element, Text: g.Text, Owner: Owner{Minutes: g.Minutes}, DueOn: g.DueOn, Evidence: g.Evidence, State: g.State}
	if g.Owner == "" {
		return row, nil
	}
	if v.meeting.Body.PreMeeting {
		staff, err := s.onStaffSide(v.ctx, []string{g.Owner})
		if err != nil {
			return row, err
		}
		if len(staff) == 0 {
			return row, failure.Invalid("owner_id", "somebody of the staff side")
		}
	}
	var err error
	row.Owner, err = s.owner(v.ctx, g.Owner, g.Minutes)
	return row, err
}
