package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// recorder notes what a check complains about instead of failing the test.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Errorf(format string, arguments ...any) {
	r.said = append(r.said, fmt.Sprintf(format, arguments...))
}

func site(t *testing.T, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><html lang="da"><head><title>Prøve</title><link rel="icon" href="data:,"></head><body><main><h1>Prøve</h1>` + body + `</main></body></html>`))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestClickRefusesWhatAPersonCouldNotClick(t *testing.T) {
	p := New(t).Person("a tester")
	p.Open(site(t, `<button id="good" onclick="this.textContent = 'clicked'">good</button>
<div inert><button id="inert">inert</button></div>
<div style="position:relative"><button id="covered">covered</button><div style="position:absolute;inset:0;background:#fff">lid</div></div>
<button id="disabled" disabled>disabled</button><button id="hidden" style="visibility:hidden">hidden</button><button id="gone" hidden>gone</button>
<div aria-hidden="true"><button id="unspoken" tabindex="-1">unspoken</button></div>`))
	p.Click("#good") // waits until the page is there
	p.WaitText("#good", "clicked")
	for selector, why := range map[string]string{
		"#inert": "inert", "#covered": "covered by", "#disabled": "disabled", "#hidden": "not visible", "#gone": "not visible",
		"#unspoken": "hidden from assistive technology", "#missing": "there is no",
	} {
		at, err := try(p, chromedp.Evaluate[spot]("("+target+")("+p.quote(selector)+")"))
		require.NoError(t, err)
		require.Contains(t, at.Wait+at.Refused, why, selector)
	}
}

// The checks are themselves checked: each finds the fault that is planted for it, and none where there is none.
func TestChecksFindPlantedFaults(t *testing.T) {
	p := New(t).Person("a tester")
	p.Open(site(t, `<p>Alt er godt. <a href="#x">Videre</a></p>`))
	p.Check()
	p.Keyboard()
	for name, fault := range map[string]string{
		"axe image-alt":  `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="20" height="20">`,
		"pixels wide":    `<p style="width:700px;background:#eee">bred</p>`,
		"console: ":      `<script>console.error("av")</script>`,
		"cannot be seen": `<a href="#y" style="outline:none">uden ramme</a>`,
		"reaches":        `<a href="#y">et</a> <a href="#z" tabindex="-1">to</a><button tabindex="-1">tre</button><button tabindex="-1">fire</button>`,
	} {
		p.Open(site(t, fault))
		r := &recorder{TB: t}
		p.t = r
		p.Check()
		p.Keyboard()
		p.t = t
		require.NotEmpty(t, r.said, name)
		require.Contains(t, strings.Join(r.said, "\n"), name)
	}
}

func TestPeopleAreApart(t *testing.T) {
	b := New(t)
	one, other := b.Person("one"), b.Person("other")
	address := site(t, "<p>hej</p>")
	one.Open(address)
	Evaluate[string](one, `document.cookie = "who=one"`)
	other.Open(address)
	require.Equal(t, map[string]string{"who": "one"}, one.Cookies())
	require.Empty(t, other.Cookies())
}
