package portal

import (
	"archive/zip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

func TestEverybodySeesWhatIsKnownAboutThem(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	require.Contains(t, b.get("/own-data").next(t), "/sign-in?return=%2Fown-data")
	b.signIn("anna", "/")
	page := b.get("/own-data")
	require.Equal(t, http.StatusOK, page.StatusCode, page.body)
	for _, text := range []string{"anna@egebakken.example", "4711", "Medarbejder, Egebakkeskolen", "Rettet", "Udleveret", strings.Repeat("a", 64)} {
		require.Contains(t, page.body, text)
	}
}

// TestEverybodyTakesAlongWhatEveryServiceHolds puts the archive together from the answers of all services.
func TestEverybodyTakesAlongWhatEveryServiceHolds(t *testing.T) {
	s := newStage(t)
	s.school()
	b, phone := s.browser(), s.browser()
	b.signIn("anna", "/")
	phone.signIn("anna", "/")
	require.Equal(t, http.StatusForbidden, b.post("/own-data/export", url.Values{}).StatusCode, "without the form's token")
	file := b.post("/own-data/export", url.Values{formField: {b.token()}})
	require.Equal(t, http.StatusOK, file.StatusCode, file.body)
	require.Equal(t, "attachment; filename=guldkorn-2026-11-24.zip", file.Header.Get("Content-Disposition"))
	require.Contains(t, file.Header.Get("Cache-Control"), "no-store")
	require.Equal(t, http.StatusNotFound, b.get("/own-data/export").StatusCode, "an address alone hands out nothing")

	files, err := zip.NewReader(strings.NewReader(file.body), int64(len(file.body)))
	require.NoError(t, err)
	inside := map[string]string{}
	for _, one := range files.File {
		r, err := one.Open()
		require.NoError(t, err)
		raw, err := io.ReadAll(r)
		require.NoError(t, err)
		inside[one.Name] = string(raw)
	}
	require.Equal(t, []string{"data.json", "dialogues.json", "elsewhere.html", "inbox.json", "index.html", "rounds.json", "sign-ins.json"},
		slices.Sorted(maps.Keys(inside)))
	require.Equal(t, registeredData, inside["data.json"], "byte for byte, so that its checksum is that of the receipt")
	require.Contains(t, inside["dialogues.json"], "Vi sætter tid af")
	require.Contains(t, inside["rounds.json"], "runde 3")
	require.Equal(t, 2, strings.Count(inside["sign-ins.json"], "began_at"))
	require.Equal(t, 3, strings.Count(inside["inbox.json"], "item_id"), "of both pages")
	for _, text := range []string{"Egebakkeskolen", "Lukket skole", "Vi sætter tid af", "Lav en plan", "runde 3", "nøgle fra 2. november 2026", "Logget ind", "Egebakkeskolen: Dig: ", "Det blev afvist.", "Nordby: Person 99999999: "} {
		require.Contains(t, inside["elsewhere.html"], text)
	}
	for name, text := range inside {
		for _, browser := range []*browser{b, phone} {
			_, secret, _ := strings.Cut(browser.cookie(sessionCookie), ".")
			require.NotContains(t, text, secret, name)
			require.NotContains(t, text, browser.sessionID(), name)
		}
	}
	for _, c := range s.calls() {
		if strings.HasPrefix(c.call, "GET /v1/me/") {
			require.Equal(t, annaID, c.subject.ID, c.call)
		}
	}
}

// TestHalfAnArchiveIsNone lets one service be away: nothing is handed out, and nothing is written down as handed out.
func TestHalfAnArchiveIsNone(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("anna", "/")
	s.down.Store("intake", true)
	answer := b.post("/own-data/export", url.Values{formField: {b.token()}})
	require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
	for _, c := range s.calls() {
		require.NotEqual(t, "GET /v1/me/export", c.call)
	}
}

// changes lets tenancy take corrections and erasures, and returns what was asked of it.
func (s *stage) changes() *[]string {
	asked := &[]string{}
	at := under(operatorID, "persons", annaID)
	for _, pattern := range []string{"PATCH " + at, "POST " + at + "/erase"} {
		s.services["tenancy"].HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				s.t.Error(err)
			}
			*asked = append(*asked, r.Method+" "+r.Header.Get("If-Match")+" "+string(raw))
			if strings.Contains(string(raw), "@@") {
				failure.Write(w, failure.Invalid("email", "an e-mail address"), "da")
				return
			}
			var answer any = tenancyapi.Person{PersonID: annaID}
			if r.Method == http.MethodPost {
				answer = tenancyapi.DataRequest{RequestID: "e1", Kind: "erasure", PersonID: annaID}
			}
			w.Header().Set("Content-Type", "application/json")
			if err := json.NewEncoder(w).Encode(answer); err != nil {
				s.t.Error(err)
			}
		})
	}
	return asked
}

