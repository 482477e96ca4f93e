package portal

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// boardKinds are the kinds of step that fill a board. Each has a page of its own.
var boardKinds = []string{"map", "inventory", "plan"}

// Where things on a board are written: who writes what, and when, is in no log.
const (
	boardItemRoute   = "/schools/:tenant_id/dialogues/:dialogue_id/board/:list/:item_id"
	boardRemoveRoute = boardItemRoute + "/remove"
)

func (p *Portal) boardRoutes(one *gin.RouterGroup) {
	for _, kind := range boardKinds {
		one.GET("/"+kind, p.person(func(v *visit) error { return v.boardPage(kind) }))
	}
	one.POST("/board/begin", p.person((*visit).beginBoard))
	one.GET("/board/:list/:item_id", p.person((*visit).boardItem))
	one.POST("/board/:list/:item_id", p.person((*visit).saveBoardItem))
	one.POST("/board/:list/:item_id/remove", p.person((*visit).removeBoardItem))
	one.POST("/held-on-board/:kind", p.person((*visit).holdOnBoard))
}

// boardShown is what a page shows of a board.
type boardShown struct {
	Kind      string
	Map       *mapDrawing
	Inventory []dialogueapi.InventoryRow
	Plan      []dialogueapi.PlanRow
	Begun     *boardBegun       // what it began with, if with something
	Names     map[string]string // of the owners
	Path      string            // where things are changed, "" where they cannot be
	Actions   string            // where a row of the plan becomes an action, "" where it cannot
}

// Empty tells whether there is nothing to show yet.
func (b boardShown) Empty() bool {
	return (b.Map == nil || len(b.Map.Nodes) == 0) && len(b.Inventory) == 0 && len(b.Plan) == 0
}

// Columns are the names of the columns of a table of rows.
func (b boardShown) Columns() []string {
	var columns []string
	for _, field := range boardLists[b.Kind].fields {
		if !slices.Contains([]string{"technology_id", "parallel_row_id", "minutes"}, field) {
			columns = append(columns, b.Kind+"."+field)
		}
	}
	return columns
}

// Row is the name of another row of the inventory.
func (b boardShown) Row(id *string) string {
	for _, row := range b.Inventory {
		if row.RowID == value(id) {
			return row.Name
		}
	}
	return ""
}

// Owner is the name of whoever owns a row, "" for somebody who has left.
func (b boardShown) Owner(id *string) string { return b.Names[value(id)] }

// showBoard is what a page shows of one kind of a board.
func (v *visit) showBoard(kind string, board *dialogueapi.Board) (boardShown, error) {
	shown := boardShown{Kind: kind, Begun: begun(board, kind)}
	switch kind {
	case "map":
		shown.Map = v.words.draw(board)
	case "inventory":
		shown.Inventory = shown.Begun.inventory(board.Inventory)
	case "plan":
		shown.Plan = shown.Begun.plan(board.Plan)
		slices.SortStableFunc(shown.Plan, func(a, b dialogueapi.PlanRow) int {
			return cmp.Compare(slices.Index(planElements, string(a.Element)), slices.Index(planElements, string(b.Element)))
		})
		var ids []string
		for _, row := range shown.Plan {
			ids = append(ids, value(row.OwnerID))
		}
		var err error
		shown.Names, err = v.names(ids...)
		return shown, err
	}
	return shown, nil
}

// boardPage is the map, the inventory or the plan of a dialogue, as it is and, while its step is under way, to be changed.
type boardPage struct {
	Dialogue dialogueapi.Dialogue
	Board    boardShown
	Changes  bool                       // the reader may change it now
	Earlier  []dialogueapi.EarlierBoard // what it can begin with
	Alert    string
	Held     []boardHeld
	Shown    []boardHeld // what may be held back, for TR and AMR
}

