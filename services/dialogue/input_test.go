package dialogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// invited is a scheduled dialogue that the leader leads and sits in, with the TR and three colleagues.
func (w *world) invited() *table {
	w.t.Helper()
	return w.prepare([]string{"leader", "tr", "teacher-1", "teacher-2", "teacher-3"}, func(body map[string]any) {
		body["playbook"], body["variant_minutes"] = "small-school", 20
		body["starts_at"] = w.service.now().Add(48 * time.Hour)
	})
}

// send has a person write to the TR and AMR.
func (tb *table) send(person, text string, options ...option) answer {
	tb.t.Helper()
	return tb.do(person, "POST", tb.path("/inputs"), map[string]any{"text": text}, options...)
}

// reply has a person answer an input.
func (tb *table) reply(person string, to answer, text, etag string) answer {
	tb.t.Helper()
	return tb.do(person, "POST", tb.path("/inputs/"+to.text("input_id")+"/answer"), map[string]any{"answer": text}, ifMatch(etag))
}

// raise has a person make a topic of some inputs.
func (tb *table) raise(person, office, text string, ids []string, options ...option) answer {
	tb.t.Helper()
	return tb.do(person, "POST", tb.path("/raised-inputs"), map[string]any{"input_ids": ids, "raised_as": office, "text": text}, options...)
}

// inputTag is the entity tag of an input as a person sees it now.
func (tb *table) inputTag(person string, of answer) string {
	tb.t.Helper()
	for _, one := range tb.do(person, "GET", tb.path("/inputs"), nil).ok().items() {
		if one["input_id"] == of.text("input_id") {
			return fmt.Sprintf(`"%v"`, one["revision"])
		}
	}
	tb.t.Fatal("no such input")
	return ""
}

// What a colleague writes before a dialogue comes to its TR, who answers, or takes it up in words of their own; the sender
// hears which. Nobody else hears that there was anything.
func (w *world) inputComesToTheRepresentatives() {
	t := w.t
	t.Helper()
	tb := w.invited()
	require.Equal(t, Scheduled, tb.view.State)
	first := tb.send("teacher-1", "Jeg tør ikke sige det: Aula æder aftenen").ok()
	require.Equal(t, "sent", first.text("status"))
	require.NotContains(t, first.body, "author_id")
	named := tb.do("teacher-2", "POST", tb.path("/inputs"), map[string]any{"text": "Også <b>her</b>, cafe\u0301", "with_name": true}).ok()
	require.Equal(t, "Også <b>her</b>, café", named.text("text"), "kept as it was written, in NFC")
	third := tb.send("teacher-2", "Hvornår er mødet slut?").ok()

	regretted := tb.send("teacher-2", "Det mente jeg ikke").ok()
	tb.do("teacher-2", "DELETE", tb.path("/inputs/"+regretted.text("input_id")), nil).ok()

	var list inputList
	tb.do("teacher-1", "GET", tb.path("/inputs"), nil).ok().into(&list)
	require.Equal(t, []string{"tr"}, list.Readers, "whoever writes can see who reads")
	require.Len(t, list.Items, 1, "one's own and nobody else's")
	require.True(t, list.Items[0].Mine)
	tb.do("teacher-3", "GET", tb.path("/inputs"), nil).ok().into(&list)
	require.Empty(t, list.Items)
	tb.do("tr", "GET", tb.path("/inputs"), nil).ok().into(&list)
	require.Len(t, list.Items, 3)
	require.Equal(t, "teacher-1", list.Items[0].AuthorID)
	require.False(t, list.Items[0].WithName)
	require.True(t, list.Items[1].WithName)

	// The topic is there as others are, before the dialogue is opened.
	ids := []string{first.text("input_id"), named.text("input_id")}
	topic := tb.raise("tr", "tr", "Beskeder om aftenen", ids, key("one-and-the-same")).ok()
	require.Equal(t, topic.text("topic_id"), tb.raise("tr", "tr", "Beskeder om aftenen", ids, key("one-and-the-same")).ok().text("topic_id"))
	tb.raise("tr", "tr", "Noget andet", ids, key("one-and-the-same")).refused(failure.IdempotencyConflict)
	tb.raise("tr", "tr", "En gang til", ids).refused(failure.InputIsSettled)
	tb.raise("tr", "tr", "Af en anden", []string{third.text("input_id")}, key("one-and-the-same")).refused(failure.IdempotencyConflict)
	tb.raise("tr", "tr", "Halvt", []string{third.text("input_id"), ids[0]}).refused(failure.InputIsSettled)
	answered := tb.reply("tr", third, "Klokken 16", tb.inputTag("tr", third)).ok()
	require.Equal(t, "answered", answered.text("status"))
	own := tb.do("teacher-2", "GET", tb.path("/inputs"), nil).ok().items()
	require.Len(t, own, 2, "what was taken back is gone")
	require.Equal(t, "taken_up", own[0]["status"])
	require.Equal(t, topic.text("topic_id"), own[0]["topic_id"])
	require.Equal(t, "Klokken 16", own[1]["answer"])

	// Everything that the leader can read, and everything that is told, to the end.
	tb.lead("/open", nil)
	topics := tb.do("leader", "GET", tb.path("/topics"), nil).ok()
	require.Len(t, topics.items(), 1)
	require.Equal(t, "tr", topics.items()[0]["raised_as"])
	live := tb.do("leader", "GET", tb.path("/live?wait=0"), nil).ok()
	tb.hold()
	secrets := []string{"Aula æder", "her</b>", "mødet slut", "Klokken 16", first.text("input_id"), named.text("input_id"), third.text("input_id")}
	silent := func(raw []byte, where string) {
		t.Helper()
		for _, secret := range secrets {
			require.False(t, bytes.Contains(raw, []byte(secret)), "%q in %s", secret, where)
		}
	}
	silent(topics.raw, "topics")
	silent(live.raw, "the live snapshot")
	for _, path := range []string{"", "/minutes", "/decisions", "/carried", "/actions"} {
		silent(tb.do("leader", "GET", tb.path(path), nil).ok().raw, path)
	}
	silent(tb.do("leader", "GET", w.in("/dialogues"), nil).ok().raw, "the list")
	silent(tb.do("", "GET", "/v1/snapshots/dialogues", nil, w.as("reporting")).ok().raw, "the snapshot")
	last := w.prepare(six(), nil)
	for _, e := range w.events(func(e events.Envelope) bool { return e.Type == "dialogue.dialogue-created.v1" && e.Subject == last.id }) {
		raw, err := json.Marshal(e)
		require.NoError(t, err)
		silent(raw, e.Type)
		require.NotContains(t, string(raw), "input.")
	}
	w.logMu.Lock()
	silent(w.log.Bytes(), "the log")
	require.NotContains(t, w.log.String(), `"action":"input.`)
	w.logMu.Unlock()

	// It is in the sender's own data, also when they no longer take part, and in nobody else's.
	after := w.invited()
	gone := after.send("teacher-3", "Skrevet, før jeg blev taget af").ok()
	after.take(after.do("leader", "PUT", after.path("/people"), map[string]any{
		"participant_ids": []string{"leader", "tr", "teacher-1"}, "facilitator_ids": []string{"leader"}}, ifMatch(after.etag)).ok())
	after.do("teacher-3", "GET", after.path("/inputs"), nil).refused(failure.AccessDenied)
	records := func(person string) string { return string(w.do(person, "GET", "/v1/me/records", nil).ok().raw) }
	require.Contains(t, records("teacher-3"), gone.text("text"))
	require.Contains(t, records("teacher-1"), "Aula æder")
	require.Contains(t, records("teacher-2"), `"answer":"Klokken 16"`)
	for _, person := range []string{"leader", "tr", "teacher-2"} {
		require.NotContains(t, records(person), "Aula æder", person)
	}
}

