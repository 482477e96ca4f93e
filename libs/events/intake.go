package events

// TechnologyRegistered says that a school uses or considers a technology.
type TechnologyRegistered struct {
	TechnologyID string `json:"technology_id"`
	Name         string `json:"name"`
	Kind         string `json:"kind"`
}

// Type implements Event.
func (TechnologyRegistered) Type() string { return "intake.technology-registered.v1" }

// Validate implements Event.
func (e TechnologyRegistered) Validate() error { return required(e) }

// CommonRoundFramed says that a municipality frames a round for its schools. Its tenant is the municipality.
type CommonRoundFramed struct {
	CommonRoundID     string     `json:"common_round_id"`
	Title             string     `json:"title"`
	Instrument        string     `json:"instrument"`
	InstrumentVersion int        `json:"instrument_version"`
	OpensOn           string     `json:"opens_on"`          // local date
	ClosesOn          string     `json:"closes_on"`         // local date, the last day of answering
	VisibleToAllOn    string     `json:"visible_to_all_on"` // local date on which all staff of the schools see the municipality's release
	Thresholds        Thresholds `json:"thresholds"`
}

// Type implements Event.
func (CommonRoundFramed) Type() string { return "intake.common-round-framed.v1" }

// Validate implements Event.
func (e CommonRoundFramed) Validate() error {
	if err := required(e); err != nil {
		return err
	}
	return dates(e.OpensOn, e.ClosesOn, e.VisibleToAllOn)
}

// What the people of a round are divided by. A round is divided once and by nothing else: two divisions of the same people
// cross, and what they tell together can be about one person.
const (
	ByUnit       = "unit"
	ByStaffGroup = "staff_group"
)

// RoundUnit is one answering unit of a round as frozen at its announcement; of a round by staff group, one of these.
type RoundUnit struct {
	UnitID    string `json:"unit_id"`
	ParentID  string `json:"parent_id,omitempty"`
	Name      string `json:"name"`
	Headcount int    `json:"headcount"`
}

// Thresholds are the smallest groups that may be shown, frozen with the round (persons).
type Thresholds struct {
	Means         int `json:"means" bson:"means"`
	Distributions int `json:"distributions" bson:"distributions"`
}

// RoundFrame is what is frozen when a round is announced and what everything later is held against.
type RoundFrame struct {
	RoundID           string      `json:"round_id"`
	Title             string      `json:"title"`
	Instrument        string      `json:"instrument"`
	InstrumentVersion int         `json:"instrument_version"`
	TechnologyID      string      `json:"technology_id,omitempty"`
	TechnologyName    string      `json:"technology_name,omitempty"`
	BeforeRoundID     string      `json:"before_round_id,omitempty"` // of a round after a change: the one before it
	Units             []RoundUnit `json:"units"`
	Breakdown         string      `json:"breakdown,omitempty"`    // what units are: ByStaffGroup; absent: ByUnit
	WholeSchool       bool        `json:"whole_school,omitempty"` // everybody at the school is asked, of a round in no chosen units
	OpensOn           string      `json:"opens_on"`               // local date
	ClosesOn          string      `json:"closes_on"`              // local date, the last day of answering
	VisibleToAllOn    string      `json:"visible_to_all_on"`      // local date on which all staff see the release
	Thresholds        Thresholds  `json:"thresholds"`
	CommonRoundID     string      `json:"common_round_id,omitempty"` // the municipality's frame that the round keeps to
	ContractHash      string      `json:"contract_hash,omitempty"`   // of what people are promised
	TextReaders       []string    `json:"text_readers,omitempty"`    // roles that may read what people write; none: nobody writes
	ExtraQuestions    []string    `json:"extra_questions,omitempty"` // items of the school's own, beside those of the instrument
	ReleaseKey        string      `json:"release_key"`               // base64url X25519 public key that answers are sealed to
}

func (f RoundFrame) validate(e Event) error {
	if err := required(e); err != nil {
		return err
	}
	return dates(f.OpensOn, f.ClosesOn, f.VisibleToAllOn)
}

// dates checks the three days of a round.
func dates(opens, closes, visible string) error {
	for name, value := range map[string]string{"opens_on": opens, "closes_on": closes, "visible_to_all_on": visible} {
		if err := date(name, value); err != nil {
			return err
		}
	}
	return nil
}

// RoundAnnounced says that a round is announced and its frame frozen.
type RoundAnnounced RoundFrame

