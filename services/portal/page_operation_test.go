package portal

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// operation lets every service be ready. For the operator all has arrived, on the platform something has not.
func (s *stage) operation() {
	for _, service := range operated {
		s.on(service, "GET /readyz", "ready")
	}
	s.on("tenancy", "GET "+under(operatorID, "dead-letters"), tenancyapi.DeadLetterCountList{Items: []tenancyapi.DeadLetterCount{}})
	s.on("tenancy", "GET "+under(platformID, "dead-letters"), tenancyapi.DeadLetterCountList{Items: []tenancyapi.DeadLetterCount{{Service: "reporting", Events: 3}}})
}

func TestAnAdministratorSeesWhetherEverythingWorks(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	operator, platform := "/operators/"+operatorID+"/operation", "/platforms/"+platformID+"/operation"
	require.Contains(t, b.get(operator).body, "Alt svarer, og alt er nået frem.")
	laidAside := b.get(platform)
	require.Contains(t, laidAside.body, "3 hændelser er ikke nået frem")
	require.Contains(t, laidAside.body, "guldkorn deadletter list", "whoever runs the platform can mend it")

	s.down.Store("dialogue", true)
	down := b.get(operator)
	require.Equal(t, http.StatusOK, down.StatusCode)
	require.Contains(t, down.body, "En del svarer ikke")
	require.Regexp(t, `Dialoger og handlinger</th><td><strong>Svarer ikke`, down.body)
	require.NotContains(t, down.body, "guldkorn doctor", "a municipality has no server to look at")
	require.Contains(t, b.get(platform).body, "guldkorn doctor")
	s.down.Store("tenancy", true)
	require.Regexp(t, `Skoler, personer og roller</th><td><strong>Svarer ikke</strong></td><td>Ukendt`, b.get(operator).body, "also when nobody can say what has not arrived")
	s.down.Delete("tenancy")

	teacher := s.browser()
	teacher.signIn("anna", "/")
	require.Equal(t, http.StatusForbidden, teacher.get(operator).StatusCode)
}

func TestWhoMayNotCountIsToldSo(t *testing.T) {
	s := newStage(t)
	for _, service := range operated {
		s.on(service, "GET /readyz", "ready")
	}
	s.on("tenancy", "GET "+under(operatorID, "dead-letters"), failure.New(failure.AccessDenied))
	b := s.browser()
	b.signIn("bo", "/")
	require.Equal(t, http.StatusForbidden, b.get("/operators/"+operatorID+"/operation").StatusCode, "tenancy has the last word")
}

func TestOperationInABrowser(t *testing.T) {
	s := newStage(t)
	s.school()
	reader := browsertest.New(t).Person("an administrator")
	s.arrives(reader)
	reader.Open(s.address + "/operators/" + operatorID + "/schools")
	reader.ClickText("Drift")
	reader.Wait("#fine")
	reader.Keyboard()
	s.down.Store("reporting", true)
	reader.Open(s.address + "/operators/" + operatorID + "/operation")
	reader.Wait("#silent")
	reader.Check()
}
