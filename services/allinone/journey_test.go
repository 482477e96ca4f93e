package allinone

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	notificationapi "github.com/guldkorn/guldkorn/libs/api/notification"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/allinone/demo"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// The whole way that Guldkorn is for, by people at browsers: a school announces and opens a pulse, staff answer, the
// round becomes a release, leader, TR and AMR see the same, the TR leads a staff meeting about a cell to minutes that stand,
// the owner of what came out of it takes it, the next meeting begins with what is undone, and those outside the school see
// follow-through or nothing.
func TestJourneyInBrowsers(t *testing.T) {
	j := startDemo(t)
	j.browser = browsertest.New(t)
	leader := j.arrive("Lene (leder)", "lene.leder", 1280)
	j.school = "/schools/" + strings.Split(strings.TrimPrefix(leader.Address(), j.addresses.Portal+"/schools/"), "/")[0]
	teacher := j.arrive("Maja (lærer)", "maja.laerer", 390)
	tr := j.arrive("Thomas (TR)", "thomas.tr", 390)
	amr := j.arrive("Amira (AMR)", "amira.amr", 390)
	office := j.arrive("Sanne (administrator)", "sanne.admin", 390)
	j.look(leader, "home-leader")
	j.look(teacher, "home-teacher")
	j.findStaff()
	j.overview(leader)

	openAllDay(t, j.services.As(j.leaderID, j.operator), strings.TrimPrefix(j.school, "/schools/"))
	const address = "lene.leder@demo.example"
	before := readInbox(t, j.addresses.Inbox, address).Distinct
	j.announce(leader, tr)
	for _, p := range []*browsertest.Person{teacher, tr, amr} {
		j.answer(p)
	}
	j.colleaguesAnswer(5)
	j.release(leader, tr, amr)
	leader.Size(390, 844)
	dialogue := j.staffMeeting(tr, teacher, leader, amr, office)
	leader.Size(1280, 900)
	require.Eventually(t, func() bool { return readInbox(t, j.addresses.Inbox, address).Distinct > before }, time.Minute, 100*time.Millisecond, "the mail arrives")
	j.act(teacher)
	j.next(tr, leader, dialogue)
	j.afterwards(leader, teacher, dialogue)
	j.outside()
	j.plainPages(teacher)
	j.nothingLinks()
}

// arrive signs somebody in with one click.
func (j *journey) arrive(name, login string, width int64) *browsertest.Person {
	p := j.browser.Person(name)
	p.Size(width, 900)
	p.Open(j.addresses.Portal + "/")
	if login == "lene.leder" {
		j.look(p, "sign-in")
	}
	p.Open(j.addresses.Portal + "/sign-in/start")
	p.Click(`button[value="` + login + `"]`)
	p.WaitAddress(j.addresses.Portal)
	p.Wait("#menu, #sign-out")
	return p
}

// look holds a page against everything that holds for every page, and keeps a picture.
func (j *journey) look(p *browsertest.Person, name string) {
	j.t.Helper()
	p.Check()
	p.Screenshot(name)
}

func (j *journey) open(p *browsertest.Person, path string) { p.Open(j.addresses.Portal + path) }

