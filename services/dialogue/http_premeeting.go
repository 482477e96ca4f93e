package dialogue

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
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
	switch {
	case before.Body.DialogueID != v.meeting.ID:
		return failure.NotFound("topic")
	case before.Revision != revision:
		return failure.New(failure.PreconditionFailed).At("If-Match").Wanting("the ETag as it was read")
	}
	if err := before.Body.HandOver(to.ID, s.now()); err != nil {
		return err
	}
	creation := document.Creation{ID: before.ID, Request: derivedID(to.ID, topic.RaisedAs, topic.Text)}
	err = s.raise(v.ctx, creation, Raising{TopicID: derivedID(before.ID, to.ID), Topic: topic, From: before.ID})
	if failure.CodeOf(err) == failure.IdempotencyConflict { // somebody else is handing it over
		return failure.New(failure.PreconditionFailed).At("If-Match")
	}
	if err != nil {
		return err
	}
	marked, err := s.topics.Get(v.ctx, before.ID)
	if err != nil {
		return err
	}
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

// derivedID names a copy by what it was made of, such as a topic that was handed over; nobody who does not know both sides can tell where it comes from.
func derivedID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
