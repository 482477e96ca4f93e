package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestAnOperatorTightens(t *testing.T) {
	s := newStage(t)
	s.school()
	var sent tenancyapi.NewTightening
	var tags []string
	answers := []*failure.Error{failure.New(failure.PreconditionFailed), nil}
	s.services["tenancy"].HandleFunc("PUT "+under(operatorID, "tightening"), func(w http.ResponseWriter, r *http.Request) {
		sent = tenancyapi.NewTightening{}
		require.NoError(t, json.NewDecoder(r.Body).Decode(&sent))
		tags = append(tags, r.Header.Get("If-Match"))
		answer := answers[0]
		answers = answers[1:]
		if answer != nil {
			failure.Write(w, answer, "da")
			return
		}
		respond(t, w, tenancyapi.Tightening{})
	})
	b := s.browser()
	b.signIn("bo", "/")
	path := "/operators/" + operatorID + "/tightening"
	require.Regexp(t, `value="round.create leader" checked`, b.get(path).body)

	form := url.Values{"taken": {"round.open leader", "round.read_state platform_operator"}, "tag": {`"3"`}, "form_token": {b.token()}}
	refused := b.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, failure.PreconditionFailed.Text("da"))
	require.Equal(t, http.StatusSeeOther, b.post(path, form).StatusCode)
	require.Equal(t, tenancyapi.TakenRoles{{Action: "round.open", Role: "leader"}, {Action: "round.read_state", Role: "platform_operator"}}, sent.TakenAway)
	require.Equal(t, []string{`"3"`, `"3"`}, tags)

	school := b.get(schoolPath(schoolID, "administration", "tightening")).body
	require.Contains(t, school, `id="taken"`)
	require.NotContains(t, school, `id="tightening"`)
}
