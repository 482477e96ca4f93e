package portal

import (
	"errors"
	"net/http"
	"net/url"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// fetchBallot fetches a ticket and leads there with it. refused shows why there is none.
func (v *visit) fetchBallot(tickets string, refused func(error) error) error {
	var ticket intakeapi.Ticket
	if err := v.call("intake", http.MethodPost, tickets, nil, &ticket); err != nil {
		return refused(err)
	}
	return v.toBallotBox(ticket)
}

// toBallotBox sends the browser, top level, to where a ticket is for. The ticket is in the fragment of the address, which no
// server is told.
func (v *visit) toBallotBox(ticket intakeapi.Ticket) error {
	target, err := v.atBallotBox(ticket.URL)
	if err != nil {
		return err
	}
	v.gin.Header("Cache-Control", "no-store")
	v.gin.Header("Referrer-Policy", "no-referrer")
	return v.redirect(target)
}

// atBallotBox is an address of the ballot box in the person's language; any other address is refused.
func (v *visit) atBallotBox(address string) (string, error) {
	target, err := url.Parse(address)
	if err != nil || target.Scheme != v.portal.settings.ballotBox.Scheme || target.Host != v.portal.settings.ballotBox.Host {
		return "", failure.New(failure.InternalError).Because(errors.New("the ticket leads elsewhere than to the ballot box"))
	}
	return withLanguage(target, v.words.language), nil
}

// withLanguage makes the ballot box speak the language that the person reads here.
func withLanguage(target *url.URL, language string) string {
	fields, err := url.ParseQuery(target.Fragment)
	if err != nil {
		return target.String()
	}
	fields.Set("lang", language)
	address := *target
	address.Fragment, address.RawFragment = "", ""
	return address.String() + "#" + fields.Encode()
}
