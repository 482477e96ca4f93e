package ballotbox_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The form says by what the result is broken down, as the contract has it.
func TestTheFormSaysWhatTheResultIsBrokenDownBy(t *testing.T) {
	for by, says := range map[string]string{
		"unit":        "Resultatet deles op efter enhed og ikke efter andet.",
		"staff_group": "Resultatet deles op efter faggruppe og ikke efter andet.",
	} {
		w := newWorld(t)
		frame := w.frame(map[string]int{"staff_group-teacher": 5})
		frame.Contract.Breakdowns = []string{by}
		r := w.announceFrame(frame)
		w.command(r, "open")
		b := newBrowser(t, 320, 640)
		b.visit(w.page(r, w.ticket(r, "staff_group-teacher", "anna"), "da"))
		b.writesDown()
		b.heading("Aula i hverdagen")
		b.fits()
		require.Contains(t, evaluate[string](b, `document.getElementById('contract').textContent`), says)
	}
}
