package reporting

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/personal/personaltest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// writes makes the world one in which the core task may be answered in own words, and gives roles at the school.
func (w *world) writes() Round {
	w.instrument = newInstrument("core_task")
	w.instrument.Themes[0].Text, w.instrument.TextLimit = &Item{"core_task" + textSuffix}, 200
	w.names = []string{"Aase Madsen"}
	for person, role := range map[string]string{
		"tr": access.UnionRepresentative, "amr": access.SafetyRepresentative, "leader": access.Leader, "teacher": access.Employee,
		"reader": access.TextReader, "administrator": access.SchoolAdministrator,
	} {
		w.assign(person, role, schoolTenant)
	}
	w.assign("both", access.UnionRepresentative, schoolTenant)
	w.assign("both", access.Leader, schoolTenant)
	w.assign("operator", access.MunicipalAdministrator, northTenant)
	w.assign("elsewhere", access.UnionRepresentative, quietTenant)
	round := newRoundOf(w.instrument, 20)
	round.TextReaders = []string{access.UnionRepresentative, access.SafetyRepresentative}
	return round
}

// written are n answers, the first of which hold texts.
func written(instrument Instrument, n int, texts ...string) []Answer {
	answers := staff(4, instrument, 0, n)
	for i, text := range texts {
		answers[i].Words = map[string]string{"core_task": text}
	}
	return answers
}

// ask sends a request with a body and a precondition.
func (w *world) ask(person, method, path, ifMatch string, body any) (*http.Response, []byte) {
	w.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(w.t, err)
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+"/v1/tenants/"+string(schoolTenant)+path, bytes.NewReader(raw))
	require.NoError(w.t, err)
	r.Header.Set("Authorization", "Bearer "+w.asPerson(person))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if ifMatch != "" {
		r.Header.Set("If-Match", ifMatch)
	}
	response, err := w.client.Do(r)
	require.NoError(w.t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	return response, answer
}

func (w *world) refuses(code failure.Code, response *http.Response, answer []byte) {
	w.t.Helper()
	var problem failure.Problem
	require.NoError(w.t, json.Unmarshal(answer, &problem), "%s", answer)
	require.Equal(w.t, code, problem.Code, "%s", answer)
	require.Equal(w.t, failure.New(code).Status(), response.StatusCode)
}

