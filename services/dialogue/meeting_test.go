package dialogue

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

var testShelf = sync.OnceValues(func() (*Shelf, error) { return newShelf(shipped) })

func testPlaybook(t require.TestingT) *playbook.Playbook {
	shelf, err := testShelf()
	require.NoError(t, err)
	p, err := shelf.Playbook("from-overview-to-measures", 1)
	require.NoError(t, err)
	return p
}

func persons(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = "person-" + strconv.Itoa(i+1)
	}
	return all
}

func testMeeting(t require.TestingT, participants int) Meeting {
	p := testPlaybook(t)
	v, err := p.Variant(45)
	require.NoError(t, err)
	m := newMeeting(p, v, start)
	m.Title, m.Participants, m.Facilitators = "Platformen", persons(participants), persons(1)
	return m
}

// conclude brings a meeting from wherever it is to its end by its commands alone.
func finishMeeting(m *Meeting, now time.Time) error {
	for range 40 {
		var err error
		switch m.State {
		case Closed, Cancelled:
			return nil
		case Draft, Scheduled:
			err = m.Open(now)
		case Paused:
			err = m.Resume()
		case Open:
			if p := m.current(); p != nil {
				_, err = m.ChangePhase(p.ID, (*Phase).lock)
			} else {
				err = m.Conclude()
			}
		case Concluding:
			err = m.Circulate("hash")
		case MinutesReview:
			hash := m.Minutes.Hashes[m.Minutes.Version()-1]
			err = m.Approve(hash, hash, "person-1", now)
		case FollowUp:
			err = m.Close("because", 1, now)
		}
		if err != nil {
			return err
		}
		settleAll(m)
	}
	return failure.New(failure.InternalError)
}

// settleAll does for the entity what the settler does with the database.
func settleAll(m *Meeting) {
	for i := range m.Phases {
		id := m.Phases[i].ID
		m.Settled(id, Locking, Revealed)
		m.Settled(id, Discarding, Revealed)
		m.Settled(id, Revealed, Destroyed)
	}
}

// Whatever people do and in whatever order: the rules hold, and there is always a way to the end.
func TestMeetingNeverGetsStuck(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := testMeeting(rt, rapid.SampledFrom([]int{1, 4, 5, 30}).Draw(rt, "participants"))
		m.Phases[rapid.IntRange(0, len(m.Phases)-1).Draw(rt, "open for days")].Days = rapid.IntRange(0, 3).Draw(rt, "days")
		now := start
		for range rapid.IntRange(0, 40).Draw(rt, "commands") {
			now = now.Add(time.Duration(rapid.IntRange(0, 600).Draw(rt, "seconds")) * time.Second)
			before := clone(m)
			phase := m.Phases[rapid.IntRange(0, len(m.Phases)-1).Draw(rt, "phase")].ID
			err := randomCommand(rt, &m, phase, now)
			if err != nil && failure.CodeOf(err) == failure.InternalError {
				rt.Fatalf("not a refusal: %v", err)
			}
			checkMeeting(rt, before, m)
		}
		if err := finishMeeting(&m, now); err != nil {
			rt.Fatalf("no way out of %s: %v", m.State, err)
		}
	})
}

func randomCommand(rt *rapid.T, m *Meeting, phase string, now time.Time) error {
	var err error
	switch rapid.IntRange(0, 23).Draw(rt, "command") {
	case 0, 21:
		err = m.Schedule(now.Add(time.Hour), "Salen", now, time.UTC)
	case 1, 2:
		err = m.Open(now)
	case 3:
		err = m.Pause(now)
	case 4:
		err = m.Resume()
	case 5:
		err = m.Conclude()
	case 6, 7, 8:
		_, err = m.StartPhase(phase, "", now, time.UTC)
	case 9:
		_, err = m.StartPhase(phase, playbook.Group, now, time.UTC)
	case 10:
		_, err = m.ChangePhase(phase, func(p *Phase) error { return p.pause(now) })
	case 11:
		_, err = m.ChangePhase(phase, func(p *Phase) error { return p.resume(now) })
	case 12:
		_, err = m.ChangePhase(phase, func(p *Phase) error { return p.extend(time.Minute, now) })
	case 13:
		_, err = m.ChangePhase(phase, (*Phase).lock)
	case 14:
		_, err = m.ChangePhase(phase, (*Phase).skip)
	case 15:
		m.Expire(now)
	case 16:
		settleAll(m)
	case 17:
		err = m.SetPeople(persons(rapid.IntRange(1, 8).Draw(rt, "new participants")), persons(1))
	case 18:
		err = m.Repeat(phase, testPlaybook(rt))
	case 22:
		if first := m.writtenFirst(); first != nil {
			_, err = m.StartPhase(first.ID, rapid.SampledFrom([]playbook.Attribution{"", playbook.Group}).Draw(rt, "openly"), now, time.UTC)
		}
	case 23:
		if p, reminded := m.Remind(now); reminded {
			require.True(rt, p.spansDays() && p.Reminded && p.running())
		}
	case 19, 20:
		ready := persons(rapid.IntRange(0, 30).Draw(rt, "ready"))
		if p, ended := m.EndReady(phase, ready); ended {
			require.Equal(rt, playbook.AllReady, p.Exit)
			require.GreaterOrEqual(rt, m.readySeated(ready), len(m.Participants))
			require.Equal(rt, Locked, p.State)
		}
	}
	return err
}