func (j *journey) findStaff() {
	id := strings.TrimPrefix(j.school, "/schools/")
	var leader tenancyapi.SignedIn
	portal := j.services.AsService(j.world.trust.signer(access.Portal, time.Now), access.Portal)
	require.NoError(j.t, portal.Call(j.t.Context(), "tenancy", http.MethodPost, "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: demo.Issuer, Login: "lene.leder"}, &leader))
	var list tenancyapi.StaffList
	require.NoError(j.t, j.services.As(leader.PersonID, tenant.ID(leader.TenantID)).Get(j.t.Context(), "tenancy", "/v1/tenants/"+id+"/staff", &list))
	j.operator, j.leaderID = tenant.ID(leader.TenantID), leader.PersonID
	j.staff = list.Items
}

// colleague returns an employee of the school who sits at no browser.
func (j *journey) colleague(n int) caller.Actor {
	j.t.Helper()
	for _, s := range j.staff {
		if len(s.Roles) == 1 && s.Roles[0] == "employee" && s.Name != "Maja Lindholm" {
			if n == 0 {
				return j.services.As(s.PersonID, j.operator)
			}
			n--
		}
	}
	j.t.Fatal("too few colleagues")
	return caller.Actor{}
}

// overview looks at the newest result of the demo: the school, and one of its units.
func (j *journey) overview(leader *browsertest.Person) {
	j.open(leader, j.school+"/results")
	leader.Click("#releases a")
	leader.Wait("#overview")
	j.look(leader, "overview")
	leader.ClickText("Mellemtrin")
	leader.WaitFor("the unit", `location.search.includes('unit') || location.search.includes('node')`)
	j.look(leader, "overview-unit")
}

// openAllDay lets mail go out at the hour at which the test happens to run.
func openAllDay(t *testing.T, leader caller.Actor, school string) {
	t.Helper()
	path, etag := "/v1/tenants/"+school+"/quiet-hours", ""
	read := host.WithAnswer(func(r *http.Response) { etag = r.Header.Get("ETag") })
	in := notificationapi.QuietHours{OpenFrom: "00:00", OpenTo: "24:00", Weekdays: []int{1, 2, 3, 4, 5, 6, 7}}
	require.NoError(t, caller.Eventually(t.Context(), "quiet hours", func() (bool, error) {
		if err := leader.Call(t.Context(), "notification", http.MethodGet, path, nil, nil, read); err != nil {
			return false, err
		}
		err := leader.Call(t.Context(), "notification", http.MethodPut, path, in, nil, host.WithIfMatch(etag))
		return err == nil, err
	}))
}

func (j *journey) announce(leader, tr *browsertest.Person) {
	today := time.Now().In(copenhagen(j.t)).Format(time.DateOnly)
	j.open(leader, j.school+"/technologies")
	j.look(leader, "technologies")
	j.open(leader, j.school+"/rounds/new")
	leader.Fill("#title", "Skolevejen efter vejledning")
	leader.Click(`label[for="instrument-pulse-implementation"]`)
	technology := browsertest.Evaluate[string](leader, `[...document.querySelector('#technology_id').options].find(o => o.text === 'Skolevejen').value`)
	leader.Fill("#technology_id", technology)
	for _, field := range []string{"#opens_on", "#closes_on", "#visible_to_all_on"} {
		leader.Fill(field, today)
	}
	j.look(leader, "round-new")
	leader.Click("#round-create")
	leader.Wait("#round-announce")
	j.look(leader, "round-draft")
	leader.Click("#round-announce button")
	leader.WaitText(".status", "Venter på underskrift")
	path := strings.TrimPrefix(leader.Address(), j.addresses.Portal)
	j.countersign(tr, strings.SplitN(path, "?", 2)[0])
	j.open(leader, path)
	leader.Wait("#round-open")
	leader.Click("#round-open button")
	leader.Wait("#round-close")
	j.look(leader, "round-open")
	j.round = "/v1/tenants" + strings.TrimPrefix(strings.SplitN(path, "?", 2)[0], "/schools")
}

// countersign has the TR see everybody's name and sign.
func (j *journey) countersign(tr *browsertest.Person, round string) {
	j.t.Helper()
	j.open(tr, round+"/roster")
	tr.Wait("#countersign")
	require.Contains(j.t, tr.Text("main"), "Maja Lindholm")
	require.NotContains(j.t, tr.Text("main"), "Lene", "leaders are not asked")
	j.look(tr, "countersign")
	tr.Click("#countersign button")
	tr.Wait("#round-answer")
}

// answer goes from the portal to the ballot box, answers every cell and gets a receipt.
func (j *journey) answer(p *browsertest.Person) {
	j.t.Helper()
	j.open(p, strings.Replace(j.round, "/v1/tenants", "/schools", 1))
	p.Wait("#round-answer")
	j.look(p, "round-answer")
	p.Click("#round-answer form button")
	p.WaitAddress(j.addresses.BallotBox)
	p.ClickText("Jeg har skrevet koden ned")
	p.ClickText("Begynd")
	for cell := range 7 { // six cells, and whether the demands of the theme fit
		p.WaitFor("the next cell", `document.querySelectorAll('fieldset').length > 0`)
		if cell == 0 {
			j.look(p, "answer-cell")
		}
		// One of the five options in each question of this screen.
		browsertest.Evaluate[bool](p, `(() => { document.querySelectorAll('fieldset').forEach((f, i) => f.querySelectorAll('input[type=radio]')[(i * 2 + 1) % 5].click()); return true })()`)
		before := p.Text("h1")
		p.ClickText("Næste")
		p.WaitFor("another screen", fmt.Sprintf("document.querySelector('h1').textContent.trim() !== %q", before))
	}
	p.WaitText("h1", "Med dine egne ord")
	j.look(p, "answer-own-words")
	p.ClickText("Næste") // nothing to add
	p.WaitText("h1", "Klar til at sende")
	j.look(p, "answer-ready")
	p.ClickText("Send mine svar")
	p.WaitText("h1", "Tak. Dit svar er gemt.")
	j.look(p, "answer-receipt")
	j.open(p, j.school)
}

// colleaguesAnswer lets more of the staff answer, from devices of their own.
func (j *journey) colleaguesAnswer(count int) {
	box := j.world.addresses["ballotbox"]
	for n := range count {
		a := j.colleague(n)
		var ticket intakeapi.Ticket
		require.NoError(j.t, a.Call(j.t.Context(), "intake", http.MethodPost, j.round+"/tickets", nil, &ticket))
		var instrument intakeapi.Instrument
		require.NoError(j.t, a.Get(j.t.Context(), "intake", j.round+"/instrument", &instrument))
		ballot := voter.New(box.Base, box.Client)
		require.NoError(j.t, ballot.Fetch(j.t.Context(), ticket.Ticket))
		answers := map[string]string{}
		for _, cell := range instrument.Themes[0].Cells {
			answers[cell.Gain.ID], answers[cell.Strain.ID] = "75", "50"
			if cell.Fit != nil {
				answers[cell.Fit.ID] = "50"
			}
		}
		require.NoError(j.t, ballot.Answer(j.t.Context(), answers))
	}
}

// release closes the round; leader, TR and AMR see the same overview.
func (j *journey) release(leader, tr, amr *browsertest.Person) {
	page := strings.Replace(j.round, "/v1/tenants", "/schools", 1)
	j.open(leader, page)
	leader.Click("#round-close button")
	leader.Wait("#round-result")
	leader.Click("#round-result")
	leader.Wait("#overview")
	j.look(leader, "result")
	leader.Dark(true)
	leader.Screenshot("result-dark")
	leader.Dark(false)
	seen := leader.Text("#overview")
	result := leader.Address()
	for _, p := range []*browsertest.Person{tr, amr} {
		p.Size(1280, 900)
		p.Open(result)
		p.Wait("#overview")
		require.Equal(j.t, seen, p.Text("#overview"), "the same figures for everybody")
		p.Size(390, 844)
	}
	j.look(tr, "result-phone")
}

// step starts and locks a step that happens in talk.
func (j *journey) step(leader *browsertest.Person) {
	leader.Click("#phase-start button")
	leader.Wait("#phase-lock")
	j.look(leader, "room-checkin")
	leader.Click("#phase-lock button")
	leader.Wait("#phase-start")
}

func (j *journey) phase(entity, kind string) dialogueapi.Phase {
	j.t.Helper()
	var d dialogueapi.Dialogue
	require.NoError(j.t, j.colleague(0).Get(j.t.Context(), "dialogue", entity, &d))
	for _, p := range d.Phases {
		if string(p.Kind) == kind {
			return p
		}
	}
	j.t.Fatalf("no step %s", kind)
	return dialogueapi.Phase{}
}

// act lets the owner take the action; the message about it has arrived.
func (j *journey) act(owner *browsertest.Person) {
	j.open(owner, "/inbox")
	owner.WaitText("#main", "Du er spurgt, om du vil tage en handling")
	j.look(owner, "inbox")
	j.open(owner, j.school+"/actions?owner=me&status=proposed")
	owner.WaitText("#board", said["action"])
	j.look(owner, "actions")
	owner.Click(`form[id^="accept-"] button`)
	owner.Wait(`form[id^="progress-"]`)
}

// afterwards looks at what the school's other pages show.
func (j *journey) afterwards(leader, teacher *browsertest.Person, dialogue string) {
	for path, name := range map[string]string{"/rounds": "rounds", "/results": "results", "/dialogues": "dialogues", "/dialogues/new": "dialogue-without-measuring", "/quiet-hours": "quiet-hours", "/administration": "administration"} {
		j.open(leader, j.school+path)
		j.look(leader, name)
	}
	j.open(teacher, dialogue)
	j.look(teacher, "dialogue-phone")
}

// outside looks from the municipality and the union.
func (j *journey) outside() {
	operator := j.arrive("Birgit (kommune)", "birgit.kommune", 1280)
	operator.Wait("#main table")
	operator.WaitText("#main", "Strandagerskolen")
	j.look(operator, "follow-through")
	unionist := j.arrive("Ulrik (forening)", "ulrik.union", 1280)
	unionist.Wait("#main")
	j.look(unionist, "benchmark")
	for _, p := range []*browsertest.Person{operator, unionist} {
		j.open(p, j.school+"/results")
		p.WaitFor("a refusal", `!document.querySelector('#releases')`)
		require.NotContains(j.t, p.Text("#main"), "Skolevejen", "nothing of a school is shown outside it")
	}
	small := j.arrive("Lis (lille skole)", "lis.leder", 390)
	small.Open(small.Address() + "/results")
	small.Click("#releases a")
	small.Wait("#small-school")
	j.look(small, "small-school")
}

// plainPages are those that everybody can read, in both languages.
func (j *journey) plainPages(p *browsertest.Person) {
	for _, path := range []string{"/privacy", "/about", "/accessibility", "/keyboard"} {
		j.open(p, path)
		j.look(p, strings.TrimPrefix(path, "/"))
	}
	p.Click("#language button")
	p.WaitFor("English", `document.documentElement.lang === 'en'`)
	for path, name := range map[string]string{"/privacy": "privacy-en", j.school: "home-en", j.school + "/results": "results-en"} {
		j.open(p, path)
		j.look(p, name)
	}
}
