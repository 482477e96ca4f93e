package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

const dialoguesPath = "/schools/" + schoolID + "/dialogues/"

// lend makes the browser the phone of a table.
func (b *browser) lend(dialogue, table string) page {
	b.t.Helper()
	return b.post(dialoguesPath+dialogue+"/shared", url.Values{formField: {b.token()}, "table": {table}})
}

func TestAPhoneIsPassedOn(t *testing.T) {
	s := newStage(t)
	s.school()
	const at = dialoguesPath + "share"
	heard := s.hearsAt("dialogue", dialogueapi.Contribution{}, "POST "+under(schoolID, "dialogues", "share", "phases", "p3", "contributions"))
	b := s.browser()
	b.signIn("bo", "/")
	require.Contains(t, b.get(at).body, at+"/shared")
	require.Contains(t, b.get(at+"/shared").body, `id="table-form"`)
	form := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "text": {"Vi når det ikke"}}
	for _, wrong := range []string{"", strings.Repeat("b", 41)} {
		refused := b.lend("share", wrong)
		require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
		require.Contains(t, refused.body, "Skriv 1 til 40 tegn.")
	}
	require.Equal(t, at+"/shared", b.lend("share", "Bord 3").Header.Get("Location"))
	page := b.get(at + "/shared")
	require.Contains(t, page.body, `id="shared-form"`)
	require.NotContains(t, page.body, "Bo Berg", "nor whose phone it is")
	require.Contains(t, page.Header.Get("Cache-Control"), "no-store")
	require.Equal(t, at+"/shared/passed", b.post(at+"/phases/p3/shared", form).Header.Get("Location"))
	require.Equal(t, []string{`POST k1 {"table":"Bord 3","text":"Vi når det ikke"}`}, heard.sent)
	for _, path := range []string{at + "/shared/passed", at + "/shared"} {
		next := b.get(path)
		require.NotContains(t, next.body, "Vi når det ikke")
		require.NotContains(t, next.body, "Skrevet med blyant", "not what others wrote either")
		require.Contains(t, next.Header.Get("Cache-Control"), "no-store")
	}
	heard.answer = failure.Invalid("text", "some text")
	refused := b.post(at+"/phases/p3/shared", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, "Vi når det ikke", "nobody writes it twice")
	for _, secret := range []string{"reflect", "prioritise"} {
		b := s.browser()
		b.signIn("bo", "/")
		b.lend(secret, "Bord 3")
		page := b.get(dialoguesPath + secret + "/shared").body
		require.Contains(t, page, `id="shared-secret"`)
		require.NotContains(t, page, "<textarea")
		require.NotContains(t, page, "Mere tid til at lære det")
	}
}

// TestALentPhoneOpensNothingElse: whoever holds it is nobody everywhere else, and does not become its owner by what the
// owner's provider remembers.
func TestALentPhoneOpensNothingElse(t *testing.T) {
	s := newStage(t)
	s.school()
	heard := s.hearsAt("dialogue", dialogueapi.Contribution{}, "POST "+under(schoolID, "dialogues", "share", "phases", "p3", "contributions"))
	b := s.browser()
	b.signIn("bo", "/")
	full, form := b.cookie(sessionCookie), url.Values{formField: {b.token()}, "text": {"Uden bord"}}
	require.Equal(t, dialoguesPath+"share/shared", b.post(dialoguesPath+"share/phases/p3/shared", form).Header.Get("Location"), "no table yet")
	b.lend("share", "Bord 3")
	require.Equal(t, full, b.cookie(sessionCookie))

	before := len(b.calls())
	open := 0
	for _, path := range append(everyPage(true), dialoguesPath+"reflect/shared", dialoguesPath+"share", dialoguesPath+"share/desk") {
		switch answer := b.get(path); {
		case path == dialoguesPath+"share/shared":
			open++
		case strings.HasPrefix(path, "/schools/"), strings.HasPrefix(path, "/operators/"), strings.HasPrefix(path, "/platforms/"), path == "/own-data", path == "/inbox":
			require.Equal(t, http.StatusSeeOther, answer.StatusCode, path)
			require.Contains(t, answer.next(t), "/sign-in", path)
		default:
			require.NotContains(t, answer.body, "Bo Berg", path)
		}
	}
	require.Equal(t, 1, open)
	for _, one := range b.calls()[before:] {
		require.Contains(t, one.call, "/dialogues/share", "no service was asked in the owner's name for anything else")
	}
	call, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.address+"/api/v1/me", nil)
	require.NoError(t, err)
	call.Header.Set(apiHeader, "1")
	require.Equal(t, http.StatusUnauthorized, b.do(call).StatusCode)
	elsewhere := b.post(dialoguesPath+"decide/phases/p3/shared", form)
	require.Equal(t, "/sign-in", strings.TrimPrefix(elsewhere.next(t), b.address))
	require.Empty(t, heard.sent)

	require.Contains(t, b.get("/sign-in").body, `href="`+dialoguesPath+`share/shared"`)
	start := b.get("/sign-in/start?provider=&return=/own-data").next(t)
	require.Contains(t, start, "prompt=login")
	require.Contains(t, start, "max_age=0")
	require.Equal(t, b.address+"/own-data", b.get(b.walk(start, "bo")).next(t))
	require.Equal(t, http.StatusOK, b.get("/own-data").StatusCode)
	gone, err := b.portal.sessions.find(t.Context(), full)
	require.NoError(t, err)
	require.Nil(t, gone, "what was lent has ended")

	form.Set(formField, b.token())
	b.lend("share", "Bord 3")
	lent := b.cookie(sessionCookie)
	b.post("/sign-out", form)
	gone, err = b.portal.sessions.find(t.Context(), lent)
	require.NoError(t, err)
	require.Nil(t, gone)
}

