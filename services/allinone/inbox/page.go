package inbox

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
)

//go:embed pages
var files embed.FS

var (
	templates = template.Must(template.New("").Funcs(template.FuncMap{"pieces": pieces}).ParseFS(files, "pages/*.html"))
	link      = regexp.MustCompile(`https?://[^\s<>"']+[^\s<>"'.,;:!?)]`)
)

const (
	// Everything on a page is its own. The frame with a mail's HTML is a document of its own with mailPolicy.
	pagePolicy = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	// A mail may look as it likes and do nothing: no script, no form, no request, no origin.
	mailPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)

// newPageServer returns the server of the page at its own address.
func newPageServer(b *box, address string, logger *slog.Logger) *http.Server {
	p := &page{box: b, address: address}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.list)
	mux.HandleFunc("GET /messages/{number}", p.message)
	mux.HandleFunc("GET /messages/{number}/html", p.html)
	mux.HandleFunc("GET /messages.json", p.json)
	mux.HandleFunc("GET /style.css", p.style)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		failure.Write(w, failure.New(failure.RequestNoRoute), language(r))
	})
	return &http.Server{
		Handler: p.guard(mux), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(logger.With("component", "inbox").Handler(), slog.LevelWarn),
	}
}

type page struct {
	box     *box
	address string
}

// guard answers to the page's own address alone: a name somewhere else that points at this machine (DNS rebinding)
// is refused.
func (p *page) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if r.Host != p.address {
			failure.Write(w, failure.New(failure.AccessDenied).At("Host").Wanting(p.address), language(r))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// view is what both pages are made of.
type view struct {
	Words      map[string]string
	Language   string
	To         string
	Recipients []string
	Messages   []Message
	Message    Message
	Total      int
	Distinct   int
}

func (p *page) list(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("to")
	messages := p.box.list(to)
	p.render(w, r, "list.html", view{
		To: to, Recipients: p.box.recipients(), Messages: messages, Total: len(messages), Distinct: distinct(messages),
	})
}

func (p *page) message(w http.ResponseWriter, r *http.Request) {
	if m, ok := p.find(w, r); ok {
		p.render(w, r, "message.html", view{Message: m})
	}
}

func (p *page) html(w http.ResponseWriter, r *http.Request) {
	if m, ok := p.find(w, r); ok {
		w.Header().Set("Content-Security-Policy", mailPolicy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(m.HTML)) // a broken connection is the reader's
	}
}

func (p *page) find(w http.ResponseWriter, r *http.Request) (Message, bool) {
	number, err := strconv.Atoi(r.PathValue("number"))
	m, ok := p.box.get(number)
	if err != nil || !ok {
		failure.Write(w, failure.NotFound("message"), language(r))
		return Message{}, false
	}
	return m, true
}

// json lists the messages for tests and tools.
func (p *page) json(w http.ResponseWriter, r *http.Request) {
	messages := p.box.list(r.URL.Query().Get("to"))
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(struct {
		Messages []Message `json:"messages"`
		Total    int       `json:"total"`
		Distinct int       `json:"distinct"` // by Message-ID
	}{messages, len(messages), distinct(messages)})
}

func (p *page) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "pages/style.css")
}

func (p *page) render(w http.ResponseWriter, r *http.Request, name string, v view) {
	v.Language = language(r)
	v.Words = words[v.Language]
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, name, v); err != nil {
		failure.Write(w, err, v.Language)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = out.WriteTo(w) // a broken connection is the reader's
}

// language is the one asked for with ?lang, or else by the browser; Danish first.
func language(r *http.Request) string {
	wanted := r.URL.Query().Get("lang") + "," + r.Header.Get("Accept-Language")
	for _, tag := range strings.Split(wanted, ",") {
		switch primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-"); strings.SplitN(primary, ";", 2)[0] {
		case "da":
			return "da"
		case "en":
			return "en"
		}
	}
	return "da"
}

// piece is a part of a plain text: words, or a link.
type piece struct {
	Text string
	Link bool
}

// pieces finds the links in a text.
func pieces(text string) []piece {
	var all []piece
	from := 0
	for _, at := range link.FindAllStringIndex(text, -1) {
		all = append(all, piece{Text: text[from:at[0]]}, piece{Text: text[at[0]:at[1]], Link: true})
		from = at[1]
	}
	return append(all, piece{Text: text[from:]})
}

// words are the texts of the pages.
var words = map[string]map[string]string{
	"da": {
		"title": "Postkasse til udvikling", "lead": "Al e-mail fra dette Guldkorn ender her og når ingen mennesker.",
		"none": "Der er ingen mails endnu. De kommer, når skolens tidsrum for mails er åbent.", "to": "Til", "from": "Fra", "all": "Alle modtagere",
		"show": "Vis", "received": "Modtaget", "subject": "Emne", "total": "mails i alt", "distinct": "forskellige",
		"back": "Alle mails", "html": "Mailens HTML, uden scripts og netværk", "attachments": "Vedhæftet", "reload": "Hent igen", "nosubject": "(uden emne)",
		"other": "In English", "otherlang": "en",
	},
	"en": {
		"title": "Development inbox", "lead": "All e-mail from this Guldkorn ends here and reaches no person.",
		"none": "There is no mail yet. It comes when the school's hours for e-mail are open.", "to": "To", "from": "From", "all": "All recipients",
		"show": "Show", "received": "Received", "subject": "Subject", "total": "messages in all", "distinct": "distinct",
		"back": "All messages", "html": "The message's HTML, without scripts or network", "attachments": "Attached", "reload": "Reload", "nosubject": "(no subject)",
		"other": "På dansk", "otherlang": "da",
	},
}
