package dialogue

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/playbook"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	guestsPath = dialoguePath + "/guests"
	guestPath  = guestsPath + "/:guest_id"
)

// guestActions are the operations that are open to guests, and what they are called in the policy then. What is not named
// here is asked for as anybody else's and refused.
var guestActions = map[string]string{
	"GET " + dialoguePath + "/live":        "guest.watch",
	"POST " + phasePath + "/contributions": "guest.write",
	"PATCH " + contributionPath:            "guest.write",
	"DELETE " + contributionPath:           "guest.write",
	"GET " + phasePath + "/ready":          "guest.write",
	"PUT " + phasePath + "/ready":          "guest.write",
	"DELETE " + guestPath:                  "guest.leave",
}

func (s *service) guestRoutes(signedIn, r gin.IRoutes) {
	signedIn.POST("/v1/guest-entries", host.Handle(s.enterAsGuest))
	r.GET(guestsPath, host.Handle(s.getGuests))
	r.POST(guestsPath, host.Handle(s.openToGuests))
	r.DELETE(guestsPath, host.Handle(s.closeToGuests))
	r.DELETE(guestPath, host.Handle(s.removeGuest))
}

// guestsOf returns the guests of a dialogue, none where nobody was ever let in.
func (s *store) guestsOf(ctx context.Context, dialogue string) (document.Document[Guests], error) {
	guests, err := s.guests.Get(ctx, dialogue)
	return guests, except(failure.DocumentNotFound, err)
}

// visitAsGuest is visit for a guest: of the one dialogue that their token names, as long as they are let in.
func (s *service) visitAsGuest(c *gin.Context, subject access.Subject, action string) (visit, error) {
	v := visit{ctx: c.Request.Context(), subject: subject}
	if open, ok := guestActions[c.Request.Method+" "+c.FullPath()]; ok {
		action = open
	}
	school, err := tenant.From(v.ctx)
	if err != nil {
		return v, err
	}
	var guests document.Document[Guests]
	v.meeting.ID = c.Param("dialogue_id")
	if v.meeting.ID == subject.Guest && school == subject.Tenant { // elsewhere they are nobody, and nothing is looked up
		if v.meeting, err = s.meetings.Get(v.ctx, subject.Guest); err != nil {
			return v, err
		}
		if guests, err = s.guestsOf(v.ctx, subject.Guest); err != nil {
			return v, err
		}
	}
	about := map[string]any{"is_self": c.Param("guest_id") == subject.ID, "is_secret": false}
	if p, err := v.meeting.Body.phase(c.Param("phase_id")); err == nil {
		about["is_secret"] = p.Attribution == playbook.Sealed
	}
	v.viewer, err = s.admitGuest(v.ctx, subject, action, v.meeting, &guests.Body, about)
	return v, err
}

// admitGuest asks the policy about a guest who wants to do this in a dialogue, and returns their eyes.
func (s *service) admitGuest(ctx context.Context, subject access.Subject, action string, meeting document.Document[Meeting], guests *Guests, about map[string]any) (viewer, error) {
	m := &meeting.Body
	attributes := map[string]any{"is_guest": m.TakesGuests() == nil && guests.present(subject.ID, s.now()), "is_pre_meeting": m.PreMeeting}
	for name, is := range about {
		attributes[name] = is
	}
	if err := s.decide(ctx, subject, action, thing{"dialogue", meeting.ID}, attributes); err != nil {
		return viewer{}, m.hidden(err)
	}
	return viewer{person: subject.ID, part: guest, guest: subject.ID, unseen: guests.unseen(m), today: s.today()}, nil
}

type guestView struct {
	GuestID string `json:"guest_id"`
	Name    string `json:"name"`
}

type guestsView struct {
	Open   bool        `json:"open"`
	Since  *time.Time  `json:"since,omitempty"`
	Places int         `json:"places,omitempty"`
	Until  *time.Time  `json:"until,omitempty"`
	Code   string      `json:"code,omitempty"`
	Guests []guestView `json:"guests"`
}

func viewGuests(g *Guests) []guestView {
	views := []guestView{}
	for _, p := range g.Here() {
		views = append(views, guestView{p.ID, p.Name})
	}
	return views
}

