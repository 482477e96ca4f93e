package dialogue

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

type inputView struct {
	InputID  string      `json:"input_id"`
	Revision int64       `json:"revision"`
	Text     string      `json:"text"`
	WithName bool        `json:"with_name"`
	Mine     bool        `json:"mine"`
	AuthorID string      `json:"author_id,omitempty"` // for TR and AMR
	Status   InputStatus `json:"status"`
	Answer   string      `json:"answer,omitempty"`
	TopicID  string      `json:"topic_id,omitempty"`
	SentAt   time.Time   `json:"sent_at"`
}

// inputList says, beside the inputs, who reads what is sent: whoever writes is to know them by name.
type inputList struct {
	Items   []inputView `json:"items"`
	Readers []string    `json:"reader_ids"`
}

// viewInput renders an input for its sender, or for a representative.
func viewInput(d document.Document[Input], reader string, represents bool) inputView {
	b := d.Body
	view := inputView{d.ID, d.Revision, b.Text, b.Named, b.Author == reader, "", b.Status, b.Answer, b.TopicID, b.SentAt}
	if represents {
		view.AuthorID = b.Author
	}
	return view
}

func (s *service) inputsOf(ctx context.Context, dialogue string) ([]document.Document[Input], error) {
	return collect(ctx, s.inputs, document.Query{Index: byDialogue, Equal: []any{dialogue}})
}

// inputReaders are the TR and AMR who take part, as the policy finds them: none who is of the other side besides.
func (s *service) inputReaders(v visit) ([]string, error) {
	school, err := tenant.From(v.ctx)
	if err != nil {
		return nil, err
	}
	readers := []string{}
	for _, person := range v.meeting.Body.Participants {
		roles, err := s.directory.Assignments(v.ctx, person)
		if err != nil {
			return nil, err
		}
		represents := func(a access.Assignment) bool { return a.Scope == school && slices.Contains(elected, a.Role) }
		if ofStaff(school, roles) && slices.ContainsFunc(roles, represents) {
			readers = append(readers, person)
		}
	}
	return readers, nil
}

func (s *service) sendInput(c *gin.Context) error {
	v, creation, err := s.creating(c, "input.send")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Text     string `json:"text"`
		WithName bool   `json:"with_name"`
	}](c)
	if err != nil {
		return err
	}
	text, wrong := cleanText("text", given.Text, maxShortText)
	if wrong != nil {
		return wrong
	}
	if err := v.meeting.Body.TakesInputs(); err != nil {
		return err
	}
	readers, err := s.inputReaders(v)
	if err != nil {
		return err
	}
	if len(readers) == 0 {
		return failure.New(failure.NobodyReadsInputs)
	}
	all, err := s.inputsOf(v.ctx, v.meeting.ID)
	if err != nil {
		return err
	}
	own := 0
	for _, one := range all {
		if one.Body.Author == v.subject.ID && one.ID != creation.ID {
			own++
		}
	}
	if own >= maxInputs {
		return failure.New(failure.TooManyInputs).At("text")
	}
	sent, _, err := s.inputs.Create(v.ctx, creation, Input{
		DialogueID: v.meeting.ID, Author: v.subject.ID, Named: given.WithName, Text: text, SentAt: s.now(), Status: InputSent,
	})
	if err != nil {
		return err
	}
	if sent.Body.Author != v.subject.ID { // somebody has got hold of the key
		return failure.New(failure.AccessDenied)
	}
	return rest.Created(c, sent, viewInput(sent, v.subject.ID, false))
}

// listInputs answers a sender with their own inputs, and TR and AMR with all.
func (s *service) listInputs(c *gin.Context) error {
	v, err := s.visit(c, "input.send")
	if err != nil {
		return err
	}
	represents := s.decideIn(v.ctx, v.subject, "input.answer", v.meeting) == nil
	all, err := s.inputsOf(v.ctx, v.meeting.ID)
	if err != nil {
		return err
	}
	list := inputList{Items: []inputView{}}
	if list.Readers, err = s.inputReaders(v); err != nil {
		return err
	}
	for _, one := range all {
		if one.Body.Status == inputTakenBack {
			continue
		}
		if represents || one.Body.Author == v.subject.ID {
			list.Items = append(list.Items, viewInput(one, v.subject.ID, represents))
		}
	}
	c.Header("Cache-Control", "private, no-store")
	c.JSON(http.StatusOK, list)
	return nil
}

// input looks an input of the dialogue up.
func (s *service) input(v visit, id string) (document.Document[Input], error) {
	found, err := s.inputs.Get(v.ctx, id)
	if err == nil && (found.Body.DialogueID != v.meeting.ID || found.Body.Status == inputTakenBack) {
		err = failure.NotFound("input")
	}
	return found, err
}

// withdrawInput takes one's own input back, as long as nothing has come of it. No copy of it is kept.
func (s *service) withdrawInput(c *gin.Context) error {
	v, err := s.visit(c, "input.send")
	if err != nil {
		return err
	}
	found, err := s.input(v, c.Param("input_id"))
	if err != nil {
		return err
	}
	if found.Body.Author != v.subject.ID {
		return failure.NotFound("input")
	}
	if _, err := s.inputs.Update(v.ctx, found.ID, func(i *Input) ([]events.Event, error) { return nil, i.TakeBack() }); err != nil {
		return err
	}
	if err := s.inputs.Erase(v.ctx, found.ID); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// answerInput lets TR or AMR answer a sender without making a topic of it.
func (s *service) answerInput(c *gin.Context) error {
	v, err := s.visit(c, "input.answer")
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Answer string `json:"answer"`
	}](c)
	if err != nil {
		return err
	}
	if _, err := s.input(v, c.Param("input_id")); err != nil {
		return err
	}
	answered, err := s.inputs.UpdateAt(v.ctx, c.Param("input_id"), revision, func(i *Input) ([]events.Event, error) {
		return nil, i.Reply(given.Answer)
	})
	if err != nil {
		return err
	}
	return rest.OK(c, answered, viewInput(answered, v.subject.ID, true))
}

// raiseInputs makes one topic of some inputs, in the words of the representative: nothing in it points back at them.
func (s *service) raiseInputs(c *gin.Context) error {
	v, creation, err := s.creating(c, "input.answer")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		InputIDs []string `json:"input_ids"`
		RaisedAs string   `json:"raised_as"`
		Text     string   `json:"text"`
	}](c)
	if err != nil {
		return err
	}
	topic, err := s.raisedTopic(v, v.meeting.ID, given.RaisedAs, given.Text)
	if err != nil {
		return err
	}
	if len(given.InputIDs) == 0 || len(given.InputIDs) > maxSources {
		return failure.Invalid("input_ids", "1 to "+strconv.Itoa(maxSources)+" inputs to this dialogue")
	}
	if err := v.meeting.Body.TakesHandedOver(); err != nil {
		return err
	}
	for i, id := range given.InputIDs {
		found, err := s.input(v, id)
		if err != nil {
			return unknown(err, failure.Invalid("input_ids."+strconv.Itoa(i), "an input to this dialogue"))
		}
		if err := found.Body.TakeUp(creation.ID); err != nil {
			return err
		}
	}
	err = s.raise(v.ctx, creation, Raising{TopicID: creation.ID, Request: creation.Request, Topic: topic, Inputs: given.InputIDs})
	if err != nil {
		return err
	}
	raised, err := s.topics.Get(v.ctx, creation.ID)
	if err != nil {
		return err
	}
	return rest.Created(c, raised, viewTopic(raised))
}
