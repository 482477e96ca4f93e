package portal

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// firstWeek is a school that has held its first talk and plans the second.
func firstWeek(now time.Time) dialogueapi.FirstSteps {
	steps := dialogueapi.FirstSteps{
		Begun: true, TrioTalk: dialogueapi.FirstTalk{State: "held", OpenedAt: &now, DialogueID: pointer("follow")},
		StaffMeeting: dialogueapi.FirstTalk{State: "planned", DialogueID: pointer("draft")},
	}
	steps.Commitments.Wanted, steps.Commitments.Asked = 2, 1
	return steps
}

// young is a school that has what is given, and no round.
type young struct {
	roles  [][]tenancyapi.Role
	forums []tenancyapi.Forum
	steps  dialogueapi.FirstSteps
}

func (y young) stage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	at := func(parts ...string) string { return under(schoolID, parts...) }
	var staff tenancyapi.StaffList
	for _, roles := range y.roles {
		staff.Items = append(staff.Items, tenancyapi.StaffMember{PersonID: annaID, Name: "Anna Lind", Roles: roles})
	}
	if y.steps.TrioTalk.State == "" {
		y.steps.TrioTalk.State = "missing"
	}
	if y.steps.StaffMeeting.State == "" {
		y.steps.StaffMeeting.State = "missing"
	}
	y.steps.Commitments.Wanted = 2
	s.on("tenancy", "GET "+at("staff"), staff)
	s.on("tenancy", "GET "+at("forums"), tenancyapi.ForumList{Items: y.forums})
	s.on("dialogue", "GET "+at("first-steps"), y.steps)
	s.on("dialogue", "GET "+at("playbooks"), dialogueapi.PlaybookList{Items: []dialogueapi.Playbook{
		{Playbook: "core-task-on-the-agenda", Version: 3}, {Playbook: "ground-rules", Version: 1}, {Playbook: "small-school", Version: 1},
	}})
	return s
}

func (y young) read(t *testing.T, login string) string {
	t.Helper()
	s := y.stage(t)
	b := s.browser()
	b.signIn(login, "/")
	page := b.get("/schools/" + schoolID + "/start")
	require.Equal(t, http.StatusOK, page.StatusCode)
	return page.body
}

var (
	everybody = [][]tenancyapi.Role{{"leader"}, {"employee", "tr"}, {"employee", "amr"}, {"employee"}, {"employee"}, {"employee"}}
	twoForums = []tenancyapi.Forum{
		{ForumID: "ft", Kind: "trio", Name: "Trioen", Members: make([]tenancyapi.ForumMember, 3)},
		{ForumID: "fs", Kind: "staff_meeting", Name: "Personalemødet", Members: make([]tenancyapi.ForumMember, 6)},
	}
)

