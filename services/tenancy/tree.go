package tenancy

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// tree is how things of one kind lie beneath each other: the units of a school, or its forums and those of its operator.
type tree struct {
	parentOf func(ctx context.Context, id string) (string, error)
	cycle    *failure.Error // of a way that leads back to where it began, or up too many levels
	foreign  *failure.Error // of a parent that is not there
}

// climb walks from the parent of a thing up to where there is none.
func (t tree) climb(ctx context.Context, id, parentID string) error {
	for depth := 0; parentID != ""; depth++ {
		if parentID == id || depth == maxDepth {
			return t.cycle
		}
		next, err := t.parentOf(ctx, parentID)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			return t.foreign
		}
		if err != nil {
			return err
		}
		parentID = next
	}
	return nil
}

// undoCycle looks again after a thing was moved beneath parentID. Two that were moved beneath each other at the same
// time both found their way clear before; at least the later one sees the circle now, and goes back to where it was.
func undoCycle[T any](ctx context.Context, t tree, of *document.Collection[T], moved document.Document[T], parentID string,
	back func(*T) ([]events.Event, error)) error {
	found := t.climb(ctx, moved.ID, parentID)
	if found == nil || failure.CodeOf(found) != t.cycle.Code {
		return found
	}
	if _, err := of.UpdateAt(ctx, moved.ID, moved.Revision, back); err != nil {
		return err
	}
	return found
}
