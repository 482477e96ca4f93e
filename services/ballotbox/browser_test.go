package ballotbox_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// browser is a real Chromium with a profile of its own: one device.
type browser struct {
	t   *testing.T
	ctx context.Context

	shots    int
	mu       sync.Mutex
	problems []string
}

func newBrowser(t *testing.T, width, height int64) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("headless", "new"), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx}
	require.NoError(t, chromedp.Listen(ctx, b.listen))
	b.do(chromedp.EmulateViewport(width, height))
	return b
}

// listen gathers what a developer would see in red.
func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, e.ExceptionDetails.Text+" "+e.ExceptionDetails.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			b.problems = append(b.problems, fmt.Sprint(e.Entry.Text, " ", e.Entry.URL))
		}
	}
}

func (b *browser) clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.problems)
}

func (b *browser) forgive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = nil
}

// within bounds one step.
func (b *browser) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(b.ctx, 20*time.Second)
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if chromedp.FromContext(b.ctx).Target == nil { // the first call lives as long as the browser
		require.NoError(b.t, chromedp.Do(b.ctx, steps...))
		return
	}
	ctx, cancel := b.within()
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%v; %s", err, b.seen())
	}
}

// seen tells what is on the page, for a failure.
func (b *browser) seen() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + '\n' + document.body.innerText`))
	b.mu.Lock()
	defer b.mu.Unlock()
	return fmt.Sprintf("on the page (%v):\n%s\nproblems: %v", err, text, b.problems)
}

func evaluate[T any](b *browser, script string) T {
	b.t.Helper()
	ctx, cancel := b.within()
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err)
	return value
}

// eventually waits until a script is true; pages may come and go meanwhile.
func (b *browser) eventually(script string) {
	b.t.Helper()
	ctx, cancel := b.within()
	defer cancel()
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for {
		if value, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err == nil && value {
			return
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			b.t.Fatalf("not so: %s; %s", script, b.seen())
		}
	}
}

// heading waits until the page's heading says this and has the focus, so that it is read aloud.
func (b *browser) heading(text string) {
	b.t.Helper()
	b.eventually(fmt.Sprintf(`document.querySelector('h1')?.textContent === %q`, text))
}

// visit opens an address as a new arrival, not as a change of fragment.
func (b *browser) visit(address string) {
	b.t.Helper()
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(address))
}

func (b *browser) text(id string) string {
	b.t.Helper()
	return evaluate[string](b, fmt.Sprintf(`document.getElementById(%q).innerText`, id))
}

func (b *browser) press(text string) {
	b.t.Helper()
	b.do(chromedp.Click(fmt.Sprintf(`//button[normalize-space()=%q]`, text)))
}

func (b *browser) choose(item, value string) {
	b.t.Helper()
	b.do(chromedp.Click(fmt.Sprintf(`//label[input[@name=%q and @value=%q]]`, item, value)))
}

func (b *browser) chosen(item string) string {
	b.t.Helper()
	return evaluate[string](b, fmt.Sprintf(`document.querySelector('input[name=%q]:checked')?.value ?? ''`, item))
}

