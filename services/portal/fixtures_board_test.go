package portal

import (
	"strings"
	"time"

	openapitypes "github.com/oapi-codegen/runtime/types"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// boardFixture is a board with something of each kind, right-to-left, emoji and markup among it.
func boardFixture(owner string) dialogueapi.Board {
	due := openapitypes.Date{Time: time.Date(2026, 12, 21, 0, 0, 0, 0, time.UTC)}
	return dialogueapi.Board{
		Nodes: []dialogueapi.MapNode{
			{NodeID: "us", Revision: 2, Kind: "us", Label: "Team 5"}, {NodeID: "learners", Revision: 1, Kind: "learners", Label: "5. klasse"},
			{NodeID: "parents", Revision: 1, Kind: "parents", Label: "Forældre, også dem der taler عربي 👩‍👧"}, {NodeID: "leaders", Revision: 1, Kind: "leaders", Label: "<b>Ledelsen</b>"},
			{NodeID: "aula", Revision: 1, Kind: "technology", Label: "Aula", TechnologyID: pointer("t1")},
		},
		Relations: []dialogueapi.MapRelation{
			{RelationID: "r1", Revision: 3, FromNodeID: "us", ToNodeID: "parents", Kind: "contact", Essential: true, Impact: pointer(dialogueapi.RelationImpact("weakened")), TechnologyNodeIds: []string{"aula"},
				Direction: pointer(dialogueapi.RelationDirection("strengthen")), Reason: pointer("mere på skrift")},
			{RelationID: "r2", Revision: 1, FromNodeID: "us", ToNodeID: "learners", Kind: "social_support", TechnologyNodeIds: []string{}},
			{RelationID: "r3", Revision: 1, FromNodeID: "leaders", ToNodeID: "parents", Kind: "steering", Impact: pointer(dialogueapi.RelationImpact("both")), TechnologyNodeIds: []string{"aula"}},
		},
		Inventory: []dialogueapi.InventoryRow{
			{RowID: "i1", Revision: 1, Name: "Aula", TechnologyID: pointer("t1"), UsedFor: pointer("Beskeder"), UsedBy: []dialogueapi.SystemUser{"teachers", "parents"}, State: "in_use", Helps: pointer("Ét sted"), Wears: pointer("Mange beskeder"), Verdict: pointer(dialogueapi.SystemVerdict("change"))},
			{RowID: "i2", Revision: 1, Name: "Den fælles chat", UsedBy: []dialogueapi.SystemUser{}, State: "parallel", ParallelRowID: pointer("i1")},
		},
		Held: &[]dialogueapi.HeldItem{{ItemID: "h1", Revision: 4, Text: "Kun <b>en</b> sekretær"}},
		Plan: []dialogueapi.PlanRow{
			{RowID: "p1", Revision: 1, Element: "training", Text: "Kursus i en rigtig time", OwnerID: &owner, Minutes: pointer(60), DueOn: &due, Evidence: pointer("Alle har prøvet det"), State: "planned"},
			{RowID: "p2", Revision: 1, Element: "trial", Text: "Prøv i 5. klasse", State: "under_way"},
		},
	}
}

// begunFixture is boardFixture begun with an earlier dialogue's, with something of each kind new, changed and taken off.
func begunFixture(owner string) dialogueapi.Board {
	board := boardFixture(owner)
	held := openapitypes.Date{Time: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)}
	for _, kind := range boardKinds {
		one := dialogueapi.BegunWith{Kind: dialogueapi.BoardKind(kind), DialogueID: "earlier", Title: "Kortet fra <i>i efteråret</i>", HeldOn: &held, AddedIds: []string{}, ChangedIds: []string{}}
		switch kind {
		case "map":
			one.AddedIds, one.ChangedIds = []string{"leaders", "r3"}, []string{"us", "r1"}
			one.RemovedNodes = &[]dialogueapi.MinutesMapNode{{NodeID: "gone", Kind: "professions", Label: "Pædagogerne <b>i fritten</b>"}}
			one.RemovedRelations = &[]dialogueapi.MinutesMapRelation{{RelationID: "r0", FromNodeID: "us", ToNodeID: "gone", Kind: "cooperation", TechnologyNodeIds: []string{}}}
		case "inventory":
			one.ChangedIds = []string{"i1"}
			one.RemovedInventory = &[]dialogueapi.MinutesInventoryRow{{RowID: "i0", Name: "Papirprotokollen", UsedBy: []dialogueapi.SystemUser{}, State: "in_use"}}
		case "plan":
			one.AddedIds = []string{"p2"}
			one.RemovedPlan = &[]dialogueapi.MinutesPlanRow{{RowID: "p0", Element: "setup", Text: "Flyt alle data i uge 43", State: "left_out"}}
		}
		board.BegunWith = pointer(append(value(board.BegunWith), one))
	}
	return board
}