// Stamp says whether what is shown has changed.
func (p boardPage) Stamp() string {
	raw, err := json.Marshal([]any{p.Board, p.Changes, p.Earlier, p.Held})
	if err != nil {
		return "" // a stamp that never changes leaves the part to the next full page
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

func (v *visit) boardPage(kind string) error { return v.boardPageWith(http.StatusOK, kind, "") }

func (v *visit) boardPageWith(status int, kind, alert string) error {
	dialogue, board, err := v.board()
	if err != nil {
		return err
	}
	page := boardPage{Dialogue: dialogue, Changes: v.draws(dialogue, kind), Alert: alert}
	if page.Board, err = v.showBoard(kind, &board); err != nil {
		return err
	}
	if dialogue.MyPart != "reader" && v.has(access.UnionRepresentative, access.SafetyRepresentative) {
		page.holds(kind, &board)
	}
	path := v.school("dialogues", dialogue.DialogueID)
	if page.Changes {
		page.Board.Path = path + "/board"
	}
	if page.Changes && page.Board.Empty() {
		if page.Earlier, err = v.earlierBoards(dialogue, kind); err != nil {
			return err
		}
	}
	if dialogue.MyPart == "facilitator" && !value(dialogue.PreMeeting) && slices.Contains([]string{"open", "concluding"}, string(dialogue.State)) {
		page.Board.Actions = path + "/room"
	}
	if v.partial() {
		return v.part("board", "parts", page)
	}
	return v.show(status, "board", page)
}

// board reads a dialogue and its board.
func (v *visit) board() (dialogue dialogueapi.Dialogue, board dialogueapi.Board, err error) {
	err = together(v.reads("dialogue", v.one(), &dialogue), v.reads("dialogue", v.one("board"), &board))
	return dialogue, board, err
}

// draws tells whether the reader may change this kind of a board now.
func (v *visit) draws(d dialogueapi.Dialogue, kind string) bool {
	return d.State == "open" && d.MyPart != "reader" && slices.ContainsFunc(d.Phases, func(p dialogueapi.Phase) bool {
		return string(p.Kind) == kind && p.State == "active" && p.Attribution == "group"
	})
}

// boardItemPage is the form of one thing on a board.
type boardItemPage struct {
	Dialogue   dialogueapi.Dialogue
	Kind, List string
	Path, Back string
	Known      bool // not a new one
	Tag        string
	Form       form
	Fields     []boardField
	Naming     bool // it was refused, since it names a colleague
}

func (v *visit) boardItem() error { return v.boardItemWith(http.StatusOK, nil, false) }

func (v *visit) boardItemWith(status int, refused *form, naming bool) error {
	list, ok := boardLists[v.param("list")]
	if !ok {
		return failure.New(failure.RequestNoRoute)
	}
	dialogue, board, err := v.board()
	if err != nil {
		return err
	}
	id := v.param("item_id")
	page := boardItemPage{
		Dialogue: dialogue, Kind: list.kind, List: v.param("list"), Known: id != "new",
		Path: v.school("dialogues", dialogue.DialogueID, "board", v.param("list"), id), Back: v.school("dialogues", dialogue.DialogueID, list.kind),
	}
	if page.Known {
		if page.Form.Values, page.Tag = boardValues(&board, page.List, id); page.Form.Values == nil {
			return failure.NotFound("board item")
		}
	}
	if refused != nil {
		page.Form = *refused
	}
	if page.Naming = naming; naming {
		page.Form.Alert = "" // the note says it
	}
	if page.Fields, err = v.itemFields(page.List, &board, dialogue); err != nil {
		return err
	}
	return v.show(status, "board_item", page)
}

// itemFields are the inputs of the request's thing with everything that can be chosen.
func (v *visit) itemFields(list string, board *dialogueapi.Board, dialogue dialogueapi.Dialogue) ([]boardField, error) {
	var tools intakeapi.TechnologyList
	var people []boardOption
	switch list {
	case "nodes", "inventory":
		var err error
		if tools, err = v.register(); err != nil {
			return nil, err
		}
	case "plan":
		owners, err := v.planOwners(board, dialogue)
		if err != nil {
			return nil, err
		}
		people = owners
	}
	return v.boardFields(list, v.param("item_id"), board, tools.Items, people), nil
}

// register is the technology register, empty for those who may not read it.
func (v *visit) register() (intakeapi.TechnologyList, error) {
	var list intakeapi.TechnologyList
	err := v.get("intake", v.at("technologies"), &list)
	if failure.CodeOf(err) == failure.AccessDenied {
		return list, nil
	}
	return list, err
}

// planOwners are who can own a row: those at the table, the school's leaders where the reader may look them up, and whoever
// owns one already.
func (v *visit) planOwners(board *dialogueapi.Board, dialogue dialogueapi.Dialogue) ([]boardOption, error) {
	var all []boardOption
	known := map[string]bool{}
	leaders, err := v.owners(meeting{Dialogue: dialogue})
	if err != nil && failure.CodeOf(err) != failure.AccessDenied {
		return nil, err
	}
	for _, o := range leaders {
		name := o.Name
		if o.Leader {
			name += " (" + v.words.of("role", "leader") + ")"
		}
		all, known[o.ID] = append(all, boardOption{o.ID, name}), true
	}
	ids := slices.Concat(dialogue.FacilitatorIds, dialogue.ParticipantIds)
	for _, row := range board.Plan {
		ids = append(ids, value(row.OwnerID))
	}
	names, err := v.names(ids...)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if names[id] != "" && !known[id] {
			all, known[id] = append(all, boardOption{id, names[id]}), true
		}
	}
	return all, nil
}

// saveBoardItem adds a thing to the board, or changes one at the revision that was seen.
func (v *visit) saveBoardItem() error {
	list, ok := boardLists[v.param("list")]
	if !ok {
		return failure.New(failure.RequestNoRoute)
	}
	var fields []boardField
	for _, name := range list.fields {
		fields = append(fields, v.boardField(v.param("list"), name))
	}
	in, err := v.given(fields)
	if err == nil {
		err = v.named(in)
	}
	if left := v.holdBack(); err == nil && left != nil {
		in["hold_back"] = *left
	}
	if err == nil {
		if id := v.param("item_id"); id == "new" {
			err = v.call("dialogue", http.MethodPost, v.one("board", v.param("list")), in, nil, v.key())
		} else {
			err = v.call("dialogue", http.MethodPut, v.one("board", v.param("list"), id), in, nil, v.seen())
		}
	}
	return v.onBoard(list.kind, err)
}

// named gives a technology of the register its name there, where none was written.
func (v *visit) named(in map[string]any) error {
	field := map[string]string{"nodes": "label", "inventory": "name"}[v.param("list")]
	id, chosen := in["technology_id"]
	if _, written := in[field]; field == "" || written || !chosen {
		return nil
	}
	tools, err := v.register()
	for _, tool := range tools.Items {
		if tool.TechnologyID == id {
			in[field] = tool.Name
		}
	}
	return err
}

func (v *visit) removeBoardItem() error {
	list, ok := boardLists[v.param("list")]
	if !ok {
		return failure.New(failure.RequestNoRoute)
	}
	return v.onBoard(list.kind, v.call("dialogue", http.MethodDelete, v.one("board", v.param("list"), v.param("item_id")), nil, nil, v.seen()))
}

// onBoard goes back to the page of this kind, or shows the form with what is wrong. Somebody else's change in between is
// shown by its side: the form keeps what was written and takes the new revision.
func (v *visit) onBoard(kind string, err error) error {
	if err == nil {
		return v.redirect(v.school("dialogues", v.param("dialogue_id"), kind))
	}
	f, other := v.refused(err)
	if other != nil {
		return other
	}
	if strings.HasSuffix(v.gin.FullPath(), "/remove") {
		f.Values = nil // nothing was written; what stands there is shown
		return v.removalRefused(failure.From(err).Status(), f)
	}
	return v.boardItemWith(failure.From(err).Status(), &f, namesColleague(failure.From(err)))
}

// removalRefused shows the thing that stays, as it is now, and why.
func (v *visit) removalRefused(status int, f form) error {
	_, board, err := v.board()
	if err != nil {
		return err
	}
	if f.Values, _ = boardValues(&board, v.param("list"), v.param("item_id")); f.Values == nil {
		f.Values = url.Values{}
	}
	return v.boardItemWith(status, &f, false)
}

// readable reads something that only those at the table may read; for others there is nothing.
func (v *visit) readable(path string, into *dialogueapi.Board) func() error {
	read := v.reads("dialogue", path, into)
	return func() error {
		if err := read(); failure.CodeOf(err) != failure.AccessDenied {
			return err
		}
		return nil
	}
}

// boards joins what stands on the board to what was written: it can be voted for and cited as contributions are.
func (v *visit) boards(m *meeting) error {
	var err error
	if m.Phase != nil && slices.Contains(boardKinds, string(m.Phase.Kind)) {
		if m.Board, err = v.showBoard(string(m.Phase.Kind), &m.board); err != nil {
			return err
		}
	}
	if row := v.query("row"); row != "" {
		for i := range m.board.Plan {
			if m.board.Plan[i].RowID == row {
				m.Asked = &m.board.Plan[i]
			}
		}
	}
	for _, kind := range m.Boards {
		items := citedOn(&m.board, kind)
		m.all = append(m.all, items...)
		if m.Phase != nil && m.Phase.Kind == "prioritise" && slices.ContainsFunc(m.Phases, func(p dialogueapi.Phase) bool {
			return string(p.Kind) == kind && slices.Contains(m.Phase.InputFrom, p.PhaseID)
		}) {
			m.Material = append(m.Material, items...)
		}
	}
	return nil
}

// citedOn are the relations or rows of a board as contributions read.
func citedOn(board *dialogueapi.Board, kind string) (items []dialogueapi.Contribution) {
	add := func(id, text, more string) {
		if more != "" {
			text += ": " + more
		}
		items = append(items, dialogueapi.Contribution{ContributionID: id, Text: text, Attribution: "group"})
	}
	switch kind {
	case "map":
		labels := map[string]string{}
		for _, n := range board.Nodes {
			labels[n.NodeID] = n.Label
		}
		for _, r := range board.Relations {
			add(r.RelationID, labels[r.FromNodeID]+" – "+labels[r.ToNodeID], value(r.Reason))
		}
	case "inventory":
		for _, r := range board.Inventory {
			add(r.RowID, r.Name, value(r.UsedFor))
		}
	case "plan":
		for _, r := range board.Plan {
			add(r.RowID, r.Text, "")
		}
	}
	return items
}