// Type implements Event.
func (RoundAnnounced) Type() string { return "intake.round-announced.v1" }

// Validate implements Event.
func (e RoundAnnounced) Validate() error { return RoundFrame(e).validate(e) }

// RoundOpened says that answers are taken from now on.
type RoundOpened struct {
	RoundID  string `json:"round_id"`
	ClosesOn string `json:"closes_on"`
}

// Type implements Event.
func (RoundOpened) Type() string { return "intake.round-opened.v1" }

// Validate implements Event.
func (e RoundOpened) Validate() error {
	if err := required(e); err != nil {
		return err
	}
	return date("closes_on", e.ClosesOn)
}

// RoundTightened says that the contract of an announced round has become stricter, before anybody answered.
type RoundTightened struct {
	RoundID      string     `json:"round_id"`
	Thresholds   Thresholds `json:"thresholds"`
	TextReaders  *[]string  `json:"text_readers,omitempty"` // who is left of them; absent: as announced
	ContractHash string     `json:"contract_hash"`
}

// Type implements Event.
func (RoundTightened) Type() string { return "intake.round-tightened.v1" }

// Validate implements Event.
func (e RoundTightened) Validate() error {
	if err := required(e); err != nil {
		return err
	}
	return hash("contract_hash", e.ContractHash)
}

// RoundExtended says that an open round stays open longer than it was announced. It is told once for a round at most. Why is
// for people, on the round itself.
type RoundExtended struct {
	RoundID        string   `json:"round_id"`
	Title          string   `json:"title"`
	UnitIDs        []string `json:"unit_ids"`          // those who are asked, as frozen
	ExtendedFrom   string   `json:"extended_from_on"`  // local date, the last day as announced
	ClosesOn       string   `json:"closes_on"`         // local date, the last day of answering
	VisibleToAllOn string   `json:"visible_to_all_on"` // local date on which all staff see the release
}

// Type implements Event.
func (RoundExtended) Type() string { return "intake.round-extended.v1" }

// Validate implements Event.
func (e RoundExtended) Validate() error {
	if err := required(e); err != nil {
		return err
	}
	for name, value := range map[string]string{"extended_from_on": e.ExtendedFrom, "closes_on": e.ClosesOn, "visible_to_all_on": e.VisibleToAllOn} {
		if err := date(name, value); err != nil {
			return err
		}
	}
	return nil
}

// RoundClosed says that the ballot box is closed and its one batch ready under this hash.
type RoundClosed struct {
	RoundID   string `json:"round_id"`
	BatchHash string `json:"batch_hash"`          // SHA-256 of the batch, hex
	ClosesOn  string `json:"closes_on,omitempty"` // local date, after an extension; who has not learned of one waits for it
	// ContractHash is that of the contract under which people answered; who has not learned of its tightening waits for that.
	ContractHash string `json:"contract_hash,omitempty"`
	// Paper says in a band how many of the answers came on paper; empty where nobody answers on paper.
	Paper string `json:"paper,omitempty"`
}

// Type implements Event.
func (RoundClosed) Type() string { return "intake.round-closed.v1" }

// Validate implements Event.
func (e RoundClosed) Validate() error {
	if err := required(e); err != nil {
		return err
	}
	return hash("batch_hash", e.BatchHash)
}

// RoundReleased says that the round ended in a release.
type RoundReleased struct {
	RoundID   string `json:"round_id"`
	ReleaseID string `json:"release_id"`
}

// Type implements Event.
func (RoundReleased) Type() string { return "intake.round-released.v1" }

// Validate implements Event.
func (e RoundReleased) Validate() error { return required(e) }

// ConfidentialMessagesWaiting says that a representative has something confidential to read. It is told once a day, names
// the receiver alone, and neither the conversation nor anything of who wrote or when.
type ConfidentialMessagesWaiting struct {
	ReceiverID string `json:"receiver_id"`
}

// Type implements Event.
func (ConfidentialMessagesWaiting) Type() string { return "intake.confidential-messages-waiting.v1" }

// Validate implements Event.
func (e ConfidentialMessagesWaiting) Validate() error { return required(e) }

// RoundDue says that a round's own date has come, on which it opens or closes. Intake schedules it for itself; whether
// it still applies is looked up when it comes.
type RoundDue struct {
	RoundID string `json:"round_id"`
}

// Type implements Event.
func (RoundDue) Type() string { return "intake.round-due.v1" }

// Validate implements Event.
func (e RoundDue) Validate() error { return required(e) }
