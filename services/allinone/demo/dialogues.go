package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
)

const fromOverview = "from-overview-to-measures"

// dialogues makes a finished dialogue whose effect check is due and whose agreement is soon looked at again, one with a map
// and one with a plan, one that is coming up, one that starts without any measuring, and one in progress.
func (s *Seed) dialogues(ctx context.Context, w *world) error {
	for _, one := range []struct {
		name   string
		school string
		make   func(context.Context, *school) error
	}{
		{"finished dialogue", strand, s.finished}, {"map", strand, s.mapped}, {"plan", strand, s.rowsPlanned},
		{"planned dialogue", gym, s.planned}, {"coming dialogue", strand, s.comingUp}, {"dialogue in progress", strand, s.inProgress},
	} {
		if err := one.make(ctx, w.schools[one.school]); err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
	}
	return nil
}

func (s *Seed) day(days int) types.Date { return types.Date{Time: s.workday(days)} }

// meeting is one dialogue as its facilitator steers it.
type meeting struct {
	seed        *Seed
	school      *school
	facilitator caller.Actor
	people      []*person
	entity      string
	state       dialogueapi.Dialogue
}

// meetingOf is what a dialogue is about: of a forum, or of these people; the source is a cell of a release, or nil.
type meetingOf struct {
	title, playbook, forum string
	people                 []*person
	source                 *dialogueapi.CellSource
}

// meet creates a dialogue of a school.
func (s *Seed) meet(ctx context.Context, sc *school, role string, of meetingOf) (*meeting, error) {
	m := &meeting{seed: s, school: sc, facilitator: s.as(sc.who(role)), people: of.people}
	in := dialogueapi.NewDialogue{Title: of.title, Playbook: of.playbook, PlaybookVersion: 1, VariantMinutes: 45, Source: of.source}
	if of.forum != "" {
		in.ForumID = optional(sc.forums[of.forum])
	} else {
		ids := make([]string, 0, len(of.people))
		for _, p := range of.people {
			ids = append(ids, p.id)
		}
		in.ParticipantIds = &ids
	}
	base := "/v1/tenants/" + sc.id + "/dialogues"
	// Roles, forums and releases reach the service as events, a moment after they came into being.
	err := caller.Eventually(ctx, of.title, func() (bool, error) {
		err := m.facilitator.Create(ctx, "dialogue", base, in, &m.state)
		return err == nil, err
	})
	m.entity = base + "/" + m.state.DialogueID
	return m, err
}

func (m *meeting) do(ctx context.Context, verb string, in any) error {
	m.state = dialogueapi.Dialogue{}
	if err := m.facilitator.Command(ctx, "dialogue", m.entity, verb, in, &m.state); err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return nil
}

func (m *meeting) refresh(ctx context.Context) error {
	m.state = dialogueapi.Dialogue{}
	return m.facilitator.Get(ctx, "dialogue", m.entity, &m.state)
}

func (m *meeting) phase(kind string) dialogueapi.Phase {
	i := slices.IndexFunc(m.state.Phases, func(p dialogueapi.Phase) bool { return string(p.Kind) == kind })
	return m.state.Phases[i]
}

func (m *meeting) at(kind string) string { return "/phases/" + m.phase(kind).PhaseID }

// start begins a step; lock ends it and waits until it is revealed or counted.
func (m *meeting) start(ctx context.Context, kind string) error {
	return m.do(ctx, m.at(kind)+"/start", struct{}{})
}

func (m *meeting) lock(ctx context.Context, kind string) error {
	if err := m.do(ctx, m.at(kind)+"/lock", nil); err != nil {
		return err
	}
	return caller.Eventually(ctx, kind+" locked", func() (bool, error) {
		err := m.refresh(ctx)
		p := m.phase(kind)
		secret := kind == "reflect" || kind == "prioritise"
		return p.State == "locked" && (!secret || p.Revealed != nil && *p.Revealed), err
	})
}

