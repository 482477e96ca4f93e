package portal

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

const hours = time.Hour

// comesIn has the dialogue service let everybody in to one dialogue.
func (s *stage) comesIn(dialogue string) *heard {
	return s.hearsAt("dialogue", dialogueapi.GuestEntry{TenantID: schoolID, DialogueID: dialogue, GuestID: "g1", Name: "Gitte fra bestyrelsen", Until: s.now().Add(2 * hours)}, "POST /v1/guest-entries")
}

// guestForm is what the entrance sends.
func guestForm(code string) url.Values {
	return url.Values{"code": {code}, "name": {"Gitte fra bestyrelsen"}, "idempotency_key": {"one-try-of-many"}}
}

var guestToken = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

// A guest comes in by a code, writes, and can do nothing on any page but the guest's own.
func TestAGuestComesInByACode(t *testing.T) {
	s := newStage(t)
	s.school()
	entries := s.comesIn("share")
	at := under(schoolID, "dialogues", "share", "phases", "p3")
	heard := s.hearsAt("dialogue", dialogueapi.Contribution{}, "POST "+at+"/contributions", "PATCH "+at+"/contributions/c4", "DELETE "+at+"/contributions/c4", "PUT "+at+"/ready", "DELETE "+under(schoolID, "dialogues", "share", "guests", "g1"))
	b := s.browser()
	require.Contains(t, b.get("/sign-in").body, `href="/guest"`)
	require.Equal(t, "/guest?out=yes", b.get("/guest/desk").Header.Get("Location"))
	in := b.post("/guest", guestForm(" abcde-fghjk "))
	require.Equal(t, "/guest/desk", in.Header.Get("Location"))
	require.Equal(t, []string{`POST one-try-of-many {"code":"ABCDE-FGHJK","name":"Gitte fra bestyrelsen"}`}, entries.sent)
	cookie := in.Cookies()[0]
	require.Equal(t, guestCookie, cookie.Name)
	require.Equal(t, guestRoot, cookie.Path)
	require.True(t, cookie.HttpOnly && cookie.SameSite == http.SameSiteStrictMode && cookie.MaxAge == 0)

	desk := b.get("/guest/desk")
	require.Equal(t, http.StatusOK, desk.StatusCode)
	for _, shown := range []string{"Vi forældre får beskeder for sent", "fra en gæst", "Det kender vi", "Vi sætter tid af", "Gæst: Henrik", "Du er med som gæst: Gitte fra bestyrelsen"} {
		require.Contains(t, desk.body, shown)
	}
	require.NotContains(t, desk.body, `contributions/c5/`, "only the own words can be changed")
	require.NotContains(t, desk.body, `href="/schools`)
	asked := s.calls()[len(s.calls())-1]
	require.Equal(t, access.Subject{ID: "g1", Tenant: schoolID, Guest: "share"}, asked.subject)
	stranger := s.browser()
	for _, path := range append(everyPage(false), "/", "/inbox", "/schools/"+schoolID+"/dialogues/share/desk", "/schools/"+schoolID+"/dialogues/share/guests", "/api/v1/me") {
		theirs, anybodys := b.get(path), stranger.get(path)
		require.Equal(t, anybodys.StatusCode, theirs.StatusCode, "%s: a guest sees what anybody sees", path)
		require.Equal(t, anybodys.Header.Get("Location"), theirs.Header.Get("Location"), path)
	}

	form := url.Values{"idempotency_key": {"k1"}, "text": {"Hjemmet hører det sidst"}, "etag": {`"2"`}, "ready": {"true"}}
	require.Equal(t, http.StatusForbidden, b.post("/guest/phases/p3/contributions", form).StatusCode, "a form of another page")
	require.Empty(t, heard.sent)
	form.Set(formField, guestToken.FindStringSubmatch(desk.body)[1])
	for _, path := range []string{"/guest/phases/p3/contributions", "/guest/phases/p3/contributions/c4/edit", "/guest/phases/p3/contributions/c4/withdraw", "/guest/phases/p3/ready"} {
		require.Equal(t, "/guest/desk", b.post(path, form).Header.Get("Location"), path)
	}
	require.Equal(t, []string{`POST k1 {"text":"Hjemmet hører det sidst"}`, `PATCH "2" {"text":"Hjemmet hører det sidst"}`, `DELETE  `, `PUT  {"ready":true}`}, heard.sent)
	require.Equal(t, http.StatusNotFound, b.post("/guest/phases/p3/contributions/c4/hold", form).StatusCode)
	heard.answer = failure.New(failure.PhaseLocked)
	refused := b.post("/guest/phases/p3/contributions", form)
	require.Equal(t, http.StatusConflict, refused.StatusCode)
	require.Contains(t, refused.body, "Hjemmet hører det sidst", "nobody writes it twice")
	heard.answer = failure.New(failure.NamesColleague).At("text")
	naming := b.post("/guest/phases/p3/contributions", form)
	require.Equal(t, http.StatusUnprocessableEntity, naming.StatusCode)
	require.Contains(t, naming.body, "Skriv den om uden navnet")
	require.NotContains(t, naming.body, "hold_back")
	heard.answer = nil
	require.Equal(t, "/guest?out=yes", b.post("/guest/leave", form).Header.Get("Location"))
	require.Equal(t, "/guest?out=yes", b.get("/guest/desk").Header.Get("Location"))
	require.NotContains(t, s.log.String(), "ABCDE")
}

