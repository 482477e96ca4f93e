package dialogue

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/failure"
)

func testAgreement() Agreement {
	return Agreement{
		Kind: GroundRules, Title: "Beskeder", Text: "Ingen beskeder om aftenen.", Scope: SchoolScope, Sources: []string{"phase"}, Status: AgreementProposed, Version: 1,
		FromOn: "2026-11-23", ReviewOn: "2026-12-23", ReviewAt: start.AddDate(0, 1, 0), EndsAt: never, Check: Check{State: NotAsked}, TurnAt: never,
	}
}

// Whatever is done with an agreement and whenever: it ends, it never comes back, and it holds only once it was adopted.
func TestAgreementNeverGetsStuck(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := testAgreement()
		a.Mandate = rapid.SampledFrom([]string{"", "information", "consultation", "guideline", "advises", "decides"}).Draw(rt, "mandate")
		a.Kind = rapid.SampledFrom([]AgreementKind{GroundRules, Principles, Guideline}).Draw(rt, "kind")
		if rapid.Bool().Draw(rt, "replaces one") {
			a.Replaces = "earlier"
		}
		if rapid.Bool().Draw(rt, "ends by itself") {
			a.EndsAt = a.ReviewAt.AddDate(0, 0, rapid.IntRange(0, 40).Draw(rt, "days more"))
		}
		require.NoError(rt, a.clean("2026-11-23"))
		now := start
		for range rapid.IntRange(0, 20).Draw(rt, "commands") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 12).Draw(rt, "days"))
			was := a
			err := randomAgreementCommand(rt, &a, now)
			if err != nil {
				require.Equal(rt, was, a, "a refusal changes nothing")
			}
			checkAgreement(rt, was, a)
		}
		settleCheck(&a)
		switch a.Status {
		case AgreementSuperseded, AgreementEnded:
			require.Error(rt, a.End("igen"))
			require.Equal(rt, never, a.TurnAt, "the clock has nothing more to do with it")
			require.Equal(rt, NoTurn, a.Turn(now.AddDate(100, 0, 0), Check{}))
		default:
			require.NoError(rt, a.End("slut"))
		}
		settleCheck(&a)
		require.False(rt, a.Settling, "nothing is left to be done")
	})
}

func randomAgreementCommand(rt *rapid.T, a *Agreement, now time.Time) error {
	switch rapid.IntRange(0, 7).Draw(rt, "command") {
	case 0, 1:
		return a.Adopt(now)
	case 2:
		a.Supersede()
	case 3:
		return a.End("fordi")
	case 4:
		return a.CloseCheck()
	case 5, 6:
		a.Turn(now, newCheck(persons(rapid.IntRange(1, 9).Draw(rt, "members")), "", now.AddDate(0, 0, checkDays)))
	case 7:
		settleCheck(a)
	}
	return nil
}

// settleCheck does for the entity what the service does with the database.
func settleCheck(a *Agreement) {
	a.Superseded()
	a.Check.Count(nil)
	a.Check.Settle()
	a.settle()
}

// checkAgreement holds a change of an agreement against what must always be true.
func checkAgreement(t require.TestingT, was, is Agreement) {
	require.NotEmpty(t, is.Sources)
	if is.Holds() || is.Status == AgreementSuperseded {
		require.NotNil(t, is.AdoptedAt)
		require.True(t, is.Adoptable(), "no mandate was exceeded")
	}
	if was.Status == AgreementEnded || was.Status == AgreementSuperseded {
		require.Equal(t, was.Status, is.Status)
	}
	if was.Status == AgreementUnderReview {
		require.NotEqual(t, AgreementInForce, is.Status, "what is renewed is a new version")
	}
	if is.Check.State == CheckOpen {
		require.Equal(t, AgreementUnderReview, is.Status)
		require.GreaterOrEqual(t, len(is.Check.Members), smallestSecret)
	}
	if is.Status == AgreementInForce || is.Check.State == CheckOpen {
		require.True(t, is.TurnAt.Before(never), "the clock will come back to it")
	}
}

func TestMandatesReachSoFar(t *testing.T) {
	for mandate, want := range map[string]map[AgreementKind]bool{
		"":             {GroundRules: true, Principles: true},
		"information":  {},
		"consultation": {GroundRules: true, Principles: true},
		"advises":      {GroundRules: true, Principles: true},
		"guideline":    {GroundRules: true, Principles: true, Guideline: true},
		"decides":      {GroundRules: true, Principles: true, Guideline: true},
	} {
		for _, kind := range []AgreementKind{GroundRules, Principles, Guideline} {
			a := testAgreement()
			a.Mandate, a.Kind = mandate, kind
			err := a.Adopt(start)
			if want[kind] {
				require.NoError(t, err, "%s %s", mandate, kind)
			} else {
				require.Equal(t, failure.AgreementBeyondMandate, failure.CodeOf(err), "%s %s", mandate, kind)
			}
		}
	}
}

