package notification

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) routes(e *gin.Engine, authenticate gin.HandlerFunc) {
	own := e.Group("/v1/inbox", authenticate)
	own.GET("", host.Handle(s.listInbox))
	own.POST("/:item_id/read", host.Handle(s.readItem))
	hours := e.Group("/v1/tenants/:tenant_id/quiet-hours", host.Tenant(), authenticate)
	hours.GET("", host.Handle(s.getHours))
	hours.PUT("", host.Handle(s.setHours))
}

type itemView struct {
	ItemID    string     `json:"item_id"`
	Kind      Kind       `json:"kind"`
	TenantID  tenant.ID  `json:"tenant_id"`
	CreatedAt time.Time  `json:"created_at"`
	ReadAt    *time.Time `json:"read_at,omitempty"`
	About
}

func viewItem(d document.Document[Item]) itemView {
	return itemView{
		ItemID: d.ID, Kind: d.Body.Kind, TenantID: d.Body.School, CreatedAt: d.Body.At, ReadAt: d.Body.ReadAt, About: d.Body.About,
	}
}

type inboxView struct {
	rest.List[itemView]
	Unread int `json:"unread"`
}

// own returns the caller and a context in the tenant that the caller lives in, for an action on the own inbox.
func (s *Service) own(c *gin.Context, action string) (context.Context, access.Subject, error) {
	subject, err := access.SubjectFrom(c.Request.Context())
	if err != nil {
		return nil, subject, err
	}
	inbox := access.Resource{
		Type: "inbox", Tenant: subject.Tenant, Path: []tenant.ID{subject.Tenant}, Attributes: map[string]any{"person_id": subject.ID},
	}
	err = s.authorizer.Decide(c.Request.Context(), subject, action, inbox)
	return tenant.With(c.Request.Context(), subject.Tenant), subject, err
}

func (s *Service) listInbox(c *gin.Context) error {
	ctx, subject, err := s.own(c, "inbox.read")
	if err != nil {
		return err
	}
	cursor, limit, err := rest.Page(c)
	if err != nil {
		return err
	}
	now := s.now()
	page, err := s.store.inbox(ctx, subject.ID, now, cursor, limit)
	if err != nil {
		return err
	}
	view := inboxView{List: rest.List[itemView]{Items: []itemView{}, Next: page.Next}}
	for _, item := range page.Items {
		view.Items = append(view.Items, viewItem(item))
	}
	if view.Unread, err = s.store.unread(ctx, subject.ID, now); err != nil {
		return err
	}
	c.Header("Cache-Control", "private, no-store")
	c.JSON(http.StatusOK, view)
	return nil
}

func (s *Service) readItem(c *gin.Context) error {
	ctx, subject, err := s.own(c, "inbox.mark")
	if err != nil {
		return err
	}
	now := s.now()
	item, err := s.store.items.Update(ctx, c.Param("item_id"), func(i *Item) ([]events.Event, error) {
		if i.PersonID != subject.ID || i.At.After(now) {
			return nil, failure.NotFound("item")
		}
		i.MarkRead(now)
		return nil, nil
	})
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, viewItem(item))
	return nil
}

type hoursView struct {
	OpenFrom string `json:"open_from"`
	OpenTo   string `json:"open_to"`
	Weekdays []int  `json:"weekdays"`
}

func viewHours(h OpenHours) hoursView { return hoursView{h.From, h.To, h.Weekdays} }

// decide answers for an action on the open hours of the path's tenant.
func (s *Service) decide(ctx context.Context, action string) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	school, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	path, err := s.directory.Path(ctx, school)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		path = []tenant.ID{school} // unknown to us: no role above it counts, and the answer is a denial
	} else if err != nil {
		return err
	}
	return s.authorizer.Decide(ctx, subject, action, access.Resource{Type: "quiet_hours", Tenant: school, Path: path})
}

func (s *Service) getHours(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "quiet_hours.read"); err != nil {
		return err
	}
	set, err := s.store.hoursOf(ctx)
	if err != nil {
		return err
	}
	return rest.OK(c, set, viewHours(set.Body))
}

func (s *Service) setHours(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "quiet_hours.change"); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	wanted, err := host.Decode[hoursView](c)
	if err != nil {
		return err
	}
	hours := OpenHours{From: wanted.OpenFrom, To: wanted.OpenTo, Weekdays: wanted.Weekdays}
	if err := hours.Validate(); err != nil {
		return err
	}
	set, err := s.store.setHours(ctx, revision, hours)
	if err != nil {
		return err
	}
	if err := s.rescheduleHere(ctx); err != nil {
		return err
	}
	return rest.OK(c, set, viewHours(set.Body))
}
