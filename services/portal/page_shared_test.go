package portal

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

func TestAPhoneIsPassedOn(t *testing.T) {
	s := newStage(t)
	s.school()
	heard := s.hearsAt("dialogue", dialogueapi.Contribution{}, "POST "+under(schoolID, "dialogues", "share", "phases", "p3", "contributions"))
	b := s.browser()
	b.signIn("bo", "/")
	at := "/schools/" + schoolID + "/dialogues/"
	require.Contains(t, b.get(at+"share").body, at+"share/shared")
	require.Contains(t, b.get(at+"share/shared").body, `id="table-form"`)
	page := b.get(at + "share/shared?table=Bord+3")
	require.Contains(t, page.body, `id="shared-form"`)
	require.Contains(t, page.Header.Get("Cache-Control"), "no-store")
	form := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "table": {"Bord 3"}, "text": {"Vi når det ikke"}}
	passed := b.post(at+"share/phases/p3/shared", form).Header.Get("Location")
	require.Equal(t, at+"share/shared/passed?table=Bord+3", passed)
	require.Equal(t, []string{`POST k1 {"table":"Bord 3","text":"Vi når det ikke"}`}, heard.sent)
	for _, path := range []string{passed, at + "share/shared?table=Bord+3"} {
		next := b.get(path)
		require.NotContains(t, next.body, "Vi når det ikke")
		require.NotContains(t, next.body, "Skrevet med blyant", "not what others wrote either")
		require.Contains(t, next.Header.Get("Cache-Control"), "no-store")
	}
	for _, secret := range []string{"reflect", "prioritise"} {
		page := b.get(at + secret + "/shared?table=Bord+3").body
		require.Contains(t, page, `id="shared-secret"`)
		require.NotContains(t, page, "<textarea")
		require.NotContains(t, page, "Mere tid til at lære det")
	}
	heard.answer = failure.Invalid("text", "some text")
	refused := b.post(at+"share/phases/p3/shared", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, "Vi når det ikke", "nobody writes it twice")
}

// TestTheBackButtonShowsNothing goes back in a browser after a phone was passed on.
func TestTheBackButtonShowsNothing(t *testing.T) {
	s := newStage(t)
	s.school()
	s.hearsAt("dialogue", dialogueapi.Contribution{}, "POST "+under(schoolID, "dialogues", "share", "phases", "p3", "contributions"))
	table := browsertest.New(t).Person("a table")
	table.Open(s.address + "/sign-in")
	table.Click("#sign-in")
	table.Click(`button[value="bo"]`)
	table.WaitAddress(s.address + "/schools/" + schoolID)
	at := s.address + "/schools/" + schoolID + "/dialogues/share/shared?table=Bord+3"
	table.Open(at)
	table.Fill("#shared-p3", "Kun for mine øjne")
	table.Click("#shared-form button")
	table.Wait("#shared-next")
	table.Click("#shared-next")
	table.Wait("#shared-form")
	require.Empty(t, browsertest.Evaluate[string](table, `document.querySelector("#shared-p3").value`))
	browsertest.Evaluate[bool](table, `(history.back(), true)`)
	table.WaitFor("be where they were before", `location.pathname.endsWith("/schools/`+schoolID+`") && document.readyState === "complete"`)
	browsertest.Evaluate[bool](table, `(history.forward(), true)`)
	table.WaitFor("come back to an empty form", `document.querySelector("#shared-p3")?.value === "" && document.readyState === "complete"`)
	require.NotContains(t, browsertest.Evaluate[string](table, "document.documentElement.innerHTML"), "Kun for mine")
}
