package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestAReaderParaphrasesAndPublishes(t *testing.T) {
	s := newStage(t)
	s.school()
	at := func(parts ...string) string { return under(schoolID, parts...) }
	var sent []reportingapi.ParaphraseDraft
	var tags []string
	refuse := true
	s.services["reporting"].HandleFunc("PUT "+at("rounds", "rwritten", "texts", "core_task", "paraphrases"), func(w http.ResponseWriter, r *http.Request) {
		var draft reportingapi.ParaphraseDraft
		require.NoError(t, json.NewDecoder(r.Body).Decode(&draft))
		sent, tags = append(sent, draft), append(tags, r.Header.Get("If-Match"))
		if refuse {
			failure.Write(w, failure.New(failure.ParaphraseQuotes).At("paraphrases.1.text"), "da")
			return
		}
		respond(t, w, reportingapi.Texts{})
	})
	published := 0
	s.services["reporting"].HandleFunc("POST "+at("rounds", "rwritten", "paraphrases", "publish"), func(w http.ResponseWriter, r *http.Request) {
		published++
		require.Equal(t, `"3"`, r.Header.Get("If-Match"))
		respond(t, w, reportingapi.SignedParaphrases{})
	})
	b := s.browser()
	b.signIn("anna", "/")
	path := schoolPath(schoolID, "rounds", "rwritten", "texts")
	page := b.get(path).body
	require.Contains(t, page, "Tiden slår ikke til.")
	require.Contains(t, page, "Færre end tre har skrevet om dette.")
	require.NotContains(t, page, `id="paraphrase-1"`, "one text is paraphrased by nobody")

	form := url.Values{"paraphrase": {"Mange mangler tid."}, "text_ids": {"t1", "t2", "t4"}, "etag": {`"3"`}, "form_token": {b.token()}}
	answer := b.post(path+"/core_task", form)
	require.Equal(t, http.StatusUnprocessableEntity, answer.StatusCode)
	require.Contains(t, answer.body, failure.ParaphraseQuotes.Text("da"))
	require.Contains(t, answer.body, ">Mange mangler tid.</textarea>", "nothing that was written is lost")
	require.Contains(t, answer.body, `value="t4" checked`)
	refuse = false
	require.Equal(t, path+"?saved=yes", b.post(path+"/core_task", form).Header.Get("Location"))
	require.Equal(t, reportingapi.Paraphrase{Text: "Mange mangler tid.", TextIds: []string{"t1", "t2", "t4"}}, sent[1].Paraphrases[1])
	require.Equal(t, []string{`"3"`, `"3"`}, tags)

	require.Equal(t, http.StatusSeeOther, b.post(path+"/core_task/remove", url.Values{"number": {"0"}, "etag": {`"3"`}, "form_token": {b.token()}}).StatusCode)
	require.Empty(t, sent[2].Paraphrases)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/publish", url.Values{"etag": {`"3"`}, "form_token": {b.token()}}).StatusCode)
	require.Equal(t, 1, published)

	require.NotContains(t, b.get(schoolPath(schoolID, "rounds", "rpublished", "texts")).body, "<textarea", "what is published is not changed")
	require.Contains(t, b.get(schoolPath(schoolID, "rounds", "rsilent", "texts")).body, `id="texts-gone"`)
	require.Contains(t, b.get(schoolPath(schoolID, "rounds", "rforgotten", "texts")).body, failure.TextsDestroyed.Text("da"))

	// Everybody who sees the result reads what was published; a leader is shown no way to the texts.
	result := b.get(schoolPath(schoolID, "results", "rel1")).body
	require.Contains(t, result, "Flere mangler tid til at komme godt i gang.")
	require.NotContains(t, b.get(schoolPath(schoolID, "results", "few")).body, `id="said"`)
	leader := s.browser()
	leader.signIn("bo", "/")
	require.NotContains(t, leader.get(schoolPath(schoolID, "results", "rel1")).body, "read-texts")
}
