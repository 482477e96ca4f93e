package dialogue

import (
	"context"
	"slices"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// meetings are the dialogues and, in a collection of their own, the pre-meetings. What is found by its id is found in
// both; every list, count, copy and search is of dialogues alone, so that one which somebody writes tomorrow cannot
// show a pre-meeting either.
type meetings struct {
	*document.Collection[Meeting] // dialogues
	closed                        *document.Collection[Meeting]
}

// Get returns a dialogue or a pre-meeting.
func (m *meetings) Get(ctx context.Context, id string) (document.Document[Meeting], error) {
	found, err := m.Collection.Get(ctx, id)
	if failure.CodeOf(err) != failure.DocumentNotFound {
		return found, err
	}
	if closed, other := m.closed.Get(ctx, id); failure.CodeOf(other) != failure.DocumentNotFound {
		return closed, other
	}
	return found, err
}

// Create keeps a meeting where it belongs, for good: nothing turns the one into the other.
func (m *meetings) Create(ctx context.Context, creation document.Creation, body Meeting, told ...events.Event) (document.Document[Meeting], bool, error) {
	if body.PreMeeting {
		return m.closed.Create(ctx, creation, body, told...)
	}
	return m.Collection.Create(ctx, creation, body, told...)
}

type changeMeeting = func(*Meeting) ([]events.Event, error)

// Update changes a dialogue or a pre-meeting.
func (m *meetings) Update(ctx context.Context, id string, change changeMeeting) (document.Document[Meeting], error) {
	return m.change(change,
		func(fn changeMeeting) (document.Document[Meeting], error) { return m.Collection.Update(ctx, id, fn) },
		func(fn changeMeeting) (document.Document[Meeting], error) { return m.closed.Update(ctx, id, fn) })
}

// UpdateAt changes a dialogue or a pre-meeting at the revision that somebody has seen.
func (m *meetings) UpdateAt(ctx context.Context, id string, revision int64, change changeMeeting) (document.Document[Meeting], error) {
	return m.change(change,
		func(fn changeMeeting) (document.Document[Meeting], error) {
			return m.Collection.UpdateAt(ctx, id, revision, fn)
		},
		func(fn changeMeeting) (document.Document[Meeting], error) {
			return m.closed.UpdateAt(ctx, id, revision, fn)
		})
}

// change tries dialogues first. How a pre-meeting goes is told to nobody, since what others might do with it would show it;
// whoever is invited hears when and where.
func (m *meetings) change(change changeMeeting, dialogue, preMeeting func(changeMeeting) (document.Document[Meeting], error)) (document.Document[Meeting], error) {
	there := false
	changed, err := dialogue(func(b *Meeting) ([]events.Event, error) {
		there = true
		return change(b)
	})
	if there || failure.CodeOf(err) != failure.DocumentNotFound {
		return changed, err
	}
	closed, other := preMeeting(func(b *Meeting) ([]events.Event, error) {
		there = true
		told, err := change(b)
		return slices.DeleteFunc(told, func(e events.Event) bool { return e.Type() != events.InvitationsChanged{}.Type() }), err
	})
	if there || failure.CodeOf(other) != failure.DocumentNotFound {
		return closed, other
	}
	return changed, err
}
