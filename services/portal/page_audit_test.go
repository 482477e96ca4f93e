package portal

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAuditPageNamesPeopleAndAsksForWholeDays(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	at := schoolPath(schoolID, "administration", "audit")
	page := b.get(at + "?action=staff.read&from=2026-11-24&to=2026-11-24")
	require.Equal(t, http.StatusOK, page.StatusCode, page.body)
	for _, text := range []string{"Gav en rolle", "Bo Kjær", "Anna Lind: TR", "Person 99999999", "Afvist", "Systemet (setup)", "Nøgle 7c0ffee0", "thing.unheard_of", "Organisation dddddddddddd"} {
		require.Contains(t, page.body, text)
	}
	calls := s.calls()
	asked := ""
	for _, c := range calls {
		if strings.HasSuffix(c.call, "/audit-entries") {
			asked = c.query
		}
	}
	require.Equal(t, "action=staff.read&from=2026-11-23T23%3A00%3A00Z&to=2026-11-24T23%3A00%3A00Z", asked, "days of Copenhagen, the last one whole")
	require.Contains(t, page.body, "cursor=3&amp;from=2026-11-24", "older entries keep the search")

	require.Contains(t, b.get(at+"?check=yes").body, `id="audit-intact"`)
	require.Contains(t, b.get("/operators/"+operatorID+"/audit?check=yes").body, `id="audit-broken"`)
	require.Equal(t, http.StatusUnprocessableEntity, b.get(at+"?from=yesterday").StatusCode)
}

// A platform operator may look up nobody's name. To try would be a refusal, and stand in the log.
func TestAuditPageAsksForNoNamesInVain(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	page := b.get("/platforms/" + platformID + "/audit")
	require.Equal(t, http.StatusOK, page.StatusCode, page.body)
	require.Contains(t, page.body, "Person 22222222")
	for _, c := range s.calls() {
		require.NotContains(t, c.call, platformID+"/persons/lookup")
	}
}

func TestAuditLogIsTakenAway(t *testing.T) {
	s := newStage(t)
	s.school()
	whole := strings.Repeat("{}\n", 1000)
	s.services["tenancy"].HandleFunc("GET "+under(schoolID, "audit-export"), func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		_, _ = w.Write([]byte(whole))
		if r.URL.Query().Get("format") == "csv" { // breaks off
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	})
	b := s.browser()
	b.signIn("bo", "/")
	at := schoolPath(schoolID, "administration", "audit") + "/export?format="
	file := b.get(at + "ndjson")
	require.Equal(t, whole, file.body)
	require.Equal(t, "application/x-ndjson", file.Header.Get("Content-Type"))
	require.Equal(t, `attachment; filename=audit-`+schoolID+`-2026-11-24.ndjson`, file.Header.Get("Content-Disposition"))
	require.Equal(t, http.StatusUnprocessableEntity, b.get(at+"exe").StatusCode)
	require.Equal(t, http.StatusNotFound, b.get("/operators/"+operatorID+"/audit/export?format=csv").StatusCode, "a refusal is a page")

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.address+at+"csv", nil)
	require.NoError(t, err)
	response, err := b.client.Do(request)
	if err == nil { // the answer began before it broke off
		defer response.Body.Close()
		_, err = io.ReadAll(response.Body)
	}
	require.Error(t, err, "half a log does not look whole")
}
