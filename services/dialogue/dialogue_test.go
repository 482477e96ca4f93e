package dialogue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/guldkorn/guldkorn/libs/api/apitest"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func TestMain(m *testing.M) {
	childOfKillTest()
	goleak.VerifyTestMain(m)
}

// six are the people at the table of most tests.
func six() []string { return append(teachers(4), "tr", "leader") }

// ofGuests are the operations that TestAGuestTakesPart has succeed.
var ofGuests = []string{
	"POST /v1/guest-entries", "GET /v1/tenants/{tenant_id}/dialogues/{dialogue_id}/guests", "POST /v1/tenants/{tenant_id}/dialogues/{dialogue_id}/guests",
	"DELETE /v1/tenants/{tenant_id}/dialogues/{dialogue_id}/guests", "DELETE /v1/tenants/{tenant_id}/dialogues/{dialogue_id}/guests/{guest_id}",
}

// A whole dialogue of six people from a cell of a release to an action whose effect was looked at.
func TestWholeDialogue(t *testing.T) {
	w := newWorld(t)
	api := apitest.Load(t, Name)
	api.Routes(w.service.engine)
	w.client = api.Client(w.client)
	w.release("release-1")

	require.Len(t, w.do("leader", "GET", "/v1/playbooks", nil).ok().items(), len(w.service.shelf.Newest()))
	w.do("leader", "GET", "/v1/playbooks/from-overview-to-measures/1", nil).ok()
	w.do("leader", "GET", "/v1/playbooks/from-overview-to-measures/7", nil).refused(failure.PlaybookUnknown)
	w.do("", "GET", "/v1/playbooks", nil, w.as("intake")).refused(failure.AccessDenied)
	w.do("", "GET", "/v1/playbooks/from-overview-to-measures/1", nil, w.as("intake")).refused(failure.AccessDenied)

	starts := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	tb := w.prepare(six(), func(body map[string]any) {
		body["source"] = Cell{"release-1", "relations", "social_support"}
		body["technology_id"], body["facilitator_ids"] = "technology-1", []string{"tr"}
		body["starts_at"] = starts
	})
	require.Equal(t, Scheduled, tb.view.State)
	require.Equal(t, facilitator, tb.view.MyPart)
	require.Contains(t, tb.phase("reflect").Prompt.Danish, "Social støtte")
	tb.lead("/schedule", map[string]any{"starts_at": starts.Add(time.Hour)})
	tb.take(tb.do("leader", "PUT", tb.path("/people"), map[string]any{
		"participant_ids": six(), "facilitator_ids": []string{"leader", "amr"},
	}, ifMatch(tb.etag)).ok())
	tb.lead("/open", nil)

	tb.begin("checkin")
	tb.write("teacher-1", "checkin", "hov").refused(failure.PhaseTakesNothing)
	tb.run("checkin", "/pause", nil).run("checkin", "/resume", nil).run("checkin", "/extend", map[string]any{"minutes": 2})
	tb.lock("checkin")

	// Reflection is sealed: each sees the own words and nothing else, and can change them.
	tb.begin("reflect")
	for _, person := range six() {
		tb.write(person, "reflect", "Tanke fra "+person).ok()
	}
	mine := tb.write("teacher-1", "reflect", "Jeg taler mindre med forældrene 😕").ok()
	edited := tb.do("teacher-1", "PATCH", tb.phasePath("reflect", "/contributions/"+mine.text("contribution_id")),
		map[string]any{"text": "Beskederne kommer om aftenen"}, ifMatch(mine.etag)).ok()
	require.Equal(t, `"2"`, edited.etag)
	dropped := tb.write("teacher-2", "reflect", "Fortryder").ok()
	tb.do("teacher-2", "DELETE", tb.phasePath("reflect", "/contributions/"+dropped.text("contribution_id")), nil).ok()
	require.Len(t, tb.read("teacher-1", "reflect"), 2)
	require.Len(t, tb.read("teacher-2", "reflect"), 1)
	require.Empty(t, tb.read("amr", "reflect"), "a facilitator who wrote nothing sees nothing")
	tb.lock("reflect")
	require.True(t, *tb.phase("reflect").Revealed)
	require.True(t, *tb.phase("reflect").AuthorshipDestroyed)
	written := tb.read("teacher-3", "reflect")
	require.Len(t, written, 7)
	for _, c := range written {
		require.False(t, c.Mine)
		require.NotEqual(t, mine.text("contribution_id"), c.ContributionID, "ids are new after the lock")
	}

	tb.begin("share")
	added := tb.write("teacher-4", "share", "Det gælder også møderne").ok()
	tb.do("teacher-1", "PATCH", tb.phasePath("share", "/contributions/"+added.text("contribution_id")),
		map[string]any{"text": "Det gælder også lærermøderne"}, ifMatch(added.etag)).ok()
	tb.lock("share")
	held := written[0]
	tb.do("leader", "POST", tb.phasePath("reflect", "/contributions/"+held.ContributionID+"/hold"),
		map[string]any{"reason": "nej"}, ifMatch(`"1"`)).refused(failure.AccessDenied)
	tb.holdsAndReleases("reflect", held.ContributionID)
	tb.do("tr", "POST", tb.phasePath("reflect", "/contributions/"+held.ContributionID+"/hold"),
		map[string]any{"reason": "Den peger på en person"}, ifMatch(`"3"`)).ok()
	require.Len(t, tb.read("leader", "reflect"), 6)
	require.Len(t, tb.read("tr", "reflect"), 7)

	tb.begin("prioritise")
	first, second := written[1].ContributionID, written[2].ContributionID
	tb.vote("teacher-1", "prioritise", []Choice{{held.ContributionID, 1}}).refused(failure.RequestInvalid)
	again := key("a-random-key-of-teacher-1")
	tb.vote("teacher-1", "prioritise", []Choice{{first, 2}, {second, 1}}, again).ok()
	tb.vote("teacher-1", "prioritise", []Choice{{first, 2}, {second, 1}}, again).ok()
	tb.vote("teacher-1", "prioritise", []Choice{{second, 1}}).refused(failure.AlreadyVoted)
	for _, person := range six()[1:] {
		require.Equal(t, false, tb.do(person, "GET", tb.phasePath("prioritise", "/ballots"), nil).ok().body["cast"])
		tb.vote(person, "prioritise", []Choice{{first, 1}, {added.text("contribution_id"), 2}}).ok()
		require.Equal(t, true, tb.do(person, "GET", tb.phasePath("prioritise", "/ballots"), nil).ok().body["cast"])
	}
	require.Nil(t, tb.refresh().phase("prioritise").Result, "no partial result for anyone")
	tb.lock("prioritise")
	require.Equal(t, &Result{State: Shown, Ballots: 6, Choices: []Choice{
		{added.text("contribution_id"), 10}, {first, 7}, {second, 1},
	}}, tb.phase("prioritise").Result)

	tb.begin("decide")
	decision := tb.do("leader", "POST", tb.path("/decisions"), map[string]any{
		"text": "Ingen beskeder efter kl. 17", "source_ids": []string{first, "cell", tb.phase("decide").PhaseID},
	}).ok()
	decision = tb.do("leader", "PATCH", tb.path("/decisions/"+decision.text("decision_id")), map[string]any{
		"text": "Ingen beskeder efter kl. 16.30", "source_ids": []string{first},
	}, ifMatch(decision.etag)).ok()
	apart := map[string]any{
		"subject": "Svarfrist", "positions": []string{"Samme dag", "Næste hverdag"},
		"next_step": "Leder spørger forældrerådet", "next_step_reason": "Rådet har lovet et svar i efteråret",
	}
	disagreement := tb.do("tr", "POST", tb.path("/disagreements"), apart).ok()
	apart["positions"] = []string{"Samme dag", "Næste hverdag", "Slet ikke"}
	tb.do("tr", "PATCH", tb.path("/disagreements/"+disagreement.text("disagreement_id")), apart, ifMatch(disagreement.etag)).ok()
	action := func(owner string, more map[string]any) answer {
		body := map[string]any{
			"text": "Skriv en regel for beskeder", "owner_id": owner, "due_on": w.service.today(),
			"follow_up_on": time.Now().AddDate(0, 2, 0).Format(time.DateOnly), "source_ids": []string{first},
		}
		for k, v := range more {
			body[k] = v
		}
		return tb.do("leader", "POST", tb.path("/actions"), body)
	}
	action("teacher-1", nil).refused(failure.ActionOwnerNeedsMinutes)
	action("stranger", nil).refused(failure.ActionOwnerUnknown)
	own := action("leader", nil).ok()
	lent := action("teacher-1", map[string]any{"minutes": 90, "resources": "Et lokale"}).ok()
	tb.lock("decide")

	step := func(person string, a answer, verb string, body any) answer {
		return tb.do(person, "POST", tb.in("/actions/"+a.text("action_id")+verb), body, ifMatch(a.etag))
	}
	step("teacher-2", lent, "/accept", nil).refused(failure.AccessDenied)
	lent = step("teacher-1", lent, "/decline", map[string]any{"reason": "Jeg går på barsel"}).ok()
	lent = step("leader", lent, "/reassign", map[string]any{"owner_id": "teacher-8", "minutes": 60}).ok()
	lent = step("teacher-8", lent, "/accept", nil).ok()
	lent = step("teacher-8", lent, "/progress", nil).ok()
	lent = step("teacher-8", lent, "/block", map[string]any{"reason": "Venter på adgang"}).ok()
	step("teacher-8", lent, "/drop", map[string]any{"reason": "Systemet skiftes ud"}).ok()
	own = step("leader", own, "/accept", nil).ok()

	// Minutes: as they would be now, circulated, outdated, approved.
	draft := tb.do("teacher-1", "GET", tb.path("/minutes"), nil).ok()
	require.Equal(t, "draft", draft.text("state"))
	tb.lead("/conclude", nil).lead("/minutes/circulate", map[string]any{"note": "Tak for i dag"})
	circulated := tb.do("teacher-1", "GET", tb.path("/minutes"), nil).ok()
	tb.do("leader", "POST", tb.path("/decisions"), map[string]any{"text": "Og ingen i ferien", "source_ids": []string{second}}).ok()
	approve := map[string]any{"content_hash": circulated.text("content_hash")}
	tb.do("leader", "POST", tb.path("/minutes/approve"), approve, ifMatch(tb.etag)).refused(failure.MinutesOutdated)
	tb.do("teacher-7", "GET", tb.path("/minutes"), nil).refused(failure.AccessDenied)
	tb.lead("/minutes/circulate", map[string]any{})
	circulated = tb.do("teacher-1", "GET", tb.path("/minutes"), nil).ok()
	tb.lead("/minutes/approve", map[string]any{"content_hash": circulated.text("content_hash")})
	require.Equal(t, FollowUp, tb.view.State)

	approved := tb.do("teacher-7", "GET", tb.path("/minutes"), nil).ok()
	require.Equal(t, "approved", approved.text("state"))
	var minutes struct {
		Hash    string          `json:"content_hash"`
		Content json.RawMessage `json:"content"`
	}
	approved.into(&minutes)
	sum := sha256.Sum256(minutes.Content)
	require.Equal(t, minutes.Hash, hex.EncodeToString(sum[:]), "everybody can check the hash")
	require.NotContains(t, string(minutes.Content), held.Text, "what was held back is not minuted")
	require.NotContains(t, string(minutes.Content), written[5].Text, "what nobody cites is not minuted")
	tb.do("teacher-1", "GET", tb.path("/minutes?version=1"), nil).ok()
	tb.do("teacher-7", "GET", tb.path("/minutes?version=1"), nil).refused(failure.DocumentNotFound)

	require.Equal(t, failure.ActionsOpen, failure.Code(tb.do("leader", "POST", tb.path("/close"), map[string]any{}, ifMatch(tb.etag)).text("code")))
	own = step("leader", own, "/done", nil).ok()
	step("leader", own, "/verify", map[string]any{"effect": "worked", "note": "Roligere aftener"}).ok()
	tb.lead("/close", map[string]any{})

	for _, list := range []string{"/decisions", "/disagreements", "/actions"} {
		require.NotEmpty(t, tb.do("teacher-7", "GET", tb.path(list), nil).ok().items())
	}
	require.Len(t, tb.do("teacher-8", "GET", tb.in("/actions?owner=me"), nil).ok().items(), 1)
	require.Len(t, tb.do("teacher-7", "GET", tb.in("/actions?status=effect_verified"), nil).ok().items(), 1)
	tb.do("teacher-8", "GET", tb.in("/actions/"+lent.text("action_id")), nil).ok()
	require.Len(t, tb.do("teacher-7", "GET", tb.in("/dialogues?state=closed"), nil).ok().items(), 1)
	require.Empty(t, tb.do("stranger", "GET", "/v1/tenants/"+string(w.other)+"/dialogues", nil).ok().items())

	tb.recordsOfThoseWhoTookPart()
	w.anAgreementIsKeptCheckedAndRenewed()
	w.theNextDialogueBeginsWithWhatIsUndone()
	w.aQuestionIsPassedOnAndAnswered()
	tb.do("leader", "GET", tb.path("/live?wait=0"), nil).ok()
	w.do("leader", "GET", w.in("/first-steps"), nil).ok()
	other := w.prepare(teachers(3), nil)
	other.lead("/open", nil).run("checkin", "/skip", nil).run("checkin", "/repeat", nil).lead("/pause", nil).lead("/resume", nil)
	other.run("reflect", "/start", map[string]any{"attribution": "group"})
	choice := other.write("teacher-1", "reflect", "Sammen").ok().text("contribution_id")
	other.do("teacher-1", "PUT", other.phasePath("reflect", "/ready"), map[string]any{"ready": true}).ok()
	other.do("teacher-1", "GET", other.phasePath("reflect", "/ready"), nil).ok()
	other.lock("reflect").paperIsTypedIn("reflect")
	other.run("share", "/skip", nil).run("prioritise", "/start", map[string]any{"attribution": "group"})
	other.take(other.do("leader", "PUT", other.phasePath("prioritise", "/shared-dots"),
		map[string]any{"choices": []Choice{{choice, 6}}}, ifMatch(other.etag)).ok())
	require.Equal(t, 6, other.phase("prioritise").Result.Choices[0].Dots)
	other.lead("/cancel", map[string]any{"reason": "Brandøvelse"})
	require.Len(t, w.do("", "GET", "/v1/snapshots/dialogues", nil, w.as("reporting")).ok().items(), 8)
	w.aTopicIsHandedOver()
	w.inputComesToTheRepresentatives()
	w.adaptsAPlaybook()
	w.aBoardIsFilled()
	w.aMapGoesOn()
	api.Covered(ofGuests...)

	missing := map[string]bool{}
	for _, e := range []events.Event{
		events.DialogueCreated{}, events.DialogueOpened{}, events.PhaseStarted{}, events.PhaseLocked{}, events.ContributionsRevealed{},
		events.AuthorshipDestroyed{}, events.VoteClosed{}, events.DecisionRecorded{}, events.ActionProposed{}, events.ActionAccepted{},
		events.ActionDone{}, events.ActionEffectVerified{}, events.ActionDropped{}, events.MinutesApproved{}, events.DialogueClosed{},
	} {
		missing[e.Type()] = true
	}
	told := types(w.events(func(e events.Envelope) bool { // those of several documents overtake each other
		delete(missing, e.Type)
		return len(missing) == 0
	}))
	require.Equal(t, 1, count(told, events.ContributionsRevealed{}.Type()))
	require.Equal(t, 2, count(told, events.AuthorshipDestroyed{}.Type()), "of the reflection and of the vote")
}

