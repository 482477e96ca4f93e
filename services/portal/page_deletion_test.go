package portal

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// deletes lets tenancy take requests for deletions and cancellations, and returns what was asked of it.
func (s *stage) deletes() *[]string {
	asked := &[]string{}
	note := func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			s.t.Error(err)
		}
		*asked = append(*asked, r.Method+" "+r.Header.Get("If-Match")+" "+string(raw))
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(tenancyapi.Deletion{State: "waiting"}); err != nil {
			s.t.Error(err)
		}
	}
	s.services["tenancy"].HandleFunc("PUT "+under(operatorID, "deletions", schoolID), note)
	s.services["tenancy"].HandleFunc("DELETE "+under(operatorID, "deletions", "waiting"), note)
	return asked
}

func TestASchoolIsDeletedWhenItsNameIsWritten(t *testing.T) {
	s := newStage(t)
	s.school()
	asked := s.deletes()
	b := s.browser()
	b.signIn("bo", "/")
	at := "/operators/" + operatorID + "/schools/" + schoolID + "/deletion"
	send := func(name, days string) page {
		return b.post(at, url.Values{formField: {b.token()}, "confirmation": {name}, "waiting_days": {days}})
	}
	for input, wrong := range map[string]page{"confirmation": send("Egebakke", "30"), "waiting_days": send("Egebakkeskolen", "snart")} {
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		require.Contains(t, wrong.body, `id="`+input+`-error"`)
	}
	require.Empty(t, *asked)
	require.Equal(t, s.address+at, send("egebakkeskolen", "45").next(t))
	require.Equal(t, []string{`PUT  {"name":"Egebakkeskolen","waiting_days":45}`}, *asked)
	require.Equal(t, http.StatusForbidden, b.post(at, url.Values{"confirmation": {"Egebakkeskolen"}, "waiting_days": {"30"}}).StatusCode, "without the form's token")
}

func TestADeletionIsCancelledAndItsCertificateTakenAway(t *testing.T) {
	s := newStage(t)
	s.school()
	asked := s.deletes()
	const certificate = `{"format":"guldkorn.deletion/1"}`
	s.services["tenancy"].HandleFunc("GET "+under(operatorID, "deletions", "done", "certificate"), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(certificate))
	})
	b := s.browser()
	b.signIn("bo", "/")
	at := "/operators/" + operatorID + "/schools/"
	require.Contains(t, b.get(at+"waiting/deletion").body, `id="deletion-cancel"`)
	require.NotContains(t, b.get(at+"closing/deletion").body, `<form method="post" action="`+at, "too late")
	require.Contains(t, b.get(at+"withdrawn/deletion").body, `id="deletion-form"`, "may be asked for again")
	require.Equal(t, s.address+at+"waiting/deletion", b.post(at+"waiting/deletion/cancel", url.Values{formField: {b.token()}, "etag": {`"3"`}}).next(t))
	require.Equal(t, []string{`DELETE "3" `}, *asked)
	file := b.get(at + "done/deletion/certificate")
	require.Equal(t, certificate, file.body, "byte for byte, as its checksum wants")
	require.Contains(t, file.Header.Get("Content-Disposition"), "deletion-done.json")
}

func TestThoseWhoWorkThereAreTold(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	for _, at := range []string{schoolPath(schoolID, "administration"), "/operators/" + operatorID + "/schools/" + schoolID} {
		require.Regexp(t, `id="going"(.|\n)*24\. december 2026`, b.get(at).body)
	}
}

func TestEverythingOfATenantIsTakenAlong(t *testing.T) {
	s := newStage(t)
	s.school()
	for _, owner := range []string{operatorID, schoolID} {
		s.services["tenancy"].HandleFunc("GET "+under(owner, "export"), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/zip")
			_, _ = w.Write([]byte("PK " + owner))
		})
	}
	b := s.browser()
	b.signIn("bo", "/")
	for owner, at := range map[string]string{operatorID: "/operators/" + operatorID + "/export", schoolID: schoolPath(schoolID, "administration", "export")} {
		require.Contains(t, b.get(at).body, `action="`+at+`"`)
		file := b.post(at, url.Values{formField: {b.token()}})
		require.Equal(t, "PK "+owner, file.body)
		require.Equal(t, "attachment; filename=guldkorn-"+owner+"-2026-11-24.zip", file.Header.Get("Content-Disposition"))
	}
}

// TestDeletingInABrowser is the way of an administrator from a school to the waiting time.
func TestDeletingInABrowser(t *testing.T) {
	s := newStage(t)
	s.school()
	asked := s.deletes()
	reader := browsertest.New(t).Person("an administrator")
	s.arrives(reader)
	reader.Open(s.address + "/operators/" + operatorID + "/schools/" + schoolID)
	reader.Click("#go-deletion")
	reader.Wait("#deletion-form")
	reader.Keyboard()
	reader.Click("#deletion-ask")
	reader.Wait("#confirmation-error")
	reader.Check()
	reader.Fill("#confirmation", "Egebakkeskolen")
	reader.Click("#deletion-ask")
	reader.WaitGone("#confirmation-error")
	reader.Check()
	require.Len(t, *asked, 1)
}
