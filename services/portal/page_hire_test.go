package portal

import (
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestASchoolHires(t *testing.T) {
	s := newStage(t)
	s.school()
	var sent string
	answer := error(nil)
	s.services["tenancy"].HandleFunc("POST "+under(schoolID, "staff"), func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		sent = r.Header.Get("Idempotency-Key") + " " + string(raw)
		if answer != nil {
			failure.Write(w, answer, "da")
			return
		}
		respond(t, w, tenancyapi.RoleAssignment{})
	})
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/administration/hire"
	form := url.Values{"form_token": {b.token()}, "idempotency_key": {"k1"}, "login": {" ny "}, "name": {""}, "email": {""}, "role": {"tr"}, "unit_id": {"u1"}, "to": {"2026-12-31"}}
	require.Contains(t, b.post(path, form).Header.Get("Location"), "/administration?hired=yes")
	require.Equal(t, `k1 {"login":"ny","role":"tr","to":"2027-01-01T00:00:00+01:00"}`, sent, "a representative has no unit, and the last day counts")

	answer = failure.New(failure.LoginUnknown).At("login")
	page := b.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, page.StatusCode)
	require.Contains(t, page.body, "Er personen ny, så skriv også navn og e-mail.")
	require.Contains(t, page.body, `value=" ny "`, "what was written stays")

	teacher := s.browser()
	teacher.signIn("anna", "/")
	require.Equal(t, http.StatusForbidden, teacher.get(path).StatusCode)
}

func TestWhoLeavesLosesEveryRoleAtTheSchool(t *testing.T) {
	s := newStage(t)
	s.school()
	var sent string
	answer := error(nil)
	s.services["tenancy"].HandleFunc("POST "+under(operatorID, "persons", annaID, "leave"), func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		sent = string(raw)
		if answer != nil {
			failure.Write(w, answer, "da")
		}
	})
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/administration/people/" + annaID
	require.Contains(t, b.get(path).body, `id="leave-form"`)
	form := url.Values{"form_token": {b.token()}}
	require.Contains(t, b.post(path+"/leave", form).Header.Get("Location"), "/administration?left=yes")
	require.JSONEq(t, `{"scope":"`+schoolID+`"}`, sent)

	form.Set("last_day", "2027-01-31")
	require.Equal(t, path, b.post(path+"/leave", form).Header.Get("Location"), "until then the person is there")
	require.JSONEq(t, `{"scope":"`+schoolID+`","at":"2027-02-01T00:00:00+01:00"}`, sent, "the last day counts, too")

	answer = failure.New(failure.LastAdministrator)
	page := b.post(path+"/leave", form)
	require.Equal(t, http.StatusUnprocessableEntity, page.StatusCode)
	require.Contains(t, page.body, "Den sidste administrator kan ikke fjernes.")
	form.Set("last_day", "i morgen")
	require.Contains(t, b.post(path+"/leave", form).body, "Vælg en dag.")
}
