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

func TestASchoolSaysWhatItIs(t *testing.T) {
	s := newStage(t)
	s.school()
	var saved, seen string
	answer := error(nil)
	s.services["tenancy"].HandleFunc("PATCH "+under(schoolID, "organisation"), func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		saved, seen = string(raw), r.Header.Get("If-Match")
		if answer != nil {
			failure.Write(w, answer, "da")
		}
	})
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/administration/details"
	form := url.Values{
		"form_token": {b.token()}, "etag": {`"3"`}, "name": {" Egebakken "}, "code": {""}, "language": {"en"}, "learner_word": {"børn"}, "core_task_text": {""},
		"hours_from": {"07:30", "", "", "", "", "", ""}, "hours_to": {"16:00", "", "", "", "", "", ""},
		"holiday_name": {"Jul", "", "Påske"}, "holiday_from": {"2026-12-23", "", "2027-03-25"}, "holiday_to": {"2027-01-03", "", "2027-03-29"},
	}
	require.Equal(t, path+"?saved=yes", b.post(path, form).Header.Get("Location"))
	require.Equal(t, `"3"`, seen)
	require.JSONEq(t, `{"name":"Egebakken","language":"en","learner_word":"børn","core_task_text":"",
		"working_hours":[{"weekday":"monday","from":"07:30","to":"16:00"}],
		"holidays":[{"name":"Jul","from_on":"2026-12-23","to_on":"2027-01-03"},{"name":"Påske","from_on":"2027-03-25","to_on":"2027-03-29"}]}`, saved)

	answer = failure.Invalid("holidays.1.to_on", "a date")
	page := b.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, page.StatusCode)
	require.Contains(t, page.body, "Hver ferie skal have et navn")
	require.Contains(t, page.body, `value="Påske"`, "what was written stays")
	require.NotContains(t, page.body, "Nu står der")

	answer = failure.New(failure.PreconditionFailed)
	page = b.post(path, form)
	require.Equal(t, http.StatusPreconditionFailed, page.StatusCode)
	require.Contains(t, page.body, "Nu står der: elever", "what others wrote stands beside")
	require.Contains(t, page.body, "Nu står der: At lære sammen.")
	require.Contains(t, page.body, "Nu står der: Dansk")
	require.Contains(t, page.body, `value="børn"`)
	require.Contains(t, page.body, `name="etag" value="&#34;3&#34;"`, "saving again is from what is shown now")
}

func TestAnOperatorHasNoHolidays(t *testing.T) {
	s := newStage(t)
	s.school()
	var saved string
	s.services["tenancy"].HandleFunc("PATCH "+under(operatorID, "organisation"), func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		saved = string(raw)
		respond(t, w, tenancyapi.Organisation{})
	})
	b := s.browser()
	b.signIn("bo", "/")
	path := "/operators/" + operatorID + "/details"
	require.NotContains(t, b.get(path).body, "holiday_name")
	form := url.Values{"form_token": {b.token()}, "name": {"Havnelund"}, "language": {"da"}, "holiday_name": {"Jul"}}
	require.Equal(t, http.StatusSeeOther, b.post(path, form).StatusCode)
	require.JSONEq(t, `{"name":"Havnelund","language":"da"}`, saved)

	teacher := s.browser()
	teacher.signIn("anna", "/")
	require.Equal(t, http.StatusForbidden, teacher.get("/schools/"+schoolID+"/administration/details").StatusCode)
}
