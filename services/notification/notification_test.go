package notification

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/accesstest"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func open(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := newWorld(t)
	w.start()
	w.school()
	return w
}

func TestARoundIsAnnouncedToThoseWhomItAsks(t *testing.T) {
	w := open(t)
	w.tell(schoolID, "round-1", announced())
	eventually(t, func() bool { return len(w.mails.all()) == 2 }, "two mails")
	ada, bob := w.mails.to("ada")[0], w.mails.to("bob")[0]
	require.Equal(t, "Spørgerunde: Ny læringsplatform", ada.subject)
	require.Equal(t, "da", ada.language)
	require.Contains(t, ada.body, "Skovskolen")
	require.Contains(t, ada.body, "https://guldkorn.example.dk/schools/northschoola/rounds/round-1")
	require.Equal(t, "Round: Ny læringsplatform", bob.subject)
	require.NotEqual(t, ada.id, bob.id)
	require.Equal(t, []Kind{RoundAnnounced}, w.inbox("ada"))
	require.Empty(t, w.inbox("leader"), "leaders are not asked")
	require.Empty(t, w.inbox("cleo"), "nor are other units")

	eventually(t, func() bool { return len(w.outcomes()) == 2 }, "the service tells of both")
	for _, e := range w.outcomes() {
		require.Equal(t, events.NotificationSent{}.Type(), e.Type)
		raw, err := json.Marshal(e)
		require.NoError(t, err)
		require.NotRegexp(t, `\b(ada|bob)\b`, string(raw), "the event names a person")
	}
}

// By staff group a round asks everybody; nobody's is known here.
func TestARoundByStaffGroupIsAnnouncedToAll(t *testing.T) {
	w := open(t)
	round := announced()
	round.Breakdown, round.WholeSchool = events.ByStaffGroup, true
	round.Units = []events.RoundUnit{{UnitID: access.NoStaffGroup.UnitID(), Name: access.NoStaffGroup.DA, Headcount: 3}}
	w.tell(schoolID, "round-1", round)
	eventually(t, func() bool { return len(w.mails.all()) == 3 }, "three mails")
	for _, person := range []string{"ada", "bob", "cleo"} {
		require.Equal(t, []Kind{RoundAnnounced}, w.inbox(person))
	}
	require.Empty(t, w.inbox("leader"), "leaders are not asked")
}

// A pre-meeting is told to those who are invited, and to nobody who leads; no copy of it is kept.
func TestAPreMeetingIsToldToTheStaffSideThatIsInvited(t *testing.T) {
	w := open(t)
	w.tell(schoolID, "dialogue-1", events.PreMeetingCalled{DialogueID: "dialogue-1", Participants: []string{"ada", "bob"}})
	eventually(t, func() bool { return len(w.mails.all()) == 2 }, "two mails")
	require.Equal(t, "Du er inviteret til et formøde", w.mails.to("ada")[0].subject)
	require.Contains(t, w.mails.to("ada")[0].body, "kun for medarbejdersiden")
	require.Equal(t, []Kind{PreMeetingCalled}, w.inbox("ada"))
	require.Empty(t, w.inbox("leader"))
	_, err := w.service.store.dialogues.Get(tenant.With(t.Context(), schoolID), "dialogue-1")
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
}

// An extension is told to the same people, the more so to those who have answered, since nobody knows who has.
func TestAnExtensionIsToldToThoseWhoAreAsked(t *testing.T) {
	w := open(t)
	w.tell(schoolID, "round-1", events.RoundExtended{
		RoundID: "round-1", Title: "Ny læringsplatform", UnitIDs: []string{"unit-1"},
		ExtendedFrom: "2026-12-04", ClosesOn: "2026-12-09", VisibleToAllOn: "2026-12-11",
	})
	eventually(t, func() bool { return len(w.mails.all()) == 2 }, "two mails")
	ada, bob := w.mails.to("ada")[0], w.mails.to("bob")[0]
	require.Equal(t, "Du kan svare længere: Ny læringsplatform", ada.subject)
	require.Contains(t, ada.body, "9. december 2026")
	require.Contains(t, ada.body, "https://guldkorn.example.dk/schools/northschoola/rounds/round-1")
	require.Equal(t, "You can answer for longer: Ny læringsplatform", bob.subject)
	require.Equal(t, []Kind{RoundExtended}, w.inbox("ada"))
	require.Empty(t, w.inbox("leader"))
	require.Empty(t, w.inbox("cleo"))
}