// A dialogue of a forum is its members' and carries its mandate.
func TestDialogueOfAForum(t *testing.T) {
	w := newWorld(t)
	var members []events.ForumMember
	for _, person := range append(six(), "teacher-1") { // somebody with two seats
		members = append(members, events.ForumMember{PersonID: person, Role: "member"})
	}
	members = append(members, events.ForumMember{PersonID: "leader", Role: "substitute", SubstituteFor: "teacher-1"})
	w.tell(w.tenancy, "tenancy", w.school, "forum-1", events.ForumCreated{
		ForumID: "forum-1", Kind: "med", Name: "MED-udvalget", Mandate: "consultation", Members: members,
	})
	require.Eventually(t, func() bool {
		_, err := w.service.directory.Forum(w.schoolContext(), "forum-1")
		return err == nil
	}, patience, tick)
	tb := w.prepare(nil, func(body map[string]any) {
		delete(body, "participant_ids")
		body["forum_id"] = "forum-1"
	})
	require.Equal(t, six(), tb.view.Participants, "a substitute is invited when the member cannot")
	require.Equal(t, "consultation", tb.view.Mandate)
	require.Equal(t, []string{"leader"}, tb.view.Facilitators)
	require.Equal(t, participant, viewOf(&Meeting{Participants: six()}, "tr", true, "").part)

	ended := time.Now().UTC()
	w.tell(w.tenancy, "tenancy", w.school, "forum-2", events.ForumCreated{
		ForumID: "forum-2", Kind: "trio", Name: "Trio", Mandate: "advises", Members: members, EndedAt: &ended,
	})
	require.Eventually(t, func() bool {
		_, err := w.service.directory.Forum(w.schoolContext(), "forum-2")
		return err == nil
	}, patience, tick)
	err := w.service.seat(w.schoolContext(), &Meeting{}, "leader", newDialogue{ForumID: "forum-2"})
	require.Equal(t, failure.ForumEnded, failure.CodeOf(err))
}

func types(all []events.Envelope) []string {
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = e.Type
	}
	return names
}

func count(all []string, one string) int {
	return len(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s != one }))
}
