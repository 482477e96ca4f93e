package intake

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	platformID tenant.ID = "platformaaaa"
	operatorID tenant.ID = "operatoraaaa"
	schoolID   tenant.ID = "schoolaaaaaa"
	otherID    tenant.ID = "otherschoola"
	unionID    tenant.ID = "unionaaaaaaa"
)

type event struct {
	owner   tenant.ID
	subject string
	event   events.Event
}

func publish(t *testing.T, b *bus.Bus, all []event) {
	t.Helper()
	for _, e := range all {
		envelope, err := events.New(tenant.With(t.Context(), e.owner), "tenancy", e.subject, 1, noon, e.event)
		require.NoError(t, err)
		require.NoError(t, b.Publish(t.Context(), envelope))
	}
}

// assignmentID is the id of a person's role in schoolEvents.
func assignmentID(person, role string, scope tenant.ID) string {
	return uuid.NewSHA1(uuid.Nil, []byte(person+" "+role+" "+string(scope))).String()
}

// schoolEvents make a school of twelve and three staff in two units, of eight teachers and five pedagogues, its leader and representatives, a second school,
// the municipality above them and a union.
func schoolEvents(t *testing.T) []event {
	t.Helper()
	var all []event
	groups := map[string]string{"teacher": "teacher", "tr": "teacher"} // nobody has said of the AMR and the last one
	for n := range 11 {
		groups["north-"+string(rune('a'+n))] = map[bool]string{true: "teacher", false: "pedagogue"}[n < 6]
	}
	organisation := func(id, parent tenant.ID, kind string) {
		all = append(all, event{id, string(id), events.OrganisationCreated{
			OrganisationID: string(id), ParentID: string(parent), Kind: kind, Name: string(id), Language: "da", LearnerWord: "kursister"}})
	}
	assign := func(person, role string, scope tenant.ID, unit string) {
		id := assignmentID(person, role, scope)
		all = append(all, event{operatorID, id, events.RoleAssigned{
			AssignmentID: id, PersonID: person, Role: role, Scope: string(scope), UnitID: unit, From: noon.Add(-time.Hour), StaffGroup: groups[person]}})
	}
	organisation(platformID, "", "platform")
	organisation(operatorID, platformID, "municipality")
	organisation(schoolID, operatorID, "school")
	organisation(otherID, operatorID, "school")
	organisation(unionID, platformID, "union")
	for id, name := range map[string]string{"north": "Nordfløjen", "south": "Sydfløjen", "empty": "Pedelkontoret"} {
		all = append(all, event{schoolID, id, events.UnitCreated{UnitID: id, Name: name}})
	}
	for n := range 11 {
		assign("north-"+string(rune('a'+n)), access.Employee, schoolID, "north")
	}
	for _, id := range []string{"teacher", "tr", "amr"} {
		assign(id, access.Employee, schoolID, "south")
	}
	assign("tr", access.UnionRepresentative, schoolID, "")
	assign("amr", access.SafetyRepresentative, schoolID, "")
	assign("leader", access.Leader, schoolID, "")
	assign("leader", access.Employee, schoolID, "north")
	assign("administrator", access.SchoolAdministrator, schoolID, "")
	assign("municipal", access.MunicipalAdministrator, operatorID, "")
	assign("analyst", access.MunicipalAnalyst, operatorID, "")
	assign("operator", access.PlatformOperator, platformID, "")
	assign("union", access.UnionAnalyst, unionID, "")
	assign("neighbour", access.Leader, otherID, "")
	assign("neighbour", access.Employee, otherID, "")
	assign("neighbour", access.SchoolAdministrator, otherID, "")
	assign("last", access.Employee, schoolID, "north")
	return all
}
