package browsertest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// target finds where to click. It answers with what is in the way when a person could not click there.
const target = `(selector) => {
  const element = document.querySelector(selector);
  if (!element) return {wait: "there is no " + selector};
  // Before its styles are there a page moves, and before its first paint the browser drops what is clicked.
  if (document.readyState !== "complete") return {wait: "the page is loading"};
  if (!performance.getEntriesByName("first-contentful-paint").length) return {wait: "the page is not painted"};
  element.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
  if (element.closest("[inert]")) return {refused: selector + " is inert"};
  if (element.closest("[aria-hidden=true]")) return {refused: selector + " is hidden from assistive technology"};
  if (element.matches(":disabled")) return {refused: selector + " is disabled"};
  const style = getComputedStyle(element);
  if (style.visibility !== "visible" || style.display === "none") return {refused: selector + " is not visible"};
  const box = [...element.getClientRects()].find((r) => r.width > 0 && r.height > 0);
  if (!box) return {refused: selector + " has no size"};
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  const top = document.elementFromPoint(x, y);
  if (!top) return {refused: selector + " is outside the window"};
  const label = top.closest("label");
  if (top !== element && !element.contains(top) && !(label && label.control === element))
    return {refused: selector + " is covered by " + top.outerHTML.slice(0, 120)};
  return {x, y};
}`

// Click clicks the first element that matches, with the mouse, where a person would. It waits for the element, and
// fails the test when it is inert, disabled, hidden or covered.
func (p *Person) Click(selector string) {
	p.t.Helper()
	p.clickWhere(target, selector)
}

// ClickText clicks the link or button whose text is exactly this.
func (p *Person) ClickText(text string) {
	p.t.Helper()
	const mark = `(text) => {
  const found = [...document.querySelectorAll("a, button, summary")].find((e) => e.checkVisibility() && e.innerText.trim() === text);
  if (!found) return {wait: "there is no link or button " + JSON.stringify(text)};
  document.querySelectorAll("[data-browsertest]").forEach((e) => e.removeAttribute("data-browsertest"));
  found.setAttribute("data-browsertest", "");
  return (` + target + `)("[data-browsertest]");
}`
	p.clickWhere(mark, text)
}

// spot is where to click, or why not.
type spot struct {
	X       float64 `json:"x"`
	Y       float64 `json:"y"`
	Wait    string  `json:"wait"`
	Refused string  `json:"refused"`
}

func (p *Person) clickWhere(script, argument string) {
	p.t.Helper()
	var at spot
	p.until("click "+argument, func() (bool, string) {
		var err error
		if at, err = try(p, chromedp.Evaluate[spot]("("+script+")("+p.quote(argument)+")")); err != nil {
			return false, err.Error()
		}
		return at.Wait == "" && at.Refused == "", at.Wait + at.Refused
	})
	p.do("click "+argument, chromedp.MouseClickXY(at.X, at.Y))
}

// quote writes a text as JavaScript does.
func (p *Person) quote(text string) string {
	p.t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(quoted)
}

// Fill replaces what stands in an input or text area: key by key for text, at once for dates, times, numbers and lists.
func (p *Person) Fill(selector, text string) {
	p.t.Helper()
	p.Wait(selector)
	what, element := "fill "+selector, "document.querySelector("+p.quote(selector)+")"
	kind := run(p, what, chromedp.Evaluate[string](fmt.Sprintf(`(() => { const e = %s; e.scrollIntoView({block: "center"}); e.focus(); if (e.select) e.select(); return e.type })()`, element)))
	switch kind {
	case "date", "time", "datetime-local", "number", "select-one":
		run(p, what, chromedp.Evaluate[bool](fmt.Sprintf(`(() => { const e = %s; e.value = %s; for (const n of ["input", "change"]) e.dispatchEvent(new Event(n, {bubbles: true})); return true })()`, element, p.quote(text))))
	default:
		p.do(what, chromedp.KeyEvent(kb.Backspace))
		p.do(what, chromedp.KeyEvent(text))
	}
}

// Choose gives a file input a file, as if the person had picked it.
func (p *Person) Choose(selector, file string) {
	p.t.Helper()
	p.Wait(selector)
	p.do("choose "+file, chromedp.SetUploadFiles(selector, []string{file}))
}

// Press presses a key, such as kb.Tab or kb.Enter, where the focus is.
func (p *Person) Press(keys string) {
	p.t.Helper()
	p.do("press a key", chromedp.KeyEvent(keys))
}

// Wait waits until an element is there.
func (p *Person) Wait(selector string) {
	p.t.Helper()
	p.WaitFor("find "+selector, "document.readyState !== 'loading' && !!document.querySelector("+p.quote(selector)+")")
}

// WaitGone waits until no element matches.
func (p *Person) WaitGone(selector string) {
	p.t.Helper()
	p.WaitFor("see "+selector+" go", "document.readyState !== 'loading' && !document.querySelector("+p.quote(selector)+")")
}

// WaitText waits until an element holds a text.
func (p *Person) WaitText(selector, text string) {
	p.t.Helper()
	p.WaitFor(fmt.Sprintf("read %q in %s", text, selector),
		"(document.querySelector("+p.quote(selector)+")?.innerText ?? '').includes("+p.quote(text)+")")
}

// WaitAddress waits until the address holds a text and the page there is loaded.
func (p *Person) WaitAddress(part string) {
	p.t.Helper()
	p.WaitFor("come to "+part, "document.readyState === 'complete' && location.href.includes("+p.quote(part)+")")
}

// WaitFor waits until an expression in the page is true.
func (p *Person) WaitFor(what, expression string) {
	p.t.Helper()
	p.until(what, func() (bool, string) {
		ok, err := try(p, chromedp.Evaluate[bool](expression))
		if err != nil {
			return false, err.Error()
		}
		return ok, "not yet"
	})
}

// until asks again, between frames of the page, until the condition holds or patience ends.
func (p *Person) until(what string, condition func() (bool, string)) {
	p.t.Helper()
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		ok, why := condition()
		if ok {
			return
		}
		select {
		case <-again.C:
		case <-deadline.C:
			p.t.Fatalf("%s could not %s: %s%s", p.name, what, why, p.where())
		case <-p.ctx.Done():
			p.t.Fatalf("%s could not %s: the browser has gone", p.name, what)
		}
	}
}

// Text is the visible text of an element.
func (p *Person) Text(selector string) string {
	p.t.Helper()
	p.Wait(selector)
	return Evaluate[string](p, "document.querySelector("+p.quote(selector)+").innerText")
}

// Has tells whether an element is there now.
func (p *Person) Has(selector string) bool {
	p.t.Helper()
	return Evaluate[bool](p, "!!document.querySelector("+p.quote(selector)+")")
}