func clone(m Meeting) Meeting {
	m.Phases = slices.Clone(m.Phases)
	for i := range m.Phases {
		m.Phases[i].Inputs = slices.Clone(m.Phases[i].Inputs)
	}
	m.Minutes.Hashes = slices.Clone(m.Minutes.Hashes)
	return m
}

// checkMeeting holds a change of a meeting against what must always be true.
func checkMeeting(t require.TestingT, before, after Meeting) {
	running := 0
	lockAt := never
	for i := range after.Phases {
		is := &after.Phases[i]
		was, err := before.phase(is.ID)
		if err != nil { // taken once more
			require.Equal(t, Pending, is.State)
			was = is
		}
		if is.running() {
			running++
		}
		if is.State == Active {
			require.NotNil(t, is.Deadline)
			if is.timed() {
				lockAt = is.Deadline.Add(Grace)
			}
			require.Equal(t, is.Exit == playbook.AllReady, after.AwaitsReady)
			require.NoError(t, after.sits(is), "a clock runs in an open meeting only, or over the days of a step")
		} else {
			require.Nil(t, is.Deadline)
		}
		if is.running() && (is.Beforehand || after.State == Scheduled || after.State == Draft) {
			require.Equal(t, Scheduled, after.State, "what is written beforehand ends with the beginning of the meeting")
			require.True(t, is.Beforehand, "nothing else runs before the meeting")
			require.Equal(t, after.StartsAt, is.Deadline, "it is open until the meeting begins")
		}
		if is.RemindAt != nil {
			require.True(t, is.State == Active && is.spansDays() && !is.Reminded && is.RemindAt.Before(*is.Deadline))
			require.Equal(t, *is.RemindAt, after.RemindAt)
		}
		require.False(t, was.Reminded && !is.Reminded, "people are reminded once")
		if was.ended() {
			require.Equal(t, was.State, is.State, "what is over stays over")
		}
		if was.State != Pending {
			require.Equal(t, was.Attribution, is.Attribution, "attribution is frozen at the start")
		}
		if is.State == Active && is.Attribution == playbook.Sealed {
			require.NotEqual(t, never, after.LockAt, "what is sealed always ends with the clock")
		}
		if is.holdsSecrets() {
			require.GreaterOrEqual(t, len(after.Participants), smallestSecret)
			if was.holdsSecrets() {
				require.Subset(t, after.Participants, before.Participants, "nobody is taken out while something is sealed")
			}
		}
	}
	require.LessOrEqual(t, running, 1)
	for i := range before.Phases {
		_, err := after.phase(before.Phases[i].ID)
		require.NoError(t, err, "no phase goes away")
	}
	require.Equal(t, lockAt, after.LockAt)
}

