package intake

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Two rounds that ask the same people the same within the same weeks, one of them in fewer units than the other, tell together
// what each of them hides: the difference between their results is one of few people. So the second is refused.
//
// Units and staff groups cross, so beside a result by one of them nothing below the whole school is told by the other for
// some months (reporting's near.go). Of two rounds under way nobody could say which comes first, and so what either will show:
// the second is refused until the first has its result, and from then on its preview says what is left to see, and from when
// (crossing.go).
//
// Two that are announced in the same moment do not see each other among the rounds. So each is first written into the one
// document that all announcements of a school go through, and the second finds the first there.

// asking is what a round asks of whom, as far as another may be in its way.
type asking struct {
	RoundID      string    `bson:"round_id"`
	TechnologyID string    `bson:"technology_id"`
	Themes       []string  `bson:"themes"` // and questions of the school's own, by their words
	Breakdown    string    `bson:"breakdown"`
	Units        []string  `bson:"units"` // those with anybody in them, sorted
	OpensOn      Date      `bson:"opens_on"`
	ClosesOn     Date      `bson:"closes_on"`
	At           time.Time `bson:"at"` // when it was about to be announced
}

// inTheWay refuses a round that another one does not go together with.
func (a asking) inTheWay(of asking) error {
	switch {
	case !a.sameMatter(of):
		return nil
	case a.Breakdown != of.Breakdown:
		return failure.New(failure.RoundCrosses).At("breakdown").Wanting(a.Breakdown + ", like the round " + a.RoundID + ", or until that has its result")
	case a.ClosesOn < of.OpensOn || of.ClosesOn < a.OpensOn || slices.Equal(a.Units, of.Units):
		return nil
	}
	return failure.New(failure.RoundOverlaps).At("unit_ids").Wanting("the same units as the round " + a.RoundID + ", or other weeks")
}

// sameMatter tells whether another round asks about something that this one asks about too.
func (a asking) sameMatter(as asking) bool {
	return a.RoundID != as.RoundID && a.TechnologyID == as.TechnologyID &&
		slices.ContainsFunc(a.Themes, func(theme string) bool { return slices.Contains(as.Themes, theme) })
}

// askingOf is what a round asks of whom in these units.
func (s *Intake) askingOf(id string, r Round, units []FrozenUnit) (asking, error) {
	instrument, err := s.instruments.Find(r.Instrument, r.InstrumentVersion)
	if err != nil {
		return asking{}, err
	}
	a := asking{RoundID: id, TechnologyID: r.TechnologyID, Breakdown: r.by(), Units: answering(units), OpensOn: r.OpensOn, ClosesOn: r.ClosesOn, At: s.now()}
	for _, theme := range instrument.Themes {
		a.Themes = append(a.Themes, theme.ID)
	}
	for _, question := range r.ExtraQuestions {
		a.Themes = append(a.Themes, "extra: "+strings.ToLower(question.DA))
	}
	return a, nil
}

// Announcements are the rounds of a school that are about to be announced: written here, and not yet among the rounds that
// are. Whatever was not announced within a minute never will be by that attempt.
type Announcements struct {
	Rounds []asking `bson:"rounds"`
}

// announcingID is the one document of a school.
const announcingID = "now"

// announcingLife is how long an announcement may take from here until it is written.
const announcingLife = time.Minute

// Begin lets a round go on to be announced if none that is on its way is in its way. Those that have arrived are among the rounds
// and looked for there.
func (a *Announcements) Begin(one asking, arrived map[string]bool) error {
	a.Rounds = slices.DeleteFunc(a.Rounds, func(other asking) bool {
		return other.RoundID == one.RoundID || one.At.Sub(other.At) > announcingLife || arrived[other.RoundID]
	})
	for _, other := range a.Rounds {
		if err := other.inTheWay(one); err != nil {
			return err
		}
	}
	a.Rounds = append(a.Rounds, one)
	return nil
}

// overlapping refuses a round about to be announced in these units if another one on its way does not go together with it.
// What it returns has the announcement written down at last: not when too much time has passed since it looked.
func (s *Intake) overlapping(ctx context.Context, id string, r Round, units []FrozenUnit) (inTime func() error, err error) {
	one, err := s.askingOf(id, r, units)
	if err != nil {
		return nil, err
	}
	arrived := map[string]bool{}
	for other, err := range s.rounds.All(ctx, document.Query{Index: "by_creation"}) {
		if err != nil {
			return nil, err
		}
		arrived[other.ID] = other.Body.Status.After(Draft)
	}
	if _, err := s.announcing.Upsert(ctx, announcingID, func(a *Announcements, _ bool) ([]events.Event, error) { return nil, a.Begin(one, arrived) }); err != nil {
		return nil, err
	}
	for other, err := range s.rounds.All(ctx, document.Query{Index: "by_creation"}) {
		if err != nil {
			return nil, err
		}
		o := other.Body
		if running := o.Status.After(Draft) && !o.Status.After(Closing) && o.Status != Refused; !running {
			continue
		}
		known, err := s.askingOf(other.ID, o, o.Frozen.Units)
		if err != nil {
			return nil, err
		}
		if err := known.inTheWay(one); err != nil {
			return nil, err
		}
	}
	return func() error {
		if s.now().Sub(one.At) > announcingLife {
			return failure.New(failure.Unavailable)
		}
		return nil
	}, nil
}

// answering are the units with anybody in them, sorted.
func answering(units []FrozenUnit) []string {
	var ids []string
	for _, unit := range units {
		if unit.Headcount > 0 {
			ids = append(ids, unit.UnitID)
		}
	}
	slices.Sort(ids)
	return ids
}
