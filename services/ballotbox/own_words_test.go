package ballotbox_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/services/ballotbox"
)

var colleagues = personal.NamesOf([]string{"Aase Ærø Madsen", "Bo Skov", "Søren Kjær", "Anne-Marie Østergård"})

// marks are how a form knows the colleagues.
func marks() *ballotbox.NameMarks {
	const salt = "0123456789abcdef"
	always, capital := colleagues.Marks(salt)
	return &ballotbox.NameMarks{Salt: salt, Always: always, Capital: capital}
}

// writing is a frame in which people may write about the one theme.
func (w *world) writing() ballotbox.Frame {
	frame := w.frame(map[string]int{"unit-a": 5})
	frame.Names = marks()
	frame.Instrument = json.RawMessage(strings.Replace(strings.TrimSuffix(instrument, "}]}"),
		`"themes": [{`, `"text_limit": 200, "themes": [{"text": {"id": "core_task.text", "da": "Hvad betyder mest?", "en": "What matters most?"}, `, 1) + "}]}")
	return frame
}

// What people write with their own words comes after the cells of its theme, may be left out, and names nobody any more when
// it leaves the page: not on the device, and not in the envelope.
func TestWritingInABrowser(t *testing.T) {
	w := newWorld(t)
	r := w.announceFrame(w.writing())
	w.command(r, "open")
	b := newBrowser(t, 320, 640)
	b.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	b.writesDown()
	b.heading("Aula i hverdagen")
	require.Contains(t, b.text("contract"), "læser kun TR og AMR, og kun hvis mindst 10 har svaret.")
	b.press("Begynd")
	b.heading("Mening i arbejdet")
	b.choose("core_task.meaning.gain", "75")
	b.press("Næste")
	b.pastDemands()
	b.heading("Med dine egne ord")
	b.fits()
	require.Contains(t, b.text("own-words-hint"), "Kun TR og AMR læser det, uden navn på. Højst 200 tegn.")
	b.do(chromedp.SendKeys(chromedp.ID("own-words"), "Aase – og bo – ringer fra 20 30 40 50 om 010190-1234. Fa\u030ar vi tid?"))
	b.press("Næste")
	b.eventually(`document.getElementById('own-words-error').innerText.startsWith('Navne og numre er taget ud.')`)
	b.fits()
	const masked = "[navn] - og bo - ringer fra [tlf.] om [CPR]. Får vi tid?"
	require.Equal(t, masked, evaluate[string](b, `document.getElementById('own-words').value`))
	require.NotContains(t, evaluate[string](b, everythingStored), "Aase")
	b.press("Næste")
	b.heading("Klar til at sende")
	b.press("Tilbage")
	b.heading("Med dine egne ord")
	require.Equal(t, masked, evaluate[string](b, `document.getElementById('own-words').value`))
	b.press("Næste")
	b.heading("Klar til at sende")
	b.press("Send mine svar")
	b.heading("Tak. Dit svar er gemt.")
	b.clean()

	// Somebody else writes too much and then nothing.
	b.visit(w.page(r, w.ticket(r, "unit-a", "bo"), "da"))
	b.writesDown()
	b.heading("Aula i hverdagen")
	b.press("Begynd")
	b.heading("Mening i arbejdet")
	b.choose("core_task.meaning.gain", "25")
	b.press("Næste")
	b.pastDemands()
	b.heading("Med dine egne ord")
	b.do(chromedp.SendKeys(chromedp.ID("own-words"), strings.Repeat("å", 101)))
	b.press("Næste")
	b.eventually(`document.getElementById('own-words-error').innerText.startsWith('Teksten er for lang.')`)
	b.types("own-words", "  ")
	b.press("Næste")
	b.heading("Klar til at sende")
	b.press("Send mine svar")
	b.heading("Tak. Dit svar er gemt.")
	b.clean()

	w.command(r, "close")
	_, answers := w.batch(r)
	var texts []string
	for _, one := range answers["unit-a"] {
		text, wrote := one.Answers["core_task.text"]
		require.Equal(t, len(one.Answers) == 2, wrote)
		if wrote {
			texts = append(texts, text)
		}
	}
	require.Equal(t, []string{masked}, texts)
}

// A contract that leaves nobody to read also leaves nothing to write, whatever the instrument has.
func TestNobodyWritesWhereNobodyReads(t *testing.T) {
	w := newWorld(t)
	frame := w.writing()
	frame.Contract.TextReaders = []string{}
	r := w.announceFrame(frame)
	w.command(r, "open")
	b := newBrowser(t, 320, 640)
	b.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	b.writesDown()
	b.heading("Aula i hverdagen")
	require.Contains(t, b.text("contract"), "Runden har ingen felter til fri tekst.")
	b.press("Begynd")
	b.heading("Mening i arbejdet")
	b.press("Næste")
	b.pastDemands()
	b.heading("Klar til at sende")
	b.clean()
}

// The form masks as the server does, though it knows the names by their marks alone.
func TestTheFormMasksAsTheServerDoes(t *testing.T) {
	root, err := filepath.Abs("client")
	require.NoError(t, err)
	built := api.Build(api.BuildOptions{AbsWorkingDir: root, Bundle: true, Format: api.FormatIIFE, GlobalName: "masking", Target: api.ES2022,
		Stdin:    &api.StdinOptions{Contents: "export { mask, plain } from './src/mask.js'", ResolveDir: root},
		External: []string{"@cloudflare/blindrsa-ts", "@hpke/core"}, TreeShaking: api.TreeShakingTrue})
	require.Empty(t, built.Errors)
	w := newWorld(t)
	b := newBrowser(t, 320, 640)
	b.visit(w.base + ballotbox.IdentityPath)
	b.do(chromedp.Evaluate[chromedp.Void](string(built.OutputFiles[0].Contents)))
	named, err := json.Marshal(marks())
	require.NoError(t, err)
	for _, text := range []string{
		"Ring til 010190-1234 i dag", "Elevens CPR er 0101901234.", "320190-1234 er ingen dag", "610190-1234 er administrativt", "01.01.90 - 1234",
		"ordre 90101901234", "Skriv til åse.ærø@skole.example, ikke", "mail a.b+c@x-y.dk", "Tlf. 20304050 eller 20 30 40 50",
		"2030 4050, 203 04 050, +45 20304050", "0045 20 30 40 50 og +46 70 123 45 67", "20.30.40.50 20-30-40-50",
		"Vi er 24 lærere, 3 i 5. b, og 12 % mere", "klokken 12.30 den 24.11.2026", "112 og 1-1-2", "[CPR] og [tlf.] og [navn]",
		"Aase siger nej", "det er aases opgave", "ÅSE, ase og Aase", "Spørg Aase Ærø Madsen om det", "A. Madsen kommer", "aase madsen, Madsen, aero",
		"soren og Soeren og SØREN", "Kjærs klasse", "Anne-Marie og anne marie", "Østergaard, ostergard", "Bo siger, at vi bor i en skov",
		"TR, AMR, MED og SFO", "Jeg har ikke tid. Det er for meget", "Aase Æ. er her",
	} {
		quoted, err := json.Marshal(text)
		require.NoError(t, err)
		got := evaluate[string](b, `masking.mask(masking.plain(`+string(quoted)+`), `+string(named)+`)`)
		require.Equal(t, strings.ReplaceAll(personal.Mask(text, colleagues), "[navn].", "[navn]"), strings.ReplaceAll(got, "[navn].", "[navn]"), text)
	}
}