// A municipality's common round is told to the leaders of its schools, each where they draft their own from it.
func TestLeadersHearOfACommonRound(t *testing.T) {
	w := open(t)
	w.tell(operatorID, "common-1", events.CommonRoundFramed{
		CommonRoundID: "common-1", Title: "Nords digitale hverdag", Instrument: "full", InstrumentVersion: 1,
		OpensOn: "2026-12-01", ClosesOn: "2026-12-18", VisibleToAllOn: "2027-01-08", Thresholds: events.Thresholds{Means: 5, Distributions: 10},
	})
	eventually(t, func() bool { return len(w.mails.all()) == 1 }, "one mail")
	mail := w.mails.to("leader")[0]
	require.Equal(t, "Fælles spørgerunde: Nords digitale hverdag", mail.subject)
	require.Contains(t, mail.body, "mellem den 1. december 2026 og den 18. december 2026")
	require.Contains(t, mail.body, "https://guldkorn.example.dk/schools/northschoola/rounds/new?common=common-1")
	require.Equal(t, []Kind{CommonRoundFramed}, w.inbox("leader"))
	for _, other := range []string{"ada", "bob", "cleo"} {
		require.Empty(t, w.inbox(other))
	}
}

func TestARoundWaitsForADirectoryThatLagsBehind(t *testing.T) {
	w := open(t)
	round := announced()
	round.Units[0].Headcount = 3
	w.tell(schoolID, "round-1", round)
	eventually(t, func() bool {
		letters, err := w.service.bus.DeadLetters(t.Context())
		return err == nil && len(letters) == 1
	}, "it is tried again, and laid aside in the end")
	require.Empty(t, w.inbox("ada"))
	w.person("dora", "da", access.Employee, "unit-1")
	letters, err := w.service.bus.DeadLetters(t.Context())
	require.NoError(t, err)
	eventually(t, func() bool {
		members, err := w.service.directory.Members(tenant.With(t.Context(), schoolID), "")
		return err == nil && len(members) == 9
	}, "the directory catches up")
	require.NoError(t, w.service.bus.Replay(t.Context(), letters[0].ID))
	eventually(t, func() bool { return len(w.inbox("dora")) == 1 && len(w.inbox("ada")) == 1 }, "all are told")
}

