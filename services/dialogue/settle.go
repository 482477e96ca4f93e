package dialogue

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// settler brings locked phases to the state in which nobody can link anybody to anything:
//
//	locking    -> revealed   boxes closed; contributions rewritten under new ids, or ballots counted; told once
//	discarding -> revealed   nothing is read
//	revealed   -> destroyed  boxes erased, then the key; told once
//
// Every step can be repeated, by another process too, and a kill between any two of them loses and doubles nothing:
// the new id of a contribution is a keyed hash of its sealed one, so a second pass writes the same documents. They are
// written and told in the order of those ids, which nobody can foresee or, once the key is gone, explain.
type settler struct{ *store }

// settle carries every phase of a meeting as far as it goes and returns the meeting.
func (s *settler) settle(ctx context.Context, id string) (document.Document[Meeting], error) {
	meeting, err := s.meetings.Get(ctx, id)
	if err != nil {
		return meeting, err
	}
	for _, p := range meeting.Body.Phases {
		if err := s.settlePhase(ctx, id, p); err != nil {
			return meeting, fmt.Errorf("settle phase %s: %w", p.ID, err)
		}
	}
	return s.meetings.Get(ctx, id)
}

func (s *settler) settlePhase(ctx context.Context, meeting string, p Phase) error {
	switch p.Settlement {
	case Locking:
		if err := s.reveal(ctx, meeting, p); err != nil {
			return err
		}
	case Discarding:
		if err := s.record(ctx, meeting, p.ID, Discarding, Revealed, nil); err != nil {
			return err
		}
	case Revealed:
	default:
		return nil
	}
	failpoint.Hit("after-reveal-before-destroy")
	if err := s.urn.Destroy(ctx, p.ID); err != nil {
		return err
	}
	failpoint.Hit("after-destroy-before-record")
	return s.record(ctx, meeting, p.ID, Revealed, Destroyed, func(*Phase) []events.Event {
		return []events.Event{events.AuthorshipDestroyed{DialogueID: meeting, PhaseID: p.ID}}
	})
}

// reveal opens the boxes of a phase and makes known what may be known.
func (s *settler) reveal(ctx context.Context, meeting string, p Phase) error {
	seal, err := s.urn.Seal(ctx, p.ID)
	if errors.Is(err, keyring.ErrGone) {
		// Another process got further, and the record below finds that; or a database came back from before its key
		// was destroyed, and then what it holds stays unreadable, as promised.
		return s.record(ctx, meeting, p.ID, Locking, Revealed, nil)
	}
	if err != nil {
		return err
	}
	if err := seal.close(ctx); err != nil {
		return err
	}
	failpoint.Hit("after-close-before-batch")
	sealed, err := seal.all(ctx)
	if err != nil {
		return err
	}
	if p.vote() {
		result := tally(sealed.Ballots)
		return s.record(ctx, meeting, p.ID, Locking, Revealed, func(p *Phase) []events.Event {
			p.Result = &result
			return []events.Event{events.VoteClosed{DialogueID: meeting, PhaseID: p.ID, Ballots: result.Ballots}}
		})
	}
	ids, err := s.rewrite(ctx, meeting, p.ID, seal, sealed.Entries)
	if err != nil {
		return err
	}
	failpoint.Hit("after-batch-before-record")
	return s.record(ctx, meeting, p.ID, Locking, Revealed, func(p *Phase) []events.Event {
		p.Writers = writersOf(sealed)
		return []events.Event{events.ContributionsRevealed{DialogueID: meeting, PhaseID: p.ID, ContributionIDs: ids}}
	})
}

// writersOf is how many wrote something that stands, as coarsely as it may be kept.
func writersOf(c contents) Band {
	if n := c.people(); n > 0 {
		return bandOf(n)
	}
	return Nobody
}

// rewriters is how many contributions are written side by side, so that the database puts them on the disk together.
const rewriters = 16

// rewrite stores the sealed entries that stand as contributions without author, under new ids and in their order. It returns
// the ids of those that the room may read: that something is held back is nobody's matter but TR's and AMR's.
func (s *settler) rewrite(ctx context.Context, meeting, phase string, seal *Seal, entries []entry) ([]string, error) {
	standing := map[string]entry{}
	for _, e := range entries {
		if !e.Withdrawn {
			standing[seal.id("revealed", e.ID)] = e
		}
	}
	shown := []string{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(rewriters)
	for _, id := range slices.Sorted(maps.Keys(standing)) {
		e := standing[id]
		if !e.Held {
			shown = append(shown, id)
		}
		group.Go(func() error {
			body := Contribution{DialogueID: meeting, PhaseID: phase, Attribution: playbook.Sealed, Text: e.Text, Held: e.Held}
			_, err := s.contributions.Insert(ctx, id, body)
			failpoint.Hit("within-batch")
			return except(failure.DocumentExists, err) // then an earlier pass wrote it
		})
	}
	return shown, group.Wait()
}

// record moves a phase from one settlement to the next with the events that tell of it; if somebody else did so
// already, nothing happens.
func (s *settler) record(ctx context.Context, meeting, phase string, from, to Settlement, tell func(*Phase) []events.Event) error {
	_, err := s.meetings.Update(ctx, meeting, func(m *Meeting) ([]events.Event, error) {
		p, ok := m.Settled(phase, from, to)
		if !ok || tell == nil {
			return nil, nil
		}
		return tell(p), nil
	})
	return err
}
