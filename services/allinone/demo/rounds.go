package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// chapter of one round: when it is told, and how many answer.
type chapter struct {
	school                   string
	title, instrument        string
	technology, kind         string
	announced, opened, ended int // days from today; ended 0 leaves it open
	visible                  int
	answers                  float64 // share of the roster
	lean                     float64 // how much gain outweighs strain, -1 to 1
}

// rounds makes a school with two releases, one in the middle of a round, and one that is too small for figures.
func (s *Seed) rounds(ctx context.Context, w *world) error {
	spring := chapter{strand, "Læringsplatformen Skolevejen, forår", "pulse-implementation", "Skolevejen", "learning_platform", -72, -70, -63, -60, 0.9, -0.45}
	if err := s.round(ctx, w.schools[strand], spring); err != nil {
		return fmt.Errorf("%s at %s: %w", spring.title, strand, err)
	}
	if err := s.tell(ctx, w.schools[strand]); err != nil { // and the rounds that follow let the month end
		return fmt.Errorf("anonymous month: %w", err)
	}
	for _, c := range []chapter{
		{strand, "Læringsplatformen Skolevejen, opfølgning", "pulse-implementation", "Skolevejen", "learning_platform", -24, -21, -14, -10, 0.87, 0.25},
		{lyng, "Vores digitale hverdag", "pulse-relations", "", "", -30, -28, -21, -18, 1, 0},
		{bakke, "Digitale værktøjer i undervisningen", "pulse-professional-practice", "", "", -6, -4, 0, 12, 0.45, 0.1},
	} {
		if err := s.round(ctx, w.schools[c.school], c); err != nil {
			return fmt.Errorf("%s at %s: %w", c.title, c.school, err)
		}
	}
	if err := s.heard(ctx, w.schools[strand]); err != nil {
		return fmt.Errorf("anonymous month: %w", err)
	}
	return nil
}

// round walks one round from its draft as far as the chapter goes.
func (s *Seed) round(ctx context.Context, sc *school, c chapter) error {
	leader := s.as(sc.who(access.Leader))
	base := "/v1/tenants/" + sc.id
	s.stand(c.announced, 9)
	closes := c.ended
	if c.ended == 0 {
		closes = 5
	}
	in := intakeapi.NewRound{Title: c.title, Instrument: c.instrument, InstrumentVersion: 1,
		OpensOn: s.date(c.opened), ClosesOn: s.date(closes), VisibleToAllOn: s.date(c.visible)}
	if c.technology != "" {
		id, err := s.technology(ctx, leader, sc, c)
		if err != nil {
			return err
		}
		in.TechnologyID = &id
	}
	// Tenancy's events reach intake a moment later: the leader's role first, the whole staff last.
	var round intakeapi.Round
	err := caller.Eventually(ctx, "draft", func() (bool, error) {
		err := leader.Create(ctx, "intake", base+"/rounds", in, &round)
		if failure.CodeOf(err) == failure.AccessDenied {
			return false, err
		}
		return err == nil, err
	})
	if err != nil {
		return err
	}
	entity := base + "/rounds/" + round.RoundID
	if err := caller.Eventually(ctx, "roster", func() (bool, error) {
		var preview intakeapi.Preview
		err := leader.Get(ctx, "intake", entity+"/preview", &preview)
		return preview.Headcount == len(sc.answerers()), err
	}); err != nil {
		return err
	}
	if err := leader.Command(ctx, "intake", entity, "/announce", nil, nil); err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	if err := s.countersign(ctx, sc, entity); err != nil {
		return err
	}
	s.stand(c.opened, 8)
	if err := leader.Command(ctx, "intake", entity, "/open", nil, nil); err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if err := s.reaches(ctx, leader, entity, "open"); err != nil {
		return err
	}
	s.stand(c.opened, 10)
	if err := s.answer(ctx, sc, entity, c); err != nil {
		return err
	}
	if c.ended == 0 {
		return nil
	}
	s.stand(c.ended, 15)
	if err := leader.Command(ctx, "intake", entity, "/close", nil, nil); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return s.reaches(ctx, leader, entity, "released")
}