// A round waits for its school's TR and AMR; where there is none, for those of the municipality.
func TestWhoeverMayCountersignIsTold(t *testing.T) {
	asked := events.RoundCountersignatureAsked{
		RoundID: "round-1", Title: "Ny læringsplatform", OpensOn: "2026-03-11", ClosesOn: "2026-03-20",
		RosterHash: strings.Repeat("ab", 32), KeyListHash: strings.Repeat("cd", 32),
	}
	w := open(t)
	w.addresses.add(addressee{PersonID: "above", Name: "ABOVE", Language: "da", Email: "above@example.dk"})
	w.tell(operatorID, "above-tr", events.RoleAssigned{AssignmentID: "above-tr", PersonID: "above", Role: access.UnionRepresentative, Scope: string(operatorID), From: morning.Add(-time.Hour)})
	w.tell(schoolID, "round-1", asked)
	eventually(t, func() bool { return len(w.inbox("ada")) == 1 && len(w.inbox("bob")) == 1 }, "both are told, each once")
	require.Empty(t, w.inbox("cleo"))
	require.Empty(t, w.inbox("leader"))
	eventually(t, func() bool { return len(w.mails.to("ada")) == 1 }, "by mail as well")
	require.Contains(t, w.mails.to("ada")[0].body, "/rounds/round-1/roster")

	for _, id := range []string{"ada-tr", "ada-amr", "bob-amr"} {
		person, _, _ := strings.Cut(id, "-")
		ctx := tenant.With(t.Context(), operatorID)
		ended, err := events.New(ctx, "tenancy", id, 2, w.clock.now(), events.RoleEnded{AssignmentID: id, PersonID: person, To: morning.Add(-time.Minute)})
		require.NoError(t, err)
		require.NoError(t, w.told["tenancy"].Publish(ctx, ended))
	}
	eventually(t, func() bool {
		for _, role := range []string{access.UnionRepresentative, access.SafetyRepresentative} {
			members, err := w.service.directory.Members(tenant.With(t.Context(), schoolID), role)
			if err != nil || len(members) > 0 {
				return false
			}
		}
		return true
	}, "the school has no representative any more")
	require.Empty(t, w.inbox("above"))
	asked.RoundID = "round-2"
	w.tell(schoolID, "round-2", asked)
	eventually(t, func() bool { return len(w.inbox("above")) == 1 }, "the municipality's is told")
}

// The list of a month waits for those who read what is told in it, and for nobody who leads or keeps the list of people.
func TestWhoeverReadsAMonthIsToldThatItsListWaits(t *testing.T) {
	w := open(t)
	w.role("leader", access.SafetyRepresentative, "")
	w.role("cleo", access.UnionRepresentative, "")
	eventually(t, func() bool {
		members, err := w.service.directory.Members(tenant.With(t.Context(), schoolID), access.SafetyRepresentative)
		return err == nil && len(members) == 3
	}, "they represent")
	asked := events.MonthCountersignatureAsked{
		MonthID: "month-1", ClosesOn: "2026-03-31", Readers: []string{"amr"}, RosterHash: strings.Repeat("ab", 32), KeyListHash: strings.Repeat("cd", 32),
	}
	w.tell(schoolID, "month-1", asked)
	eventually(t, func() bool { return len(w.mails.to("ada")) == 1 && len(w.mails.to("bob")) == 1 }, "both are told, each once")
	require.Equal(t, []Kind{MonthListAsked}, w.inbox("bob"))
	require.Contains(t, w.mails.to("ada")[0].body, "/anonymous/months/month-1/roster")
	require.Contains(t, w.mails.to("ada")[0].body, "31. marts 2026")
	require.Empty(t, w.inbox("cleo"), "who does not read this month")
	require.Empty(t, w.inbox("leader"))
}

func TestLeaderAndRepresentativesHearOfAReleaseAtTheSameTimeAndOnce(t *testing.T) {
	w := open(t)
	visible := morning.Add(10 * time.Minute)
	w.tell(schoolID, "release-1", events.ReleasePublished{
		ReleaseID: "release-1", RoundID: "round-1", ContentHash: digest("x") + digest("y"), VisibleToRepresentativesFrom: visible,
		VisibleToAllOn: "2026-03-27", Shown: true,
	})
	eventually(t, func() bool {
		bag, err := w.service.store.bags.Get(tenant.With(t.Context(), schoolID), bagID(schoolID, "ada"))
		return err == nil && bag.Body.Pending
	}, "it is known")
	require.Empty(t, w.inbox("leader"), "not before its minute")
	require.Empty(t, w.mails.all())
	w.clock.set(visible)
	eventually(t, func() bool { return len(w.mails.all()) == 3 }, "three mails")
	for _, person := range []string{"leader", "ada", "bob"} {
		require.Equal(t, []Kind{ReleasePublished}, w.inbox(person))
		require.Len(t, w.mails.to(person), 1)
	}
	require.Empty(t, w.inbox("cleo"))
}

