package demo

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// told is what colleagues tell anonymously in a month that is over by now, in their own words: what strains and what helps.
var told = []map[string]string{
	{"direction": "strain", "text": "Beskeder fra forældre om aftenen. Jeg svarer, for ellers ligger de der om morgenen."},
	{"direction": "strain", "text": "Jeg har tre steder, hvor jeg skal skrive fravær. Det tager tid fra de første minutter med klassen."},
	{"direction": "gain", "text": "Afleveringerne ligger samlet. Jeg bruger mindre tid på at lede og mere på at give svar."},
	{"direction": "strain", "text": "Når nettet er nede, står jeg alene med det foran 26 elever."},
}

// tell has a school's TR switch anonymous telling on and vouch for who can tell, and colleagues tell.
func (s *Seed) tell(ctx context.Context, sc *school) error {
	s.stand(-58, 10)
	representative := s.as(sc.who(access.UnionRepresentative))
	if err := representative.Call(ctx, "intake", http.MethodPut, voiceOf(sc), intakeapi.VoiceSetting{On: true}, nil); err != nil {
		return fmt.Errorf("switch on: %w", err)
	}
	if err := s.vouch(ctx, sc); err != nil {
		return fmt.Errorf("countersign: %w", err)
	}
	month, err := s.month(ctx, sc, "open")
	if err != nil {
		return err
	}
	box := s.Services.Addresses["ballotbox"]
	for i, experience := range told {
		teller := sc.answerers()[3+i]
		var ticket intakeapi.Ticket
		if err := s.as(teller).Call(ctx, "intake", http.MethodPost, voiceOf(sc)+"/months/"+month.MonthID+"/tickets", nil, &ticket); err != nil {
			return fmt.Errorf("ticket: %w", err)
		}
		ballot := voter.New(box.Base, box.Client)
		if err := ballot.Fetch(ctx, ticket.Ticket); err != nil {
			return fmt.Errorf("token: %w", err)
		}
		if err := ballot.Tell(ctx, experience); err != nil {
			return fmt.Errorf("experience: %w", err)
		}
	}
	return nil
}

// heard has the TR answer one of those who told something, once the month is over.
func (s *Seed) heard(ctx context.Context, sc *school) error {
	month, err := s.month(ctx, sc, "closed")
	if err != nil {
		return err
	}
	representative := s.as(sc.who(access.UnionRepresentative))
	var list intakeapi.ExperienceList
	if err := representative.Get(ctx, "intake", voiceOf(sc)+"/months/"+month.MonthID+"/told", &list); err != nil {
		return err
	}
	for _, one := range list.Items {
		if one.Text != told[0]["text"] {
			continue
		}
		in := intakeapi.ExperienceAnswering{Text: "Tak. Amira og jeg tager det op i MED som en spilleregel for beskeder, uden at nævne, hvor det kommer fra."}
		if err := representative.Call(ctx, "intake", http.MethodPost, voiceOf(sc)+"/told/"+one.ExperienceID+"/answer", in, nil); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return nil
}

// vouch has the TR countersign the list of the month that waits for it.
func (s *Seed) vouch(ctx context.Context, sc *school) error {
	month, err := s.month(ctx, sc, "countersigning")
	if err != nil {
		return err
	}
	representative, entity := s.as(sc.who(access.UnionRepresentative)), voiceOf(sc)+"/months/"+month.MonthID
	var roster intakeapi.MonthRoster
	var etag string
	read := host.WithAnswer(func(r *http.Response) { etag = r.Header.Get("ETag") })
	if err := representative.Call(ctx, "intake", http.MethodGet, entity+"/roster", nil, &roster, read); err != nil {
		return err
	}
	in := intakeapi.MonthCountersigning{RosterHash: roster.RosterHash, KeyListHash: roster.KeyListHash}
	return representative.Call(ctx, "intake", http.MethodPost, entity+"/countersign", in, nil, host.WithIfMatch(etag))
}

func voiceOf(sc *school) string { return "/v1/tenants/" + sc.id + "/experiences" }

// month waits until a month of the school has a status.
func (s *Seed) month(ctx context.Context, sc *school, status intakeapi.MonthStatus) (month intakeapi.Month, err error) {
	representative := s.as(sc.who(access.UnionRepresentative))
	err = caller.Eventually(ctx, "month "+string(status), func() (bool, error) {
		var voice intakeapi.Voice
		err := representative.Get(ctx, "intake", voiceOf(sc), &voice)
		i := slices.IndexFunc(voice.Months, func(m intakeapi.Month) bool { return m.Status == status })
		if i >= 0 {
			month = voice.Months[i]
		}
		return i >= 0, err
	})
	return month, err
}
