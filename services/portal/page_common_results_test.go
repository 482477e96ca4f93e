package portal

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMunicipalitysResult(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("anna", "/") // a teacher and TR at one of the schools
	at := schoolPath(schoolID, "common-results")
	require.Contains(t, b.get(schoolPath(schoolID, "results")).body, `id="go-common-results" href="`+at+`"`)
	require.Contains(t, b.get(at).body, `href="`+at+`/common1"`)
	whole := b.get(at + "/common1").body
	require.Contains(t, whole, "Havnelund Kommune: alle skoler, der var med")
	require.Contains(t, whole, `href="`+at+`/common1?node=`+schoolID+`"`)
	require.Contains(t, whole, `href="`+at+`/common1/files/json"`)
	require.NotContains(t, whole, `<a class="cell`, "a cell has its page at the school")
	require.Contains(t, whole, "Ikke regnet med")
	require.Contains(t, b.get(at+"/common1?node="+otherSchoolID).body, `<p class="lead" id="node-name">Lille Lyng Skole</p>`)
	require.Equal(t, http.StatusNotFound, b.get(at+"/common1?node=u1").StatusCode)
	require.Equal(t, http.StatusNotFound, b.get(at+"/none").StatusCode)
	for format, kind := range map[string]string{"csv": sheetKind, "xlsx": workbookKind, "json": signedKind} {
		file := b.get(at + "/common1/files/" + format)
		require.Equal(t, kind, file.Header.Get("Content-Type"))
		if format == "csv" {
			require.Contains(t, file.body, "Lille Lyng Skole;")
		}
	}

	office := s.browser()
	office.signIn("bo", "/")
	at = "/operators/" + operatorID + "/common-results"
	require.Contains(t, office.get("/operators/"+operatorID+"/follow-through").body, `href="`+at+`"`)
	require.Contains(t, office.get(at).body, `href="`+at+`/common1"`)
	require.Contains(t, office.get(at+"/common1").body, `href="`+at+`/common1?node=`+schoolID+`"`)
}
