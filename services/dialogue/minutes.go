package dialogue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/playbook"
)

// MinutesState is where minutes are: draft -> circulated -> approved.
type MinutesState string

// The states of minutes.
const (
	MinutesDraft      MinutesState = "draft"
	MinutesCirculated MinutesState = "circulated"
	MinutesApproved   MinutesState = "approved"
)

// Minutes are one circulated version; they never change. Content is the JSON that the hash is of, kept byte for byte.
// Whether they are approved stands with the dialogue.
type Minutes struct {
	DialogueID   string    `bson:"dialogue_id"`
	Version      int       `bson:"version"`
	Note         string    `bson:"note"`
	Content      []byte    `bson:"content"`
	Hash         string    `bson:"hash"`
	CirculatedAt time.Time `bson:"circulated_at"`
}

// minutesID names a version. Two drafts that compete for one version are two documents; the dialogue says which counts.
func minutesID(dialogue string, version int, hash string) string {
	return dialogue + "-" + strconv.Itoa(version) + "-" + hash
}

// MinutesContent is what minutes say: what was agreed and what it rests on. A contribution is in them only when an
// outcome cites it or the vote placed it; people are ids. Where an action stands later is not part of it.
type MinutesContent struct {
	Title         string                `json:"title"`
	HeldOn        string                `json:"held_on,omitempty"`
	ForumID       string                `json:"forum_id,omitempty"`
	Mandate       string                `json:"mandate,omitempty"`
	Playbook      string                `json:"playbook"`
	Version       int                   `json:"playbook_version"`
	PlaybookTitle playbook.Words        `json:"playbook_title"`
	Source        *Cell                 `json:"source,omitempty"`
	TechnologyID  string                `json:"technology_id,omitempty"`
	Facilitators  []string              `json:"facilitator_ids"`
	Participants  []string              `json:"participant_ids"`
	Guests        []string              `json:"guests,omitempty"` // the names that they chose
	Note          string                `json:"note,omitempty"`
	Steps         []MinutesStep         `json:"steps"`
	Decisions     []MinutesDecision     `json:"decisions"`
	Disagreements []MinutesDisagreement `json:"disagreements"`
	Actions       []MinutesAction       `json:"actions"`
	Agreements    []MinutesAgreement    `json:"agreements,omitempty"`
	Topics        []MinutesTopic        `json:"topics,omitempty"`
	Escalations   []MinutesEscalation   `json:"escalations,omitempty"`
	Map           *MinutesMap           `json:"map,omitempty"`
	Inventory     []MinutesSystem       `json:"inventory,omitempty"`
	Plan          []MinutesPlanRow      `json:"plan,omitempty"`
	Begun         []BegunWith           `json:"begun_with,omitempty"`
}

// MinutesStep is one step in minutes.
type MinutesStep struct {
	Kind   playbook.Kind  `json:"kind"`
	Prompt playbook.Words `json:"prompt"`
	State  PhaseState     `json:"state"`
	Result *MinutesResult `json:"result,omitempty"`
	Paper  int            `json:"from_paper,omitempty"` // how many contributions were typed in from paper
}

// MinutesResult is the result of a vote in minutes.
type MinutesResult struct {
	State   ResultState     `json:"state"`
	Ballots int             `json:"ballots"`
	Choices []MinutesChoice `json:"choices"`
}

// MinutesChoice is what got dots, in its own words.
type MinutesChoice struct {
	Text string `json:"text"`
	Dots int    `json:"dots"`
}

// MinutesDecision is a decision in minutes.
type MinutesDecision struct {
	Text    string          `json:"text"`
	Sources []MinutesSource `json:"sources"`
}

// MinutesSource is what an outcome rests on: a contribution, relation or row in its own words, a step by its question, or
// the cell.
type MinutesSource struct {
	Kind  string          `json:"kind"`
	Text  string          `json:"text,omitempty"`
	Words *playbook.Words `json:"words,omitempty"`
}

// MinutesDisagreement is a disagreement in minutes.
type MinutesDisagreement struct {
	Subject        string          `json:"subject"`
	Positions      []string        `json:"positions"`
	NextStep       string          `json:"next_step"`
	NextStepReason string          `json:"next_step_reason"`
	Sources        []MinutesSource `json:"sources"`
}

// MinutesAction is an action in minutes.
type MinutesAction struct {
	ActionID   string          `json:"action_id"`
	Text       string          `json:"text"`
	OwnerID    string          `json:"owner_id"`
	Minutes    int             `json:"minutes,omitempty"`
	Resources  string          `json:"resources,omitempty"`
	DueOn      string          `json:"due_on"`
	FollowUpOn string          `json:"follow_up_on"`
	Sources    []MinutesSource `json:"sources"`
}

// MinutesAgreement is what was agreed to keep to, or only proposed, in minutes.
type MinutesAgreement struct {
	AgreementID string          `json:"agreement_id"`
	Kind        AgreementKind   `json:"kind"`
	Title       string          `json:"title"`
	Text        string          `json:"text"`
	Channels    []Channel       `json:"channels,omitempty"`
	Scope       ScopeKind       `json:"scope"`
	FromOn      string          `json:"from_on"`
	ToOn        string          `json:"to_on,omitempty"`
	ReviewOn    string          `json:"review_on"`
	Version     int             `json:"version"`
	Adopted     bool            `json:"adopted"`
	Sources     []MinutesSource `json:"sources"`
}