// From what people wrote to what the others read: only the readers of the contract see a text, and the others what the
// readers say of at least three of them.
func TestWordsBecomeParaphrases(t *testing.T) {
	w := newWorld(t)
	round := w.writes()
	secret := "Kanariegul er farven, sagde Aase, mens vi talte om 010190-1234 i pausen"
	release := w.wholeRound(schoolTenant, round, written(w.instrument, 12, secret, "Vi mangler tid til det", "Der er for lidt tid", "Tiden slår ikke til"))
	texts := "/rounds/" + round.RoundID + "/texts"

	response, answer := w.ask("tr", http.MethodGet, texts, "", nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	read := decode[api.Texts](t, answer)
	require.Len(t, read.Themes, 1)
	require.Len(t, read.Themes[0].Texts, 4)
	require.Contains(t, string(answer), "Kanariegul er farven, sagde [navn], mens vi talte om [CPR] i pausen")
	require.NotContains(t, string(answer), `"u0"`, "no unit stands beside a text")
	require.True(t, read.ReadableUntil.Equal(closedAt.Add(wordsFor)))
	for _, nobody := range []string{"leader", "both", "teacher", "administrator", "operator", "elsewhere", "reader"} {
		response, answer := w.ask(nobody, http.MethodGet, texts, "", nil)
		w.refuses(failure.AccessDenied, response, answer)
	}

	// What is drafted rests on three texts, and on nobody's words.
	etag := response.Header.Get("ETag")
	var ids []string
	for _, text := range read.Themes[0].Texts {
		ids = append(ids, text.TextID)
	}
	draft := func(text string, ids ...string) (*http.Response, []byte) {
		return w.ask("amr", http.MethodPut, texts+"/core_task/paraphrases", etag, api.ParaphraseDraft{Paraphrases: []api.Paraphrase{{Text: text, TextIds: ids}}})
	}
	for code, given := range map[failure.Code]struct {
		text string
		ids  []string
	}{
		failure.ParaphraseAuthors: {"Mange mangler tid.", append(ids[:2:2], ids[0])},
		failure.ParaphraseQuotes:  {"Én mener: farven, sagde [navn] – mens vi talte om CPR", ids},
		failure.ParaphraseNames:   {"Mange siger som Aase, at tiden mangler.", ids},
	} {
		response, answer = draft(given.text, given.ids...)
		w.refuses(code, response, answer)
	}
	response, answer = draft("Mange mangler tid.", append(ids[:2:2], "another")...)
	w.refuses(failure.ParaphraseAuthors, response, answer)
	response, answer = w.ask("amr", http.MethodPost, "/rounds/"+round.RoundID+"/paraphrases/publish", etag, nil)
	w.refuses(failure.ParaphrasesNone, response, answer)
	response, answer = draft("Mange mangler tid.", ids[:3]...)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	response, answer = draft("Andre var hurtigere.", ids[:3]...)
	w.refuses(failure.PreconditionFailed, response, answer)
	response, answer = w.ask("leader", http.MethodPut, texts+"/core_task/paraphrases", etag, api.ParaphraseDraft{Paraphrases: []api.Paraphrase{}})
	w.refuses(failure.AccessDenied, response, answer)

	// Whoever is cut off after marking it published has it published all the same.
	in := tenant.With(t.Context(), schoolTenant)
	mark := func(published bool) {
		_, err := w.service.store.writings.Update(in, round.RoundID, func(b *writing) ([]events.Event, error) {
			b.Published = published
			return nil, nil
		})
		require.NoError(t, err)
	}
	require.NoError(t, w.service.finishPublishing(t.Context()))
	_, err := w.service.store.supplementOf(in, release.ID)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err), "nobody has published yet")
	mark(true)
	for range 2 {
		require.NoError(t, w.service.finishPublishing(t.Context()))
	}
	mended, err := w.service.store.supplementOf(in, release.ID)
	require.NoError(t, err)
	require.NoError(t, w.service.store.supplements.Erase(in, releaseID(mended.ContentHash)))
	mark(false)

	// Published once, beside the release, which stays as it is; whoever may see that may see this.
	published := "/releases/" + release.ID + "/paraphrases"
	response, answer = w.ask("tr", http.MethodGet, published, "", nil)
	w.refuses(failure.DocumentNotFound, response, answer)
	response, _ = w.ask("tr", http.MethodGet, texts, "", nil)
	etag = response.Header.Get("ETag")
	response, answer = w.ask("leader", http.MethodPost, "/rounds/"+round.RoundID+"/paraphrases/publish", etag, nil)
	w.refuses(failure.AccessDenied, response, answer)
	response, first := w.ask("tr", http.MethodPost, "/rounds/"+round.RoundID+"/paraphrases/publish", etag, nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", first)
	_, again := w.ask("amr", http.MethodPost, "/rounds/"+round.RoundID+"/paraphrases/publish", etag, nil)
	require.Equal(t, string(first), string(again))
	response, _ = w.ask("tr", http.MethodGet, texts, "", nil)
	etag = response.Header.Get("ETag")
	response, answer = draft("Det var ikke det sidste ord.", ids...)
	w.refuses(failure.ParaphrasesPublished, response, answer)

	response, answer = w.ask("teacher", http.MethodGet, published, "", nil)
	w.refuses(failure.ReleaseNotVisibleYet, response, answer)
	response, answer = w.ask("leader", http.MethodGet, published, "", nil)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, string(first), string(answer))
	signed := decode[api.SignedParaphrases](t, answer)
	require.Equal(t, mended.signed(), signed)
	require.Equal(t, []api.ThemeParaphrases{{Theme: "core_task", Paraphrases: []string{"Mange mangler tid."}}}, signed.Paraphrases.Themes)
	require.Equal(t, release.Body.ContentHash, signed.Paraphrases.ReleaseHash)
	require.NotContains(t, string(answer), ids[0])
	key, err := ReadSigningKey(signed.SigningKey)
	require.NoError(t, err)
	_, err = ReadSignedParaphrases(answer, key)
	require.NoError(t, err)
	for what, changed := range map[string]string{
		"a word":    strings.Replace(string(answer), "Mange", "Alle", 1),
		"the place": strings.Replace(string(answer), `"core_task"`, `"relations"`, 1),
		"a field":   strings.Replace(string(answer), "{", `{"more": 1, `, 1),
		"the key":   strings.Replace(string(answer), signed.SigningKey, publicText(w.service.signing)[1:]+"A", 1),
		"the end":   string(answer) + "{}",
	} {
		_, err := ReadSignedParaphrases([]byte(changed), key)
		require.ErrorIs(t, err, ErrNotSigned, what)
	}
	another, _, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	_, err = ReadSignedParaphrases(answer, another)
	require.ErrorIs(t, err, ErrNotSigned)

	// Nothing of a text is in the database, in a stream or in a log, then or later.
	require.NotContains(t, string(release.Body.Content), "Kanariegul")
	var waiting []events.TextsWaiting
	for _, e := range w.published(2) {
		require.NotContains(t, string(e.Data), "Kanariegul")
		if told, err := events.Decode[events.TextsWaiting](e); err == nil {
			waiting = append(waiting, told)
		}
	}
	require.Equal(t, []events.TextsWaiting{{RoundID: round.RoundID, Readers: round.TextReaders, ReadableUntil: closedAt.Add(wordsFor)}}, waiting)
	require.Empty(t, w.filesWith("Kanariegul"))
	require.NotEmpty(t, w.filesWith("Læringsplatformen"), "what is there is found")

	// After 90 days the key is gone, and with it the texts; what was published stays.
	w.clock.set(closedAt.Add(wordsFor - 1))
	require.NoError(t, w.service.destroyWords(t.Context()))
	_, err = w.keys.Get(textKey(schoolTenant, round.RoundID))
	require.NoError(t, err)
	w.clock.set(closedAt.Add(wordsFor))
	response, answer = w.ask("tr", http.MethodGet, texts, "", nil)
	w.refuses(failure.TextsDestroyed, response, answer)
	require.NoError(t, w.service.destroyWords(t.Context()))
	_, err = w.keys.Get(textKey(schoolTenant, round.RoundID))
	require.Error(t, err)
	_, answer = w.ask("leader", http.MethodGet, published, "", nil)
	require.Equal(t, string(first), string(answer))
}

