package allinone

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/runtime/types"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	notificationapi "github.com/guldkorn/guldkorn/libs/api/notification"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/allinone/demo"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// walk is the whole way through the APIs of a deployment: one school of a municipality, from a voice to an accepted
// action. Every step may be repeated, as people and browsers do when something does not answer.
type walk struct {
	t          *testing.T
	d          *deployment
	operator   string
	school     string
	union      string
	unit       string
	leader     caller.Actor
	leaderID   string
	employees  []caller.Actor
	ids        []string
	analyst    caller.Actor
	unionist   caller.Actor
	round      intakeapi.Round
	dialogue   dialogueapi.Dialogue
	release    string
	forumSeats []tenancyapi.ForumMember
	forum      string
}

const answerers = 7

// Each service dies once at one of the places where a crash hurts, and the way is walked to its end all the same.
func TestJourneyAcrossProcesses(t *testing.T) {
	everyone := func(point string) map[string]string {
		all := map[string]string{"reporting": point} // which tells of one thing in the whole way
		for _, service := range []string{"tenancy", "intake", "dialogue", "notification"} {
			all[service] = point + ":2"
		}
		return all
	}
	for name, failpoints := range map[string]map[string]string{
		"nobody dies":                  {},
		"after commit, before publish": everyone("after-commit-before-publish"),
		"after publish, before ack":    everyone("after-publish-before-ack"),
		"after write, before ack":      {"tenancy": "after-write-before-ack:3", "intake": "after-write-before-ack:3", "reporting": "after-write-before-ack:5", "dialogue": "after-write-before-ack:5", "notification": "after-write-before-ack:5"},
		"after mail, before record":    {"notification": "after-mail-before-record"},
		"after signing, before reply":  {"ballotbox": "after-signing-before-reply:3", "reporting": "after-key-before-projections"},
		"before the handing over":      {"ballotbox": "before-hand-over", "reporting": "before-batch"},
		"after record, before key":     {"ballotbox": "after-keys-before-ballots", "reporting": "after-record-before-key"},
		"after session, before cookie": {"portal": "after-session-before-cookie"},
		"after batch, before record": {"ballotbox": "after-batch-before-record", "intake": "after-batch-before-record",
			"reporting": "after-batch-before-record", "dialogue": "after-batch-before-record"},
	} {
		t.Run(name, func(t *testing.T) {
			d := deploy(t, failpoints)
			w := &walk{t: t, d: d}
			w.organise()
			openAllDay(t, w.leader, w.school)
			w.measure()
			w.talk()
			w.followUp()
			w.signIn()
			for service := range d.processes {
				wanted := 0
				if failpoints[service] != "" {
					wanted++
				}
				if service == "portal" {
					wanted++ // signIn kills it
				}
				require.Equal(t, wanted, d.died(service), "deaths of %s", service)
			}
		})
	}
}

// until acts again and again until the condition holds; errors on the way are what a crash looks like from outside.
func (w *walk) until(what string, done func(context.Context) (bool, error), act func(context.Context) error) {
	w.t.Helper()
	var last error
	err := caller.Eventually(w.t.Context(), what, func() (bool, error) {
		ok, err := done(w.t.Context())
		if !ok && act != nil {
			last = act(w.t.Context())
		}
		return ok, err
	})
	require.NoError(w.t, err, "last refusal: %v", last)
}

func (w *walk) create(a caller.Actor, service, path string, in, out any) {
	w.t.Helper()
	require.NoError(w.t, a.Create(w.t.Context(), service, path, in, out), path)
}

