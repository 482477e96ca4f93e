package dialogue

import (
	"context"
	"errors"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
)

// turn does what the calendar asks for with an agreement.
func (s *service) turn(ctx context.Context, id string) error {
	agreement, err := s.agreements.Get(ctx, id)
	if err != nil {
		return err
	}
	check, members, err := s.checkFor(ctx, agreement)
	if err != nil {
		return err
	}
	turn := NoTurn
	turned, err := s.agreements.Update(ctx, id, func(a *Agreement) ([]events.Event, error) {
		switch turn = a.Turn(s.now(), check); turn {
		case ReviewTurn:
			facts := a.facts(id)
			facts.MemberIDs = members
			return told(events.AgreementReviewDue(facts)), nil
		case EndTurn:
			return told(events.AgreementEnded(a.facts(id))), nil
		}
		return nil, nil
	})
	if err != nil || turn == NoTurn {
		return err
	}
	s.scheduleTurn(ctx, turned)
	if turned.Body.Settling {
		if turned, err = s.settleAgreement(ctx, id); err != nil {
			return err
		}
	}
	s.hub.changed(ctx, turned.Body.DialogueID)
	return nil
}

// checkFor prepares the questions that open with a review, if one is due, and says whom the review concerns. The urn is
// there before anybody can be told of it.
func (s *service) checkFor(ctx context.Context, agreement document.Document[Agreement]) (Check, []string, error) {
	if !agreement.Body.ReviewDue(s.now()) {
		return Check{State: NotAsked}, nil, nil
	}
	meeting, err := s.meetings.Get(ctx, agreement.Body.DialogueID)
	if err != nil {
		return Check{}, nil, err
	}
	members, err := s.membersOf(ctx, &agreement.Body, &meeting.Body)
	if err != nil {
		return Check{}, nil, err
	}
	last := s.now().In(s.zone).AddDate(0, 0, checkDays).Format(time.DateOnly)
	check := newCheck(members, last, s.midnight(nextDay(last)))
	if check.State == CheckOpen {
		err = s.urn.Prepare(ctx, agreement.ID)
	}
	return check, members, err
}

// settleAgreement carries an agreement as far as it goes: a successor that was proposed is named, the one that it replaces
// gives way, answers are counted, and what they were counted from is destroyed. Every step can be repeated, by another
// process too.
func (s *service) settleAgreement(ctx context.Context, id string) (document.Document[Agreement], error) {
	agreement, err := s.agreements.Get(ctx, id)
	if err != nil {
		return agreement, err
	}
	if agreement.Body.Claim != "" {
		if agreement, err = s.settleClaim(ctx, id); err != nil {
			return agreement, err
		}
	}
	if agreement.Body.Superseding {
		if agreement, err = s.supersede(ctx, agreement); err != nil {
			return agreement, err
		}
	}
	if agreement.Body.Check.State == CheckLocking {
		if agreement, err = s.countAdherence(ctx, id); err != nil {
			return agreement, err
		}
	}
	if agreement.Body.Check.State != CheckCounted {
		return agreement, nil
	}
	if err := s.urn.Destroy(ctx, id); err != nil {
		return agreement, err
	}
	return s.agreements.Update(ctx, id, func(a *Agreement) ([]events.Event, error) {
		a.Check.Settle()
		a.settle()
		return nil, nil
	})
}

// settleClaim looks whether the proposal is there that claims the place of an agreement's successor.
func (s *service) settleClaim(ctx context.Context, id string) (document.Document[Agreement], error) {
	agreement, err := s.agreements.Get(ctx, id)
	if err != nil || agreement.Body.Claim == "" {
		return agreement, err
	}
	claim := agreement.Body.Claim
	_, err = s.agreements.Get(ctx, claim)
	if except(failure.DocumentNotFound, err) != nil {
		return agreement, err
	}
	there := err == nil
	return s.agreements.Update(ctx, id, func(a *Agreement) ([]events.Event, error) {
		if a.Claim == claim {
			a.Claimed(there, s.now())
		}
		return nil, nil
	})
}

// supersede has the one before give way to an agreement that is in force, with what was sealed about it.
func (s *service) supersede(ctx context.Context, agreement document.Document[Agreement]) (document.Document[Agreement], error) {
	before := agreement.Body.Replaces
	gone, err := s.agreements.Update(ctx, before, func(a *Agreement) ([]events.Event, error) {
		if !a.Supersede() {
			return nil, nil
		}
		return told(events.AgreementSuperseded(a.facts(before))), nil
	})
	if err := except(failure.DocumentNotFound, err); err != nil {
		return agreement, err
	}
	if err == nil && gone.Body.Settling {
		if _, err := s.settleAgreement(ctx, before); err != nil {
			return agreement, err
		}
	}
	return s.agreements.Update(ctx, agreement.ID, func(a *Agreement) ([]events.Event, error) {
		a.Superseded()
		return nil, nil
	})
}

// countAdherence closes the urn of a check and counts what is in it.
func (s *service) countAdherence(ctx context.Context, id string) (document.Document[Agreement], error) {
	var answers contents
	seal, err := s.urn.Seal(ctx, id)
	switch {
	case errors.Is(err, keyring.ErrGone): // a database from before the key was destroyed: what it holds stays unreadable
	case err != nil:
		return document.Document[Agreement]{}, err
	default:
		if err := seal.close(ctx); err != nil {
			return document.Document[Agreement]{}, err
		}
		if answers, err = seal.all(ctx); err != nil {
			return document.Document[Agreement]{}, err
		}
	}
	return s.agreements.Update(ctx, id, func(a *Agreement) ([]events.Event, error) {
		a.Check.Count(answers.Ballots)
		a.settle()
		return nil, nil
	})
}
