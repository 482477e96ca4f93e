package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// meeting is a dialogue as its three screens show it: the page that prepares it, the room's screen and the phone.
type meeting struct {
	dialogueapi.Dialogue
	Tag           string
	Phase         *dialogueapi.Phase // the active or paused one
	Next          *dialogueapi.Phase // the first that has not begun
	Number        int                // of Phase, from 1
	Contributions []dialogueapi.Contribution
	Material      []dialogueapi.Contribution // what the phase works on: contributions of earlier phases
	Voted         bool
	Ranking       []ranked
	Decisions     []dialogueapi.Decision
	Disagreements []dialogueapi.Disagreement
	Actions       []actionView
	Owners        []owner
	Leads         bool
	TakesPart     bool
	Holds         bool // may hold a contribution back
	Names         map[string]string
	Alert         string
	Written       string // what was written when it was refused
	DueOn         string
	FollowUpOn    string
}

// ranked is a contribution with its dots.
type ranked struct {
	Contribution dialogueapi.Contribution
	Dots, Width  int
}

// owner is somebody who can be asked to do something.
type owner struct {
	ID, Name string
	Leader   bool
}

// meeting reads a dialogue with everything that the reader may see of it now.
func (v *visit) meeting() (meeting, error) {
	var m meeting
	id := v.param("dialogue_id")
	if err := v.get("dialogue", v.at("dialogues", id), &m.Dialogue); err != nil {
		return m, err
	}
	m.Tag = tag(m.Revision)
	m.Leads = m.MyPart == "facilitator"
	m.TakesPart = slices.Contains(m.ParticipantIds, v.session.PersonID)
	m.Holds = v.has(access.UnionRepresentative, access.SafetyRepresentative)
	m.DueOn, m.FollowUpOn = v.daysFrom(28), v.daysFrom(56)
	for i := range m.Phases {
		p := &m.Phases[i]
		switch {
		case p.State == "active" || p.State == "paused":
			m.Phase, m.Number = p, i+1
		case p.State == "pending" && m.Next == nil:
			m.Next = p
		}
	}
	return m, errors.Join(v.material(&m), v.outcomes(&m))
}

// material reads what is written: in the active step, in those it works on, and, once steps are over, in all of them.
func (v *visit) material(m *meeting) error {
	for i, p := range m.Phases {
		if p.Attribution == "none" || p.State == "pending" || p.State == "skipped" ||
			p.Kind == "prioritise" {
			continue
		}
		var list dialogueapi.ContributionList
		if err := v.get("dialogue", v.at("dialogues", m.DialogueID, "phases", p.PhaseID, "contributions"), &list); err != nil {
			return err
		}
		if m.Phase != nil && i == m.Number-1 {
			m.Contributions = list.Items
		} else {
			m.Material = append(m.Material, list.Items...)
		}
	}
	if m.Phase != nil && m.Phase.Kind == "prioritise" {
		var own dialogueapi.OwnBallot
		if err := v.get("dialogue", v.at("dialogues", m.DialogueID, "phases", m.Phase.PhaseID, "ballots"), &own); err != nil {
			return err
		}
		m.Voted = own.Cast
	}
	m.rank()
	return nil
}

// rank puts the last counted vote in order.
func (m *meeting) rank() {
	for _, p := range m.Phases {
		if p.Result == nil || p.Result.State != "shown" {
			continue
		}
		m.Ranking = nil
		most := 1
		for _, choice := range p.Result.Choices {
			most = max(most, choice.Dots)
			for _, c := range m.Material {
				if c.ContributionID == choice.ContributionID {
					m.Ranking = append(m.Ranking, ranked{c, choice.Dots, choice.Dots * 100 / most})
				}
			}
		}
	}
}

func (v *visit) outcomes(m *meeting) error {
	var decisions dialogueapi.DecisionList
	var disagreements dialogueapi.DisagreementList
	var actions dialogueapi.ActionList
	one := func(kind string) string { return v.at("dialogues", m.DialogueID, kind) }
	err := errors.Join(
		v.get("dialogue", one("decisions"), &decisions),
		v.get("dialogue", one("disagreements"), &disagreements),
		v.get("dialogue", one("actions"), &actions),
	)
	if err != nil {
		return err
	}
	m.Decisions, m.Disagreements = decisions.Items, disagreements.Items
	if m.Actions, err = v.actionViews(actions.Items); err != nil {
		return err
	}
	m.Names, err = v.names(slices.Concat(m.ParticipantIds, m.FacilitatorIds)...)
	return err
}

// Stamp says whether a part of the screen has changed, so that a script leaves alone what somebody is writing in. It
// follows from what is shown and from nothing else.
func (m meeting) Stamp(part string) string {
	shown := map[string]any{"part": part, "state": m.State, "alert": m.Alert}
	if m.Phase != nil {
		shown["phase"], shown["phase_state"] = m.Phase.PhaseID, m.Phase.State
	}
	switch part {
	case "clock":
		if m.Phase != nil {
			shown["deadline"], shown["left"], shown["band"] = m.Phase.Deadline, m.Phase.RemainingSeconds, m.Phase.Contributors
		}
	case "desk":
		shown["mine"], shown["material"], shown["voted"], shown["ranking"] = len(m.Contributions), m.Material, m.Voted, m.Ranking
	case "wall":
		shown["contributions"], shown["material"], shown["ranking"] = m.Contributions, m.Material, m.Ranking
	case "outcomes":
		shown["decisions"], shown["disagreements"], shown["actions"] = m.Decisions, m.Disagreements, m.Actions
	case "controls":
		shown["revision"] = m.Revision
	}
	raw, err := json.Marshal(shown)
	if err != nil {
		return part // a stamp that never changes leaves the part to the next full page
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// Seconds are left on the clock of a paused step.
func (m meeting) Seconds() int {
	if m.Phase == nil {
		return 0
	}
	return value(m.Phase.RemainingSeconds)
}

// Clock is the deadline of the active step, nil when none runs.
func (m meeting) Clock() *time.Time {
	if m.Phase == nil || m.Phase.State != "active" {
		return nil
	}
	return m.Phase.Deadline
}

// Choices are the contributions that an outcome can rest on: those with the most dots first, or else all.
func (m meeting) Choices() []dialogueapi.Contribution {
	var all []dialogueapi.Contribution
	for _, r := range m.Ranking {
		all = append(all, r.Contribution)
	}
	if len(all) > 0 {
		return all
	}
	for _, c := range m.Material {
		if !c.Held {
			all = append(all, c)
		}
	}
	return all
}

// DisagreementFields are the inputs of a disagreement, in order.
func (m meeting) DisagreementFields() []string { return disagreementFields }

var disagreementFields = []string{"subject", "position_a", "position_b", "next_step", "next_step_reason"}