// write lets people contribute to the sealed step, one text each.
func (m *meeting) write(ctx context.Context, texts ...string) error {
	for i, text := range texts {
		a := m.seed.as(m.people[i%len(m.people)])
		if err := a.Create(ctx, "dialogue", m.entity+m.at("reflect")+"/contributions", dialogueapi.ContributionText{Text: text}, nil); err != nil {
			return fmt.Errorf("contribution: %w", err)
		}
	}
	return nil
}

func (m *meeting) contributions(ctx context.Context) ([]dialogueapi.Contribution, error) {
	var list dialogueapi.ContributionList
	err := m.facilitator.Get(ctx, "dialogue", m.entity+m.at("reflect")+"/contributions", &list)
	return list.Items, err
}

// vote gives everybody's dots to the contributions in turn.
func (m *meeting) vote(ctx context.Context, contributions []dialogueapi.Contribution) error {
	for i, p := range m.people {
		first, second := contributions[i%2%len(contributions)], contributions[(i+2)%len(contributions)]
		choices := []dialogueapi.Choice{{ContributionID: first.ContributionID, Dots: 2}}
		if second.ContributionID != first.ContributionID {
			choices = append(choices, dialogueapi.Choice{ContributionID: second.ContributionID, Dots: 1})
		}
		if err := m.seed.as(p).Create(ctx, "dialogue", m.entity+m.at("prioritise")+"/ballots", dialogueapi.Ballot{Choices: choices}, nil); err != nil {
			return fmt.Errorf("ballot: %w", err)
		}
	}
	return nil
}

// propose records a decision and asks an owner to act on it.
func (m *meeting) propose(ctx context.Context, source, decision string, action dialogueapi.NewAction) (dialogueapi.Action, error) {
	var made dialogueapi.Action
	in := dialogueapi.NewDecision{Text: decision, SourceIds: []string{source}}
	if err := m.facilitator.Create(ctx, "dialogue", m.entity+"/decisions", in, nil); err != nil {
		return made, fmt.Errorf("decision: %w", err)
	}
	err := m.facilitator.Create(ctx, "dialogue", m.entity+"/actions", action, &made)
	return made, err
}

// agree adopts ground rules for the school that are looked at again on a day.
func (m *meeting) agree(ctx context.Context, sc *school, source string, from, review types.Date) error {
	evenings, nextDay := "Kl. 17 til 7 og i weekenden", "Næste hverdag"
	var made dialogueapi.Agreement
	err := m.facilitator.Create(ctx, "dialogue", m.entity+"/agreements", dialogueapi.NewAgreement{
		Kind: "ground_rules", Title: "Beskeder på Skolevejen", Text: "Vi skriver ét sted, og vi forventer ikke svar om aftenen.", Scope: "school",
		Channels: &[]dialogueapi.Channel{
			{Name: "Skolevejen", UsedFor: "Alt om undervisningen", AnswerTime: &nextDay, QuietHours: &evenings},
			{Name: "Telefon", UsedFor: "Det, der haster samme dag"},
		},
		FromOn: from, ReviewOn: review, SourceIds: []string{source},
	}, &made)
	if err != nil {
		return fmt.Errorf("agreement: %w", err)
	}
	if err := m.facilitator.Command(ctx, "dialogue", "/v1/tenants/"+sc.id+"/agreements/"+made.AgreementID, "/adopt", nil, nil); err != nil {
		return fmt.Errorf("adopt agreement: %w", err)
	}
	return nil
}

// committee are those who sit in the MED committee of a school of the demo.
func (sc *school) committee() []*person {
	seats := []*person{sc.who(access.Leader), sc.who(access.UnionRepresentative), sc.who(access.SafetyRepresentative)}
	return append(seats, sc.staff[len(sc.staff)-5:]...)
}

