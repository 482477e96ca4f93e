package portal

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	openapitypes "github.com/oapi-codegen/runtime/types"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// The three screens of a dialogue: the page that prepares it and tells how far it is, the screen of the room that the
// facilitator runs, and the desk, which is what each participant has on the phone.

func (v *visit) dialogue() error { return v.screen("dialogue", http.StatusOK, nil) }
func (v *visit) room() error     { return v.screen("room", http.StatusOK, nil) }
func (v *visit) desk() error     { return v.screen("desk", http.StatusOK, nil) }

// screen shows one of them, with what was wrong if something was refused there.
func (v *visit) screen(name string, status int, refused *failure.Error) error {
	if name == "beforehand" {
		return v.beforehandWith(status, refused)
	}
	m, err := v.meeting()
	if err != nil {
		return err
	}
	if name == "room" && !m.Leads {
		name = "desk"
	}
	v.shownOn(&m, name, refused)
	if name == "dialogue" {
		if m.Plan, err = v.plans(&m); err != nil {
			return err
		}
		if m.Inputs, err = v.inputs(&m); err != nil {
			return err
		}
	}
	if name == "room" && m.Phase != nil && m.Phase.Kind == "decide" || name == "room" && m.State == "concluding" || name == "room" && m.Asked != nil {
		if m.Owners, err = v.owners(m); err != nil {
			return err
		}
	}
	if v.partial() {
		return v.part(name, "parts", m)
	}
	return v.show(status, name, m)
}

// shownOn notes the screen that a dialogue is shown on, and what was refused there.
func (v *visit) shownOn(m *meeting, screen string, refused *failure.Error) {
	m.Screen = screen
	if refused == nil {
		return
	}
	m.Written = v.input("text")
	if m.Naming = namesColleague(refused); !m.Naming {
		m.Alert = v.dialogueComplaint(refused)
	}
}

// commanded answers a command: the screen that it was given on, anew, or with what was wrong.
func (v *visit) commanded(err error) error {
	screen := v.input("screen")
	if !slices.Contains([]string{"room", "desk", "dialogue", "beforehand"}, screen) {
		screen = "dialogue"
	}
	if err != nil {
		f := failure.From(err)
		switch f.Status() {
		case http.StatusConflict, http.StatusUnprocessableEntity, http.StatusPreconditionFailed, http.StatusBadRequest:
			return v.screen(screen, f.Status(), f)
		}
		return err
	}
	path := v.school("dialogues", v.param("dialogue_id"))
	if screen != "dialogue" {
		path += "/" + screen
	}
	return v.redirect(path)
}

func (v *visit) dialogueComplaint(f *failure.Error) string {
	all := f.All
	if len(all) == 0 {
		all = []*failure.Error{f}
	}
	var said []string
	for _, one := range all {
		name, _, _ := strings.Cut(one.Field, ".")
		if slices.Contains(formFields, name) {
			said = append(said, v.complaint(one, name))
			continue
		}
		said = append(said, one.Code.Text(v.words.language))
	}
	return strings.Join(slices.Compact(said), " ")
}

func (v *visit) one(parts ...string) string {
	return v.at(append([]string{"dialogues", v.param("dialogue_id")}, parts...)...)
}

// changeDialogue carries out a command on the whole dialogue.
func (v *visit) changeDialogue() error {
	verb := v.param("verb")
	var in any
	switch verb {
	case "open", "pause", "resume", "conclude":
	case "schedule":
		at, err := v.inputTime("starts_at")
		if err != nil || at == nil {
			return v.commanded(failure.Invalid("starts_at", "a date and a time"))
		}
		in = dialogueapi.ScheduleDialogueJSONBody{StartsAt: *at, Place: optional(v.input("place"))}
	case "close":
		in = dialogueapi.CloseDialogueJSONBody{Reason: optional(v.input("reason"))}
	case "cancel":
		in = dialogueapi.Reason{Reason: v.input("reason")}
	default:
		return failure.New(failure.RequestNoRoute)
	}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one(verb), in, nil, v.seen()))
}

// changePhase carries out a command on one step.
func (v *visit) changePhase() error {
	verb := v.param("verb")
	var in any
	switch verb {
	case "pause", "resume", "lock", "skip", "repeat":
	case "start":
		body := dialogueapi.StartPhaseJSONBody{}
		if v.input("attribution") == "group" {
			group := dialogueapi.StartPhaseJSONBodyAttribution("group")
			body.Attribution = &group
		}
		in = body
	case "extend":
		body := dialogueapi.ExtendPhaseJSONBody{}
		for name, into := range map[string]**int{"minutes": &body.Minutes, "days": &body.Days} {
			if v.input(name) == "" {
				continue
			}
			n, err := strconv.Atoi(v.input(name))
			if err != nil {
				return v.commanded(failure.Invalid(name, "a whole number"))
			}
			*into = &n
		}
		in = body
	default:
		return failure.New(failure.RequestNoRoute)
	}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("phases", v.param("phase_id"), verb), in, nil, v.seen()))
}

// contribute writes something in the active step.
func (v *visit) contribute() error {
	in := dialogueapi.NewContribution{Text: v.input("text"), HoldBack: v.holdBack()}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("phases", v.param("phase_id"), "contributions"), in, nil, v.key()))
}

// holdBack is whether the writer leaves what names a colleague held back.
func (v *visit) holdBack() *dialogueapi.HoldBack {
	if v.input("hold_back") != "true" {
		return nil
	}
	left := true
	return &left
}

