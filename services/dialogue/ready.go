package dialogue

import (
	"context"
	"errors"
	"slices"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// Being ready says that somebody needs no more time in a step. Nobody is told who is, only how many: exactly where
// everything is open, and where something is sealed in bands from five on, counted by the clock as writers are. There the
// mark lies in the urn with what it is about, and is destroyed with it; elsewhere it is forgotten with the end of the step.

// readiness is who is ready in an open step.
type readiness struct {
	DialogueID string   `bson:"dialogue_id"`
	People     []string `bson:"person_ids"`
}

// mark notes that a person is ready, or is not any more. It tells whether that was news.
func mark(people []string, person string, ready bool) ([]string, bool) {
	i := slices.Index(people, person)
	switch {
	case ready && i < 0:
		return append(people, person), true
	case !ready && i >= 0:
		return slices.Delete(people, i, i+1), true
	}
	return people, false
}

// ready puts the mark of a person into the urn.
func (s *Seal) ready(ctx context.Context, person string, ready bool) error {
	return s.change(ctx, person, func(c *contents) (bool, error) {
		var changed bool
		c.Ready, changed = mark(c.Ready, person, ready)
		return changed, nil
	})
}

// setReady notes whether a person is ready in a phase.
func (s *service) setReady(ctx context.Context, dialogue string, p *Phase, person string, ready bool) error {
	if p.Attribution == playbook.Sealed {
		seal, err := s.seal(ctx, p.ID)
		if err != nil {
			return err
		}
		return seal.ready(ctx, person, ready)
	}
	_, err := s.readiness.Upsert(ctx, p.ID, func(r *readiness, _ bool) ([]events.Event, error) {
		r.DialogueID = dialogue
		r.People, _ = mark(r.People, person, ready)
		return nil, nil
	})
	return err
}

// readyIn returns who is ready in a phase that runs. What is sealed is opened here, and nothing but a count leaves.
func (s *store) readyIn(ctx context.Context, p *Phase) ([]string, error) {
	if p.Attribution == playbook.Sealed {
		seal, err := s.urn.Seal(ctx, p.ID)
		if errors.Is(err, keyring.ErrGone) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		sealed, err := seal.all(ctx)
		return sealed.Ready, err
	}
	known, err := s.readiness.Get(ctx, p.ID)
	return known.Body.People, except(failure.DocumentNotFound, err)
}

// isReady tells whether a person said that they are ready in a phase that runs.
func (s *store) isReady(ctx context.Context, p *Phase, person string) (bool, error) {
	if p.Attribution != playbook.Sealed {
		ready, err := s.readyIn(ctx, p)
		return slices.Contains(ready, person), err
	}
	seal, err := s.urn.Seal(ctx, p.ID)
	if errors.Is(err, keyring.ErrGone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	box, err := seal.own(ctx, person)
	return slices.Contains(box.Ready, person), except(failure.DocumentNotFound, err)
}

// forgetReady forgets who was ready in phases that are over; in a sealed one the urn is gone with it.
func (s *store) forgetReady(ctx context.Context, m *Meeting) error {
	for i := range m.Phases {
		if p := &m.Phases[i]; p.ended() && p.StartedAt != nil {
			if err := except(failure.DocumentNotFound, s.readiness.Erase(ctx, p.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// readySeated counts those among some people who take part; whoever was taken out counts no more.
func (m *Meeting) readySeated(people []string) int {
	n := 0
	for _, person := range people {
		if m.TakesPart(person) {
			n++
		}
	}
	return n
}

// EndReady locks the phase that ends when all who take part are ready. It tells whether there was one.
func (m *Meeting) EndReady(id string, ready []string) (*Phase, bool) {
	p := m.current()
	if p == nil || p.ID != id || p.State != Active || p.Exit != playbook.AllReady || m.sits(p) != nil {
		return nil, false
	}
	if len(m.Participants) == 0 || m.readySeated(ready) < len(m.Participants) || p.lock() != nil {
		return nil, false
	}
	m.settle()
	return p, true
}

// endReady locks the phase of a dialogue in which all are ready and settles it. It is the clock's business and nobody's
// request, so that no lock comes in answer to the last one who was ready.
func (s *service) endReady(ctx context.Context, id string) error {
	meeting, err := s.meetings.Get(ctx, id)
	if err != nil {
		return err
	}
	p := meeting.Body.current()
	if p == nil || p.State != Active || p.Exit != playbook.AllReady {
		return nil
	}
	ready, err := s.readyIn(ctx, p)
	if err != nil || meeting.Body.readySeated(ready) < len(meeting.Body.Participants) {
		return err
	}
	ended := false
	if _, err := s.meetings.Update(ctx, id, func(m *Meeting) ([]events.Event, error) {
		var p2 *Phase
		if p2, ended = m.EndReady(p.ID, ready); !ended {
			return nil, nil
		}
		return p2.locked(id), nil
	}); err != nil || !ended {
		return err
	}
	return s.finish(ctx, id)
}

// sweepReady ends the steps in which all are ready.
func (s *service) sweepReady(ctx context.Context, all *document.Across[Meeting]) error {
	for m, err := range all.All(ctx, document.Query{Index: byAwaitsReady, Equal: []any{true}}) {
		if err != nil {
			return err
		}
		s.attempt(ctx, m.Tenant, m.ID, s.endReady)
	}
	return nil
}
