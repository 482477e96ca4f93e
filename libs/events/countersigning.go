package events

// RoundCountersignatureAsked says that a round's roster and keys are made and wait for a representative to vouch for them.
type RoundCountersignatureAsked struct {
	RoundID     string `json:"round_id"`
	Title       string `json:"title"`
	OpensOn     string `json:"opens_on"`      // local date
	ClosesOn    string `json:"closes_on"`     // local date, the last day of answering
	RosterHash  string `json:"roster_hash"`   // SHA-256 of the roster, hex
	KeyListHash string `json:"key_list_hash"` // SHA-256 of the ballot box's key list, hex
}

// Type implements Event.
func (RoundCountersignatureAsked) Type() string { return "intake.round-countersignature-asked.v1" }

// Validate implements Event.
func (e RoundCountersignatureAsked) Validate() error {
	if err := required(e); err != nil {
		return err
	}
	if err := date("opens_on", e.OpensOn); err != nil {
		return err
	}
	if err := date("closes_on", e.ClosesOn); err != nil {
		return err
	}
	return bothHashes(e.RosterHash, e.KeyListHash)
}

// RoundCountersigned says that a representative has seen who is asked and under which keys, and vouches for both.
type RoundCountersigned struct {
	RoundID     string `json:"round_id"`
	RosterHash  string `json:"roster_hash"`
	KeyListHash string `json:"key_list_hash"`
	Role        string `json:"role"` // tr or amr
}

// Type implements Event.
func (RoundCountersigned) Type() string { return "intake.round-countersigned.v1" }

// Validate implements Event.
func (e RoundCountersigned) Validate() error {
	if err := required(e); err != nil {
		return err
	}
	return bothHashes(e.RosterHash, e.KeyListHash)
}

// RoundRefused says that a round was not countersigned and never will be: its roster and its keys are destroyed.
type RoundRefused struct {
	RoundID string `json:"round_id"`
	Reason  string `json:"reason"` // one of intake's reasons, never prose
}

// Type implements Event.
func (RoundRefused) Type() string { return "intake.round-refused.v1" }

// Validate implements Event.
func (e RoundRefused) Validate() error { return required(e) }

// MonthCountersignatureAsked says that the list of those who can tell anonymously in a month, and its keys, are made and wait
// for a representative to vouch for them. It is told before anybody can tell anything, and counts nobody.
type MonthCountersignatureAsked struct {
	MonthID     string   `json:"month_id"`
	ClosesOn    string   `json:"closes_on"`     // local date, the last day of the month
	Readers     []string `json:"readers"`       // roles, tr or amr, whose word it waits for
	RosterHash  string   `json:"roster_hash"`   // SHA-256 of the roster, hex
	KeyListHash string   `json:"key_list_hash"` // SHA-256 of the ballot box's key list, hex
}

// Type implements Event.
func (MonthCountersignatureAsked) Type() string { return "intake.month-countersignature-asked.v1" }

// Validate implements Event.
func (e MonthCountersignatureAsked) Validate() error {
	if err := required(e); err != nil {
		return err
	}
	if err := date("closes_on", e.ClosesOn); err != nil {
		return err
	}
	return bothHashes(e.RosterHash, e.KeyListHash)
}

func bothHashes(roster, keyList string) error {
	if err := hash("roster_hash", roster); err != nil {
		return err
	}
	return hash("key_list_hash", keyList)
}