func TestPhaseClockBelongsToTheServer(t *testing.T) {
	m := testMeeting(t, 6)
	require.NoError(t, m.Open(start))
	reflect := m.Phases[1].ID
	p, err := m.StartPhase(reflect, "", start, time.UTC)
	require.NoError(t, err)
	deadline := start.Add(7 * time.Minute)
	require.Equal(t, deadline, *p.Deadline)
	require.NoError(t, p.takesContributions(deadline.Add(Grace)), "a draft may be five seconds late")
	require.Equal(t, failure.PhaseLocked, failure.CodeOf(p.takesContributions(deadline.Add(Grace+time.Millisecond))))

	_, expired := m.Expire(deadline.Add(Grace - time.Millisecond))
	require.False(t, expired)
	p, err = m.ChangePhase(reflect, func(p *Phase) error { return p.extend(2*time.Minute, start) })
	require.NoError(t, err)
	require.Equal(t, deadline.Add(2*time.Minute), *p.Deadline)

	pausedAt := start.Add(5 * time.Minute)
	require.NoError(t, m.Pause(pausedAt))
	require.Equal(t, 4*time.Minute, m.Phases[1].Remaining)
	require.Equal(t, never, m.LockAt)
	require.Equal(t, failure.PhaseWrongState, failure.CodeOf(m.Phases[1].takesContributions(pausedAt)))
	require.NoError(t, m.Resume())
	again := start.Add(48 * time.Hour) // the next meeting
	p, err = m.ChangePhase(reflect, func(p *Phase) error { return p.resume(again) })
	require.NoError(t, err)
	require.Equal(t, again.Add(4*time.Minute), *p.Deadline)

	p, expired = m.Expire(p.Deadline.Add(Grace))
	require.True(t, expired)
	require.Equal(t, Locked, p.State)
	require.Equal(t, Locking, p.Settlement)
	require.True(t, m.Settling)
}

func TestStepsOfASmallGroupAreOpen(t *testing.T) {
	m := testMeeting(t, 4)
	require.NoError(t, m.Open(start))
	reflect := &m.Phases[1]
	require.True(t, m.OpenOnly(reflect))
	_, err := m.StartPhase(reflect.ID, "", start, time.UTC)
	require.Equal(t, failure.TooFewParticipants, failure.CodeOf(err))
	require.Equal(t, "group", failure.From(err).Want)
	p, err := m.StartPhase(reflect.ID, playbook.Group, start, time.UTC)
	require.NoError(t, err)
	require.Equal(t, playbook.Group, p.Attribution)
	require.NoError(t, p.lock())
	require.Equal(t, Unsettled, p.Settlement)
}

func TestPhasesWaitForWhatTheyBuildOn(t *testing.T) {
	m := testMeeting(t, 5)
	require.NoError(t, m.Open(start))
	vote := m.Phases[3].ID
	_, err := m.StartPhase(vote, "", start, time.UTC)
	require.Equal(t, failure.PhaseInputMissing, failure.CodeOf(err))
	_, err = m.ChangePhase(m.Phases[1].ID, (*Phase).skip)
	require.NoError(t, err)
	_, err = m.ChangePhase(m.Phases[2].ID, (*Phase).skip)
	require.NoError(t, err)
	_, err = m.StartPhase(vote, "", start, time.UTC)
	require.NoError(t, err)
	_, err = m.StartPhase(m.Phases[0].ID, "", start, time.UTC)
	require.Equal(t, failure.PhaseOtherActive, failure.CodeOf(err))
	require.Equal(t, failure.PhaseOtherActive, failure.CodeOf(m.Conclude()))
}

func TestMinutesStandUntilNewerOnesAreApproved(t *testing.T) {
	m := testMeeting(t, 5)
	require.NoError(t, m.Open(start))
	require.NoError(t, m.Conclude())
	require.NoError(t, m.Circulate("a"))
	require.Equal(t, failure.MinutesOutdated, failure.CodeOf(m.Approve("a", "b", "person-1", start)), "something was agreed since")
	require.Equal(t, failure.MinutesOutdated, failure.CodeOf(m.Approve("b", "b", "person-1", start)), "somebody read another version")
	require.NoError(t, m.Approve("a", "a", "person-1", start))
	require.True(t, m.Published())
	require.Error(t, m.TakesOutcomes())
	require.NoError(t, m.Circulate("b"))
	require.Equal(t, 1, m.Minutes.Approved)
	require.NoError(t, m.Approve("b", "b", "person-2", start))
	require.Equal(t, 2, m.Minutes.Approved)
	require.Equal(t, failure.ActionsOpen, failure.CodeOf(m.Close("", 2, start)))
	require.NoError(t, m.Close("", 0, start))
}

func TestCancelDiscardsWhatIsSealed(t *testing.T) {
	m := testMeeting(t, 5)
	require.NoError(t, m.Open(start))
	_, err := m.StartPhase(m.Phases[1].ID, "", start, time.UTC)
	require.NoError(t, err)
	require.NoError(t, m.Cancel("sygdom", start))
	require.Equal(t, Discarding, m.Phases[1].Settlement)
	require.Equal(t, Skipped, m.Phases[0].State)
	require.True(t, m.Settling)
}

