package dialogue

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
)

// createPreMeeting calls the staff side of a forum together.
func (s *service) createPreMeeting(c *gin.Context) error { return s.create(c, true) }

// listPreMeetings answers with those that the caller takes part in. Whoever is not of the staff side is denied, without a
// look at whether there are any.
func (s *service) listPreMeetings(c *gin.Context) error {
	subject, err := s.enter(c, "pre_meeting.list")
	if err != nil {
		return err
	}
	cursor, limit, err := rest.Page(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	page, err := s.meetings.closed.Find(ctx, document.Query{Index: byAge, Descending: true, Limit: limit, Cursor: cursor})
	if err != nil {
		return err
	}
	return s.showList(c, subject, page)
}

// handOver puts a topic of a pre-meeting on the table of a dialogue of the same forum, in the words that are given: nothing
// else of the pre-meeting goes with it, not that there was one either.
func (s *service) handOver(c *gin.Context) error {
	v, err := s.visit(c, "pre_meeting.hand_over")
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		DialogueID string `json:"dialogue_id"`
		RaisedAs   string `json:"raised_as"`
		Text       string `json:"text"`
	}](c)
	if err != nil {
		return err
	}
	to, topic, err := s.handedOver(v, given.DialogueID, given.RaisedAs, given.Text)
	if err != nil {
		return err
	}
	before, err := s.topics.Get(v.ctx, c.Param("topic_id"))
	if err != nil {
		return err
	}
	body := before.Body
	switch {
	case body.DialogueID != v.meeting.ID:
		return failure.NotFound("topic")
	case before.Revision != revision:
		return failure.New(failure.PreconditionFailed).At("If-Match").Wanting("the ETag as it was read")
	}
	if err := body.HandOver(to.ID, s.now()); err != nil {
		return err
	}
	// First the topic on the other table, under an id that follows from where it comes from and goes, then the mark that it
	// is there: what is repeated after a crash finds it and goes on.
	if _, err := s.topics.Insert(v.ctx, handedID(before.ID, to.ID), topic); err != nil && failure.CodeOf(err) != failure.DocumentExists {
		return err
	}
	marked, err := s.topics.UpdateAt(v.ctx, before.ID, revision, func(t *Topic) ([]events.Event, error) {
		return nil, t.HandOver(to.ID, s.now())
	})
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	s.hub.changed(v.ctx, to.ID)
	return rest.OK(c, marked, viewTopic(marked))
}

// handedOver prepares the topic for the dialogue where it is to go, if the caller may raise one there in their office.
func (s *service) handedOver(v visit, to, office, text string) (document.Document[Meeting], Topic, error) {
	topic, err := s.raisedTopic(v, to, office, text)
	if err != nil {
		return document.Document[Meeting]{}, topic, err
	}
	elsewhere := failure.Invalid("dialogue_id", "a dialogue of the same forum, in which you take part")
	meeting, err := s.meetings.Collection.Get(v.ctx, to)
	if err != nil {
		return meeting, topic, unknown(err, elsewhere)
	}
	if meeting.Body.ForumID != v.meeting.Body.ForumID {
		return meeting, topic, elsewhere
	}
	if err := s.decideIn(v.ctx, v.subject, "topic.record", meeting); err != nil {
		if failure.CodeOf(err) == failure.AccessDenied {
			return meeting, topic, elsewhere
		}
		return meeting, topic, err
	}
	return meeting, topic, meeting.Body.TakesHandedOver()
}

// handedID names a handed over topic; nobody who does not know both sides can tell where it comes from.
func handedID(topic, to string) string {
	sum := sha256.Sum256([]byte(topic + "\x00" + to))
	return hex.EncodeToString(sum[:16])
}
