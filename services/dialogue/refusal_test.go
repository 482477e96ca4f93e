package dialogue

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// personas are everybody whom the permission matrix asks for, with what they are to the dialogue in question.
var personas = map[string]string{
	"facilitator": "leader", "participant": "teacher-1", "tr": "tr", "colleague": "teacher-7", "amr": "amr",
	"administrator": "administrator", "owner": "teacher-8", "stranger": "stranger", "municipality": "municipality",
	"analyst": "analyst", "operator": "operator", "union": "union",
}

// matrix says which personas each operation is for; nobody else gets further than access.denied. The TR takes part,
// the AMR does not.
var matrix = map[string]string{
	"POST /dialogues":                                         "facilitator tr amr administrator",
	"GET /dialogues":                                          "facilitator participant tr colleague amr administrator owner",
	"GET /first-steps":                                        "facilitator tr amr administrator",
	"GET /actions":                                            "facilitator participant tr colleague amr administrator owner",
	"POST /dialogues/:dialogue_id/inputs":                     "participant tr",
	"GET /dialogues/:dialogue_id/inputs":                      "participant tr",
	"DELETE /dialogues/:dialogue_id/inputs/:input_id":         "participant tr",
	"POST /dialogues/:dialogue_id/inputs/:input_id/answer":    "tr",
	"POST /dialogues/:dialogue_id/raised-inputs":              "tr",
	"POST /pre-meetings":                                      "tr amr",
	"GET /pre-meetings":                                       "participant tr colleague amr owner",
	"POST /dialogues/:dialogue_id/topics/:topic_id/hand-over": "",

	"GET /playbooks":                           "facilitator participant tr colleague amr administrator owner",
	"GET /playbooks/:playbook/:version":        "facilitator participant tr colleague amr administrator owner",
	"GET /adaptations":                         "tr amr administrator",
	"POST /adaptations":                        "tr amr administrator",
	"GET /adaptations/:adaptation_id":          "tr amr administrator",
	"PUT /adaptations/:adaptation_id":          "tr amr administrator",
	"POST /adaptations/:adaptation_id/check":   "tr amr administrator",
	"POST /adaptations/:adaptation_id/publish": "tr amr administrator",

	"GET /dialogues/:dialogue_id":                                  "facilitator participant tr",
	"GET /dialogues/:dialogue_id/live":                             "facilitator participant tr",
	"PUT /dialogues/:dialogue_id/people":                           "facilitator tr",
	"GET /dialogues/:dialogue_id/guests":                           "facilitator participant tr",
	"POST /dialogues/:dialogue_id/guests":                          "facilitator",
	"DELETE /dialogues/:dialogue_id/guests":                        "facilitator",
	"DELETE /dialogues/:dialogue_id/guests/:guest_id":              "facilitator",
	"POST /dialogues/:dialogue_id/schedule":                        "facilitator",
	"POST /dialogues/:dialogue_id/open":                            "facilitator",
	"POST /dialogues/:dialogue_id/pause":                           "facilitator",
	"POST /dialogues/:dialogue_id/resume":                          "facilitator",
	"POST /dialogues/:dialogue_id/conclude":                        "facilitator",
	"POST /dialogues/:dialogue_id/close":                           "facilitator",
	"POST /dialogues/:dialogue_id/cancel":                          "facilitator",
	"GET /dialogues/:dialogue_id/minutes":                          "facilitator participant tr",
	"POST /dialogues/:dialogue_id/minutes/circulate":               "facilitator",
	"POST /dialogues/:dialogue_id/minutes/approve":                 "facilitator",
	"GET /dialogues/:dialogue_id/decisions":                        "facilitator participant tr",
	"POST /dialogues/:dialogue_id/decisions":                       "facilitator",
	"GET /dialogues/:dialogue_id/disagreements":                    "facilitator participant tr",
	"POST /dialogues/:dialogue_id/disagreements":                   "facilitator tr",
	"PATCH /dialogues/:dialogue_id/decisions/:decision_id":         "facilitator",
	"PATCH /dialogues/:dialogue_id/disagreements/:disagreement_id": "facilitator tr",
	"POST /dialogues/:dialogue_id/topics":                          "facilitator tr",
	"GET /dialogues/:dialogue_id/topics":                           "facilitator participant tr",
	"POST /dialogues/:dialogue_id/topics/:topic_id/settle":         "facilitator",
	"POST /dialogues/:dialogue_id/escalations":                     "facilitator",
	"GET /dialogues/:dialogue_id/escalations":                      "facilitator participant tr",
	"GET /escalations":                                             "facilitator participant tr colleague amr administrator owner",
	"GET /escalations/:escalation_id":                              "facilitator participant tr",
	"POST /escalations/:escalation_id/receive":                     "",
	"POST /escalations/:escalation_id/answer":                      "",
	"POST /escalations/:escalation_id/withdraw":                    "facilitator",
	"GET /dialogues/:dialogue_id/carried":                          "facilitator participant tr",
	"POST /dialogues/:dialogue_id/next":                            "facilitator tr",
	"GET /dialogues/:dialogue_id/agreements":                       "facilitator participant tr",
	"POST /dialogues/:dialogue_id/agreements":                      "facilitator",
	"GET /dialogues/:dialogue_id/actions":                          "facilitator participant tr",
	"POST /dialogues/:dialogue_id/actions":                         "facilitator",

	"POST /dialogues/:dialogue_id/phases/:phase_id/start":                                  "facilitator",
	"POST /dialogues/:dialogue_id/phases/:phase_id/pause":                                  "facilitator",
	"POST /dialogues/:dialogue_id/phases/:phase_id/resume":                                 "facilitator",
	"POST /dialogues/:dialogue_id/phases/:phase_id/extend":                                 "facilitator",
	"POST /dialogues/:dialogue_id/phases/:phase_id/lock":                                   "facilitator",
	"POST /dialogues/:dialogue_id/phases/:phase_id/skip":                                   "facilitator",
	"POST /dialogues/:dialogue_id/phases/:phase_id/repeat":                                 "facilitator",
	"PUT /dialogues/:dialogue_id/phases/:phase_id/shared-dots":                             "facilitator",
	"GET /dialogues/:dialogue_id/phases/:phase_id/contributions":                           "facilitator participant tr",
	"POST /dialogues/:dialogue_id/phases/:phase_id/contributions":                          "participant tr",
	"PATCH /dialogues/:dialogue_id/phases/:phase_id/contributions/:contribution_id":        "participant tr",
	"DELETE /dialogues/:dialogue_id/phases/:phase_id/contributions/:contribution_id":       "participant tr",
	"POST /dialogues/:dialogue_id/phases/:phase_id/contributions/:contribution_id/hold":    "tr",
	"POST /dialogues/:dialogue_id/phases/:phase_id/contributions/:contribution_id/release": "tr",
	"GET /dialogues/:dialogue_id/phases/:phase_id/ballots":                                 "participant tr",
	"POST /dialogues/:dialogue_id/phases/:phase_id/ballots":                                "participant tr",

	"PUT /dialogues/:dialogue_id/phases/:phase_id/ready":                              "participant tr",
	"GET /dialogues/:dialogue_id/phases/:phase_id/ready":                              "participant tr",
	"PUT /dialogues/:dialogue_id/scribe":                                              "facilitator",
	"POST /dialogues/:dialogue_id/phases/:phase_id/transcriptions":                    "", // the facilitator is a leader, and the step sealed
	"DELETE /dialogues/:dialogue_id/phases/:phase_id/transcriptions/:contribution_id": "facilitator",

	"GET /dialogues/:dialogue_id/board":                           "facilitator participant tr",
	"GET /dialogues/:dialogue_id/board/earlier":                   "facilitator",
	"POST /dialogues/:dialogue_id/board/beginnings":               "facilitator",
	"POST /dialogues/:dialogue_id/board/items/:item_id/hold":      "tr",
	"POST /dialogues/:dialogue_id/board/items/:item_id/release":   "tr",
	"POST /dialogues/:dialogue_id/board/nodes":                    "facilitator participant tr",
	"PUT /dialogues/:dialogue_id/board/nodes/:node_id":            "facilitator participant tr",
	"DELETE /dialogues/:dialogue_id/board/nodes/:node_id":         "facilitator participant tr",
	"POST /dialogues/:dialogue_id/board/relations":                "facilitator participant tr",
	"PUT /dialogues/:dialogue_id/board/relations/:relation_id":    "facilitator participant tr",
	"DELETE /dialogues/:dialogue_id/board/relations/:relation_id": "facilitator participant tr",
	"POST /dialogues/:dialogue_id/board/inventory":                "facilitator participant tr",
	"PUT /dialogues/:dialogue_id/board/inventory/:row_id":         "facilitator participant tr",
	"DELETE /dialogues/:dialogue_id/board/inventory/:row_id":      "facilitator participant tr",
	"POST /dialogues/:dialogue_id/board/plan":                     "facilitator participant tr",
	"PUT /dialogues/:dialogue_id/board/plan/:row_id":              "facilitator participant tr",
	"DELETE /dialogues/:dialogue_id/board/plan/:row_id":           "facilitator participant tr",

	"GET /actions/:action_id":           "facilitator participant tr owner",
	"POST /actions/:action_id/accept":   "owner",
	"POST /actions/:action_id/decline":  "owner",
	"POST /actions/:action_id/progress": "owner",
	"POST /actions/:action_id/block":    "owner",
	"POST /actions/:action_id/done":     "owner",
	"POST /actions/:action_id/drop":     "facilitator owner",
	"POST /actions/:action_id/reassign": "facilitator",
	"POST /actions/:action_id/verify":   "facilitator tr",

	"GET /agreements":                                "facilitator participant tr colleague amr administrator owner",
	"GET /agreements/:agreement_id":                  "facilitator participant tr",
	"POST /agreements/:agreement_id/adopt":           "facilitator",
	"POST /agreements/:agreement_id/end":             "facilitator tr",
	"GET /agreements/:agreement_id/adherence":        "",
	"POST /agreements/:agreement_id/adherence":       "",
	"POST /agreements/:agreement_id/adherence/close": "facilitator tr",
}

