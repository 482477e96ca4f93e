package ballotbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/services/intake"
)

// How long a person takes is computed from what the walk below counts, never measured on the machine that runs the test:
//
//   - reading: adults read 238 words of prose a minute, silently (Brysbaert 2019, Journal of Memory and Language 109, a
//     review of 190 studies). What stays the same from screen to screen, the five steps for one, is read once;
//   - touching: by Fitts' law the time of a touch is log2(distance/width + 1) bits at 6.95 bits a second (MacKenzie 2015,
//     HCII, fingers on a smartphone), from where the finger was to where it goes;
//   - the pause in which a touched answer is seen before the next screen.
//
// It is the time of somebody who answers as they read, from the touch on "Begin" to the receipt. Who ponders takes longer.
const (
	wordsPerMinute = 238
	bitsPerSecond  = 6.95
	pause          = 0.2 // seconds; SEEN in the client
)

// phone is a browser on a phone, held by somebody whose touches and words are counted.
type phone struct {
	*browser
	taps    int
	words   int
	seconds float64 // of touching and pauses
	x, y    float64 // where the finger is
	read    map[string]bool
}

func newPhone(t *testing.T) *phone {
	t.Helper()
	p := &phone{browser: newBrowser(t, 360, 640), read: map[string]bool{}, x: 180, y: 600}
	p.do(func(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, t, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
		return none, err
	})
	return p
}

// place is where something is on the screen.
type place struct{ X, Y, Width, Height float64 }

