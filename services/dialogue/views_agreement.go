package dialogue

import (
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
)

type agreementView struct {
	AgreementID  string          `json:"agreement_id"`
	Revision     int64           `json:"revision"`
	DialogueID   string          `json:"dialogue_id"`
	ForumID      string          `json:"forum_id,omitempty"`
	Kind         AgreementKind   `json:"kind"`
	Title        string          `json:"title"`
	Text         string          `json:"text"`
	Channels     []Channel       `json:"channels"`
	Scope        ScopeKind       `json:"scope"`
	UnitID       string          `json:"unit_id,omitempty"`
	TechnologyID string          `json:"technology_id,omitempty"`
	Source       *Cell           `json:"source,omitempty"`
	Sources      []string        `json:"source_ids"`
	FromOn       string          `json:"from_on"`
	ToOn         string          `json:"to_on,omitempty"`
	ReviewOn     string          `json:"review_on"`
	Status       AgreementStatus `json:"status"`
	Reason       string          `json:"reason,omitempty"`
	Version      int             `json:"version"`
	Replaces     string          `json:"replaces_id,omitempty"`
	Successor    string          `json:"successor_id,omitempty"`
	Adoptable    bool            `json:"adoptable"`
	ProposedBy   string          `json:"proposed_by"`
	ProposedAt   time.Time       `json:"proposed_at"`
	AdoptedAt    *time.Time      `json:"adopted_at,omitempty"`
	Check        checkView       `json:"adherence"`
}

// checkView is what may be known of a check: while it is open, nothing of what was answered.
type checkView struct {
	State  CheckState  `json:"state"`
	AsksMe bool        `json:"asks_me"`
	LastOn string      `json:"last_on,omitempty"`
	Result *Adherences `json:"result,omitempty"`
}

// agreementView renders an agreement for a person.
func (v viewer) agreementView(d document.Document[Agreement]) agreementView {
	a := d.Body
	view := agreementView{
		AgreementID: d.ID, Revision: d.Revision, DialogueID: a.DialogueID, ForumID: a.ForumID, Kind: a.Kind, Title: a.Title, Text: a.Text,
		Channels: a.Channels, Scope: a.Scope, UnitID: a.UnitID, TechnologyID: a.TechnologyID, Source: a.Source, Sources: a.Sources,
		FromOn: a.FromOn, ToOn: a.ToOn, ReviewOn: a.ReviewOn, Status: a.Status, Reason: a.Reason, Version: a.Version, Replaces: a.Replaces,
		Successor: a.Successor, Adoptable: a.Adoptable(), ProposedBy: a.ProposedBy, ProposedAt: a.ProposedAt, AdoptedAt: a.AdoptedAt,
		Check: checkView{State: a.Check.State, AsksMe: a.Check.State == CheckOpen && a.Check.Asks(v.person), LastOn: a.Check.LastOn, Result: a.Check.Result},
	}
	switch a.Check.State { // how far the server is with destroying is nobody's matter
	case CheckLocking, CheckCounted, CheckSettled:
		view.Check.State = checkClosed
	}
	return view
}