// Every operation by everybody: who is not named is denied, before anything of the request is looked at; the same ids
// under another school's address are nowhere to be found; and without a token nothing is answered.
func TestPermissionMatrix(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare([]string{"teacher-1", "teacher-2", "teacher-3", "teacher-4", "tr"}, nil).lead("/open", nil)
	today := w.service.today()
	action := tb.do("leader", "POST", tb.path("/actions"), map[string]any{
		"text": "Gør det", "owner_id": "teacher-8", "minutes": 30, "due_on": today, "follow_up_on": "2099-01-01",
	}).ok()
	agreement := tb.agree(nil).ok()
	_, err := w.service.escalations.Insert(w.schoolContext(), "question", Escalation{DialogueID: tb.id, Status: EscalationRaised, ToTenant: string(w.school), ToForumID: "none", DueAt: never})
	require.NoError(t, err)
	ids := strings.NewReplacer(":agreement_id", agreement.text("agreement_id"), ":dialogue_id", tb.id, ":phase_id", tb.phase("reflect").PhaseID,
		":contribution_id", "none", ":decision_id", "none", ":topic_id", "none", ":node_id", "none", ":item_id", "none", ":relation_id", "none", ":row_id", "none", ":input_id", "none", ":guest_id", "none", ":escalation_id", "question", ":disagreement_id", "none", ":action_id", action.text("action_id"))

	seen := 0
	for _, route := range w.service.engine.Routes() {
		rest, ok := strings.CutPrefix(route.Path, "/v1/tenants/:tenant_id")
		if !ok {
			continue
		}
		seen++
		operation := route.Method + " " + rest
		allowed, ok := matrix[operation]
		require.True(t, ok, "%s is not in the matrix", operation)
		path := ids.Replace(rest)
		if strings.HasSuffix(path, "/live") {
			path += "?wait=0"
		}
		ask := func(person string, school tenant.ID) answer {
			var body any
			if route.Method != http.MethodGet && route.Method != http.MethodDelete {
				body = map[string]any{}
			}
			return w.do(person, route.Method, "/v1/tenants/"+string(school)+path, body, ifMatch(`"999"`))
		}
		for persona, person := range personas {
			denied := ask(person, w.school).body["code"] == string(failure.AccessDenied)
			require.Equal(t, !slices.Contains(strings.Fields(allowed), persona), denied, "%s by %s", operation, persona)
		}
		// Of questions nobody learns whether they are there, and playbooks are no matter of one dialogue.
		if strings.Contains(rest, "/:") && !strings.Contains(rest, "/:escalation_id") && !strings.Contains(rest, "/adaptations/") && !strings.Contains(rest, "/playbooks/") {
			ask("stranger", w.other).refused(failure.DocumentNotFound)
		}
		nobody := w.do("leader", route.Method, "/v1/tenants/"+string(w.school)+path, nil, func(r *http.Request) { r.Header.Del("Authorization") })
		nobody.refused(failure.AccessUnauthentic)
		forged := w.do("leader", route.Method, "/v1/tenants/"+string(w.school)+path, nil, func(r *http.Request) {
			r.Header.Set("Authorization", r.Header.Get("Authorization")[:40]+strings.Repeat("A", 60))
		})
		forged.refused(failure.AccessUnauthentic)
	}
	require.Equal(t, len(matrix), seen)
	require.Equal(t, "1", regexp.MustCompile(`\d+`).FindString(w.do("leader", "GET", w.in("/actions/"+action.text("action_id")), nil).etag), "nothing was changed")
	require.Empty(t, w.do("stranger", "GET", "/v1/tenants/"+string(w.other)+"/actions", nil).ok().items())
	require.Empty(t, w.do("teacher-7", "GET", w.in("/dialogues"), nil).ok().items(), "not published yet")
	require.Empty(t, w.do("teacher-7", "GET", w.in("/actions"), nil).ok().items())
	w.do("leader", "GET", "/v1/tenants/skole/dialogues", nil).refused(failure.TenantInvalid)
	w.do("leader", "GET", "/v1/tenants/"+string(tenant.New())+"/dialogues", nil).refused(failure.DocumentNotFound)
	service, err := access.NewSigner(w.key, access.Portal, w.clock.read).Token(Name, access.Service(access.Portal))
	require.NoError(t, err)
	w.do("leader", "GET", tb.path(""), nil, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+service) }).refused(failure.AccessDenied)
}

