package dialogue

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// firstStepsView tells how far a school has come, and nothing of what was said.
type firstStepsView struct {
	Begun        bool                 `json:"begun"` // there is a dialogue of some kind
	TrioTalk     firstTalkView        `json:"trio_talk"`
	StaffMeeting firstTalkView        `json:"staff_meeting"`
	Commitments  firstCommitmentsView `json:"commitments"`
}

type firstTalkView struct {
	State      TalkState    `json:"state"`
	DialogueID string       `json:"dialogue_id,omitempty"` // for those who may read it
	OpenedAt   *time.Time   `json:"opened_at,omitempty"`
	Minutes    MinutesState `json:"minutes_state,omitempty"`
}

// firstCommitmentsView counts actions with working time written in.
type firstCommitmentsView struct {
	Wanted int `json:"wanted"`
	Asked  int `json:"asked"` // wait for their owner's answer
	Taken  int `json:"taken"`
	Shown  int `json:"shown"` // of those, in minutes that everybody at the school can read
}

func (s *service) getFirstSteps(c *gin.Context) error {
	subject, err := s.enter(c, "first_steps.read")
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	o, err := s.officesOf(ctx)
	if err != nil {
		return err
	}
	kinds, err := s.forumKinds(ctx)
	if err != nil {
		return err
	}
	page, err := s.meetings.Find(ctx, document.Query{Index: byAge, Limit: firstDialogues})
	if err != nil {
		return err
	}
	trio, staff := firstTalk{state: TalkMissing}, firstTalk{state: TalkMissing}
	view := firstStepsView{Begun: len(page.Items) > 0}
	for i := range page.Items {
		id, m := page.Items[i].ID, &page.Items[i].Body
		if o.trioTalk(m, kinds[m.ForumID]) {
			trio.take(id, m)
		}
		if o.staffMeeting(m, kinds[m.ForumID]) {
			staff.take(id, m)
		}
	}
	view.TrioTalk, view.StaffMeeting = s.firstTalkView(ctx, subject, trio), s.firstTalkView(ctx, subject, staff)
	if view.Commitments, err = s.firstCommitments(ctx); err != nil {
		return err
	}
	c.JSON(http.StatusOK, view)
	return nil
}

func (s *service) officesOf(ctx context.Context) (offices, error) {
	members, err := s.directory.Members(ctx, "")
	if err != nil {
		return nil, err
	}
	o := offices{}
	for _, m := range members {
		o[m.Role] = append(o[m.Role], m.PersonID)
	}
	return o, nil
}

// forumKinds are the kinds of the school's forums by their ids, ended ones too: what was held in them was held.
func (s *service) forumKinds(ctx context.Context) (map[string]string, error) {
	forums, err := s.directory.Forums(ctx)
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{}
	for _, f := range forums {
		kinds[f.ID] = f.Kind
	}
	return kinds, nil
}

func (s *service) firstTalkView(ctx context.Context, subject access.Subject, t firstTalk) firstTalkView {
	view := firstTalkView{State: t.state}
	if t.meeting == nil {
		return view
	}
	view.OpenedAt = t.meeting.OpenedAt
	if t.meeting.Minutes.Version() > 0 {
		view.Minutes = t.meeting.Minutes.State
	}
	if s.reads(ctx, subject, document.Document[Meeting]{ID: t.id, Body: *t.meeting}) {
		view.DialogueID = t.id
	}
	return view
}

// firstCommitments counts until there are enough of what everybody can see.
func (s *service) firstCommitments(ctx context.Context) (firstCommitmentsView, error) {
	view := firstCommitmentsView{Wanted: firstCommitments}
	published := map[string]bool{} // by dialogue
	for _, status := range append([]ActionStatus{Proposed}, takenStatuses...) {
		page, err := s.actions.Find(ctx, document.Query{Index: byStatus, Equal: []any{string(status)}, Limit: firstActions})
		if err != nil {
			return view, err
		}
		for i := range page.Items {
			action := &page.Items[i].Body
			switch {
			case action.Owner.Minutes == 0:
				continue
			case !action.Taken():
				view.Asked++
				continue
			}
			view.Taken++
			known, ok := published[action.DialogueID]
			if !ok {
				meeting, err := s.meetings.Get(ctx, action.DialogueID)
				if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
					return view, err
				}
				known = err == nil && meeting.Body.Published()
				published[action.DialogueID] = known
			}
			if known {
				view.Shown++
			}
			if view.Shown >= firstCommitments {
				return view, nil
			}
		}
	}
	return view, nil
}
