package ballotbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Whoever answers may read the statements in words from their own work. That is a matter of their screen alone: it is not on
// the device, not in what is sent, and gone with the page.
func TestWordsOfOnesOwnWorkLeaveNoTrace(t *testing.T) {
	w := newWorld(t)
	frame := w.frame(map[string]int{"unit-a": 5})
	worded := strings.Replace(instrument, `"en": "I can more easily make a difference."`,
		`"en": "I can more easily make a difference.", "variants": {"technical": {"da": "Jeg kan lettere holde rammerne i orden.", "en": "I can more easily keep the place in order."}}`, 1)
	frame.Instrument = json.RawMessage(strings.TrimSuffix(worded, "}") +
		`, "staff_groups": [{"id": "teacher", "da": "Undervisning", "en": "Teaching"}, {"id": "technical", "da": "Teknisk service", "en": "Caretaking"}]}`)
	r := w.announceFrame(frame)
	w.command(r, "open")

	b := newBrowser(t, 320, 640)
	b.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	b.writesDown()
	b.heading("Aula i hverdagen")
	b.fits()
	choose := func(group string) {
		b.do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.getElementById('words'); s.value = '` + group + `'; s.dispatchEvent(new Event('change', { bubbles: true })); })()`))
	}
	statement := func() string { return evaluate[string](b, `document.querySelector('.statement').innerText`) }
	choose("technical")
	b.press("Begynd")
	b.heading("Mening i arbejdet")
	require.Equal(t, "Jeg kan lettere holde rammerne i orden.", statement())
	b.press("English")
	b.heading("Meaning")
	require.Equal(t, "I can more easily keep the place in order.", statement())
	b.press("Dansk")
	b.press("Tilbage")
	b.heading("Aula i hverdagen")
	require.Equal(t, "technical", evaluate[string](b, `document.getElementById('words').value`))
	choose("teacher")
	b.press("Fortsæt, hvor du slap")
	b.heading("Mening i arbejdet")
	require.Equal(t, "Jeg kan lettere gøre en forskel.", statement(), "no other words for teaching")
	b.choose("core_task.meaning.gain", "75")
	require.NotRegexp(t, "technical|teacher", evaluate[string](b, everythingStored))

	b.do(chromedp.Reload())
	b.heading("Aula i hverdagen")
	require.Empty(t, evaluate[string](b, `document.getElementById('words').value`), "gone with the page")
	choose("technical")
	b.press("Fortsæt, hvor du slap")
	b.heading("Mening i arbejdet")
	b.press("Næste")
	b.pastDemands()
	b.heading("Klar til at sende")
	b.press("Send mine svar")
	b.heading("Tak. Dit svar er gemt.")
	require.NotRegexp(t, "technical|teacher", evaluate[string](b, everythingStored))
	b.clean()

	w.command(r, "close")
	var batch struct {
		Units []struct{ Answers []string }
	}
	require.NoError(t, w.peer("reporting").Call(t.Context(), http.MethodGet, "/v1/rounds/"+r.id+"/batch", nil, &batch))
	require.NotRegexp(t, "technical|teacher", string(w.unseal(r, batch.Units[0].Answers[0])))
	require.NotContains(t, w.log.String(), "technical")
}