// TestALentPhoneIsForEverybody looks at what a table sees, in both languages.
func TestALentPhoneIsForEverybody(t *testing.T) {
	s := newStage(t)
	s.school()
	b := browsertest.New(t)
	for n, language := range languages {
		table := b.Person("a table in " + language)
		table.Dark(n == 1)
		for _, dialogue := range []string{"share", "reflect", "checkin"} {
			table.Open(s.address + "/sign-in")
			if n == 1 && dialogue == "share" {
				table.Click("#language button")
				table.WaitFor("read English", `document.documentElement.lang === "en" && document.readyState === "complete"`)
			}
			table.Click("#sign-in")
			table.Click(`button[value="bo"]`)
			table.WaitAddress(s.address + "/schools/" + schoolID)
			table.Open(s.address + dialoguesPath + dialogue + "/shared")
			table.Fill("#table", "Bord 3")
			table.Click("#table-form button")
			table.Wait("#shared-done")
			table.Check()
			table.Screenshot("lent-" + language + "-" + dialogue)
			table.Open(s.address + dialoguesPath + dialogue + "/shared/passed")
			table.Wait("#shared-next")
			table.Check()
			table.Screenshot("lent-passed-" + language)
			table.Open(s.address + "/own-data")
			table.Wait("#lent")
			table.Check()
			table.Screenshot("lent-elsewhere-" + language)
			table.Open(s.address + dialoguesPath + dialogue + "/shared")
			table.Click("#shared-done button")
			table.WaitAddress("/sign-in")
			table.Wait("#sign-in")
			table.WaitFor("stay there", `document.readyState === "complete"`)
		}
		table.Leave()
	}
}

// TestTheBackButtonShowsNothing goes back in a browser after a phone was passed on.
func TestTheBackButtonShowsNothing(t *testing.T) {
	s := newStage(t)
	s.school()
	s.hearsAt("dialogue", dialogueapi.Contribution{}, "POST "+under(schoolID, "dialogues", "share", "phases", "p3", "contributions"))
	table := browsertest.New(t).Person("a table")
	s.arrives(table)
	table.Open(s.address + dialoguesPath + "share/shared")
	table.Fill("#table", "Bord 3")
	table.Click("#table-form button")
	table.Fill("#shared-p3", "Kun for mine øjne")
	table.Click("#shared-form button")
	table.Wait("#shared-next")
	table.Click("#shared-next")
	table.Wait("#shared-form")
	require.Empty(t, browsertest.Evaluate[string](table, `document.querySelector("#shared-p3").value`))
	for _, way := range []string{"back", "forward"} {
		browsertest.Evaluate[bool](table, `(window.before = true, history.`+way+`(), true)`)
		table.WaitFor("go "+way+" to an empty form", `!window.before && document.readyState === "complete" && document.querySelector("#shared-p3")?.value === ""`)
		require.NotContains(t, browsertest.Evaluate[string](table, "document.documentElement.innerHTML"), "Kun for mine")
	}
}
