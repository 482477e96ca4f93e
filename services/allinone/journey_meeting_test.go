package allinone

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// said is what a whole staff meeting writes down, by what it is.
var said = map[string]string{
	"decision": "Alle får en times øvetid om ugen i november.", "agreement": "Beskeder bliver i Skolevejen", "action": "Læg øvetiden ind i skemaet",
	"topic": "Mobiler i frikvarteret", "question": "Hvem betaler vikarerne i øvetiden?", "cause": "Oplæringen kom efter, at systemet var i brug",
}

// staffMeeting is a whole meeting that a TR leads who has never led one: from a cell of the result, by the playbook and the
// length that the form proposes, to minutes that stand. One screen in the room, the others on their phones; nobody loads a
// page to see what somebody else has done.
func (j *journey) staffMeeting(tr *browsertest.Person, phones ...*browsertest.Person) string {
	dialogue := j.prepareMeeting(tr)
	entity := "/v1/tenants" + strings.TrimPrefix(dialogue, "/schools")
	for _, p := range phones {
		j.open(p, dialogue+"/desk")
	}
	tr.Click("#dialogue-open button")
	tr.Wait("#phase-start")
	j.step(tr) // the check-in, in talk
	reflect := j.reflect(tr, entity, phones)
	j.begin(tr, "#wall li") // share: everything that was written, at once and without names
	j.look(tr, "room-share")
	j.end(tr)
	j.begin(tr, "#phase-lock") // causes: written together, one phone for the table
	phones[0].Wait("#contribution-form")
	phones[0].Fill("#contribution-text", said["cause"])
	phones[0].Click("#contribution-form button")
	tr.WaitText("#part-wall", said["cause"])
	j.end(tr)
	j.prioritise(tr, entity, reflect, phones)
	j.record(tr, dialogue, phones)
	j.end(tr)
	tr.Click("#dialogue-conclude button")
	tr.Click("#go-minutes")
	j.minutes(tr)
	return dialogue
}

// prepareMeeting chooses nothing but who is invited: the rest is proposed.
func (j *journey) prepareMeeting(tr *browsertest.Person) string {
	tr.Size(1280, 900)
	tr.Click(`#overview a[href*="/cells/"], #overview a[href*="implementation"]`)
	tr.Wait("#start-dialogue")
	j.look(tr, "cell")
	tr.Click("#start-dialogue a")
	tr.Wait("#dialogue-form")
	require.True(j.t, browsertest.Evaluate[bool](tr, `document.querySelector('#minutes-45').checked`), "three quarters of an hour are proposed")
	tr.Fill("#title", "Hvad gør vi ved Skolevejen?")
	forum := browsertest.Evaluate[string](tr, `[...document.querySelectorAll('#people label')].find(l => l.textContent.includes('Personalemødet')).htmlFor`)
	tr.Click(`label[for="` + forum + `"]`)
	j.look(tr, "dialogue-new")
	tr.Click("#dialogue-create")
	tr.Wait("#dialogue-open")
	j.look(tr, "dialogue")
	return strings.TrimPrefix(tr.Address(), j.addresses.Portal)
}

// begin starts the next step and waits for what it shows; end locks the step under way.
func (j *journey) begin(tr *browsertest.Person, shows string) {
	tr.Click("#phase-start button")
	tr.Wait("#phase-lock")
	tr.Wait(shows)
}

func (j *journey) end(tr *browsertest.Person) {
	tr.Click("#phase-lock button")
	tr.WaitGone("#phase-lock")
}

// reflect has everybody write under seal, two of them from elsewhere.
func (j *journey) reflect(tr *browsertest.Person, entity string, phones []*browsertest.Person) dialogueapi.Phase {
	j.begin(tr, "#phase-lock")
	for i, p := range phones {
		p.Wait("#contribution-form") // it came by itself: nobody loaded the page again
		if i == 0 {
			j.look(p, "desk-reflect")
		}
		p.Fill("#contribution-text", fmt.Sprintf("Vejledningen hjalp mig, nummer %d", i))
		p.Click("#contribution-form button")
		p.Wait(".mine li")
	}
	j.look(tr, "room-reflect")
	require.NotContains(j.t, tr.Text("main"), "Vejledningen hjalp mig", "nothing of it shows before the lock")
	phase := j.phase(entity, "reflect")
	for n := range 2 {
		in := dialogueapi.ContributionText{Text: fmt.Sprintf("Jeg mangler tid til at øve mig, nummer %d", n)}
		require.NoError(j.t, j.colleague(n).Create(j.t.Context(), "dialogue", entity+"/phases/"+phase.PhaseID+"/contributions", in, nil))
	}
	j.end(tr)
	return phase
}

