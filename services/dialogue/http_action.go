package dialogue

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
)

// owner looks up what an owner is in this school.
func (s *service) owner(ctx context.Context, person string, minutes int) (Owner, error) {
	members, err := s.directory.Members(ctx, "")
	if err != nil {
		return Owner{}, err
	}
	owner, found := Owner{Person: person, Minutes: minutes}, false
	for _, m := range members {
		if m.PersonID == person {
			found = true
			owner.Leader = owner.Leader || m.Role == access.Leader
		}
	}
	if !found {
		return Owner{}, failure.New(failure.ActionOwnerUnknown).At("owner_id")
	}
	return owner, nil
}

func (s *service) proposeAction(c *gin.Context) error {
	v, creation, err := s.creating(c, "outcome.record")
	if err != nil {
		return err
	}
	given, known, err := readOutcome[struct {
		Text       string   `json:"text"`
		Owner      string   `json:"owner_id"`
		Minutes    int      `json:"minutes"`
		Resources  string   `json:"resources"`
		DueOn      string   `json:"due_on"`
		FollowUpOn string   `json:"follow_up_on"`
		Sources    []string `json:"source_ids"`
	}](s, c, v)
	if err != nil {
		return err
	}
	meeting := &v.meeting.Body
	if err := meeting.TakesCommitments(); err != nil {
		return err
	}
	owner, err := s.owner(v.ctx, given.Owner, given.Minutes)
	if err != nil {
		return err
	}
	text, wrongText := cleanText("text", given.Text, maxShortText)
	resources, wrongResources := optionalText("resources", given.Resources, maxShortText)
	if err := failure.Together(wrongText, wrongResources, checkSources(meeting, given.Sources, known)); err != nil {
		return err
	}
	action := Action{
		DialogueID: v.meeting.ID, ForumID: meeting.ForumID, Text: text, Owner: owner, Resources: resources, DueOn: given.DueOn, FollowUpOn: given.FollowUpOn,
		Status: Proposed, TechnologyID: meeting.TechnologyID, Source: meeting.Source, Sources: append([]string{}, given.Sources...),
		ProposedBy: v.subject.ID, ProposedAt: s.now(), CheckAt: s.midnight(given.FollowUpOn),
	}
	if err := action.check(s.today()); err != nil {
		return err
	}
	proposed, _, err := s.actions.Create(v.ctx, creation, action, events.ActionProposed(action.facts(creation.ID)))
	if err != nil {
		return err
	}
	s.scheduleCheck(v.ctx, proposed)
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.Created(c, proposed, v.viewer.actionView(proposed))
}

func (s *service) listDialogueActions(c *gin.Context) error {
	subject, err := access.SubjectFrom(c.Request.Context())
	if err != nil {
		return err
	}
	v := viewer{person: subject.ID, today: s.today()}
	return listOf(s, c, s.actions, v.actionView)
}