// boards answers with a dialogue for each kind of board, while its step is under way.
func (s *stage) boards(at func(...string) string, bo string) {
	deadline := s.now().Add(7 * time.Minute)
	empty := dialogueapi.Board{Nodes: []dialogueapi.MapNode{}, Relations: []dialogueapi.MapRelation{}, Inventory: []dialogueapi.InventoryRow{}, Plan: []dialogueapi.PlanRow{}}
	earlier := dialogueapi.EarlierBoardList{Items: []dialogueapi.EarlierBoard{
		{DialogueID: "earlier", Title: "Kortet fra <i>i efteråret</i>", HeldOn: openapitypes.Date{Time: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)}, Kinds: []dialogueapi.BoardKind{"map"}},
		{DialogueID: "other", Title: "Planen", HeldOn: openapitypes.Date{Time: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)}, Kinds: []dialogueapi.BoardKind{"plan"}},
	}}
	for id, kind := range map[string]string{"map": "map", "inventory": "inventory", "plan": "plan", "map-begun": "map", "map-empty": "map", "inventory-begun": "inventory", "plan-begun": "plan"} {
		d := dialogueapi.Dialogue{
			DialogueID: id, Revision: 3, Title: "Det, arbejdet hviler på", State: "open", Playbook: "relationship-map", PlaybookVersion: 1, PlaybookTitle: inBoth("Relationskort", "Relationship map"), VariantMinutes: 45,
			FacilitatorIds: []string{bo}, ParticipantIds: []string{annaID, bo}, MyPart: "facilitator", CreatedAt: s.now(),
			Phases: []dialogueapi.Phase{
				{PhaseID: "p1", Step: kind, Kind: dialogueapi.StepKind(kind), State: "active", Deadline: &deadline, Prompt: inBoth("Hvad hviler arbejdet på?", "What does the work rest on?"), Instruction: inBoth("Tegn det.", "Draw it."), Attribution: "group", Grouping: "fours", Minutes: 7, ExitRule: "time", InputFrom: []string{}},
				{PhaseID: "p2", Step: "decide", Kind: "decide", State: "pending", Prompt: inBoth("Hvad gør vi?", "What do we do?"), Instruction: inBoth("Vælg én.", "Choose one."), Attribution: "none", Grouping: "plenary", Minutes: 7, ExitRule: "outcome", InputFrom: []string{"p1"}},
			},
		}
		s.on("dialogue", "GET "+at("dialogues", id), d)
		board := boardFixture(bo)
		switch {
		case strings.HasSuffix(id, "-begun"):
			board = begunFixture(bo)
		case strings.HasSuffix(id, "-empty"):
			board = empty
		}
		s.on("dialogue", "GET "+at("dialogues", id, "board"), board)
		s.on("dialogue", "GET "+at("dialogues", id, "board", "earlier"), earlier)
		s.on("dialogue", "POST "+at("dialogues", id, "board", "beginnings"), begunFixture(bo))
		s.on("dialogue", "GET "+at("dialogues", id, "decisions"), dialogueapi.DecisionList{Items: []dialogueapi.Decision{}})
		s.on("dialogue", "GET "+at("dialogues", id, "disagreements"), dialogueapi.DisagreementList{Items: []dialogueapi.Disagreement{}})
		s.on("dialogue", "GET "+at("dialogues", id, "actions"), dialogueapi.ActionList{Items: []dialogueapi.Action{}})
		s.on("dialogue", "GET "+at("dialogues", id, "agreements"), dialogueapi.AgreementList{Items: []dialogueapi.Agreement{}})
		s.on("dialogue", "GET "+at("dialogues", id, "topics"), dialogueapi.TopicList{Items: []dialogueapi.Topic{}})
		s.on("dialogue", "GET "+at("dialogues", id, "escalations"), dialogueapi.EscalationList{Items: []dialogueapi.Escalation{}})
		s.on("dialogue", "GET "+at("dialogues", id, "carried"), dialogueapi.Carried{})
		s.on("dialogue", "GET "+at("dialogues", id, "phases", "p1", "contributions"), dialogueapi.ContributionList{Items: []dialogueapi.Contribution{}})
		s.on("dialogue", "GET "+at("dialogues", id, "phases", "p1", "ready"), dialogueapi.OwnReady{})
		s.live(d)
	}
	s.on("dialogue", "PUT "+at("dialogues", "map", "board", "relations", "r2"), boardFixture(bo).Relations[1])
}

// boardPages are the pages of boards with their forms.
func boardPages(at func(...string) string) []string {
	pages := []string{at("dialogues", "map", "room"), at("dialogues", "plan", "desk"), at("dialogues", "plan", "room") + "?row=p1", at("dialogues", "inventory")}
	for _, kind := range boardKinds {
		pages = append(pages, at("dialogues", kind, kind), at("dialogues", kind+"-begun", kind))
	}
	pages = append(pages, at("dialogues", "map-empty", "map"), at("dialogues", "map-begun", "room"))
	for list, item := range map[string]string{"nodes": "aula", "relations": "r1", "inventory": "i2", "plan": "p1"} {
		of := boardLists[list].kind
		pages = append(pages, at("dialogues", of, "board", list, "new"), at("dialogues", of, "board", list, item))
	}
	return pages
}

// minutesBoard puts a board into minutes.
func minutesBoard(c *dialogueapi.MinutesContent, owner string) {
	board := begunFixture(owner)
	c.BegunWith = board.BegunWith
	c.Map = &dialogueapi.MinutesMap{}
	for _, n := range board.Nodes {
		c.Map.Nodes = append(c.Map.Nodes, dialogueapi.MinutesMapNode{NodeID: n.NodeID, Kind: n.Kind, Label: n.Label})
	}
	for _, r := range board.Relations {
		c.Map.Relations = append(c.Map.Relations, dialogueapi.MinutesMapRelation{RelationID: r.RelationID, FromNodeID: r.FromNodeID, ToNodeID: r.ToNodeID, Kind: r.Kind, Essential: r.Essential, Impact: r.Impact, TechnologyNodeIds: r.TechnologyNodeIds, Direction: r.Direction, Reason: r.Reason})
	}
	c.Inventory = &[]dialogueapi.MinutesInventoryRow{{RowID: "i1", Name: "Aula", UsedBy: []dialogueapi.SystemUser{"teachers"}, State: "in_use", Wears: pointer("Mange beskeder")}}
	c.Plan = &[]dialogueapi.MinutesPlanRow{{RowID: "p1", Element: "training", Text: "Kursus i en rigtig time", OwnerID: &owner, State: "planned"}, {RowID: "p2", Element: "pilot", Text: "Prøv", State: "done"}}
}
