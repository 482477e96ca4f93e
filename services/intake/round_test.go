package intake

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// noon is 13:00 in Denmark on a Monday.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func drafting(change func(*Drafting)) Drafting {
	d := Drafting{
		Title: "Aula i hverdagen", Instrument: "pulse-relations", InstrumentVersion: 1,
		OpensOn: "2026-11-25", ClosesOn: "2026-12-04", VisibleToAllOn: "2026-12-11",
	}
	if change != nil {
		change(&d)
	}
	return d
}

func newRound(t require.TestingT, change func(*Drafting)) Round {
	r, err := NewRound(drafting(change), noon)
	require.NoError(t, err)
	return r
}

func frozen() Frozen {
	return Frozen{TechnologyName: "Aula", Learners: "elever", RosterHash: strings.Repeat("0a", 32), Units: []FrozenUnit{
		{UnitID: "north", Name: "Indskoling", Headcount: 12}, {UnitID: "office", Name: "Kontor"},
	}}
}

func TestNewRoundNamesEverythingThatIsWrong(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Drafting)
		fields []string
	}{
		"nothing":                       {func(*Drafting) {}, nil},
		"one day is enough":             {func(d *Drafting) { d.OpensOn, d.ClosesOn, d.VisibleToAllOn = "2026-11-23", "2026-11-23", "2026-11-23" }, nil},
		"raised thresholds":             {func(d *Drafting) { d.Thresholds = &events.Thresholds{Means: 8, Distributions: 20} }, nil},
		"no title":                      {func(d *Drafting) { d.Title = "  " }, []string{"title"}},
		"long title":                    {func(d *Drafting) { d.Title = strings.Repeat("å", 121) }, []string{"title"}},
		"title with a line break":       {func(d *Drafting) { d.Title = "a\nb" }, []string{"title"}},
		"no dates":                      {func(d *Drafting) { d.OpensOn, d.ClosesOn, d.VisibleToAllOn = "", "", "" }, []string{"opens_on", "closes_on", "visible_to_all_on"}},
		"no such date":                  {func(d *Drafting) { d.OpensOn = "2026-02-30" }, []string{"opens_on"}},
		"closes before it opens":        {func(d *Drafting) { d.OpensOn = "2026-12-05" }, []string{"closes_on"}},
		"closed already":                {func(d *Drafting) { d.OpensOn, d.ClosesOn = "2026-11-20", "2026-11-22" }, []string{"closes_on"}},
		"visible before it closes":      {func(d *Drafting) { d.VisibleToAllOn = "2026-12-03" }, []string{"visible_to_all_on"}},
		"lowered thresholds":            {func(d *Drafting) { d.Thresholds = &events.Thresholds{Means: 4, Distributions: 9} }, []string{"thresholds.means", "thresholds.distributions"}},
		"distributions below the means": {func(d *Drafting) { d.Thresholds = &events.Thresholds{Means: 15, Distributions: 12} }, []string{"thresholds.distributions"}},
		"thresholds without end":        {func(d *Drafting) { d.Thresholds = &events.Thresholds{Means: 5, Distributions: 1001} }, []string{"thresholds.distributions"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewRound(drafting(test.change), noon)
			if test.fields == nil {
				require.NoError(t, err)
				return
			}
			require.Equal(t, failure.RequestInvalid, failure.CodeOf(err))
			var fields []string
			for _, one := range append(failure.From(err).All, failure.From(err)) {
				if one.Field != "" {
					fields = append(fields, one.Field)
				}
			}
			require.Equal(t, test.fields, fields)
		})
	}
}

func TestDatesBeginAndEndInDenmark(t *testing.T) {
	require.Equal(t, time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC), Date("2026-11-25").Begin())
	require.Equal(t, time.Date(2026, 11, 25, 23, 0, 0, 0, time.UTC), Date("2026-11-25").End())
	require.Equal(t, 23*time.Hour, Date("2026-03-29").End().Sub(Date("2026-03-29").Begin()), "the clocks go forward")
	require.Equal(t, 25*time.Hour, Date("2026-10-25").End().Sub(Date("2026-10-25").Begin()), "the clocks go back")
	require.Equal(t, Date("2026-07-01"), DateOf(time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC)))
	require.Equal(t, Date("2026-06-30"), DateOf(time.Date(2026, 6, 30, 21, 59, 59, 0, time.UTC)))
}

func announced(t require.TestingT, change func(*Drafting), now time.Time) Round {
	r := newRound(t, change)
	require.NoError(t, r.Announce(frozen(), now))
	require.NoError(t, r.TakeReleaseKey("key"))
	_, err := r.FinishAnnouncing("round", strings.Repeat("ab", 32))
	require.NoError(t, err)
	_, err = r.Countersign("round", signer(now), frozen().RosterHash, strings.Repeat("ab", 32))
	require.NoError(t, err)
	return r
}

