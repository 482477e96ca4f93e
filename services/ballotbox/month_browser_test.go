package ballotbox_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// monthForm is a small one in the form that intake sends.
const monthForm = `{"id": "experience", "version": 1, "longest_text": 800, "most_cells": 6,
 "technologies": [{"id": "t1", "name": "Aula"}],
 "themes": [{"id": "core_task", "title": {"da": "Kerneopgaven", "en": "Core task"}, "cells": [
  {"quality": "meaning", "title": {"da": "Mening", "en": "Meaning"}}, {"quality": "demands", "title": {"da": "Krav", "en": "Demands"}}]}]}`

func (w *world) tellingMonth() round {
	w.t.Helper()
	frame := w.monthFrame(5)
	frame.Title, frame.Instrument = ballotbox.Text{Da: "2026-12", En: "2026-12"}, json.RawMessage(monthForm)
	m := w.announceFrame(frame)
	w.command(m, "open")
	return m
}

// pastes puts a text into a field at once, also what no keyboard has.
func (b *browser) pastes(id, text string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => { const i = document.getElementById(%q); i.focus(); i.value = %q; i.dispatchEvent(new Event('input', { bubbles: true })); })()`, id, text)))
}

// tells fills in the form and goes to what will be read.
func (b *browser) tells(direction, text string) {
	b.t.Helper()
	b.heading("Fortæl en oplevelse")
	b.choose("direction", direction)
	b.pastes("told", text)
	b.press("Se, hvad der sendes")
	b.heading("Det her bliver læst")
}

// The whole walk of a sender: three slips at once, telling, masking, changing and withdrawing with the code, the month over,
// and an answer that the code alone opens.
func TestTellingInABrowser(t *testing.T) {
	w := newWorld(t)
	m := w.tellingMonth()
	b := newBrowser(t, 320, 640)
	b.visit(w.page(m, w.ticket(m, schoolUnit, "anna"), "da"))
	b.heading("Fortæl anonymt: december 2026")
	require.Contains(t, b.text("left"), "3 oplevelser mere")
	b.fits()
	require.NotContains(t, evaluate[string](b, `location.href`), "ticket")

	b.press("Fortæl en oplevelse")
	b.heading("Fortæl en oplevelse")
	b.press("Se, hvad der sendes")
	require.Contains(t, b.text("form-error"), "hjælper eller hæmmer")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('details').open = true`))
	b.fits()
	b.choose("direction", "strain")
	b.pastes("told", strings.Repeat("🙂", 801))
	b.press("Se, hvad der sendes")
	require.Contains(t, b.text("form-error"), "højst 800 tegn")
	b.choose("cells", "core_task.demands")
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.getElementById('technology'); s.value = 't1'; s.dispatchEvent(new Event('change', { bubbles: true })); })()`))
	b.pastes("told", "Aula ga\u030ar ned. Ring 20 30 40 50 eller skriv til a@b.dk om 010190-1234.")
	require.NotContains(t, evaluate[string](b, everythingStored), "Aula g", "a text is on the page alone until it is sent")
	b.press("Se, hvad der sendes")
	b.heading("Det her bliver læst")
	require.Equal(t, "Aula går ned. Ring [tlf.] eller skriv til [e-mail] om [CPR].", b.text("preview"))
	require.Contains(t, b.text("masked"), "skjult")
	b.fits()
	b.press("English")
	b.heading("This will be read")
	b.press("Dansk")
	b.press("Send oplevelsen")
	b.heading("Tak. Din oplevelse er gemt.")
	b.fits()
	code := b.text("code")
	require.NotContains(t, evaluate[string](b, everythingStored), "Aula g", "afterwards it is locked under the code")

	b.press("Fortæl en oplevelse til")
	b.tells("gain", strings.Repeat("🙂", 800))
	b.press("Send oplevelsen")
	b.heading("Tak. Din oplevelse er gemt.")
	second := b.text("code")
	require.NotEqual(t, code, second)
	b.press("Fortæl en oplevelse til")
	b.tells("gain", "Den tredje")
	b.press("Send oplevelsen")
	b.heading("Tak. Din oplevelse er gemt.")
	require.False(t, evaluate[bool](b, `[...document.querySelectorAll('button')].some((e) => e.innerText === 'Fortæl en oplevelse til')`), "three and not four")
	b.press("Træk oplevelsen tilbage")
	b.press("Ja, træk det tilbage")
	b.heading("Din oplevelse er trukket tilbage")

	// Another arrival has none left, and changes the first with its code.
	b.visit(w.page(m, w.ticket(m, schoolUnit, "anna"), "da"))
	b.heading("Har du en kode?")
	b.fits()
	b.types("code-input", code)
	b.press("Åbn oplevelsen")
	b.heading("Fortæl en oplevelse")
	require.Contains(t, evaluate[string](b, `document.getElementById('told').value`), "Aula går ned.")
	b.tells("strain", "Aula går ned hver fredag.")
	b.press("Send oplevelsen")
	b.heading("Tak. Din oplevelse er gemt.")

	// So does another device, which does not get the text.
	other := newBrowser(t, 320, 640)
	other.visit(w.page(m, w.ticket(m, schoolUnit, "anna"), "da"))
	other.heading("Har du en kode?")
	other.types("code-input", second)
	other.press("Åbn oplevelsen")
	other.heading("Fortæl en oplevelse")
	require.Empty(t, evaluate[string](other, `document.getElementById('told').value`))
	other.tells("gain", "Skrevet på telefonen")
	other.press("Send oplevelsen")
	other.heading("Tak. Din oplevelse er gemt.")
	other.forgive() // the refusal of a fourth slip
	b.forgive()

	require.Equal(t, 2, w.command(m, "close").Units[0].Answers)
	_, all := w.experiences(m)
	i := slices.IndexFunc(all, func(c ballot.Content) bool { return c.Answers["direction"] == "strain" })
	require.Equal(t, "Aula går ned hver fredag.", all[i].Answers["text"])
	require.Equal(t, "core_task.demands", all[i].Answers["cells"])
	require.Equal(t, "t1", all[i].Answers["technology"])
	require.Equal(t, "Skrevet på telefonen", all[1-i].Answers["text"])

	answers := func(b *browser, code, heading string) {
		t.Helper()
		b.visit(w.page(m, "", "da"))
		b.heading("Måneden er lukket: december 2026")
		b.types("code-input", code)
		b.press("Hent svaret")
		b.heading(heading)
	}
	answers(b, code, "Der er ikke noget svar endnu")
	b.forgive() // what is not there is 404
	require.Empty(t, w.reply(m, all[i], "Tak. Vi tager det op."))
	b.visit(w.page(m, "", "da"))
	b.heading("Måneden er lukket: december 2026")
	b.fits()
	require.Equal(t, 1, strings.Count(evaluate[string](b, `document.body.innerText`), "er afleveret.\n"), "the one that this device sent last")
	b.types("code-input", "ABCDE")
	b.press("Hent svaret")
	b.eventually(`document.getElementById('code-error').innerText !== ''`)
	answers(b, code, "Svar fra skolens repræsentanter")
	require.Equal(t, "Tak. Vi tager det op.", b.text("reply"))
	b.fits()
	b.clean()

	// Any device has the answer by the code, and the wrong code has none.
	answers(other, code, "Svar fra skolens repræsentanter")
	other.clean()
	answers(other, second, "Der er ikke noget svar endnu")
}

// A ticket whose keys are not those that the ballot box shows, and a month that nobody knows.
func TestNobodyTellsUnderForeignKeys(t *testing.T) {
	w := newWorld(t)
	m, foreign := w.tellingMonth(), w.tellingMonth()
	b := newBrowser(t, 320, 640)
	foreignTicket := w.ticket(round{id: m.id, keyList: foreign.keyList}, schoolUnit, "anna")
	b.visit(w.page(m, foreignTicket, "da"))
	b.heading("Noget passer ikke. Du er blevet stoppet, for din egen skyld.")
	require.Contains(t, evaluate[string](b, `document.body.innerText`), "Skriv ikke")
	b.visit(w.page(m, "", "en"))
	b.heading("Open the page from Guldkorn")
	b.fits()
	b.clean()
}
