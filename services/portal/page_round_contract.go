package portal

import (
	"net/http"
	"net/url"
	"strconv"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// What the form of a round begins with; intake holds to it.
const (
	leastMeans         = "5"
	leastDistributions = "10"
)

// thresholds are the smallest groups as written.
func (v *visit) thresholds() (*intakeapi.Thresholds, error) {
	means, err := strconv.Atoi(v.input("means"))
	if err != nil {
		return nil, failure.Invalid("thresholds", "two numbers")
	}
	distributions, err := strconv.Atoi(v.input("distributions"))
	if err != nil {
		return nil, failure.Invalid("thresholds", "two numbers")
	}
	return &intakeapi.Thresholds{Means: means, Distributions: distributions}, nil
}

// textReaders are the boxes that are ticked.
func (v *visit) textReaders() []intakeapi.TextReader {
	readers := []intakeapi.TextReader{}
	for _, role := range v.gin.PostFormArray("text_readers") {
		readers = append(readers, intakeapi.TextReader(role))
	}
	return readers
}

// draftContract is what was agreed with the staff's side, as written in the form of a new round.
func (v *visit) draftContract() *intakeapi.NewContract {
	readers := v.textReaders()
	c := &intakeapi.NewContract{TextReaders: &readers}
	if forum, on := v.input("agreed_forum"), v.input("agreed_on"); forum != "" || on != "" {
		c.Agreed = &struct {
			ForumID string         `json:"forum_id"`
			On      intakeapi.Date `json:"on"`
		}{forum, on}
	}
	return c
}

// tightening is the contract as it is, in the form that makes it stricter.
func tightening(r intakeapi.Round) form {
	f := form{Values: url.Values{
		"means": {strconv.Itoa(r.Thresholds.Means)}, "distributions": {strconv.Itoa(r.Thresholds.Distributions)},
	}}
	for _, role := range r.Contract.TextReaders {
		f.Values.Add("text_readers", string(role))
	}
	return f
}

// tightenContract makes the contract of an announced round stricter.
func (v *visit) tightenContract() error {
	id := v.param("round_id")
	limits, err := v.thresholds()
	if err == nil {
		in := intakeapi.TightenedContract{Thresholds: *limits, TextReaders: v.textReaders()}
		err = v.call("intake", http.MethodPut, v.at("rounds", id, "contract"), in, nil, v.seen())
	}
	if err == nil {
		return v.redirect(v.school("rounds", id))
	}
	f, err := v.refused(err)
	if err != nil {
		return err
	}
	return v.roundWith(http.StatusUnprocessableEntity, f.Alert, func(p *roundPage) { p.Tightening = f })
}
