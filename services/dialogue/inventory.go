package dialogue

import (
	"slices"
	"strconv"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// SystemUser is a group that uses something in the inventory: a staff group, learners or parents.
type SystemUser string

// The groups.
const (
	UsedByTeachers       SystemUser = "teachers"
	UsedByPedagogues     SystemUser = "pedagogues"
	UsedByAdministration SystemUser = "administration"
	UsedByIT             SystemUser = "it"
	UsedByTechnical      SystemUser = "technical"
	UsedByLeaders        SystemUser = "leaders"
	UsedByLearners       SystemUser = "learners"
	UsedByParents        SystemUser = "parents"
)

var systemUsers = []SystemUser{
	UsedByTeachers, UsedByPedagogues, UsedByAdministration, UsedByIT, UsedByTechnical, UsedByLeaders, UsedByLearners, UsedByParents,
}

// SystemState is where something in the inventory stands at the school.
type SystemState string

// The states. Parallel means that it does the same as something else that is in use, too.
const (
	InUse      SystemState = "in_use"
	Introduced SystemState = "being_introduced"
	PhasedOut  SystemState = "being_phased_out"
	Parallel   SystemState = "parallel"
)

// Verdict is what is to be done with something in the inventory. Nobody has said yet while it is empty.
type Verdict string

// The verdicts.
const (
	Unjudged  Verdict = ""
	Keep      Verdict = "keep"
	Change    Verdict = "change"
	Stop      Verdict = "stop"
	LearnMore Verdict = "learn_more"
)

const maxSystems = 60

// System is a row of the digital status inventory: mostly a technology, which may be one of the register; also a way of
// working or a duty that the inventory is about. What helps and what wears stand side by side, since one thing does both.
type System struct {
	Name         string       `bson:"name" json:"name"`
	TechnologyID string       `bson:"technology_id" json:"technology_id,omitempty"`
	UsedFor      string       `bson:"used_for" json:"used_for,omitempty"`
	Users        []SystemUser `bson:"users" json:"used_by"`
	State        SystemState  `bson:"state" json:"state"`
	ParallelWith string       `bson:"parallel_with" json:"parallel_row_id,omitempty"`
	Helps        string       `bson:"helps" json:"helps,omitempty"`
	Wears        string       `bson:"wears" json:"wears,omitempty"`
	Verdict      Verdict      `bson:"verdict" json:"verdict,omitempty"`
	HoldBack     bool         `bson:"-" json:"hold_back,omitempty"` // of a request
}

var inventory = section[System]{
	name: "row", most: maxSystems,
	items: func(b *Board) *[]Item[System] { return &b.Inventory },
	clean: func(b *Board, id string, s *System) error { return s.clean(b, id) },
	says:  func(_ *Board, s *System) []string { return []string{s.Name, s.UsedFor, s.Helps, s.Wears} },
	used: func(b *Board, id string) bool {
		return slices.ContainsFunc(b.Inventory, func(i Item[System]) bool { return i.Body.ParallelWith == id })
	},
}

func (s *System) clean(b *Board, id string) error {
	s.HoldBack = false
	var wrong []*failure.Error
	keep := func(err *failure.Error) { wrong = append(wrong, err) }
	var err *failure.Error
	s.Name, err = boardText("name", s.Name, maxLabel)
	keep(err)
	keep(checkTechnology(s.TechnologyID))
	keep(oneOf("state", s.State, InUse, Introduced, PhasedOut, Parallel))
	keep(oneOf("verdict", s.Verdict, Unjudged, Keep, Change, Stop, LearnMore))
	if s.Users == nil {
		s.Users = []SystemUser{}
	}
	for i, user := range s.Users {
		if !slices.Contains(systemUsers, user) || slices.Contains(s.Users[:i], user) {
			keep(failure.Invalid("used_by."+strconv.Itoa(i), either(systemUsers)+", each once"))
		}
	}
	if s.ParallelWith != "" && (s.State != Parallel || s.ParallelWith == id || indexOf(b.Inventory, s.ParallelWith) < 0) {
		keep(failure.Invalid("parallel_row_id", "the id of another row, for something that is in use in parallel"))
	}
	for _, text := range []struct {
		field string
		value *string
	}{{"used_for", &s.UsedFor}, {"helps", &s.Helps}, {"wears", &s.Wears}} {
		*text.value, err = boardRemark(text.field, *text.value, maxRemark)
		keep(err)
	}
	if err := failure.Together(wrong...); err != nil {
		return err
	}
	for _, other := range b.Inventory {
		switch {
		case other.ID == id, other.Held: // what nobody sees is in nobody's way
		case alike(other.Body.Name, s.Name):
			return duplicate("name")
		case s.TechnologyID != "" && other.Body.TechnologyID == s.TechnologyID:
			return duplicate("technology_id")
		}
	}
	return nil
}