func (s *service) listActions(c *gin.Context) error {
	subject, err := s.enter(c, "action.list")
	if err != nil {
		return err
	}
	cursor, limit, err := rest.Page(c)
	if err != nil {
		return err
	}
	q := document.Query{Index: byDeadline, Limit: limit, Cursor: cursor}
	status, owner, forum := ActionStatus(c.Query("status")), c.Query("owner"), c.Query("forum_id")
	statuses := []ActionStatus{Proposed, Declined, Accepted, InProgress, Blocked, Done, EffectVerified, Dropped}
	if status != "" && !slices.Contains(statuses, status) {
		return failure.Invalid("status", "a status of an action")
	}
	if owner == "me" {
		owner = subject.ID
	}
	narrow := ""
	for _, by := range []struct{ index, value string }{{"forum", forum}, {"owner", owner}, {"status", string(status)}} {
		if by.value != "" {
			narrow, q.Equal = narrow+"_"+by.index, append(q.Equal, by.value)
		}
	}
	if narrow != "" {
		q.Index = "by" + narrow
	}
	ctx := c.Request.Context()
	page, err := s.actions.Find(ctx, q)
	if err != nil {
		return err
	}
	list := rest.List[actionView]{Items: []actionView{}, Next: page.Next}
	v := viewer{person: subject.ID, today: s.today()}
	readable := map[string]bool{}
	for _, action := range page.Items {
		id := action.Body.DialogueID
		if _, asked := readable[id]; !asked {
			meeting, err := s.meetings.Get(ctx, id)
			if err != nil {
				return err
			}
			readable[id] = s.reads(ctx, subject, meeting)
		}
		if readable[id] || action.Body.Owner.Person == subject.ID {
			list.Items = append(list.Items, v.actionView(action))
		}
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// visitAction looks the action of the request up and asks whether the caller may do this with it.
func (s *service) visitAction(c *gin.Context, what string) (access.Subject, document.Document[Action], error) {
	var action document.Document[Action]
	subject, err := s.enter(c, "dialogue.enter")
	if err != nil {
		return subject, action, err
	}
	ctx := c.Request.Context()
	if action, err = s.actions.Get(ctx, c.Param("action_id")); err != nil {
		return subject, action, err
	}
	meeting, err := s.meetings.Get(ctx, action.Body.DialogueID)
	if err != nil {
		return subject, action, err
	}
	attributes := maps.Clone(parts(&meeting.Body, subject.ID))
	attributes["is_owner"] = action.Body.Owner.Person == subject.ID
	return subject, action, s.decide(ctx, subject, what, thing{"action", action.ID}, attributes)
}

func (s *service) getAction(c *gin.Context) error {
	subject, action, err := s.visitAction(c, "action.read")
	if err != nil {
		return err
	}
	return rest.OK(c, action, viewer{person: subject.ID, today: s.today()}.actionView(action))
}

// changeAction changes the action of the request at the revision that the caller has seen; tell returns the event, if
// there is one to tell.
func (s *service) changeAction(c *gin.Context, what string, change func(*Action) error, tell func(events.ActionFacts) events.Event) error {
	subject, action, err := s.visitAction(c, what)
	if err != nil {
		return err
	}
	return s.changeActionAs(c, subject, action.ID, change, tell)
}

func (s *service) changeActionAs(c *gin.Context, subject access.Subject, id string, change func(*Action) error, tell func(events.ActionFacts) events.Event) error {
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	changed, err := s.actions.UpdateAt(ctx, id, revision, func(a *Action) ([]events.Event, error) {
		if err := change(a); err != nil {
			return nil, err
		}
		if tell == nil {
			return nil, nil
		}
		return told(tell(a.facts(id))), nil
	})
	if err != nil {
		return err
	}
	s.hub.changed(ctx, changed.Body.DialogueID)
	return rest.OK(c, changed, viewer{person: subject.ID, today: s.today()}.actionView(changed))
}

// changeWithReason is changeAction for what needs a reason.
func (s *service) changeWithReason(c *gin.Context, what string, change func(*Action, string) error, tell func(events.ActionFacts) events.Event) error {
	subject, action, err := s.visitAction(c, what)
	if err != nil {
		return err
	}
	reason, err := decodeReason(c)
	if err != nil {
		return err
	}
	return s.changeActionAs(c, subject, action.ID, func(a *Action) error { return change(a, reason) }, tell)
}

func (s *service) acceptAction(c *gin.Context) error {
	return s.changeAction(c, "action.own", (*Action).Accept, func(f events.ActionFacts) events.Event { return events.ActionAccepted(f) })
}

func (s *service) declineAction(c *gin.Context) error {
	return s.changeWithReason(c, "action.own", (*Action).Decline, nil)
}

func (s *service) progressAction(c *gin.Context) error {
	return s.changeAction(c, "action.own", (*Action).Progress, nil)
}

func (s *service) blockAction(c *gin.Context) error {
	return s.changeWithReason(c, "action.own", (*Action).Block, nil)
}

func (s *service) finishAction(c *gin.Context) error {
	return s.changeAction(c, "action.own", (*Action).Finish, func(f events.ActionFacts) events.Event { return events.ActionDone(f) })
}

func (s *service) dropAction(c *gin.Context) error {
	return s.changeWithReason(c, "action.drop", (*Action).Drop, func(f events.ActionFacts) events.Event { return events.ActionDropped(f) })
}

func (s *service) reassignAction(c *gin.Context) error {
	subject, action, err := s.visitAction(c, "action.assign")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Owner   string `json:"owner_id"`
		Minutes int    `json:"minutes"`
	}](c)
	if err != nil {
		return err
	}
	owner, err := s.owner(c.Request.Context(), given.Owner, given.Minutes)
	if err != nil {
		return err
	}
	return s.changeActionAs(c, subject, action.ID, func(a *Action) error { return a.Reassign(owner) },
		func(f events.ActionFacts) events.Event { return events.ActionProposed(f) })
}

func (s *service) verifyAction(c *gin.Context) error {
	subject, action, err := s.visitAction(c, "action.verify")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Effect Effect `json:"effect"`
		Note   string `json:"note"`
	}](c)
	if err != nil {
		return err
	}
	note, wrong := optionalText("note", given.Note, maxShortText)
	if wrong != nil {
		return wrong
	}
	return s.changeActionAs(c, subject, action.ID, func(a *Action) error { return a.Verify(given.Effect, note) },
		func(f events.ActionFacts) events.Event { return events.ActionEffectVerified(f) })
}