// The readers of a round hear that there is something to read, whoever leads besides does not.
func TestReadersHearThatTextsWait(t *testing.T) {
	w := open(t)
	w.role("leader", access.SafetyRepresentative, "")
	eventually(t, func() bool {
		members, err := w.service.directory.Members(tenant.With(t.Context(), schoolID), access.SafetyRepresentative)
		return err == nil && len(members) == 3
	}, "the leader is one of them")
	w.tell(schoolID, "round-1", events.TextsWaiting{RoundID: "round-1", Readers: []string{"amr"}, ReadableUntil: time.Date(2026, 6, 7, 22, 0, 0, 0, time.UTC)})
	eventually(t, func() bool { return len(w.mails.all()) == 2 }, "one mail for each reader")
	require.Equal(t, []Kind{TextsWaiting}, w.inbox("ada"))
	require.Equal(t, []Kind{TextsWaiting}, w.inbox("bob"))
	require.Empty(t, w.inbox("leader"))
	require.Empty(t, w.inbox("cleo"))
	letter := w.mails.to("ada")[0]
	require.Equal(t, "Der er tekster at læse fra en spørgerunde", letter.subject)
	require.Contains(t, letter.body, "til den 7. juni 2026", "the last day, by Danish time")
	require.Contains(t, letter.body, "/schools/northschoola/rounds/round-1/texts")
}

func facts() events.ActionFacts {
	return events.ActionFacts{ActionID: "action-1", DialogueID: "dialogue-1", OwnerID: "leader", DueOn: "2026-04-01", FollowUpOn: "2026-05-01"}
}

func TestTheInboxOfWhoeverIsErasedIsForgotten(t *testing.T) {
	w := open(t)
	w.tell(schoolID, "dialogue-1", events.DialogueCreated{
		DialogueID: "dialogue-1", Playbook: "four-steps", Version: 1, ForumID: "forum-1", Facilitators: []string{"ada"}, Participants: []string{"ada", "bob"},
	})
	eventually(t, func() bool { return len(w.inbox("ada")) == 1 && len(w.inbox("bob")) == 1 }, "both are told")
	w.tell(operatorID, "bob", events.PersonErased{PersonID: "bob"})
	eventually(t, func() bool { return len(w.inbox("bob")) == 0 }, "nothing is left of the one")
	require.Len(t, w.inbox("ada"), 1, "nothing is missing of the other")
}

func TestWhatASchoolToldGoesWithIt(t *testing.T) {
	w := open(t)
	w.tell(schoolID, "dialogue-1", events.DialogueCreated{
		DialogueID: "dialogue-1", Playbook: "four-steps", Version: 1, ForumID: "forum-1", Facilitators: []string{"ada"}, Participants: []string{"ada", "bob"},
	})
	eventually(t, func() bool { return len(w.inbox("ada")) == 1 && len(w.inbox("bob")) == 1 }, "both are told")
	store := w.service.store
	ctx := tenant.With(t.Context(), operatorID)
	_, err := store.items.Insert(ctx, "of-another-school", Item{PersonID: "ada", At: w.clock.now(), School: "southschoola", Kind: DialogueCreated})
	require.NoError(t, err)
	for range 2 {
		w.tell(schoolID, string(schoolID), events.OrganisationDeleted{OrganisationID: string(schoolID), Kind: "school", ParentID: string(operatorID)})
	}
	in := tenant.With(t.Context(), schoolID)
	eventually(t, func() bool {
		_, err := store.dialogues.Get(in, "dialogue-1")
		return failure.CodeOf(err) == failure.DocumentNotFound
	}, "the school's own documents go")
	left := 0
	for d, err := range store.items.All(ctx, document.Query{Index: "by_person"}) {
		require.NoError(t, err)
		require.Equal(t, "of-another-school", d.ID)
		left++
	}
	require.Equal(t, 1, left)
}

