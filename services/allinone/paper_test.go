package allinone

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// A teacher without a device answers on paper: the TR ticks her when he countersigns, she gets no ballot here, he and the AMR
// enter her paper in two browsers, and the result counts it without telling which it is.
func TestARoundOnPaper(t *testing.T) {
	j := startDemo(t)
	j.browser = browsertest.New(t)
	tr := j.arrive("Thomas (TR)", "thomas.tr", 390)
	j.school = "/schools/" + strings.Split(strings.TrimPrefix(tr.Address(), j.addresses.Portal+"/schools/"), "/")[0]
	j.findStaff()
	leader := j.services.As(j.leaderID, j.operator)
	j.draftToday(leader)
	page := strings.Replace(j.round, "/v1/tenants", "/schools", 1)

	j.open(tr, page+"/roster")
	tr.Click("#countersign-paper summary")
	tr.Click(`label[for="` + browsertest.Evaluate[string](tr, `[...document.querySelectorAll('#countersign-paper label')].find(l => l.textContent.includes('Maja Lindholm')).htmlFor`) + `"]`)
	tr.Fill("#paper_helper", browsertest.Evaluate[string](tr, `[...document.querySelector('#paper_helper').options].find(o => o.text.includes('Amira')).value`))
	j.look(tr, "countersign-paper")
	tr.Click("#countersign button")
	tr.Wait("#round-paper")
	j.reaches(leader, "announced")
	require.NoError(t, leader.Command(t.Context(), "intake", j.round, "/open", nil, nil))
	j.reaches(leader, "open")

	teacher := j.arrive("Maja (lærer)", "maja.laerer", 390)
	j.open(teacher, page)
	teacher.Wait("#round-on-paper")
	j.look(teacher, "round-on-paper")
	require.NotContains(t, teacher.Text("main"), "Svar nu")
	for _, s := range j.staff {
		if s.Name == "Maja Lindholm" {
			err := j.services.As(s.PersonID, j.operator).Call(t.Context(), "intake", http.MethodPost, j.round+"/tickets", nil, nil)
			require.Equal(t, failure.RoundOnPaper, failure.CodeOf(err))
		}
	}
	require.Equal(t, failure.AccessDenied, failure.CodeOf(leader.Get(t.Context(), "intake", j.round+"/paper", nil)))

	j.atTheBox(tr, page)
	tr.ClickText("Få en kode, og begynd")
	code := tr.Text("#code")
	j.enterOne(tr)
	tr.WaitText("#papers-state", "Dine sedler er gemt")
	amr := j.arrive("Amira (AMR)", "amira.amr", 390)
	j.atTheBox(amr, page)
	amr.Fill("#code-input", code)
	amr.ClickText("Brug koden")
	j.enterOne(amr)
	amr.WaitText("h1", "I er enige")
	j.look(amr, "papers-agreed")

	j.colleaguesAnswer(5)
	require.NoError(t, leader.Command(t.Context(), "intake", j.round, "/close", nil, nil))
	round := j.reaches(leader, "released")
	var release reportingapi.Release
	require.NoError(t, leader.Get(t.Context(), "reporting", strings.Split(j.round, "/rounds/")[0]+"/releases/"+*round.ReleaseID, &release))
	require.Equal(t, reportingapi.Shown, release.Participation.State)
	require.Equal(t, reportingapi.ParticipationPaper("0-4"), *release.Participation.Paper)
}

// draftToday drafts and announces a round of today, as far as it goes before the staff side signs.
func (j *journey) draftToday(leader caller.Actor) {
	j.t.Helper()
	base := "/v1/tenants" + strings.TrimPrefix(j.school, "/schools") + "/rounds"
	today := time.Now().In(copenhagen(j.t)).Format(time.DateOnly)
	var made intakeapi.Round
	require.NoError(j.t, leader.Create(j.t.Context(), "intake", base, intakeapi.NewRound{
		Title: "Skolevejen efter vejledning", Instrument: "pulse-implementation", InstrumentVersion: 1, OpensOn: today, ClosesOn: today, VisibleToAllOn: today,
	}, &made))
	j.round = base + "/" + made.RoundID
	require.NoError(j.t, leader.Command(j.t.Context(), "intake", j.round, "/announce", nil, nil))
	j.reaches(leader, "countersigning")
}

func (j *journey) reaches(leader caller.Actor, status intakeapi.RoundStatus) (round intakeapi.Round) {
	j.t.Helper()
	require.NoError(j.t, caller.Eventually(j.t.Context(), string(status), func() (bool, error) {
		err := leader.Get(j.t.Context(), "intake", j.round, &round)
		return round.Status == status, err
	}))
	return round
}

// atTheBox goes from the round's page to where papers are entered.
func (j *journey) atTheBox(p *browsertest.Person, page string) {
	j.t.Helper()
	j.open(p, page+"/paper")
	j.look(p, "round-paper")
	p.Click(".paper-unit button")
	p.WaitAddress(j.addresses.BallotBox)
	p.WaitText("h1", "Svar på papir")
}

// enterOne fills in one paper, the same whoever does so, and hands it in.
func (j *journey) enterOne(p *browsertest.Person) {
	j.t.Helper()
	p.ClickText("Tast den første seddel")
	p.WaitText("h1", "Seddel 1")
	browsertest.Evaluate[bool](p, `(() => { document.querySelectorAll('select').forEach((s, i) => { s.value = ['0', '50', '100'][i % 3]; s.dispatchEvent(new Event('change', { bubbles: true })) }); return true })()`)
	p.ClickText("Gem sedlen")
	p.ClickText("Aflever mine sedler (1)")
}