func TestAnAdministratorCorrectsAPerson(t *testing.T) {
	s := newStage(t)
	s.school()
	asked := s.changes()
	b := s.browser()
	b.signIn("bo", "/")
	at := "/operators/" + operatorID + "/data-requests/people/" + annaID
	send := func(email string) page {
		return b.post(at+"/correct", url.Values{formField: {b.token()}, "etag": {`"3"`}, "name": {"Anna Lind"}, "email": {email}, "login": {"anna"}})
	}
	require.Equal(t, at+"?corrected=yes", strings.TrimPrefix(send("anna@egebakken.example").next(t), s.address))
	require.Empty(t, *asked, "nothing differs, so nothing is asked")
	require.Equal(t, at+"?corrected=yes", strings.TrimPrefix(send("al@egebakken.example").next(t), s.address))
	require.Equal(t, []string{`PATCH "3" {"email":"al@egebakken.example"}`}, *asked)
	refused := send("@@")
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, `id="email-error"`)
	require.Contains(t, refused.body, `value="@@"`, "what was written stays")
}

func TestAnAdministratorLetsSomebodyInAgain(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.Person{}, "POST "+under(operatorID, "persons", claraID, "reinstate"))
	reader := browsertest.New(t).Person("an administrator")
	s.arrives(reader)
	reader.Open(s.address + "/operators/" + operatorID + "/data-requests/people")
	reader.WaitText("#people", "Adgangen er lukket")
	h.answer = failure.New(failure.PreconditionFailed)
	reader.ClickText("Clara Toft")
	reader.Click("#person-reinstate")
	reader.Wait(".alert-error")
	reader.Check()
	h.answer = nil
	reader.Click("#person-reinstate")
	reader.Wait("#reinstated")
	require.Equal(t, []string{`POST "3" `, `POST "3" `}, h.sent)
	reader.Open(s.address + "/operators/" + operatorID + "/data-requests/people/" + annaID)
	reader.Wait("#correct-form")
	require.False(t, reader.Has("#reinstate-form"), "only of somebody whose access is closed")
}

func TestAPersonIsErasedWhenTheNameIsWritten(t *testing.T) {
	s := newStage(t)
	s.school()
	asked := s.changes()
	b := s.browser()
	b.signIn("bo", "/")
	at := "/operators/" + operatorID + "/data-requests/people/" + annaID + "/erase"
	send := func(name string) page {
		return b.post(at, url.Values{formField: {b.token()}, "etag": {`"3"`}, "confirmation": {name}})
	}
	for _, name := range []string{"", "Anna", "Bo Kjær"} {
		refused := send(name)
		require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode, name)
		require.Contains(t, refused.body, `id="confirmation-error"`)
	}
	require.Empty(t, *asked)
	done := send(" anna  LIND ").next(t)
	require.Equal(t, s.address+"/operators/"+operatorID+"/data-requests?receipt=e1", done)
	require.Equal(t, []string{`POST "3" `}, *asked)
	require.Regexp(t, `id="receipt"(.|\n)*Det er gjort`, b.get(done).body)
}

// TestErasingInABrowser is the way of an administrator from the menu to the receipt.
func TestErasingInABrowser(t *testing.T) {
	s := newStage(t)
	s.school()
	s.changes()
	reader := browsertest.New(t).Person("an administrator")
	s.arrives(reader)
	reader.Open(s.address + "/operators/" + operatorID + "/schools")
	reader.ClickText("Dataanmodninger")
	reader.Click("#find-person")
	reader.ClickText("Anna Lind")
	reader.Wait("#person-erase")
	reader.Keyboard()
	reader.Fill("#confirmation", "Bo Kjær")
	reader.Click("#person-erase")
	reader.Wait("#confirmation-error")
	reader.Check()
	reader.Fill("#confirmation", "Anna Lind")
	reader.Click("#person-erase")
	reader.Wait("#receipt")
	reader.Check()
	reader.Open(s.address + "/own-data")
	reader.Keyboard()
	reader.Check()
}

func TestAPersonIsSearchedFor(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	at := "/operators/" + operatorID + "/data-requests/people"
	found := b.get(at + "?q=%C3%A5se+l")
	require.Equal(t, http.StatusOK, found.StatusCode)
	require.Contains(t, found.body, `value="åse l"`)
	require.Contains(t, found.body, "?cursor=2&amp;q=%C3%A5se&#43;l", "the next page is of the same search")
	require.Contains(t, s.queries(under(operatorID, "persons")), "q=%C3%A5se+l")
	require.NotContains(t, s.log.String(), "%C3%A5se", "who is searched for is in no log")
	require.NotContains(t, s.log.String(), "åse")

	require.Contains(t, b.get(at+"?q=nobody").body, `id="nobody"`)
	require.NotContains(t, b.get(at).body, `id="nobody"`)
}
