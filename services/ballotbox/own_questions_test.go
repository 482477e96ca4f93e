package ballotbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A school's own questions come after the instrument's cells, are answered on its scale and travel in the same envelope.
// The contract stands on the form before anything is answered.
func TestAnsweringOwnQuestionsInABrowser(t *testing.T) {
	w := newWorld(t)
	frame := w.frame(map[string]int{"unit-a": 5})
	frame.Instrument = json.RawMessage(strings.TrimSuffix(instrument, "}") +
		`, "extra": [{"id": "extra.1", "da": "Vi har ro til at arbejde.", "en": "We have peace to work."}]}`)
	r := w.announceFrame(frame)
	w.command(r, "open")
	require.Empty(t, w.extend(r, "2026-12-09", "2026-12-09"))

	b := newBrowser(t, 320, 640)
	b.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	b.writesDown()
	b.heading("Aula i hverdagen")
	b.fits()
	printed := b.text("contract")
	for _, promise := range []string{
		"Stemmeboksen drives af Fagforeningen. Resten af Guldkorn drives af andre.", "efter enhed", "ingen felter til fri tekst", "Aftalt i MED-udvalget den 10. november 2026.",
	} {
		require.Contains(t, printed, promise)
	}
	require.Contains(t, evaluate[string](b, `document.body.innerText`), strings.Repeat("a", 64))
	require.Contains(t, b.text("extended"), "4. december 2026")

	b.press("Begynd")
	b.heading("Mening i arbejdet")
	b.choose("core_task.meaning.gain", "75")
	b.press("Næste")
	b.pastDemands()
	b.heading("Skolens spørgsmål 1")
	b.fits()
	b.press("English")
	b.heading("Question 1 of the school")
	b.press("Dansk")
	b.press("Næste")
	b.heading("Klar til at sende")
	b.press("Skolens spørgsmål 1") // it was skipped, and is among those to go back to
	b.heading("Skolens spørgsmål 1")
	b.choose("extra.1", "100")
	b.press("Næste")
	b.heading("Klar til at sende")
	b.press("Send mine svar")
	b.heading("Tak. Dit svar er gemt.")
	b.clean()

	w.command(r, "close")
	_, answers := w.batch(r)
	require.Len(t, answers["unit-a"], 1)
	require.Equal(t, map[string]string{"core_task.meaning.gain": "75", "extra.1": "100"}, answers["unit-a"][0].Answers)
}
