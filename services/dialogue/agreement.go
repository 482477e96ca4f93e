package dialogue

import (
	"slices"
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// AgreementStatus is where an agreement is: proposed -> in_force -> under_review -> superseded or ended. A proposal can
// be withdrawn, and then it is ended, too.
type AgreementStatus string

// The statuses of an agreement.
const (
	AgreementProposed    AgreementStatus = "proposed"
	AgreementInForce     AgreementStatus = "in_force"
	AgreementUnderReview AgreementStatus = "under_review"
	AgreementSuperseded  AgreementStatus = "superseded"
	AgreementEnded       AgreementStatus = "ended"
)

// AgreementKind is what sort of agreement it is. In Danish it is a spilleregel or a retningslinje and never an aftale,
// which has the weight of collective law.
type AgreementKind string

// The kinds of agreements.
const (
	GroundRules AgreementKind = "ground_rules"
	Principles  AgreementKind = "principles"
	Guideline   AgreementKind = "guideline"
)

// adoptable is what a forum of each mandate can adopt; without a forum (""), people agree for themselves. A guideline is
// co-determination in MED terms: a forum that is informed or consulted cannot make one, nor one that only advises.
var adoptable = map[string][]AgreementKind{
	"":             {GroundRules, Principles},
	"information":  {},
	"consultation": {GroundRules, Principles},
	"advises":      {GroundRules, Principles},
	"guideline":    {GroundRules, Principles, Guideline},
	"decides":      {GroundRules, Principles, Guideline},
}

const (
	maxAgreement = 10_000
	maxChannels  = 20
	maxChannel   = 200
)

// Channel is one row of ground rules for digital communication: what a channel is for, and when nobody has to answer.
type Channel struct {
	Name       string `bson:"name" json:"name"`
	UsedFor    string `bson:"used_for" json:"used_for"`
	AnswerTime string `bson:"answer_time" json:"answer_time,omitempty"`
	QuietHours string `bson:"quiet_hours" json:"quiet_hours,omitempty"`
}

// ScopeKind says for whom an agreement holds.
type ScopeKind string

// An agreement holds for those in the forum, for a unit or for the whole school.
const (
	ForumScope  ScopeKind = "forum"
	UnitScope   ScopeKind = "unit"
	SchoolScope ScopeKind = "school"
)

// Agreement is what people have agreed to keep to, until it is looked at again.
type Agreement struct {
	DialogueID   string          `bson:"dialogue_id"`
	ForumID      string          `bson:"forum_id"`
	Mandate      string          `bson:"mandate"`
	Kind         AgreementKind   `bson:"kind"`
	Title        string          `bson:"title"`
	Text         string          `bson:"text"`
	Channels     []Channel       `bson:"channels"`
	Scope        ScopeKind       `bson:"scope"`
	UnitID       string          `bson:"unit_id"`
	TechnologyID string          `bson:"technology_id"`
	Source       *Cell           `bson:"source"`
	Sources      []string        `bson:"source_ids"`
	FromOn       string          `bson:"from_on"`   // local date
	ToOn         string          `bson:"to_on"`     // local date, its last one; empty without an end
	ReviewOn     string          `bson:"review_on"` // local date
	ReviewAt     time.Time       `bson:"review_at"` // the same as a time
	EndsAt       time.Time       `bson:"ends_at"`   // never without an end
	Status       AgreementStatus `bson:"status"`
	Reason       string          `bson:"reason"` // why somebody ended it; empty when its time was over
	Version      int             `bson:"version"`
	Replaces     string          `bson:"replaces_id"`
	Successor    string          `bson:"successor_id"` // the one proposal that may replace it
	Claim        string          `bson:"claim_id"`     // the proposal that is on its way to become that
	ClaimedAt    time.Time       `bson:"claimed_at"`
	ProposedBy   string          `bson:"proposed_by"`
	ProposedAt   time.Time       `bson:"proposed_at"`
	AdoptedAt    *time.Time      `bson:"adopted_at"`
	Check        Check           `bson:"check"`
	TurnAt       time.Time       `bson:"check_at"`    // when the clock next has something to do with it; never without
	Superseding  bool            `bson:"superseding"` // it is in force and the one that it replaces still has to step back
	Settling     bool            `bson:"settling"`
}

// clean brings a new agreement into the form in which it is kept, or says everything that is wrong with it. today is the
// local date.
func (a *Agreement) clean(today string) error {
	var wrong []*failure.Error
	keep := func(err *failure.Error) { wrong = append(wrong, err) }
	var err *failure.Error
	a.Title, err = cleanText("title", a.Title, maxTitle)
	keep(err)
	a.Text, err = cleanText("text", a.Text, maxAgreement)
	keep(err)
	if !slices.Contains([]AgreementKind{GroundRules, Principles, Guideline}, a.Kind) {
		keep(failure.Invalid("kind", "ground_rules, principles or guideline"))
	}
	if len(a.Sources) == 0 {
		keep(failure.Invalid("source_ids", "at least one of the "+wantedSourceIDs))
	}
	keep(a.cleanChannels())
	keep(a.checkScope())
	keep(dateFrom("from_on", a.FromOn, today, "today or a day to come"))
	if a.Replaces != "" && a.FromOn > today {
		keep(failure.Invalid("from_on", "today, since it takes the place of one that holds until then"))
	}
	keep(dateFrom("review_on", a.ReviewOn, nextDay(max(a.FromOn, today)), "a day after the first one"))
	if a.ToOn != "" {
		keep(dateFrom("to_on", a.ToOn, a.ReviewOn, "a day not before review_on"))
	}
	return failure.Together(wrong...)
}

func (a *Agreement) cleanChannels() *failure.Error {
	if len(a.Channels) > 0 && a.Kind != GroundRules {
		return failure.Invalid("channels", "none, unless it is ground rules")
	}
	if len(a.Channels) > maxChannels {
		return failure.Invalid("channels", "at most "+strconv.Itoa(maxChannels)+" channels")
	}
	for i := range a.Channels {
		c, at := &a.Channels[i], "channels."+strconv.Itoa(i)+"."
		var wrong [4]*failure.Error
		c.Name, wrong[0] = cleanText(at+"name", c.Name, maxChannel)
		c.UsedFor, wrong[1] = cleanText(at+"used_for", c.UsedFor, maxChannel)
		c.AnswerTime, wrong[2] = optionalText(at+"answer_time", c.AnswerTime, maxChannel)
		c.QuietHours, wrong[3] = optionalText(at+"quiet_hours", c.QuietHours, maxChannel)
		for _, err := range wrong {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Agreement) checkScope() *failure.Error {
	switch a.Scope {
	case ForumScope:
		if a.ForumID == "" {
			return failure.Invalid("scope", "a unit or the school, since the dialogue is of no forum")
		}
	case SchoolScope:
	case UnitScope:
		if a.UnitID == "" {
			return failure.Invalid("unit_id", "a unit of the school")
		}
		return nil
	default:
		return failure.Invalid("scope", "forum, unit or school")
	}
	if a.UnitID != "" {
		return failure.Invalid("unit_id", "nothing, unless it holds for a unit")
	}
	return nil
}

// in says whether the agreement is in one of these statuses.
func (a *Agreement) in(statuses ...AgreementStatus) error {
	if slices.Contains(statuses, a.Status) {
		return nil
	}
	return failure.New(failure.AgreementWrongStatus).At("status").Wanting(either(statuses))
}

// Holds tells whether people are to keep to it.
func (a *Agreement) Holds() bool {
	return a.Status == AgreementInForce || a.Status == AgreementUnderReview
}

// Known tells whether everybody who works at the school may read it.
func (a *Agreement) Known() bool { return a.AdoptedAt != nil }

// claimTime is how long a proposal that claims the place of a successor may take to come about. It takes as long as a write;
// what is later was cut off.
const claimTime = time.Minute

// Reserve keeps the place of its successor for one proposal that is about to be made, so that two cannot take it. stale is the
// proposal that has the place by now without any use for it: it was withdrawn.
func (a *Agreement) Reserve(successor, stale string, now time.Time) error {
	if !a.Holds() {
		return failure.New(failure.AgreementWrongStatus).At("replaces_id").Wanting("in_force or under_review")
	}
	for _, holder := range []string{a.Successor, a.Claim} {
		if holder != "" && holder != successor && holder != stale {
			return failure.New(failure.AgreementHasSuccessor).At("replaces_id")
		}
	}
	if a.Successor != successor {
		a.Claim, a.ClaimedAt = successor, now
		a.settle()
	}
	return nil
}

// Claimed says whether the proposal that claims the place of the successor is there by now. One that is not there in time
// never will be.
func (a *Agreement) Claimed(there bool, now time.Time) {
	switch {
	case a.Claim == "" || !there && now.Sub(a.ClaimedAt) < claimTime:
		return
	case there:
		a.Successor = a.Claim
	}
	a.Claim = ""
	a.settle()
}

// Adoptable tells whether the forum's mandate reaches as far as adopting it.
func (a *Agreement) Adoptable() bool { return slices.Contains(adoptable[a.Mandate], a.Kind) }

// Adopt says that the forum agrees, as far as its mandate goes.
func (a *Agreement) Adopt(now time.Time) error {
	if err := a.in(AgreementProposed); err != nil {
		return err
	}
	if !a.Adoptable() {
		return failure.New(failure.AgreementBeyondMandate).At("mandate")
	}
	a.Status, a.AdoptedAt, a.Superseding = AgreementInForce, &now, a.Replaces != ""
	a.settle()
	return nil
}

// Supersede gives way to the successor. One that does not hold any more has given way already.
func (a *Agreement) Supersede() bool {
	if !a.Holds() {
		return false
	}
	a.Status = AgreementSuperseded
	a.Check.lock()
	a.settle()
	return true
}

// Superseded says that the one before has given way.
func (a *Agreement) Superseded() {
	a.Superseding = false
	a.settle()
}

// End ends it before its time, or withdraws a proposal.
func (a *Agreement) End(reason string) error {
	if err := a.in(AgreementProposed, AgreementInForce, AgreementUnderReview); err != nil {
		return err
	}
	a.end(reason)
	return nil
}

func (a *Agreement) end(reason string) {
	a.Status, a.Reason = AgreementEnded, reason
	a.Check.lock()
	a.settle()
}

// CloseCheck ends the questions about whether it is kept to before their time.
func (a *Agreement) CloseCheck() error {
	if !a.Check.lock() {
		return failure.New(failure.AgreementCheckClosed).At("adherence")
	}
	a.settle()
	return nil
}

// Turn is what the clock did with an agreement.
type Turn string

// What the clock does.
const (
	NoTurn     Turn = ""
	ReviewTurn Turn = "review"
	CountTurn  Turn = "count"
	EndTurn    Turn = "end"
)

// Turn does the next thing that the calendar asks for. check is the one that opens if a review is due.
func (a *Agreement) Turn(now time.Time, check Check) Turn {
	if now.Before(a.TurnAt) {
		return NoTurn
	}
	switch {
	case !now.Before(a.EndsAt):
		a.end("")
		return EndTurn
	case a.Status == AgreementInForce:
		a.Status, a.Check = AgreementUnderReview, check
		a.settle()
		return ReviewTurn
	}
	a.Check.lock()
	a.settle()
	return CountTurn
}

// ReviewDue tells whether the next turn is a review.
func (a *Agreement) ReviewDue(now time.Time) bool {
	return a.Status == AgreementInForce && !now.Before(a.ReviewAt) && now.Before(a.EndsAt)
}

// settle brings what is derived up to date.
func (a *Agreement) settle() {
	a.TurnAt = never
	switch a.Status {
	case AgreementInForce:
		a.TurnAt = earlier(a.ReviewAt, a.EndsAt)
	case AgreementUnderReview:
		a.TurnAt = a.EndsAt
		if a.Check.State == CheckOpen {
			a.TurnAt = earlier(a.Check.Until, a.EndsAt)
		}
	}
	a.Settling = a.Superseding || a.Claim != "" || a.Check.settling()
}

// facts is what the others are told of the agreement.
func (a *Agreement) facts(id string) events.AgreementFacts {
	return events.AgreementFacts{
		AgreementID: id, DialogueID: a.DialogueID, ForumID: a.ForumID, Kind: string(a.Kind), Scope: string(a.Scope), UnitID: a.UnitID, Version: a.Version,
		FromOn: a.FromOn, ToOn: a.ToOn, ReviewOn: a.ReviewOn, TechnologyID: a.TechnologyID, Source: a.Source.told(), ReplacesID: a.Replaces,
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// nextDay is the local date after one, or the same text if it is none.
func nextDay(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return day.AddDate(0, 0, 1).Format(time.DateOnly)
}
