package intake

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const goodRound = `{"title":"Aula","instrument":"full","instrument_version":1,"opens_on":"2026-11-23","closes_on":"2026-12-04","visible_to_all_on":"2026-12-11"}`

// round returns goodRound with one thing changed.
func round(old, replacement string) string { return strings.Replace(goodRound, old, replacement, 1) }

func TestBadInputIsRefusedWithItsField(t *testing.T) {
	w := newWorld(t)
	elsewhere := w.elsewhere()
	json := []string{"Content-Type", "application/json"}
	for name, test := range map[string]struct {
		body    string
		headers []string
		code    failure.Code
		field   string
	}{
		"not JSON":                   {"{", json, failure.RequestMalformed, ""},
		"two values":                 {goodRound + goodRound, json, failure.RequestMalformed, ""},
		"no JSON by its header":      {goodRound, []string{"Content-Type", "text/plain"}, failure.RequestMediaType, ""},
		"one megabyte":               {round("Aula", strings.Repeat("a", 1<<20)), json, failure.RequestTooLarge, ""},
		"broken UTF-8":               {round("Aula", "Aula\xff"), json, failure.RequestEncoding, ""},
		"an unknown field":           {round(`{"title"`, `{"colour":"red","title"`), json, failure.RequestUnknownField, "colour"},
		"a wrong type":               {round(`"full"`, `7`), json, failure.RequestWrongType, "instrument"},
		"no title":                   {round("Aula", " "), json, failure.RequestInvalid, "title"},
		"a control character":        {round("Aula", `A\u0000ula`), json, failure.RequestInvalid, "title"},
		"no such instrument":         {round("full", "empty"), json, failure.RequestInvalid, "instrument"},
		"no such version":            {round(`_version":1`, `_version":99`), json, failure.RequestInvalid, "instrument"},
		"another's technology":       {round(`{"title"`, `{"technology_id":"`+elsewhere+`","title"`), json, failure.RequestInvalid, "technology_id"},
		"an empty technology":        {round(`{"title"`, `{"technology_id":"","title"`), json, failure.RequestInvalid, "technology_id"},
		"a technology beyond bounds": {round(`{"title"`, `{"technology_id":"`+strings.Repeat("a", 300)+`","title"`), json, failure.RequestInvalid, "technology_id"},
		"no such unit":               {round(`{"title"`, `{"unit_ids":["north","west"],"title"`), json, failure.RequestInvalid, "unit_ids.1"},
		"a unit twice":               {round(`{"title"`, `{"unit_ids":["north","north"],"title"`), json, failure.RequestInvalid, "unit_ids.1"},
		"no unit":                    {round(`{"title"`, `{"unit_ids":[],"title"`), json, failure.RequestInvalid, "unit_ids"},
		"another breakdown":          {round(`{"title"`, `{"breakdown":"age","title"`), json, failure.RequestInvalid, "breakdown"},
		"groups in some units":       {round(`{"title"`, `{"breakdown":"staff_group","unit_ids":["north"],"title"`), json, failure.RequestInvalid, "unit_ids"},
		"no date":                    {round("2026-12-04", "4. december"), json, failure.RequestInvalid, "closes_on"},
		"closes before it opens":     {round("2026-11-23", "2026-12-05"), json, failure.RequestInvalid, "closes_on"},
		"visible before it closes":   {round("2026-12-11", "2026-12-03"), json, failure.RequestInvalid, "visible_to_all_on"},
		"lowered thresholds":         {round(`{"title"`, `{"thresholds":{"means":4,"distributions":10},"title"`), json, failure.RequestInvalid, "thresholds.means"},
		"no idempotency key":         {goodRound, append(json, "Idempotency-Key", ""), failure.IdempotencyMissing, "Idempotency-Key"},
		"a short idempotency key":    {goodRound, append(json, "Idempotency-Key", "short"), failure.IdempotencyMissing, "Idempotency-Key"},
	} {
		t.Run(name, func(t *testing.T) {
			response, answer := w.call("leader", http.MethodPost, school("/rounds"), test.body, append(fresh(), test.headers...)...)
			p := refused(t, test.code, response, answer)
			require.Equal(t, test.field, p.Field)
		})
	}
	var rounds struct{ Items []intakeapi.Round }
	w.get("leader", school("/rounds"), &rounds)
	require.Empty(t, rounds.Items, "nothing is half-written")

	t.Run("everything at once", func(t *testing.T) {
		body := round("Aula", "")
		body = strings.Replace(body, `"full"`, `"empty"`, 1)
		body = strings.Replace(body, "2026-12-11", "soon", 1)
		response, answer := w.call("leader", http.MethodPost, school("/rounds"), body, fresh()...)
		p := refused(t, failure.RequestInvalid, response, answer)
		var fields []string
		for _, one := range p.Errors {
			fields = append(fields, one.Field)
		}
		require.ElementsMatch(t, []string{"instrument", "title", "visible_to_all_on"}, fields)
	})
	t.Run("technologies", func(t *testing.T) {
		for body, field := range map[string]string{
			`{"name":"","kind":"communication"}`:                                         "name",
			`{"name":"Aula","kind":"toys"}`:                                              "kind",
			`{"name":"Aula","kind":"communication","more_kinds":["communication"]}`:      "more_kinds",
			`{"name":"` + strings.Repeat("å", 81) + `","kind":"classroom"}`:              "name",
			`{"name":"A\nB","kind":"classroom"}`:                                         "name",
			`{"name":"Aula","kind":"communication","more_kinds":["x","administrative"]}`: "more_kinds",
		} {
			response, answer := w.call("leader", http.MethodPost, school("/technologies"), body, fresh()...)
			require.Equal(t, field, refused(t, failure.RequestInvalid, response, answer).Field, body)
		}
	})
}

