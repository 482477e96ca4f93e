package portal

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// adherenceRoute is where somebody answers in secret whether an agreement is kept to.
const adherenceRoute = "/schools/:tenant_id/agreements/:agreement_id/adherence"

func (p *Portal) agreementRoutes(school *gin.RouterGroup) {
	school.GET("/agreements", p.person((*visit).agreements))
	one := school.Group("/agreements/:agreement_id")
	one.GET("", p.person((*visit).agreement))
	one.POST("/adherence", p.person((*visit).answerAdherence))
	one.POST("/state/:verb", p.person((*visit).changeAgreement))
	school.GET("/dialogues/:dialogue_id/agreements/new", p.person((*visit).newAgreement))
	school.POST("/dialogues/:dialogue_id/agreements", p.person((*visit).proposeAgreement))
}

// agreementsPage is what the school has agreed to keep to, in the order in which it asks for something.
type agreementsPage struct {
	Groups []agreementGroup
	Forums []tenancyapi.Forum
	Forum  string // the only one whose agreements are shown
	Status string // the only one that is shown
	Next   string
	Start  bool
}

type agreementGroup struct {
	Key        string
	Agreements []dialogueapi.Agreement
}

func (v *visit) agreements() error {
	page := agreementsPage{Forum: v.query("forum_id"), Status: v.query("status"), Start: v.has(dialogueStarters...), Groups: []agreementGroup{
		{Key: "agreements.under_review"}, {Key: "agreements.in_force"}, {Key: "agreements.proposed"}, {Key: "agreements.past"},
	}}
	var list dialogueapi.AgreementList
	var forums tenancyapi.ForumList
	if err := together(
		v.reads("dialogue", v.at("agreements")+"?"+v.narrowed("forum_id", "status", "cursor").Encode(), &list),
		v.reads("tenancy", v.at("forums"), &forums),
	); err != nil {
		return err
	}
	page.Forums, page.Next = forums.Items, v.nextPage(list.NextCursor)
	for _, a := range list.Items {
		group := &page.Groups[agreementGroupOf(a.Status)]
		group.Agreements = append(group.Agreements, a)
	}
	return v.show(http.StatusOK, "agreements", page)
}

func agreementGroupOf(status dialogueapi.AgreementStatus) int {
	switch status {
	case "under_review":
		return 0
	case "in_force":
		return 1
	case "proposed":
		return 2
	default:
		return 3
	}
}

// Statuses are what the list can be narrowed to.
func (agreementsPage) Statuses() []string { return families()["agreement_status"] }

// Any tells whether there is anything to show.
func (p agreementsPage) Any() bool {
	for _, group := range p.Groups {
		if len(group.Agreements) > 0 {
			return true
		}
	}
	return false
}

// agreementPage is one agreement with what the reader can do with it.
type agreementPage struct {
	dialogueapi.Agreement
	Tag      string
	Forum    string
	Unit     string
	Dialogue *dialogueapi.Dialogue // nil for somebody who may not read it
	Answered bool
	Adopts   bool
	Ends     bool
	Alert    string
}

func (v *visit) agreement() error { return v.agreementWith(http.StatusOK, "") }

func (v *visit) agreementWith(status int, alert string) error {
	page := agreementPage{Alert: alert}
	path := v.at("agreements", v.param("agreement_id"))
	if err := v.get("dialogue", path, &page.Agreement); err != nil {
		return err
	}
	page.Tag = tag(page.Revision)
	if err := v.agreementPlace(&page); err != nil {
		return err
	}
	if page.Adherence.AsksMe {
		var own dialogueapi.OwnBallot
		if err := v.get("dialogue", path+"/adherence", &own); err != nil {
			return err
		}
		page.Answered = own.Cast
	}
	return v.show(status, "agreement", page)
}

// agreementPlace finds what an agreement belongs to, as far as the reader may know it.
func (v *visit) agreementPlace(page *agreementPage) error {
	var dialogue dialogueapi.Dialogue
	switch err := v.get("dialogue", v.at("dialogues", page.DialogueID), &dialogue); failure.CodeOf(err) {
	case "":
		page.Dialogue = &dialogue
		leads := dialogue.MyPart == "facilitator"
		steps := dialogue.State == "open" || dialogue.State == "paused" || dialogue.State == "concluding" || dialogue.State == "minutes_review"
		page.Adopts = leads && steps && page.Status == "proposed"
		page.Ends = leads || dialogue.MyPart == "participant" && v.has(access.Leader, access.UnionRepresentative, access.SafetyRepresentative)
	case failure.AccessDenied:
	default:
		return err
	}
	var err error
	if page.Forum, err = v.forumName(value(page.ForumID)); err != nil || page.UnitID == nil {
		return err
	}
	var units tenancyapi.UnitList
	if err := v.get("tenancy", v.at("units"), &units); err != nil {
		return err
	}
	for _, unit := range units.Items {
		if unit.UnitID == *page.UnitID {
			page.Unit = unit.Name
		}
	}
	return nil
}

// Over tells whether it holds no more.
func (p agreementPage) Over() bool { return p.Status == "superseded" || p.Status == "ended" }

// changeAgreement carries out one command on an agreement.
func (v *visit) changeAgreement() error {
	verb := v.param("verb")
	var in any
	path := v.at("agreements", v.param("agreement_id"))
	switch verb {
	case "adopt":
		path += "/adopt"
	case "close-check":
		path += "/adherence/close"
	case "end":
		in = dialogueapi.Reason{Reason: v.input("reason")}
		path += "/end"
	default:
		return failure.New(failure.RequestNoRoute)
	}
	return v.agreementChanged(v.call("dialogue", http.MethodPost, path, in, nil, v.seen()))
}

func (v *visit) answerAdherence() error {
	in := dialogueapi.AnswerAdherenceJSONBody{Answer: dialogueapi.AdherenceAnswer(v.input("answer"))}
	return v.agreementChanged(v.call("dialogue", http.MethodPost, v.at("agreements", v.param("agreement_id"), "adherence"), in, nil, v.key()))
}

// agreementChanged answers a command: the page anew, or with what was wrong.
func (v *visit) agreementChanged(err error) error {
	if err == nil {
		return v.redirect(v.school("agreements", v.param("agreement_id")))
	}
	f := failure.From(err)
	switch f.Status() {
	case http.StatusConflict, http.StatusUnprocessableEntity, http.StatusPreconditionFailed:
		return v.agreementWith(f.Status(), v.dialogueComplaint(f))
	}
	return err
}
