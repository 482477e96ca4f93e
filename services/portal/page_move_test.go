package portal

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

const (
	personPath = "/schools/" + schoolID + "/administration/people/" + annaID
	movingPath = personPath + "/roles/ra1/move"
)

func TestAnEmployeeIsMoved(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.RoleAssignment{}, "POST "+under(operatorID, "role-assignments", "ra1", "move"))
	b := s.browser()
	b.signIn("bo", "/")
	here := b.get(movingPath)
	require.Contains(t, here.body, "Er nu i Indskoling.")
	require.Contains(t, here.body, `<option value="u2">Udskoling</option>`)
	there := b.get(movingPath + "?school=" + otherSchoolID)
	require.Contains(t, there.body, `<option value="u9">Mellemtrin</option>`)
	require.NotContains(t, there.body, "Udskoling", "the units of the school that was chosen, and no others")

	form := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "etag": {`"1"`}, "school": {schoolID}, "unit_id": {"u2"}, "to": {"2026-12-31"}}
	require.Equal(t, personPath, b.post(movingPath, form).Header.Get("Location"))
	require.Equal(t, `POST "1"k1 {"from":"2026-11-24T09:30:00Z","scope":"`+schoolID+`","to":"2027-01-01T00:00:00+01:00","unit_id":"u2"}`, h.sent[0],
		"from now on, and the last day counts")

	away := url.Values{formField: {b.token()}, "etag": {`"1"`}, "school": {otherSchoolID}, "unit_id": {"u9"}, "staff_group": {"pedagogue"}}
	require.Contains(t, b.post(movingPath, away).Header.Get("Location"), "/administration?moved=yes")
	away.Set("from", "2026-12-01")
	require.Equal(t, personPath, b.post(movingPath, away).Header.Get("Location"), "until then the person is there")

	h.answer = failure.Together(failure.Invalid("unit_id", "a unit"), failure.Invalid("to", "an end"))
	refused := b.post(movingPath, away)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, `id="unit_id-error"`)
	require.Contains(t, refused.body, `id="to-error"`)
	require.Contains(t, refused.body, "Mellemtrin", "of the school that was chosen")
	h.answer = failure.New(failure.AccessDenied)
	require.Equal(t, http.StatusForbidden, b.post(movingPath, away).StatusCode)

	for _, path := range []string{personPath + "/roles/ra2/move", personPath + "/roles/ra5/move", personPath + "/roles/ra3/move"} {
		require.Equal(t, http.StatusNotFound, b.get(path).StatusCode, "no placement, another's, one that has ended: "+path)
	}
}

func TestASubstituteIsPutIn(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.RoleAssignment{}, "POST "+under(operatorID, "role-assignments"))
	b := s.browser()
	b.signIn("bo", "/")
	require.Contains(t, b.get(personPath).body, "Stedfortræder: Bo Kjær, fra 24. november 2026 · til 1. december 2026")
	require.Contains(t, b.get("/schools/"+schoolID+"/administration/people/"+boID).body, "Stedfortræder for Anna Lind")

	path := personPath + "/roles/ra2/substitute"
	require.NotContains(t, b.get(path).body, `<option value="`+boID+`"`, "nobody gives a role to themselves")
	require.NotContains(t, b.get(path).body, `<option value="`+annaID+`"`, "nobody stands in for themselves")
	form := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "from": {"2026-12-01"}, "to": {"2026-12-20"}}
	refused := b.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, `id="person_id-error"`)
	require.Empty(t, h.sent)
	form.Set("person_id", claraID)
	require.Equal(t, personPath, b.post(path, form).Header.Get("Location"))
	require.Equal(t, []string{`POST k1 {"from":"2026-12-01T00:00:00+01:00","person_id":"` + claraID + `","role":"tr","scope":"` + schoolID + `","substitute_for":"ra2","to":"2026-12-21T00:00:00+01:00"}`}, h.sent)
	h.answer = failure.Invalid("to", "not after the role ends")
	require.Contains(t, b.post(path, form).body, `id="to-error"`)
	require.Equal(t, http.StatusNotFound, b.get(personPath+"/roles/ra1/substitute").StatusCode, "an employee is no duty")
	require.Equal(t, http.StatusNotFound, b.get("/schools/"+schoolID+"/administration/people/"+boID+"/roles/ra4/substitute").StatusCode, "a substitute has none")
}

// TestMovingInABrowser is the way from a person's page to another school.
func TestMovingInABrowser(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.RoleAssignment{}, "POST "+under(operatorID, "role-assignments", "ra1", "move"))
	reader := browsertest.New(t).Person("an administrator")
	s.arrives(reader)
	reader.Open(s.address + personPath)
	reader.Click("#move-ra1")
	reader.Fill("#school", otherSchoolID)
	reader.Click("#school-show")
	reader.WaitAddress("?school=" + otherSchoolID)
	reader.Keyboard()
	reader.Fill("#unit_id", "u9")
	reader.Click("#move-do")
	reader.Wait("#staff-moved")
	reader.Check()
	require.Contains(t, h.sent[0], `"scope":"`+otherSchoolID+`"`)
	reader.Open(s.address + personPath)
	reader.Click("#substitute-ra2")
	reader.Click("#substitute-do")
	reader.Wait("#person_id-error")
	reader.Check()
}
