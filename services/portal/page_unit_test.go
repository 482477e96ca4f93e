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

func TestAUnitIsRenamedAndMoved(t *testing.T) {
	s := newStage(t)
	s.school()
	var sent string
	answer := error(nil)
	s.services["tenancy"].HandleFunc("PATCH "+under(schoolID, "units", "u2"), func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		sent = r.Header.Get("If-Match") + " " + string(raw)
		if answer != nil {
			failure.Write(w, answer, "da")
			return
		}
		respond(t, w, tenancyapi.Unit{})
	})
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/administration/units/u2"
	require.Contains(t, b.get(path).body, `<option value="u1" selected>Indskoling</option>`)
	require.NotContains(t, b.get(path).body, `<option value="u2"`, "no unit lies in itself")

	form := url.Values{"form_token": {b.token()}, "etag": {`"3"`}, "name": {"Udskolingen"}, "parent_id": {""}}
	require.Equal(t, "/schools/"+schoolID+"/administration", b.post(path, form).Header.Get("Location"))
	require.Equal(t, `"3" {"name":"Udskolingen","parent_id":""}`, sent)

	answer = failure.New(failure.UnitCycle).At("parent_id")
	page := b.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, page.StatusCode)
	require.Contains(t, page.body, "En afdeling kan ikke ligge under sig selv.")
	require.Contains(t, page.body, `value="Udskolingen"`)

	teacher := s.browser()
	teacher.signIn("anna", "/")
	require.Equal(t, http.StatusForbidden, teacher.get(path).StatusCode)
}
