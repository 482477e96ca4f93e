package notification

import (
	"context"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// store is the service's collections.
type store struct {
	items     *document.Collection[Item]      // in the operator's tenant
	bags      *document.Collection[Bag]       // in the school's tenant, one for each person
	hours     *document.Collection[OpenHours] // in the school's tenant, one
	dialogues *document.Collection[dialogue]  // projection, in the school's tenant
	pending   *document.Across[Bag]
}

// dialogue is what the service knows of a dialogue: whom its outcomes concern.
type dialogue struct {
	Revision     int64    `bson:"revision"` // of the event that this is from
	Facilitators []string `bson:"facilitators"`
	Participants []string `bson:"participants"`
}

// hoursID is the id of a school's only document of open hours.
const hoursID = "hours"

func openStore(ctx context.Context, s *document.Store) (*store, error) {
	var opened store
	var err error
	if opened.items, err = document.Open[Item](ctx, s, document.Schema{Name: "items", Indexes: []document.Index{
		{Name: "by_person", Fields: []string{"person_id", "at"}},
		{Name: "unread", Fields: []string{"person_id", "read", "at"}},
	}}); err != nil {
		return nil, err
	}
	if opened.bags, err = document.Open[Bag](ctx, s, document.Schema{Name: "bags", Indexes: []document.Index{
		{Name: "pending_here", Fields: []string{"pending", "due_at"}},
		{Name: "pending", Fields: []string{"pending", "due_at"}, Across: true},
	}}); err != nil {
		return nil, err
	}
	if opened.hours, err = document.Open[OpenHours](ctx, s, document.Schema{Name: "open_hours"}); err != nil {
		return nil, err
	}
	if opened.dialogues, err = document.Open[dialogue](ctx, s, document.Schema{Name: "projection_dialogues"}); err != nil {
		return nil, err
	}
	// The service itself looks for what it still has to send; no person ever reads across schools here.
	opened.pending = document.NewAcross(opened.bags, func(context.Context) error { return nil })
	return &opened, nil
}

// inbox returns what a person may see now, newest first; the context's tenant is the person's operator.
func (s *store) inbox(ctx context.Context, person string, now time.Time, cursor string, limit int) (document.Page[Item], error) {
	return s.items.Find(ctx, document.Query{
		Index: "by_person", Equal: []any{person}, To: now.Add(time.Millisecond), Descending: true, Limit: limit, Cursor: cursor,
	})
}

// maxUnread is where counting unread items ends.
const maxUnread = 99

func (s *store) unread(ctx context.Context, person string, now time.Time) (int, error) {
	page, err := s.items.Find(ctx, document.Query{
		Index: "unread", Equal: []any{person, false}, To: now.Add(time.Millisecond), Limit: maxUnread,
	})
	return len(page.Items), err
}

// hoursOf returns the open hours of the context's school; revision 0 stands for those that nobody has set.
func (s *store) hoursOf(ctx context.Context) (document.Document[OpenHours], error) {
	set, err := s.hours.Get(ctx, hoursID)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return document.Document[OpenHours]{ID: hoursID, Body: usualHours}, nil
	}
	return set, err
}

func (s *store) setHours(ctx context.Context, revision int64, hours OpenHours) (document.Document[OpenHours], error) {
	if revision == 0 {
		set, err := s.hours.Insert(ctx, hoursID, hours)
		if failure.CodeOf(err) == failure.DocumentExists {
			err = failure.New(failure.PreconditionFailed).At("If-Match").Wanting("the ETag as it was read")
		}
		return set, err
	}
	set, err := s.hours.UpdateAt(ctx, hoursID, revision, func(h *OpenHours) ([]events.Event, error) {
		*h = hours
		return nil, nil
	})
	if failure.CodeOf(err) == failure.DocumentNotFound {
		err = failure.New(failure.PreconditionFailed).At("If-Match").Wanting(`"0", as long as nothing is set`)
	}
	return set, err
}
