package portal

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	openapitypes "github.com/oapi-codegen/runtime/types"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// answerDays is when an answer is proposed to be owed.
const answerDays = 28

func (p *Portal) escalationRoutes(school *gin.RouterGroup) {
	school.GET("/escalations", p.person((*visit).questions))
	school.GET("/escalations/:escalation_id", p.person((*visit).escalation))
	school.POST("/escalations/:escalation_id/:verb", p.person((*visit).changeEscalation))
	school.POST("/dialogues/:dialogue_id/escalations", p.person((*visit).raiseEscalation))
}

// escalationPage is a question from one forum to another. Those who are asked may have no role in the school that asks.
type escalationPage struct {
	dialogueapi.Escalation
	Tag       string
	Answers   bool // the reader can answer, as far as the portal knows
	Withdraws bool
	Asks      bool // the reader was at the table that asks
	Alert     string
	Form      form
}

func (v *visit) escalation() error { return v.escalationWith(http.StatusOK, "", form{}) }

func (v *visit) escalationWith(status int, alert string, f form) error {
	page := escalationPage{Alert: alert, Form: f}
	if err := v.get("dialogue", v.at("escalations", v.param("escalation_id")), &page.Escalation); err != nil {
		return err
	}
	page.Tag = tag(page.Revision)
	var dialogue dialogueapi.Dialogue
	switch err := v.get("dialogue", v.at("dialogues", page.DialogueID), &dialogue); failure.CodeOf(err) {
	case "":
		page.Asks = dialogue.MyPart != "reader"
		page.Withdraws = dialogue.MyPart == "facilitator" && page.Open()
	case failure.AccessDenied: // who is asked sees the question and nothing else
	default:
		return err
	}
	page.Answers = page.Open() && !page.Asks
	return v.show(status, "escalation", page)
}

// Open tells whether an answer is still owed.
func (p escalationPage) Open() bool { return p.Status == "raised" || p.Status == "received" }

// changeEscalation carries out one command on a question.
func (v *visit) changeEscalation() error {
	verb := v.param("verb")
	var in any
	switch verb {
	case "receive":
	case "answer":
		in = dialogueapi.AnswerEscalationJSONBody{Answer: v.input("answer"), Reason: v.input("reason")}
	case "withdraw":
		in = dialogueapi.Reason{Reason: v.input("reason")}
	default:
		return failure.New(failure.RequestNoRoute)
	}
	err := v.call("dialogue", http.MethodPost, v.at("escalations", v.param("escalation_id"), verb), in, nil, v.seen())
	if err == nil {
		return v.redirect(v.school("escalations", v.param("escalation_id")))
	}
	f, err := v.refused(err)
	if err != nil {
		return err
	}
	return v.escalationWith(http.StatusUnprocessableEntity, f.Alert, f)
}

// raiseEscalation passes a question of the dialogue on.
func (v *visit) raiseEscalation() error {
	day, err := time.Parse(time.DateOnly, v.input("answer_by_on"))
	if err != nil {
		return v.commanded(failure.Invalid("answer_by_on", "a date"))
	}
	in := dialogueapi.NewEscalation{Question: v.input("question"), AnswerByOn: openapitypes.Date{Time: day}, SourceIds: v.sources()}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("escalations"), in, nil, v.key()))
}