// paraphrases walks from what people wrote to what is published of it.
func (w *world) paraphrases() {
	w.t.Helper()
	round := w.writes()
	round.RoundID = "33333333-6a1f-4f0e-9d62-0c5f6d1f7a11"
	release := w.wholeRound(schoolTenant, round, written(w.instrument, 12, "en", "to", "tre"))
	succeeds := func(method, path, etag string, body any) (string, []byte) {
		response, answer := w.ask("tr", method, path, etag, body)
		require.Equal(w.t, http.StatusOK, response.StatusCode, "%s", answer)
		return response.Header.Get("ETag"), answer
	}
	etag, answer := succeeds(http.MethodGet, "/rounds/"+round.RoundID+"/texts", "", nil)
	var read api.Texts
	require.NoError(w.t, json.Unmarshal(answer, &read))
	one := api.Paraphrase{Text: "Tre tal."}
	for _, text := range read.Themes[0].Texts {
		one.TextIds = append(one.TextIds, text.TextID)
	}
	etag, _ = succeeds(http.MethodPut, "/rounds/"+round.RoundID+"/texts/core_task/paraphrases", etag, api.ParaphraseDraft{Paraphrases: []api.Paraphrase{one}})
	succeeds(http.MethodPost, "/rounds/"+round.RoundID+"/paraphrases/publish", etag, nil)
	succeeds(http.MethodGet, "/releases/"+release.ID+"/paraphrases", "", nil)
}

