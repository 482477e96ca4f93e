package portal

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// mapDrawing is a relationship map as it is drawn: those who draw in the middle, the others in a ring around them by kind,
// the technologies in a row beneath. The same map is always drawn the same. Everything in it stands in a table, too.
type mapDrawing struct {
	Width, Height int
	Nodes         []drawnNode
	Relations     []drawnRelation
	Causes        []drawnLine // from a technology to the relation that it affects
}

// Impacts are what lines can mean, for the legend.
func (d *mapDrawing) Impacts() []string { return relationImpacts }

type drawnNode struct {
	dialogueapi.MapNode
	Lines               []string // of the label, short enough for the box
	X, Y, Left, Top     int      // the middle and the corner of the box
	BoxWidth, BoxHeight int
	First               int    // where the first line of text stands
	Mark                string // what has become of it since the dialogue that the map began with
}

// At is where the n-th line of the label stands.
func (n drawnNode) At(line int) int { return n.First + line*lineHeight }

type drawnRelation struct {
	dialogueapi.MapRelation
	From, To            string   // labels
	Technologies        []string // labels
	Line                drawnLine
	Lines               []string // of the label
	X, Left, Top        int
	BoxWidth, BoxHeight int
	First               int
	Mark                string
}

// Shown tells whether the drawing says what has become of it. What is as it was is not pointed out.
func (n drawnNode) Shown() bool { return n.Mark != "" && n.Mark != markKept }

// Above is where that is said, over the box.
func (n drawnNode) Above() int { return n.Top - 5 }

// Said is the label as it is read aloud: what is drawn of it, and the whole where that is more.
func (n drawnNode) Said() string {
	drawn := strings.Join(n.Lines, " ")
	if drawn == strings.Join(strings.Fields(n.Label), " ") {
		return drawn
	}
	return drawn + ", " + n.Label
}

// Marks tells whether the n-th line says what has become of it.
func (r drawnRelation) Marks(line int) bool {
	return r.Mark != "" && r.Mark != markKept && line == len(r.Lines)-1
}

// Words are what stands beside the line.
func (r drawnRelation) Words() string { return strings.Join(r.Lines, " ") }

// At is where the n-th line of the words stands.
func (r drawnRelation) At(line int) int { return r.First + line*lineHeight }

type drawnLine struct{ X1, Y1, X2, Y2 int }

// The measures of a drawing, in its own units.
const (
	nodeWidth, nodeHeight = 156, 52
	lineHeight            = 17
	nodeLetters           = 20 // that fit into a box
	letterWidth           = 7.6
	mapMargin             = 24
	arcPerNode            = 190
	smallestRing          = 330
	ringFlatness          = 0.66
)

// nodeOrder is in which order kinds of node stand in the ring and in the table.
var nodeOrder = []string{"us", "learners", "colleagues", "professions", "leaders", "parents", "partners", "other", "technology"}

// draw lays a map out.
func (w *words) draw(board *dialogueapi.Board) *mapDrawing {
	since := begun(board, "map")
	nodes := since.nodes(board.Nodes)
	slices.SortFunc(nodes, func(a, b dialogueapi.MapNode) int {
		return cmp.Or(cmp.Compare(slices.Index(nodeOrder, string(a.Kind)), slices.Index(nodeOrder, string(b.Kind))),
			strings.Compare(a.Label, b.Label), strings.Compare(a.NodeID, b.NodeID))
	})
	var middle, ring, tools []dialogueapi.MapNode
	for _, n := range nodes {
		switch n.Kind {
		case "us":
			middle = append(middle, n)
		case "technology":
			tools = append(tools, n)
		default:
			ring = append(ring, n)
		}
	}
	radius := max(smallestRing, float64(len(ring)*arcPerNode)/(2*math.Pi))
	flat := max(radius*ringFlatness, float64(len(middle)*(nodeHeight+20))/2+2*nodeHeight)
	d := &mapDrawing{Width: int(2*radius) + nodeWidth + 2*mapMargin}
	centreX, centreY := float64(d.Width)/2, flat+nodeHeight/2+mapMargin
	for i, n := range middle {
		d.place(n, centreX, centreY+(float64(i)-float64(len(middle)-1)/2)*(nodeHeight+20))
	}
	for i, n := range ring {
		angle := 2*math.Pi*float64(i)/float64(len(ring)) - math.Pi/2
		d.place(n, centreX+radius*math.Cos(angle), centreY+flat*math.Sin(angle))
	}
	bottom := centreY + flat + nodeHeight/2
	perRow := max(1, (d.Width-2*mapMargin)/(nodeWidth+16))
	for i, n := range tools {
		row := i / perRow
		inRow := min(perRow, len(tools)-row*perRow)
		bottom = centreY + flat + float64(row+1)*(nodeHeight+24) + nodeHeight
		d.place(n, centreX+(float64(i%perRow)-float64(inRow-1)/2)*(nodeWidth+16), bottom-nodeHeight/2)
	}
	d.Height = int(bottom) + mapMargin
	for i := range d.Nodes {
		d.Nodes[i].Mark = since.Mark(d.Nodes[i].NodeID)
	}
	for _, r := range since.relations(board.Relations) {
		d.join(w, r, since.Mark(r.RelationID))
	}
	return d
}