// elsewhere registers a technology at the other school.
func (w *world) elsewhere() string {
	w.t.Helper()
	response, answer := w.call("neighbour", http.MethodPost, "/v1/tenants/"+string(otherID)+"/technologies",
		intakeapi.NewTechnology{Name: "Itslearning", Kind: "learning_platform"}, fresh()...)
	require.Equal(w.t, http.StatusCreated, response.StatusCode)
	return decoded[intakeapi.Technology](w.t, answer).TechnologyID
}

func TestARepeatedCreationAnswersTheSame(t *testing.T) {
	w := newWorld(t)
	headers := fresh()
	response, first := w.call("leader", http.MethodPost, school("/rounds"), goodRound, headers...)
	require.Equal(t, http.StatusCreated, response.StatusCode)
	response, again := w.call("leader", http.MethodPost, school("/rounds"), goodRound, headers...)
	require.Equal(t, http.StatusCreated, response.StatusCode)
	require.Equal(t, string(first), string(again))
	require.NoError(t, uuid.Validate(decoded[intakeapi.Round](t, first).RoundID))

	response, answer := w.call("leader", http.MethodPost, school("/rounds"), round("Aula", "Teams"), headers...)
	refused(t, failure.IdempotencyConflict, response, answer)

	technology := intakeapi.NewTechnology{Name: "A\u030alborg-net", Kind: "administrative"} // Å in two parts
	headers = fresh()
	_, first = w.call("leader", http.MethodPost, school("/technologies"), technology, headers...)
	_, again = w.call("leader", http.MethodPost, school("/technologies"), technology, headers...)
	require.Equal(t, string(first), string(again))
	require.Equal(t, "Ålborg-net", decoded[intakeapi.Technology](t, first).Name)
	w.has("intake.technology-registered.v1")
}

func TestCommandsWantTheRightMoment(t *testing.T) {
	w := newWorld(t)
	made := w.draft(nil)
	path := school("/rounds/" + made.RoundID)
	try := func(verb string, headers ...string) (*http.Response, []byte) {
		return w.call("leader", http.MethodPost, path+"/"+verb, nil, headers...)
	}
	response, answer := try("announce")
	refused(t, failure.PreconditionMissing, response, answer)
	for _, stale := range []string{`"7"`, `"x"`, `W/"1"`} {
		response, answer = try("announce", "If-Match", stale)
		refused(t, failure.PreconditionFailed, response, answer)
	}
	for _, verb := range []string{"open", "close"} {
		response, answer = try(verb, "If-Match", `"1"`)
		require.Equal(t, "status", refused(t, failure.RoundWrongStatus, response, answer).Field)
	}
	response, answer = try("tickets")
	refused(t, failure.RoundNoTickets, response, answer)
	response, answer = w.call("teacher", http.MethodPost, path+"/tickets", nil)
	refused(t, failure.DocumentNotFound, response, answer)

	w.announce(made.RoundID)
	response, answer = try("announce", "If-Match", `"1"`)
	require.Equal(t, http.StatusOK, response.StatusCode, "what has taken effect need not be refused")
	require.Equal(t, intakeapi.RoundStatus("announced"), decoded[intakeapi.Round](t, answer).Status)
	require.Equal(t, 1, w.neighbour.count("announce"))

	empty := w.draft(func(r *intakeapi.NewRound) { r.UnitIds = &[]string{"empty"} })
	response, answer = w.call("leader", http.MethodPost, school("/rounds/"+empty.RoundID+"/announce"), nil, "If-Match", `"1"`)
	refused(t, failure.RoundNoVoters, response, answer)
	late := w.draft(nil)
	w.clock.set(Date("2026-12-04").End())
	response, answer = w.call("leader", http.MethodPost, school("/rounds/"+late.RoundID+"/announce"), nil, "If-Match", `"1"`)
	refused(t, failure.RoundExpired, response, answer)
}