func signer(at time.Time) Countersignature {
	return Countersignature{PersonID: "thomas", Role: "tr", At: at}
}

func TestAnnouncingFreezesTheContract(t *testing.T) {
	r := newRound(t, nil)
	require.NoError(t, r.Announce(frozen(), noon))
	require.NoError(t, r.TakeReleaseKey("key"))
	require.NoError(t, r.TakeReleaseKey("key"), "a repeat")
	require.Error(t, r.TakeReleaseKey("another"))
	require.NoError(t, r.Prepare(1, 2))
	require.False(t, r.Published)
	keyList := strings.Repeat("ab", 32)
	told, err := r.FinishAnnouncing("round", keyList)
	require.NoError(t, err)
	require.Equal(t, []events.Event{events.RoundCountersignatureAsked{
		RoundID: "round", Title: "Aula i hverdagen", OpensOn: "2026-11-25", ClosesOn: "2026-12-04",
		RosterHash: frozen().RosterHash, KeyListHash: keyList,
	}}, told)
	require.NoError(t, told[0].Validate())
	require.False(t, r.Published)
	require.False(t, r.TicketsIssued())
	told, err = r.Countersign("round", signer(noon), frozen().RosterHash, keyList)
	require.NoError(t, err)
	require.Equal(t, []events.Event{events.RoundCountersigned{RoundID: "round", RosterHash: frozen().RosterHash, KeyListHash: keyList, Role: "tr"}, events.RoundAnnounced{
		RoundID: "round", Title: "Aula i hverdagen", Instrument: "pulse-relations", InstrumentVersion: 1, TechnologyName: "Aula",
		Units:   []events.RoundUnit{{UnitID: "north", Name: "Indskoling", Headcount: 12}, {UnitID: "office", Name: "Kontor"}},
		OpensOn: "2026-11-25", ClosesOn: "2026-12-04", VisibleToAllOn: "2026-12-11", WholeSchool: true,
		Thresholds: events.Thresholds{Means: 5, Distributions: 10}, ContractHash: r.Contract.Hash, ReleaseKey: "key",
	}}, told)
	require.NoError(t, told[0].Validate())
	require.NoError(t, told[1].Validate())
	require.True(t, r.Published)
	require.Equal(t, failure.RoundWrongStatus, failure.CodeOf(r.Announce(frozen(), noon)))
}

func TestARoundThatCannotBeAnnounced(t *testing.T) {
	r := newRound(t, nil)
	require.Equal(t, failure.RoundNoVoters, failure.CodeOf(r.Announce(Frozen{}, noon)))
	require.Equal(t, failure.RoundExpired, failure.CodeOf(r.Announce(frozen(), Date("2026-12-04").End())))
	require.Equal(t, Draft, r.Status)
	require.NoError(t, r.Announce(frozen(), Date("2026-12-04").End().Add(-time.Second)))
}

func TestARoundOpensAndClosesOnItsDates(t *testing.T) {
	r := announced(t, nil, noon)
	opens, closes := Date("2026-11-25").Begin(), Date("2026-12-04").End()
	require.Equal(t, failure.RoundTooEarly, failure.CodeOf(r.Open(opens.Add(-time.Second))))
	require.Empty(t, r.Due(opens.Add(-time.Second)))
	require.Equal(t, Opening, r.Due(opens))
	require.NoError(t, r.Open(opens))
	_, err := r.FinishOpening("round", opens)
	require.NoError(t, err)
	require.Empty(t, r.Due(closes.Add(-time.Second)))
	require.Equal(t, Closing, r.Due(closes))

	today := func(d *Drafting) { d.OpensOn = "2026-11-23" }
	late := announced(t, today, noon)
	require.Empty(t, late.Due(noon), "announced on its first day, it leaves the rest of the day to fetch tokens")
	require.Equal(t, Opening, late.Due(Date("2026-11-23").End()))
	require.NoError(t, late.Open(noon), "unless somebody opens it")
}

func TestEveryBatchAndReleaseIsRecordedOnce(t *testing.T) {
	r := announced(t, nil, noon)
	require.NoError(t, r.Open(Date("2026-11-25").Begin()))
	_, err := r.FinishOpening("round", noon)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	_, err = r.Release("round", "release", noon)
	require.Equal(t, failure.RoundWrongStatus, failure.CodeOf(err), "before the batch is known")
	hash := strings.Repeat("cd", 32)
	told, err := r.FinishClosing("round", hash, 0, noon)
	require.NoError(t, err)
	require.Equal(t, []events.Event{events.RoundClosed{RoundID: "round", BatchHash: hash, ClosesOn: "2026-12-04", ContractHash: r.Contract.Hash}}, told)
	told, err = r.FinishClosing("round", hash, 0, noon)
	require.NoError(t, err)
	require.Empty(t, told)
	_, err = r.FinishClosing("round", strings.Repeat("ef", 32), 0, noon)
	require.Error(t, err)
	told, err = r.Release("round", "release", noon)
	require.NoError(t, err)
	require.Equal(t, []events.Event{events.RoundReleased{RoundID: "round", ReleaseID: "release"}}, told)
	told, err = r.Release("round", "release", noon)
	require.NoError(t, err)
	require.Empty(t, told)
	_, err = r.Release("round", "another", noon)
	require.Error(t, err)
}