func TestBadDialogues(t *testing.T) {
	w := newWorld(t)
	good := func(change map[string]any) map[string]any {
		body := map[string]any{
			"title": "Platformen", "playbook": "from-overview-to-measures", "playbook_version": 1, "variant_minutes": 20,
			"participant_ids": teachers(5),
		}
		for k, v := range change {
			if v == nil {
				delete(body, k)
			} else {
				body[k] = v
			}
		}
		return body
	}
	for name, c := range map[string]struct {
		body  any
		code  failure.Code
		field string
	}{
		"no title":           {good(map[string]any{"title": " "}), failure.RequestInvalid, "title"},
		"long title":         {good(map[string]any{"title": strings.Repeat("æ", 201)}), failure.RequestInvalid, "title"},
		"unknown playbook":   {good(map[string]any{"playbook": "karaoke"}), failure.PlaybookUnknown, "playbook"},
		"unknown version":    {good(map[string]any{"playbook_version": 99}), failure.PlaybookUnknown, "playbook"},
		"variant":            {good(map[string]any{"variant_minutes": 30}), failure.RequestInvalid, "variant_minutes"},
		"nobody":             {good(map[string]any{"participant_ids": nil}), failure.RequestInvalid, "forum_id"},
		"both":               {good(map[string]any{"forum_id": "f"}), failure.RequestInvalid, "forum_id"},
		"unknown forum":      {good(map[string]any{"participant_ids": nil, "forum_id": "f"}), failure.ForumUnknown, "forum_id"},
		"unknown person":     {good(map[string]any{"participant_ids": []string{"teacher-1", "nobody"}}), failure.RequestInvalid, "participant_ids.1"},
		"of another school":  {good(map[string]any{"facilitator_ids": []string{"stranger"}}), failure.RequestInvalid, "facilitator_ids.1"},
		"unknown release":    {good(map[string]any{"source": Cell{"r", "relations", "demands"}}), failure.ReleaseUnknown, "source.release_id"},
		"unknown theme":      {good(map[string]any{"source": Cell{"r", "weather", "demands"}}), failure.RequestInvalid, "source.theme"},
		"past":               {good(map[string]any{"starts_at": time.Now().Add(-time.Minute)}), failure.RequestInvalid, "starts_at"},
		"unknown field":      {good(map[string]any{"colour": "red"}), failure.RequestUnknownField, "colour"},
		"wrong type":         {good(map[string]any{"title": 7}), failure.RequestWrongType, "title"},
		"malformed":          {`{"title": `, failure.RequestMalformed, ""},
		"two values":         {`{} {}`, failure.RequestMalformed, ""},
		"broken UTF-8":       {"{\"title\": \"\xff\"}", failure.RequestEncoding, ""},
		"a megabyte":         {`{"title": "` + strings.Repeat("a", 1<<20) + `"}`, failure.RequestTooLarge, ""},
		"technology of 1 kB": {good(map[string]any{"technology_id": strings.Repeat("a", 1000)}), failure.RequestInvalid, "technology_id"},
	} {
		a := w.do("leader", "POST", w.in("/dialogues"), c.body)
		require.Equal(t, string(c.code), a.body["code"], "%s: %s", name, a.raw)
		if c.field != "" {
			require.Equal(t, c.field, a.body["field"], name)
		}
	}
	w.do("leader", "POST", w.in("/dialogues"), good(nil), func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }).refused(failure.RequestMediaType)
	w.do("leader", "POST", w.in("/dialogues"), good(nil), func(r *http.Request) { r.Header.Del("Idempotency-Key") }).refused(failure.IdempotencyMissing)
	require.Empty(t, w.do("leader", "GET", w.in("/dialogues"), nil).ok().items(), "nothing half-written")

	first := w.do("leader", "POST", w.in("/dialogues"), good(nil), key("the-same-key")).ok()
	again := w.do("leader", "POST", w.in("/dialogues"), good(nil), key("the-same-key")).ok()
	require.JSONEq(t, string(first.raw), string(again.raw))
	w.do("leader", "POST", w.in("/dialogues"), good(map[string]any{"title": "En anden"}), key("the-same-key")).refused(failure.IdempotencyConflict)
	w.do("tr", "POST", w.in("/dialogues"), good(nil), key("the-same-key")).refused(failure.AccessDenied)
	w.do("leader", "GET", w.in("/dialogues?limit=0"), nil).refused(failure.RequestInvalid)
	w.do("leader", "GET", w.in("/dialogues?state=asleep"), nil).refused(failure.RequestInvalid)
	w.do("leader", "GET", w.in("/dialogues?cursor=x"), nil).refused(failure.CursorInvalid)
	w.do("leader", "DELETE", w.in("/dialogues"), nil).refused(failure.RequestNoMethod)

	id := w.in("/dialogues/" + first.text("dialogue_id"))
	w.do("leader", "POST", id+"/open", nil).refused(failure.PreconditionMissing)
	w.do("leader", "POST", id+"/open", nil, ifMatch(`"7"`)).refused(failure.PreconditionFailed)
	w.do("leader", "POST", id+"/open", nil, ifMatch(`W/"x"`)).refused(failure.PreconditionFailed)
	w.do("leader", "POST", id+"/open", nil, ifMatch(first.etag)).ok()
	w.do("leader", "POST", id+"/open", nil, ifMatch(`"2"`)).refused(failure.DialogueWrongState)
}

