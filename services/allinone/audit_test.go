package allinone

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// TestAuditLogShowsWhoGaveARole gives a role and ends it in the browser, finds both in the log there, and checks the chain
// on the page and with the program's own command, on the live database and on an exported file.
func TestAuditLogShowsWhoGaveARole(t *testing.T) {
	m := &matrix{journey: startDemo(t), ids: map[string]string{}}
	m.browser = browsertest.New(t)
	m.places()
	admin, teacher := m.known("sanne.admin"), m.known("maja.laerer")
	school, operator := m.tenants["school"], m.tenants["municipality"]
	as := m.services.As(admin.ID, admin.Tenant)

	sanne := m.arrive("Sanne (administrator)", "sanne.admin", 1280)
	m.open(sanne, "/schools/"+string(school)+"/administration/people/"+teacher.ID)
	sanne.Click("#more-roles summary")
	sanne.Click("#role-facilitator")
	sanne.Click("#role-give")
	sanne.WaitText("#roles", "Mødeleder")
	m.look(sanne, "role-given")
	sanne.Click("#end-facilitator button")
	sanne.WaitFor("see the role gone", `!document.querySelector("#end-facilitator") && !!document.querySelector("#roles")`)

	page := m.addresses.Portal + "/schools/" + string(school) + "/administration/audit"
	amr := m.arrive("Amira (AMR)", "amira.amr", 1280)
	amr.Open(page)
	amr.WaitText("#audit-log", "Sanne Sekretær")
	amr.WaitText("#audit-log", "Gav en rolle")
	amr.WaitText("#audit-log", "Maja Lindholm: Mødeleder")
	amr.WaitText("#audit-log", "Afsluttede en rolle")
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

// Whoever changes the log in the database is found out by the command, which names the entry.
func TestTheCommandFindsAChangedLog(t *testing.T) {
	dir := t.TempDir()
	backend, err := sqlite.Open(t.Context(), filepath.Join(dir, "tenancy.db"))
	require.NoError(t, err)
	store := document.NewStore(backend, "tenancy", time.Now)
	log, err := audit.Open(t.Context(), store, time.Now)
	require.NoError(t, err)
	honest, changed := tenant.New(), tenant.New()
	for _, owner := range []tenant.ID{honest, changed} {
		for _, subject := range []string{"anna", "bo", "carl"} {
			require.NoError(t, log.Record(t.Context(), access.Record{Tenant: owner, Subject: subject, Action: "role_assignment.create", ResourceType: "person", Allowed: true}))
		}
	}
	type block struct {
		First    int64     `bson:"first"`
		At       time.Time `bson:"at"`
		Previous string    `bson:"previous"`
		Entries  []bson.M  `bson:"entries"`
		Source   string    `bson:"source"`
	}
	blocks, err := document.Open[block](t.Context(), document.NewStore(backend, "intruder", time.Now), document.Schema{
		Name: "audit", Indexes: []document.Index{{Name: "by_seq", Fields: []string{"first"}, Unique: true}},
	})
	require.NoError(t, err)
	_, err = blocks.Update(tenant.With(t.Context(), changed), fmt.Sprintf("%019d", 2), func(b *block) ([]events.Event, error) {
		b.Entries[0]["subject"] = "nobody"
		return nil, nil
	})
	require.NoError(t, err)
	require.NoError(t, backend.Close())

	findings, err := VerifyAudit(t.Context(), dir)
	require.NoError(t, err)
	require.Len(t, findings, 2)
	for _, f := range findings {
		require.Equal(t, f.Tenant == honest, f.Intact())
		if f.Tenant == changed {
			require.EqualValues(t, 2, f.Bad)
			require.EqualValues(t, 1, f.Head.Seq)
		}
	}
}
