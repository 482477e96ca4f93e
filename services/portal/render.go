package portal

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/google/uuid"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
)

//go:embed pages/*.html pages/shared/*.html
var pageFiles embed.FS

// partHeader is sent by htmx and by the live script when they want a part of a page and not the page.
const partHeader = "HX-Request"

// views are the parsed templates: by language, then by page.
type views struct {
	pages map[string]map[string]*template.Template
}

// view is what every template is given. Data is the page's own.
type view struct {
	Language  string
	Address   string // of this page, for the language switch
	FormToken string
	Name      string // of the person, "" when nobody is signed in
	Stale     bool   // the person has to sign in again before anything that is sensitive
	Demo      bool
	Menu      []menuItem
	Place     string // the name of the school or organisation that the page is about
	PlacePath string
	Base      string // under which its other pages are, for those that schools and operators both have
	PlaceKind string
	Places    []menuItem
	Foot      *foot // of the operator
	Data      any
}

// loadViews parses the layout, the shared parts and every page once for each language.
func loadViews(p *Portal) (*views, error) {
	v := &views{pages: map[string]map[string]*template.Template{}}
	pages, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	for language, w := range p.words {
		v.pages[language] = map[string]*template.Template{}
		shared, err := template.New("").Funcs(p.functions(w)).ParseFS(pageFiles, "pages/shared/*.html")
		if err != nil {
			return nil, fmt.Errorf("shared templates: %w", err)
		}
		for _, file := range pages {
			page, err := shared.Clone()
			if err == nil {
				page, err = page.ParseFS(pageFiles, file)
			}
			if err != nil {
				return nil, fmt.Errorf("template %s: %w", file, err)
			}
			v.pages[language][strings.TrimSuffix(path.Base(file), ".html")] = page
		}
	}
	return v, nil
}

// functions are what templates may call.
func (p *Portal) functions(w *words) template.FuncMap {
	c := &calendar{words: w, zone: p.zone, now: p.now}
	return template.FuncMap{
		"t":         w.text,
		"word":      w.of,
		"day":       c.day,
		"monthyear": c.monthYear,
		"shortday":  c.shortDay,
		"moment":    c.moment,
		"clock":     c.clock,
		"machine":   c.machine,
		"asset":     p.assets.url,
		"tag":       tag,
		"dict":      dict,
		"path":      schoolPath,
		"newkey":    uuid.NewString,
		"say":       w.say,
		"sealed":    sealedText,
		"by":        brokenDownBy,
		"group":     w.group,
		"inc":       func(i int) int { return i + 1 },
		"numbers":   numbers,
		"is":        func(a, b any) bool { return fmt.Sprint(pointed(a)) == fmt.Sprint(pointed(b)) },
	}
}

// sealedText writes sealed bytes as scripts read them.
func sealedText(sealed any) (string, error) {
	raw, ok := pointed(sealed).([]byte)
	if !ok {
		return "", fmt.Errorf("sealed wants bytes, got %T", sealed)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

// say picks the language of a text that a service gives in both. Absent texts are empty.
func (w *words) say(text any) (string, error) {
	var danish, english string
	switch both := pointed(text).(type) {
	case intakeapi.Text:
		danish, english = both.Da, both.En
	case intakeapi.Option:
		danish, english = both.Da, both.En
	case intakeapi.Item:
		danish, english = both.Da, both.En
	case intakeapi.ExtraItem:
		danish, english = both.Da, both.En
	case dialogueapi.Words:
		danish, english = both.Da, both.En
	case string: // of a pointer to nothing
	default:
		return "", fmt.Errorf("say wants a text in both languages, got %T", text)
	}
	if w.language == "en" {
		return english, nil
	}
	return danish, nil
}

// dict makes a map of pairs, for a template that takes several values.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict wants pairs, got %d values", len(pairs))
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m, nil
}

// show answers with a page.
func (v *visit) show(status int, page string, data any) error {
	return v.render(status, page, "layout", data)
}

// part answers with one block of a page alone.
func (v *visit) part(page, block string, data any) error {
	return v.render(http.StatusOK, page, block, data)
}

// composed is a block of a page as text; a template that fails leaves no half of one.
func (v *visit) composed(page, block string, data any) (*bytes.Buffer, error) {
	t, ok := v.portal.views.pages[v.words.language][page]
	if !ok {
		return nil, fmt.Errorf("no page %q", page)
	}
	body := new(bytes.Buffer)
	if err := t.ExecuteTemplate(body, block, data); err != nil {
		return nil, fmt.Errorf("page %s: %w", page, err)
	}
	return body, nil
}

func (v *visit) render(status int, page, block string, data any) error {
	body, err := v.composed(page, block, v.view(data))
	if err != nil {
		return err
	}
	h := v.gin.Writer.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.words.language)
	h.Set("Cache-Control", "private, no-store")
	h.Add("Vary", "Cookie, Accept-Language, "+partHeader)
	v.gin.Status(status)
	_, err = body.WriteTo(v.gin.Writer)
	return err
}

func (v *visit) view(data any) view {
	out := view{
		Language: v.words.language, Address: v.gin.Request.URL.RequestURI(), Demo: v.portal.settings.Demo, Data: data,
	}
	if v.gin.Request.Method != http.MethodGet { // the page after a refused form is not at the form's address
		out.Address = ownPath(referrerPath(v.gin.Request))
	}
	if v.session != nil {
		out.FormToken, out.Name, out.Stale = v.session.token(), v.session.Name, v.session.stale(v.portal.now())
		v.menu(&out)
		out.Foot = v.foot()
		if v.session.Lent != nil { // whose phone it is shows nothing of what is theirs
			out.Name, out.Menu, out.Places = "", nil, nil
		}
	}
	if v.guest != nil {
		out.FormToken = formToken(v.guest.secret)
	}
	return out
}

func referrerPath(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return "/"
	}
	return u.RequestURI()
}
