package dialogue

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
)

// What counts as a talk of the trio and as a meeting of the staff.
func TestFirstTalksAreToldFromOthers(t *testing.T) {
	staff := append(teachers(6), "tr", "amr")
	o := offices{access.Leader: {"leader"}, access.UnionRepresentative: {"tr"}, access.SafetyRepresentative: {"amr"}, access.Employee: staff}
	alone := offices{access.Leader: {"leader"}, access.Employee: teachers(3)}
	withTR := offices{access.Leader: {"leader"}, access.UnionRepresentative: {"tr"}, access.Employee: {"teacher-1", "tr"}}
	trio := []string{"leader", "tr", "amr"}
	for name, c := range map[string]struct {
		offices     offices
		meeting     Meeting
		kind        string
		trio, staff bool
	}{
		"three people":                   {o, Meeting{Participants: trio}, "", true, false},
		"one of them leads":              {o, Meeting{Participants: []string{"tr", "amr"}, Facilitators: []string{"leader"}}, "", true, false},
		"without AMR":                    {o, Meeting{Participants: []string{"tr", "leader"}}, "", false, false},
		"without a leader":               {o, Meeting{Participants: []string{"tr", "amr", "teacher-1"}}, "", false, false},
		"too many for a trio":            {o, Meeting{Participants: append(teachers(4), trio...)}, "", false, true},
		"half of the staff":              {o, Meeting{Participants: teachers(4)}, "", false, false},
		"more than half":                 {o, Meeting{Participants: teachers(5)}, "", false, true},
		"a forum of that kind":           {o, Meeting{ForumID: "f", Participants: []string{"leader", "tr"}}, "trio", true, false},
		"a forum with its chair alone":   {o, Meeting{ForumID: "f", Participants: []string{"leader"}}, "trio", false, false},
		"the staff's own forum":          {o, Meeting{ForumID: "f", Participants: teachers(2)}, "staff_meeting", false, true},
		"another forum of the trio":      {o, Meeting{ForumID: "f", Participants: trio}, "med", false, false},
		"a school without TR and AMR":    {alone, Meeting{Participants: []string{"leader", "teacher-1"}}, "", false, false},
		"a small school, the trio alone": {withTR, Meeting{Participants: []string{"leader", "tr", "teacher-1"}}, "", true, false},
	} {
		require.Equal(t, c.trio, c.offices.trioTalk(&c.meeting, c.kind), name)
		require.Equal(t, c.staff, c.offices.staffMeeting(&c.meeting, c.kind), name)
	}
	farthest := firstTalk{state: TalkMissing}
	for _, state := range []State{Cancelled, Scheduled, MinutesReview, Draft, Open} {
		farthest.take(string(state), &Meeting{State: state})
	}
	require.Equal(t, TalkHeld, farthest.state)
	require.Equal(t, string(MinutesReview), farthest.id, "the one that came farthest stands")
}

// A school's first week: each step shows when it is there, to whoever asks, and tells nothing of what was said.
func TestFirstSteps(t *testing.T) {
	w := newWorld(t)
	api := apitest.Load(t, Name)
	w.client = api.Client(w.client)
	steps := func(person string) (view firstStepsView) {
		t.Helper()
		w.do(person, http.MethodGet, w.in("/first-steps"), nil).ok().into(&view)
		return view
	}
	require.Equal(t, firstStepsView{
		TrioTalk: firstTalkView{State: TalkMissing}, StaffMeeting: firstTalkView{State: TalkMissing}, Commitments: firstCommitmentsView{Wanted: 2},
	}, steps("leader"))

	trio := w.prepare([]string{"leader", "tr", "amr"}, nil)
	require.Equal(t, firstTalkView{State: TalkPlanned, DialogueID: trio.id}, steps("amr").TrioTalk)
	require.Equal(t, firstTalkView{State: TalkPlanned}, steps("administrator").TrioTalk, "who may not read it is told that it is there")
	trio.lead("/open", nil)
	require.Equal(t, TalkUnderWay, steps("tr").TrioTalk.State)
	trio.lead("/conclude", nil)
	require.Equal(t, TalkHeld, steps("administrator").TrioTalk.State)
	require.NotNil(t, steps("administrator").TrioTalk.OpenedAt)

	staff := w.prepare(append(teachers(8), "tr", "leader"), nil).lead("/open", nil)
	act := func(owner string, minutes int) answer {
		return staff.do("leader", http.MethodPost, staff.path("/actions"), map[string]any{
			"text": "Læg øvetid i skemaet", "owner_id": owner, "minutes": minutes, "due_on": staff.day(7), "follow_up_on": staff.day(30),
		}).ok()
	}
	take := func(owner string, a answer) {
		w.do(owner, http.MethodPost, w.in("/actions/"+a.text("action_id")+"/accept"), nil, ifMatch(a.etag)).ok()
	}
	take("leader", act("leader", 0)) // without hours it is a promise and no commitment of time
	one, two := act("leader", 60), act("teacher-1", 120)
	require.Equal(t, firstCommitmentsView{Wanted: 2, Asked: 2}, steps("leader").Commitments)
	take("leader", one)
	take("teacher-1", two)
	require.Equal(t, firstCommitmentsView{Wanted: 2, Taken: 2}, steps("leader").Commitments)
	require.Equal(t, TalkUnderWay, steps("leader").StaffMeeting.State)
	staff.hold()
	got := steps("administrator")
	require.Equal(t, firstCommitmentsView{Wanted: 2, Taken: 2, Shown: 2}, got.Commitments)
	require.Equal(t, MinutesApproved, got.StaffMeeting.Minutes)
	require.Equal(t, staff.id, got.StaffMeeting.DialogueID, "its minutes are for everybody at the school")
	require.True(t, got.Begun)

	for _, person := range []string{"teacher-1", "stranger", "municipality", "analyst", "operator", "union"} {
		w.do(person, http.MethodGet, w.in("/first-steps"), nil).refused("access.denied")
	}
	var other firstStepsView
	w.do("stranger", http.MethodGet, "/v1/tenants/"+string(w.other)+"/first-steps", nil).ok().into(&other)
	require.False(t, other.Begun, "another school has not begun")
}
