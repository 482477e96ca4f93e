package portal

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestASchoolSetsUpItsForums(t *testing.T) {
	s := newStage(t)
	s.school()
	bo := strings.ReplaceAll(annaID, "1", "2")
	var sent []string
	answer := error(nil)
	hear := func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		sent = append(sent, r.Method+" "+r.Header.Get("If-Match")+" "+string(raw))
		if answer != nil {
			failure.Write(w, answer, "da")
			return
		}
		respond(t, w, tenancyapi.Forum{ForumID: "f1"})
	}
	s.services["tenancy"].HandleFunc("POST "+under(schoolID, "forums"), hear)
	s.services["tenancy"].HandleFunc("PUT "+under(schoolID, "forums", "f1", "members"), hear)
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/administration/forums"

	form := url.Values{"form_token": {b.token()}, "idempotency_key": {"k1"}, "kind": {"trio"}, "name": {" Trioen "}, "mandate": {"advises"}, "members": {bo}}
	require.Equal(t, path+"/f1", b.post(path, form).Header.Get("Location"))
	require.Equal(t, `POST  {"kind":"trio","mandate":"advises","members":[{"person_id":"`+bo+`","role":"chair"}],"name":"Trioen"}`, sent[0])

	seats := url.Values{"form_token": {b.token()}, "etag": {`"3"`}, "person_id": {annaID, bo, "", "new", "other"},
		"seat": {"", "chair", "member", "substitute", "substitute"}, "substitute_for": {"", "", "", annaID, bo}}
	require.Equal(t, path+"/f1?saved=yes", b.post(path+"/f1/members", seats).Header.Get("Location"))
	require.Equal(t, `PUT "3" {"members":[{"person_id":"`+bo+`","role":"chair"},{"person_id":"new","role":"substitute"},{"person_id":"other","role":"substitute","substitute_for":"`+bo+`"}]}`, sent[1],
		"without whom was taken out, and whoever stood in for that one stands in for anybody")

	answer = failure.Invalid("members.0.person_id", "somebody")
	page := b.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, page.StatusCode)
	require.Contains(t, page.body, "Vælg mindst ét medlem.")
	require.Contains(t, page.body, `value=" Trioen "`)
	answer = failure.New(failure.PreconditionFailed)
	page = b.post(path+"/f1/members", seats)
	require.Equal(t, http.StatusPreconditionFailed, page.StatusCode)
	require.Contains(t, page.body, "Andre har ændret det imens.")

	teacher := s.browser()
	teacher.signIn("anna", "/")
	require.Equal(t, http.StatusForbidden, teacher.get(path).StatusCode)
	require.Equal(t, http.StatusForbidden, teacher.get(path+"/f1").StatusCode)
}