// countersign has the school's TR, or else its AMR, vouch for who is asked.
func (s *Seed) countersign(ctx context.Context, sc *school, entity string) error {
	signer := sc.who(access.UnionRepresentative)
	if signer == nil {
		signer = sc.who(access.SafetyRepresentative)
	}
	if err := s.reaches(ctx, s.as(signer), entity, "countersigning"); err != nil {
		return err
	}
	var roster intakeapi.RoundRoster
	if err := s.as(signer).Get(ctx, "intake", entity+"/roster", &roster); err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	in := intakeapi.Countersigning{RosterHash: *roster.Round.RosterHash, KeyListHash: *roster.Round.KeyListHash}
	if err := s.as(signer).Command(ctx, "intake", entity, "/countersign", in, nil); err != nil {
		return fmt.Errorf("countersign: %w", err)
	}
	return nil
}

func (s *Seed) technology(ctx context.Context, leader caller.Actor, sc *school, c chapter) (id string, err error) {
	base := "/v1/tenants/" + sc.id + "/technologies"
	err = caller.Eventually(ctx, "technology", func() (bool, error) {
		var known intakeapi.TechnologyList
		if err := leader.Get(ctx, "intake", base, &known); err != nil {
			return false, err
		}
		for _, t := range known.Items {
			if t.Name == c.technology {
				id = t.TechnologyID
				return true, nil
			}
		}
		var made intakeapi.Technology
		err := leader.Create(ctx, "intake", base, intakeapi.NewTechnology{Name: c.technology, Kind: intakeapi.TechnologyKind(c.kind)}, &made)
		id = made.TechnologyID
		return err == nil, err
	})
	return id, err
}

func (s *Seed) reaches(ctx context.Context, a caller.Actor, entity string, status intakeapi.RoundStatus) error {
	return caller.Eventually(ctx, string(status), func() (bool, error) {
		var round intakeapi.Round
		err := a.Get(ctx, "intake", entity, &round)
		return round.Status == status, err
	})
}

// answer lets a share of the roster answer, each with a ticket, a token and an envelope like everybody's.
func (s *Seed) answer(ctx context.Context, sc *school, entity string, c chapter) error {
	var instrument intakeapi.Instrument
	if err := s.as(sc.who(access.Leader)).Get(ctx, "intake", entity+"/instrument", &instrument); err != nil {
		return fmt.Errorf("instrument: %w", err)
	}
	dice := rand.New(rand.NewPCG(uint64(len(c.title)), uint64(-c.opened)))
	roster, box := sc.answerers(), s.Services.Addresses["ballotbox"]
	for i, p := range roster {
		if float64(i) >= c.answers*float64(len(roster)) {
			return nil
		}
		var ticket intakeapi.Ticket
		if err := s.as(p).Call(ctx, "intake", "POST", entity+"/tickets", nil, &ticket); err != nil {
			return fmt.Errorf("ticket for %s: %w", p.login, err)
		}
		ballot := voter.New(box.Base, box.Client)
		if err := ballot.Fetch(ctx, ticket.Ticket); err != nil {
			return fmt.Errorf("token for %s: %w", p.login, err)
		}
		if err := ballot.Answer(ctx, opinion(dice, instrument, c.lean)); err != nil {
			return fmt.Errorf("answer of %s: %w", p.login, err)
		}
	}
	return nil
}

// opinion invents one person's answers.
func opinion(dice *rand.Rand, instrument intakeapi.Instrument, lean float64) map[string]string {
	answers := map[string]string{}
	mood := dice.NormFloat64() * 0.6
	pick := func(centre float64) string {
		if dice.Float64() < 0.03 {
			return []string{"not_relevant", "do_not_know"}[dice.IntN(2)]
		}
		step := int(centre + dice.NormFloat64()*0.8 + 0.5)
		return []string{"0", "25", "50", "75", "100"}[max(0, min(4, step))]
	}
	for t, theme := range instrument.Themes {
		for q, cell := range theme.Cells {
			shade := float64((t*7+q*5)%6)/2.5 - 1 // cells differ from each other
			answers[cell.Gain.ID] = pick(2 + lean + shade + mood/2)
			answers[cell.Strain.ID] = pick(2 - lean - shade/2 - mood/2)
			if cell.Fit != nil {
				answers[cell.Fit.ID] = pick(2.4 - lean/2)
			}
		}
	}
	return answers
}
