package portal

import (
	"net/http"
	"slices"
	"strings"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	ical "github.com/guldkorn/guldkorn/libs/calendar"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// planning is what a facilitator can still change before a dialogue begins: when and where, and who comes.
type planning struct {
	Staff    []tenancyapi.StaffMember // who can be asked
	StartsAt string                   // as the input has it
}

// plans reads what the form of the plan needs, for a facilitator before the dialogue has begun.
func (v *visit) plans(m *meeting) (*planning, error) {
	if !m.Leads || m.State != "draft" && m.State != "scheduled" {
		return nil, nil
	}
	var staff tenancyapi.StaffList
	if err := v.get("tenancy", v.at("staff"), &staff); err != nil {
		return nil, err
	}
	p := &planning{Staff: staff.Items}
	if value(m.PreMeeting) {
		p.Staff = invitable(p.Staff)
	}
	if m.StartsAt != nil {
		p.StartsAt = m.StartsAt.In(v.zone).Format("2006-01-02T15:04")
	}
	return p, nil
}

// Comes tells whether somebody takes part.
func (m meeting) Comes(person string) bool { return slices.Contains(m.ParticipantIds, person) }

// changePeople says who takes part; those who lead go on leading.
func (v *visit) changePeople() error {
	var d dialogueapi.Dialogue
	if err := v.get("dialogue", v.one(), &d); err != nil {
		return err
	}
	in := dialogueapi.People{ParticipantIds: v.gin.PostFormArray("participant_ids"), FacilitatorIds: d.FacilitatorIds}
	if len(in.ParticipantIds) == 0 {
		return v.commanded(failure.Invalid("participant_ids", "somebody"))
	}
	return v.commanded(v.call("dialogue", http.MethodPut, v.one("people"), in, nil, v.seen()))
}

// calendarFile answers with the dialogue as a file for the calendar: the same meeting as in the invitation, so that a
// calendar that has it already changes it. As there, nothing is said that others who look into the calendar should not see.
func (v *visit) calendarFile() error {
	var d dialogueapi.Dialogue
	if err := v.get("dialogue", v.one(), &d); err != nil {
		return err
	}
	if d.StartsAt == nil || d.State == "cancelled" {
		return failure.NotFound("calendar")
	}
	m := ical.Meeting{ID: d.DialogueID, Sequence: value(d.Sequence), StartsAt: *d.StartsAt, Minutes: d.VariantMinutes, Place: value(d.Place), Private: value(d.PreMeeting)}
	if m.Private {
		m.Title = v.words.text("calendar.private")
	} else {
		m.Title = v.words.text("calendar.title", "school", v.schoolName())
		m.Link = v.portal.origin.JoinPath(v.school("dialogues", d.DialogueID)).String()
		lines := []string{v.words.text("calendar.agenda")}
		for _, p := range d.Phases {
			lines = append(lines, "- "+v.words.of("step", p.Kind))
		}
		m.Text = strings.Join(lines, "\n")
	}
	v.fileHeader("text/calendar; charset=utf-8", "moede.ics")
	_, err := v.gin.Writer.Write(m.Write(ical.Publish, v.portal.now().UTC()))
	return err
}

// schoolName is what this request's school is called.
func (v *visit) schoolName() string {
	for _, r := range v.session.Roles {
		if r.Scope == v.param("tenant_id") {
			return r.ScopeName
		}
	}
	return ""
}
