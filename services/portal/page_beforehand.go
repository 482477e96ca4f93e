package portal

import (
	"net/http"
	"strconv"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// beforehandRoute is where those who are invited write before the meeting. People come here one at a time, so who does, and
// when, is in no log.
const beforehandRoute = "/schools/:tenant_id/dialogues/:dialogue_id/beforehand"

// beforehandPage says what a dialogue is about, and takes what somebody writes before it.
type beforehandPage struct {
	meeting
	About dialogueapi.Playbook
}

func (v *visit) beforehand() error { return v.beforehandWith(http.StatusOK, nil) }

// beforehandWith shows the page, or the one of the dialogue when nothing can be written beforehand any more.
func (v *visit) beforehandWith(status int, refused *failure.Error) error {
	var page beforehandPage
	var err error
	if page.meeting, err = v.meeting(); err != nil {
		return err
	}
	if page.Beforehand() == nil || !page.TakesPart {
		return v.redirect(v.school("dialogues", v.param("dialogue_id")))
	}
	v.shownOn(&page.meeting, "beforehand", refused)
	if err := v.get("dialogue", v.at("playbooks", page.Playbook, strconv.Itoa(page.PlaybookVersion)), &page.About); err != nil {
		return err
	}
	return v.show(status, "beforehand", page)
}

// startedBeforehand tells whether a step was started before the meeting.
func startedBeforehand(p dialogueapi.Phase) bool {
	return value(p.Beforehand) == "started"
}

// Beforehand is the step that the invited can write in before the meeting now, nil when there is none.
func (m meeting) Beforehand() *dialogueapi.Phase {
	if m.State == "scheduled" && m.Phase != nil && startedBeforehand(*m.Phase) {
		return m.Phase
	}
	return nil
}

// BeforehandOffer is the step that a facilitator can let the invited write in, nil when there is none.
func (m meeting) BeforehandOffer() *dialogueapi.Phase {
	for i := range m.Phases {
		if value(m.Phases[i].Beforehand) == "possible" {
			return &m.Phases[i]
		}
	}
	return nil
}

// WrittenBeforehand tells whether a step that was started before the meeting is over.
func (m meeting) WrittenBeforehand() bool {
	for _, p := range m.Phases {
		if startedBeforehand(p) && p.State == "locked" {
			return true
		}
	}
	return false
}
