package allinone

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// openToGuests are the operations that a guest is let in to, in the one dialogue. Leaving is one more, by the own id.
var openToGuests = []string{"followDialogue", "addContribution", "editContribution", "withdrawContribution", "markReady", "getOwnReady"}

// TestAGuestIsNobodyAnywhereElse sends each described operation of every service to every place as a guest who has just come
// in to a dialogue of the school. What is public asks nobody who they are.
func TestAGuestIsNobodyAnywhereElse(t *testing.T) {
	m := newMatrix(t)
	guest := m.welcome()
	tried := map[string]bool{}
	for _, o := range apitest.Operations(t) {
		if o.Permission == "public" {
			continue
		}
		for place := range m.tenants {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			response := m.try(ctx, o, place, guest)
			_ = response.Body.Close()
			cancel()
			refused := slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, response.StatusCode)
			open := o.Service == "dialogue" && slices.Contains(openToGuests, o.ID) && place == "school"
			if tried[o.ID] = tried[o.ID] || open; open {
				require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, response.StatusCode, "%s/%s", o.Service, o.ID)
				continue
			}
			require.True(t, refused, "%s/%s at %s answers a guest with %d", o.Service, o.ID, place, response.StatusCode)
		}
	}
	for _, id := range openToGuests {
		require.True(t, tried[id], id)
	}
}

// welcome lets a guest in to a new dialogue of the school, which the matrix is about from then on.
func (m *matrix) welcome() access.Subject {
	m.t.Helper()
	leader := m.services.As(m.people[leads].ID, m.people[leads].Tenant)
	base := "/v1/tenants/" + string(m.tenants["school"]) + "/dialogues"
	var made dialogueapi.Dialogue
	people := []string{m.people[leads].ID, m.people[takesPart].ID}
	require.NoError(m.t, leader.Create(m.t.Context(), "dialogue", base, dialogueapi.NewDialogue{
		Title: "Med gæster", Playbook: "ground-rules", PlaybookVersion: 1, VariantMinutes: 20, ParticipantIds: &people,
	}, &made))
	var opened dialogueapi.Guests
	require.NoError(m.t, leader.Create(m.t.Context(), "dialogue", base+"/"+made.DialogueID+"/guests", dialogueapi.GuestAccess{Places: 3, Hours: 2}, &opened))
	var entry dialogueapi.GuestEntry
	require.NoError(m.t, m.services.AsService(m.services.Person, access.Portal).Create(m.t.Context(), "dialogue", "/v1/guest-entries",
		dialogueapi.NewGuestEntry{Code: *opened.Code, Name: "Gæst"}, &entry))
	open := slices.IndexFunc(made.Phases, func(p dialogueapi.Phase) bool { return p.Attribution == "group" })
	require.GreaterOrEqual(m.t, open, 0, "a step in which a guest may write")
	m.ids["dialogue_id"], m.ids["phase_id"] = made.DialogueID, made.Phases[open].PhaseID
	return access.Subject{ID: entry.GuestID, Tenant: tenant.ID(entry.TenantID), Guest: entry.DialogueID}
}
