package portal

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

func TestARepresentativeWritesTheOwnUnionAndTakesItBack(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.MyUnion{}, "PUT /v1/me/unions/ra4", "DELETE /v1/me/unions/ra3")
	b := s.browser()
	b.signIn("anna", "/")
	own := b.get("/own-data")
	require.Contains(t, own.body, "Ingen andre får det vist")
	require.Contains(t, own.body, "Din organisation som TR på Egebakkeskolen")
	require.Contains(t, own.body, `value="Undulaternes Forbund"`)

	write := func(assignment, union string) page {
		return b.post("/own-data/unions/"+assignment, url.Values{formField: {b.token()}, "union": {union}})
	}
	require.Equal(t, "/own-data?saved=yes#unions", write("ra4", " Kanariefuglenes Forbund ").Header.Get("Location"))
	require.Equal(t, "/own-data?saved=yes#unions", write("ra3", "").Header.Get("Location"))
	require.Equal(t, []string{`PUT  {"union":"Kanariefuglenes Forbund"}`, "DELETE  "}, h.sent)
	require.Equal(t, http.StatusSeeOther, write("ra9", "").StatusCode, "nothing to take back")
	require.Equal(t, http.StatusNotFound, write("ra9", "Lederne").StatusCode)
	for _, c := range s.calls() {
		if c.call == "GET /v1/me/unions" {
			require.Equal(t, annaID, c.subject.ID)
		}
	}
	h.answer = failure.Invalid("union", "a line")
	refused := write("ra4", "Kanariefuglenes Forbund")
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, `id="union-ra4-error"`)
	require.NotContains(t, refused.body, `id="union-ra3-error"`)
	require.Contains(t, refused.body, `value="Kanariefuglenes Forbund"`)
}

func TestWhoIsNoRepresentativeIsNotAskedForAUnion(t *testing.T) {
	s := newStage(t)
	s.rights(boID)
	s.on("tenancy", "GET /v1/me/unions", tenancyapi.MyUnionList{Items: []tenancyapi.MyUnion{}})
	b := s.browser()
	b.signIn("anna", "/")
	page := b.get("/own-data")
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.NotContains(t, page.body, `id="unions"`)
}

func TestAUnionInABrowser(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.MyUnion{}, "PUT /v1/me/unions/ra4")
	reader := browsertest.New(t).Person("a representative")
	reader.Open(s.address + "/sign-in")
	reader.Click("#sign-in")
	reader.Click(`button[value="anna"]`)
	reader.WaitAddress(s.address + "/schools/" + schoolID)
	reader.Open(s.address + "/own-data")
	reader.Fill("#union-ra4", "Kanariefuglenes Forbund")
	reader.Click("#union-ra4-save")
	reader.Wait("#saved")
	reader.Keyboard()
	reader.Check()
	require.Len(t, h.sent, 1)
}