// place puts a node where its middle is to be.
func (d *mapDrawing) place(n dialogueapi.MapNode, x, y float64) {
	lines := wrapped(n.Label, nodeLetters, 2)
	d.Nodes = append(d.Nodes, drawnNode{
		MapNode: n, Lines: lines, X: int(x), Y: int(y), Left: int(x) - nodeWidth/2, Top: int(y) - nodeHeight/2, BoxWidth: nodeWidth, BoxHeight: nodeHeight,
		First: int(y) + 5 - (len(lines)-1)*lineHeight/2,
	})
}

func (d *mapDrawing) node(id string) *drawnNode {
	i := slices.IndexFunc(d.Nodes, func(n drawnNode) bool { return n.NodeID == id })
	if i < 0 {
		return nil
	}
	return &d.Nodes[i]
}

// join draws a relation with its words beside the line, where nothing else stands if there is such a place.
func (d *mapDrawing) join(w *words, r dialogueapi.MapRelation, mark string) {
	from, to := d.node(r.FromNodeID), d.node(r.ToNodeID)
	if from == nil || to == nil {
		return // a board never has one
	}
	drawn := drawnRelation{MapRelation: r, From: from.Label, To: to.Label, Line: drawnLine{from.X, from.Y, to.X, to.Y}, Mark: mark}
	drawn.Lines = []string{w.of("relation_kind", r.Kind)}
	var second []string
	if r.Impact != nil {
		second = append(second, w.of("relation_impact", *r.Impact))
	}
	if r.Direction != nil {
		second = append(second, w.of("relation_direction", *r.Direction))
	}
	if len(second) > 0 {
		drawn.Lines = append(drawn.Lines, strings.Join(second, " → "))
	}
	if mark != "" && mark != markKept {
		drawn.Lines = append(drawn.Lines, w.of("board_mark", mark))
	}
	longest := 0
	for _, line := range drawn.Lines {
		longest = max(longest, utf8.RuneCountInString(line))
	}
	drawn.BoxWidth, drawn.BoxHeight = int(float64(longest)*letterWidth)+14, len(drawn.Lines)*lineHeight+8
	d.letter(&drawn, from, to)
	for _, id := range r.TechnologyNodeIds {
		if tool := d.node(id); tool != nil {
			drawn.Technologies = append(drawn.Technologies, tool.Label)
			d.Causes = append(d.Causes, drawnLine{tool.X, tool.Top, drawn.X, drawn.Top + drawn.BoxHeight})
		}
	}
	d.Relations = append(d.Relations, drawn)
}

// letter finds a place for the words of a relation along its line.
func (d *mapDrawing) letter(r *drawnRelation, from, to *drawnNode) {
	var x, y int
	for n, along := range []float64{0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.5} {
		x = from.X + int(along*float64(to.X-from.X))
		y = from.Y + int(along*float64(to.Y-from.Y))
		if n == 7 || d.free(x-r.BoxWidth/2, y-r.BoxHeight/2, r.BoxWidth, r.BoxHeight) {
			break
		}
	}
	r.X, r.Left, r.Top = x, x-r.BoxWidth/2, y-r.BoxHeight/2
	r.First = r.Top + lineHeight
}

func (d *mapDrawing) free(left, top, width, height int) bool {
	clear := func(l, t, w, h int) bool {
		return left+width < l || l+w < left || top+height < t || t+h < top
	}
	for _, n := range d.Nodes {
		if !clear(n.Left, n.Top, n.BoxWidth, n.BoxHeight) {
			return false
		}
	}
	for _, r := range d.Relations {
		if !clear(r.Left, r.Top, r.BoxWidth, r.BoxHeight) {
			return false
		}
	}
	return true
}

// wrapped breaks a text into at most so many lines of so many letters. What does not fit ends in an ellipsis; it is whole
// in the table.
func wrapped(text string, letters, most int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= letters:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	lines = append(lines, line)
	if len(lines) > most {
		lines = append(lines[:most-1], strings.Join(lines[most-1:], " "))
	}
	for i, line := range lines {
		if runes := []rune(line); len(runes) > letters {
			lines[i] = string(runes[:letters-1]) + "…"
		}
	}
	return lines
}