func (s *service) guestsView(m *Meeting, g *Guests) guestsView {
	view := guestsView{Guests: []guestView{}}
	if m.TakesGuests() == nil && g.open(s.now()) {
		view = guestsView{Open: true, Since: &g.OpenedAt, Places: g.Places, Until: &g.Until, Guests: viewGuests(g)}
	}
	return view
}

func (s *service) getGuests(c *gin.Context) error {
	v, err := s.visit(c, "guests.read")
	if err != nil {
		return err
	}
	guests, err := s.guestsOf(v.ctx, v.meeting.ID)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, s.guestsView(&v.meeting.Body, &guests.Body))
	return nil
}

// openToGuests lets guests in, or renews the code by which they are. The code is in this answer and, until somebody makes
// another, in that to the same request again.
func (s *service) openToGuests(c *gin.Context) error {
	v, err := s.visit(c, "guests.open")
	if err != nil {
		return err
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Places int `json:"places"`
		Hours  int `json:"hours"`
	}](c)
	if err != nil {
		return err
	}
	if err := failure.Together(within("places", given.Places, maxGuests), within("hours", given.Hours, maxGuestHours)); err != nil {
		return err
	}
	if err := v.meeting.Body.TakesGuests(); err != nil {
		return err
	}
	code, now := s.codes.code(creation.ID), s.now()
	kept := s.codes.kept(code)
	guests, err := s.guests.Upsert(v.ctx, v.meeting.ID, func(g *Guests, _ bool) ([]events.Event, error) {
		if g.Made != creation.ID {
			g.Open(kept, creation, given.Places, now.Add(time.Duration(given.Hours)*time.Hour), now)
		} else if g.Request != creation.Request {
			return nil, failure.New(failure.IdempotencyConflict)
		}
		return nil, nil
	})
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	view := s.guestsView(&v.meeting.Body, &guests.Body)
	if view.Open && guests.Body.Code == kept {
		view.Code = code
	}
	c.JSON(http.StatusCreated, view)
	return nil
}

// within says whether a number is from 1 to the most that there can be.
func within(field string, n, most int) *failure.Error {
	if n < 1 || n > most {
		return failure.Invalid(field, "1 to "+strconv.Itoa(most))
	}
	return nil
}

func (s *service) closeToGuests(c *gin.Context) error {
	v, err := s.visit(c, "guests.close")
	if err != nil {
		return err
	}
	err = s.changeGuests(c, v, func(g *Guests) error { g.Close(); return nil })
	if failure.CodeOf(err) != failure.DocumentNotFound { // nobody was let in
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// removeGuest shows a guest out, or lets one go who leaves.
func (s *service) removeGuest(c *gin.Context) error {
	v, err := s.visit(c, "guests.show_out")
	if err != nil {
		return err
	}
	id := c.Param("guest_id")
	return s.changeGuests(c, v, func(g *Guests) error {
		if v.viewer.part == guest {
			g.Leave(id)
			return nil
		}
		return g.ShowOut(id)
	})
}

// changeGuests changes who may be here, and tells the room.
func (s *service) changeGuests(c *gin.Context, v visit, change func(*Guests) error) error {
	if _, err := s.guests.Update(v.ctx, v.meeting.ID, func(g *Guests) ([]events.Event, error) { return nil, change(g) }); err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	c.Status(http.StatusNoContent)
	return nil
}

type guestEntry struct {
	TenantID   tenant.ID `json:"tenant_id"`
	DialogueID string    `json:"dialogue_id"`
	GuestID    string    `json:"guest_id"`
	Name       string    `json:"name"`
	Until      time.Time `json:"until"`
}

// enterAsGuest lets somebody in whom the portal brings with a code. Every code that is not in force is refused alike, after
// the same work: one hash and one look by it.
func (s *service) enterAsGuest(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideAnywhere(ctx, "guest.enter", "dialogue"); err != nil {
		return err
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Code string `json:"code"`
		Name string `json:"name"`
	}](c)
	if err != nil {
		return err
	}
	owner, dialogue, err := s.behind(ctx, given.Code)
	if err != nil {
		return err
	}
	name, wrong := cleanGuestName(given.Name)
	if wrong != nil {
		return wrong
	}
	ctx = tenant.With(ctx, owner)
	guests, err := s.guests.Update(ctx, dialogue, func(g *Guests) ([]events.Event, error) {
		if g.Code != s.codes.kept(given.Code) { // renewed meanwhile
			return nil, failure.New(failure.GuestCodeWrong).At("code")
		}
		return nil, g.Enter(creation.ID, name, s.now())
	})
	if err != nil {
		return err
	}
	s.hub.changed(ctx, dialogue)
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusCreated, guestEntry{owner, dialogue, creation.ID, name, guests.Body.Until})
	return nil
}