func TestBadContributions(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil).lead("/open", nil)
	tb.write("teacher-1", "reflect", "For tidligt").refused(failure.PhaseWrongState)
	tb.begin("reflect")
	tb.do("leader", "POST", tb.phasePath("reflect", "/start"), map[string]any{}, ifMatch(tb.etag)).refused(failure.PhaseWrongState)
	tb.do("leader", "POST", tb.phasePath("share", "/start"), map[string]any{}, ifMatch(tb.etag)).refused(failure.PhaseOtherActive)
	tb.do("leader", "POST", tb.phasePath("reflect", "/extend"), map[string]any{"minutes": 61}, ifMatch(tb.etag)).refused(failure.RequestInvalid)
	tb.do("leader", "PUT", tb.path("/people"), map[string]any{"participant_ids": teachers(5), "facilitator_ids": []string{"leader"}},
		ifMatch(tb.etag)).refused(failure.PhaseSealedActive)

	for name, text := range map[string]string{"empty": " ", "long": strings.Repeat("æ", maxText+1), "control": "a\u0007b"} {
		a := tb.write("teacher-1", "reflect", text)
		require.Equal(t, "text", a.refused(failure.RequestInvalid).body["field"], name)
	}
	for _, text := range []string{strings.Repeat("😀", maxText), "שלום <b>مرحبا</b> & 'æøå'", "e\u0301"} {
		a := tb.write("teacher-2", "reflect", text).ok()
		if text != "e\u0301" {
			require.Equal(t, text, a.text("text"))
		} else {
			require.Equal(t, "é", a.text("text"), "NFC")
		}
	}
	for range maxOwn {
		tb.write("teacher-3", "reflect", "Igen").ok()
	}
	tb.write("teacher-3", "reflect", "Endnu en").refused(failure.TooManyContributions)

	first := tb.write("teacher-1", "reflect", "Min", key("my-own-key")).ok()
	id := first.text("contribution_id")
	require.Equal(t, id, tb.write("teacher-1", "reflect", "Min", key("my-own-key")).ok().text("contribution_id"))
	tb.write("teacher-1", "reflect", "En anden", key("my-own-key")).refused(failure.IdempotencyConflict)
	require.NotEqual(t, id, tb.write("teacher-4", "reflect", "Min", key("my-own-key")).ok().text("contribution_id"), "keys of two people never meet")
	mine := tb.phasePath("reflect", "/contributions/"+id)
	change := map[string]any{"text": "Ændret"}
	tb.do("teacher-1", "PATCH", mine, change).refused(failure.PreconditionMissing)
	tb.do("teacher-1", "PATCH", mine, change, ifMatch(`"3"`)).refused(failure.PreconditionFailed)
	tb.do("teacher-4", "PATCH", mine, change, ifMatch(`"1"`)).refused(failure.DocumentNotFound)
	tb.do("teacher-4", "DELETE", mine, nil).refused(failure.DocumentNotFound)
	tb.do("teacher-1", "DELETE", mine, nil).ok()
	tb.do("teacher-1", "DELETE", mine, nil).ok()
	tb.do("teacher-1", "PATCH", mine, change, ifMatch(`"2"`)).refused(failure.DocumentNotFound)
	tb.vote("teacher-1", "reflect", []Choice{}).refused(failure.PhaseTakesNothing)
	tb.do("teacher-1", "GET", tb.phasePath("reflect", "/ballots"), nil).refused(failure.PhaseTakesNothing)
	tb.do("teacher-1", "POST", tb.path("/phases/none/contributions"), change).refused(failure.DocumentNotFound)

	// Five seconds past the deadline a draft is taken, afterwards not, whether the server has locked yet or not.
	w.clock.stand(tb.phase("reflect").Deadline.Add(Grace / 2))
	tb.write("teacher-5", "reflect", "Ikke med").refused(failure.AccessDenied)
	tb.write("teacher-4", "reflect", "På falderebet").ok()
	w.clock.stand(tb.phase("reflect").Deadline.Add(time.Minute))
	tb.write("teacher-4", "reflect", "For sent").refused(failure.PhaseLocked)
	require.NoError(t, w.service.sweep(w.schoolContext()))
	tb.refresh()
	tb.write("teacher-4", "reflect", "For sent").refused(failure.PhaseLocked)
	tb.do("leader", "POST", tb.phasePath("reflect", "/lock"), nil, ifMatch(tb.etag)).refused(failure.PhaseWrongState)
	texts := map[string]bool{}
	for _, c := range tb.read("teacher-1", "reflect") {
		texts[c.Text] = true
	}
	require.True(t, texts["På falderebet"])
	require.False(t, texts["For sent"] || texts["Min "] || texts["Ændret"])
}

