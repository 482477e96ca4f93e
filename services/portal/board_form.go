package portal

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// What the things on a board can be.
var (
	relationKinds      = []string{"contact", "cooperation", "knowledge_sharing", "social_support", "steering"}
	relationImpacts    = []string{"strengthened", "weakened", "both", "unchanged"}
	relationDirections = []string{"strengthen", "preserve", "take_less_room"}
	systemUsers        = []string{"teachers", "pedagogues", "administration", "it", "technical", "leaders", "learners", "parents"}
	systemStates       = []string{"in_use", "being_introduced", "being_phased_out", "parallel"}
	systemVerdicts     = []string{"keep", "change", "stop", "learn_more"}
	planElements       = []string{"trial", "time", "setup", "training", "pilot", "help", "fault_reports", "revisions", "shared_learning", "other"}
	planStates         = []string{"planned", "under_way", "done", "left_out"}
)

// boardLists are the lists of a board with the inputs of their forms, in order, and the kind of step that fills them.
var boardLists = map[string]struct {
	kind   string
	fields []string
}{
	"nodes":     {"map", []string{"kind", "label", "technology_id"}},
	"relations": {"map", []string{"from_node_id", "to_node_id", "kind", "essential", "impact", "technology_node_ids", "direction", "reason"}},
	"inventory": {"inventory", []string{"name", "technology_id", "used_for", "used_by", "state", "parallel_row_id", "helps", "wears", "verdict"}},
	"plan":      {"plan", []string{"element", "text", "owner_id", "minutes", "due_on", "evidence", "state"}},
}

// boardField is one input of the form of a thing on a board.
type boardField struct {
	Name, Label, Hint string
	Type              string // text, area, number, date, select, checks or check
	Max               int
	Optional          bool
	Options           []boardOption
}

// boardOption is one of the values of an input.
type boardOption struct{ Value, Text string }

// options are the values of an input in the reader's language.
func (w *words) options(family string, values []string) []boardOption {
	all := make([]boardOption, len(values))
	for i, value := range values {
		all[i] = boardOption{value, w.of(family, value)}
	}
	return all
}

// boardFamilies are the families of keys of a board.
func boardFamilies() map[string][]string {
	lists := slices.Sorted(maps.Keys(boardLists))
	var fields []string
	for _, list := range lists {
		for _, name := range boardLists[list].fields {
			fields = append(fields, list+"."+name)
		}
	}
	return map[string][]string{
		"board_begin": boardKinds, "board_mark": boardMarks,
		"board_title": boardKinds, "board_lead": boardKinds, "board_empty": boardKinds, "board_open": boardKinds,
		"board_add": lists, "board_change": lists, "board_field": fields, "board_hint": slices.Sorted(maps.Keys(boardHints)),
		"node_kind": nodeOrder, "relation_kind": relationKinds, "relation_impact": relationImpacts, "relation_direction": relationDirections,
		"system_user": systemUsers, "system_state": systemStates, "system_verdict": systemVerdicts, "plan_element": planElements, "plan_state": planStates,
	}
}

// boardFields are the inputs of the form of a thing in this list.
func (v *visit) boardFields(list, itemID string, board *dialogueapi.Board, tools []intakeapi.Technology, people []boardOption) []boardField {
	var fields []boardField
	for _, name := range boardLists[list].fields {
		f := v.boardField(list, name)
		switch name {
		case "technology_id":
			for _, tool := range tools {
				f.Options = append(f.Options, boardOption{tool.TechnologyID, tool.Name})
			}
		case "from_node_id", "to_node_id", "technology_node_ids":
			for _, n := range v.words.draw(board).Nodes {
				if n.Mark != markRemoved && (n.Kind == "technology") == (name == "technology_node_ids") {
					f.Options = append(f.Options, boardOption{n.NodeID, n.Label})
				}
			}
		case "parallel_row_id":
			for _, row := range board.Inventory {
				if row.RowID != itemID {
					f.Options = append(f.Options, boardOption{row.RowID, row.Name})
				}
			}
		case "owner_id":
			f.Options = people
		}
		fields = append(fields, f)
	}
	return fields
}

