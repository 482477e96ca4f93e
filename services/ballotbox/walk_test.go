package ballotbox_test

import (
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// writesDown takes the step in which a person writes the code down, and returns the code.
func (b *browser) writesDown() string {
	b.t.Helper()
	b.heading("Skriv din kode ned")
	b.fits()
	code := b.text("code")
	require.Regexp(b.t, `^[0-9A-Z]{5}(-[0-9A-Z]{5}){4}$`, code)
	b.press("Jeg har skrevet koden ned")
	return code
}

// answers gives one answer and hands it in.
func (b *browser) answers(value string) {
	b.t.Helper()
	b.press("Begynd")
	b.heading("Mening i arbejdet")
	b.choose("core_task.meaning.gain", value)
	b.press("Næste")
	b.pastDemands()
	b.heading("Klar til at sende")
	b.press("Send mine svar")
	b.heading("Tak. Dit svar er gemt.")
}

// pastDemands leaves the last cell of the small instrument, and whether its demands fit, unanswered.
func (b *browser) pastDemands() {
	b.t.Helper()
	b.heading("Krav i arbejdet")
	b.press("Næste")
	b.heading("Kravene til dig")
	b.press("Næste")
}

// types replaces what stands in an input.
func (b *browser) types(id, text string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById('`+id+`').select()`), chromedp.SendKeys(chromedp.ID(id), text))
}

// check asks the bulletin about a checksum.
func (b *browser) check(text, verdict string) {
	b.t.Helper()
	b.types("hash-input", text)
	b.press("Se efter")
	b.eventually(`document.getElementById('verdict').innerText.startsWith('` + verdict + `')`)
}
