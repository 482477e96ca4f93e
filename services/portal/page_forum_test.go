package portal

import (
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// heard lets a service take some requests, and answer them as the test says.
type heard struct {
	sent   []string // with the revision or the key that came along
	answer error
}

// hears is what tenancy hears.
func (s *stage) hears(answer any, patterns ...string) *heard {
	return s.hearsAt("tenancy", answer, patterns...)
}

func (s *stage) hearsAt(service string, answer any, patterns ...string) *heard {
	h := &heard{}
	for _, pattern := range patterns {
		s.services[service].HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				s.t.Error(err)
			}
			h.sent = append(h.sent, r.Method+" "+r.Header.Get("If-Match")+r.Header.Get("Idempotency-Key")+" "+string(raw))
			if h.answer != nil {
				failure.Write(w, h.answer, "da")
				return
			}
			w.Header().Set("Content-Type", "application/json")
			respond(s.t, w, answer)
		})
	}
	return h
}

const (
	forumsPath = "/schools/" + schoolID + "/administration/forums"
	forumPath  = forumsPath + "/f1"
)

func TestAForumIsRenamedAndMoved(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.Forum{}, "PATCH "+under(schoolID, "forums", "f1"))
	b := s.browser()
	b.signIn("bo", "/")
	page := b.get(forumPath)
	require.Contains(t, page.body, `<option value="f9" selected>Hovedudvalget (fælles for skolerne)</option>`)
	require.Contains(t, page.body, `<option value="f3">MED-udvalget</option>`)
	require.NotContains(t, page.body, `<option value="f1"`, "no forum lies beneath itself")
	require.NotContains(t, page.body, `<option value="f2"`, "nor beneath one that has ended")

	form := url.Values{formField: {b.token()}, "etag": {`"3"`}, "name": {" Trio "}, "mandate": {"decides"}, "parent_id": {""}}
	require.Equal(t, forumPath+"?saved=yes", b.post(forumPath, form).Header.Get("Location"))
	require.Equal(t, []string{`PATCH "3" {"mandate":"decides","name":"Trio","parent_id":""}`}, h.sent)

	h.answer = failure.New(failure.ForumCycle).At("parent_id")
	refused := b.post(forumPath, form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Regexp(t, `id="parent_id-error">.*Et forum kan ikke ligge under sig selv.`, refused.body)
	require.Contains(t, refused.body, `value=" Trio "`, "what was written stays")
}

func TestAForumEndsWhenItsNameIsWritten(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.Forum{}, "POST "+under(schoolID, "forums", "f1", "end"))
	b := s.browser()
	b.signIn("bo", "/")
	form := url.Values{formField: {b.token()}, "etag": {`"3"`}, "confirmation": {"Trio"}}
	refused := b.post(forumPath+"/end", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, `id="confirmation-error"`)
	require.Empty(t, h.sent)
	form.Set("confirmation", "trioen")
	require.Equal(t, forumPath+"?saved=yes", b.post(forumPath+"/end", form).Header.Get("Location"))
	require.Equal(t, []string{`POST "3" `}, h.sent)

	ended := b.get(forumsPath + "/f2")
	require.Contains(t, ended.body, "Nedlagt 24. november 2026")
	require.NotContains(t, ended.body, `id="members-form"`, "what has ended is only read")
	require.Contains(t, b.get(forumsPath).body, `id="ended-forums"`)
}

func TestWhatWasWrittenOnTheLinesOfAForumStays(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.Forum{}, "PUT "+under(schoolID, "forums", "f1", "members"))
	h.answer = failure.Invalid("members.1.substitute_for", "a member")
	b := s.browser()
	b.signIn("bo", "/")
	require.Contains(t, b.get(forumPath).body, `<option value="`+boID+`" selected>Bo Kjær</option>`, "the one whom the substitute stands in for")
	refused := b.post(forumPath+"/members", url.Values{formField: {b.token()}, "etag": {`"3"`},
		"person_id": {boID, annaID}, "seat": {"chair", "tr"}, "substitute_for": {"", boID}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, "kun en suppleant står i stedet for et andet medlem")
	require.Contains(t, refused.body, `<option value="chair" selected>`)
	require.Contains(t, refused.body, `<option value="`+annaID+`" selected>Anna Lind</option>`)
}

