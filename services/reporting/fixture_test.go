package reporting

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

const schoolTenant tenant.ID = "schoolaaaaaa"

var closedAt = time.Date(2026, 11, 20, 23, 0, 12, 0, time.UTC)

// newInstrument returns one with these themes, six cells each, and a fit item for demands.
func newInstrument(themes ...string) Instrument {
	i := Instrument{ID: "pulse", Version: 1}
	for _, id := range themes {
		theme := Theme{ID: id}
		for _, quality := range qualities {
			cell := Cell{Quality: quality, Evidence: "described", Gain: Item{id + "." + quality + ".gain"}, Strain: Item{id + "." + quality + ".strain"}}
			if quality == "demands" {
				cell.Fit = &Item{id + "." + quality + ".fit"}
			}
			theme.Cells = append(theme.Cells, cell)
		}
		i.Themes = append(i.Themes, theme)
	}
	return i
}

// newRoundOf returns a round of units "u0", "u1", ... directly under the school with these headcounts.
func newRoundOf(instrument Instrument, headcounts ...int) Round {
	r := Round{
		RoundID: "0b2c7c0e-6a1f-4f0e-9d62-0c5f6d1f7a11", Title: "Læringsplatformen", Instrument: instrument,
		TechnologyID: "technology-1", TechnologyName: "Læringsplatformen",
		OpensOn: "2026-11-10", ClosesOn: "2026-11-20", VisibleToAllOn: "2026-11-27", Thresholds: Thresholds{Means: 5, Distributions: 10},
	}
	for i, n := range headcounts {
		r.Units = append(r.Units, Unit{ID: fmt.Sprint("u", i), Name: fmt.Sprint("Team ", i), Headcount: n})
	}
	return r
}

// same answers every item of the instrument with the same values.
func same(instrument Instrument, unit string, gain, strain, fit Value) Answer {
	a := Answer{Unit: unit, Values: map[string]Value{}}
	for item := range instrument.Items() {
		switch item[strings.LastIndexByte(item, '.')+1:] {
		case "gain":
			a.Values[item] = gain
		case "strain":
			a.Values[item] = strain
		default:
			a.Values[item] = fit
		}
	}
	return a
}

func several(n int, a Answer) []Answer {
	var all []Answer
	for range n {
		all = append(all, a)
	}
	return all
}

// someone answers at random, leaving out some items as missing, and now and then a whole theme of several.
func someone(random *rand.Rand, instrument Instrument, unit string, missing float64) Answer {
	a := Answer{Unit: unit, Values: map[string]Value{}}
	for _, theme := range instrument.Themes {
		if len(instrument.Themes) > 1 && random.Float64() < missing/4 {
			continue
		}
		for _, cell := range theme.Cells {
			for _, kind := range []string{"gain", "strain", "fit"} {
				item, asked := cell.items()[kind]
				if !asked {
					continue
				}
				a.Values[item] = Value(25 * random.IntN(5))
				if random.Float64() < missing {
					a.Values[item] = Missing
				}
			}
		}
	}
	return a
}

// staff lets the given numbers of people answer, by unit.
func staff(seed uint64, instrument Instrument, missing float64, answers ...int) []Answer {
	random := rand.New(rand.NewPCG(seed, 1))
	var all []Answer
	for i, n := range answers {
		for range n {
			all = append(all, someone(random, instrument, fmt.Sprint("u", i), missing))
		}
	}
	return all
}
