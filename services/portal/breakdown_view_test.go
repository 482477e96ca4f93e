package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// A frozen round and a release carry the Danish names; the page has its own words, which have to be the same.
func TestStaffGroupsHaveOneName(t *testing.T) {
	var danish, english map[string]string
	require.NoError(t, json.Unmarshal(danishTexts, &danish))
	require.NoError(t, json.Unmarshal(englishTexts, &english))
	for _, group := range append(access.StaffGroups, access.NoStaffGroup) {
		require.Equal(t, group.DA, danish["staff_group."+group.ID])
		require.Equal(t, group.EN, english["staff_group."+group.ID])
	}
}

func TestALeaderChoosesWhatARoundIsBrokenDownBy(t *testing.T) {
	s := newStage(t)
	s.school()
	var drafted intakeapi.NewRound
	s.services["intake"].HandleFunc("POST /v1/tenants/"+schoolID+"/rounds", func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, json.NewDecoder(r.Body).Decode(&drafted))
		respond(t, w, intakeapi.Round{RoundID: "rgroups"})
	})
	s.services["intake"].HandleFunc("POST /v1/tenants/"+schoolID+"/rounds/rcrossed/announce", func(w http.ResponseWriter, r *http.Request) {
		failure.Write(w, failure.New(failure.RoundCrosses).At("breakdown"), "da")
	})
	b := s.browser()
	b.signIn("bo", "/")
	at := func(parts ...string) string { return schoolPath(schoolID, append([]string{"rounds"}, parts...)...) }
	page := b.get(at("new")).body
	require.Contains(t, page, `id="breakdown-unit" value="unit" aria-describedby="breakdown-unit-hint" checked`)
	require.Contains(t, page, "Vælg én. Enheder og faggrupper går på kryds")
	form := url.Values{
		"title": {"Aula"}, "instrument": {"full@1"}, "opens_on": {"2026-11-25"}, "closes_on": {"2026-12-04"}, "visible_to_all_on": {"2026-12-11"},
		"means": {"5"}, "distributions": {"10"}, "breakdown": {"staff_group"}, "idempotency_key": {"key-of-the-form"}, "form_token": {b.token()},
	}
	require.Equal(t, http.StatusSeeOther, b.post(at(), form).StatusCode)
	require.Equal(t, intakeapi.ByStaffGroup, *drafted.Breakdown)

	draft := b.get(at("rgroups")).body
	for _, said := range []string{"Faggruppe og ikke andet", "Lærere og undervisere", "2 personer har ingen faggruppe endnu", `<th scope="col">Faggruppe</th>`} {
		require.Contains(t, draft, said)
	}
	require.NotContains(t, draft, `id="preview-crossing"`)
	crossed := b.get(at("rcrossed")).body
	require.Contains(t, crossed, "Lukker runden den 13. april 2027 eller senere")
	answer := b.post(at("rcrossed", "announce"), url.Values{"etag": {`"7"`}, formField: {b.token()}})
	require.Equal(t, http.StatusConflict, answer.StatusCode)
	require.Contains(t, answer.body, failure.RoundCrosses.Text("da"))

	after := b.get(at("new") + "?before=rgroups").body
	require.Contains(t, after, `<input type="hidden" name="breakdown" value="staff_group">`, "a pair is broken down alike")
	require.NotContains(t, after, `id="round-breakdown"`)
	require.NotContains(t, b.get(at("new")+"?common=cr1").body, `id="round-breakdown"`)
}

func TestAResultByStaffGroupHasItsWords(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	result := schoolPath(schoolID, "results", "relgroups")
	page := b.get(result).body
	for _, said := range []string{"Vælg faggruppe", "Lærere og undervisere", "Andre faggrupper"} {
		require.Contains(t, page, said)
	}
	require.NotContains(t, page, "Øvrige enheder")
	require.Contains(t, b.get(result+"/cells/core_task/meaning?node=staff_group-teacher").body, "Lærere og undervisere")
	require.Contains(t, b.get(schoolPath(schoolID, "results", "rel1")).body, "Øvrige enheder")
	csv := b.get(result + "/files/csv").body
	require.True(t, strings.HasPrefix(strings.TrimPrefix(csv, "\ufeff"), "Faggruppe;Tema;"), csv[:60])
	require.Contains(t, csv, "Egebakkeskolen: Andre faggrupper;")

	roster := b.get(schoolPath(schoolID, "rounds", "rgrouproster", "roster")).body
	require.Contains(t, roster, "Faggruppe ikke oplyst")
	require.Contains(t, roster, "Faggruppe og ikke andet")
}