// namesColleague tells whether something was refused since it names a colleague, which is told to the writer alone.
func namesColleague(f *failure.Error) bool {
	return f.Code == failure.NamesColleague || slices.ContainsFunc(f.All, namesColleague)
}

// changeContribution edits or withdraws one's own words, or holds back what points at a person and releases it.
func (v *visit) changeContribution() error {
	path := v.one("phases", v.param("phase_id"), "contributions", v.param("contribution_id"))
	switch v.param("verb") {
	case "edit":
		in := dialogueapi.ContributionText{Text: v.input("text"), HoldBack: v.holdBack()}
		return v.commanded(v.call("dialogue", http.MethodPatch, path, in, nil, v.seen()))
	case "withdraw":
		return v.commanded(v.call("dialogue", http.MethodDelete, path, nil, nil))
	case "hold":
		in := dialogueapi.Reason{Reason: v.input("reason")}
		return v.commanded(v.call("dialogue", http.MethodPost, path+"/hold", in, nil, v.seen()))
	case "release":
		return v.commanded(v.call("dialogue", http.MethodPost, path+"/release", nil, nil, v.seen()))
	default:
		return failure.New(failure.RequestNoRoute)
	}
}

// markReady says that one needs no more time in the step, or does after all.
func (v *visit) markReady() error {
	in := dialogueapi.OwnReady{Ready: v.input("ready") == "true"}
	return v.commanded(v.call("dialogue", http.MethodPut, v.one("phases", v.param("phase_id"), "ready"), in, nil))
}

// dots reads the inputs dots.<contribution id>.
func (v *visit) dots() (dialogueapi.Ballot, error) {
	ballot := dialogueapi.Ballot{Choices: []dialogueapi.Choice{}}
	if err := v.gin.Request.ParseForm(); err != nil {
		return ballot, failure.New(failure.RequestMalformed).Because(err)
	}
	for name, values := range v.gin.Request.PostForm {
		id, ok := strings.CutPrefix(name, "dots.")
		if !ok || values[0] == "" {
			continue
		}
		n, err := strconv.Atoi(values[0])
		if err != nil || n < 0 {
			return ballot, failure.Invalid("choices", "whole dots")
		}
		if n > 0 {
			ballot.Choices = append(ballot.Choices, dialogueapi.Choice{ContributionID: id, Dots: n})
		}
	}
	slices.SortFunc(ballot.Choices, func(a, b dialogueapi.Choice) int { return strings.Compare(a.ContributionID, b.ContributionID) })
	return ballot, nil
}

func (v *visit) castBallot() error {
	ballot, err := v.dots()
	if err == nil {
		err = v.call("dialogue", http.MethodPost, v.one("phases", v.param("phase_id"), "ballots"), ballot, nil, v.key())
	}
	return v.commanded(err)
}

func (v *visit) setSharedDots() error {
	ballot, err := v.dots()
	if err == nil {
		err = v.call("dialogue", http.MethodPut, v.one("phases", v.param("phase_id"), "shared-dots"), ballot, nil, v.seen())
	}
	return v.commanded(err)
}

// sources are the contributions that an outcome rests on; a dialogue that began from a cell may rest on that.
func (v *visit) sources() []string {
	chosen := v.gin.PostFormArray("source_ids")
	if chosen == nil {
		return []string{}
	}
	return chosen
}

func (v *visit) recordDecision() error {
	in := dialogueapi.NewDecision{Text: v.input("text"), SourceIds: v.sources()}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("decisions"), in, nil, v.key()))
}

func (v *visit) recordDisagreement() error {
	sources := v.sources()
	in := dialogueapi.NewDisagreement{
		Subject: v.input("subject"), Positions: []string{v.input("position_a"), v.input("position_b")},
		NextStep: v.input("next_step"), NextStepReason: v.input("next_step_reason"), SourceIds: &sources,
	}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("disagreements"), in, nil, v.key()))
}

// proposeAction asks an owner, a leader unless somebody else is chosen with the working time written in.
func (v *visit) proposeAction() error {
	sources := v.sources()
	in := dialogueapi.NewAction{Text: v.input("text"), OwnerID: v.input("owner_id"), SourceIds: &sources, Resources: optional(v.input("resources"))}
	for name, into := range map[string]*openapitypes.Date{"due_on": &in.DueOn, "follow_up_on": &in.FollowUpOn} {
		day, err := time.Parse(time.DateOnly, v.input(name))
		if err != nil {
			return v.commanded(failure.Invalid(name, "a date"))
		}
		into.Time = day
	}
	if text := v.input("minutes"); text != "" {
		minutes, err := strconv.Atoi(text)
		if err != nil {
			return v.commanded(failure.Invalid("minutes", "whole minutes"))
		}
		in.Minutes = &minutes
	}
	return v.commanded(v.call("dialogue", http.MethodPost, v.one("actions"), in, nil, v.key()))
}

// live tells the browser that something has changed, and nothing of what; the browser then asks for the parts that it
// shows. The stream of the dialogue service is followed with the person's own token.
func (v *visit) live() error {
	peer := v.portal.peer("dialogue")
	request, err := peer.Request(v.context(), http.MethodGet, v.one("live"), nil, host.WithLanguage(v.words.language))
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "text/event-stream")
	if last := v.gin.GetHeader("Last-Event-ID"); last != "" {
		request.Header.Set("Last-Event-ID", last)
	}
	answer, err := peer.Client.Do(request)
	if err != nil {
		return failure.New(failure.Unavailable).Because(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return failure.Read(answer)
	}
	return relay(v.context(), v.gin.Writer, answer.Body)
}