// MinutesTopic is what was parked or raised, and what this dialogue decided on it.
type MinutesTopic struct {
	Kind     TopicKind       `json:"kind"`
	RaisedAs string          `json:"raised_as,omitempty"`
	Text     string          `json:"text"`
	Decision string          `json:"decision,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Sources  []MinutesSource `json:"sources,omitempty"`
}

// MinutesEscalation is a question to another forum, and its answer if that was there.
type MinutesEscalation struct {
	Question string          `json:"question"`
	ToForum  string          `json:"to_forum_name"`
	AnswerBy string          `json:"answer_by_on"`
	Answer   string          `json:"answer,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Sources  []MinutesSource `json:"sources"`
}

// minutesOf writes the minutes of a dialogue from what it came to.
func minutesOf(s *scene, p *playbook.Playbook, note string, zone *time.Location) MinutesContent {
	m := &s.meeting.Body
	c := MinutesContent{
		Title: m.Title, ForumID: m.ForumID, Mandate: m.Mandate, Playbook: m.Playbook, Version: m.Version, PlaybookTitle: p.Title,
		Source: m.Source, TechnologyID: m.TechnologyID, Facilitators: m.Facilitators, Participants: m.Participants, Guests: s.guests.Body.names(), Note: note,
		Steps: []MinutesStep{}, Decisions: []MinutesDecision{}, Disagreements: []MinutesDisagreement{}, Actions: []MinutesAction{},
	}
	c.HeldOn = m.heldOn(zone)
	c.board(s.board.Body.shown())
	texts, paper := s.texts(p), s.paper()
	for i := range m.Phases {
		phase := &m.Phases[i]
		step := MinutesStep{Kind: phase.Kind, Prompt: question(p.Step(phase.Step), m.Source), State: phase.State, Paper: paper[phase.ID]}
		if r := phase.Result; r != nil && phase.ended() {
			step.Result = &MinutesResult{State: r.State, Ballots: r.Ballots, Choices: []MinutesChoice{}}
			for _, choice := range r.Choices {
				if source, ok := texts[choice.ContributionID]; ok {
					step.Result.Choices = append(step.Result.Choices, MinutesChoice{Text: source.Text, Dots: choice.Dots})
				}
			}
		}
		c.Steps = append(c.Steps, step)
	}
	for _, d := range s.decisions {
		c.Decisions = append(c.Decisions, MinutesDecision{Text: d.Body.Text, Sources: cited(d.Body.Sources, texts)})
	}
	for _, d := range s.disagreements {
		c.Disagreements = append(c.Disagreements, MinutesDisagreement{
			Subject: d.Body.Subject, Positions: d.Body.Positions, NextStep: d.Body.NextStep,
			NextStepReason: d.Body.NextStepReason, Sources: cited(d.Body.Sources, texts),
		})
	}
	for _, a := range s.actions {
		c.Actions = append(c.Actions, MinutesAction{
			ActionID: a.ID, Text: a.Body.Text, OwnerID: a.Body.Owner.Person, Minutes: a.Body.Owner.Minutes,
			Resources: a.Body.Resources, DueOn: a.Body.DueOn, FollowUpOn: a.Body.FollowUpOn, Sources: cited(a.Body.Sources, texts),
		})
	}
	for _, a := range s.agreements {
		if b := a.Body; b.AdoptedAt != nil || b.Status == AgreementProposed { // and not what was withdrawn
			c.Agreements = append(c.Agreements, MinutesAgreement{
				AgreementID: a.ID, Kind: b.Kind, Title: b.Title, Text: b.Text, Channels: b.Channels, Scope: b.Scope, FromOn: b.FromOn, ToOn: b.ToOn,
				ReviewOn: b.ReviewOn, Version: b.Version, Adopted: b.AdoptedAt != nil, Sources: cited(b.Sources, texts),
			})
		}
	}
	for _, t := range s.topics {
		topic := MinutesTopic{Kind: t.Body.Kind, RaisedAs: t.Body.RaisedAs, Text: t.Body.Text, Sources: cited(t.Body.Sources, texts)}
		if t.Body.SettledIn == s.meeting.ID { // what a later dialogue said of it is in the minutes of that one
			topic.Decision, topic.Reason = t.Body.Decision, t.Body.Reason
		}
		c.Topics = append(c.Topics, topic)
	}
	for _, e := range s.escalations {
		if b := e.Body; b.Status != EscalationWithdrawn {
			c.Escalations = append(c.Escalations, MinutesEscalation{
				Question: b.Question, ToForum: b.ToForum, AnswerBy: b.AnswerBy, Answer: b.Answer, Reason: b.Reason, Sources: cited(b.Sources, texts),
			})
		}
	}
	return c
}

// cited returns what was cited. What was held back since is left out.
func cited(ids []string, texts map[string]MinutesSource) []MinutesSource {
	sources := make([]MinutesSource, 0, len(ids))
	for _, id := range ids {
		if source, ok := texts[id]; ok {
			sources = append(sources, source)
		}
	}
	return sources
}

// bytes returns the JSON of the content and its SHA-256.
func (c MinutesContent) bytes() (raw []byte, hash string, err error) {
	raw, err = json.Marshal(c)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(raw)
	return raw, hex.EncodeToString(sum[:]), nil
}