func TestSmallTablesTalkOpenly(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(teachers(4), nil).lead("/open", nil)
	require.True(t, tb.phase("reflect").OpenOnly)
	refused := tb.do("leader", "POST", tb.phasePath("reflect", "/start"), map[string]any{}, ifMatch(tb.etag)).refused(failure.TooFewParticipants)
	require.Equal(t, "group", refused.body["want"])
	tb.run("reflect", "/start", map[string]any{"attribution": "group"})
	require.Equal(t, playbook.Group, tb.phase("reflect").Attribution)
	tb.write("teacher-1", "reflect", "Sagt åbent").ok()
	require.Len(t, tb.read("teacher-2", "reflect"), 1, "visible to all at once")
	tb.lock("reflect").run("share", "/skip", nil)
	tb.do("leader", "POST", tb.phasePath("prioritise", "/start"), map[string]any{}, ifMatch(tb.etag)).refused(failure.TooFewParticipants)
	tb.run("prioritise", "/start", map[string]any{"attribution": "group"})
	tb.vote("teacher-1", "prioritise", []Choice{{tb.read("leader", "reflect")[0].ContributionID, 1}}).refused(failure.PhaseTakesNothing)

	empty := w.prepare(six(), nil).lead("/open", nil).run("reflect", "/skip", nil).run("share", "/skip", nil)
	empty.do("leader", "POST", empty.phasePath("prioritise", "/start"), map[string]any{}, ifMatch(empty.etag)).refused(failure.NothingToChoose)
}

