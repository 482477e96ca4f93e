package intake

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/personal/personaltest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// monthOperations have a way of their own; see TestTellingAnonymously.
var monthOperations = []string{
	"GET /v1/tenants/{tenant_id}/experiences", "PUT /v1/tenants/{tenant_id}/experiences",
	"POST /v1/tenants/{tenant_id}/experiences/months/{month_id}/tickets",
	"GET /v1/tenants/{tenant_id}/experiences/months/{month_id}/told", "GET /v1/tenants/{tenant_id}/experiences/months/{month_id}/roster",
	"POST /v1/tenants/{tenant_id}/experiences/months/{month_id}/countersign", "POST /v1/tenants/{tenant_id}/experiences/months/{month_id}/refuse",
	"POST /v1/tenants/{tenant_id}/experiences/told/{experience_id}/answer",
}

// afterNovember is the first moment of the next month in Denmark.
var afterNovember = time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC)

func TestTellingAnonymously(t *testing.T) {
	w := newWorld(t)
	var voice intakeapi.Voice
	w.get("leader", school("/experiences"), &voice)
	require.Equal(t, intakeapi.Voice{Readers: []intakeapi.ReaderRole{"tr", "amr"}, Months: []intakeapi.Month{}}, voice, "off until somebody begins")
	technology := w.technology()
	month := w.begin()
	require.Equal(t, 15, month.Staff, "leaders are not among them")
	frame := w.neighbour.frame(month.MonthID)
	require.Equal(t, []any{map[string]any{"unit_id": "school", "voters": 15.0}}, frame["units"], "one unit, so that no key tells where somebody works")
	require.EqualValues(t, 3, frame["tokens_each"])

	response, answer := w.call("teacher", http.MethodPost, school("/experiences/months/"+month.MonthID+"/tickets"), nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	require.Contains(t, decoded[intakeapi.Ticket](t, answer).URL, "/r/"+month.MonthID+"#ticket=")
	response, answer = w.call("leader", http.MethodPost, school("/experiences/months/"+month.MonthID+"/tickets"), nil)
	refused(t, failure.MonthNotOnRoster, response, answer)

	anna, bo := newTeller(t), newTeller(t)
	w.tells(month.MonthID, anna, map[string]string{"direction": "strain", "text": " Aula ga\u030ar ned.\r\nRing 20304050. ", "technology": technology, "cells": "core_task.demands core_task.meaning"})
	w.tells(month.MonthID, bo, map[string]string{"direction": "gain", "text": "Det hjælper."})
	w.tells(month.MonthID, bo, map[string]string{"direction": "sideways", "text": "fra et andet program"})
	response, answer = w.call("tr", http.MethodGet, school("/experiences/months/"+month.MonthID+"/told"), nil)
	refused(t, failure.DocumentNotFound, response, answer)

	w.over()
	list := w.toldIn("amr", month.MonthID)
	require.Len(t, list.Items, 2)
	i := slices.IndexFunc(list.Items, func(e intakeapi.Experience) bool { return e.Direction == "strain" })
	strain := list.Items[i]
	require.Equal(t, "Aula går ned.\nRing [tlf.].", strain.Text, "composed, and masked")
	require.Equal(t, []string{"core_task.demands", "core_task.meaning"}, strain.Cells)
	require.Equal(t, "Aula", *strain.Technology)
	response, answer = w.call("teacher", http.MethodPost, school("/experiences/months/"+month.MonthID+"/tickets"), nil)
	refused(t, failure.MonthNoTickets, response, answer)

	response, answer = w.respond("tr", strain.ExperienceID, "Tak. Vi tager det op på mødet.")
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	response, _ = w.respond("amr", strain.ExperienceID, "Tak. Vi tager det op på mødet.")
	require.Equal(t, http.StatusOK, response.StatusCode, "the same again is none")
	response, answer = w.respond("amr", strain.ExperienceID, "Noget andet")
	refused(t, failure.ExperienceAnswered, response, answer)
	response, answer = w.respond("tr", strain.ExperienceID, strings.Repeat("å", 1001))
	refused(t, failure.RequestInvalid, response, answer)

	w.eventually(func() bool {
		return slices.ContainsFunc(w.toldIn("tr", month.MonthID).Items, func(e intakeapi.Experience) bool { return e.Answer != nil && e.Answer.Sent })
	})
	require.Equal(t, "Tak. Vi tager det op på mødet.", w.replyTo(month.MonthID, anna))
	require.Empty(t, w.replyTo(month.MonthID, bo), "the other sender has none")
	require.Equal(t, "tr", w.answer(month.MonthID).PersonID)

	w.signs("amr", w.monthAt("2026-12", "countersigning"))
	require.Equal(t, map[string]int{"intake.technology-registered.v1": 1, "intake.access-recorded.v1": 3, "intake.month-countersignature-asked.v1": 2}, w.told(),
		"that telling was switched on, that two lists waited and were countersigned is told, and nothing else of it")
}

// Nobody but the readers whom the month names gets anything of it, wherever they ask from.
func TestOnlyReadersGetWhatWasTold(t *testing.T) {
	w := newWorld(t)
	response, answer := w.call("tr", http.MethodPut, school("/experiences"), intakeapi.VoiceSetting{On: true, Readers: &[]intakeapi.ReaderRole{"tr"}})
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	waiting := w.monthAt("2026-11", "countersigning")
	response, answer = w.countersignMonth("amr", waiting.MonthID, nil)
	refused(t, failure.AccessDenied, response, answer) // who is no reader does not vouch either
	response, answer = w.call("amr", http.MethodGet, school("/experiences/months/"+waiting.MonthID+"/roster"), nil)
	refused(t, failure.AccessDenied, response, answer)
	month := w.signs("tr", waiting)
	w.tells(month.MonthID, newTeller(t), map[string]string{"direction": "gain", "text": "Kun til TR"})
	w.over()
	told := w.toldIn("tr", month.MonthID).Items
	require.Len(t, told, 1)
	for _, who := range []string{"leader", "administrator", "teacher", "amr", "municipal", "analyst", "operator", "union", "neighbour", "stranger"} {
		response, answer := w.call(who, http.MethodGet, school("/experiences/months/"+month.MonthID+"/told"), nil)
		refused(t, failure.AccessDenied, response, answer)
		response, answer = w.respond(who, told[0].ExperienceID, "Hvem er du?")
		refused(t, failure.AccessDenied, response, answer)
	}
	for _, service := range []string{"reporting", "dialogue", "tenancy", "ballotbox"} {
		response, answer := w.send(access.Service(service), http.MethodGet, school("/experiences/months/"+month.MonthID+"/told"), nil)
		refused(t, failure.AccessDenied, response, answer)
	}
	// What a leader may see is the same whether one has told or nobody.
	before, _ := w.call("leader", http.MethodGet, school("/experiences"), nil)
	require.Equal(t, http.StatusOK, before.StatusCode)
	_, seen := w.call("leader", http.MethodGet, school("/experiences"), nil)
	require.NotContains(t, string(seen), "experience_id")
	require.NotContains(t, string(seen), `"told"`)
}

func TestTellingTakesFiveAndAReader(t *testing.T) {
	readers := []string{"tr", "amr"}
	there := map[string][]string{"p": {"amr"}}
	require.Equal(t, TooFewStaff, obstacle(4, readers, there))
	require.Empty(t, obstacle(5, readers, there))
	require.Equal(t, NoReader, obstacle(5, []string{"tr"}, there))
	require.Equal(t, NoReader, obstacle(5, readers, nil))

	w := newWorld(t)
	publish(t, w.tenancy, []event{
		{operatorID, "theirs", events.RoleAssigned{AssignmentID: "theirs", PersonID: "theirs", Role: access.UnionRepresentative, Scope: string(otherID), From: noon.Add(-time.Minute)}},
	})
	w.eventually(func() bool {
		response, _ := w.call("theirs", http.MethodGet, "/v1/tenants/"+string(otherID)+"/experiences", nil)
		return response.StatusCode == http.StatusOK
	})
	response, answer := w.call("theirs", http.MethodPut, "/v1/tenants/"+string(otherID)+"/experiences", intakeapi.VoiceSetting{On: true})
	refused(t, failure.VoiceTooFew, response, answer)

	// A month that cannot begin says why, and the next one is tried again.
	ctx := tenant.With(ownContext(w), otherID)
	_, err := w.intake.voices.Upsert(ctx, voiceID, func(v *Voice, _ bool) ([]events.Event, error) { v.Switch(true, readers); return nil, nil })
	require.NoError(t, err)
	w.intake.hurry()
	w.eventually(func() bool {
		var voice intakeapi.Voice
		w.get("theirs", "/v1/tenants/"+string(otherID)+"/experiences", &voice)
		return voice.Without != nil && *voice.Without == "too_few_staff" && len(voice.Months) == 0
	})
}

// Switching off lets the month under way go on, as it was promised, and begins no other.
func TestAMonthUnderWayIsKept(t *testing.T) {
	w := newWorld(t)
	month := w.begin()
	w.tells(month.MonthID, newTeller(t), map[string]string{"direction": "gain", "text": "Nåede det"})
	response, answer := w.call("amr", http.MethodPut, school("/experiences"), intakeapi.VoiceSetting{})
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	w.over()
	require.Len(t, w.toldIn("tr", month.MonthID).Items, 1)
	var voice intakeapi.Voice
	w.get("tr", school("/experiences"), &voice)
	require.Len(t, voice.Months, 1)
}

// A ballot box that is away, one that still makes its keys, and one that is somebody else's.
func TestAMonthWaitsForTheBallotBox(t *testing.T) {
	w := newWorld(t)
	w.neighbour.set(func() { w.neighbour.preparing = 2 })
	response, answer := w.call("tr", http.MethodPut, school("/experiences"), intakeapi.VoiceSetting{On: true})
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	month := w.signs("tr", w.monthAt("2026-11", "countersigning"))
	w.tells(month.MonthID, newTeller(t), map[string]string{"direction": "gain", "text": "Venter"})
	w.neighbour.set(func() { w.neighbour.away = true })
	w.clock.set(afterNovember)
	w.intake.hurry()
	w.monthAt("2026-11", "closing")
	w.neighbour.set(func() { w.neighbour.away, w.neighbour.signs = false, "reporting" })
	w.intake.hurry()
	w.monthAt("2026-11", "closed")
	require.Len(t, w.toldIn("tr", month.MonthID).Items, 1)
	w.eventually(func() bool {
		return strings.Contains(w.log.String(), "round.keys_foreign") || strings.Contains(w.log.String(), "not signed")
	})
	var voice intakeapi.Voice
	w.get("tr", school("/experiences"), &voice)
	require.Equal(t, intakeapi.MonthStatus("preparing"), voice.Months[0].Status, "December does not open with foreign keys")
}

// A process that is killed between two steps loses no experience and stores none twice.
func TestKilledWhileAMonthEnds(t *testing.T) {
	for _, place := range []string{"after-experience-before-next:2", "after-record-before-destroy"} {
		t.Run(place, func(t *testing.T) {
			w := newWorld(t)
			month := w.begin()
			for n := range 3 {
				w.tells(month.MonthID, newTeller(t), map[string]string{"direction": "gain", "text": fmt.Sprint("oplevelse ", n)})
			}
			w.stop()
			w.clock.set(afterNovember)
			w.dies(place, "", "")
			w.monthAt("2026-11", "closed")
			var texts []string
			for _, one := range w.toldIn("tr", month.MonthID).Items {
				texts = append(texts, one.Text)
			}
			require.ElementsMatch(t, []string{"oplevelse 0", "oplevelse 1", "oplevelse 2"}, texts)
			for _, name := range []string{batchKeyName(month.MonthID), secretName(month.MonthID)} {
				_, err := w.intake.keys.Get(name)
				require.Error(t, err, "%s is destroyed", name)
			}
		})
	}
}

// The auditor reads the files, the stream and the log: neither what was told and answered nor who told it is in them. When
// the month's days are over, the key is gone too.
func TestNothingTellsWhatWasToldOrByWhom(t *testing.T) {
	w := newWorld(t)
	month := w.begin()
	before := len(w.log.String())
	w.call("teacher", http.MethodPost, school("/experiences/months/"+month.MonthID+"/tickets"), nil)
	require.NotContains(t, w.log.String()[before:], "tickets", "who asked for a ticket is in no log")
	anna := newTeller(t)
	w.tells(month.MonthID, anna, map[string]string{"direction": "strain", "text": secretText})
	w.over()
	one := w.toldIn("tr", month.MonthID).Items[0]
	require.Equal(t, secretText, one.Text)
	const said = "Det tager vi op i samarbejdsudvalget"
	w.respond("tr", one.ExperienceID, said)
	w.eventually(func() bool { return w.replyTo(month.MonthID, anna) == said })
	require.Empty(t, w.files(secretText))
	require.Empty(t, w.files(said))
	require.Empty(t, w.toldTraces(secretText, said, "teacher"))

	ctx := tenant.With(t.Context(), schoolID)
	_, err := w.intake.experiences.Update(ctx, one.ExperienceID, func(e *Experience) ([]events.Event, error) {
		e.AnsweredBy = "teacher"
		return nil, nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, w.toldTraces("teacher"), "a build that kept the author is caught")

	w.clock.set(afterNovember.AddDate(0, 0, 91))
	w.intake.hurry()
	w.eventually(func() bool {
		_, err := w.intake.months.Get(ctx, month.MonthID)
		return failure.CodeOf(err) == failure.DocumentNotFound
	})
	_, err = w.intake.keys.Get(toldKeyName(month.MonthID))
	require.Error(t, err)
	_, err = w.intake.experiences.Get(ctx, one.ExperienceID)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
}

// toldTraces reads what is kept of experiences, the stream and the log, and tells where something is found in it.
func (w *world) toldTraces(of ...string) (found []string) {
	w.t.Helper()
	var all strings.Builder
	for doc, err := range w.intake.experiences.All(tenant.With(w.t.Context(), schoolID), document.Query{Index: "by_month", Equal: []any{w.november()}}) {
		require.NoError(w.t, err)
		require.Equal(w.t, doc.CreatedAt.Truncate(24*time.Hour), doc.CreatedAt, "a day and no finer")
		fmt.Fprintf(&all, "%s %s %s %s %s\n", doc.ID, doc.Body.Told, doc.Body.Answer, doc.Body.AnsweredBy, doc.Body.Reply)
	}
	for _, e := range w.published() {
		if e.Type != (events.IntakeAccessRecorded{}).Type() {
			all.Write(e.Data)
		}
	}
	for _, word := range of {
		if strings.Contains(all.String(), word) {
			found = append(found, word)
		}
	}
	return found
}

func (w *world) november() string {
	w.t.Helper()
	id, err := monthID(tenant.With(w.t.Context(), schoolID), "2026-11", 0)
	require.NoError(w.t, err)
	return id
}

// The auditor's attack 9 on this way: none of a thousand canaries reaches a reader, though the senders' own programs mask
// nothing.
func TestNoCanaryReachesAReader(t *testing.T) {
	w := newWorld(t)
	month := w.begin()
	texts, secrets := personaltest.Canaries(23, 1000)
	var at int
	for part := range slices.Chunk(texts, 25) { // 45 tokens hold 40 of these
		text := strings.Join(part, "\n")
		if len([]rune(text)) > longestTold {
			text = strings.Join(part[:15], "\n")
			secrets = slices.Delete(secrets, at+15, at+len(part))
			at += 15
		} else {
			at += len(part)
		}
		w.tells(month.MonthID, newTeller(t), map[string]string{"direction": "strain", "text": text})
	}
	require.GreaterOrEqual(t, len(secrets), 600)
	w.tells(month.MonthID, newTeller(t), map[string]string{"direction": "gain", "text": "Spørg Aase, hun ved det"})
	secrets = append(secrets, "Aase")
	require.Contains(t, w.neighbour.frame(month.MonthID), "names", "the sender's browser can mask them too")
	w.over()
	var read strings.Builder
	for _, one := range w.toldIn("tr", month.MonthID).Items {
		read.WriteString(one.Text + "\n")
	}
	require.Contains(t, read.String(), "[CPR]")
	require.Contains(t, read.String(), "Spørg [navn], hun ved det")
	for _, secret := range secrets {
		require.NotContains(t, read.String(), secret)
	}
	require.Contains(t, strings.Join(texts, "\n"), secrets[0], "the search finds what is not masked")
}

func TestWhatTheFormCannotHaveSentIsRefused(t *testing.T) {
	form := MonthForm{
		Themes:       []FormTheme{{ID: "core_task", Cells: []FormCell{{Quality: "meaning"}, {Quality: "demands"}}}},
		Technologies: []NamedTechnology{{ID: "t1", Name: "Aula"}}, LongestText: longestTold, MostCells: mostCells,
	}
	good := map[string]string{"direction": "gain", "text": strings.Repeat("🙂", longestTold), "technology": "t1", "cells": "core_task.meaning"}
	told, err := readTold(good, form, personal.Names{})
	require.NoError(t, err)
	require.Equal(t, "Aula", told.Technology)
	for name, change := range map[string]string{
		"direction": "", "technology": "t2", "cells": "core_task.meaning core_task.meaning", "reply_key": "AAAA", "reply_id": "zz", "name": "Ada",
	} {
		answers := map[string]string{}
		for n, v := range good {
			answers[n] = v
		}
		answers[name] = change
		_, err := readTold(answers, form, personal.Names{})
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "Ada")
	}
	for _, text := range []string{"", "  \n", strings.Repeat("a", longestTold+1), "a\x00b", "\x1b[31m"} {
		_, err := readTold(map[string]string{"direction": "gain", "text": text}, form, personal.Names{})
		require.Error(t, err, "%q", text)
	}
	_, err = readTold(map[string]string{"direction": "gain", "text": "x", "cells": "relations.meaning"}, form, personal.Names{})
	require.Error(t, err)
}
