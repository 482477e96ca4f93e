package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// commonRoundsPage is the rounds that a municipality holds at all of its schools, and the form of the next.
type commonRoundsPage struct {
	Base        string // the address of the page itself
	Form        form
	Rounds      []intakeapi.CommonRound
	Next        string
	Instruments []intakeapi.InstrumentSummary
}

func (v *visit) commonRounds() error {
	return v.commonRoundsWith(http.StatusOK, form{Values: url.Values{
		"opens_on": {v.daysFrom(14)}, "closes_on": {v.daysFrom(28)}, "visible_to_all_on": {v.daysFrom(35)},
		"means": {leastMeans}, "distributions": {leastDistributions},
	}})
}

func (v *visit) commonRoundsWith(status int, f form) error {
	page := commonRoundsPage{Base: v.commonRoundsPath(), Form: f}
	var list intakeapi.CommonRoundList
	var instruments intakeapi.InstrumentList
	if err := together(v.reads("intake", v.paged(v.at("common-rounds")), &list), v.reads("intake", "/v1/instruments", &instruments)); err != nil {
		return err
	}
	page.Rounds, page.Next, page.Instruments = list.Items, value(list.NextCursor), instruments.Items
	return v.show(status, "common_rounds", page)
}

func (v *visit) commonRoundsPath() string {
	return "/operators/" + v.param("tenant_id") + "/common-rounds"
}

// createCommonRound frames a round; nobody is asked before a school announces its own.
func (v *visit) createCommonRound() error {
	instrument, version, err := v.chosenInstrument()
	if err == nil {
		in := intakeapi.NewCommonRound{
			Title: v.input("title"), Instrument: instrument, InstrumentVersion: version,
			OpensOn: v.input("opens_on"), ClosesOn: v.input("closes_on"), VisibleToAllOn: v.input("visible_to_all_on"),
		}
		if in.Thresholds, err = v.thresholds(); err == nil {
			err = v.call("intake", http.MethodPost, v.at("common-rounds"), in, nil, v.key())
		}
	}
	if err == nil {
		return v.redirect(v.commonRoundsPath())
	}
	f, err := v.refused(err)
	if err != nil {
		return err
	}
	return v.commonRoundsWith(http.StatusUnprocessableEntity, f)
}

// chosenInstrument is the instrument of a form in its version.
func (v *visit) chosenInstrument() (string, int, error) {
	instrument, version, _ := strings.Cut(v.input("instrument"), "@")
	number, err := strconv.Atoi(version)
	if err != nil {
		return "", 0, failure.Invalid("instrument", "one of the list")
	}
	return instrument, number, nil
}

// commonRoundsToCome are the municipality's rounds whose last day has not passed, for those who may make their school's.
func (v *visit) commonRoundsToCome() ([]intakeapi.CommonRound, error) {
	if !v.has(roundLeaders...) {
		return nil, nil
	}
	var list intakeapi.CommonRoundList
	if err := v.get("intake", v.at("common-rounds"), &list); err != nil {
		return nil, err
	}
	var coming []intakeapi.CommonRound
	for _, one := range list.Items {
		if one.ClosesOn >= v.today() {
			coming = append(coming, one)
		}
	}
	return coming, nil
}

// withinCommon begins a school's round within one of the municipality's.
func (v *visit) withinCommon(values url.Values, id string) error {
	coming, err := v.commonRoundsToCome()
	if err != nil {
		return err
	}
	for _, one := range coming {
		if one.CommonRoundID == id {
			values.Set("common_round_id", id)
			values.Set("title", one.Title)
			values.Set("instrument", one.Instrument+"@"+strconv.Itoa(one.InstrumentVersion))
			values.Set("opens_on", one.OpensOn)
			values.Set("closes_on", one.ClosesOn)
			values.Set("visible_to_all_on", one.VisibleToAllOn)
			values.Set("means", strconv.Itoa(one.Thresholds.Means))
			values.Set("distributions", strconv.Itoa(one.Thresholds.Distributions))
			return nil
		}
	}
	return failure.NotFound("common_rounds")
}
