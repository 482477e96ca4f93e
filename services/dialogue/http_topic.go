package dialogue

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

type topicView struct {
	TopicID    string      `json:"topic_id"`
	Revision   int64       `json:"revision"`
	DialogueID string      `json:"dialogue_id"`
	Kind       TopicKind   `json:"kind"`
	RaisedAs   string      `json:"raised_as,omitempty"`
	Text       string      `json:"text"`
	Sources    []string    `json:"source_ids"`
	Status     TopicStatus `json:"status"`
	Decision   string      `json:"decision,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	SettledIn  string      `json:"settled_in_id,omitempty"`
	HandedTo   string      `json:"handed_to_id,omitempty"`
	HandedAt   *time.Time  `json:"handed_at,omitempty"`
	RecordedBy string      `json:"recorded_by"`
	RecordedAt time.Time   `json:"recorded_at"`
}

func viewTopic(d document.Document[Topic]) topicView {
	t := d.Body
	return topicView{
		d.ID, d.Revision, t.DialogueID, t.Kind, t.RaisedAs, t.Text, t.Sources, t.Status, t.Decision, t.Reason, t.SettledIn, t.HandedTo, t.HandedAt, t.RecordedBy, t.RecordedAt,
	}
}

func (s *service) recordTopic(c *gin.Context) error {
	v, creation, err := s.creating(c, "topic.record")
	if err != nil {
		return err
	}
	given, known, err := readOutcome[struct {
		Kind     TopicKind `json:"kind"`
		RaisedAs string    `json:"raised_as"`
		Text     string    `json:"text"`
		Sources  []string  `json:"source_ids"`
	}](s, c, v)
	if err != nil {
		return err
	}
	topic := Topic{
		DialogueID: v.meeting.ID, Kind: given.Kind, RaisedAs: given.RaisedAs, Text: given.Text, Sources: given.Sources, Status: TopicOpen,
		RecordedBy: v.subject.ID, RecordedAt: s.now(),
	}
	if err := topic.clean(); err != nil {
		return err
	}
	if wrong := checkSources(&v.meeting.Body, topic.Sources, known); wrong != nil {
		return wrong
	}
	recorded, _, err := s.topics.Create(v.ctx, creation, topic)
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.Created(c, recorded, viewTopic(recorded))
}

func (s *service) listTopics(c *gin.Context) error {
	v, err := s.visit(c, "minutes.read")
	if err != nil {
		return err
	}
	topics, err := s.topicsOf(v.ctx, v.meeting.ID)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, rest.List[topicView]{Items: views(topics, nil, viewTopic)})
	return nil
}

// settleTopic records what this dialogue decided on a topic of its own or of an earlier one of the same people.
func (s *service) settleTopic(c *gin.Context) error {
	v, err := s.visit(c, "outcome.record")
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Decision string `json:"decision"`
		Reason   string `json:"reason"`
	}](c)
	if err != nil {
		return err
	}
	if err := v.meeting.Body.TakesOutcomes(); err != nil {
		return err
	}
	topic, err := s.topics.Get(v.ctx, c.Param("topic_id"))
	if err != nil {
		return err
	}
	before, err := s.earlier(v.ctx, v.meeting)
	if err != nil {
		return err
	}
	if topic.Body.DialogueID != v.meeting.ID && !slices.Contains(before, topic.Body.DialogueID) {
		return failure.NotFound("topic")
	}
	settled, err := s.topics.UpdateAt(v.ctx, topic.ID, revision, func(t *Topic) ([]events.Event, error) {
		return nil, t.Settle(v.meeting.ID, given.Decision, given.Reason)
	})
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.OK(c, settled, viewTopic(settled))
}

// raisedTopic prepares a topic that the caller raises in their own office and words, resting on nothing that the room could see.
func (s *service) raisedTopic(v visit, in, office, text string) (Topic, error) {
	topic := Topic{DialogueID: in, Kind: RaisedTopic, RaisedAs: office, Sources: []string{}, Status: TopicOpen, RecordedBy: v.subject.ID, RecordedAt: s.now()}
	school, err := tenant.From(v.ctx)
	if err != nil {
		return topic, err
	}
	var wrong [2]*failure.Error
	topic.Text, wrong[0] = cleanText("text", text, maxShortText)
	if !slices.Contains(elected, office) || !v.subject.Has(office, school) {
		wrong[1] = failure.Invalid("raised_as", "tr or amr, whichever you are")
	}
	return topic, failure.Together(wrong[:]...)
}