// Where too few answered, or nobody may read, what was written is read by nobody and kept nowhere.
func TestWordsOfTooFewAreReadByNobody(t *testing.T) {
	for name, change := range map[string]func(*Round) int{
		"nine answers": func(*Round) int { return 9 },
		"no readers":   func(r *Round) int { r.TextReaders = nil; return 12 },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			round := w.writes()
			n := change(&round)
			w.wholeRound(schoolTenant, round, written(w.instrument, n, "en", "to", "tre", "fire"))
			response, answer := w.ask("tr", http.MethodGet, "/rounds/"+round.RoundID+"/texts", "", nil)
			w.refuses(failure.DocumentNotFound, response, answer)
			_, err := w.keys.Get(textKey(schoolTenant, round.RoundID))
			require.Error(t, err)
		})
	}
}

// The auditor's attack 9 through the whole way: of what hundreds wrote, no personal number, address, phone number or name of
// a colleague is read by the readers, and the texts are in no file.
func TestNoCanaryReachesAReader(t *testing.T) {
	w := newWorld(t)
	round := w.writes()
	round.Units[0].Headcount = 200
	texts, secrets := personaltest.Canaries(9, 120)
	for i := range 60 {
		person := []string{"Aase Madsen", "AASE", "aases", "Madsen", "Åse M."}[i%5]
		texts, secrets = append(texts, fmt.Sprintf("Nummer %d sagde %s i går", i, person)), append(secrets, person)
	}
	answers := written(w.instrument, len(texts), texts...)
	w.wholeRound(schoolTenant, round, answers)
	response, answer := w.ask("amr", http.MethodGet, "/rounds/"+round.RoundID+"/texts", "", nil)
	require.Equal(t, http.StatusOK, response.StatusCode)
	read := decode[api.Texts](t, answer).Themes[0].Texts
	require.Len(t, read, len(texts))
	for _, one := range read {
		for _, secret := range secrets {
			require.NotContains(t, one.Text, secret)
		}
	}
	require.Empty(t, w.filesWith("sagde"))

	// Without the names of the staff some come through: it is the masking that holds them.
	through := 0
	for _, one := range collectWords(round, answers, personal.Names{})["core_task"] {
		if strings.Contains(one.Text, "Madsen") {
			through++
		}
	}
	require.Equal(t, 24, through)
}

// A contract that was tightened counts as it is now.
func TestATightenedContractTakesReadersAway(t *testing.T) {
	round := newRoundOf(newInstrument("core_task"), 5)
	round.TextReaders = []string{"tr", "amr"}
	round.tighten(events.RoundTightened{ContractHash: "b"}, 1)
	require.Equal(t, []string{"tr", "amr"}, round.TextReaders, "told before texts were")
	round.tighten(events.RoundTightened{ContractHash: "c", TextReaders: &[]string{}}, 2)
	require.Empty(t, round.TextReaders)
}

// signedBy checks what was published as anybody can who has the public key.
func decode[T any](t testing.TB, raw []byte) (v T) {
	t.Helper()
	require.NoError(t, json.Unmarshal(raw, &v), "%s", raw)
	return v
}

// filesWith are the files of the database that hold a text.
func (w *world) filesWith(text string) (holding []string) {
	w.t.Helper()
	require.NoError(w.t, filepath.WalkDir(filepath.Dir(w.database), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(text)) {
			holding = append(holding, path)
		}
		return err
	}))
	return holding
}
