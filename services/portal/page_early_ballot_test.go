package portal

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Whoever comes in is led past each ballot once on a browser, and on by one step or past it by one link.
func TestPeopleAreLedPastTheirBallotOnce(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	require.Equal(t, s.address+"/", b.signIn("anna", "/").next(t))
	for _, round := range []string{"rannounced", "ropen"} {
		path := schoolPath(schoolID, "rounds", round)
		require.Equal(t, s.address+path+"/ballot", b.get("/").next(t))
		page := b.get(path + "/ballot")
		require.Equal(t, http.StatusOK, page.StatusCode)
		require.Contains(t, page.body, `action="`+path+`/answer"`)
		require.Contains(t, page.body, `id="early-later" href="`+schoolPath(schoolID)+`"`)
	}
	require.Equal(t, s.address+schoolPath(schoolID), b.get("/").next(t))
	b.get(schoolPath(schoolID, "rounds", "ropen", "ballot"))
	require.Equal(t, s.address+schoolPath(schoolID), b.get("/").next(t), "looking again forgets nothing")

	another := s.browser()
	another.client.Jar = b.client.Jar // the same browser, and somebody else
	another.signIn("bo", "/")
	require.Equal(t, s.address+schoolPath(schoolID), another.get("/").next(t), "a leader is on no roster")
	fresh := s.browser()
	fresh.signIn("anna", "/")
	require.Equal(t, s.address+schoolPath(schoolID, "rounds", "rannounced", "ballot"), fresh.get("/").next(t), "another device")
	require.Equal(t, s.address+schoolPath(schoolID, "rounds", "rreleased"), fresh.get(schoolPath(schoolID, "rounds", "rreleased", "ballot")).next(t), "nothing to fetch")
}

// A link from a mail goes where it says, and a service that does not answer stands in nobody's way.
func TestNobodyIsKeptByTheirBallot(t *testing.T) {
	s := newStage(t)
	s.on("intake", "GET "+under(schoolID, "rounds"), failure.New(failure.Unavailable))
	b := s.browser()
	require.Equal(t, s.address+"/inbox", b.signIn("anna", "/inbox").next(t))
	require.Equal(t, s.address+schoolPath(schoolID), b.get("/").next(t))
}
