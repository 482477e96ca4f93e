package intake

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
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
	for _, role := range []string{access.UnionRepresentative, access.SafetyRepresentative} {
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

func (s *Intake) beginConversation(c *gin.Context) error {
	subject, err := s.allow(c, "confidential.write", "conversation")
	if err != nil {
		return err
	}
	made, err := creation(c)
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.NewConversation](c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	to, err := s.receiver(ctx, asked.ReceiverID)
	if err != nil {
		return err
	}
	first, err := s.authored(to, subject, asked.AccessHash, asked.Message)
	if err != nil {
		return err
	}
	conversation, err := Begin(to, asked.KeyHash, asked.SenderKey, asked.AccessHash, first, DateOf(s.now()))
	if err != nil {
		return err
	}
	doc, _, err := s.conversations.Create(ctx, made, conversation)
	if err != nil {
		return err
	}
	view, err := s.sentView(ctx, doc)
	if err != nil {
		return err
	}
	return unkept(c, http.StatusCreated, view)
}

// authored is a message as a sender sent it, with who they are sealed to the receiver.
func (s *Intake) authored(to Mailbox, subject access.Subject, accessHash string, asked intakeapi.NewConfidentialMessage) (Message, error) {
	m := Message{ID: asked.MessageID, ForReceiver: asked.ForReceiver, ForSender: asked.ForSender}
	var err error
	m.Author, err = sealAuthor(to, subject.ID, accessHash, m.ID)
	return m, err
}

func (s *Intake) listConversations(c *gin.Context) error {
	subject, err := s.allow(c, "confidential.receive", "conversation")
	if err != nil {
		return err
	}
	box, err := s.mailboxes.Get(c.Request.Context(), subject.ID)
	if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
		return err
	}
	return list(c, s.conversations, document.Query{Index: "by_receiver", Equal: []any{subject.ID}, Descending: true},
		func(doc document.Document[Conversation]) (intakeapi.ConversationSummary, error) {
			last := doc.Body.Messages[len(doc.Body.Messages)-1]
			return intakeapi.ConversationSummary{
				ConversationID: doc.ID, LastOn: string(doc.Body.LastOn), Messages: len(doc.Body.Messages),
				Waiting: !last.FromReceiver && !doc.Body.Closed, State: stateOf(doc.Body, box.Body),
				AccessHash: doc.Body.AccessHash, FirstMessageID: doc.Body.Messages[0].ID, Author: doc.Body.Messages[0].Author,
			}, nil
		})
}

// received returns the conversation in the path if it was written to the caller. Somebody else's is not there.
func (s *Intake) received(c *gin.Context) (access.Subject, document.Document[Conversation], error) {
	subject, err := s.allow(c, "confidential.receive", "conversation")
	if err != nil {
		return subject, document.Document[Conversation]{}, err
	}
	doc, err := s.conversations.Get(c.Request.Context(), c.Param("conversation_id"))
	if err == nil && doc.Body.ReceiverID != subject.ID {
		err = failure.NotFound("conversations")
	}
	return subject, doc, err
}

func (s *Intake) getConversation(c *gin.Context) error {
	_, doc, err := s.received(c)
	if err != nil {
		return err
	}
	return s.showReceived(c, doc)
}

// showReceived answers a representative with a conversation, their half of it alone.
func (s *Intake) showReceived(c *gin.Context, doc document.Document[Conversation]) error {
	box, err := s.mailboxes.Get(c.Request.Context(), doc.Body.ReceiverID)
	if err != nil {
		return err
	}
	view := conversationView(doc, box.Body)
	for _, m := range doc.Body.Messages {
		view.Messages = append(view.Messages, messageView(m, m.ForReceiver, m.Author))
	}
	return unkept(c, http.StatusOK, view)
}