// Each step leads to the form of what comes next, with what is known filled in.
func TestTheFirstWeekLeadsOnFromWhatIsThere(t *testing.T) {
	t.Parallel()
	const school = "/schools/" + schoolID
	opened := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	talk := func(state dialogueapi.FirstTalkState, id string) dialogueapi.FirstTalk {
		talk := dialogueapi.FirstTalk{State: state, OpenedAt: &opened}
		if id != "" {
			talk.DialogueID = &id
		}
		return talk
	}
	promises := func(steps dialogueapi.FirstSteps, asked, taken, shown int) dialogueapi.FirstSteps {
		steps.Commitments.Asked, steps.Commitments.Taken, steps.Commitments.Shown = asked, taken, shown
		return steps
	}
	both := dialogueapi.FirstSteps{TrioTalk: talk("held", "d1"), StaffMeeting: talk("held", "d2")}
	for name, c := range map[string]struct {
		young    young
		has, not []string
	}{
		"nobody is there": {young{}, []string{school + "/administration/hire", "Ingen er registreret som TR", "0 af 5 skridt"}, nil},
		"no forums":       {young{roles: everybody}, []string{school + "/administration/forums?kind=trio&amp;name=Trio", "Mangler: Personalemøde."}, []string{"Ingen er registreret"}},
		"a trio alone":    {young{roles: everybody, forums: twoForums[:1]}, []string{"forums?kind=staff_meeting"}, []string{"kind=trio"}},
		"an empty forum":  {young{roles: everybody, forums: []tenancyapi.Forum{twoForums[0], {ForumID: "fs", Kind: "staff_meeting", Name: "Mødet"}}}, []string{school + "/administration/forums/fs", "Ikke alle har fået plads i Mødet"}, nil},
		"nobody has talked": {young{roles: everybody, forums: twoForums}, []string{
			"/dialogues/new?forum_id=ft&amp;playbook=core-task-on-the-agenda%403&amp;title=Trioens&#43;f%C3%B8rste", "variant_minutes=20",
			"/dialogues/new?forum_id=fs&amp;playbook=ground-rules%401", "1 af 5 skridt"}, nil},
		"a small school":             {young{roles: everybody[:4], forums: twoForums}, []string{"forum_id=fs&amp;playbook=small-school%401"}, []string{"ground-rules"}},
		"a talk of others":           {young{roles: everybody, forums: twoForums, steps: dialogueapi.FirstSteps{TrioTalk: talk("planned", "")}}, []string{"Kun de, der sidder med, kan åbne den."}, []string{"forum_id=ft"}},
		"the trio has talked":        {young{roles: everybody, forums: twoForums, steps: dialogueapi.FirstSteps{TrioTalk: talk("held", "d1")}}, []string{"Holdt 23. november 2026.", "2 af 5 skridt"}, []string{"forum_id=ft"}},
		"the staff are talking":      {young{roles: everybody, forums: twoForums, steps: dialogueapi.FirstSteps{TrioTalk: talk("held", "d1"), StaffMeeting: talk("under_way", "d2")}}, []string{school + `/dialogues/d2"`, "Skriv det ned i mødet"}, nil},
		"nothing is promised":        {young{roles: everybody, forums: twoForums, steps: both}, []string{"0 af 2 er taget.", "Skriv det ned i mødet", "Senest 30. november 2026"}, nil},
		"it waits for the owners":    {young{roles: everybody, forums: twoForums, steps: promises(both, 1, 1, 0)}, []string{"actions?status=proposed", "1 venter på, at ejeren siger ja."}, nil},
		"it is promised":             {young{roles: everybody, forums: twoForums, steps: promises(both, 0, 2, 0)}, []string{school + "/dialogues/d2/minutes", "4 af 5 skridt"}, []string{"actions?status"}},
		"everybody can see them":     {young{roles: everybody, forums: twoForums, steps: promises(both, 0, 2, 2)}, []string{`id="start-over"`}, []string{"button-primary"}},
		"the minutes stand, without": {young{roles: everybody, forums: twoForums, steps: dialogueapi.FirstSteps{StaffMeeting: dialogueapi.FirstTalk{State: "held", DialogueID: pointer("d2"), MinutesState: pointer(dialogueapi.MinutesState("approved"))}}}, []string{school + `/actions"`}, []string{"Skriv det ned"}},
	} {
		body := c.young.read(t, "bo")
		for _, text := range c.has {
			require.Contains(t, body, text, name)
		}
		for _, text := range c.not {
			require.NotContains(t, body, text, name)
		}
	}
}

// Who cannot do a step is told who can, and is given no way that ends in a refusal.
func TestTheFirstWeekShowsEverybodyTheirPart(t *testing.T) {
	t.Parallel()
	anna := young{roles: everybody}.read(t, "anna") // who is TR
	require.NotContains(t, anna, "/administration/forums")
	require.Contains(t, anna, "Skolens administrator, Leder")
	require.Contains(t, anna, "/dialogues/new?")
}

// Home shows the week to those who take its steps as long as nothing is measured.
func TestAYoungSchoolsHomeLeadsThroughItsFirstWeek(t *testing.T) {
	s := young{roles: everybody, forums: twoForums}.stage(t)
	b := s.browser()
	b.signIn("bo", "/")
	home := b.get("/schools/" + schoolID).body
	require.Contains(t, home, `id="first-steps"`)
	require.Contains(t, home, "1 af 5 skridt")
	for _, empty := range []string{"/rounds", "/results", "/dialogues"} {
		s.on(map[string]string{"/rounds": "intake", "/results": "reporting", "/dialogues": "dialogue"}[empty],
			"GET "+under(schoolID, map[string]string{"/rounds": "rounds", "/results": "releases", "/dialogues": "dialogues"}[empty]), map[string]any{"items": []any{}})
		if empty == "/rounds" {
			s.on("intake", "GET "+under(schoolID, "common-rounds"), map[string]any{"items": []any{}})
		}
		require.Contains(t, b.get("/schools/"+schoolID+empty).body, `id="go-start"`, empty)
	}

	measured := newStage(t)
	measured.school()
	c := measured.browser()
	c.signIn("bo", "/")
	home = c.get("/schools/" + schoolID).body
	require.NotContains(t, home, `id="first-steps"`)
	require.NotContains(t, home, `id="go-start"`, "who has measured is past it")
	require.Contains(t, c.get("/schools/"+schoolID+"/administration").body, `id="go-start"`, "and finds it again")
	form := c.get("/schools/" + schoolID + "/dialogues/new?forum_id=f1&title=Trioen&variant_minutes=20&playbook=gains-and-risks@2").body
	require.Contains(t, form, `value="Trioen"`)
	require.Contains(t, form, `id="forum-f1" value="f1" checked`)
	require.Contains(t, form, `id="minutes-20" value="20" checked`)
	forum := c.get("/schools/" + schoolID + "/administration/forums?kind=staff_meeting&name=Personalem%C3%B8de").body
	require.Contains(t, forum, `<option value="staff_meeting" selected>`)
	require.Contains(t, forum, `value="Personalemøde"`)
}
