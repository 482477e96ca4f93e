package allinone

import (
	"testing"

	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// TestPeopleAreHeardAboutTheirData is the way of two requests through two browsers: a teacher asks to be corrected and
// is, asks to be erased and is refused with a reason, and reads both.
func TestPeopleAreHeardAboutTheirData(t *testing.T) {
	m := &matrix{journey: startDemo(t), ids: map[string]string{}}
	m.browser = browsertest.New(t)
	m.places()
	requests := "/operators/" + string(m.tenants["municipality"]) + "/data-requests"
	maja, birgit := m.arrive("Maja (lærer)", "maja.laerer", 390), m.arrive("Birgit (kommune)", "birgit.kommune", 1280)

	m.open(maja, "/own-data")
	maja.Click("#ask-do")
	maja.Wait("#text-error")
	maja.Fill("#text", "Jeg hedder Maja Lindberg nu.")
	maja.Click("#ask-do")
	maja.Wait("#asked-now")
	maja.WaitText("#my-requests", "Du har bedt om: Få noget rettet")
	m.look(maja, "own-request")

	m.open(birgit, requests)
	birgit.WaitText("#waiting-requests", "Maja Lindholm: beder om at få rettet")
	birgit.Click("#waiting-requests a")
	birgit.WaitText("#asked", "Jeg hedder Maja Lindberg nu.")
	m.look(birgit, "data-request")
	answer := birgit.Address()
	birgit.Click("#go-person")
	birgit.Fill("#name", "Maja Lindberg")
	birgit.Click("#person-correct")
	birgit.Wait("#corrected")
	birgit.Open(answer)
	birgit.Click("#request-done")
	birgit.WaitText("#receipt", "Rettet: Maja Lindberg")

	m.open(maja, "/own-data")
	maja.WaitText("#about-me", "Maja Lindberg")
	maja.WaitText("#my-requests", "Rettet")
	maja.Click("#kind-erasure")
	maja.Click("#ask-do")
	maja.WaitText("#my-requests", "Du har bedt om: Blive slettet")

	m.open(birgit, requests)
	birgit.Click("#waiting-requests a")
	birgit.Click("#request-refuse")
	birgit.Wait("#reason-error")
	birgit.Fill("#reason", "Du er ansat endnu, og skolen skal kunne vise, hvem der har aftalt hvad.")
	birgit.Click("#request-refuse")
	birgit.WaitText("#receipt", "Afvist")
	birgit.WaitFor("nothing waits", `!document.querySelector("#waiting-requests")`)

	m.open(maja, "/own-data")
	maja.WaitText("#my-requests", "Du er ansat endnu")
	maja.WaitText("#my-requests", "klage til Datatilsynet")
	m.look(maja, "own-request-refused")
}