// source is the cell of a release that a dialogue starts from.
func (s *Seed) source(ctx context.Context, sc *school, title, quality string) (*dialogueapi.CellSource, error) {
	var rounds intakeapi.RoundList
	if err := s.as(sc.who(access.Leader)).Get(ctx, "intake", "/v1/tenants/"+sc.id+"/rounds", &rounds); err != nil {
		return nil, err
	}
	for _, r := range rounds.Items {
		if r.Title == title && r.ReleaseID != nil {
			return &dialogueapi.CellSource{ReleaseID: *r.ReleaseID, Theme: "implementation", Quality: dialogueapi.Quality(quality)}, nil
		}
	}
	return nil, failure.NotFound("release")
}

// finished is a dialogue from the first release, with approved minutes, an action whose effect check is due and one
// that is under way.
func (s *Seed) finished(ctx context.Context, sc *school) error {
	s.stand(-56, 13)
	source, err := s.source(ctx, sc, "Læringsplatformen Skolevejen, forår", "demands")
	if err != nil {
		return err
	}
	m, err := s.meet(ctx, sc, access.Leader, meetingOf{"Når Skolevejen tager tid fra undervisningen", fromOverview, "med", sc.committee(), source})
	if err != nil {
		return err
	}
	if err := m.do(ctx, "/open", nil); err != nil {
		return err
	}
	contributions, err := m.untilDecide(ctx,
		"Vi taster de samme mål ind to steder.", "Ugeplanen er blevet nemmere at dele med forældrene.",
		"Der er aldrig tid til at lære det nye, før det skal bruges.", "Elevernes afleveringer ligger samlet ét sted.",
		"Når systemet er nede om morgenen, har vi ingen plan B.", "Hjælpen fra vejlederen er guld værd, men hun er der kun tirsdag.")
	if err != nil {
		return err
	}
	leader := sc.who(access.Leader)
	first, err := m.propose(ctx, contributions[0].ContributionID, "Vi taster mål ind ét sted, og det sted er Skolevejen.",
		dialogueapi.NewAction{Text: "Slå dobbelt registrering af mål fra og sig det til alle team", OwnerID: leader.id, DueOn: s.day(-21), FollowUpOn: s.day(0)})
	if err != nil {
		return err
	}
	hours := 180
	second, err := m.propose(ctx, contributions[1].ContributionID, "Vejlederen får faste timer, også torsdag.",
		dialogueapi.NewAction{Text: "Hold åbent værksted om Skolevejen hver torsdag kl. 14", OwnerID: sc.committee()[3].id, Minutes: &hours, DueOn: s.day(20), FollowUpOn: s.day(40)})
	if err != nil {
		return err
	}
	if err := m.agree(ctx, sc, contributions[0].ContributionID, s.day(0), s.day(6)); err != nil {
		return err
	}
	if err := m.conclude(ctx); err != nil {
		return err
	}
	return s.carryOut(ctx, sc, leader, first, sc.committee()[3], second)
}

// conclude ends the deciding step, and has the minutes circulated and approved.
func (m *meeting) conclude(ctx context.Context) error {
	if err := m.lock(ctx, "decide"); err != nil {
		return err
	}
	if err := m.do(ctx, "/conclude", nil); err != nil {
		return err
	}
	if err := m.do(ctx, "/minutes/circulate", struct{}{}); err != nil {
		return err
	}
	var minutes dialogueapi.Minutes
	if err := m.facilitator.Get(ctx, "dialogue", m.entity+"/minutes", &minutes); err != nil {
		return err
	}
	return m.do(ctx, "/minutes/approve", map[string]any{"content_hash": minutes.ContentHash})
}

// openAt opens a dialogue and goes straight to a step.
func (m *meeting) openAt(ctx context.Context, kind string) error {
	if err := m.do(ctx, "/open", nil); err != nil {
		return err
	}
	return m.skipTo(ctx, kind)
}

// skipTo leaves out the steps before one and starts it.
func (m *meeting) skipTo(ctx context.Context, kind string) error {
	for _, p := range m.state.Phases {
		if string(p.Kind) == kind && p.State == "pending" {
			return m.start(ctx, kind)
		}
		if p.State != "pending" {
			continue
		}
		if err := m.do(ctx, "/phases/"+p.PhaseID+"/skip", nil); err != nil {
			return err
		}
	}
	return fmt.Errorf("no step of the kind %s", kind)
}