// A school cannot be asked for another's, and whoever comes to lead has lost sight of what was sent.
func TestWhoeverComesToLeadReadsNoInput(t *testing.T) {
	w := newWorld(t)
	tb := w.invited()
	sent := tb.send("teacher-1", "Kun til jer").ok()
	elsewhere := "/v1/tenants/" + string(w.other) + "/dialogues/" + tb.id + "/inputs"
	w.do("stranger", "GET", elsewhere, nil).refused(failure.DocumentNotFound)
	w.do("stranger", "DELETE", elsewhere+"/"+sent.text("input_id"), nil).refused(failure.DocumentNotFound)
	w.do("tr", "GET", elsewhere, nil).refused(failure.AccessDenied)
	another := w.invited()
	another.reply("tr", sent, "Forkert møde", sent.etag).refused(failure.DocumentNotFound)
	another.raise("tr", "tr", "Forkert møde", []string{sent.text("input_id")}).refused(failure.RequestInvalid)
	another.do("teacher-1", "DELETE", another.path("/inputs/"+sent.text("input_id")), nil).refused(failure.DocumentNotFound)

	tb.do("tr", "GET", tb.path("/inputs"), nil).ok()
	w.employ("tr", access.Leader, w.other)
	w.employ("teacher-1", access.SchoolAdministrator, w.school)
	require.Eventually(t, func() bool {
		roles, err := w.service.directory.Assignments(t.Context(), "teacher-1")
		return err == nil && len(roles) == 2
	}, patience, tick)
	for _, person := range []string{"tr", "teacher-1", "leader", "administrator", "municipality", "operator"} {
		tb.do(person, "GET", tb.path("/inputs"), nil).refused(failure.AccessDenied)
		tb.send(person, "Hej").refused(failure.AccessDenied)
		tb.reply(person, sent, "Hej", sent.etag).refused(failure.AccessDenied)
		tb.raise(person, "tr", "Hej", []string{sent.text("input_id")}).refused(failure.AccessDenied)
		tb.do(person, "DELETE", tb.path("/inputs/"+sent.text("input_id")), nil).refused(failure.AccessDenied)
	}
	tb.send("teacher-2", "Er der nogen?").refused(failure.NobodyReadsInputs)
	require.Empty(t, tb.do("teacher-2", "GET", tb.path("/inputs"), nil).ok().body["reader_ids"])
}