func (w *walk) organise() {
	setup := w.d.Caller.AsSetup()
	issuers := tenancyapi.Issuers{demo.Issuer}
	var platform, operator, school, union tenancyapi.Organisation
	w.create(setup, "tenancy", "/v1/platform", tenancyapi.NewPlatform{Name: "Prøve", Language: "da", SignInIssuers: &issuers}, &platform)
	organisations := func(id string) string { return "/v1/tenants/" + id + "/organisations" }
	code, kind := "901", tenancyapi.InstitutionType("folkeskole")
	w.create(setup, "tenancy", organisations(platform.OrganisationID), tenancyapi.NewOrganisation{Kind: "municipality", Name: "Kommune", Code: &code, Language: "da"}, &operator)
	w.create(setup, "tenancy", organisations(platform.OrganisationID), tenancyapi.NewOrganisation{Kind: "union", Name: "Forening", Language: "da"}, &union)
	w.create(setup, "tenancy", organisations(operator.OrganisationID), tenancyapi.NewOrganisation{Kind: "school", Name: "Skole", InstitutionType: &kind, Language: "da"}, &school)
	w.operator, w.school, w.union = operator.OrganisationID, school.OrganisationID, union.OrganisationID
	var unit tenancyapi.Unit
	w.create(setup, "tenancy", "/v1/tenants/"+w.school+"/units", tenancyapi.NewUnit{Name: "Team"}, &unit)
	w.unit = unit.UnitID

	w.leader, w.leaderID = w.person("leder", w.operator, w.school, access.Leader)
	w.forumSeats = append(w.forumSeats, tenancyapi.ForumMember{PersonID: w.leaderID, Role: "chair"})
	for i := range answerers {
		roles := []string{access.Employee}
		switch i {
		case 0:
			roles = append(roles, access.UnionRepresentative)
		case 1:
			roles = append(roles, access.SafetyRepresentative)
		}
		a, id := w.person(fmt.Sprintf("ansat%d", i), w.operator, w.school, roles...)
		w.employees, w.ids = append(w.employees, a), append(w.ids, id)
		w.forumSeats = append(w.forumSeats, tenancyapi.ForumMember{PersonID: id, Role: "member"})
	}
	w.analyst, _ = w.person("kommune", w.operator, w.operator, access.MunicipalAnalyst)
	w.unionist, _ = w.person("forening", w.union, w.union, access.UnionAnalyst)
	var forum tenancyapi.Forum
	w.create(setup, "tenancy", "/v1/tenants/"+w.school+"/forums", tenancyapi.NewForum{Kind: "staff_meeting", Name: "Personalemøde", Mandate: "advises", Members: w.forumSeats}, &forum)
	w.forum = forum.ForumID
}

func (w *walk) person(login, home, scope string, roles ...string) (caller.Actor, string) {
	var p tenancyapi.Person
	w.create(w.d.Caller.AsSetup(), "tenancy", "/v1/tenants/"+home+"/persons",
		tenancyapi.NewPerson{Name: login, Login: login, Email: login + "@skole.example", Language: "da"}, &p)
	for _, role := range roles {
		in := tenancyapi.NewRoleAssignment{PersonID: p.PersonID, Role: tenancyapi.Role(role), Scope: scope}
		if role == access.Employee {
			in.UnitID = &w.unit
		}
		w.create(w.d.Caller.AsSetup(), "tenancy", "/v1/tenants/"+home+"/role-assignments", in, nil)
	}
	return w.d.Caller.As(p.PersonID, tenant.ID(home)), p.PersonID
}