// boardField is an input without the values that the board itself gives it.
func (v *visit) boardField(list, name string) boardField {
	key := list + "." + name
	f := boardField{Name: name, Label: v.words.of("board_field", key), Type: "select", Optional: true}
	switch key {
	case "nodes.kind":
		f.Optional, f.Options = false, v.words.options("node_kind", nodeOrder)
	case "relations.kind":
		f.Optional, f.Options = false, v.words.options("relation_kind", relationKinds)
	case "relations.from_node_id", "relations.to_node_id":
		f.Optional = false
	case "relations.impact":
		f.Options = v.words.options("relation_impact", relationImpacts)
	case "relations.direction":
		f.Options = v.words.options("relation_direction", relationDirections)
	case "relations.essential":
		f.Type = "check"
	case "relations.technology_node_ids":
		f.Type = "checks"
	case "inventory.used_by":
		f.Type, f.Options = "checks", v.words.options("system_user", systemUsers)
	case "inventory.state":
		f.Optional, f.Options = false, v.words.options("system_state", systemStates)
	case "inventory.verdict":
		f.Options = v.words.options("system_verdict", systemVerdicts)
	case "plan.element":
		f.Optional, f.Options = false, v.words.options("plan_element", planElements)
	case "plan.state":
		f.Optional, f.Options = false, v.words.options("plan_state", planStates)
	case "nodes.label", "inventory.name":
		f.Type, f.Max, f.Optional = "text", 80, false
	case "plan.text":
		f.Type, f.Max, f.Optional = "area", 1000, false
	case "plan.minutes":
		f.Type = "number"
	case "plan.due_on":
		f.Type = "date"
	case "relations.reason", "inventory.used_for", "inventory.helps", "inventory.wears", "plan.evidence":
		f.Type, f.Max = "area", 500
	}
	if _, hinted := boardHints[key]; hinted {
		f.Hint = v.words.of("board_hint", key)
	}
	return f
}

// boardHints are the inputs that need a word more.
var boardHints = map[string]bool{
	"nodes.label": true, "nodes.technology_id": true, "relations.essential": true, "relations.technology_node_ids": true, "relations.reason": true,
	"inventory.name": true, "plan.minutes": true, "plan.evidence": true,
}

// given reads the inputs of a thing as the service takes them; what was left empty is absent.
func (v *visit) given(fields []boardField) (map[string]any, error) {
	in := map[string]any{}
	for _, f := range fields {
		text := v.input(f.Name)
		switch {
		case f.Type == "checks":
			in[f.Name] = append([]string{}, v.gin.PostFormArray(f.Name)...)
		case f.Type == "check":
			in[f.Name] = text != ""
		case text == "":
		case f.Type == "number":
			n, err := strconv.Atoi(text)
			if err != nil {
				return nil, failure.Invalid(f.Name, "a whole number")
			}
			in[f.Name] = n
		default:
			in[f.Name] = text
		}
	}
	return in, nil
}

// boardValues are what a thing on the board says, as its form would send it, with the tag of what was seen; nil if it is
// not there.
func boardValues(board *dialogueapi.Board, list, id string) (values url.Values, etag string) {
	switch list {
	case "nodes":
		for _, n := range board.Nodes {
			if n.NodeID == id {
				return url.Values{"kind": {string(n.Kind)}, "label": {n.Label}, "technology_id": {value(n.TechnologyID)}}, tag(n.Revision)
			}
		}
	case "relations":
		for _, r := range board.Relations {
			if r.RelationID == id {
				values := url.Values{
					"from_node_id": {r.FromNodeID}, "to_node_id": {r.ToNodeID}, "kind": {string(r.Kind)}, "impact": {string(value(r.Impact))},
					"technology_node_ids": r.TechnologyNodeIds, "direction": {string(value(r.Direction))}, "reason": {value(r.Reason)},
				}
				if r.Essential {
					values.Set("essential", "yes")
				}
				return values, tag(r.Revision)
			}
		}
	case "inventory":
		for _, r := range board.Inventory {
			if r.RowID == id {
				values := url.Values{
					"name": {r.Name}, "technology_id": {value(r.TechnologyID)}, "used_for": {value(r.UsedFor)}, "state": {string(r.State)},
					"parallel_row_id": {value(r.ParallelRowID)}, "helps": {value(r.Helps)}, "wears": {value(r.Wears)}, "verdict": {string(value(r.Verdict))},
				}
				for _, user := range r.UsedBy {
					values.Add("used_by", string(user))
				}
				return values, tag(r.Revision)
			}
		}
	case "plan":
		for _, r := range board.Plan {
			if r.RowID == id {
				values := url.Values{
					"element": {string(r.Element)}, "text": {r.Text}, "owner_id": {value(r.OwnerID)}, "evidence": {value(r.Evidence)}, "state": {string(r.State)},
				}
				if r.Minutes != nil {
					values.Set("minutes", strconv.Itoa(*r.Minutes))
				}
				if r.DueOn != nil {
					values.Set("due_on", r.DueOn.String())
				}
				return values, tag(r.Revision)
			}
		}
	}
	return nil, ""
}