func TestADialogueAndItsAction(t *testing.T) {
	w := open(t)
	w.tell(schoolID, "dialogue-1", events.DialogueCreated{
		DialogueID: "dialogue-1", Playbook: "four-steps", Version: 1, ForumID: "forum-1", Facilitators: []string{"ada"}, Participants: []string{"ada", "bob", "leader"},
	})
	eventually(t, func() bool { return len(w.mails.all()) == 3 }, "every participant is invited")
	w.tell(schoolID, "action-1", events.ActionProposed(facts()))
	eventually(t, func() bool { return len(w.mails.to("leader")) == 2 }, "the owner is asked")
	require.Contains(t, w.mails.to("leader")[1].subject, "Vil du tage en opgave?")
	w.clock.add(time.Second)
	w.tell(schoolID, "action-1", events.ActionAccepted(facts()))
	eventually(t, func() bool { return len(w.inbox("bob")) == 2 }, "the others see that it is taken")
	require.Equal(t, ActionAccepted, w.inbox("bob")[0])
	require.Len(t, w.inbox("ada"), 1, "who ran the dialogue knows")
	require.Len(t, w.inbox("leader"), 2, "so does the owner")
	w.tell(schoolID, "action-1", events.ActionFollowUpDue(facts()))
	eventually(t, func() bool { return len(w.mails.to("leader")) == 3 }, "the owner is reminded")
	require.Len(t, w.mails.all(), 5, "nobody got mail of the acceptance")
}

// Of what is confidential a representative hears that it waits. The letter has no more than that, and nobody else gets it.
func TestSomethingConfidentialWaits(t *testing.T) {
	w := open(t)
	w.tell(schoolID, "ada", events.ConfidentialMessagesWaiting{ReceiverID: "ada"})
	eventually(t, func() bool { return len(w.mails.to("ada")) == 1 }, "the representative is told")
	require.Equal(t, []Kind{ConfidentialWaiting}, w.inbox("ada"))
	require.Contains(t, w.mails.to("ada")[0].subject, "Du har fået en fortrolig besked")
	require.Len(t, w.mails.all(), 1)
}

// A dialogue that the stream has forgotten is learned from a snapshot, and nobody is told of it again.
func TestDialoguesOfOldAreKnownAndNotAnnouncedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := tenant.With(t.Context(), schoolID)
	envelope, err := events.New(ctx, "dialogue", "dialogue-1", 7, w.clock.now().AddDate(0, -2, 0), events.DialogueCreated{
		DialogueID: "dialogue-1", Playbook: "p", Version: 1, Facilitators: []string{"ada"}, Participants: []string{"ada", "bob", "leader"},
	})
	require.NoError(t, err)
	w.snapshots = map[string][]events.Envelope{"dialogues": {envelope}}
	w.start()
	w.school()
	eventually(t, func() bool { _, err := w.service.store.dialogues.Get(ctx, "dialogue-1"); return err == nil }, "the dialogue is known")
	w.tell(schoolID, "action-1", events.ActionAccepted{ActionID: "action-1", DialogueID: "dialogue-1", OwnerID: "leader", DueOn: "2026-04-01", FollowUpOn: "2026-05-01"})
	eventually(t, func() bool { return len(w.inbox("bob")) > 0 }, "whom its outcomes concern is known")
	require.Equal(t, []Kind{ActionAccepted}, w.inbox("bob"))
	require.Empty(t, w.inbox("ada"))
	require.Empty(t, w.mails.all())
}

