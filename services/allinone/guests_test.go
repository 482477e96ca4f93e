package allinone

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
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

// TestAGuestInTheRoom is an evening with a guest: the leader opens the dialogue to guests on the screen of the room, somebody
// of the board comes in on a phone by the code, waits where the staff write in secret, sees what comes of it with the room,
// writes, and is shown out; and then the code leads nowhere.
func TestAGuestInTheRoom(t *testing.T) {
	m := &matrix{journey: startDemo(t), ids: map[string]string{}}
	m.browser = browsertest.New(t)
	m.places()
	lene := m.known("lene.leder")
	leader := m.services.As(lene.ID, lene.Tenant)
	school := "/v1/tenants/" + string(m.tenants["school"])
	var staff tenancyapi.StaffList
	require.NoError(t, leader.Get(t.Context(), "tenancy", school+"/staff", &staff))
	var people []string
	for _, s := range staff.Items[:6] {
		people = append(people, s.PersonID)
	}
	var made dialogueapi.Dialogue
	require.NoError(t, leader.Create(t.Context(), "dialogue", school+"/dialogues", dialogueapi.NewDialogue{
		Title: "Skolevejen og hjemmet", Playbook: "from-overview-to-measures", PlaybookVersion: 1, VariantMinutes: 45, ParticipantIds: &people,
	}, &made))
	path := "/schools/" + string(m.tenants["school"]) + "/dialogues/" + made.DialogueID

	room := m.arrive("Lene (leder)", "lene.leder", 1280)
	m.open(room, path)
	room.Click("#dialogue-open button")
	room.Wait("#phase-start") // the way to the guests was there before, too
	room.Click("#go-guests")
	room.Wait("#closed-now")
	room.Click("#guests-open")
	room.Wait("#code")
	code := room.Text("#code")
	m.look(room, "guests-code")

	gitte := m.browser.Person("Gitte (bestyrelsen)")
	gitte.Size(390, 844)
	m.open(gitte, "/sign-in")
	gitte.Click("#go-guest")
	gitte.Fill("#code", "2222222222")
	gitte.Fill("#name", "Gitte fra bestyrelsen")
	gitte.Click("#guest-enter")
	gitte.Wait("#code-error")
	gitte.Fill("#code", strings.ToLower(code))
	gitte.Click("#guest-enter")
	gitte.Wait("#guest-as")
	m.look(gitte, "guest-waits")

	m.open(room, path+"/room")
	room.WaitText("#guests", "Gæst: Gitte fra bestyrelsen")
	m.begin(room, "#phase-lock") // the check-in
	m.end(room)
	m.begin(room, "#phase-lock") // in secret
	gitte.Wait("#for-staff")     // it came by itself
	require.False(t, gitte.Has("#contribution-form"))
	m.look(gitte, "guest-for-staff")
	reflect := made.Phases[slices.IndexFunc(made.Phases, func(p dialogueapi.Phase) bool { return p.Kind == "reflect" })]
	for n, person := range people {
		require.NoError(t, m.services.As(person, lene.Tenant).Create(t.Context(), "dialogue", school+"/dialogues/"+made.DialogueID+"/phases/"+reflect.PhaseID+"/contributions",
			dialogueapi.ContributionText{Text: "Beskeder om aftenen, nummer " + strconv.Itoa(n)}, nil))
	}
	require.NotContains(t, gitte.Text("main"), "Beskeder om aftenen")
	m.end(room)
	gitte.WaitText("main", "Beskeder om aftenen, nummer 5")
	m.begin(room, "#wall li")                  // aloud
	gitte.Click("#part-desk .details-summary") // which asks to lay phones down, and lets them
	gitte.Fill("#contribution-text", "Hjemmet får tre beskeder om det samme")
	gitte.Click("#contribution-form button")
	gitte.WaitText("#added", "Hjemmet får tre beskeder om det samme")
	room.WaitText("#part-wall", "Hjemmet får tre beskeder om det samme fra en gæst")
	m.look(gitte, "guest-writes")
	m.look(room, "room-with-guest")

	m.open(room, path+"/guests")
	room.Click("#here button")
	gitte.Wait("#out") // nobody loaded the page
	m.look(gitte, "guest-out")
	room.WaitGone("#here")
	room.Click("#guests-close button")
	room.Wait("#closed-now")
	gitte.Fill("#code", code)
	gitte.Fill("#name", "Gitte igen")
	gitte.Click("#guest-enter")
	gitte.Wait("#code-error")
}