func TestALocalAgreementIsWrittenInChangedAndRemoved(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.Forum{}, "PATCH "+under(schoolID, "forums", "f1"))
	b := s.browser()
	b.signIn("bo", "/")
	const first = `{"agreement":"MED-aftalen § 9","clause_id":"c1","duty":"consultation","text":"Udvalget drøfter nye læremidler, før de købes.","topics":["workflows","work_environment"],"trigger":"procurement"}`
	form := url.Values{formField: {b.token()}, "etag": {`"3"`}, "trigger": {"pilot"}, "duty": {"guideline"}, "text": {"Fire uger før"}, "agreement": {"Aftalen § 2"}}
	require.Equal(t, forumPath+"?saved=yes#clauses", b.post(forumPath+"/clauses", form).Header.Get("Location"))
	require.Equal(t, `PATCH "3" {"clauses":[`+first+`,{"agreement":"Aftalen § 2","duty":"guideline","text":"Fire uger før","trigger":"pilot"}]}`, h.sent[0])

	form["topics"] = []string{"workflows"}
	require.Equal(t, http.StatusSeeOther, b.post(forumPath+"/clauses/c1", form).StatusCode)
	require.Equal(t, `PATCH "3" {"clauses":[{"agreement":"Aftalen § 2","clause_id":"c1","duty":"guideline","text":"Fire uger før","topics":["workflows"],"trigger":"pilot"}]}`, h.sent[1],
		"it remains the same clause")
	require.Equal(t, http.StatusSeeOther, b.post(forumPath+"/clauses/c1/remove", form).StatusCode)
	require.Equal(t, `PATCH "3" {"clauses":[]}`, h.sent[2])

	h.answer = failure.Together(failure.Invalid("clauses.1.text", "words"), failure.Invalid("clauses.1.agreement", "words"))
	refused := b.post(forumPath+"/clauses", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, `id="text-error"`)
	require.Contains(t, refused.body, `id="agreement-error"`)
	require.Contains(t, refused.body, "Fire uger før")

	h.answer = failure.New(failure.PreconditionFailed)
	require.Equal(t, http.StatusPreconditionFailed, b.post(forumPath+"/clauses/c1", form).StatusCode)
	require.Equal(t, http.StatusNotFound, b.get(forumPath+"/clauses/c9").StatusCode)
	require.Equal(t, http.StatusNotFound, b.post(forumPath+"/clauses/c9/remove", form).StatusCode)

	teacher := s.browser()
	teacher.signIn("anna", "/")
	require.Equal(t, http.StatusForbidden, teacher.get(forumPath+"/clauses/c1").StatusCode)
	require.Equal(t, http.StatusForbidden, teacher.get(forumsPath+"/proposals").StatusCode)
}

func TestASchoolTakesOverAProposalOfItsSize(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.ForumList{Items: []tenancyapi.Forum{}}, "POST "+under(schoolID, "forum-structures"))
	b := s.browser()
	b.signIn("bo", "/")
	path := forumsPath + "/proposals"
	page := b.get(path)
	for _, text := range []string{"Skolen har 37 medarbejdere", "Arbejdsmiljøloven.", "Findes allerede", "Hører under Hovedudvalget", "Hører under MED-udvalget", "Skolen har dem alle."} {
		require.Contains(t, page.body, text)
	}
	form := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "structure": {"med"}}
	require.Equal(t, forumsPath+"?made=yes", b.post(path, form).Header.Get("Location"))
	require.Equal(t, []string{`POST k1 {"structure":"med"}`}, h.sent)
	h.answer = failure.New(failure.ForumUnchaired)
	require.Contains(t, b.post(path, form).body, "Skolen har ingen leder, der kan være formand.")
}

// TestForumsInABrowser is the way from the proposals to a forum with a substitute and an agreement.
func TestForumsInABrowser(t *testing.T) {
	s := newStage(t)
	s.school()
	forums := s.hears(tenancyapi.ForumList{Items: []tenancyapi.Forum{}}, "POST "+under(schoolID, "forum-structures"))
	seats := s.hears(tenancyapi.Forum{}, "PUT "+under(schoolID, "forums", "f1", "members"))
	facts := s.hears(tenancyapi.Forum{}, "PATCH "+under(schoolID, "forums", "f1"))
	reader := browsertest.New(t).Person("a leader")
	s.arrives(reader)
	reader.Open(s.address + forumsPath)
	reader.Click("#go-proposals")
	reader.Click("#create-med-do")
	reader.Wait("#made")
	reader.ClickText("Trioen")
	reader.Fill("#new-1", annaID)
	reader.Fill("#new-seat-1", "substitute")
	reader.Fill("#new-for-1", boID)
	reader.Click("#members-save")
	reader.Wait("#saved")
	reader.Click("#clause-new")
	reader.Wait("#clause-form")
	reader.Keyboard()
	reader.Fill("#trigger", "pilot")
	reader.Click("#duty-guideline + label")
	reader.Click("#topic-workflows + label")
	reader.Fill("#text", "Senest fire uger før.")
	reader.Fill("#agreement", "MED-aftalen § 9")
	reader.Click("#clause-save")
	reader.Wait("#saved")
	reader.Fill("#confirmation", "Noget andet")
	reader.Click("#forum-end")
	reader.Wait("#confirmation-error")
	reader.Check()
	require.Len(t, forums.sent, 1)
	require.Contains(t, seats.sent[0], `{"person_id":"`+annaID+`","role":"substitute","substitute_for":"`+boID+`"}`)
	require.Contains(t, facts.sent[0], `"topics":["workflows"]`)
}