func TestBadOutcomes(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil)
	today := w.service.today()
	phase := tb.phase("decide").PhaseID
	tb.do("leader", "POST", tb.path("/decisions"), map[string]any{"text": "Nu", "source_ids": []string{phase}}).refused(failure.DialogueWrongState)
	tb.lead("/open", nil)
	tb.do("leader", "POST", tb.path("/decisions"), map[string]any{"text": "Nu", "source_ids": []string{}}).refused(failure.RequestInvalid)
	tb.do("leader", "POST", tb.path("/decisions"), map[string]any{"text": "Nu", "source_ids": []string{"cell"}}).refused(failure.RequestInvalid)
	tb.do("leader", "POST", tb.path("/decisions"), map[string]any{"text": "Nu", "source_ids": []string{phase, phase}}).refused(failure.RequestInvalid)
	bad := tb.do("tr", "POST", tb.path("/disagreements"), map[string]any{"subject": "", "positions": []string{"kun én"}, "next_step": "a", "next_step_reason": "b"})
	require.Len(t, bad.refused(failure.RequestInvalid).body["errors"], 2, "all mistakes at once")
	act := func(change map[string]any) answer {
		body := map[string]any{"text": "Gør", "owner_id": "leader", "due_on": today, "follow_up_on": today}
		for k, v := range change {
			body[k] = v
		}
		return tb.do("leader", "POST", tb.path("/actions"), body)
	}
	require.Equal(t, "due_on", act(map[string]any{"due_on": "2020-01-01"}).refused(failure.RequestInvalid).body["field"])
	act(map[string]any{"due_on": "i morgen"}).refused(failure.RequestInvalid)
	require.Equal(t, "follow_up_on", act(map[string]any{"follow_up_on": "2020-01-01"}).refused(failure.RequestInvalid).body["field"])
	act(map[string]any{"minutes": -5}).refused(failure.RequestInvalid)
	a := act(nil).ok()
	path := tb.in("/actions/" + a.text("action_id"))
	tb.do("leader", "POST", path+"/done", nil, ifMatch(a.etag)).refused(failure.ActionWrongStatus)
	tb.do("leader", "POST", path+"/accept", nil).refused(failure.PreconditionMissing)
	tb.do("leader", "POST", path+"/accept", nil, ifMatch(`"9"`)).refused(failure.PreconditionFailed)
	tb.do("leader", "POST", path+"/decline", map[string]any{"reason": ""}, ifMatch(a.etag)).refused(failure.RequestInvalid)
	tb.do("leader", "POST", path+"/verify", map[string]any{"effect": "splendid"}, ifMatch(a.etag)).refused(failure.RequestInvalid)
	tb.do("leader", "GET", tb.in("/actions?status=asleep"), nil).refused(failure.RequestInvalid)
	tb.do("leader", "POST", tb.path("/minutes/approve"), map[string]any{"content_hash": strings.Repeat("a", 64)}, ifMatch(tb.etag)).refused(failure.DialogueWrongState)
	tb.do("leader", "POST", tb.path("/minutes/circulate"), map[string]any{}, ifMatch(tb.etag)).refused(failure.DialogueWrongState)
	tb.do("leader", "GET", tb.path("/minutes?version=1"), nil).refused(failure.DocumentNotFound)
}
