package allinone

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// TestAuditLogShowsWhoGaveARole gives a role through the API, finds it in the browser, and checks the chain there and
// with the program's own command, on the live database and on an exported file.
func TestAuditLogShowsWhoGaveARole(t *testing.T) {
	m := &matrix{journey: startDemo(t), ids: map[string]string{}}
	m.browser = browsertest.New(t)
	m.places()
	admin, teacher := m.known("sanne.admin"), m.known("maja.laerer")
	school, operator := m.tenants["school"], m.tenants["municipality"]
	as := m.services.As(admin.ID, admin.Tenant)
	require.NoError(t, as.Create(t.Context(), "tenancy", "/v1/tenants/"+string(operator)+"/role-assignments", tenancyapi.NewRoleAssignment{
		PersonID: teacher.ID, Role: access.Facilitator, Scope: string(school)}, nil))

	page := m.addresses.Portal + "/schools/" + string(school) + "/administration/audit"
	amr := m.arrive("Amira (AMR)", "amira.amr", 1280)
	amr.Open(page)
	amr.WaitText("#audit-log", "Sanne Sekretær")
	amr.WaitText("#audit-log", "Gav en rolle")
	amr.WaitText("#audit-log", "Maja Lindholm: Mødeleder")
	amr.Click("#audit-check button")
	amr.Wait("#audit-intact")
	m.look(amr, "audit-log")

	teacherAt := m.arrive("Maja (lærer)", "maja.laerer", 390)
	teacherAt.Open(page)
	teacherAt.WaitText("#problem", "access.denied")
	amr.Open(page + "?action=audit.read")
	amr.WaitText("#audit-log", "Maja Lindholm")
	amr.WaitText("#audit-log", "Afvist")

	municipal := m.arrive("Birgit (kommune)", "birgit.kommune", 1280)
	municipal.Open(m.addresses.Portal + "/operators/" + string(operator) + "/audit")
	municipal.WaitText("#audit-log", "Oprettede en person")
	municipal.Open(page)
	municipal.WaitText("#problem", "access.denied")

	findings, err := VerifyAudit(t.Context(), m.dir)
	require.NoError(t, err)
	require.Greater(t, len(findings), 3)
	for _, f := range findings {
		require.True(t, f.Intact(), "%+v", f)
	}
	var export []byte
	require.NoError(t, as.Get(t.Context(), "tenancy", "/v1/tenants/"+string(school)+"/audit-export", &export))
	file := filepath.Join(t.TempDir(), "log.ndjson")
	require.NoError(t, os.WriteFile(file, export, 0o600))
	found, err := VerifyAuditFile(file)
	require.NoError(t, err)
	require.True(t, found.Intact(), "%+v", found)
	require.Equal(t, school, found.Tenant)
}
