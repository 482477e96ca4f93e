package ballotbox_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// enters opens the page for entering the papers of unit-a as somebody.
func (w *world) enters(b *browser, r round, who string) {
	w.t.Helper()
	b.visit(w.page(r, w.ticket(r, "unit-a", who, onPaper), "da") + "&unit=Indskolingen")
	b.heading("Svar på papir: Indskolingen")
	b.fits()
}

// rows fills in the paper at hand and puts it down.
func (b *browser) rows(answers map[string]string) {
	b.t.Helper()
	for item, value := range answers {
		b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
			`(() => { const s = document.querySelector('select[name=%q]'); s.value = %q; s.dispatchEvent(new Event('change', { bubbles: true })); })()`, item, value)))
	}
	b.press("Gem sedlen")
	b.heading("Svar på papir: Indskolingen")
}

// Two people enter the same papers in two browsers, in another order and with one mistake, which each of them is shown. What
// they agree on is what comes out, and neither code nor papers are left behind.
func TestTwoPeopleEnterPapersInTheirBrowsers(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 6})
	require.Empty(t, w.setPaper(r, "unit-a", 3))
	alike := map[string]string{"core_task.meaning.gain": "75", "core_task.meaning.strain": "not_relevant"}
	third := map[string]string{"core_task.demands.fit": "100", "core_task.demands.gain": "0"}

	tr, helper := newBrowser(t, 320, 640), newBrowser(t, 320, 640)
	w.enters(tr, r, "tr")
	tr.press("Få en kode, og begynd")
	tr.heading("Svar på papir: Indskolingen")
	code := tr.text("code")
	tr.press("Tast den første seddel")
	tr.heading("Seddel 1")
	require.Equal(t, "1. Jeg kan lettere gøre en forskel.", evaluate[string](tr, `document.querySelector('.row label').innerText`))
	tr.fits()
	tr.rows(alike)
	for _, paper := range []map[string]string{third, alike} {
		tr.press("Tast en seddel til")
		tr.rows(paper)
	}
	tr.press("Aflever mine sedler (3)")
	tr.eventually(`document.getElementById('papers-state')?.innerText.startsWith('Dine sedler er gemt')`)
	tr.fits()

	w.enters(helper, r, "helper")
	helper.types("code-input", code)
	helper.press("Brug koden")
	helper.heading("Svar på papir: Indskolingen")
	helper.press("Tast den første seddel")
	helper.heading("Seddel 1")
	helper.rows(map[string]string{"core_task.demands.fit": "100", "core_task.demands.gain": "25"})
	for range 2 {
		helper.press("Tast en seddel til")
		helper.rows(alike)
	}
	helper.press("Aflever mine sedler (3)")
	helper.eventually(`document.getElementById('papers-state')?.innerText.includes('har den anden ikke disse: 1.')`)
	require.Contains(t, helper.text("papers-state"), "og du ikke har: 1.")
	helper.fits()
	tr.press("Se, om den anden er færdig")
	tr.eventually(`document.getElementById('papers-state')?.innerText.includes('har den anden ikke disse: 2.')`)

	// A reload takes nothing away; the ticket is fetched again.
	helper.do(chromedp.Reload())
	helper.heading("Åbn runden fra Guldkorn")
	w.enters(helper, r, "helper")
	helper.press("Seddel 1: passer ikke med den andens. Se efter, og ret")
	helper.heading("Seddel 1")
	require.Equal(t, "25", evaluate[string](helper, `document.querySelector('select[name="core_task.demands.gain"]').value`))
	helper.rows(third)
	helper.press("Aflever mine sedler (3)")
	helper.heading("I er enige")
	helper.fits()
	tr.press("Aflever mine sedler (3)")
	tr.heading("I er enige")
	for _, b := range []*browser{tr, helper} {
		require.NotContains(t, evaluate[string](b, everythingStored), "core_task")
		require.Zero(t, evaluate[int](b, `sessionStorage.length`))
		b.clean()
	}
	w.enters(helper, r, "helper")
	helper.press("Få en kode, og begynd")
	helper.press("Aflever mine sedler (0)")
	helper.heading("Den anden har en anden kode")
	helper.fits()

	require.Equal(t, 3, w.command(r, "close").Paper)
	_, answers := w.batch(r)
	var given []map[string]string
	for _, one := range answers["unit-a"] {
		given = append(given, one.Answers)
		require.Equal(t, ballot.Content{RoundID: r.id, Instrument: "pulse-core-task", InstrumentVersion: 1, Answers: one.Answers}, one)
	}
	require.ElementsMatch(t, []map[string]string{alike, alike, third}, given)
}
