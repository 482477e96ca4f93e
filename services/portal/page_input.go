package portal

import (
	"net/http"
	"strings"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// What colleagues write to the TR and AMR of a dialogue before it. The page offers it to whom the dialogue service would let
// in, says by name who reads it, and asks for nothing on behalf of others.

// inputRoutes are where it is sent and answered; who does, and when, is in no log.
var inputRoutes = []string{
	"/schools/:tenant_id/dialogues/:dialogue_id/inputs",
	"/schools/:tenant_id/dialogues/:dialogue_id/inputs/:input_id/:verb",
	"/schools/:tenant_id/dialogues/:dialogue_id/raised-inputs",
}

// inputs is what has been written before a dialogue, as the reader may see it.
type inputs struct {
	Items   []sentInput
	Readers string   // the names of those who read it, "" for nobody
	Sends   bool     // may write now
	Answers bool     // is one of those who read it
	Offices []string // in which the reader can take something up, none when it is too late for that
}

// sentInput is an input with its author, for those who may know.
type sentInput struct {
	dialogueapi.Input
	Author string
}

// Tag is its entity tag.
func (i sentInput) Tag() string { return tag(i.Revision) }

// Open tells whether nothing has come of it yet.
func (i sentInput) Open() bool { return i.Status == "sent" }

// AnyOpen tells whether there is one of which nothing has come yet.
func (i inputs) AnyOpen() bool {
	for _, one := range i.Items {
		if one.Open() {
			return true
		}
	}
	return false
}

// inputs reads them for the page of the dialogue; nil when there is nothing to be said about them.
func (v *visit) inputs(m *meeting) (*inputs, error) {
	if value(m.PreMeeting) || !m.TakesPart || !v.ofStaff() || m.State == "draft" || m.State == "cancelled" {
		return nil, nil
	}
	var list dialogueapi.InputList
	if err := v.get("dialogue", v.one("inputs"), &list); err != nil {
		return nil, err
	}
	if m.State != "scheduled" && len(list.Items) == 0 {
		return nil, nil
	}
	in := &inputs{Answers: v.has(offices...)}
	ids := append([]string{}, list.ReaderIds...)
	for _, one := range list.Items {
		ids = append(ids, value(one.AuthorID))
	}
	names, err := v.names(ids...)
	if err != nil {
		return nil, err
	}
	var readers []string
	for _, id := range list.ReaderIds {
		if name := names[id]; name != "" {
			readers = append(readers, name)
		}
	}
	in.Readers = strings.Join(readers, ", ")
	in.Sends = m.State == "scheduled" && !in.Answers && len(list.ReaderIds) > 0
	for _, one := range list.Items {
		in.Items = append(in.Items, sentInput{one, names[value(one.AuthorID)]})
	}
	switch m.State {
	case "scheduled", "open", "paused", "concluding":
		in.Offices = v.ownOffices()
	}
	return in, nil
}

// ownOffices are those of TR and AMR that the reader has here.
func (v *visit) ownOffices() (own []string) {
	for _, office := range offices {
		if v.has(office) {
			own = append(own, office)
		}
	}
	return own
}

func (v *visit) sendInput() error {
	named := v.input("with_name") != ""
	in := dialogueapi.SendInputJSONBody{Text: v.input("text"), WithName: &named}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("inputs"), in, nil, v.key()))
}

// changeInput takes one's own back, or answers a colleague's.
func (v *visit) changeInput() error {
	path := v.one("inputs", v.param("input_id"))
	switch v.param("verb") {
	case "withdraw":
		return v.commanded(v.call("dialogue", http.MethodDelete, path, nil, nil))
	case "answer":
		in := dialogueapi.AnswerInputJSONBody{Answer: v.input("answer")}
		return v.commanded(v.call("dialogue", http.MethodPost, path+"/answer", in, nil, v.seen()))
	default:
		return failure.New(failure.RequestNoRoute)
	}
}

// raiseInputs makes one topic of those that were chosen, in the words that were written for it.
func (v *visit) raiseInputs() error {
	in := dialogueapi.RaiseInputsJSONBody{InputIds: v.gin.PostFormArray("input_ids"), RaisedAs: dialogueapi.Office(v.input("raised_as")), Text: v.input("text")}
	if len(in.InputIds) == 0 {
		return v.commanded(failure.Invalid("input_ids", "one or more"))
	}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("raised-inputs"), in, nil, v.key()))
}