func TestOddRequests(t *testing.T) {
	w := newWorld(t)
	refuses := func(code failure.Code, who access.Subject, method, path string) {
		t.Helper()
		response, answer := w.send(who, method, path, nil)
		refused(t, code, response, answer)
	}
	leader := person("leader")
	refuses(failure.AccessUnauthentic, access.Subject{}, http.MethodGet, school("/rounds"))
	refuses(failure.TenantInvalid, leader, http.MethodGet, "/v1/tenants/skole/rounds")
	refuses(failure.AccessDenied, leader, http.MethodGet, "/v1/tenants/"+string(tenant.New())+"/rounds")
	refuses(failure.DocumentNotFound, leader, http.MethodGet, school("/rounds/none"))
	refuses(failure.DocumentNotFound, leader, http.MethodGet, school("/technologies/"+w.elsewhere()))
	refuses(failure.DocumentNotFound, leader, http.MethodGet, "/v1/instruments/full/99")
	refuses(failure.DocumentNotFound, leader, http.MethodGet, "/v1/instruments/full/x")
	refuses(failure.RequestInvalid, leader, http.MethodGet, school("/rounds?limit=0"))
	refuses(failure.CursorInvalid, leader, http.MethodGet, school("/rounds?cursor=x"))
	for path, code := range map[string]failure.Code{school("/nothing"): failure.RequestNoRoute, school("/round-states"): failure.RequestNoMethod} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, w.server.URL+path, nil)
		require.NoError(t, err)
		response, err := w.server.Client().Do(request)
		require.NoError(t, err)
		require.Equal(t, failure.New(code).Status(), response.StatusCode)
		require.NoError(t, response.Body.Close())
	}
	foreign, err := access.NewSigner(key("portal"), "portal", w.clock.now).Token("reporting", leader)
	require.NoError(t, err)
	response, answer := w.send(access.Subject{}, http.MethodGet, school("/rounds"), nil, "Authorization", "Bearer "+foreign)
	refused(t, failure.AccessUnauthentic, response, answer)
}

func TestListsComeInPages(t *testing.T) {
	w := newWorld(t)
	var made []string
	for range 5 {
		made = append(made, w.draft(nil).RoundID)
		w.clock.set(w.clock.now().Add(1e9))
	}
	slices.Reverse(made)
	var got []string
	path := school("/rounds?limit=2")
	for range 3 {
		var page struct {
			Items []intakeapi.Round
			Next  string `json:"next_cursor"`
		}
		w.get("leader", path, &page)
		for _, item := range page.Items {
			got = append(got, item.RoundID)
		}
		path = school("/rounds?limit=2&cursor=" + page.Next)
	}
	require.Equal(t, made, got)
	var hidden struct{ Items []intakeapi.Round }
	w.get("teacher", school("/rounds"), &hidden)
	require.Empty(t, hidden.Items)
}

func TestBrokenSettingsAreNamedAllAtOnce(t *testing.T) {
	var mistakes *host.ConfigError
	require.ErrorAs(t, host.Settings(map[string]string{}, &Settings{}), &mistakes)
	require.Len(t, mistakes.Mistakes, 3)
	require.ErrorAs(t, host.Settings(map[string]string{"PORTAL_PUBLIC_URL": "portal", "BALLOTBOX_PUBLIC_URL": "ftp://box", "BALLOTBOX_SIGNING_KEY": "a key"}, &Settings{}), &mistakes)
	require.Len(t, mistakes.Mistakes, 3)
	require.NoError(t, host.Settings(map[string]string{"PORTAL_PUBLIC_URL": "http://127.0.0.1:1", "BALLOTBOX_PUBLIC_URL": "https://box.example",
		"BALLOTBOX_SIGNING_KEY": base64.StdEncoding.EncodeToString(make([]byte, 32))}, &Settings{}))
}