// carryOut lets the owners accept their actions; the leader's is done in time.
func (s *Seed) carryOut(ctx context.Context, sc *school, leader *person, first dialogueapi.Action, employee *person, second dialogueapi.Action) error {
	base := "/v1/tenants/" + sc.id + "/actions/"
	s.stand(-55, 9)
	for _, step := range []struct {
		who    *person
		action string
		verb   string
	}{{leader, first.ActionID, "/accept"}, {leader, first.ActionID, "/progress"}, {employee, second.ActionID, "/accept"}, {employee, second.ActionID, "/progress"}} {
		if err := s.as(step.who).Command(ctx, "dialogue", base+step.action, step.verb, nil, nil); err != nil {
			return fmt.Errorf("%s: %w", step.verb, err)
		}
	}
	s.stand(-30, 14)
	if err := s.as(leader).Command(ctx, "dialogue", base+first.ActionID, "/done", nil, nil); err != nil {
		return fmt.Errorf("done: %w", err)
	}
	return nil
}

// untilDecide walks a meeting from its first step to the one that decides, and returns the contributions, most dots first.
func (m *meeting) untilDecide(ctx context.Context, texts ...string) ([]dialogueapi.Contribution, error) {
	if err := m.untilShare(ctx, texts...); err != nil {
		return nil, err
	}
	if err := m.lock(ctx, "share"); err != nil {
		return nil, err
	}
	contributions, err := m.contributions(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.start(ctx, "prioritise"); err != nil {
		return nil, err
	}
	if err := m.vote(ctx, contributions); err != nil {
		return nil, err
	}
	if err := m.lock(ctx, "prioritise"); err != nil {
		return nil, err
	}
	return contributions, m.start(ctx, "decide")
}

// untilShare walks a meeting as far as the conversation about what was written.
func (m *meeting) untilShare(ctx context.Context, texts ...string) error {
	for _, step := range []func() error{
		func() error { return m.start(ctx, "checkin") },
		func() error { return m.lock(ctx, "checkin") },
		func() error { return m.start(ctx, "reflect") },
		func() error { return m.write(ctx, texts...) },
		func() error { return m.lock(ctx, "reflect") },
		func() error { return m.start(ctx, "share") },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// planned is a dialogue without any measuring, in two days.
func (s *Seed) planned(ctx context.Context, sc *school) error {
	s.stand(-3, 11)
	m, err := s.meet(ctx, sc, access.Leader, meetingOf{"Hvad gør chatrobotterne ved vores fag?", fromOverview, "", sc.staff[:8], nil})
	if err != nil {
		return err
	}
	starts := s.workday(3).Add(14 * time.Hour)
	return m.do(ctx, "/schedule", map[string]any{"starts_at": starts.UTC()})
}

// inProgress is a dialogue from the newest release that has come as far as the conversation.
func (s *Seed) inProgress(ctx context.Context, sc *school) error {
	source, err := s.source(ctx, sc, "Læringsplatformen Skolevejen, opfølgning", "social_support")
	if err != nil {
		return err
	}
	s.Clock.Release() // this one is happening now
	m, err := s.meet(ctx, sc, access.UnionRepresentative, meetingOf{"Hjælp, når teknikken driller", fromOverview, "med", sc.committee(), source})
	if err != nil {
		return err
	}
	if err := m.do(ctx, "/open", nil); err != nil {
		return err
	}
	return m.untilShare(ctx,
		"Kollegaen ved siden af er den bedste hjælp, men hun mister sin egen forberedelse.",
		"Jeg ved ikke, hvem jeg skal ringe til, når det sker midt i timen.",
		"Torsdagsværkstedet virker. Mere af det.", "Vejledningerne er skrevet til nogen, der allerede kan det.",
		"De nye får for lidt hjælp de første uger.")
}
