package dialogue

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

type escalationView struct {
	EscalationID string           `json:"escalation_id"`
	Revision     int64            `json:"revision"`
	TenantID     tenant.ID        `json:"tenant_id"` // of the school that asks
	DialogueID   string           `json:"dialogue_id"`
	ToForumID    string           `json:"to_forum_id"`
	ToForumName  string           `json:"to_forum_name"`
	Question     string           `json:"question"`
	AnswerBy     string           `json:"answer_by_on"`
	Status       EscalationStatus `json:"status"`
	Overdue      bool             `json:"overdue"`
	Answer       string           `json:"answer,omitempty"`
	Reason       string           `json:"reason,omitempty"`
	RaisedAt     time.Time        `json:"raised_at"`
	ReceivedAt   *time.Time       `json:"received_at,omitempty"`
	AnsweredAt   *time.Time       `json:"answered_at,omitempty"`
}

// escalationView renders a question on the viewer's day.
func (v viewer) escalationView(d document.Document[Escalation]) escalationView {
	e := d.Body
	return escalationView{
		EscalationID: d.ID, Revision: d.Revision, TenantID: d.Tenant, DialogueID: e.DialogueID, ToForumID: e.ToForumID, ToForumName: e.ToForum, Question: e.Question,
		AnswerBy: e.AnswerBy, Status: e.Status, Overdue: e.Owed() && e.AnswerBy < v.today, Answer: e.Answer, Reason: e.Reason, RaisedAt: e.RaisedAt,
		ReceivedAt: e.ReceivedAt, AnsweredAt: e.AnsweredAt,
	}
}

// receiver is the forum that owes the answer, as it is now. One that is not known any more has no name and no members.
func (s *service) receiver(ctx context.Context, e *Escalation) (directory.Forum, error) {
	forum, err := s.directory.Forum(tenant.With(ctx, tenant.ID(e.ToTenant)), e.ToForumID)
	return forum, except(failure.DocumentNotFound, err)
}

// above finds the forum above one of the context's tenant, there or with its operator.
func (s *service) above(ctx context.Context, id string) (directory.Forum, tenant.ID, error) {
	none := failure.New(failure.NoForumAbove).At("forum_id")
	if id == "" {
		return directory.Forum{}, "", none
	}
	own, err := s.directory.Forum(ctx, id)
	if err != nil {
		return own, "", unknown(err, none)
	}
	school, err := tenant.From(ctx)
	if err != nil || own.Parent == "" {
		return own, "", none
	}
	path, err := s.directory.Path(ctx, school)
	if err != nil {
		return own, "", err
	}
	for _, place := range slices.Backward(path) {
		forum, err := s.directory.Forum(tenant.With(ctx, place), own.Parent)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			continue
		}
		if err == nil && forum.EndedAt != nil {
			return own, "", failure.New(failure.ForumEnded).At("forum_id")
		}
		return forum, place, err
	}
	return own, "", none
}

func (s *service) raiseEscalation(c *gin.Context) error {
	v, creation, err := s.creating(c, "outcome.record")
	if err != nil {
		return err
	}
	given, known, err := readOutcome[struct {
		Question string   `json:"question"`
		AnswerBy string   `json:"answer_by_on"`
		Sources  []string `json:"source_ids"`
	}](s, c, v)
	if err != nil {
		return err
	}
	if err := v.meeting.Body.TakesCommitments(); err != nil {
		return err
	}
	e := Escalation{
		DialogueID: v.meeting.ID, ForumID: v.meeting.Body.ForumID, Question: given.Question, Sources: given.Sources, AnswerBy: given.AnswerBy,
		DueAt: s.midnight(nextDay(given.AnswerBy)), Status: EscalationRaised, RaisedBy: v.subject.ID, RaisedAt: s.now(),
	}
	if err := e.clean(s.today()); err != nil {
		return err
	}
	if wrong := checkSources(&v.meeting.Body, e.Sources, known); wrong != nil {
		return wrong
	}
	forum, place, err := s.above(v.ctx, e.ForumID)
	if err != nil {
		return err
	}
	e.ToForumID, e.ToForum, e.ToTenant = forum.ID, forum.Name, string(place)
	raised, _, err := s.escalations.Create(v.ctx, creation, e, events.EscalationRaised(e.facts(creation.ID, seats(forum))))
	if err != nil {
		return err
	}
	s.scheduleAnswer(v.ctx, raised)
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.Created(c, raised, v.viewer.escalationView(raised))
}

func (s *service) listDialogueEscalations(c *gin.Context) error {
	return listOf(s, c, s.escalations, viewer{today: s.today()}.escalationView)
}

