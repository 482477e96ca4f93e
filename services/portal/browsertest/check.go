package browsertest

import (
	_ "embed" // the accessibility engine
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed axe.min.js
var axeSource string

// ScreenshotsVariable names the environment variable with the directory that screenshots go to. Without it they go to
// the test's own temporary directory.
const ScreenshotsVariable = "GULDKORN_SCREENSHOTS"

// Check is everything that holds on every page: no accessibility violation, no sideways scrolling at 320 pixels, no
// complaint in the console.
func (p *Person) Check() {
	p.t.Helper()
	p.Axe()
	p.Width320()
	p.NoErrors()
}

// Axe fails the test for each accessibility violation that axe-core finds on the page.
func (p *Person) Axe() {
	p.t.Helper()
	p.WaitFor("load the page", "document.readyState === 'complete'")
	if !Evaluate[bool](p, "typeof axe === 'object'") {
		run(p, "load axe", chromedp.Evaluate[bool](axeSource+";true"))
	}
	found := run(p, "run axe", chromedp.Evaluate[[]violation](`axe.run(document, {resultTypes: ["violations"]}).then((r) =>
  r.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.map((n) => ({html: n.html, summary: n.failureSummary}))})))`, chromedp.EvalAwaitPromise))
	for _, violation := range found {
		for _, node := range violation.Nodes {
			p.t.Errorf("%s: axe %s: %s\n  %s\n  %s%s", p.name, violation.ID, violation.Help, clip(node.HTML), node.Summary, p.where())
		}
	}
}

// violation is what axe finds wrong, and where.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"summary"`
	} `json:"nodes"`
}

// Width320 fails the test if the page is wider than a window of 320 pixels. The window has its size back afterwards.
func (p *Person) Width320() {
	p.t.Helper()
	width, height := Evaluate[int64](p, "innerWidth"), Evaluate[int64](p, "innerHeight")
	p.Size(320, 640)
	defer p.Size(width, height)
	wide := Evaluate[int64](p, "document.documentElement.scrollWidth")
	what := Evaluate[string](p, `[...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > 321 && !e.closest(".table--responsive-scroll, .sr-only, .skip")).map((e) => e.outerHTML.slice(0, 100)).slice(0, 3).join("\n  ")`)
	if wide > 320 || what != "" {
		p.t.Errorf("%s: the page is %d pixels wide in a window of 320\n  %s%s", p.name, wide, what, p.where())
	}
}

// NoErrors fails the test for everything that the console has complained about so far.
func (p *Person) NoErrors() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.errors {
		p.t.Errorf("%s: console: %s%s", p.name, one, p.where())
	}
	p.errors = nil
}

// Keyboard walks through the page with the tabulator and fails the test if something that can be used is not reached,
// or if what has the focus cannot be seen to have it.
func (p *Person) Keyboard() {
	p.t.Helper()
	wanted := Evaluate[int](p, `(() => {
  document.activeElement?.blur();
  document.querySelectorAll("[data-reached]").forEach((e) => e.removeAttribute("data-reached"));
  window.scrollTo(0, 0);
  const seen = new Set();
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((e) => {
    if (!e.checkVisibility({visibilityProperty: true}) || e.disabled) return false;
    if (e.type === "radio") { if (seen.has(e.form?.id + e.name)) return false; seen.add(e.form?.id + e.name); }
    return true;
  }).length
})()`)
	// Fields of dates and times have several stops each.
	more := Evaluate[int](p, `document.querySelectorAll("[type=date], [type=time], [type=datetime-local]").length`)
	var unseen []string
	for range wanted + 6*more + 5 {
		p.Press(kb.Tab)
		dim := Evaluate[string](p, `(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return "";
  e.setAttribute("data-reached", "");
  const shown = e.matches("[type=radio], [type=checkbox]") ? e.nextElementSibling ?? e : e;
  const style = getComputedStyle(shown), before = getComputedStyle(shown, "::before");
  const visible = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
  return visible(style) || visible(before) || visible(getComputedStyle(e)) ? "" : e.outerHTML.slice(0, 120);
})()`)
		if dim != "" {
			unseen = append(unseen, dim)
		}
	}
	if reached := Evaluate[int](p, `document.querySelectorAll("[data-reached]").length`); reached < wanted {
		p.t.Errorf("%s: the keyboard reaches %d of %d%s", p.name, reached, wanted, p.where())
	}
	for _, one := range unseen {
		p.t.Errorf("%s: the focus cannot be seen on %s%s", p.name, one, p.where())
	}
}

// Screenshot keeps a picture of the whole page as <name>.png; see ScreenshotsVariable.
func (p *Person) Screenshot(name string) {
	p.t.Helper()
	dir := os.Getenv(ScreenshotsVariable)
	if dir == "" {
		dir = p.t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	picture := run(p, "take a picture", chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func clip(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 240 {
		return fmt.Sprintf("%s...", text[:240])
	}
	return text
}