func (w *walk) measure() {
	base, today := "/v1/tenants/"+w.school, time.Now().In(copenhagen(w.t)).Format(time.DateOnly)
	in := intakeapi.NewRound{Title: "Kort runde", Instrument: "pulse-relations", InstrumentVersion: 1, OpensOn: today, ClosesOn: today, VisibleToAllOn: today}
	w.until("draft", func(context.Context) (bool, error) { return w.round.RoundID != "", nil }, func(ctx context.Context) error {
		return w.leader.Create(ctx, "intake", base+"/rounds", in, &w.round)
	})
	entity := base + "/rounds/" + w.round.RoundID
	w.until("roster", func(ctx context.Context) (bool, error) {
		var preview intakeapi.Preview
		err := w.leader.Get(ctx, "intake", entity+"/preview", &preview)
		return preview.Headcount == answerers, err
	}, nil)
	w.reach(entity, "countersigning", "/announce")
	w.countersign(entity)
	w.reach(entity, "open", "/open")

	for i, a := range w.employees {
		w.vote(entity, a, i)
	}
	w.reach(entity, "released", "/close")

	// Leader, TR and AMR read the same bytes; an employee does from the day on which all may.
	w.release = *w.round.ReleaseID
	var first reportingapi.Release
	for i, a := range []caller.Actor{w.leader, w.employees[0], w.employees[1], w.employees[6]} {
		var seen reportingapi.Release
		w.until("release", func(ctx context.Context) (bool, error) {
			err := a.Get(ctx, "reporting", base+"/releases/"+w.release, &seen)
			return err == nil, err
		}, nil)
		require.True(w.t, seen.Shown)
		if i == 0 {
			first = seen
		}
		require.Equal(w.t, first, seen)
	}
	var list reportingapi.ReleaseList
	require.NoError(w.t, w.leader.Get(w.t.Context(), "reporting", base+"/releases", &list))
	require.Len(w.t, list.Items, 1, "one round, one release")
}

// vote gets a ticket and a token and answers twice: the second replaces the first.
func (w *walk) vote(entity string, a caller.Actor, n int) {
	w.t.Helper()
	box := w.d.Caller.Addresses["ballotbox"]
	ballot := voter.New(box.Base, box.Client)
	var instrument intakeapi.Instrument
	require.NoError(w.t, w.leader.Get(w.t.Context(), "intake", entity+"/instrument", &instrument))
	for _, turn := range []int{n, n + 1} {
		answers := map[string]string{}
		for _, cell := range instrument.Themes[0].Cells {
			answers[cell.Gain.ID] = []string{"0", "25", "50", "75", "100"}[turn%5]
			answers[cell.Strain.ID] = []string{"0", "25", "50", "75", "100"}[(turn+2)%5]
			if cell.Fit != nil {
				answers[cell.Fit.ID] = "50"
			}
		}
		handedIn := false
		w.until("answer", func(context.Context) (bool, error) { return handedIn, nil }, func(ctx context.Context) error {
			var ticket intakeapi.Ticket
			if err := a.Call(ctx, "intake", http.MethodPost, entity+"/tickets", nil, &ticket); err != nil {
				return err
			}
			if err := ballot.Fetch(ctx, ticket.Ticket); err != nil {
				return err
			}
			err := ballot.Answer(ctx, answers)
			handedIn = err == nil
			return err
		})
	}
}

// countersign has the TR vouch for the roster.
func (w *walk) countersign(entity string) {
	w.t.Helper()
	tr := w.employees[0]
	w.until("announced", func(ctx context.Context) (bool, error) {
		err := tr.Get(ctx, "intake", entity, &w.round)
		return w.round.Status == "announced", err
	}, func(ctx context.Context) error {
		in := intakeapi.Countersigning{RosterHash: *w.round.RosterHash, KeyListHash: *w.round.KeyListHash}
		return tr.Command(ctx, "intake", entity, "/countersign", in, nil)
	})
}

func (w *walk) reach(entity string, status intakeapi.RoundStatus, verb string) {
	w.t.Helper()
	w.until(string(status), func(ctx context.Context) (bool, error) {
		err := w.leader.Get(ctx, "intake", entity, &w.round)
		return w.round.Status == status, err
	}, func(ctx context.Context) error {
		if w.round.Status == "closing" || w.round.Status == "announcing" || w.round.Status == "opening" {
			return nil // it finishes by itself
		}
		return w.leader.Command(ctx, "intake", entity, verb, nil, nil)
	})
}