func TestAgreementForms(t *testing.T) {
	for field, spoil := range map[string]func(*Agreement){
		"kind":                func(a *Agreement) { a.Kind = "law" },
		"title":               func(a *Agreement) { a.Title = " " },
		"text":                func(a *Agreement) { a.Text = "" },
		"source_ids":          func(a *Agreement) { a.Sources = nil },
		"scope":               func(a *Agreement) { a.Scope = ForumScope },
		"unit_id":             func(a *Agreement) { a.UnitID = "unit" },
		"from_on":             func(a *Agreement) { a.FromOn = "2026-11-22" },
		"review_on":           func(a *Agreement) { a.ReviewOn = a.FromOn },
		"to_on":               func(a *Agreement) { a.ToOn = "2026-12-22" },
		"channels":            func(a *Agreement) { a.Kind, a.Channels = Principles, []Channel{{Name: "Aula", UsedFor: "Forældre"}} },
		"channels.1.used_for": func(a *Agreement) { a.Channels = []Channel{{Name: "Aula", UsedFor: "Forældre"}, {Name: "Teams"}} },
	} {
		a := testAgreement()
		spoil(&a)
		err := a.clean("2026-11-23")
		require.Error(t, err, field)
		require.Equal(t, field, failure.From(err).Field)
	}
	later := testAgreement()
	later.Replaces, later.FromOn = "earlier", "2026-11-24"
	require.Equal(t, "from_on", failure.From(later.clean("2026-11-23")).Field, "there is no gap between two versions")
}

func TestOneSuccessorAtATime(t *testing.T) {
	a := testAgreement()
	require.Equal(t, failure.AgreementWrongStatus, failure.CodeOf(a.Reserve("b", "", start)), "it does not hold yet")
	require.NoError(t, a.Adopt(start))
	require.NoError(t, a.Reserve("b", "", start))
	require.NoError(t, a.Reserve("b", "", start), "the same request again")
	require.Empty(t, a.Successor, "it is not there yet")
	require.True(t, a.Settling)
	require.Equal(t, failure.AgreementHasSuccessor, failure.CodeOf(a.Reserve("c", "", start)))
	a.Claimed(true, start)
	require.Equal(t, "b", a.Successor)
	require.False(t, a.Settling)
	require.NoError(t, a.Reserve("b", "", start), "the same request much later")
	require.Empty(t, a.Claim)
	require.Equal(t, failure.AgreementHasSuccessor, failure.CodeOf(a.Reserve("c", "", start)))

	require.NoError(t, a.Reserve("c", "b", start), "b was withdrawn")
	a.Claimed(false, start.Add(claimTime/2))
	require.Equal(t, failure.AgreementHasSuccessor, failure.CodeOf(a.Reserve("d", "b", start)), "it may still come about")
	a.Claimed(false, start.Add(claimTime))
	require.Equal(t, "b", a.Successor, "and did not")
	require.NoError(t, a.Reserve("d", "b", start))
}

func TestAdherenceIsCountedFromFive(t *testing.T) {
	require.Equal(t, CheckTooFew, newCheck(persons(4), "", start).State)
	answers := func(of ...Adherence) (ballots [][]Choice) {
		c := newCheck(persons(9), "", start)
		for _, answer := range of {
			ballot, err := c.ballot(answer)
			require.NoError(t, err)
			ballots = append(ballots, ballot)
		}
		return ballots
	}
	for _, one := range []struct {
		given [][]Choice
		want  Adherences
	}{
		{answers(Kept, Kept, NotKept, Kept), Adherences{State: TooFew, Answers: 4}},
		{answers(Kept, Kept, NotKept, KeptPartly, Kept), Adherences{State: Shown, Answers: 5, Kept: 3, Partly: 1, NotKept: 1}},
	} {
		c := newCheck(persons(9), "", start)
		c.Count(one.given)
		require.Nil(t, c.Result, "nothing is counted while it is open")
		require.True(t, c.lock())
		c.Count(one.given)
		require.Equal(t, one.want, *c.Result)
		_, err := c.ballot(Kept)
		require.Equal(t, failure.AgreementCheckClosed, failure.CodeOf(err))
	}
	open := newCheck(persons(5), "", start)
	_, err := open.ballot("perhaps")
	require.Error(t, err)
}
