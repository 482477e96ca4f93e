// Package paper makes a file of a page, for people to print, send and keep: a PDF that screen readers can follow and that
// reads the same in thirty years (tagged, PDF/A-2a, ISO 19005-2, with its fonts in it). It knows nothing of what it says.
package paper

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"testing/fstest"
	"time"

	"github.com/carlos7ags/folio/document"
	"github.com/carlos7ags/folio/html"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// fonts are what a page may name in its @font-face rules: regular.ttf and bold.ttf. It reaches nothing else.
var fonts fs.FS = fstest.MapFS{"regular.ttf": {Data: goregular.TTF}, "bold.ttf": {Data: gobold.TTF}}

// Limits of a page. What a school can say of itself is far below them.
const (
	mostElements = 200_000
	deepest      = 64
)

// Page is one document.
type Page struct {
	HTML     string    // whole, with its style; @page gives size and margins
	Title    string    // of the file, as readers show it
	Language string    // BCP 47
	MadeAt   time.Time // the same page made at the same time is the same file
}

// Write writes the page as a PDF. An element that cannot be drawn is an error, and so is a page without a language.
func Write(ctx context.Context, w io.Writer, p Page) error {
	d := document.NewDocument(document.PageSizeA4)
	d.SetTagged(true)
	d.SetAutoBookmarks(true)
	d.SetPdfA(document.PdfAConfig{Level: document.PdfA2A})
	d.Info = document.Info{Title: p.Title, Language: p.Language, Creator: "Guldkorn", CreationDate: p.MadeAt, ModDate: p.MadeAt}
	err := d.AddHTMLWithContext(ctx, p.HTML, &html.Options{
		BaseFS: fonts, PageWidth: document.PageSizeA4.Width, PageHeight: document.PageSizeA4.Height,
		StrictAssets: true, MaxElements: mostElements, MaxDepth: deepest,
	})
	if err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	if _, err := d.WriteToWithContext(ctx, w, document.WriteOptions{Deterministic: true}); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	return nil
}
