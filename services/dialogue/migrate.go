package dialogue

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// migrations bring what older versions stored up to date. Names are never reused or reordered.
func (s *store) migrations() []document.Migration {
	return []document.Migration{
		{Name: "dialogues are found by what they started from", Run: nameSources},
		{Name: "actions are found by their forum", Run: s.placeActions},
	}
}

// nameSources gives dialogues of before the name of the cell that they started from.
func nameSources(ctx context.Context, store *document.Store) error {
	return document.Rewrite(ctx, store, meetingsSchema, func(_ document.Key, body bson.Raw) (bson.Raw, error) {
		var m Meeting
		if err := bson.Unmarshal(body, &m); err != nil {
			return nil, err
		}
		m.SourceKey = m.sourceKey()
		return bson.Marshal(m)
	})
}

// placeActions gives actions of before the forum of their dialogue.
func (s *store) placeActions(ctx context.Context, store *document.Store) error {
	return document.Rewrite(ctx, store, actionsSchema, func(key document.Key, body bson.Raw) (bson.Raw, error) {
		var a Action
		if err := bson.Unmarshal(body, &a); err != nil {
			return nil, err
		}
		meeting, err := s.meetings.Get(tenant.With(ctx, key.Tenant), a.DialogueID)
		if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
			return nil, err
		}
		a.ForumID = meeting.Body.ForumID
		return bson.Marshal(a)
	})
}
