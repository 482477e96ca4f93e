package reporting

import (
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/disclosure"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// commonRound is the frame of a round that a municipality holds at its schools. It lives with the municipality, and ends in
// one release about the municipality and its schools, when all schools that took part have theirs.
type commonRound struct {
	Title             string     `bson:"title"`
	Instrument        string     `bson:"instrument"`
	InstrumentVersion int        `bson:"instrument_version"`
	OpensOn           Date       `bson:"opens_on"`
	ClosesOn          Date       `bson:"closes_on"`
	VisibleToAllOn    Date       `bson:"visible_to_all_on"`
	Thresholds        Thresholds `bson:"thresholds"`
	Pending           bool       `bson:"pending"` // there is no release yet
}

func newCommonRound(e events.CommonRoundFramed) commonRound {
	return commonRound{
		Title: e.Title, Instrument: e.Instrument, InstrumentVersion: e.InstrumentVersion,
		OpensOn: Date(e.OpensOn), ClosesOn: Date(e.ClosesOn), VisibleToAllOn: Date(e.VisibleToAllOn),
		Thresholds: Thresholds{Means: e.Thresholds.Means, Distributions: e.Thresholds.Distributions}, Pending: true,
	}
}

func (c commonRound) public(id string) api.ReleaseRound {
	return api.ReleaseRound{
		RoundID: id, Title: c.Title, Instrument: c.Instrument, InstrumentVersion: c.InstrumentVersion,
		OpensOn: string(c.OpensOn), ClosesOn: string(c.ClosesOn),
	}
}

// commonPart is a school's round within a frame, kept with the municipality until the municipality's release is made.
type commonPart struct {
	CommonRoundID string    `bson:"common_round_id"`
	School        tenant.ID `bson:"school"`
	Released      bool      `bson:"released"`
	ReleaseID     string    `bson:"release_id"`
	// Sums is a schoolSums under a key of the frame. Of a school with a single answer it is that answer, so the key is
	// destroyed when the municipality's release is made.
	Sums []byte `bson:"sums"`
}

// schoolSums is what a municipality's release needs of a school beside the school's own: the sums over the whole school, of
// no unit and no person, and how many people the school's release tells about.
type schoolSums struct {
	Answers int                  `json:"answers"`
	Themes  map[string]themePart `json:"themes"`
}

type themePart struct {
	Sums    themeSums          `json:"sums"`
	Cells   disclosure.Account `json:"cells"`
	Fits    disclosure.Account `json:"fits"`
	Spreads disclosure.Account `json:"spreads"`
}

// schoolSums adds up a school's answers as its release is made from them.
func (m Material) schoolSums() (schoolSums, error) {
	out := schoolSums{Answers: m.answered(), Themes: map[string]themePart{}}
	nodes := m.nodes()
	for _, theme := range m.Round.Instrument.Themes {
		g, err := m.grouped(theme, nodes, m.Round.minimums())
		if err != nil {
			return out, err
		}
		part := themePart{Sums: newSums(theme)}
		for _, sums := range sumUp(theme, m.Answers) {
			part.Sums.plus(sums)
		}
		for _, kind := range []struct {
			account *disclosure.Account
			count   func(themeSums) []int
			told    map[string]disclosure.Protection
		}{{&part.Cells, cellCounts, g.cells}, {&part.Fits, fitCounts, g.fits}, {&part.Spreads, spreadCounts, g.spreads}} {
			if *kind.account, err = disclosure.NewAccount(kind.count(part.Sums), g.counted(kind.count), kind.told); err != nil {
				return out, err
			}
		}
		out.Themes[theme.ID] = part
	}
	return out, nil
}
