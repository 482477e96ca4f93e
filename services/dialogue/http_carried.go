package dialogue

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// carriedView is what a dialogue begins with.
type carriedView struct {
	Actions     []actionView     `json:"actions"`
	Agreements  []agreementView  `json:"agreements"`
	Topics      []topicView      `json:"topics"`
	Escalations []escalationView `json:"escalations"`
}

func (s *service) getCarried(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.follow")
	if err != nil {
		return err
	}
	before, err := s.earlier(v.ctx, v.meeting)
	if err != nil {
		return err
	}
	left, err := s.leftBy(v.ctx, before, s.today())
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, carriedView{
		Actions: views(left.actions, nil, v.viewer.actionView), Agreements: views(left.agreements, nil, v.viewer.agreementView),
		Topics: views(left.topics, nil, viewTopic), Escalations: views(left.questions, nil, v.viewer.escalationView),
	})
	return nil
}

// recurring is the playbook of a dialogue that follows on another: it begins with what was left undone.
const recurring = "technology-forum-meeting"

// continueDialogue makes the next dialogue of the same people, with as little to be said as possible.
func (s *service) continueDialogue(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.follow")
	if err != nil {
		return err
	}
	if err := s.decide(v.ctx, v.subject, v.meeting.Body.asked("dialogue.create"), thing{"dialogue", rest.CreatedID(c)}, nil); err != nil {
		return v.meeting.Body.hidden(err)
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Title    string     `json:"title"`
		StartsAt *time.Time `json:"starts_at"`
	}](c)
	if err != nil {
		return err
	}
	if err := v.meeting.Body.in(FollowUp, Closed); err != nil {
		return err
	}
	next, err := s.nextAfter(v, given.Title, given.StartsAt)
	if err != nil {
		return err
	}
	created, _, err := s.meetings.Create(v.ctx, creation, next, next.announced(creation.ID)...)
	if err != nil {
		return err
	}
	view, err := s.view(v.ctx, v.subject, created)
	if err != nil {
		return err
	}
	return rest.Created(c, created, view)
}

// nextAfter prepares the dialogue that follows on the one of the visit: the same forum as it is now, or the same people.
func (s *service) nextAfter(v visit, title string, starts *time.Time) (Meeting, error) {
	before := &v.meeting.Body
	book, err := s.newest(recurring)
	if err != nil {
		return Meeting{}, err
	}
	in := newDialogue{
		Title: title, Playbook: book.ID, Version: book.Version, Variant: before.Variant, ForumID: before.ForumID, TechnologyID: before.TechnologyID,
		StartsAt: starts, preMeeting: before.PreMeeting,
	}
	if title == "" {
		in.Title = before.Title
	}
	if in.preMeeting {
		var err error
		if in.Participants, err = s.onStaffSide(v.ctx, before.Participants); err != nil {
			return Meeting{}, err
		}
	}
	if in.ForumID == "" {
		in.Participants = before.Participants
	}
	next, err := s.prepare(v.ctx, v.subject.ID, in)
	next.Follows = v.meeting.ID
	return next, err
}

// newest returns a playbook in its newest version.
func (s *service) newest(id string) (*playbook.Playbook, error) {
	for _, p := range s.shelf.Newest() {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, failure.New(failure.PlaybookUnknown).At("playbook")
}
