package dialogue

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

const maxNote = 10_000

type minutesView struct {
	DialogueID   string          `json:"dialogue_id"`
	Version      int             `json:"version"`
	State        MinutesState    `json:"state"`
	Hash         string          `json:"content_hash,omitempty"`
	CirculatedAt *time.Time      `json:"circulated_at,omitempty"`
	ApprovedAt   *time.Time      `json:"approved_at,omitempty"`
	ApprovedBy   string          `json:"approved_by,omitempty"`
	Content      json.RawMessage `json:"content"`
}

func (s *service) getMinutes(c *gin.Context) error {
	v, err := s.visit(c, "minutes.read")
	if err != nil {
		return err
	}
	mark := v.meeting.Body.Minutes
	version := mark.Version()
	if v.viewer.part == reader {
		version = mark.Approved
	}
	if given := c.Query("version"); given != "" {
		asked, err := strconv.Atoi(given)
		if err != nil || asked < 1 || asked > version || v.viewer.part == reader && asked != version {
			return failure.NotFound("minutes")
		}
		version = asked
	}
	view := minutesView{DialogueID: v.meeting.ID, Version: version, State: MinutesDraft}
	if version == 0 {
		view.Content, _, err = s.writeMinutes(v, "")
		if err != nil {
			return err
		}
		c.JSON(http.StatusOK, view)
		return nil
	}
	stored, err := s.minutes.Get(v.ctx, minutesID(v.meeting.ID, version, mark.Hashes[version-1]))
	if err != nil {
		return err
	}
	view.State, view.Hash, view.Content = MinutesCirculated, stored.Body.Hash, stored.Body.Content
	view.CirculatedAt = &stored.Body.CirculatedAt
	if version == mark.Approved {
		view.State, view.ApprovedAt, view.ApprovedBy = MinutesApproved, mark.ApprovedAt, mark.ApprovedBy
	}
	c.JSON(http.StatusOK, view)
	return nil
}

// writeMinutes returns the minutes as they would be now, and their hash.
func (s *service) writeMinutes(v visit, note string) ([]byte, string, error) {
	book, err := s.followed(v.ctx, &v.meeting.Body)
	if err != nil {
		return nil, "", err
	}
	scene, err := s.load(v.ctx, v.meeting.ID)
	if err != nil {
		return nil, "", err
	}
	return minutesOf(scene, book, note, s.zone).bytes()
}

func (s *service) circulateMinutes(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Note string `json:"note"`
	}](c)
	if err != nil {
		return err
	}
	note, wrong := optionalText("note", given.Note, maxNote)
	if wrong != nil {
		return wrong
	}
	content, hash, err := s.writeMinutes(v, note)
	if err != nil {
		return err
	}
	version := v.meeting.Body.Minutes.Version() + 1
	body := Minutes{DialogueID: v.meeting.ID, Version: version, Note: note, Content: content, Hash: hash, CirculatedAt: s.now()}
	// First the content, then the dialogue that points to it; what loses a race is pointed to by nobody.
	if _, err := s.minutes.Insert(v.ctx, minutesID(v.meeting.ID, version, hash), body); err != nil && failure.CodeOf(err) != failure.DocumentExists {
		return err
	}
	return s.commandAs(c, v, func(m *Meeting, _ visit) ([]events.Event, error) {
		if m.Minutes.Version()+1 != version {
			return nil, failure.New(failure.PreconditionFailed)
		}
		return nil, m.Circulate(hash)
	})
}

func (s *service) approveMinutes(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Hash string `json:"content_hash"`
	}](c)
	if err != nil {
		return err
	}
	mark := v.meeting.Body.Minutes
	if mark.Version() == 0 {
		return failure.New(failure.DialogueWrongState).At("state").Wanting(string(MinutesReview))
	}
	circulated, err := s.minutes.Get(v.ctx, minutesID(v.meeting.ID, mark.Version(), mark.Hashes[mark.Version()-1]))
	if err != nil {
		return err
	}
	_, today, err := s.writeMinutes(v, circulated.Body.Note)
	if err != nil {
		return err
	}
	return s.commandAs(c, v, func(m *Meeting, v visit) ([]events.Event, error) {
		if err := m.Approve(given.Hash, today, v.subject.ID, s.now()); err != nil {
			return nil, err
		}
		return told(events.MinutesApproved{DialogueID: v.meeting.ID, Version: m.Minutes.Approved, ContentHash: given.Hash}), nil
	})
}
