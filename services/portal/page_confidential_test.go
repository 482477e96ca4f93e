package portal

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// confidentialStage is a school with representatives, and somebody who has signed in.
func confidentialStage(t *testing.T, login string) (*stage, *browser, func(...string) string) {
	t.Helper()
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn(login, "/")
	return s, b, func(parts ...string) string { return under(schoolID, append([]string{"confidential"}, parts...)...) }
}

// Without script the page cannot lock a text. It says so, and shows no form that would send one in the open.
func TestConfidentialPagesWithoutScript(t *testing.T) {
	_, b, _ := confidentialStage(t, "anna")
	page := b.get(schoolPath(schoolID, "confidential"))
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, page.body, `data-unscripted id="unscripted"`)
	require.Contains(t, page.body, `<div data-scripted hidden><form method="post"`)
	require.Contains(t, page.body, `<textarea class="form-input" id="confidential-text" data-text`)
	require.NotRegexp(t, `<textarea[^>]* name=`, page.body, "no form can send a text")
	require.NotRegexp(t, `<input[^>]*data-typed[^>]* name=`, page.body, "nor a code")
	require.Equal(t, "private, no-store", page.Header.Get("Cache-Control"))
	require.Contains(t, page.body, "0a1b 0a1b 0a1b 0a1b", "the fingerprint can be compared")
}

// What the browser sealed comes to intake as it is, and nothing else does.
func TestSealedTextsArePassedOn(t *testing.T) {
	s, b, at := confidentialStage(t, "anna")
	var begun intakeapi.NewConversation
	var key string
	s.services["intake"].HandleFunc("POST "+at("conversations"), func(w http.ResponseWriter, r *http.Request) {
		key = r.Header.Get("Idempotency-Key")
		if err := json.NewDecoder(r.Body).Decode(&begun); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusCreated)
	})
	sealed := base64.StdEncoding.EncodeToString([]byte("sealed"))
	form := url.Values{
		"form_token": {b.token()}, "idempotency_key": {"a-key-of-this-form"}, "receiver_id": {boID}, "key_hash": {"kh"}, "sender_key": {"sk"},
		"access_hash": {"ah"}, "message_id": {"m"}, "for_receiver": {sealed}, "for_sender": {sealed}, "text": {"in the open"},
	}
	answer := b.post(schoolPath(schoolID, "confidential"), form)
	require.Equal(t, http.StatusSeeOther, answer.StatusCode, answer.body)
	require.Equal(t, "a-key-of-this-form", key)
	require.Equal(t, intakeapi.NewConversation{
		ReceiverID: boID, KeyHash: "kh", SenderKey: "sk", AccessHash: "ah",
		Message: intakeapi.NewConfidentialMessage{MessageID: "m", ForReceiver: []byte("sealed"), ForSender: []byte("sealed")},
	}, begun)
	form.Set("for_receiver", "not base64!")
	require.Equal(t, http.StatusUnprocessableEntity, b.post(schoolPath(schoolID, "confidential"), form).StatusCode)
}

// A refusal says why; the script shows it beside the text, which stays.
func TestARefusedConversationSaysWhy(t *testing.T) {
	s, b, at := confidentialStage(t, "anna")
	s.services["intake"].HandleFunc("POST "+at("conversations"), func(w http.ResponseWriter, _ *http.Request) {
		failure.Write(w, failure.New(failure.ConfidentialKeyChanged), "da")
	})
	s.services["intake"].HandleFunc("POST "+at("sent", "read"), func(w http.ResponseWriter, _ *http.Request) {
		failure.Write(w, failure.New(failure.ConfidentialUnknownCode), "da")
	})
	answer := b.post(schoolPath(schoolID, "confidential"), url.Values{"form_token": {b.token()}, "idempotency_key": {"a-key-of-this-form"}})
	require.Equal(t, http.StatusUnprocessableEntity, answer.StatusCode)
	require.Contains(t, answer.body, "Repræsentanten har fået en ny nøgle")
	answer = b.post(schoolPath(schoolID, "confidential", "sent"), url.Values{"form_token": {b.token()}, "access": {"guess"}})
	require.Equal(t, http.StatusNotFound, answer.StatusCode)
	require.Contains(t, answer.body, "Ingen samtale har den kode")
}

// A sender's secret is in no address and no log, and a visit is not noted in the session.
func TestConfidentialVisitsLeaveNoTrace(t *testing.T) {
	s, b, at := confidentialStage(t, "anna")
	s.services["intake"].HandleFunc("POST "+at("sent", "read"), func(w http.ResponseWriter, _ *http.Request) {
		respond(t, w, intakeapi.Conversation{
			ConversationID: "c", ReceiverID: boID, KeyHash: "kh", SenderKey: "sk", AccessHash: "ah", State: "ended",
			Messages: []intakeapi.ConfidentialMessage{{MessageID: "m", On: "2026-11-20", Sealed: []byte("sealed")}},
		})
	})
	token := b.token()
	before := len(s.log.String())
	answer := b.post(schoolPath(schoolID, "confidential", "sent"), url.Values{"form_token": {token}, "access": {"the-secret-of-a-sender"}})
	require.Equal(t, http.StatusOK, answer.StatusCode, answer.body)
	require.Contains(t, answer.body, "efterfølgeren kan ikke læse det")
	require.NotContains(t, answer.body, `id="more-form"`, "nobody is there to write to")
	require.NotContains(t, answer.Request.URL.String(), "the-secret")
	require.NotContains(t, s.log.String()[before:], "confidential")
	require.NotContains(t, s.log.String(), "the-secret")
}

// A representative's home page says what waits for an answer, or that nobody can write to them yet. Others hear nothing.
func TestTheHomePageOfARepresentative(t *testing.T) {
	all, err := loadWords()
	require.NoError(t, err)
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Params = gin.Params{{Key: "tenant_id", Value: schoolID}}
	v := &visit{calendar: &calendar{words: all["da"]}, gin: c}
	require.Empty(t, v.waitingConfidential(nil))
	require.Empty(t, v.waitingConfidential(&mailboxNews{Made: true}))
	waits := v.waitingConfidential(&mailboxNews{Made: true, Waiting: 2})
	require.Equal(t, "2 samtaler venter på dit svar.", waits[0].Text)
	require.Equal(t, rankAsked, waits[0].Rank)
	require.Equal(t, schoolPath(schoolID, "confidential", "received"), waits[0].Path)
	require.Contains(t, v.waitingConfidential(&mailboxNews{})[0].Text, "når du har lavet en nøgle")
}
