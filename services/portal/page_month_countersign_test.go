package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// A reader of the month is shown by name who is new and who has left, signs exactly what was shown, and cannot sign a list with
// somebody unknown on it.
func TestAReaderCountersignsAMonth(t *testing.T) {
	s := newStage(t)
	s.school()
	s.monthIs("countersigning", nil)
	path := schoolPath(schoolID, "anonymous", "months", "different")
	var signed []intakeapi.MonthCountersigning
	answers := []*failure.Error{failure.New(failure.RoundHashesDiffer), nil}
	s.services["intake"].HandleFunc("POST "+under(schoolID, "experiences", "months", "different", "countersign"), func(w http.ResponseWriter, r *http.Request) {
		var one intakeapi.MonthCountersigning
		if err := json.NewDecoder(r.Body).Decode(&one); err != nil || r.Header.Get("If-Match") != `"3"` {
			t.Error(err, r.Header)
		}
		signed = append(signed, one)
		answer := answers[0]
		if answers = answers[1:]; answer != nil {
			failure.Write(w, answer, "da")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		respond(t, w, intakeapi.Month{})
	})
	b := s.browser()
	b.signIn("anna", "/")
	require.Contains(t, b.get(schoolPath(schoolID)).body, "/anonymous/months/same/roster", "it waits for her on the first page")
	require.Contains(t, b.get(schoolPath(schoolID, "anonymous")).body, "/anonymous/months/same/roster")
	page := b.get(path + "/roster").body
	require.Contains(t, page, `<ul class="roster" id="joined"><li>Anna Lind</li><li>Cille Dam</li></ul>`)
	require.Contains(t, page, `<ul class="roster" id="left"><li>Bo Kjær</li></ul>`)
	require.Contains(t, page, "Én mere er væk og slettet")
	require.Contains(t, page, "<ul class=\"roster\"><li>Anna Lind</li><li>Bo Kjær</li><li>Cille Dam</li></ul>", "the whole list")
	form := url.Values{"roster_hash": {strings.Repeat("ab", 32)}, "key_list_hash": {strings.Repeat("cd", 32)}, "etag": {`"3"`}, formField: {b.token()}}
	for _, field := range []string{"roster_hash", "key_list_hash"} {
		require.Contains(t, page, `name="`+field+`" value="`+form.Get(field)+`"`)
	}
	stale := b.post(path+"/countersign", form)
	require.Equal(t, http.StatusUnprocessableEntity, stale.StatusCode)
	require.Contains(t, stale.body, failure.RoundHashesDiffer.Text("da"))
	done := b.post(path+"/countersign", form)
	require.Equal(t, []any{http.StatusSeeOther, schoolPath(schoolID, "anonymous")}, []any{done.StatusCode, done.Header.Get("Location")})
	for _, one := range signed {
		require.Equal(t, intakeapi.MonthCountersigning{RosterHash: form.Get("roster_hash"), KeyListHash: form.Get("key_list_hash")}, one)
	}

	require.Contains(t, b.get(schoolPath(schoolID, "anonymous", "months", "same", "roster")).body, `id="same"`)
	first := b.get(schoolPath(schoolID, "anonymous", "months", "first", "roster")).body
	require.Contains(t, first, `id="whole" open`, "there is nothing to hold it against")
	require.NotContains(t, first, `id="same"`)
	stuffed := b.get(schoolPath(schoolID, "anonymous", "months", "stuffed", "roster")).body
	require.Contains(t, stuffed, "3 på listen", "two whom intake does not know and one without a name")
	require.NotContains(t, stuffed, `id="countersign"`)
	require.Contains(t, stuffed, `id="refusing" open`)
	require.Equal(t, schoolPath(schoolID, "anonymous"), b.get(schoolPath(schoolID, "anonymous", "months", "decided", "roster")).Header.Get("Location"), "somebody has decided already")
}

func TestAReaderRefusesAMonthAndHasItMadeAnew(t *testing.T) {
	s := newStage(t)
	s.school()
	path := schoolPath(schoolID, "anonymous", "months", "same")
	var reasons []intakeapi.RefusalReason
	s.services["intake"].HandleFunc("POST "+under(schoolID, "experiences", "months", "same", "refuse"), func(w http.ResponseWriter, r *http.Request) {
		var one intakeapi.Refusal
		if err := json.NewDecoder(r.Body).Decode(&one); err != nil {
			t.Error(err)
		}
		if reasons = append(reasons, one.Reason); one.Reason == "" {
			failure.Write(w, failure.Invalid("reason", "one of the list"), "da")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		respond(t, w, intakeapi.Month{})
	})
	b := s.browser()
	b.signIn("anna", "/")
	require.NotContains(t, b.get(path+"/roster").body, "units_wrong", "the list has no units")
	form := url.Values{"etag": {`"3"`}, formField: {b.token()}}
	empty := b.post(path+"/refuse", form)
	require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode)
	require.Contains(t, empty.body, "Vælg, hvad der er galt.")
	require.Contains(t, empty.body, `id="refusing" open`)
	form.Set("reason", "person_foreign")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/refuse", form).StatusCode)
	require.Equal(t, []intakeapi.RefusalReason{"", "person_foreign"}, reasons)

	s.monthIs("refused", pointer(intakeapi.MonthRefusedFor("person_foreign")))
	b.get(schoolPath(schoolID)) // where the session learns of roles
	page := b.get(schoolPath(schoolID, "anonymous")).body
	require.Contains(t, page, "Der står nogen, som ikke arbejder her")
	require.Contains(t, page, `id="anew"`)
	require.Contains(t, page, `<input type="hidden" name="readers" value="amr">`, "the readers stay")
}

// While a list waits, or is refused, everybody is told so, and where to go instead; the way to sign is for readers alone.
func TestTheStaffIsToldThatAListWaits(t *testing.T) {
	s := newStage(t)
	s.school()
	b := browsertest.New(t)
	for _, login := range []string{"anna", "bo"} {
		reader := b.Person(login)
		reader.Open(s.address + "/sign-in")
		reader.Click("#sign-in")
		reader.Wait("#personas")
		reader.Click(`button[value="` + login + `"]`)
		reader.WaitAddress(s.address + "/schools/" + schoolID)
		for _, state := range []struct {
			status intakeapi.MonthStatus
			why    *intakeapi.MonthRefusedFor
			way    string // of a reader
			says   string
		}{
			{"countersigning", nil, "#list-waits", "venter på en underskrift fra TR eller AMR"},
			{"refused", pointer(intakeapi.MonthRefusedFor("person_missing")), "#list-refused", "har sagt nej til månedens liste"},
			{"opening", nil, "", "bliver gjort klar"},
		} {
			s.monthIs(state.status, state.why)
			reader.Dark(state.status == "refused")
			reader.Open(s.address + schoolPath(schoolID, "anonymous"))
			reader.Wait("#not-open #go-confidential")
			reader.Check()
			reader.Screenshot("month-" + string(state.status) + "-" + login)
			require.Contains(t, reader.Text("#not-open"), state.says)
			if state.way != "" {
				require.Equal(t, login == "anna", reader.Has(state.way), login)
			}
		}
		reader.Leave()
	}
}