// Somebody signed in on the same browser is nobody on a guest's page, and a guest nobody on theirs.
func TestAGuestIsNotWhoIsSignedIn(t *testing.T) {
	s := newStage(t)
	s.school()
	s.comesIn("share")
	b := s.browser()
	b.signIn("bo", "/")
	require.NotContains(t, b.get("/guest").body, "Bo Kjær")
	require.Equal(t, "/guest/desk", b.post("/guest", guestForm("ABCDEFGHJK")).Header.Get("Location"))
	require.NotContains(t, b.get("/guest/desk").body, "Bo Kjær")
	require.Contains(t, b.get("/schools/"+schoolID+"/dialogues/share").body, "Bo Kjær")
}

// Whoever is shown out comes to the entrance, at the next thing they do and at the next part that the page asks for.
func TestAGuestWhoIsShownOutComesToTheEntrance(t *testing.T) {
	s := newStage(t)
	s.comesIn("gone")
	s.on("dialogue", "GET "+under(schoolID, "dialogues", "gone", "live"), failure.New(failure.AccessDenied))
	for _, path := range []string{"/guest/desk", "/guest/live"} {
		b := s.browser()
		b.post("/guest", guestForm("ABCDEFGHJK"))
		out := b.get(path)
		if path == "/guest/live" {
			require.Equal(t, http.StatusUnauthorized, out.StatusCode)
		} else {
			require.Equal(t, "/guest?out=yes", out.Header.Get("Location"))
		}
		require.Contains(t, b.get("/guest?out=yes").body, `id="out"`, "the session is gone")
	}
}

// A guest's session ends after twelve hours, and the sweep removes it.
func TestGuestSessionsEnd(t *testing.T) {
	s := newStage(t)
	s.school()
	s.comesIn("share")
	b := s.browser()
	b.post("/guest", guestForm("ABCDEFGHJK"))
	require.Equal(t, http.StatusOK, b.get("/guest/desk").StatusCode)
	s.pass(12*hours + time.Second)
	require.NoError(t, s.portal.guests.removeEnded(t.Context()))
	require.NoError(t, s.portal.guests.removeEnded(t.Context()))
	require.Equal(t, "/guest?out=yes", b.get("/guest/desk").Header.Get("Location"))
	b.client.Jar.SetCookies(&url.URL{Scheme: "http", Host: s.address[len("http://"):], Path: guestRoot}, []*http.Cookie{{Name: guestCookie, Value: schoolID + ".made-up", Path: guestRoot}})
	require.Equal(t, "/guest?out=yes", b.get("/guest/desk").Header.Get("Location"))
}