func (w *walk) talk() {
	base := "/v1/tenants/" + w.school + "/dialogues"
	in := dialogueapi.NewDialogue{Title: "Svar inden for en time?", Playbook: "from-overview-to-measures", PlaybookVersion: 1, VariantMinutes: 20, ForumID: &w.forum,
		Source: &dialogueapi.CellSource{ReleaseID: w.release, Theme: "relations", Quality: "demands"}}
	w.until("dialogue", func(context.Context) (bool, error) { return w.dialogue.DialogueID != "", nil }, func(ctx context.Context) error {
		return w.leader.Create(ctx, "dialogue", base, in, &w.dialogue)
	})
	entity := base + "/" + w.dialogue.DialogueID
	w.command(entity, "/open", nil, func() bool { return w.dialogue.State == "open" })
	w.step(entity, "checkin", nil)
	w.step(entity, "reflect", func(phase string) {
		for i, a := range w.employees {
			w.create(a, "dialogue", entity+"/phases/"+phase+"/contributions", dialogueapi.ContributionText{Text: fmt.Sprintf("Forhold %d", i)}, nil)
		}
	})
	var written dialogueapi.ContributionList
	w.until("revealed", func(ctx context.Context) (bool, error) {
		err := w.leader.Get(ctx, "dialogue", entity+"/phases/"+w.phase("reflect").PhaseID+"/contributions", &written)
		return len(written.Items) > 0, err
	}, nil)
	texts := []string{}
	for _, c := range written.Items {
		texts = append(texts, c.Text)
	}
	slices.Sort(texts)
	require.Equal(w.t, []string{"Forhold 0", "Forhold 1", "Forhold 2", "Forhold 3", "Forhold 4", "Forhold 5", "Forhold 6"}, texts, "none lost, none doubled")
	w.step(entity, "share", nil)
	w.step(entity, "prioritise", func(phase string) {
		for _, a := range w.employees {
			in := dialogueapi.Ballot{Choices: []dialogueapi.Choice{{ContributionID: written.Items[0].ContributionID, Dots: 1}}}
			w.create(a, "dialogue", entity+"/phases/"+phase+"/ballots", in, nil)
		}
	})
	w.until("counted", func(ctx context.Context) (bool, error) {
		err := w.refresh(ctx, entity)
		return w.phase("prioritise").Result != nil, err
	}, nil)
	require.Equal(w.t, answerers, w.phase("prioritise").Result.Ballots)
	require.Equal(w.t, answerers, w.phase("prioritise").Result.Choices[0].Dots)

	w.command(entity, "/phases/"+w.phase("decide").PhaseID+"/start", struct{}{}, func() bool { return w.phase("decide").State == "active" })
	w.create(w.leader, "dialogue", entity+"/decisions", dialogueapi.NewDecision{Text: "Svar kan vente til næste dag.", SourceIds: []string{"cell"}}, nil)
	due := time.Now().AddDate(0, 0, 14)
	var action dialogueapi.Action
	w.create(w.leader, "dialogue", entity+"/actions", dialogueapi.NewAction{Text: "Skriv det ind i spillereglerne", OwnerID: w.leaderID,
		DueOn: types.Date{Time: due}, FollowUpOn: types.Date{Time: due.AddDate(0, 1, 0)}}, &action)
	path := "/v1/tenants/" + w.school + "/actions/" + action.ActionID
	w.until("accepted", func(ctx context.Context) (bool, error) {
		err := w.leader.Get(ctx, "dialogue", path, &action)
		return action.Status == "accepted", err
	}, func(ctx context.Context) error { return w.leader.Command(ctx, "dialogue", path, "/accept", nil, nil) })
}

func (w *walk) refresh(ctx context.Context, entity string) error {
	var fresh dialogueapi.Dialogue
	err := w.leader.Get(ctx, "dialogue", entity, &fresh)
	if err == nil {
		w.dialogue = fresh
	}
	return err
}

func (w *walk) phase(kind string) dialogueapi.Phase {
	for _, p := range w.dialogue.Phases {
		if string(p.Kind) == kind {
			return p
		}
	}
	w.t.Fatalf("no phase %s", kind)
	return dialogueapi.Phase{}
}

