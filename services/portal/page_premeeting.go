package portal

import (
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Pre-meetings of the staff side. The pages offer them to whom the dialogue service would let in, and ask it for nothing on
// behalf of others; who may see what is decided there.

var (
	offices   = []string{access.UnionRepresentative, access.SafetyRepresentative}
	staffSide = append([]string{access.Employee}, offices...)
	otherSide = []string{
		access.Leader, access.SchoolAdministrator, access.MunicipalAdministrator, access.MunicipalAnalyst, access.Auditor, access.PlatformOperator,
	}
)

// ofStaff tells whether the reader is of the school's staff side, and of the other side nowhere.
func (v *visit) ofStaff() bool {
	return v.has(staffSide...) && !slices.ContainsFunc(v.session.Roles, func(r role) bool { return slices.Contains(otherSide, r.Role) })
}

// callsPreMeetings tells whether the reader can call the staff side together.
func (v *visit) callsPreMeetings() bool { return v.ofStaff() && v.has(offices...) }

// preMeetings reads those that the reader takes part in, for the page of dialogues.
func (v *visit) preMeetings() ([]dialogueapi.Dialogue, error) {
	if !v.ofStaff() {
		return nil, nil
	}
	var list dialogueapi.DialogueList
	err := v.get("dialogue", v.at("pre-meetings"), &list)
	return list.Items, err
}

// invitable are those of the staff who can be asked to a pre-meeting.
func invitable(staff []tenancyapi.StaffMember) []tenancyapi.StaffMember {
	return slices.DeleteFunc(slices.Clone(staff), func(one tenancyapi.StaffMember) bool {
		has := func(roles []string) bool {
			return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(one.Roles, tenancyapi.Role(role)) })
		}
		return has(otherSide) || !has(staffSide)
	})
}

// handing is what TR or AMR need to put a topic of a pre-meeting on the table of a dialogue.
type handing struct {
	Offices   []string
	Dialogues []dialogueapi.Dialogue
}

// handsOver finds the dialogues of the same forum that are still to be held or under way, for the TR or AMR who takes part in
// the pre-meeting.
func (v *visit) handsOver(m *meeting) (*handing, error) {
	if !value(m.PreMeeting) || !m.TakesPart || !v.callsPreMeetings() {
		return nil, nil
	}
	var list dialogueapi.DialogueList
	if err := v.get("dialogue", v.at("dialogues")+"?limit=200", &list); err != nil {
		return nil, err
	}
	h := &handing{Offices: v.ownOffices()}
	for _, d := range list.Items {
		takes := slices.Contains([]dialogueapi.DialogueState{"draft", "scheduled", "open", "paused", "concluding"}, d.State)
		if takes && value(d.ForumID) == value(m.ForumID) && slices.Contains(d.ParticipantIds, v.session.PersonID) {
			h.Dialogues = append(h.Dialogues, d)
		}
	}
	return h, nil
}

// handOverTopic puts a topic on the table of a dialogue in the words that were written for it.
func (v *visit) handOverTopic() error {
	in := dialogueapi.HandOverTopicJSONBody{DialogueID: v.input("dialogue_id"), RaisedAs: dialogueapi.Office(v.input("raised_as")), Text: v.input("text")}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("topics", v.param("topic_id"), "hand-over"), in, nil, v.seen()))
}

// calledOnly refuses the form of a pre-meeting to whoever cannot call one.
func (v *visit) calledOnly(preMeeting bool) error {
	if preMeeting && !v.callsPreMeetings() {
		return failure.New(failure.AccessDenied)
	}
	return nil
}
