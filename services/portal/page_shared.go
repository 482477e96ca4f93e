package portal

import (
	"net/http"

	"github.com/gin-gonic/gin"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// One phone for a pair or a table: one of them is signed in, and it goes from hand to hand. So these pages show nothing of
// what others wrote, not even what was handed in on this phone a moment ago; what is secret is refused. Meanwhile the phone
// opens nothing else; see lending.go.

func (p *Portal) sharedRoutes(one *gin.RouterGroup) {
	one.GET("/shared", p.person((*visit).shared))
	one.POST("/shared", p.person((*visit).lendPhone))
	one.GET("/shared/passed", p.person((*visit).sharedPassed))
	one.POST("/phases/:phase_id/shared", p.person((*visit).handIn))
}

// sharedPage is what such a phone shows.
type sharedPage struct {
	Dialogue dialogueapi.Dialogue
	Phase    *dialogueapi.Phase // under way
	Table    string             // "" until the phone is lent
	Written  string             // when it was refused
	Alert    string
	Naming   bool // it was, since it names a colleague
}

// Says is what the phone is for in this moment: to write, to lie still, or nothing since the step is each one's own.
func (p sharedPage) Says() string {
	switch {
	case p.Table == "":
		return "table"
	case p.Phase == nil || p.Phase.State != "active" || p.Dialogue.State != "open" && p.Phase.Days == nil:
		return "wait"
	case p.Phase.Attribution == "sealed":
		return "secret"
	case p.Phase.Attribution == "none" || p.Phase.Kind == "prioritise":
		return "talk"
	}
	return "write"
}

// Stamp says whether there is something new to show.
func (p sharedPage) Stamp() string {
	if p.Phase == nil {
		return p.Says()
	}
	return p.Says() + "-" + p.Phase.PhaseID
}

func (v *visit) shared() error { return v.sharedWith(http.StatusOK, nil) }

func (v *visit) sharedWith(status int, refused *failure.Error) error {
	page, err := v.sharedOf()
	if err != nil {
		return err
	}
	if refused != nil {
		page.Written = v.input("text")
		if page.Naming = namesColleague(refused); !page.Naming {
			page.Alert = v.dialogueComplaint(refused)
		}
	}
	if v.partial() {
		return v.part("shared", "parts", page)
	}
	return v.show(status, "shared", page)
}

// lendPhone makes this phone the table's, for those who take part.
func (v *visit) lendPhone() error {
	if _, err := v.sharedOf(); err != nil {
		return err
	}
	if err := v.lend(v.input("table")); err != nil {
		return v.sharedWith(http.StatusUnprocessableEntity, failure.From(err))
	}
	return v.redirect(v.session.Lent.Address())
}

// sharedOf reads the dialogue and nothing that was written in it.
func (v *visit) sharedOf() (sharedPage, error) {
	var page sharedPage
	if v.session.Lent != nil {
		page.Table = v.session.Lent.Table
	}
	if err := v.get("dialogue", v.one(), &page.Dialogue); err != nil {
		return page, err
	}
	for i := range page.Dialogue.Phases {
		if p := &page.Dialogue.Phases[i]; p.State == "active" || p.State == "paused" {
			page.Phase = p
		}
	}
	return page, nil
}

func (v *visit) sharedPassed() error {
	page, err := v.sharedOf()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "shared_passed", page)
}

// handIn sends what a table wrote.
func (v *visit) handIn() error {
	if v.session.Lent == nil { // the owner signed in anew in between
		return v.redirect(v.school("dialogues", v.param("dialogue_id"), "shared"))
	}
	in := dialogueapi.NewContribution{Text: v.input("text"), Table: &v.session.Lent.Table, HoldBack: v.holdBack()}
	err := v.call("dialogue", http.MethodPost, v.one("phases", v.param("phase_id"), "contributions"), in, nil, v.key())
	if err != nil {
		f := failure.From(err)
		if s := f.Status(); s == http.StatusConflict || s == http.StatusUnprocessableEntity {
			return v.sharedWith(s, f)
		}
		return err
	}
	return v.redirect(v.session.Lent.Address() + "/passed")
}
