package intake

import (
	"net/http"

	"github.com/gin-gonic/gin"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

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
func (s *Intake) received(c *gin.Context) (document.Document[Conversation], error) {
	subject, err := s.allow(c, "confidential.receive", "conversation")
	if err != nil {
		return document.Document[Conversation]{}, err
	}
	doc, err := s.conversations.Get(c.Request.Context(), c.Param("conversation_id"))
	if err == nil && doc.Body.ReceiverID != subject.ID {
		err = failure.NotFound("conversations")
	}
	return doc, err
}

func (s *Intake) getConversation(c *gin.Context) error {
	doc, err := s.received(c)
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
	doc, err := s.received(c)
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.NewConfidentialMessage](c)
	if err != nil {
		return err
	}
	if _, err := s.other(c.Request.Context(), doc.Body); err != nil {
		return err
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
	doc, err := s.received(c)
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
