package intake

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

const confidentialBase = "/v1/tenants/:tenant_id/confidential"

// confidentialRoutes leave no access log, no trace and no figure of a single request: who writes, and when, would tell who
// wrote.
var confidentialRoutes = []string{
	confidentialBase + "/receivers", confidentialBase + "/key", confidentialBase + "/conversations",
	confidentialBase + "/conversations/:conversation_id", confidentialBase + "/conversations/:conversation_id/answers",
	confidentialBase + "/conversations/:conversation_id/close",
	confidentialBase + "/sent/read", confidentialBase + "/sent/messages", confidentialBase + "/sent/delete",
}

func (s *Intake) routeConfidential(authenticate gin.HandlerFunc) {
	group := s.engine.Group(confidentialBase, authenticate, host.Tenant())
	group.GET("/receivers", host.Handle(s.listConfidentialReceivers))
	group.PUT("/key", host.Handle(s.setConfidentialKey))
	group.POST("/conversations", host.Handle(s.beginConversation))
	group.GET("/conversations", host.Handle(s.listConversations))
	group.GET("/conversations/:conversation_id", host.Handle(s.getConversation))
	group.POST("/conversations/:conversation_id/answers", host.Handle(s.answerConversation))
	group.POST("/conversations/:conversation_id/close", host.Handle(s.closeConversation))
	group.POST("/sent/read", host.Handle(s.readSentConversation))
	group.POST("/sent/messages", host.Handle(s.continueConversation))
	group.POST("/sent/delete", host.Handle(s.deleteSentConversation))
}

// representatives are the people who may be written to, with their roles at the context's school now.
func (s *Intake) representatives(ctx context.Context) (map[string][]string, error) {
	found := map[string][]string{}
	for _, role := range representatives {
		members, err := s.directory.Members(ctx, role)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if !slices.Contains(found[m.PersonID], role) {
				found[m.PersonID] = append(found[m.PersonID], role)
			}
		}
	}
	return found, nil
}

// receiver returns the mailbox of a representative. Whoever has the role no longer is not written to, though their key is
// still there.
func (s *Intake) receiver(ctx context.Context, person string) (Mailbox, error) {
	now, err := s.representatives(ctx)
	if err != nil {
		return Mailbox{}, err
	}
	if len(now[person]) == 0 {
		return Mailbox{}, failure.New(failure.ConfidentialNoReceiver)
	}
	box, err := s.mailboxes.Get(ctx, person)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return Mailbox{}, failure.New(failure.ConfidentialNoReceiver)
	}
	return box.Body, err
}

// other is the mailbox that a conversation goes on with, if it still can.
func (s *Intake) other(ctx context.Context, c Conversation) (Mailbox, error) {
	to, err := s.receiver(ctx, c.ReceiverID)
	if err == nil && !c.Fits(to) {
		err = failure.New(failure.ConfidentialKeyChanged)
	}
	return to, err
}

func (s *Intake) listConfidentialReceivers(c *gin.Context) error {
	if _, err := s.allow(c, "confidential.choose", "mailbox"); err != nil {
		return err
	}
	ctx := c.Request.Context()
	now, err := s.representatives(ctx)
	if err != nil {
		return err
	}
	answer := intakeapi.ConfidentialReceiverList{Items: []intakeapi.ConfidentialReceiver{}}
	for box, err := range s.mailboxes.All(ctx, document.Query{Index: "by_id"}) {
		if err != nil {
			return err
		}
		if roles := now[box.ID]; len(roles) > 0 {
			answer.Items = append(answer.Items, receiverView(box.Body, roles))
		}
	}
	return unkept(c, http.StatusOK, answer)
}

func (s *Intake) setConfidentialKey(c *gin.Context) error {
	subject, err := s.allow(c, "confidential.receive", "mailbox")
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.ConfidentialKey](c)
	if err != nil {
		return err
	}
	box, err := s.mailboxes.Upsert(c.Request.Context(), subject.ID, func(m *Mailbox, _ bool) ([]events.Event, error) {
		return nil, m.Take(subject.ID, asked.PublicKey, DateOf(s.now()))
	})
	if err != nil {
		return err
	}
	now, err := s.representatives(c.Request.Context())
	if err != nil {
		return err
	}
	return unkept(c, http.StatusOK, receiverView(box.Body, now[subject.ID]))
}

func receiverView(m Mailbox, roles []string) intakeapi.ConfidentialReceiver {
	view := intakeapi.ConfidentialReceiver{PersonID: m.PersonID, PublicKey: m.PublicKey, KeyHash: m.KeyHash, Since: string(m.Since), Roles: []intakeapi.ConfidentialReceiverRoles{}}
	for _, role := range roles {
		view.Roles = append(view.Roles, intakeapi.ConfidentialReceiverRoles(role))
	}
	return view
}

func conversationView(doc document.Document[Conversation], to Mailbox) intakeapi.Conversation {
	return intakeapi.Conversation{
		ConversationID: doc.ID, ReceiverID: doc.Body.ReceiverID, KeyHash: doc.Body.KeyHash, ReceiverKey: optional(to.PublicKey),
		SenderKey: doc.Body.SenderKey, AccessHash: doc.Body.AccessHash, State: stateOf(doc.Body, to),
		Messages: []intakeapi.ConfidentialMessage{},
	}
}

// stateOf says whether a conversation can go on with a mailbox; the zero one is that of somebody who is no
// representative any more.
func stateOf(c Conversation, to Mailbox) intakeapi.ConversationState {
	switch {
	case c.Closed:
		return "closed"
	case to.PersonID == "":
		return "ended"
	case !c.Fits(to):
		return "locked"
	}
	return "open"
}

func messageView(m Message, sealed, author []byte) intakeapi.ConfidentialMessage {
	view := intakeapi.ConfidentialMessage{MessageID: m.ID, FromReceiver: m.FromReceiver, On: string(m.On), Sealed: sealed}
	if len(author) > 0 {
		view.Author = &author
	}
	return view
}

// unkept answers with what no cache may keep.
func unkept(c *gin.Context, status int, body any) error {
	c.Header("Cache-Control", "private, no-store")
	c.JSON(status, body)
	return nil
}
