package allinone

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// TestASchoolRunsItself lets a school's administrator do at a browser what a school needs in a year, without its
// municipality: say what it is, set up a forum, hire, let go.
func TestASchoolRunsItself(t *testing.T) {
	m := &matrix{journey: startDemo(t), ids: map[string]string{}}
	m.browser = browsertest.New(t)
	m.places()
	school := "/schools/" + string(m.tenants["school"]) + "/administration"
	admin := m.arrive("Sanne (administrator)", "sanne.admin", 1280)

	m.open(admin, school)
	admin.Click("#go-details")
	admin.Fill("#learner_word", "børn")
	admin.Fill("#from-1", "07:30")
	admin.Fill("#to-1", "15:30")
	admin.Fill("#holiday-0", "Vinterferie")
	admin.Fill("#holiday-from-0", "2027-02-15")
	admin.Fill("#holiday-to-0", "2027-02-19")
	admin.Click("#details-save")
	admin.Wait("#saved")
	m.look(admin, "school-details")
	var about tenancyapi.Organisation
	m.get("tenancy", m.tenants["school"], "/organisation", &about)
	require.Equal(t, "børn", *about.LearnerWord)
	require.Equal(t, tenancyapi.Holidays{{Name: "Vinterferie", FromOn: "2027-02-15", ToOn: "2027-02-19"}}, *about.Holidays)
	require.Equal(t, tenancyapi.WorkingHours{{Weekday: "monday", From: "07:30", To: "15:30"}}, *about.WorkingHours)

	m.open(admin, school)
	admin.Click("#go-forums")
	admin.Fill("#kind", "technology_forum")
	admin.Fill("#name", "Teknologiforum")
	admin.Click("#mandate-advises")
	admin.Click("#forum-create")
	admin.WaitText("#members-error", "Vælg mindst ét medlem.")
	leader := m.known("lene.leder").ID
	admin.Fill("#members", leader)
	admin.Click("#forum-create")
	admin.Wait("#seat-" + leader)
	teacher := m.known("maja.laerer").ID
	admin.Fill("#new-1", teacher)
	admin.Click("#members-save")
	admin.Wait("#seat-" + teacher)
	m.look(admin, "forum")
	var forums tenancyapi.ForumList
	require.NoError(t, m.services.As(leader, m.tenants["municipality"]).Get(t.Context(), "tenancy", "/v1/tenants/"+string(m.tenants["school"])+"/forums", &forums))
	i := slices.IndexFunc(forums.Items, func(f tenancyapi.Forum) bool { return f.Name == "Teknologiforum" })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, []tenancyapi.ForumMember{{PersonID: leader, Role: "chair"}, {PersonID: teacher, Role: "member"}}, forums.Items[i].Members)

	m.open(admin, school)
	admin.Click("#go-hire")
	admin.Fill("#login", "ny.vejleder")
	admin.Click("#role-tr")
	admin.Click("#hire-do")
	admin.WaitText("#login-error", "Ingen har det login.")
	admin.Fill("#name", "Nikoline Ny")
	admin.Fill("#email", "nikoline@demo.example")
	m.look(admin, "hire")
	admin.Click("#hire-do")
	admin.Wait("#staff-hired")
	admin.WaitText("#staff", "Nikoline Ny")
	require.NotEmpty(t, m.known("ny.vejleder").ID, "who was hired can sign in")

	admin.ClickText("Nikoline Ny")
	admin.Wait("#end-tr")
	m.look(admin, "one-of-the-staff")
	admin.Click("#leave-do")
	admin.Wait("#staff-left")
	require.NotContains(t, admin.Text("#staff"), "Nikoline Ny")
}