// prioritise has everybody place their dots in secret.
func (j *journey) prioritise(tr *browsertest.Person, entity string, reflect dialogueapi.Phase, phones []*browsertest.Person) {
	j.begin(tr, "#phase-lock")
	for i, p := range phones {
		p.Wait("#ballot-form .dot-input")
		if i == 0 {
			j.look(p, "desk-dots")
		}
		cause := browsertest.Evaluate[string](p, `[...document.querySelectorAll('#ballot-form label')].find(l => l.textContent.includes("`+said["cause"]+`")).htmlFor`)
		p.Fill("#"+cause, "1")
		p.Click("#ballot-form button")
		p.Wait("#voted")
	}
	vote := j.phase(entity, "prioritise")
	var written dialogueapi.ContributionList
	require.NoError(j.t, j.colleague(0).Get(j.t.Context(), "dialogue", entity+"/phases/"+reflect.PhaseID+"/contributions", &written))
	require.Len(j.t, written.Items, len(phones)+2)
	for n := range 2 {
		in := dialogueapi.Ballot{Choices: []dialogueapi.Choice{{ContributionID: written.Items[0].ContributionID, Dots: 1}}}
		require.NoError(j.t, j.colleague(n).Create(j.t.Context(), "dialogue", entity+"/phases/"+vote.PhaseID+"/ballots", in, nil))
	}
	j.end(tr)
}

// record writes down each kind of outcome, and every phone shows it by itself.
func (j *journey) record(tr *browsertest.Person, dialogue string, phones []*browsertest.Person) {
	teacher := phones[0]
	j.begin(tr, "#decision-form")
	heard := func(what string) {
		j.t.Helper()
		tr.WaitText("#part-outcomes", said[what])
		for _, p := range phones {
			p.WaitText("#part-outcomes", said[what])
		}
	}
	tr.Fill("#decision-text", said["decision"])
	tr.Click("#decision-form p button")
	heard("decision")

	tr.Fill("#action-text", said["action"])
	owner := browsertest.Evaluate[string](tr, `[...document.querySelector('#action-owner').options].find(o => o.text.includes('Maja')).value`)
	tr.Fill("#action-owner", owner)
	tr.Fill("#action-minutes", "120")
	tr.Click("#action-form p button")
	heard("action")

	tr.Click("#go-agreement")
	tr.Wait("#agreement-form")
	tr.Click(`label[for="kind-principles"]`)
	tr.Fill("#title", said["agreement"])
	tr.Fill("#text", "Vi skriver om undervisningen ét sted.")
	tr.Click(`label[for="scope-forum"]`)
	tr.Click("#agreement-save")
	tr.Wait("#agreement-adopt")
	teacher.WaitText("#part-outcomes", said["agreement"])
	teacher.WaitText("#part-outcomes", "Foreslået")
	tr.Click("#agreement-adopt button")
	teacher.WaitText("#part-outcomes", "Gælder")
	j.open(tr, dialogue+"/room")
	heard("agreement")

	tr.Click("#topic summary")
	tr.Fill("#topic-text", said["topic"])
	tr.Click("#topic-form p button")
	heard("topic")
	tr.Click("#escalation summary")
	tr.Fill("#escalation-question", said["question"])
	tr.Click("#escalation-form p button")
	heard("question")
	j.look(tr, "room-decide")
	j.look(teacher, "desk-decide")
}

// minutes sends the minutes round, lets them stand and takes them along in every form.
func (j *journey) minutes(tr *browsertest.Person) {
	tr.Wait("#minutes-circulate")
	tr.Click("#minutes-circulate button")
	tr.Wait("#minutes-approve")
	tr.Click("#minutes-approve button")
	tr.WaitGone("#minutes-approve")
	tr.Wait("#minutes")
	j.look(tr, "minutes")
	shown := tr.Text("#minutes")
	plain := j.download(tr, "#minutes-md", "text/markdown")
	for what, text := range said {
		require.Contains(j.t, shown, text, what)
		require.Contains(j.t, plain, text, what)
	}
	for _, name := range []string{"Lene Strandager", "Maja Lindholm", "Thomas Tillid"} {
		require.Contains(j.t, shown, name)
	}
	require.True(j.t, strings.HasPrefix(j.download(tr, "#minutes-pdf", "application/pdf"), "%PDF-"))
	require.True(j.t, strings.HasPrefix(j.download(tr, "#minutes-odt", "application/vnd.oasis.opendocument.text"), "PK"))
}

// download fetches what a link leads to, as the person's browser would.
func (j *journey) download(p *browsertest.Person, link, kind string) string {
	j.t.Helper()
	address := browsertest.Evaluate[string](p, `document.querySelector("`+link+`").href`)
	r, err := http.NewRequestWithContext(j.t.Context(), http.MethodGet, address, nil)
	require.NoError(j.t, err)
	for name, value := range p.Cookies() {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(j.t, err)
	defer func() { require.NoError(j.t, answer.Body.Close()) }()
	require.Equal(j.t, http.StatusOK, answer.StatusCode, link)
	require.Contains(j.t, answer.Header.Get("Content-Type"), kind)
	body, err := io.ReadAll(answer.Body)
	require.NoError(j.t, err)
	return string(body)
}

// next begins the meeting after: what is undone stands first, and whoever is asked finds the question.
func (j *journey) next(tr, leader *browsertest.Person, dialogue string) {
	j.open(tr, dialogue)
	tr.Click("#dialogue-continue button")
	tr.Wait("#dialogue-open")
	for _, what := range []string{"action", "topic", "question"} {
		tr.WaitText("#carried", said[what])
	}
	j.look(tr, "dialogue-next")
	j.open(leader, j.school+"/escalations")
	leader.WaitText("#owed", said["question"])
	j.look(leader, "questions")
}