func TestBadInput(t *testing.T) {
	w := newWorld(t)
	draft := w.prepare(six(), nil)
	draft.send("teacher-1", "For tidligt").refused(failure.DialogueWrongState)
	tb := w.invited()
	for name, text := range map[string]string{"empty": " \n", "long": strings.Repeat("æ", maxShortText+1), "control": "a\u0007b"} {
		require.Equal(t, "text", tb.send("teacher-1", text).refused(failure.RequestInvalid).body["field"], name)
	}
	tb.do("teacher-1", "POST", tb.path("/inputs"), map[string]any{"text": "Hej", "author_id": "teacher-2"}).refused(failure.RequestUnknownField)
	tb.send("teacher-1", "Hej", key("short")).refused(failure.IdempotencyMissing)

	sent := tb.send("teacher-1", strings.Repeat("😀", maxShortText), key("my-own-key")).ok()
	id := sent.text("input_id")
	require.Equal(t, id, tb.send("teacher-1", strings.Repeat("😀", maxShortText), key("my-own-key")).ok().text("input_id"))
	tb.send("teacher-1", "En anden", key("my-own-key")).refused(failure.IdempotencyConflict)
	tb.send("teacher-2", strings.Repeat("😀", maxShortText), key("my-own-key")).refused(failure.AccessDenied)
	for i := range maxInputs - 1 {
		tb.send("teacher-1", strconv.Itoa(i)).ok()
	}
	tb.send("teacher-1", "Én for meget").refused(failure.TooManyInputs)
	tb.send("teacher-2", "Andre har deres egen plads").ok()

	tb.do("teacher-2", "DELETE", tb.path("/inputs/"+id), nil).refused(failure.DocumentNotFound)
	tb.do("tr", "DELETE", tb.path("/inputs/"+id), nil).refused(failure.DocumentNotFound)
	require.Equal(t, http.StatusNoContent, tb.do("teacher-1", "DELETE", tb.path("/inputs/"+id), nil).status)
	tb.reply("tr", sent, "Den er væk", sent.etag).refused(failure.DocumentNotFound)
	again := tb.send("teacher-1", "Der er plads igen").ok()

	path := tb.path("/inputs/" + again.text("input_id") + "/answer")
	tb.do("tr", "POST", path, map[string]any{"answer": "Ja"}).refused(failure.PreconditionMissing)
	tb.reply("tr", again, "Ja", `"7"`).refused(failure.PreconditionFailed)
	tb.reply("teacher-1", again, "Ja", again.etag).refused(failure.AccessDenied)
	require.Equal(t, "answer", tb.reply("tr", again, strings.Repeat("æ", maxShortText+1), again.etag).refused(failure.RequestInvalid).body["field"])
	answered := tb.reply("tr", again, "Ja", again.etag).ok()
	tb.reply("tr", again, "Nej", answered.etag).refused(failure.InputIsSettled)
	tb.do("teacher-1", "DELETE", tb.path("/inputs/"+again.text("input_id")), nil).refused(failure.InputIsSettled)

	open := []string{tb.send("teacher-3", "Tag det op").ok().text("input_id")}
	tb.raise("teacher-3", "tr", "Selv", open).refused(failure.AccessDenied)
	for field, refused := range map[string]answer{
		"raised_as":   tb.raise("tr", "amr", "Ikke AMR", open),
		"text":        tb.raise("tr", "tr", " ", open),
		"input_ids":   tb.raise("tr", "tr", "Ingen", []string{}),
		"input_ids.1": tb.raise("tr", "tr", "Ukendt", []string{open[0], "none"}),
	} {
		require.Equal(t, field, refused.refused(failure.RequestInvalid).body["field"])
	}
	tb.raise("tr", "tr", "Mange", make([]string, maxSources+1)).refused(failure.RequestInvalid)
	require.Equal(t, "sent", tb.do("teacher-3", "GET", tb.path("/inputs"), nil).ok().items()[0]["status"], "a refusal takes nothing up")

	// When it has begun nothing more is sent, and what was can still be taken up.
	tb.lead("/open", nil)
	tb.send("teacher-3", "For sent").refused(failure.DialogueWrongState)
	tb.raise("tr", "tr", "Fra en kollega", open).ok()
	late := w.invited()
	last := late.send("teacher-3", "Nåede vi ikke").ok()
	late.lead("/open", nil).hold()
	late.raise("tr", "tr", "Efter mødet", []string{last.text("input_id")}).refused(failure.DialogueWrongState)
	late.reply("tr", last, "Vi tager det næste gang", last.etag).ok()
}
