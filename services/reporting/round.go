package reporting

import (
	"fmt"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/disclosure"
	"github.com/guldkorn/guldkorn/libs/events"
)

// Round is what reporting keeps of a round from its announcement on: the frozen frame that the release is held
// against, and the instrument as far as it is scored.
type Round struct {
	RoundID        string     `bson:"round_id"`
	Title          string     `bson:"title"`
	Instrument     Instrument `bson:"instrument"`
	TechnologyID   string     `bson:"technology_id"`
	TechnologyName string     `bson:"technology_name"`
	BeforeRoundID  string     `bson:"before_round_id"` // of a round after a change: what its change is told against
	Units          []Unit     `bson:"units"`
	Breakdown      string     `bson:"breakdown"`    // events.ByStaffGroup; empty: by unit
	WholeSchool    bool       `bson:"whole_school"` // everybody at the school is asked
	OpensOn        Date       `bson:"opens_on"`
	ClosesOn       Date       `bson:"closes_on"`
	VisibleToAllOn Date       `bson:"visible_to_all_on"`
	Thresholds     Thresholds `bson:"thresholds"`
	ContractHash   string     `bson:"contract_hash"`
	TextReaders    []string   `bson:"text_readers"`    // who may read what people wrote; see words.go
	ExtraQuestions []string   `bson:"extra_questions"` // items of the school's own; see extra.go
	CommonRoundID  string     `bson:"common_round_id"` // the municipality's frame that it is asked in
	TightenedBy    int64      `bson:"tightened_by"`    // revision of the event that tightened it last
}

// Unit is an answering unit as frozen, or a staff group.
type Unit struct {
	ID        string `bson:"id"`
	Parent    string `bson:"parent"`
	Name      string `bson:"name"`
	Headcount int    `bson:"headcount"`
}

// Thresholds are the two numbers that were agreed on, before the floors of package disclosure.
type Thresholds struct {
	Means         int `bson:"means"`
	Distributions int `bson:"distributions"`
}

// newRound takes over what was announced.
func newRound(e events.RoundAnnounced, instrument Instrument) (Round, error) {
	if err := instrument.Validate(); err != nil {
		return Round{}, err
	}
	if err := validExtra(e.ExtraQuestions); err != nil {
		return Round{}, fmt.Errorf("round %s: %w", e.RoundID, err)
	}
	if instrument.ID != e.Instrument || instrument.Version != e.InstrumentVersion {
		return Round{}, fmt.Errorf("round %s asks %s version %d, not %s version %d", e.RoundID, e.Instrument, e.InstrumentVersion, instrument.ID, instrument.Version)
	}
	if e.Breakdown != "" && !api.ReleaseRoundBreakdown(e.Breakdown).Valid() {
		return Round{}, fmt.Errorf("round %s is broken down by %q", e.RoundID, e.Breakdown)
	}
	r := Round{
		RoundID: e.RoundID, Title: e.Title, Instrument: instrument,
		TechnologyID: e.TechnologyID, TechnologyName: e.TechnologyName, BeforeRoundID: e.BeforeRoundID,
		OpensOn: Date(e.OpensOn), ClosesOn: Date(e.ClosesOn), VisibleToAllOn: Date(e.VisibleToAllOn),
		Thresholds: Thresholds{Means: e.Thresholds.Means, Distributions: e.Thresholds.Distributions}, ContractHash: e.ContractHash, TextReaders: e.TextReaders, ExtraQuestions: e.ExtraQuestions,
		CommonRoundID: e.CommonRoundID, Breakdown: e.Breakdown, WholeSchool: e.WholeSchool,
	}
	for _, u := range e.Units {
		r.Units = append(r.Units, Unit{ID: u.UnitID, Parent: u.ParentID, Name: u.Name, Headcount: u.Headcount})
	}
	return r, nil
}

// tighten takes over a stricter contract, the latest of those that were told.
func (r *Round) tighten(e events.RoundTightened, revision int64) {
	if revision <= r.TightenedBy {
		return
	}
	r.Thresholds = Thresholds{Means: e.Thresholds.Means, Distributions: e.Thresholds.Distributions}
	r.ContractHash, r.TightenedBy = e.ContractHash, revision
	if e.TextReaders != nil {
		r.TextReaders = *e.TextReaders
	}
}

// extend moves the last day of answering, and the day on which everybody sees the release.
func (r *Round) extend(e events.RoundExtended) {
	r.ClosesOn, r.VisibleToAllOn = Date(e.ClosesOn), Date(e.VisibleToAllOn)
}

// series names what a release may be compared with: the same instrument in the same version about the same
// technology, by the same breakdown. A trend never crosses a change of wording.
func (r Round) series() string {
	series := fmt.Sprintf("%s/%d/%s", r.Instrument.ID, r.Instrument.Version, r.TechnologyID)
	if by := r.breakdown(); by != api.ByUnit {
		series += "/" + string(by)
	}
	return series
}

func (r Round) breakdown() api.ReleaseRoundBreakdown {
	if r.Breakdown == "" {
		return api.ByUnit
	}
	return api.ReleaseRoundBreakdown(r.Breakdown)
}

// minimums are the smallest groups of the release.
func (r Round) minimums() disclosure.Minimums {
	return disclosure.NewMinimums(r.Thresholds.Means, r.Thresholds.Distributions)
}

// people is how many were asked.
func (r Round) people() int {
	n := 0
	for _, u := range r.Units {
		n += u.Headcount
	}
	return n
}

func (r Round) public() api.ReleaseRound {
	p := api.ReleaseRound{
		RoundID: r.RoundID, Title: r.Title, Instrument: r.Instrument.ID, InstrumentVersion: r.Instrument.Version,
		OpensOn: string(r.OpensOn), ClosesOn: string(r.ClosesOn),
	}
	if by := r.breakdown(); by != api.ByUnit {
		p.Breakdown = &by
	}
	if r.WholeSchool {
		p.WholeSchool = &r.WholeSchool
	}
	if r.TechnologyID != "" {
		p.TechnologyID = &r.TechnologyID
	}
	if r.TechnologyName != "" {
		p.TechnologyName = &r.TechnologyName
	}
	return p
}