// reach returns where an element is, which must be wholly on the screen, with nothing over it and nothing scrolled.
func (p *phone) reach(selector string) place {
	p.t.Helper()
	type found struct {
		place
		Free   bool
		Scroll float64
	}
	at := evaluate[found](p.browser, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q), r = e.getBoundingClientRect();
		const free = [r.top + 1, r.bottom - 2].every((y) => e.contains(document.elementFromPoint(r.x + r.width / 2, y)));
		return { X: r.x, Y: r.y, Width: r.width, Height: r.height, Free: free, Scroll: scrollY };
	})()`, selector))
	require.True(p.t, at.Free && at.Scroll == 0 && at.X >= 0 && at.Y >= 0 && at.X+at.Width <= 360 && at.Y+at.Height <= 640,
		"%s is out of reach: %+v; %s", selector, at, p.seen())
	return at.place
}

// tap touches what is in reach.
func (p *phone) tap(selector string) {
	p.t.Helper()
	at := p.reach(selector)
	x, y := at.X+at.Width/2, at.Y+at.Height/2
	p.seconds += math.Log2(math.Hypot(x-p.x, y-p.y)/min(at.Width, at.Height)+1) / bitsPerSecond
	p.taps++
	p.x, p.y = x, y
	p.do(func(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
		for _, one := range []input.DispatchTouchEventParams{
			{Type: "touchStart", TouchPoints: []*input.TouchPoint{{X: x, Y: y}}}, {Type: "touchEnd", TouchPoints: []*input.TouchPoint{}},
		} {
			if _, err = cdp.Call(ctx, t, input.DispatchTouchEvent, one); err != nil {
				return none, err
			}
		}
		return none, nil
	})
}

// reads counts the words on a screen that were not there before.
func (p *phone) reads() {
	p.t.Helper()
	for _, text := range evaluate[[]string](p.browser, `[...document.querySelectorAll(
		'main h1, main > p, main li, .theme, .direction, .statement, .option span, #own-words-hint, button.primary')].map((e) => e.innerText)`) {
		if !p.read[text] {
			p.words += len(strings.Fields(text))
			p.read[text] = true
		}
	}
}

// asked is what a screen asks: the items, in order.
func (p *phone) asked() []string {
	p.t.Helper()
	return evaluate[[]string](p.browser, `[...new Set([...document.querySelectorAll('main input[type=radio]')].map((e) => e.name))]`)
}

func (p *phone) needs() float64 { return float64(p.words)/wordsPerMinute*60 + p.seconds }

// full is the full round as intake asks it.
func full(t *testing.T, technology string) json.RawMessage {
	t.Helper()
	library, err := intake.LoadInstruments(os.DirFS("../intake/instruments"))
	require.NoError(t, err)
	for _, one := range library.Newest() {
		if one.ID == "full" {
			raw, err := json.Marshal(one.For(technology, "elever"))
			require.NoError(t, err)
			return raw
		}
	}
	t.Fatal("there is no full round")
	return nil
}

// fullRound opens a full round.
func (w *world) fullRound(technology string) round {
	w.t.Helper()
	frame := w.frame(map[string]int{"unit-a": 5})
	frame.Instrument, frame.TechnologyName = full(w.t, technology), technology
	r := w.announceFrame(frame)
	w.command(r, "open")
	return r
}

// The whole round on a phone, with a finger: one cell on a screen, nothing to scroll, at most two touches for a screen, and
// under four minutes.
func TestAFullRoundOnAPhoneTakesUnderFourMinutes(t *testing.T) {
	w := newWorld(t)
	r := w.fullRound("Aula")
	p := newPhone(t)
	p.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	code := p.writesDown()
	p.heading("Aula i hverdagen")
	p.fits()
	p.press("Begynd")

	want := map[string]string{}
	cells := map[string]bool{}
	const screens = 32 // 24 cells, whether the demands of each theme fit, and what one likes to write about it
	skipped := 0
	for at := 1; at <= screens; at++ {
		progress := fmt.Sprintf("Spørgsmål %d af %d", at, screens)
		p.eventually(fmt.Sprintf(`document.getElementById('progress')?.textContent === %q`, progress))
		if at == 15 { // the phone is put away and taken up again
			p.do(chromedp.Reload())
			p.heading("Aula i hverdagen")
			p.press("Fortsæt, hvor du slap")
			p.eventually(fmt.Sprintf(`document.getElementById('progress')?.textContent === %q`, progress))
		}
		p.reads()
		p.reach(`button[type=submit]`)
		items := p.asked()
		require.LessOrEqual(t, len(items), 2)
		if len(items) == 0 {
			p.tap(`button[type=submit]`) // nothing to add in own words
			skipped++
			continue
		}
		for n, item := range items {
			cell := item[:strings.LastIndex(item, ".")]
			require.Equal(t, items[0][:strings.LastIndex(items[0], ".")], cell, "one cell on a screen")
			cells[cell] = true
			value := []string{"0", "25", "50", "75", "100", "do_not_know"}[(at+n)%6]
			p.tap(fmt.Sprintf(`label:has(input[name="%s"][value="%s"])`, item, value))
			want[item] = value
		}
		p.seconds += pause
		if at == 1 || at == 6 || at == 7 {
			p.eventually(fmt.Sprintf(`document.getElementById('progress')?.textContent === 'Spørgsmål %d af %d'`, at+1, screens))
			p.fits()
		}
	}
	require.Len(t, cells, 24)
	require.Len(t, want, 52, "24 gains, 24 strains, four fits")
	p.heading("Klar til at sende")
	p.reads()
	p.tap(`button.primary`)
	p.heading("Tak. Dit svar er gemt.")
	require.Equal(t, code, p.text("code"))
	p.clean()

	t.Logf("%d touches, no scrolling, %d words: %.0f s (%.0f s of them touching and pauses)", p.taps, p.words, p.needs(), p.seconds)
	require.Equal(t, len(want)+skipped+1, p.taps, "one touch for an answer, one past each text, and one to send")
	require.Equal(t, 4, skipped)
	require.Less(t, p.needs(), 240.0)

	w.command(r, "close")
	_, answers := w.batch(r)
	require.Equal(t, want, answers["unit-a"][0].Answers)
}

// The longest statements fit the smallest of today's phones, in both languages. And nobody is taken on who does not want it:
// who says so, who uses a keyboard, and a screen reader, whose touches are no fingers.
func TestNobodyIsTakenOnAgainstTheirWill(t *testing.T) {
	w := newWorld(t)
	r := w.fullRound("")
	p := newPhone(t)
	p.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	p.writesDown()
	p.heading("Aula i hverdagen")
	p.press("Begynd")
	for at := 1; at <= 32; at++ {
		for range 2 { // in English and back
			p.do(chromedp.Evaluate[chromedp.Void](`document.getElementById('language').click()`))
			for _, item := range p.asked() {
				p.reach(fmt.Sprintf(`fieldset:has(input[name=%q]) .statement`, item))
				p.reach(fmt.Sprintf(`label:has(input[name=%q][value="100"])`, item))
				p.reach(fmt.Sprintf(`label:has(input[name=%q][value="do_not_know"])`, item))
			}
			p.reach(`button[type=submit]`)
		}
		p.press("Næste")
	}
	p.heading("Klar til at sende")

	// still tells where the page is once a touch that was made before would have taken it on.
	still := func() string {
		return evaluate[string](p.browser, `new Promise((gone) => setTimeout(gone, 250)).then(() => document.getElementById('progress').textContent)`)
	}
	first, second := "Spørgsmål 1 af 32", "Spørgsmål 2 af 32"
	option := func(item string) string {
		return fmt.Sprintf(`label:has(input[name="core_task.%s"][value="50"])`, item)
	}
	p.visit(w.page(r, w.ticket(r, "unit-a", "bo"), "da"))
	p.writesDown()
	p.heading("Aula i hverdagen")
	require.True(t, evaluate[bool](p.browser, `document.getElementById('advance').checked`))
	p.press("Begynd")
	p.heading("Mening i arbejdet")
	p.do(chromedp.Focus(chromedp.CSS(`input[name="core_task.meaning.gain"]`)), chromedp.KeyEvent(" "), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(" "))
	require.Equal(t, []string{"0", "0"}, []string{p.chosen("core_task.meaning.gain"), p.chosen("core_task.meaning.strain")})
	require.Equal(t, first, still(), "by keyboard")
	p.tap(option("meaning.gain"))
	require.Equal(t, first, still(), "what was answered is changed")
	p.press("Næste")
	p.heading("Indflydelse på eget arbejde")
	p.do(chromedp.Evaluate[chromedp.Void](`for (const item of ['gain', 'strain'])
		document.querySelector('input[name="core_task.influence.' + item + '"]').click()`))
	require.Equal(t, second, still(), "by a screen reader")

	p.press("Tilbage")
	p.press("Tilbage")
	p.heading("Aula i hverdagen")
	p.do(chromedp.Evaluate[chromedp.Void](`document.getElementById('advance').click()`))
	p.press("Fortsæt, hvor du slap")
	p.press("Næste")
	p.press("Næste")
	p.heading("Anerkendelse/belønning")
	p.tap(option("recognition.gain"))
	p.tap(option("recognition.strain"))
	require.Equal(t, "Spørgsmål 3 af 32", still(), "who said so before")
	p.clean()
}
