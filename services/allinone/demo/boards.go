package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// mapped is a staff meeting that drew whom the work rests on, with approved minutes. What it asked the committee waits for an
// answer.
func (s *Seed) mapped(ctx context.Context, sc *school) error {
	s.stand(-28, 14)
	m, err := s.meet(ctx, sc, access.Leader, meetingOf{title: "Hvem hviler arbejdet på?", playbook: "relationship-map", forum: "staff_meeting"})
	if err != nil {
		return err
	}
	if err := m.openAt(ctx, "map"); err != nil {
		return err
	}
	weaker, err := m.draw(ctx)
	if err != nil {
		return err
	}
	if err := m.lock(ctx, "map"); err != nil {
		return err
	}
	if err := m.skipTo(ctx, "decide"); err != nil {
		return err
	}
	question := dialogueapi.NewEscalation{
		Question:   "Hvornår på ugen kan team og pædagoger mødes, nu hvor alt om eleverne står på skrift? Vi foreslår en fast halv time.",
		AnswerByOn: s.day(4), SourceIds: []string{weaker},
	}
	if err := m.facilitator.Create(ctx, "dialogue", m.entity+"/escalations", question, nil); err != nil {
		return fmt.Errorf("question: %w", err)
	}
	return m.conclude(ctx)
}

// draw puts a relationship map on the board and returns the relation that has become weaker.
func (m *meeting) draw(ctx context.Context) (weaker string, err error) {
	ids := map[string]string{}
	for _, n := range []dialogueapi.NewMapNode{
		{Kind: "us", Label: "Lærerne på mellemtrinnet"}, {Kind: "learners", Label: "Eleverne"}, {Kind: "parents", Label: "Forældrene"},
		{Kind: "professions", Label: "Pædagogerne i fritidsdelen"}, {Kind: "colleagues", Label: "Vejlederen"}, {Kind: "leaders", Label: "Ledelsen"},
		{Kind: "technology", Label: "Skolevejen"}, {Kind: "technology", Label: "Telefonen"},
	} {
		var made dialogueapi.MapNode
		if err := m.facilitator.Create(ctx, "dialogue", m.entity+"/board/nodes", n, &made); err != nil {
			return "", fmt.Errorf("node: %w", err)
		}
		ids[n.Label] = made.NodeID
	}
	us := ids["Lærerne på mellemtrinnet"]
	for _, r := range []struct {
		to, kind, impact, by, direction, reason string
	}{
		{"Pædagogerne i fritidsdelen", "cooperation", "weakened", "Skolevejen", "strengthen", "vi skriver til hinanden i stedet for at mødes"},
		{"Eleverne", "social_support", "unchanged", "", "preserve", "det sker i timerne"},
		{"Forældrene", "contact", "both", "Skolevejen", "", "hurtigt svar, men også om aftenen"},
		{"Vejlederen", "knowledge_sharing", "strengthened", "Skolevejen", "preserve", "materialerne ligger samlet"},
		{"Ledelsen", "steering", "", "", "", ""},
	} {
		in := dialogueapi.NewMapRelation{FromNodeID: us, ToNodeID: ids[r.to], Kind: dialogueapi.RelationKind(r.kind), Reason: optional(r.reason)}
		essential := r.kind == "cooperation" || r.kind == "social_support"
		in.Essential = &essential
		if r.impact != "" {
			impact := dialogueapi.RelationImpact(r.impact)
			in.Impact = &impact
		}
		if r.direction != "" {
			direction := dialogueapi.RelationDirection(r.direction)
			in.Direction = &direction
		}
		if r.by != "" {
			in.TechnologyNodeIds = &[]string{ids[r.by]}
		}
		var made dialogueapi.MapRelation
		if err := m.facilitator.Create(ctx, "dialogue", m.entity+"/board/relations", in, &made); err != nil {
			return "", fmt.Errorf("relation to %s: %w", r.to, err)
		}
		if r.impact == "weakened" {
			weaker = made.RelationID
		}
	}
	return weaker, nil
}

// rowsPlanned is a meeting of the committee that planned how the next version is introduced.
func (s *Seed) rowsPlanned(ctx context.Context, sc *school) error {
	s.stand(-20, 13)
	m, err := s.meet(ctx, sc, access.Leader, meetingOf{title: "Skolevejens nye ugeplan: sådan gør vi", playbook: "implementation-plan", forum: "med"})
	if err != nil {
		return err
	}
	if err := m.openAt(ctx, "plan"); err != nil {
		return err
	}
	leader, colleague := sc.who(access.Leader).id, sc.committee()[4].id
	hours := 120
	near, far := s.day(-8), s.day(17)
	for _, row := range []dialogueapi.NewPlanRow{
		{Element: "trial", Text: "To team prøver den nye ugeplan med deres egne klasser i to uger", OwnerID: &leader, DueOn: &near, Evidence: optional("Begge team har lagt to ugeplaner ud"), State: "done"},
		{Element: "training", Text: "En time på hvert teammøde, hvor alle lægger deres egen uge ind", OwnerID: &colleague, Minutes: &hours, DueOn: &far, Evidence: optional("Alle har prøvet det med hjælp"), State: "under_way"},
		{Element: "help", Text: "Vejlederen sidder i lærerværelset de første to uger, kl. 8 til 10", OwnerID: &leader, DueOn: &far, State: "planned"},
		{Element: "fault_reports", Text: "Fejl skrives ét sted, og svaret står der dagen efter", State: "planned"},
		{Element: "shared_learning", Text: "Et kvarter på personalemødet: hvad lærte vi, og hvad lader vi være med?", OwnerID: &leader, DueOn: &far, State: "planned"},
	} {
		if err := m.facilitator.Create(ctx, "dialogue", m.entity+"/board/plan", row, nil); err != nil {
			return fmt.Errorf("row of the plan: %w", err)
		}
	}
	if err := m.lock(ctx, "plan"); err != nil {
		return err
	}
	if err := m.skipTo(ctx, "decide"); err != nil {
		return err
	}
	return m.conclude(ctx)
}

// comingUp is the staff meeting's next dialogue, which can go on with its map, and what a colleague wrote to the TR and AMR
// before it.
func (s *Seed) comingUp(ctx context.Context, sc *school) error {
	s.stand(-2, 12)
	m, err := s.meet(ctx, sc, access.Leader, meetingOf{title: "Relationskortet igen: hvad er blevet bedre?", playbook: "relationship-map", forum: "staff_meeting"})
	if err != nil {
		return err
	}
	if err := m.do(ctx, "/schedule", map[string]any{"starts_at": s.workday(6).Add(14 * time.Hour).UTC()}); err != nil {
		return err
	}
	s.stand(-1, 15)
	in := map[string]any{"text": "Kan I tage op, at beskederne på Skolevejen igen kommer efter kl. 17? Jeg har det ikke godt med at sige det foran alle."}
	if err := s.as(sc.named("Maja Lindholm")).Create(ctx, "dialogue", m.entity+"/inputs", in, nil); err != nil {
		return fmt.Errorf("input: %w", err)
	}
	return nil
}
