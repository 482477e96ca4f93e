// Package browsertest drives real Chromium in tests of the portal's pages.
//
// A Browser is one Chromium with a fresh profile; a Person in it is one isolated browser context with a tab, so that
// several people can be signed in at once. Every step waits for what it needs, up to Patience, and fails the test with
// a sentence when it does not come. Click refuses targets that a person could not click either.
//
//	browser := browsertest.New(t)
//	teacher := browser.Person("teacher")
//	teacher.Open(portal + "/sign-in")
//	teacher.Click("#sign-in")
//	teacher.Check() // axe, 320 pixels, no console errors
package browsertest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// Patience is how long a step waits for what it needs.
const Patience = 20 * time.Second

// Browser is one running Chromium.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// New starts Chromium; it ends with the test.
func New(t testing.TB) *Browser {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("accept-lang", "da"),
		chromedp.UserDataDir(t.TempDir()),
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until Chromium has gone, so that its profile can be removed
		end()
		endAllocator()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return &Browser{t: t, ctx: ctx}
}

// Person opens an isolated browser context, as if somebody sat at another machine. The name is for messages.
func (b *Browser) Person(name string) *Person {
	b.t.Helper()
	p := &Person{t: b.t, name: name}
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	p.ctx = ctx
	b.t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil { // opens the tab, which lives as long as the context of this call
		b.t.Fatalf("%s could not open a tab: %v", name, err)
	}
	call(p, "listen to the console", log.Enable, cdp.Empty{})
	p.Size(1200, 900)
	return p
}

// Person is somebody at a browser.
type Person struct {
	t    testing.TB
	name string
	ctx  context.Context

	mu     sync.Mutex
	errors []string
}

// listen gathers what the page complains about. Answers with an error status are pages of their own and no complaint.
func (p *Person) listen(event any) {
	var said string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		said = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			said += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			for _, a := range e.Args {
				said += fmt.Sprint(a.Value) + a.Description + " "
			}
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			said = e.Entry.Text
		}
	}
	if said != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.errors = append(p.errors, said)
	}
}

// do runs a step and fails the test when it does not come about in time.
func (p *Person) do(what string, step chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	run(p, what, step)
}

// run is do for a step with a value.
func run[T any](p *Person, what string, step chromedp.Action[T]) T {
	p.t.Helper()
	value, err := try(p, step)
	if err != nil {
		p.t.Fatalf("%s could not %s: %v%s", p.name, what, err, p.where())
	}
	return value
}

// try runs a step within patience.
func try[T any](p *Person, step chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	return chromedp.Run(ctx, step)
}

// call sends one command of the protocol.
func call[P, R any](p *Person, what string, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	return run(p, what, func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, command, params) })
}

// where describes the page for messages.
func (p *Person) where() string {
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Second)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + " (" + (document.querySelector("h1")?.innerText ?? "") + ")"`))
	if err != nil {
		return ""
	}
	return fmt.Sprintf("\n  at %s", at)
}

// Open goes to an address.
func (p *Person) Open(address string) {
	p.t.Helper()
	p.do("open "+address, chromedp.Navigate(address))
}

// Address is where the person is.
func (p *Person) Address() string {
	p.t.Helper()
	return run(p, "read the address", chromedp.Location())
}

// Size makes the window as wide and high as given, in CSS pixels.
func (p *Person) Size(width, height int64) {
	p.t.Helper()
	call(p, "resize", emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
}

// Dark lets the person prefer dark pages, or light ones.
func (p *Person) Dark(dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	call(p, "choose a colour scheme", emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// Evaluate runs an expression in the person's page and returns its value.
func Evaluate[T any](p *Person, expression string) T {
	p.t.Helper()
	return run(p, "evaluate", chromedp.Evaluate[T](expression))
}

// Cookies are names and values of the person's cookies for all addresses.
func (p *Person) Cookies() map[string]string {
	p.t.Helper()
	found := run(p, "read cookies", func(ctx context.Context, _ *chromedp.Target) (storage.GetCookiesResult, error) {
		c := chromedp.FromContext(ctx)
		return cdp.Call(ctx, c.Browser, storage.GetCookies, storage.GetCookiesParams{BrowserContextID: c.BrowserContextID})
	})
	cookies := map[string]string{}
	for _, one := range found.Cookies {
		cookies[one.Name] = one.Value
	}
	return cookies
}

// Leave closes the person's context with its cookies and storage.
func (p *Person) Leave() {
	p.t.Helper()
	if err := chromedp.Cancel(p.ctx); err != nil {
		p.t.Fatalf("%s could not leave: %v", p.name, err)
	}
}
