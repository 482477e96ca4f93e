package devidp

import (
	"bytes"
	"context"
	_ "embed" // the page and its style
	"html/template"
	"net/http"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle []byte

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// personaPage lists the personas of one request and takes the click.
type personaPage struct {
	store    *storage
	callback func(context.Context, string) string
}

func (p *personaPage) show(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("request")
	under, err := p.store.AuthRequestByID(r.Context(), id)
	if err != nil {
		p.gone(w)
		return
	}
	english := false
	if in, ok := under.(*request); ok && len(in.in.UILocales) > 0 {
		base, _ := in.in.UILocales[0].Base()
		english = base.String() == "en"
	}
	var page bytes.Buffer
	err = pageTemplate.Execute(&page, map[string]any{"Request": id, "Personas": p.store.personas, "English": english})
	if err != nil {
		http.Error(w, "page", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	// No form-action here: browsers hold the whole chain of redirects against it, and the chain ends at a
	// portal on a port that is not known.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	_, _ = page.WriteTo(w)
}

func (p *personaPage) choose(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	id := r.PostFormValue("request")
	if err := p.store.signInAs(id, r.PostFormValue("login")); err != nil {
		p.gone(w)
		return
	}
	http.Redirect(w, r, p.callback(r.Context(), id), http.StatusSeeOther)
}

func (p *personaPage) style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(pageStyle)
}

func (p *personaPage) gone(w http.ResponseWriter) {
	http.Error(w, "Dette login findes ikke mere. Gå tilbage til Guldkorn, og prøv igen.\nThis sign-in is gone. Go back to Guldkorn and try again.", http.StatusBadRequest)
}