func TestWhatGathersIsOneMailInTheNextOpenHourAlsoAfterARestart(t *testing.T) {
	w := open(t)
	w.clock.set(wall(t, "Fri 2026-03-27 18:00")) // the last Friday of winter time
	w.tell(schoolID, "round-1", announced())
	w.tell(schoolID, "action-1", events.ActionProposed{ActionID: "action-1", DialogueID: "d", OwnerID: "ada", DueOn: "2026-04-01", FollowUpOn: "2026-05-01"})
	eventually(t, func() bool { return len(w.inbox("ada")) == 2 }, "the inbox has both at once")
	w.stop()
	w.clock.set(wall(t, "Mon 2026-03-30 06:59"))
	w.start()
	w.tell(schoolID, "action-2", events.ActionProposed{ActionID: "action-2", DialogueID: "d", OwnerID: "ada", DueOn: "2026-04-01", FollowUpOn: "2026-05-01"})
	eventually(t, func() bool { return len(w.inbox("ada")) == 3 }, "one more comes in the last quiet minute")
	require.Empty(t, w.mails.all())
	w.clock.set(wall(t, "Mon 2026-03-30 07:00"))
	eventually(t, func() bool { return len(w.mails.all()) == 2 }, "one mail for each")
	require.Equal(t, "3 nye beskeder fra Skovskolen", w.mails.to("ada")[0].subject)
}

func TestRepeatedEventsDoubleNothing(t *testing.T) {
	w := open(t)
	e := w.tell(schoolID, "round-1", announced())
	eventually(t, func() bool { return len(w.outcomes()) == 2 }, "two mails")
	for range 3 {
		require.NoError(t, w.service.roundAnnounced(e.Context(t.Context()), e, announced()))
	}
	require.Len(t, w.inbox("ada"), 1)
	bag, err := w.service.store.bags.Get(tenant.With(t.Context(), schoolID), bagID(schoolID, "ada"))
	require.NoError(t, err)
	require.False(t, bag.Body.Pending)
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	accesstest.RunRego(t, ".")
	authorizer, err := access.NewAuthorizer(t.Context(), "notification", policy)
	require.NoError(t, err)
	staff := []string{access.Employee, access.Leader, access.UnionRepresentative, access.SafetyRepresentative, access.SchoolAdministrator, access.ITGuide}
	accesstest.Table{
		Permissions: map[string][]string{
			"inbox.read": nil, "inbox.mark": nil,
			"quiet_hours.read": staff, "quiet_hours.change": {access.Leader, access.SchoolAdministrator},
		},
	}.Check(t, authorizer)
}

// What was adopted, and what one forum asks another, is told to those whom the event names, with a link to its page.
func TestWhatForumsOweIsToldToTheirMembers(t *testing.T) {
	w := open(t)
	agreement := events.AgreementFacts{
		AgreementID: "rules-1", DialogueID: "d", Kind: "ground_rules", Scope: "school", Version: 1, FromOn: "2026-11-01", ReviewOn: "2026-12-01", MemberIDs: []string{"ada", "bob"},
	}
	w.tell(schoolID, "rules-1", events.AgreementReviewDue(agreement))
	eventually(t, func() bool { return len(w.mails.all()) == 2 }, "both members are told")
	require.Contains(t, w.mails.to("ada")[0].body, "https://guldkorn.example.dk/schools/northschoola/agreements/rules-1")
	require.Equal(t, []Kind{AgreementReviewDue}, w.inbox("ada"))
	question := events.EscalationFacts{EscalationID: "q-1", DialogueID: "d", ToForumID: "f", AnswerByOn: "2026-12-09", PersonIDs: []string{"leader"}}
	w.tell(schoolID, "q-1", events.EscalationRaised(question))
	eventually(t, func() bool { return len(w.mails.to("leader")) == 1 }, "who is asked")
	require.Contains(t, w.mails.to("leader")[0].body, "9. december 2026")
	require.Contains(t, w.mails.to("leader")[0].body, "/schools/northschoola/escalations/q-1")
	w.tell(schoolID, "q-1", events.EscalationOverdue(question))
	eventually(t, func() bool { return len(w.mails.to("leader")) == 2 }, "who is late")
	question.PersonIDs = []string{"ada"}
	w.tell(schoolID, "q-1", events.EscalationAnswered(question))
	eventually(t, func() bool { return len(w.mails.to("ada")) == 2 }, "who asked")
}
