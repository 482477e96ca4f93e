package portal

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// takes lets tenancy take requests, and returns what was asked of it. What holds "@@" is refused by the field.
func (s *stage) takes(pattern, field string) *[]string {
	asked := &[]string{}
	s.services["tenancy"].HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			s.t.Error(err)
		}
		*asked = append(*asked, strings.TrimSpace(r.Header.Get("If-Match")+" "+string(raw)))
		if strings.Contains(string(raw), "@@") {
			failure.Write(w, failure.Invalid(field, "something else"), "da")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(tenancyapi.DataRequest{RequestID: "asked"}); err != nil {
			s.t.Error(err)
		}
	})
	return asked
}

func TestAPersonAsksToBeCorrectedOrErased(t *testing.T) {
	s := newStage(t)
	s.school()
	asked := s.takes("POST /v1/me/data-requests", "text")
	b := s.browser()
	b.signIn("anna", "/")
	own := b.get("/own-data")
	for _, text := range []string{"Du har bedt om: Få noget rettet", "du får svar senest 24. december 2026", "Jeg hedder Lund.", "Du er ansat endnu.", "klage til Datatilsynet"} {
		require.Contains(t, own.body, text)
	}
	send := func(kind, text string) page {
		return b.post("/own-data/requests", url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "kind": {kind}, "text": {text}})
	}
	require.Equal(t, "/own-data?asked=yes#my-requests", strings.TrimPrefix(send("rectification", "Jeg hedder Lund.").next(t), s.address))
	require.Equal(t, "/own-data?asked=yes#my-requests", strings.TrimPrefix(send("erasure", "").next(t), s.address))
	require.Equal(t, []string{`{"kind":"rectification","text":"Jeg hedder Lund."}`, `{"kind":"erasure"}`}, *asked)
	refused := send("rectification", "@@")
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, `id="text-error"`)
	require.Contains(t, refused.body, ">@@</textarea>", "what was written stays")
	require.Equal(t, http.StatusForbidden, b.post("/own-data/requests", url.Values{"kind": {"erasure"}}).StatusCode, "without the form's token")
}

func TestAnAdministratorAnswersWhatPeopleAsk(t *testing.T) {
	s := newStage(t)
	s.school()
	asked := s.takes("POST "+under(operatorID, "data-requests", "asked", "answer"), "reason")
	b := s.browser()
	b.signIn("bo", "/")
	all := "/operators/" + operatorID + "/data-requests"
	page := b.get(all)
	for _, text := range []string{"beder om at blive slettet", "Skulle være besvaret senest 1. november 2026.", "Svar senest 24. december 2026.", "Begrundelse: Du er ansat endnu."} {
		require.Contains(t, page.body, text)
	}
	one := all + "/requests/asked"
	page = b.get(one)
	require.Contains(t, page.body, "Jeg hedder Lund.")
	require.Contains(t, page.body, `href="`+all+"/people/"+annaID+`"`)
	require.NotContains(t, b.get(all+"/requests/late").body, "done-form", "an erasure answers by itself")
	require.Contains(t, b.get(all+"/requests/no").body, "Der er svaret på ønsket.")

	form := url.Values{formField: {b.token()}, "etag": {`"3"`}}
	require.Equal(t, all+"?receipt=asked", strings.TrimPrefix(b.post(one+"/done", form).next(t), s.address))
	form.Set("reason", "Det er rigtigt.")
	require.Equal(t, all+"?receipt=asked", strings.TrimPrefix(b.post(one+"/refuse", form).next(t), s.address))
	require.Equal(t, []string{`"3" {"outcome":"done"}`, `"3" {"outcome":"refused","reason":"Det er rigtigt."}`}, *asked)
	form.Set("reason", "@@")
	refused := b.post(one+"/refuse", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, `id="reason-error"`)
}

// Whoever has to answer is told where they arrive, and nobody else.
func TestWhoHasToAnswerIsToldOnArrival(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	page := b.get("/operators/" + operatorID + "/follow-through")
	require.Contains(t, page.body, "Mindst 2 ønsker om rettelse eller sletning venter på svar")
	require.Contains(t, page.body, "Det ældste skulle have haft svar senest 1. november 2026.")
	require.Contains(t, page.body, `id="go-requests" href="/operators/`+operatorID+`/data-requests"`)
	require.Contains(t, b.get("/platforms/"+platformID+"/operators").body, `id="go-requests" href="/platforms/`+platformID+`/data-requests"`)
	require.NotContains(t, b.get("/operators/"+operatorID+"/schools").body, "go-requests", "it is said once")

	anna := s.browser()
	anna.signIn("anna", "/")
	anna.get("/operators/" + operatorID + "/follow-through")
	for _, c := range s.calls() {
		require.False(t, c.subject.ID == annaID && strings.Contains(c.call, "data-requests"), c.call)
	}
}

// Those who live on the platform are looked after there, by whoever runs it.
func TestThePlatformHasDataRequestsOfItsOwn(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	all := "/platforms/" + platformID + "/data-requests"
	page := b.get(all)
	require.Contains(t, page.body, `href="`+all+`/requests/asked"`)
	require.Contains(t, page.body, `href="`+all+`/people"`)
	require.NotContains(t, page.body, "go-export", "the export and deletions are an operator's")
	require.Contains(t, b.get("/operators/"+operatorID+"/data-requests").body, "go-export")
	require.Contains(t, b.get(all+"/requests/asked").body, `action="`+all+`/requests/asked/done"`)
	require.Contains(t, b.get(all+"/people/"+annaID).body, `action="`+all+"/people/"+annaID+`/erase"`)
}