// Whatever is commanded and answered, in whatever order and however often: a round only goes forward, what is frozen
// stays, and each event is told once and in order.
func TestRoundsOnlyGoForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRound(t, func(d *Drafting) { d.OpensOn = "2026-11-23" })
		now := noon
		var told []string
		tell := func(evs []events.Event, _ error) {
			for _, e := range evs {
				told = append(told, e.Type())
			}
		}
		hash := rapid.SampledFrom([]string{strings.Repeat("ab", 32), strings.Repeat("cd", 32)})
		steps := map[string]func(){
			"announce":          func() { _ = r.Announce(frozen(), now) },
			"take release key":  func() { _ = r.TakeReleaseKey(rapid.SampledFrom([]string{"one", "two"}).Draw(t, "key")) },
			"prepare":           func() { _ = r.Prepare(rapid.IntRange(0, 2).Draw(t, "ready"), 2) },
			"finish announcing": func() { tell(r.FinishAnnouncing("round", hash.Draw(t, "key list"))) },
			"countersign":       func() { tell(r.Countersign("round", signer(now), frozen().RosterHash, hash.Draw(t, "key list"))) },
			"refuse":            func() { _ = r.Refuse(PersonForeign) },
			"finish refusing":   func() { tell(r.FinishRefusing("round")) },
			"open":              func() { _ = r.Open(now) },
			"finish opening":    func() { tell(r.FinishOpening("round", now)) },
			"extend": func() {
				tell(r.Extend("round", string(DateOf(now).Later(rapid.IntRange(0, 20).Draw(t, "days"))), "Sygdom", now))
			},
			"finish extending": func() { r.FinishExtending() },
			"close":            func() { _ = r.Close() },
			"finish closing":   func() { tell(r.FinishClosing("round", hash.Draw(t, "batch"), 0, now)) },
			"release":          func() { tell(r.Release("round", rapid.SampledFrom([]string{"one", "two"}).Draw(t, "release"), now)) },
			"archive":          func() { _ = r.Archive(now) },
			"pass":             func() { now = now.Add(time.Duration(rapid.IntRange(1, 72).Draw(t, "hours")) * time.Hour) },
		}
		names := rapid.SampledFrom([]string{"announce", "take release key", "prepare", "finish announcing", "countersign", "refuse", "finish refusing", "open",
			"finish opening", "extend", "finish extending", "close", "finish closing", "release", "archive", "pass"})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			before := r
			steps[names.Draw(t, "step")]()
			require.GreaterOrEqual(t, r.Status.order(), before.Status.order())
			if before.Status != Draft {
				require.Equal(t, before.Frozen, r.Frozen)
			}
			for was, is := range map[string]string{before.ReleaseKey: r.ReleaseKey, before.KeyListHash: r.KeyListHash,
				before.BatchHash: r.BatchHash, before.ReleaseID: r.ReleaseID} {
				require.True(t, was == "" || was == is)
			}
			if r.Status != Refused { // whether that is finished is for the ballot box to say
				waiting := r.Status == Announcing || r.Status == Opening || r.Status == Closing && r.BatchHash == ""
				require.True(t, waiting == r.Unfinished || r.Status == Open && r.Extended())
			}
			if before.Extended() {
				require.Equal(t, before.ClosesOn, r.ClosesOn)
				require.Equal(t, before.Extension, r.Extension)
			}
			require.LessOrEqual(t, r.ClosesOn, r.VisibleToAllOn)
			require.Equal(t, r.Status.After(Refused), r.Published)
			require.Equal(t, r.Published && !r.Status.After(Open), r.TicketsIssued())
		}
		order := []string{"intake.round-countersignature-asked.v1", "intake.round-countersigned.v1", "intake.round-announced.v1", "intake.round-opened.v1",
			"intake.round-extended.v1", "intake.round-closed.v1", "intake.round-released.v1"}
		if !r.Extended() {
			order = slices.Delete(order, 4, 5)
		}
		if r.Status == Refused {
			order = []string{"intake.round-countersignature-asked.v1", "intake.round-refused.v1"}
		}
		require.Equal(t, order[:len(told)], append([]string{}, told...))
	})
}
