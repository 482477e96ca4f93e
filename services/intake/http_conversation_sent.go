package intake

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

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
	return s.showSent(c, http.StatusCreated, doc)
}

// authored is a message as a sender sent it, with who they are sealed to the receiver.
func (s *Intake) authored(to Mailbox, subject access.Subject, accessHash string, asked intakeapi.NewConfidentialMessage) (Message, error) {
	m := Message{ID: asked.MessageID, ForReceiver: asked.ForReceiver, ForSender: asked.ForSender}
	var err error
	m.Author, err = sealAuthor(to, subject.ID, accessHash, m.ID)
	return m, err
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

// sentBy returns the conversation of a request that holds nothing but the secret.
func (s *Intake) sentBy(c *gin.Context) (doc document.Document[Conversation], err error) {
	if _, err := s.allow(c, "confidential.write", "conversation"); err != nil {
		return doc, err
	}
	asked, err := host.Decode[intakeapi.ConversationAccess](c)
	if err != nil {
		return doc, err
	}
	return s.sent(c.Request.Context(), asked.Access)
}

func (s *Intake) readSentConversation(c *gin.Context) error {
	doc, err := s.sentBy(c)
	if err != nil {
		return err
	}
	return s.showSent(c, http.StatusOK, doc)
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
	to, err := s.other(ctx, doc.Body)
	if err != nil {
		return err
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
	return s.showSent(c, http.StatusOK, doc)
}

// deleteSentConversation erases it for both sides.
func (s *Intake) deleteSentConversation(c *gin.Context) error {
	doc, err := s.sentBy(c)
	if err != nil {
		return err
	}
	if err := gone(s.conversations.Erase(c.Request.Context(), doc.ID)); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// showSent answers a sender with a conversation, their half of it alone, and with what has become of the receiver.
func (s *Intake) showSent(c *gin.Context, status int, doc document.Document[Conversation]) error {
	box, err := s.receiver(c.Request.Context(), doc.Body.ReceiverID)
	if err != nil && failure.CodeOf(err) != failure.ConfidentialNoReceiver {
		return err
	}
	view := conversationView(doc, box)
	for _, m := range doc.Body.Messages {
		view.Messages = append(view.Messages, messageView(m, m.ForSender, nil))
	}
	return unkept(c, status, view)
}