// Answers are only ever added, and the same one twice is one: so there is nothing that a precondition would save.
func (s *Intake) answerConversation(c *gin.Context) error {
	subject, doc, err := s.received(c)
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.NewConfidentialMessage](c)
	if err != nil {
		return err
	}
	to, err := s.receiver(c.Request.Context(), subject.ID)
	if err != nil {
		return err
	}
	if !doc.Body.Fits(to) {
		return failure.New(failure.ConfidentialKeyChanged)
	}
	message := Message{ID: asked.MessageID, FromReceiver: true, ForReceiver: asked.ForReceiver, ForSender: asked.ForSender}
	doc, err = s.conversations.Update(c.Request.Context(), doc.ID, func(b *Conversation) ([]events.Event, error) {
		return nil, b.Add(message, DateOf(s.now()))
	})
	if err != nil {
		return err
	}
	return s.showReceived(c, doc)
}

// closeConversation takes no more messages; closing what is closed changes nothing.
func (s *Intake) closeConversation(c *gin.Context) error {
	_, doc, err := s.received(c)
	if err != nil {
		return err
	}
	doc, err = s.conversations.Update(c.Request.Context(), doc.ID, func(b *Conversation) ([]events.Event, error) {
		b.Closed = true
		return nil, nil
	})
	if err != nil {
		return err
	}
	return s.showReceived(c, doc)
}

// sent returns the conversation that a secret opens. The secret comes in the body: addresses are logged in many places.
func (s *Intake) sent(ctx context.Context, secret string) (document.Document[Conversation], error) {
	page, err := s.conversations.Find(ctx, document.Query{Index: "by_access", Equal: []any{accessHash(secret)}, Limit: 1})
	if err != nil {
		return document.Document[Conversation]{}, err
	}
	if len(page.Items) == 0 || !page.Items[0].Body.Opens(secret) {
		return document.Document[Conversation]{}, failure.New(failure.ConfidentialUnknownCode)
	}
	return page.Items[0], nil
}

func (s *Intake) readSentConversation(c *gin.Context) error {
	if _, err := s.allow(c, "confidential.write", "conversation"); err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.ConversationAccess](c)
	if err != nil {
		return err
	}
	doc, err := s.sent(c.Request.Context(), asked.Access)
	if err != nil {
		return err
	}
	view, err := s.sentView(c.Request.Context(), doc)
	if err != nil {
		return err
	}
	return unkept(c, http.StatusOK, view)
}

func (s *Intake) continueConversation(c *gin.Context) error {
	subject, err := s.allow(c, "confidential.write", "conversation")
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.SentMessage](c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	doc, err := s.sent(ctx, asked.Access)
	if err != nil {
		return err
	}
	to, err := s.receiver(ctx, doc.Body.ReceiverID)
	if err != nil {
		return err
	}
	if !doc.Body.Fits(to) {
		return failure.New(failure.ConfidentialKeyChanged)
	}
	message, err := s.authored(to, subject, doc.Body.AccessHash, asked.Message)
	if err != nil {
		return err
	}
	doc, err = s.conversations.Update(ctx, doc.ID, func(b *Conversation) ([]events.Event, error) {
		return nil, b.Add(message, DateOf(s.now()))
	})
	if err != nil {
		return err
	}
	view, err := s.sentView(ctx, doc)
	if err != nil {
		return err
	}
	return unkept(c, http.StatusOK, view)
}

// deleteSentConversation erases it for both sides.
func (s *Intake) deleteSentConversation(c *gin.Context) error {
	if _, err := s.allow(c, "confidential.write", "conversation"); err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.ConversationAccess](c)
	if err != nil {
		return err
	}
	doc, err := s.sent(c.Request.Context(), asked.Access)
	if err != nil {
		return err
	}
	if err := gone(s.conversations.Erase(c.Request.Context(), doc.ID)); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// sentView is a conversation as its sender sees it, with what has become of the receiver.
func (s *Intake) sentView(ctx context.Context, doc document.Document[Conversation]) (intakeapi.Conversation, error) {
	box, err := s.receiver(ctx, doc.Body.ReceiverID)
	if err != nil && failure.CodeOf(err) != failure.ConfidentialNoReceiver {
		return intakeapi.Conversation{}, err
	}
	view := conversationView(doc, box)
	for _, m := range doc.Body.Messages {
		view.Messages = append(view.Messages, messageView(m, m.ForSender, nil))
	}
	return view, nil
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