func (w *walk) command(entity, verb string, in any, done func() bool) {
	w.t.Helper()
	w.until(verb, func(ctx context.Context) (bool, error) {
		err := w.refresh(ctx, entity)
		return done(), err
	}, func(ctx context.Context) error { return w.leader.Command(ctx, "dialogue", entity, verb, in, nil) })
}

// step starts a phase, lets something happen in it, and locks it.
func (w *walk) step(entity, kind string, during func(phase string)) {
	w.t.Helper()
	path := "/phases/" + w.phase(kind).PhaseID
	w.command(entity, path+"/start", struct{}{}, func() bool { return w.phase(kind).State == "active" })
	if during != nil {
		during(w.phase(kind).PhaseID)
	}
	w.command(entity, path+"/lock", nil, func() bool { return w.phase(kind).State == "locked" })
}

// followUp looks at what everybody outside the school learns of it.
func (w *walk) followUp() {
	w.until("follow-through", func(ctx context.Context) (bool, error) {
		var through reportingapi.FollowThrough
		err := w.analyst.Get(ctx, "reporting", "/v1/tenants/"+w.operator+"/follow-through", &through)
		if err != nil || len(through.Items) != 1 {
			return false, err
		}
		row := through.Items[0]
		return row.Accepted == 1 && row.Proposed == 0 && row.RoundsReleased == 1, nil
	}, nil)
	w.until("benchmark", func(ctx context.Context) (bool, error) {
		var benchmark reportingapi.Benchmark
		err := w.unionist.Get(ctx, "reporting", "/v1/tenants/"+w.union+"/benchmark", &benchmark)
		return benchmark.State == "not_enough_institutions", err
	}, nil)
	for _, outsider := range []caller.Actor{w.unionist, w.analyst} {
		for service, path := range map[string]string{
			"reporting": "/releases/" + w.release, "intake": "/rounds/" + w.round.RoundID, "dialogue": "/dialogues/" + w.dialogue.DialogueID,
		} {
			err := outsider.Get(w.t.Context(), service, "/v1/tenants/"+w.school+path, nil)
			require.Contains(w.t, []failure.Code{failure.AccessDenied, failure.DocumentNotFound}, failure.CodeOf(err), "%s%s", service, path)
		}
	}
	// The owner was asked, once, in the inbox.
	w.until("asked", func(ctx context.Context) (bool, error) {
		return w.count(ctx, w.leader, "action_proposed") >= 1, nil
	}, nil)
	// Everybody who was to hear of the round got a mail, at least once and always under the same Message-ID; the
	// leader heard of the action.
	for i := range answerers {
		w.until("mail", func(context.Context) (bool, error) { return len(w.mails(fmt.Sprintf("ansat%d", i))) > 0, nil }, nil)
	}
	w.until("mail about the action", func(context.Context) (bool, error) {
		return slices.ContainsFunc(w.mails("leder"), func(text string) bool { return strings.Contains(text, "/actions") }), nil
	}, nil)
	require.Equal(w.t, 1, w.count(w.t.Context(), w.leader, "action_proposed"))
	require.Equal(w.t, 1, w.count(w.t.Context(), w.leader, "release_published"))
}

// mails are the texts of the distinct messages that the development inbox holds for somebody.
func (w *walk) mails(login string) []string {
	list := readInbox(w.t, w.d.mail.URL(), login+"@skole.example")
	texts := map[string]string{}
	for _, m := range list.Messages {
		if earlier, again := texts[m.MessageID]; again {
			require.Equal(w.t, earlier, m.Text, "two messages under one id")
		}
		texts[m.MessageID] = m.Text
	}
	return slices.Collect(maps.Values(texts))
}

func (w *walk) count(ctx context.Context, a caller.Actor, kind string) int {
	var inbox notificationapi.Inbox
	require.NoError(w.t, a.Get(ctx, "notification", "/v1/inbox", &inbox))
	n := 0
	for _, item := range inbox.Items {
		if string(item.Kind) == kind {
			n++
		}
	}
	return n
}

func copenhagen(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Copenhagen")
	require.NoError(t, err)
	return zone
}
