package portal

import (
	"net/http"
	"slices"
	"strconv"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// guestsPage is where a facilitator lets guests in, sees who is here and shows them out.
type guestsPage struct {
	DialogueID string
	Title      string
	Access     dialogueapi.Guests
	Form       form
	Code       string // of the access that was just opened; shown this once
	Address    string // where it is typed
	Hours      []int
	Open       bool // guests can be let in now
}

func (v *visit) guestsOfDialogue() error { return v.guestsWith(http.StatusOK, nil, form{}) }

func (v *visit) guestsWith(status int, made *dialogueapi.Guests, f form) error {
	var d dialogueapi.Dialogue
	if err := v.get("dialogue", v.one(), &d); err != nil {
		return err
	}
	if d.MyPart != "facilitator" || value(d.PreMeeting) {
		return failure.New(failure.AccessDenied)
	}
	page := guestsPage{
		DialogueID: d.DialogueID, Title: d.Title, Form: f, Hours: []int{2, 4, 8, 12}, Address: v.portal.origin.JoinPath(guestRoot).String(), Open: takesGuests(&d),
	}
	if made != nil {
		page.Access, page.Code = *made, inHalves(value(made.Code))
	} else if err := v.get("dialogue", v.one("guests"), &page.Access); err != nil {
		return err
	}
	return v.show(status, "guests", page)
}

// inHalves writes a code as it is read aloud.
func inHalves(code string) string {
	if len(code) < 2 {
		return code
	}
	return code[:len(code)/2] + "-" + code[len(code)/2:]
}

// takesGuests tells whether guests can be in a dialogue.
func takesGuests(d *dialogueapi.Dialogue) bool {
	return !value(d.PreMeeting) && slices.Contains([]dialogueapi.DialogueState{"draft", "scheduled", "open", "paused", "concluding"}, d.State)
}

// TakesGuests tells whether the way to their page is worth showing.
func (m meeting) TakesGuests() bool { return takesGuests(&m.Dialogue) }

// GuestsWillSee tells whether guests see what is written in the step under way, those who are here or who may still come.
// Of a step that was sealed before they could come they see nothing.
func (m meeting) GuestsWillSee() bool {
	return m.guestsSince != nil && m.Phase != nil && (m.Phase.Attribution != "sealed" || m.Phase.StartedAt != nil && !m.Phase.StartedAt.Before(*m.guestsSince))
}

// openToGuests answers with the page itself and not with a redirect: the code is in no address, cookie or store.
func (v *visit) openToGuests() error {
	places, _ := strconv.Atoi(v.input("places")) // the service refuses what is no number as it does 0
	hours, _ := strconv.Atoi(v.input("hours"))
	in := dialogueapi.GuestAccess{Places: places, Hours: hours}
	var made dialogueapi.Guests
	if err := v.call("dialogue", http.MethodPost, v.one("guests"), in, &made, v.key()); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.guestsWith(http.StatusUnprocessableEntity, nil, f)
	}
	return v.guestsWith(http.StatusCreated, &made, form{})
}

func (v *visit) closeToGuests() error { return v.withoutGuests(v.one("guests")) }

func (v *visit) showGuestOut() error { return v.withoutGuests(v.one("guests", v.param("guest_id"))) }

func (v *visit) withoutGuests(path string) error {
	err := v.call("dialogue", http.MethodDelete, path, nil, nil)
	if err != nil && failure.From(err).Status() != http.StatusNotFound { // a guest who is gone already
		return err
	}
	return v.redirect(v.school("dialogues", v.param("dialogue_id"), "guests"))
}