// Codes can be tried so often and no more: by one address, one code by everybody, and all in all.
func TestTriesOfCodesAreLimited(t *testing.T) {
	s := newStage(t)
	heard := s.comesIn("share")
	heard.answer = failure.New(failure.GuestCodeWrong).At("code")
	b := s.browser()
	first := b.post("/guest", guestForm("2222222222"))
	require.Equal(t, http.StatusUnprocessableEntity, first.StatusCode)
	require.Contains(t, first.body, "Koden gælder ikke")
	for range triesAddress - 1 {
		require.Equal(t, http.StatusUnprocessableEntity, b.post("/guest", guestForm("3333333333")).StatusCode)
	}
	sent := len(heard.sent)
	refused := b.post("/guest", guestForm("4444444444"))
	require.Equal(t, http.StatusTooManyRequests, refused.StatusCode)
	require.Contains(t, refused.body, "Gitte fra bestyrelsen", "what was written stays")
	require.Len(t, heard.sent, sent, "and nobody is asked")
	require.Equal(t, http.StatusUnprocessableEntity, b.post("/guest", guestForm("4444444444"), "X-Forwarded-For", "203.0.113.9, 198.51.100.7").StatusCode, "another address, behind the proxy")
	require.Equal(t, http.StatusTooManyRequests, b.post("/guest", guestForm("4444444444"), "X-Forwarded-For", "198.51.100.7, 127.0.0.1").StatusCode, "what a caller says is not what the proxy says")
	s.pass(triesTime)
	require.Equal(t, http.StatusUnprocessableEntity, b.post("/guest", guestForm("4444444444")).StatusCode)
	for _, never := range []string{"198.51.100", "2222222222", "203.0.113"} {
		require.NotContains(t, s.log.String(), never)
	}

	now := time.Unix(0, 0)
	limits := newTries(func() time.Time { return now })
	now = now.Add(hours)
	for range triesCode {
		require.True(t, limits.allow("somewhere", "LEAKED"))
	}
	require.False(t, limits.allow("elsewhere", "LEAKED"))
	for n := range triesInAll {
		require.True(t, limits.allow("somewhere", string(rune(n))))
		limits.missed(string(rune(n)))
	}
	require.False(t, limits.allow("anywhere", "OTHER"))
}