// behind finds the dialogue that a code leads to.
func (s *service) behind(ctx context.Context, code string) (tenant.ID, string, error) {
	wrong := failure.New(failure.GuestCodeWrong).At("code")
	page, err := s.allGuests.Find(ctx, document.Query{Index: byCode, Equal: []any{s.codes.kept(code)}, Limit: 1})
	if err != nil {
		return "", "", err
	}
	if len(page.Items) == 0 || !page.Items[0].Body.open(s.now()) {
		return "", "", wrong
	}
	found := page.Items[0]
	meeting, err := s.meetings.Get(tenant.With(ctx, found.Tenant), found.ID)
	if err != nil {
		return "", "", unknown(err, wrong)
	}
	if meeting.Body.TakesGuests() != nil {
		return "", "", wrong
	}
	return found.Tenant, found.ID, nil
}

// cleanGuestName returns a name in one line, without the numbers and addresses of anybody.
func cleanGuestName(given string) (string, *failure.Error) {
	return cleanText("name", strings.Join(strings.Fields(personal.Mask(given)), " "), maxGuestName)
}

// portalOrClock guards the look for a code, which is of no tenant before it is found, and that for whose time is over.
func portalOrClock(ctx context.Context) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	if subject.Service != access.Portal && subject.Service != Name {
		return errors.New("dialogue: only the portal brings guests")
	}
	return nil
}

// roomForGuest says whether a guest may write one more text in a step: nobody knows who they are, so there is an end to it.
func (s *service) roomForGuest(ctx context.Context, phase, guest string) error {
	if guest == "" {
		return nil
	}
	n := 0
	for c, err := range s.contributions.All(ctx, document.Query{Index: byPhase, Equal: []any{phase}}) {
		if err != nil {
			return err
		}
		if c.Body.Guest == guest {
			n++
		}
	}
	if n >= maxGuestTexts {
		return failure.New(failure.TooManyContributions)
	}
	return nil
}

// forgetGuests erases who the guests of a dialogue were once it is over; the minutes keep the names.
func (s *service) forgetGuests(ctx context.Context, meeting document.Document[Meeting]) error {
	if !meeting.Body.Over() {
		return nil
	}
	return except(failure.DocumentNotFound, s.guests.Erase(ctx, meeting.ID))
}

// lookAfterGuests sends guests away whose time is over, and forgets those of a dialogue that is.
func (s *service) lookAfterGuests(ctx context.Context, id string) error {
	meeting, err := s.meetings.Get(ctx, id)
	if err != nil {
		return err
	}
	if meeting.Body.Over() {
		return s.forgetGuests(ctx, meeting)
	}
	now := s.now()
	_, err = s.guests.Update(ctx, id, func(g *Guests) ([]events.Event, error) {
		if !g.open(now) {
			g.Close()
			g.LookAt = now.Add(guestLook)
		}
		return nil, nil
	})
	if err == nil {
		s.hub.changed(ctx, id)
	}
	return err
}

// sweepGuests looks after the guests of every dialogue whose turn it is.
func (s *service) sweepGuests(ctx context.Context, now time.Time) error {
	for g, err := range s.allGuests.All(ctx, document.Query{Index: byLookAt, From: epoch, To: now.Add(time.Millisecond)}) {
		if err != nil {
			return err
		}
		s.attempt(ctx, g.Tenant, g.ID, s.lookAfterGuests)
	}
	return nil
}