// fits checks that nothing sticks out sideways, that everything to touch is large enough, and that axe finds nothing,
// in light and in dark.
func (b *browser) fits() {
	b.t.Helper()
	require.True(b.t, evaluate[bool](b, `document.documentElement.scrollWidth <= document.documentElement.clientWidth`))
	require.Empty(b.t, evaluate[[]string](b, `[...document.querySelectorAll('button, label.option, main p > a')]
		.filter((e) => { const r = e.getBoundingClientRect(); return r.width < 44 || r.height < 44 }).map((e) => e.outerHTML)`))
	require.True(b.t, evaluate[bool](b, `document.title !== '' && document.querySelectorAll('h1').length === 1
		&& ['da', 'en'].includes(document.documentElement.lang)`))
	axe, err := os.ReadFile("../portal/browsertest/axe.min.js")
	require.NoError(b.t, err)
	b.do(chromedp.Evaluate[chromedp.Void](string(axe)))
	for _, scheme := range []string{"light", "dark"} {
		b.do(func(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
			_, err = cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			return none, err
		})
		require.Empty(b.t, evaluate[[]string](b, `axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' ')))`), scheme)
	}
	if dir := os.Getenv("GULDKORN_SCREENSHOTS"); dir != "" {
		image, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		require.NoError(b.t, err)
		b.shots++
		require.NoError(b.t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%02d.png", b.t.Name(), b.shots)), image, 0o600))
	}
}

func (w *world) page(r round, ticket, language string) string {
	return w.base + "/r/" + r.id + "#ticket=" + ticket + "&lang=" + language
}

func TestAnsweringInABrowser(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 5})
	b := newBrowser(t, 320, 640)

	// Announced: the ballot is fetched early, and the ticket leaves no trace.
	b.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	code := b.writesDown()
	b.heading("Din stemmeseddel er klar")
	require.Equal(t, w.base+"/r/"+r.id+"#lang=da", evaluate[string](b, `location.href`))
	entries, err := chromedp.Run(b.ctx, chromedp.NavigationEntries())
	require.NoError(t, err)
	for _, e := range entries.Entries {
		require.NotContains(t, e.URL, "ticket")
	}
	b.fits()

	// Open: answered in part, left, taken up again on the same device.
	w.command(r, "open")
	b.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	b.heading("Aula i hverdagen")
	b.fits()
	b.press("Begynd")
	b.heading("Mening i arbejdet")
	b.fits()
	b.choose("core_task.meaning.gain", "75")
	b.choose("core_task.meaning.strain", "not_relevant")
	b.press("Næste")
	b.heading("Krav i arbejdet")
	b.press("Næste")
	b.heading("Kravene til dig")
	b.fits()
	b.choose("core_task.demands.fit", "50")
	b.do(chromedp.Reload())
	b.heading("Aula i hverdagen")
	b.press("Fortsæt, hvor du slap")
	b.heading("Kravene til dig")
	require.Equal(t, "50", b.chosen("core_task.demands.fit"))
	b.press("Tilbage")
	b.heading("Krav i arbejdet")
	b.press("Tilbage")
	b.heading("Mening i arbejdet")
	require.Equal(t, "75", b.chosen("core_task.meaning.gain"))

	// In English, by keyboard alone.
	b.press("English")
	b.heading("Meaning")
	b.do(chromedp.Focus(chromedp.CSS(`input[name="core_task.meaning.gain"]:checked`)), chromedp.KeyEvent(kb.ArrowDown))
	require.Equal(t, "100", b.chosen("core_task.meaning.gain"))
	b.do(chromedp.KeyEvent(kb.Enter)) // goes on
	b.heading("Demands")
	b.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(" ")) // the first scale's first option
	require.Equal(t, "0", b.chosen("core_task.demands.gain"))
	b.press("Next")
	b.heading("The demands on you")
	b.press("Next")
	b.heading("Ready to send")
	b.fits()

	// The box is out of reach: the page says so, keeps the answers and sends them later.
	w.away.Store(true)
	b.press("Send my answers")
	b.heading("Sending …")
	b.do(chromedp.WaitVisible(`//button[normalize-space()="Try now"]`))
	require.Contains(t, b.text("retry"), "Your answers are kept on this device")
	w.away.Store(false)
	b.press("Try now")
	b.heading("Thank you. Your answer is stored.")
	b.forgive() // the browser itself reports requests that found nobody
	b.fits()
	require.Equal(t, code, b.text("code"), "one code for everything")
	require.Regexp(t, `^[0-9a-f]{4}( [0-9a-f]{4}){4}$`, b.text("hash"))

	// Nothing readable is left on the device: not the answers, not whose they are.
	left := evaluate[string](b, everythingStored)
	require.Contains(t, left, r.id)
	for _, secret := range []string{"core_task", "privateKey", "owner", "salt", "anna", code} {
		require.NotContains(t, left, secret)
	}

	// A colleague on the same device gets a ballot of their own and sees nothing of Anna's.
	b.visit(w.page(r, w.ticket(r, "unit-a", "bo"), "da"))
	b.writesDown()
	b.heading("Aula i hverdagen")
	b.press("Begynd")
	b.heading("Mening i arbejdet")
	require.Empty(t, b.chosen("core_task.meaning.gain"))
	b.choose("core_task.meaning.gain", "25")
	b.press("Næste")
	b.pastDemands()
	b.heading("Klar til at sende")
	b.press("Send mine svar")
	b.heading("Tak. Dit svar er gemt.")
	b.press("Træk mit svar tilbage")
	b.heading("Træk mit svar tilbage")
	b.press("Ja, træk det tilbage")
	b.heading("Dit svar er trukket tilbage")
	b.fits()

	// Anna comes again: her ballot is used, her code opens her answer, and she changes it.
	b.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	b.heading("Du har allerede hentet din stemmeseddel")
	b.forgive() // the refusal that this rests on
	b.fits()
	b.do(chromedp.SendKeys(chromedp.ID("code-input"), "00000-00000-00000-00000-00001"))
	b.press("Åbn mit svar")
	b.eventually(`document.getElementById('code-error').innerText.startsWith('Koden passer ikke')`)
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById('code-input').select()`), chromedp.KeyEvent(code))
	b.press("Åbn mit svar")
	b.heading("Mening i arbejdet")
	require.Equal(t, "100", b.chosen("core_task.meaning.gain"))
	b.choose("core_task.meaning.gain", "do_not_know")
	b.press("Næste")
	b.pastDemands()
	b.heading("Klar til at sende")
	b.press("Send mine svar")
	b.heading("Tak. Dit svar er gemt.")
	b.clean()

	w.command(r, "close")
	_, answers := w.batch(r)
	require.Len(t, answers["unit-a"], 1)
	require.Equal(t, map[string]string{
		"core_task.meaning.gain": "do_not_know", "core_task.meaning.strain": "not_relevant",
		"core_task.demands.gain": "0", "core_task.demands.fit": "50",
	}, answers["unit-a"][0].Answers)

	// After closing the device knows what it handed in by its checksum alone, and that it is counted.
	checksum := b.text("hash")
	b.do(chromedp.Reload())
	b.heading("Runden er lukket")
	b.fits()
	require.Contains(t, evaluate[string](b, `document.querySelector('main').innerText`), checksum+" er talt med")
	left = evaluate[string](b, everythingStored)
	for _, gone := range []string{"core_task", "privateKey", "owner", `"iv"`, code} {
		require.NotContains(t, left, gone)
	}
	b.check(checksum, "Ja. Det svar er talt med.")
	b.check(strings.Repeat("0", 20), "Nej. Det svar er ikke talt med.")
	b.check("abc", "Det er ikke et helt kontroltal.")
	b.clean()
}

// A ballot that was fetched on one device is taken up on another with its code, and stays one ballot.
func TestAnotherDeviceGoesOnWithTheCode(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 5})
	phone, desk := newBrowser(t, 320, 640), newBrowser(t, 1280, 800)
	phone.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	code := phone.writesDown()
	phone.heading("Aula i hverdagen")
	phone.answers("25")
	phone.clean()

	desk.visit(w.page(r, w.ticket(r, "unit-a", "anna"), "da"))
	desk.heading("Du har allerede hentet din stemmeseddel")
	desk.fits()
	desk.forgive()
	wrong := strings.Replace(code, code[:1], map[bool]string{true: "3", false: "2"}[code[0] == '2'], 1)
	desk.types("code-input", wrong)
	desk.press("Åbn mit svar")
	desk.eventually(`document.getElementById('code-error').innerText.startsWith('Koden passer ikke')`)
	desk.types("code-input", strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	desk.press("Åbn mit svar")
	desk.heading("Aula i hverdagen")
	desk.answers("75") // over the answer of the phone, whose version is stepped over
	desk.forgive()

	w.command(r, "close")
	_, answers := w.batch(r)
	require.Len(t, answers["unit-a"], 1, "one person, one answer")
	require.Equal(t, map[string]string{"core_task.meaning.gain": "75"}, answers["unit-a"][0].Answers)
	phone.do(chromedp.Reload())
	phone.heading("Runden er lukket")
	require.Contains(t, evaluate[string](phone, `document.querySelector('main').innerText`), "er ikke talt med. Har du rettet det på en anden enhed")
	desk.do(chromedp.Reload())
	desk.heading("Runden er lukket")
	require.Contains(t, evaluate[string](desk, `document.querySelector('main').innerText`), "er talt med.")
}

// A ballot box that shows one person a key of their own could recognise the answer: the page stops before anything is
// sent.
func TestAnotherKeyListStopsThePage(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 5})
	b := newBrowser(t, 1024, 768)
	ticket := w.ticket(r, "unit-a", "anna", func(c jwt.MapClaims) { c["key_list"] = r.keyList[1:] + r.keyList[:1] })
	b.visit(w.page(r, ticket, "da"))
	b.heading("Noget passer ikke. Du er blevet stoppet, for din egen skyld.")
	b.fits()
	b.clean()
	w.voter(r, "unit-a", "anna") // her token was not touched

	b.visit(w.page(r, w.ticket(r, "unit-a", "anna", func(c jwt.MapClaims) { c["box"] = strings.Repeat("0", 64) }), "da"))
	b.heading("Noget passer ikke. Du er blevet stoppet, for din egen skyld.") // another ballot box than intake knows
	b.clean()

	b.visit(w.base + "/r/" + r.id)
	b.heading("Åbn runden fra Guldkorn")
	b.visit(w.page(r, w.ticket(r, "unit-a", "bo", func(c jwt.MapClaims) { c["exp"] = 1 }), "en")) // refused with the sealed ballot
	b.heading("The ticket is no longer valid")
}

// everythingStored is all that a page of this origin can find on the device, as text.
const everythingStored = `(async () => {
	const database = await new Promise((resolve) => {
		const opening = indexedDB.open('guldkorn-ballot');
		opening.onsuccess = () => resolve(opening.result);
	});
	const found = [];
	for (const store of database.objectStoreNames) {
		found.push(await new Promise((resolve) => {
			const reading = database.transaction(store).objectStore(store).getAll();
			reading.onsuccess = () => resolve(reading.result);
		}));
	}
	database.close();
	return JSON.stringify([found, { ...localStorage }, { ...sessionStorage }, document.cookie]);
})()`