func TestAHouseholdIsOneAddress(t *testing.T) {
	from := func(peer, forwarded string) string {
		return clientNetwork(&http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": {forwarded}}})
	}
	require.Equal(t, "192.0.2.1", from("192.0.2.1:99", "198.51.100.1"), "no proxy of ours")
	require.Equal(t, "198.51.100.1", from("10.0.0.1:99", "203.0.113.5, 198.51.100.1"))
	require.Equal(t, "10.0.0.1", from("10.0.0.1:99", "rubbish"))
	require.Equal(t, from("[2001:db8:1:2::1]:99", ""), from("[2001:db8:1:2:ffff::9]:99", ""))
	require.Equal(t, "192.0.2.1", from("[::ffff:192.0.2.1]:99", ""))
}

// Everybody in a dialogue sees its guests, marked, and so do its minutes; only who leads sees the way to show them out.
func TestEverybodySeesTheGuests(t *testing.T) {
	s := newStage(t)
	s.school()
	leader, teacher := s.browser(), s.browser()
	leader.signIn("bo", "/")
	teacher.signIn("anna", "/")
	at := "/schools/" + schoolID + "/dialogues/"
	for _, path := range []string{"share", "share/room", "share/desk"} {
		require.Contains(t, leader.get(at+path).body, "Gæst: Gitte fra bestyrelsen", path)
		require.Contains(t, teacher.get(at+path).body, "Gæst: Gitte fra bestyrelsen", path)
	}
	require.Contains(t, leader.get(at+"share").body, at+"share/guests")
	require.Contains(t, leader.get(at+"share/room").body, at+"share/guests")
	require.Contains(t, leader.get(at+"reflect/desk").body, "Der er åbent for gæster", "whoever writes knows who will read it")
	require.NotContains(t, leader.get(at+"days/desk").body, "Der er åbent for gæster")
	since, before := s.now(), s.now().Add(-time.Second)
	sealed := meeting{Phase: &dialogueapi.Phase{Attribution: "sealed", StartedAt: &before}, guestsSince: &since}
	require.False(t, sealed.GuestsWillSee(), "it began before they could come")
	sealed.Phase.Attribution = "group"
	require.True(t, sealed.GuestsWillSee())
	require.Contains(t, leader.get(at+"review/minutes").body, "Gitte fra bestyrelsen")
	require.Contains(t, leader.get(at+"review/minutes/files/md").body, "Gæster: Gitte fra bestyrelsen, Henrik")
}

// The facilitator's page shows a code once, and shows guests out.
func TestAFacilitatorLetsGuestsIn(t *testing.T) {
	s := newStage(t)
	s.school()
	until := s.now().Add(4 * hours)
	at := under(schoolID, "dialogues", "decide", "guests")
	opened := s.hearsAt("dialogue", dialogueapi.Guests{Open: true, Places: pointer(3), Until: &until, Code: pointer("ABCDEFGHJK"), Guests: []dialogueapi.Guest{}}, "POST "+at)
	closed := s.hearsAt("dialogue", nil, "DELETE "+at, "DELETE "+at+"/g1")
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/dialogues/decide/guests"
	require.Contains(t, b.get(path).body, `id="closed-now"`)
	form := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "places": {"3"}, "hours": {"4"}}
	page := b.post(path, form)
	require.Equal(t, http.StatusCreated, page.StatusCode)
	require.Contains(t, page.body, "ABCDE-FGHJK")
	require.Contains(t, page.body, s.address+"/guest")
	require.Equal(t, []string{`POST k1 {"hours":4,"places":3}`}, opened.sent)
	require.NotContains(t, b.get(path).body, "ABCDE-FGHJK")
	opened.answer = failure.New(failure.DialogueWrongState)
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path, form).StatusCode)
	require.Contains(t, b.get("/schools/"+schoolID+"/dialogues/share/guests").body, "guests/guest/g1/out")
	require.Equal(t, path, b.post(path+"/guest/g1/out", form).Header.Get("Location"))
	require.Equal(t, path, b.post(path+"/close", form).Header.Get("Location"))
	require.Equal(t, []string{"DELETE  ", "DELETE  "}, closed.sent)
	require.Contains(t, b.get("/schools/"+schoolID+"/dialogues/review/guests").body, `id="over"`)
}

// TestAGuestsPagesAreForEverybody holds what a guest sees against axe, a window of 320 pixels and the keyboard.
func TestAGuestsPagesAreForEverybody(t *testing.T) {
	for _, dialogue := range []string{"share", "reflect", "between", "decide"} {
		s := newStage(t)
		s.school()
		s.comesIn(dialogue)
		for i, language := range languages {
			p := browsertest.New(t).Person("a guest in " + dialogue + " in " + language)
			p.Size(390, 844)
			p.Dark(i == 1)
			p.Open(s.address + "/guest?out=yes")
			if language == "en" {
				p.Click("#language button")
				p.WaitFor("read English", `document.documentElement.lang === "en" && document.readyState === "complete"`)
			}
			p.Check()
			p.Keyboard()
			p.Screenshot("guest-entrance-" + language)
			p.Fill("#code", "ABCDE-FGHJK")
			p.Fill("#name", "Gitte fra bestyrelsen")
			p.Click("#guest-enter")
			p.Wait("#guest-as")
			if dialogue == "reflect" {
				p.Wait("#for-staff")
			}
			p.Check()
			p.Keyboard()
			p.Screenshot("guest-" + dialogue + "-" + language)
			p.Leave()
		}
	}
}