func TestVote(t *testing.T) {
	phase := &Phase{Kind: playbook.Prioritise, Dots: 3, DotsPerChoice: 2}
	eligible := map[string]bool{"a": true, "b": true}
	for name, choices := range map[string][]Choice{
		"none":           {},
		"too many":       {{"a", 2}, {"b", 2}},
		"heap":           {{"a", 3}},
		"twice":          {{"a", 1}, {"a", 1}},
		"negative":       {{"a", 2}, {"b", -1}},
		"something else": {{"c", 1}},
	} {
		require.Equal(t, failure.RequestInvalid, failure.CodeOf(phase.checkDots(choices, eligible, 3, 2)), name)
	}
	require.NoError(t, phase.checkDots([]Choice{{"a", 2}, {"b", 1}}, eligible, 3, 2))

	four := [][]Choice{{{"a", 1}}, {{"a", 2}}, {{"b", 1}}, {{"b", 2}}}
	require.Equal(t, Result{State: TooFew, Ballots: 4, Choices: []Choice{}}, tally(four))
	five := append(four, []Choice{{"b", 2}, {"a", 1}})
	require.Equal(t, Result{State: Shown, Ballots: 5, Choices: []Choice{{"b", 5}, {"a", 4}}}, tally(five))
}

// Every action ends: whatever was done with it, it can still be done or dropped.
func TestActionNeverGetsStuck(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := Action{Owner: Owner{Person: "person-1", Leader: true}, Status: Proposed, DueOn: "2026-12-01", FollowUpOn: "2027-01-15", CheckAt: start}
		for range rapid.IntRange(0, 20).Draw(rt, "commands") {
			was := a
			var err error
			switch rapid.IntRange(0, 9).Draw(rt, "command") {
			case 0:
				err = a.Accept()
			case 1:
				err = a.Decline("nej")
			case 2:
				err = a.Reassign(Owner{Person: "person-2", Minutes: rapid.IntRange(0, 60).Draw(rt, "minutes")})
			case 3:
				err = a.Progress()
			case 4:
				err = a.Block("venter")
			case 5:
				err = a.Finish()
			case 6:
				err = a.Verify(Worked, "")
			case 7:
				err = a.Drop("nytter ikke")
			case 8:
				err = a.Verify("splendid", "")
			case 9:
				if a.Remind(start) && (was.Told || was.Status == Dropped) {
					rt.Fatal("reminded twice or of nothing")
				}
			}
			if err != nil {
				require.Equal(rt, was, a, "a refusal changes nothing")
			}
			if !a.Owner.Leader {
				require.Positive(rt, a.Owner.Minutes, "an employee has the time written in")
			}
		}
		switch a.Status {
		case EffectVerified, Dropped:
		case Done:
			require.NoError(rt, a.Verify(DidNotWork, ""))
		default:
			require.NoError(rt, a.Drop("slut"))
		}
	})
}

func TestActionDates(t *testing.T) {
	a := Action{Owner: Owner{Person: "p", Leader: true}, Status: Accepted, DueOn: "2026-11-23", FollowUpOn: "2026-12-23"}
	require.NoError(t, a.check("2026-11-23"))
	require.False(t, a.Overdue("2026-11-23"), "a deadline ends with its day")
	require.True(t, a.Overdue("2026-11-24"))
	require.False(t, a.FollowUpDue("2026-12-22"))
	require.True(t, a.FollowUpDue("2026-12-23"))
	a.DueOn = "2026-02-30"
	require.Error(t, a.check("2026-01-01"))
	a.DueOn, a.FollowUpOn = "2026-12-24", "2026-12-23"
	require.Equal(t, "follow_up_on", failure.From(a.check("2026-11-23")).Field)
	a.Owner = Owner{Person: "p"}
	a.FollowUpOn = "2026-12-24"
	require.Equal(t, failure.ActionOwnerNeedsMinutes, failure.CodeOf(a.check("2026-11-23")))
}

func TestText(t *testing.T) {
	long := make([]rune, maxText)
	for i := range long {
		long[i] = '𝄞'
	}
	for _, good := range []string{"Æblegrød 😀👩‍👩‍👧", "שלום עולם", "مرحبا", "<script>alert(1)</script>", "to\nlinjer\tmed tab", string(long)} {
		got, err := cleanText("text", "  "+good+"\r\n", maxText)
		require.Nil(t, err)
		require.Equal(t, good, got)
	}
	for _, bad := range []string{"", " \n\t ", "a\x00b", "\x1b[31mred", string(long) + "a"} {
		_, err := cleanText("text", bad, maxText)
		require.NotNil(t, err)
		require.Equal(t, "text", err.Field)
	}
}
