package portal

import (
	"net/http"
	"net/url"
	"strings"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// registeredPersonPage is what an operator has registered about somebody, to correct or to erase.
type registeredPersonPage struct {
	Path    string // of the person
	Up      string // of all people
	Person  tenancyapi.Person
	Correct form
	Erase   form
	Done    bool // corrected just now
	Back    bool // let in again just now
	Lift    form // the suspension
}

func (v *visit) registeredPerson() error {
	return v.registeredPersonWith(http.StatusOK, func(*registeredPersonPage) {})
}

func (v *visit) registeredPersonWith(status int, amend func(*registeredPersonPage)) error {
	page := registeredPersonPage{
		Path: v.dataRequestsPath("people", v.param("person_id")), Up: v.dataRequestsPath("people"), Done: v.query("corrected") != "", Back: v.query("reinstated") != "",
	}
	if err := v.get("tenancy", v.at("persons", v.param("person_id")), &page.Person); err != nil {
		return err
	}
	page.Correct.Values = url.Values{"name": {page.Person.Name}, "email": {page.Person.Email}, "login": {page.Person.Login}, "unilogin": {value(page.Person.Unilogin)}}
	amend(&page)
	return v.show(status, "registered_person", page)
}

// correctPerson sends what differs from what is registered; a form that changes nothing is no request.
func (v *visit) correctPerson() error {
	at := v.at("persons", v.param("person_id"))
	var is tenancyapi.Person
	err := v.get("tenancy", at, &is)
	in := tenancyapi.PersonChange{
		Name: v.differing("name", is.Name), Email: v.differing("email", is.Email), Login: v.differing("login", is.Login),
		Unilogin: v.differing("unilogin", value(is.Unilogin)),
	}
	if err == nil && in != (tenancyapi.PersonChange{}) {
		err = v.call("tenancy", http.MethodPatch, at, in, nil, v.seen())
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.registeredPersonWith(http.StatusUnprocessableEntity, func(p *registeredPersonPage) { p.Correct = f })
	}
	return v.redirect(v.dataRequestsPath("people", v.param("person_id")) + "?corrected=yes")
}

// differing is what an input holds, nil if that is what there is.
func (v *visit) differing(name, is string) *string {
	if now := v.input(name); now != is {
		return &now
	}
	return nil
}

// reinstatePerson lets somebody sign in again whom the identity system has deactivated.
func (v *visit) reinstatePerson() error {
	err := v.call("tenancy", http.MethodPost, v.at("persons", v.param("person_id"), "reinstate"), nil, nil, v.seen())
	if err != nil {
		f, refusal := v.refused(err)
		if refusal != nil {
			return refusal
		}
		return v.registeredPersonWith(failure.From(err).Status(), func(p *registeredPersonPage) { p.Lift = f })
	}
	return v.redirect(v.dataRequestsPath("people", v.param("person_id")) + "?reinstated=yes")
}

// erasePerson asks to have the name written: what it does cannot be undone, and a button is pressed quickly.
func (v *visit) erasePerson() error {
	var person tenancyapi.Person
	err := v.get("tenancy", v.at("persons", v.param("person_id")), &person)
	if err == nil {
		err = v.confirmed(person.Name)
	}
	var receipt tenancyapi.DataRequest
	if err == nil {
		err = v.call("tenancy", http.MethodPost, v.at("persons", v.param("person_id"), "erase"), nil, &receipt, v.seen())
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.registeredPersonWith(http.StatusUnprocessableEntity, func(p *registeredPersonPage) { p.Erase = f })
	}
	return v.redirect(v.dataRequestsPath() + "?" + url.Values{"receipt": {receipt.RequestID}}.Encode())
}

// confirmed refuses a form in which the name of what is to go was not written. Capital letters and spaces between words
// make no difference.
func (v *visit) confirmed(name string) error {
	same := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	if name == "" || !strings.EqualFold(same(v.input("confirmation")), same(name)) {
		return failure.Invalid("confirmation", "the name of what is to be erased")
	}
	return nil
}
