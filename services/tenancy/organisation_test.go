package tenancy

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestChangeOrganisation(t *testing.T) {
	w := newWorld(t)
	admin, path := w.people["school_administrator"], at(w.school, "/organisation")
	before := read[tenancyapi.Organisation](t, w.call(admin, "GET", path, nil))

	changed := read[tenancyapi.Organisation](t, w.call(admin, "PATCH", path, []byte(`{"name":"Nordskolen og Enggården","code":"281041","learner_word":"børn","language":"en","core_task_text":"At lære.",
		"holidays":[{"name":"Jul","from_on":"2026-12-23","to_on":"2027-01-03"},{"name":"Efterår","from_on":"2026-10-12","to_on":"2026-10-16"}],
		"working_hours":[{"weekday":"monday","from":"07:30","to":"16:00"}]}`), ifMatch(before.Revision)))
	require.Equal(t, changed, read[tenancyapi.Organisation](t, w.call(admin, "GET", path, nil)))
	require.Equal(t, "281041", *changed.Code)
	require.Equal(t, "børn", *changed.LearnerWord)
	require.Equal(t, "Efterår", (*changed.Holidays)[0].Name, "in the order of time")
	require.Equal(t, "Nordskolen og Enggården", changed.Name)
	require.Equal(t, before.InstitutionType, changed.InstitutionType, "what is left out stays as it is")
	w.call(admin, "PATCH", path, []byte(`{"learner_word":"unge"}`), ifMatch(before.Revision)).refused(t, 412, failure.PreconditionFailed)
	w.call(admin, "PATCH", path, []byte(`{"learner_word":"unge"}`)).refused(t, 428, failure.PreconditionMissing)

	sister := at(w.sister, "/organisation")
	municipal := w.people["municipal_administrator"]
	w.call(municipal, "PATCH", sister, []byte(`{"code":"281041"}`), ifMatch(1)).refused(t, 409, failure.OrganisationTaken)

	w.call(w.people["platform_operator"], "PATCH", path, []byte(`{"learner_word":"unge"}`), ifMatch(changed.Revision)).refused(t, 403, failure.AccessDenied)
	north := at(w.north, "/organisation")
	read[tenancyapi.Organisation](t, w.call(w.people["platform_operator"], "PATCH", north, []byte(`{"language":"en"}`), ifMatch(1)))

	for body, field := range map[string]string{
		`{"code":"12345"}`:             "code",
		`{"name":" "}`:                 "name",
		`{"language":"sv"}`:            "language",
		`{"learner_word":""}`:          "learner_word",
		`{"core_task_text":"a\u0000"}`: "core_task_text",
		`{"holidays":[{"name":"","from_on":"2026-12-23","to_on":"2026-12-24"}]}`:                                                           "holidays.0.name",
		`{"holidays":[{"name":"Jul","from_on":"2026-02-30","to_on":"2026-12-24"}]}`:                                                        "holidays.0.from_on",
		`{"holidays":[{"name":"Jul","from_on":"2026-12-23","to_on":"2026-12-22"}]}`:                                                        "holidays.0.to_on",
		`{"holidays":[{"name":"A","from_on":"2026-12-23","to_on":"2026-12-24"},{"name":"B","from_on":"2026-12-24","to_on":"2026-12-25"}]}`: "holidays.1.from_on",
		`{"working_hours":[{"weekday":"mandag","from":"08:00","to":"16:00"}]}`:                                                             "working_hours.0.weekday",
		`{"working_hours":[{"weekday":"monday","from":"0:00","to":"16:00"}]}`:                                                              "working_hours.0.from",
		`{"working_hours":[{"weekday":"monday","from":"08:00","to":"24:00"}]}`:                                                             "working_hours.0.to",
		`{"working_hours":[{"weekday":"monday","from":"08:00","to":"12:00"},{"weekday":"monday","from":"13:00","to":"16:00"}]}`:            "working_hours.1.weekday",
	} {
		got := w.call(admin, "PATCH", path, []byte(body), ifMatch(changed.Revision))
		var p failure.Problem
		require.NoError(t, json.Unmarshal(got.body, &p), body)
		require.Equal(t, 422, got.status, "%s: %s", body, got.body)
		require.Equal(t, field, p.Field, "%s: %s", body, got.body)
	}
	got := w.call(municipal, "PATCH", north, []byte(`{"holidays":[]}`), ifMatch(2))
	got.refused(t, 422, failure.RequestInvalid)
}
