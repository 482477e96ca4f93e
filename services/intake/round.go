package intake

import (
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Status is how far a round has come. A round goes through them in this order and never back, and one that is refused
// goes no further. In announcing, opening, closing without a batch hash, and after a tightening or an extension another
// service has been asked and has not answered yet.
type Status string

// The statuses in their order.
const (
	Draft          Status = "draft"
	Announcing     Status = "announcing"
	Countersigning Status = "countersigning" // see countersign.go
	Refused        Status = "refused"
	Announced      Status = "announced"
	Opening        Status = "opening"
	Open           Status = "open"
	Closing        Status = "closing"
	Released       Status = "released"
	Archived       Status = "archived"
)

// The least thresholds: fewer valid answers than these are never shown. A school may raise them, never lower them.
const (
	LeastMeans         = 5
	LeastDistributions = 10
	mostThreshold      = 1000
)

// Round is one asking of one instrument at one school. Announcing freezes what it asks, whom, and what may be shown of
// it; nothing of that changes afterwards, except that an open round may be extended once (extension.go) and the
// contract made stricter until the round opens (contract.go).
type Round struct {
	Title             string            `bson:"title"`
	Instrument        string            `bson:"instrument"`
	InstrumentVersion int               `bson:"instrument_version"`
	TechnologyID      string            `bson:"technology_id"`   // empty: digitalisation as a whole
	UnitIDs           []string          `bson:"unit_ids"`        // empty: all units
	Breakdown         string            `bson:"breakdown"`       // see by; empty: events.ByUnit
	CommonRoundID     string            `bson:"common_round_id"` // the municipality's frame that it keeps to
	FrameEnds         Date              `bson:"frame_ends"`      // the last day of that frame
	BeforeRoundID     string            `bson:"before_round_id"` // of a change: the round that was asked before it
	OpensOn           Date              `bson:"opens_on"`
	ClosesOn          Date              `bson:"closes_on"` // the last day of answering
	VisibleToAllOn    Date              `bson:"visible_to_all_on"`
	Thresholds        events.Thresholds `bson:"thresholds"`
	Contract          Contract          `bson:"contract"`
	ExtraQuestions    []ExtraQuestion   `bson:"extra_questions"`
	CreatedAt         time.Time         `bson:"created_at"`

	Status     Status `bson:"status"`
	Unfinished bool   `bson:"unfinished"` // another service still owes an answer; see ballot.go
	Archived   bool   `bson:"archived"`   // out of the list; the status once more, for its index
	Published  bool   `bson:"published"`  // announced or later: every employee may know of it

	Frozen      Frozen     `bson:"frozen"`
	Extension   Extension  `bson:"extension"`
	ReleaseKey  string     `bson:"release_key"`
	Names       *NameMarks `bson:"names,omitempty"` // where people may write
	KeysReady   int        `bson:"keys_ready"`
	KeysWanted  int        `bson:"keys_wanted"`
	KeyListHash string     `bson:"key_list_hash"`
	AnnouncedBy string     `bson:"announced_by"` // who cannot countersign
	OpensAt     time.Time  `bson:"opens_at"`     // when it opens by itself; zero before it is announced
	ClosesAt    time.Time  `bson:"closes_at"`    // when it closes by itself
	AnnouncedAt time.Time  `bson:"announced_at"`
	OpenedAt    time.Time  `bson:"opened_at"`
	ClosedAt    time.Time  `bson:"closed_at"`
	BatchHash   string     `bson:"batch_hash"`
	ReleaseID   string     `bson:"release_id"`
	ReleasedAt  time.Time  `bson:"released_at"`
	ArchivedAt  time.Time  `bson:"archived_at"`

	Countersigned Countersignature `bson:"countersigned"`
	OnPaper       OnPaper          `bson:"on_paper"` // who answers without a device
	RefusedFor    Reason           `bson:"refused_for"`
}

// Frozen is what announcing freezes beyond the draft itself.
type Frozen struct {
	TechnologyName string       `bson:"technology_name"`
	Learners       string       `bson:"learners"` // the school's word for them
	Units          []FrozenUnit `bson:"units"`
	RosterHash     string       `bson:"roster_hash"`
	BallotBox      Host         `bson:"ballot_box"`
	PortalURL      string       `bson:"portal_url"`
}

// FrozenUnit is one answering unit, or a staff group, with the number of people on the roster in it.
type FrozenUnit struct {
	UnitID    string `bson:"unit_id"`
	ParentID  string `bson:"parent_id"`
	Name      string `bson:"name"`
	Headcount int    `bson:"headcount"`
}

// Voters is how many people may answer.
func (f Frozen) Voters() int {
	voters := 0
	for _, unit := range f.Units {
		voters += unit.Headcount
	}
	return voters
}

// Drafting is what a school decides when it drafts a round.
type Drafting struct {
	Title                             string
	Instrument                        string
	InstrumentVersion                 int
	TechnologyID                      string
	UnitIDs                           []string
	Breakdown                         string // "": by unit
	BeforeRoundID                     string
	CommonRoundID                     string
	FrameEnds                         Date
	OpensOn, ClosesOn, VisibleToAllOn string
	Thresholds                        *events.Thresholds // nil: the least
	Contract                          Contract
	ExtraQuestions                    []ExtraQuestion
}

const longestTitle = 120

// NewRound returns a draft, or everything that is wrong with it. Whether instrument, technology and units exist is for
// the caller to find out; missing tells which do not.
func NewRound(d Drafting, now time.Time, missing ...*failure.Error) (Round, error) {
	text, wrongTitle := title("title", d.Title, longestTitle)
	opens, wrongOpens := ParseDate("opens_on", d.OpensOn)
	closes, wrongCloses := ParseDate("closes_on", d.ClosesOn)
	visible, wrongVisible := ParseDate("visible_to_all_on", d.VisibleToAllOn)
	if wrongOpens == nil && wrongCloses == nil && closes < opens {
		wrongCloses = failure.Invalid("closes_on", "opens_on or later")
	}
	if wrongCloses == nil && closes < DateOf(now) {
		wrongCloses = failure.Invalid("closes_on", "today or later")
	}
	if wrongCloses == nil && wrongVisible == nil && visible < closes {
		wrongVisible = failure.Invalid("visible_to_all_on", "closes_on or later")
	}
	limits := events.Thresholds{Means: LeastMeans, Distributions: LeastDistributions}
	if d.Thresholds != nil {
		limits = *d.Thresholds
	}
	extra, wrongExtra := extraQuestions(d.ExtraQuestions)
	missing = append(missing, wrongBreakdown(d))
	wrong := append(append(missing, wrongExtra...), wrongTitle, wrongOpens, wrongCloses, wrongVisible,
		threshold("thresholds.means", limits.Means, LeastMeans),
		threshold("thresholds.distributions", limits.Distributions, max(LeastDistributions, limits.Means)))
	if err := failure.Together(wrong...); err != nil {
		return Round{}, err
	}
	return Round{
		Title: text, Instrument: d.Instrument, InstrumentVersion: d.InstrumentVersion,
		TechnologyID: d.TechnologyID, UnitIDs: d.UnitIDs, Breakdown: d.Breakdown, BeforeRoundID: d.BeforeRoundID, CommonRoundID: d.CommonRoundID, FrameEnds: d.FrameEnds,
		OpensOn: opens, ClosesOn: closes, VisibleToAllOn: visible, Thresholds: limits, Contract: d.Contract, ExtraQuestions: extra,
		CreatedAt: now, Status: Draft,
	}, nil
}

// wrongBreakdown refuses what a round cannot be broken down by. By staff group it asks everybody: in some units only, it would
// be broken down by both.
func wrongBreakdown(d Drafting) *failure.Error {
	switch d.Breakdown {
	case "", events.ByUnit:
		return nil
	case events.ByStaffGroup:
		if len(d.UnitIDs) > 0 {
			return failure.Invalid("unit_ids", "all units in a round by staff group")
		}
		return nil
	}
	return failure.Invalid("breakdown", events.ByUnit+" or "+events.ByStaffGroup)
}

func threshold(field string, given, least int) *failure.Error {
	if given < least || given > mostThreshold {
		return failure.Invalid(field, strconv.Itoa(least)+" or more, at most "+strconv.Itoa(mostThreshold))
	}
	return nil
}

// at refuses a command that does not belong to the status.
func (r *Round) at(wanted Status) error {
	if r.Status != wanted {
		return failure.New(failure.RoundWrongStatus).At("status").Wanting(string(wanted) + ", not " + string(r.Status))
	}
	return nil
}

// Announce freezes the round. It is announced once reporting and the ballot box have made their keys.
func (r *Round) Announce(frozen Frozen, now time.Time) error {
	switch err := r.at(Draft); {
	case err != nil:
		return err
	case r.ClosesOn < DateOf(now):
		return failure.New(failure.RoundExpired).At("closes_on").Wanting("a round whose last day has not passed")
	case frozen.Voters() == 0:
		return failure.New(failure.RoundNoVoters).At("unit_ids").Wanting("units with employees who are not leaders")
	}
	r.Frozen = frozen
	r.Contract.Hash = r.contractHash()
	r.Status, r.Unfinished = Announcing, true
	return nil
}

// TakeReleaseKey records the public key that answers are sealed to. A repeat changes nothing.
func (r *Round) TakeReleaseKey(key string) error {
	if r.ReleaseKey == key && r.Status != Draft {
		return nil
	}
	if r.ReleaseKey != "" {
		return failure.New(failure.RoundWrongStatus).At("release_key").Wanting("the key that was frozen")
	}
	if err := r.at(Announcing); err != nil {
		return err
	}
	r.ReleaseKey = key
	return nil
}

// Prepare records how many keys the ballot box has made. It changes nothing once it has made all.
func (r *Round) Prepare(ready, wanted int) error {
	if r.Status.After(Announcing) {
		return nil
	}
	if err := r.at(Announcing); err != nil {
		return err
	}
	r.KeysReady, r.KeysWanted = ready, wanted
	return nil
}

// FinishAnnouncing records the ballot box's key list, which waits to be countersigned together with the roster. A repeat
// changes nothing.
func (r *Round) FinishAnnouncing(id, keyListHash string) ([]events.Event, error) {
	if r.Status.After(Announcing) && r.KeyListHash == keyListHash {
		return nil, nil
	}
	if err := r.at(Announcing); err != nil {
		return nil, err
	}
	r.Status, r.Unfinished = Countersigning, false
	r.KeyListHash, r.ClosesAt = keyListHash, r.ClosesOn.End()
	r.KeysReady = r.KeysWanted
	return []events.Event{r.countersignatureAsked(id)}, nil
}

// frame is what everything later is held against.
func (r *Round) frame(id string) events.RoundFrame {
	f := events.RoundFrame{
		RoundID: id, Title: r.Title, Instrument: r.Instrument, InstrumentVersion: r.InstrumentVersion,
		TechnologyID: r.TechnologyID, TechnologyName: r.Frozen.TechnologyName, BeforeRoundID: r.BeforeRoundID, CommonRoundID: r.CommonRoundID,
		OpensOn: string(r.OpensOn), ClosesOn: string(r.ClosesOn), VisibleToAllOn: string(r.VisibleToAllOn),
		Thresholds: r.Thresholds, ContractHash: r.Contract.Hash, TextReaders: r.Contract.TextReaders, ExtraQuestions: r.extraIDs(), ReleaseKey: r.ReleaseKey,
	}
	f.WholeSchool = len(r.UnitIDs) == 0
	if by := r.by(); by != events.ByUnit {
		f.Breakdown = by
	}
	for _, unit := range r.Frozen.Units {
		f.Units = append(f.Units, events.RoundUnit(unit))
	}
	return f
}

// Open lets answers in from the round's first day on, once the ballot box has opened too.
func (r *Round) Open(now time.Time) error {
	if err := r.at(Announced); err != nil {
		return err
	}
	if now.Before(r.OpensOn.Begin()) {
		return failure.New(failure.RoundTooEarly).At("opens_on").Wanting(string(r.OpensOn) + " or later")
	}
	r.Status, r.Unfinished = Opening, true
	return nil
}

// FinishOpening records that the ballot box is open. A repeat changes nothing.
func (r *Round) FinishOpening(id string, now time.Time) ([]events.Event, error) {
	if r.Status.After(Opening) {
		return nil, nil
	}
	if err := r.at(Opening); err != nil {
		return nil, err
	}
	r.Status, r.Unfinished, r.OpenedAt = Open, false, now
	return []events.Event{events.RoundOpened{RoundID: id, ClosesOn: string(r.ClosesOn)}}, nil
}

// Close ends the answering.
func (r *Round) Close() error {
	if err := r.at(Open); err != nil {
		return err
	}
	r.Status, r.Unfinished = Closing, true
	return nil
}

// FinishClosing records the hash of the ballot box's one batch and tells of it in the same change. A repeat changes
// nothing, another hash is refused.
func (r *Round) FinishClosing(id, batchHash string, onPaper int, now time.Time) ([]events.Event, error) {
	if r.BatchHash == batchHash && batchHash != "" {
		return nil, nil
	}
	if err := r.at(Closing); err != nil {
		return nil, err
	}
	if r.BatchHash != "" {
		return nil, failure.New(failure.RoundWrongStatus).At("batch_hash").Wanting("the hash that was recorded")
	}
	r.BatchHash, r.Unfinished, r.ClosedAt = batchHash, false, now
	return []events.Event{events.RoundClosed{
		RoundID: id, BatchHash: batchHash, ClosesOn: string(r.ClosesOn), ContractHash: r.Contract.Hash, Paper: r.OnPaper.band(onPaper),
	}}, nil
}

// Release ends the round in its one release. A repeat changes nothing.
func (r *Round) Release(id, releaseID string, now time.Time) ([]events.Event, error) {
	if (r.Status == Released || r.Status == Archived) && r.ReleaseID == releaseID {
		return nil, nil
	}
	if err := r.at(Closing); err != nil {
		return nil, err
	}
	if r.BatchHash == "" {
		return nil, failure.New(failure.RoundWrongStatus).At("batch_hash").Wanting("a closed ballot box")
	}
	r.Status, r.ReleaseID, r.ReleasedAt = Released, releaseID, now
	return []events.Event{events.RoundReleased{RoundID: id, ReleaseID: releaseID}}, nil
}

// TicketsIssued tells whether people on the roster get tickets now.
func (r *Round) TicketsIssued() bool {
	return r.Status == Announced || r.Status == Opening || r.Status == Open
}

// Due tells what the round should do by itself at this moment: Opening, Closing, Refused (nobody has countersigned it in
// time) or nothing.
func (r *Round) Due(now time.Time) Status {
	switch {
	case r.Status == Countersigning && !now.Before(r.ClosesAt):
		return Refused
	case r.Status == Announced && !now.Before(r.OpensAt):
		return Opening
	case r.Status == Open && !now.Before(r.ClosesAt):
		return Closing
	}
	return ""
}

// After tells whether s comes later than other.
func (s Status) After(other Status) bool { return s.order() > other.order() }

func (s Status) order() int {
	for n, status := range []Status{Draft, Announcing, Countersigning, Refused, Announced, Opening, Open, Closing, Released, Archived} {
		if s == status {
			return n
		}
	}
	return -1
}