// listReceived answers with the questions to forums of the tenant in which the caller sits.
func (s *service) listReceived(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideAnywhere(ctx, "escalation.list", "escalation"); err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	here, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	// A seat in a forum takes a role in its school or in a school of its municipality. Who has neither is told nothing.
	if subject.Tenant != here && !slices.ContainsFunc(subject.Assignments, func(a access.Assignment) bool { return a.Scope == here }) {
		return failure.New(failure.AccessDenied)
	}
	cursor, limit, err := rest.Page(c)
	if err != nil {
		return err
	}
	q := document.Query{Index: byReceiver, Equal: []any{string(here)}, Descending: true, Limit: limit, Cursor: cursor}
	if status := EscalationStatus(c.Query("status")); status != "" {
		if !slices.Contains([]EscalationStatus{EscalationRaised, EscalationReceived, EscalationAnswered}, status) {
			return failure.Invalid("status", "raised, received or answered")
		}
		q.Index, q.Equal = byReceiverStatus, append(q.Equal, string(status))
	}
	page, err := s.receivedEscalations.Find(ctx, q)
	if err != nil {
		return err
	}
	var mine []document.Document[Escalation]
	for _, e := range page.Items {
		forum, err := s.receiver(ctx, &e.Body)
		if err != nil {
			return err
		}
		if e.Body.Status != EscalationWithdrawn && slices.Contains(seats(forum), subject.ID) {
			mine = append(mine, e)
		}
	}
	c.JSON(http.StatusOK, rest.List[escalationView]{Items: views(mine, nil, viewer{today: s.today()}.escalationView), Next: page.Next})
	return nil
}

// escalationVisit is a request of somebody about one question, permitted.
type escalationVisit struct {
	ctx        context.Context
	subject    access.Subject
	meeting    document.Document[Meeting]
	escalation document.Document[Escalation]
}

// visitEscalation looks the question of the request up and asks whether the caller may do this with it: as somebody in
// the forum that owes the answer, or as somebody of the dialogue that asked. Whoever is neither learns nothing, not even
// whether there is such a question.
func (s *service) visitEscalation(c *gin.Context, what string) (escalationVisit, error) {
	v := escalationVisit{ctx: c.Request.Context()}
	var err error
	if v.subject, err = access.SubjectFrom(v.ctx); err != nil {
		return v, err
	}
	attributes := map[string]any{}
	v.escalation, err = s.escalations.Get(v.ctx, c.Param("escalation_id"))
	if err == nil {
		if v.meeting, err = s.meetings.Get(v.ctx, v.escalation.Body.DialogueID); err != nil {
			return v, err
		}
		forum, err := s.receiver(v.ctx, &v.escalation.Body)
		if err != nil {
			return v, err
		}
		m := &v.meeting.Body
		attributes["is_receiver"] = slices.Contains(seats(forum), v.subject.ID)
		attributes["is_asker"], attributes["is_facilitator"] = m.Leads(v.subject.ID) || m.TakesPart(v.subject.ID), m.Leads(v.subject.ID)
	} else if failure.CodeOf(err) != failure.DocumentNotFound {
		return v, err
	}
	return v, s.decide(v.ctx, v.subject, what, thing{"escalation", c.Param("escalation_id")}, attributes)
}

func (s *service) getEscalation(c *gin.Context) error {
	v, err := s.visitEscalation(c, "escalation.read")
	if err != nil {
		return err
	}
	return rest.OK(c, v.escalation, viewer{today: s.today()}.escalationView(v.escalation))
}

// changeEscalation changes the question of the request at the revision that the caller has seen.
func (s *service) changeEscalation(c *gin.Context, v escalationVisit, change func(*Escalation) ([]events.Event, error)) error {
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	changed, err := s.escalations.UpdateAt(v.ctx, v.escalation.ID, revision, change)
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, changed.Body.DialogueID)
	return rest.OK(c, changed, viewer{today: s.today()}.escalationView(changed))
}

func (s *service) receiveEscalation(c *gin.Context) error {
	v, err := s.visitEscalation(c, "escalation.answer")
	if err != nil {
		return err
	}
	return s.changeEscalation(c, v, func(e *Escalation) ([]events.Event, error) { return nil, e.Receive(s.now()) })
}

// replyEscalation takes the answer, of which everybody at the table that asked is told.
func (s *service) replyEscalation(c *gin.Context) error {
	v, err := s.visitEscalation(c, "escalation.answer")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Answer string `json:"answer"`
		Reason string `json:"reason"`
	}](c)
	if err != nil {
		return err
	}
	people := slices.Concat(v.meeting.Body.Participants, v.meeting.Body.Facilitators)
	slices.Sort(people)
	people = slices.Compact(people)
	return s.changeEscalation(c, v, func(e *Escalation) ([]events.Event, error) {
		if err := e.Reply(given.Answer, given.Reason, v.subject.ID, s.now()); err != nil {
			return nil, err
		}
		return told(events.EscalationAnswered(e.facts(v.escalation.ID, people))), nil
	})
}

func (s *service) withdrawEscalation(c *gin.Context) error {
	v, err := s.visitEscalation(c, "escalation.withdraw")
	if err != nil {
		return err
	}
	reason, err := decodeReason(c)
	if err != nil {
		return err
	}
	return s.changeEscalation(c, v, func(e *Escalation) ([]events.Event, error) { return nil, e.Withdraw(reason) })
}

// overdue says once that the day of an answer has gone by.
func (s *service) overdue(ctx context.Context, id string) error {
	e, err := s.escalations.Get(ctx, id)
	if err != nil {
		return err
	}
	forum, err := s.receiver(ctx, &e.Body)
	if err != nil {
		return err
	}
	late, err := s.escalations.Update(ctx, id, func(e *Escalation) ([]events.Event, error) {
		if !e.Expire(s.now()) {
			return nil, nil
		}
		return told(events.EscalationOverdue(e.facts(id, seats(forum)))), nil
	})
	if err == nil {
		s.hub.changed(ctx, late.Body.DialogueID)
	}
	return err
}
