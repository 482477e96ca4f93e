package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// A guest comes in by a code and sees one dialogue, as a phone in the room does. No page here knows who is signed in on the
// browser, and no other page knows a guest.

func (p *Portal) guestRoutes(e *gin.Engine) {
	e.GET(guestRoot, p.stranger((*visit).guestEntrance))
	e.POST(guestRoot, p.stranger((*visit).enterAsGuest))
	e.GET(guestRoot+"/desk", p.guest((*visit).guestDesk))
	e.GET(guestRoot+"/live", p.guest((*visit).live))
	e.POST(guestRoot+"/leave", p.guest((*visit).leaveAsGuest))
	e.POST(guestRoot+"/phases/:phase_id/contributions", p.guest((*visit).writeAsGuest))
	e.POST(guestRoot+"/phases/:phase_id/contributions/:contribution_id/:verb", p.guest((*visit).changeAsGuest))
	e.POST(guestRoot+"/phases/:phase_id/ready", p.guest((*visit).readyAsGuest))
}

// stranger handles a request of somebody who may be a guest, and is nobody else here.
func (p *Portal) stranger(fn func(*visit) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		v := &visit{portal: p, gin: c}
		v.speak(p.languageOf(c))
		err := v.findGuest()
		if err == nil {
			err = v.checkForm()
		}
		if err == nil {
			err = fn(v)
		}
		if err != nil {
			v.fail(err)
		}
	}
}

// guest handles a request of a guest about the dialogue that they are in. Whoever is a guest no more comes to the entrance.
func (p *Portal) guest(fn func(*visit) error) gin.HandlerFunc {
	return p.stranger(func(v *visit) error {
		if v.guest == nil {
			return v.guestIsOut()
		}
		v.gin.AddParam("tenant_id", string(v.guest.tenant))
		v.gin.AddParam("dialogue_id", v.guest.DialogueID)
		err := fn(v)
		switch failure.CodeOf(err) {
		case failure.AccessDenied, failure.DocumentNotFound:
		default:
			return err
		}
		if still := v.get("dialogue", v.one("live")+"?wait=0", nil); still == nil { // something that is not for guests
			return err
		}
		if err := p.guests.end(v.context(), v.guest); err != nil {
			return err
		}
		v.guest = nil
		return v.guestIsOut()
	})
}

// findGuest reads which guest asks, if any.
func (v *visit) findGuest() error {
	cookie, err := v.gin.Request.Cookie(guestCookie)
	if err != nil {
		return nil
	}
	found, err := v.portal.guests.find(v.context(), cookie.Value)
	if err != nil || found == nil {
		return err
	}
	v.guest = found
	v.gin.Request = v.gin.Request.WithContext(access.WithSubject(v.context(), access.Subject{
		ID: found.GuestID, Tenant: found.tenant, Guest: found.DialogueID,
	}))
	return nil
}

// guestIsOut brings somebody to the entrance; a script asks for the whole page, which does.
func (v *visit) guestIsOut() error {
	if v.partial() || strings.HasSuffix(v.gin.FullPath(), "/live") {
		v.gin.AbortWithStatus(http.StatusUnauthorized)
		return nil
	}
	return v.redirect(guestRoot + "?out=yes")
}

// entrance is where a code is typed.
type entrance struct {
	Form form
	Out  bool // somebody was in a dialogue, and is not any more
}

func (v *visit) guestEntrance() error {
	if v.guest != nil {
		return v.redirect(guestRoot + "/desk")
	}
	return v.show(http.StatusOK, "guest", entrance{Out: v.query("out") != ""})
}

// enterAsGuest tries a code. What is wrong with it is said in the same words whatever it is.
func (v *visit) enterAsGuest() error {
	p, code := v.portal, strings.ToUpper(v.input("code"))
	from := clientNetwork(v.gin.Request)
	if !p.tries.allow(from, code) {
		return v.show(http.StatusTooManyRequests, "guest", entrance{Form: form{
			Values: v.gin.Request.PostForm, Alert: failure.PortalTooManyTries.Text(v.words.language),
		}})
	}
	var in dialogueapi.GuestEntry
	ctx := access.WithSubject(v.context(), access.Service(p.Name()))
	err := p.peer("dialogue").Call(ctx, http.MethodPost, "/v1/guest-entries", dialogueapi.NewGuestEntry{Code: code, Name: v.input("name")}, &in, v.key())
	if failure.CodeOf(err) == failure.GuestCodeWrong {
		p.tries.missed(from)
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		if f.Errors["name"] != "" {
			f.Errors["name"] = v.words.text("guest.want_name")
		}
		return v.show(http.StatusUnprocessableEntity, "guest", entrance{Form: f})
	}
	begun, err := p.guests.begin(v.context(), in)
	if err != nil {
		return err
	}
	http.SetCookie(v.gin.Writer, begun.cookie(v.secure()))
	return v.redirect(guestRoot + "/desk")
}

