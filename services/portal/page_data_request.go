package portal

import (
	"net/http"
	"net/url"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// dataRequestPage is what somebody has asked an operator for, to carry out or to refuse.
type dataRequestPage struct {
	Path     string // of the request
	Up       string // of all requests
	PersonAt string // address of the page on which the person is corrected and erased
	Request  tenancyapi.DataRequest
	Person   string
	Late     bool
	Form     form
}

func (v *visit) dataRequest() error { return v.dataRequestWith(http.StatusOK, form{}) }

func (v *visit) dataRequestWith(status int, f form) error {
	page := dataRequestPage{Path: v.dataRequestsPath("requests", v.param("request_id")), Up: v.dataRequestsPath(), Form: f}
	if err := v.get("tenancy", v.at("data-requests", v.param("request_id")), &page.Request); err != nil {
		return err
	}
	names, err := v.names(page.Request.PersonID)
	if err != nil {
		return err
	}
	page.Person = v.auditWho(page.Request.PersonID, names)
	page.PersonAt = v.dataRequestsPath("people", page.Request.PersonID)
	page.Late = v.late(page.Request)
	return v.show(status, "data_request", page)
}

// late tells of a request whose last day to be answered has gone.
func (v *visit) late(r tenancyapi.DataRequest) bool {
	return r.Status == tenancyapi.DataRequestStatusWaiting && value(r.DueOn) < v.today()
}

// completeDataRequest tells the person that a correction was made.
func (v *visit) completeDataRequest() error {
	return v.answerDataRequest(tenancyapi.DataRequestAnswer{Outcome: tenancyapi.DataRequestAnswerOutcomeDone})
}

func (v *visit) refuseDataRequest() error {
	reason := v.input("reason")
	return v.answerDataRequest(tenancyapi.DataRequestAnswer{Outcome: tenancyapi.DataRequestAnswerOutcomeRefused, Reason: &reason})
}

func (v *visit) answerDataRequest(in tenancyapi.DataRequestAnswer) error {
	id := v.param("request_id")
	if err := v.call("tenancy", http.MethodPost, v.at("data-requests", id, "answer"), in, nil, v.seen()); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.dataRequestWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.dataRequestsPath() + "?" + url.Values{"receipt": {id}}.Encode())
}
