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

func TestAMunicipalityFramesARound(t *testing.T) {
	s := newStage(t)
	s.school()
	var framed intakeapi.NewCommonRound
	refuse := true
	s.services["intake"].HandleFunc("POST "+under(operatorID, "common-rounds"), func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, json.NewDecoder(r.Body).Decode(&framed))
		if refuse {
			failure.Write(w, failure.Invalid("closes_on", "later"), "da")
			return
		}
		respond(t, w, intakeapi.CommonRound{})
	})
	b := s.browser()
	b.signIn("bo", "/")
	path := "/operators/" + operatorID + "/common-rounds"
	page := b.get(path).body
	require.Contains(t, page, "Egebys digitale hverdag")
	require.Contains(t, page, `value="pulse-implementation@1" checked`, "the pulse is the default")
	form := url.Values{
		"title": {"Digital hverdag"}, "instrument": {"full@1"}, "opens_on": {"2026-12-07"}, "closes_on": {"2026-12-01"}, "visible_to_all_on": {"2026-12-21"},
		"means": {"6"}, "distributions": {"12"}, "idempotency_key": {"key-of-the-form"}, "form_token": {b.token()},
	}
	wrong := b.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Contains(t, wrong.body, "Vælg en dag efter åbningen.")
	require.Contains(t, wrong.body, `value="Digital hverdag"`)
	refuse = false
	require.Equal(t, path, b.post(path, form).Header.Get("Location"))
	require.Equal(t, "full", framed.Instrument)
	require.Equal(t, intakeapi.Thresholds{Means: 6, Distributions: 12}, *framed.Thresholds)
}

func TestASchoolMakesItsPartOfACommonRound(t *testing.T) {
	s := newStage(t)
	s.school()
	var drafted intakeapi.NewRound
	s.services["intake"].HandleFunc("POST /v1/tenants/"+schoolID+"/rounds", func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, json.NewDecoder(r.Body).Decode(&drafted))
		respond(t, w, intakeapi.Round{RoundID: "rdraft"})
	})
	b := s.browser()
	b.signIn("bo", "/")
	path := schoolPath(schoolID, "rounds", "new") + "?common=cr1"
	require.Contains(t, b.get(schoolPath(schoolID, "rounds")).body, `href="`+path+`"`)
	page := b.get(path).body
	for _, part := range []string{
		`name="common_round_id" value="cr1"`, `value="Egebys digitale hverdag"`, `value="full@1" checked`, `value="2099-01-11"`, `name="means" type="number" inputmode="numeric" min="5" max="1000" value="6"`,
	} {
		require.Contains(t, page, part)
	}
	require.Equal(t, http.StatusNotFound, b.get(schoolPath(schoolID, "rounds", "new")+"?common=nothing").StatusCode)
	form := url.Values{
		"title": {"Vores del"}, "instrument": {"full@1"}, "common_round_id": {"cr1"}, "opens_on": {"2099-01-11"}, "closes_on": {"2099-01-20"}, "visible_to_all_on": {"2099-02-01"},
		"means": {"6"}, "distributions": {"12"}, "text_readers": {"tr"}, "idempotency_key": {"key-of-the-form"}, "form_token": {b.token()},
	}
	require.Equal(t, http.StatusSeeOther, b.post(schoolPath(schoolID, "rounds"), form).StatusCode)
	require.Equal(t, "cr1", *drafted.CommonRoundID)
}
