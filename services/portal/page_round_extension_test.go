package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestALeaderExtendsARound(t *testing.T) {
	s := newStage(t)
	s.school()
	var sent intakeapi.NewExtension
	answers := []*failure.Error{failure.Invalid("closes_on", "later"), failure.New(failure.RoundExtended), nil}
	s.services["intake"].HandleFunc("POST /v1/tenants/"+schoolID+"/rounds/ropen/extension", func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, json.NewDecoder(r.Body).Decode(&sent))
		require.Equal(t, `"7"`, r.Header.Get("If-Match"))
		answer := answers[0]
		answers = answers[1:]
		if answer != nil {
			failure.Write(w, answer, "da")
			return
		}
		respond(t, w, intakeapi.Round{})
	})
	b := s.browser()
	b.signIn("bo", "/")
	path := schoolPath(schoolID, "rounds", "ropen")
	require.Contains(t, b.get(path).body, `id="round-extend"`)
	require.NotContains(t, b.get(schoolPath(schoolID, "rounds", "rclosing")).body, `id="round-extend"`)
	require.Contains(t, b.get(schoolPath(schoolID, "rounds", "rclosing")).body, "Mange var på kursus i uge 48.")

	form := url.Values{"closes_on": {"2026-12-31"}, "reason": {"Sygdom"}, "etag": {`"7"`}, "form_token": {b.token()}}
	wrong := b.post(path+"/extension", form)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Contains(t, wrong.body, "Vælg en dag efter 4. december 2026, senest 18. december 2026.")
	require.Contains(t, wrong.body, `value="Sygdom"`, "what was written is still there")
	require.Contains(t, b.post(path+"/extension", form).body, failure.RoundExtended.Text("da"))
	require.Equal(t, http.StatusSeeOther, b.post(path+"/extension", form).StatusCode)
	require.Equal(t, intakeapi.NewExtension{ClosesOn: "2026-12-31", Reason: "Sygdom"}, sent)
}