func (v *visit) guestDesk() error { return v.guestDeskWith(http.StatusOK, "", "") }

func (v *visit) guestDeskWith(status int, alert, written string) error {
	m, err := v.asGuest()
	if err != nil {
		return err
	}
	m.Alert, m.Written = alert, written
	if v.partial() {
		return v.part("guest_desk", "parts", m)
	}
	return v.show(status, "guest_desk", m)
}

// asGuest reads the dialogue as its guest sees it.
func (v *visit) asGuest() (meeting, error) {
	m := meeting{AsGuest: true}
	var now dialogueapi.LivePoll
	if err := v.get("dialogue", v.one("live")+"?wait=0", &now); err != nil {
		return m, err
	}
	shown := now.Snapshot
	m.Dialogue, m.Guests, m.Decisions, m.Disagreements = shown.Dialogue, shown.Guests, shown.Decisions, shown.Disagreements
	for _, g := range m.Guests {
		if g.GuestID == v.guest.GuestID {
			m.Guest = g.Name
		}
	}
	m.underWay()
	lists := make([][]dialogueapi.Contribution, len(m.Phases))
	for _, c := range shown.Contributions {
		if i := slices.IndexFunc(m.Phases, func(p dialogueapi.Phase) bool { return p.PhaseID == c.PhaseID }); i >= 0 {
			lists[i] = append(lists[i], c)
		}
	}
	m.spread(lists)
	m.rank()
	if m.CanBeReady() {
		var ready dialogueapi.OwnReady
		if err := v.get("dialogue", v.one("phases", m.Phase.PhaseID, "ready"), &ready); err != nil {
			return m, err
		}
		m.Ready = ready.Ready
	}
	return m, nil
}

// ForStaff tells whether the step under way is one that guests take no part in.
func (m meeting) ForStaff() bool {
	return m.AsGuest && m.Phase != nil && m.Phase.Attribution == "sealed"
}

// atDesk brings a guest back to the desk, with what was wrong.
func (v *visit) atDesk(err error) error {
	if err == nil {
		return v.redirect(guestRoot + "/desk")
	}
	f := failure.From(err)
	switch f.Status() {
	case http.StatusConflict, http.StatusUnprocessableEntity, http.StatusPreconditionFailed, http.StatusBadRequest:
		complaint := v.dialogueComplaint(f)
		if namesColleague(f) { // held back, it would be the one text of a guest
			complaint = v.words.text("guest.naming")
		}
		return v.guestDeskWith(f.Status(), complaint, v.input("text"))
	}
	return err
}

func (v *visit) writeAsGuest() error {
	in := dialogueapi.ContributionText{Text: v.input("text")}
	return v.atDesk(v.call("dialogue", http.MethodPost, v.one("phases", v.param("phase_id"), "contributions"), in, nil, v.key()))
}

func (v *visit) changeAsGuest() error {
	path := v.one("phases", v.param("phase_id"), "contributions", v.param("contribution_id"))
	switch v.param("verb") {
	case "edit":
		return v.atDesk(v.call("dialogue", http.MethodPatch, path, dialogueapi.ContributionText{Text: v.input("text")}, nil, v.seen()))
	case "withdraw":
		return v.atDesk(v.call("dialogue", http.MethodDelete, path, nil, nil))
	default:
		return failure.New(failure.RequestNoRoute)
	}
}

func (v *visit) readyAsGuest() error {
	in := dialogueapi.OwnReady{Ready: v.input("ready") == "true"}
	return v.atDesk(v.call("dialogue", http.MethodPut, v.one("phases", v.param("phase_id"), "ready"), in, nil))
}

func (v *visit) leaveAsGuest() error {
	if err := v.call("dialogue", http.MethodDelete, v.one("guests", v.guest.GuestID), nil, nil); err != nil {
		return err
	}
	if err := v.portal.guests.end(v.context(), v.guest); err != nil {
		return err
	}
	return v.redirect(guestRoot + "?out=yes")
}
