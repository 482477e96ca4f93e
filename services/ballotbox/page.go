package ballotbox

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// static is what client/build makes of client/, committed and open to everybody's eyes.
//
//go:embed static
var static embed.FS

// programFile is the one file of client code.
const programFile = "app.js"

// pages are the static files, ready to be served.
type pages map[string]page

type page struct {
	kind        string
	raw, packed []byte
}

func readPages() (pages, error) {
	all := pages{}
	entries, err := static.ReadDir("static")
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	for _, e := range entries {
		one := page{kind: kind(e.Name())}
		if one.raw, err = static.ReadFile("static/" + e.Name()); err != nil {
			return nil, fmt.Errorf("pages: %w", err)
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(one.raw); err != nil {
			return nil, fmt.Errorf("pages: %w", err)
		}
		if err := w.Close(); err != nil {
			return nil, fmt.Errorf("pages: %w", err)
		}
		one.packed = packed.Bytes()
		all[e.Name()] = one
	}
	return all, nil
}

func kind(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/plain; charset=utf-8" // licences, and the list of sums for auditors
}

// getPage answers with the page, which is the same for every round: what it is about stays in the browser.
func (p pages) getPage(c *gin.Context) error {
	if !roundPattern.MatchString(c.Param("round_id")) {
		return failure.New(failure.RequestNoRoute)
	}
	return p.serve(c, "index.html")
}

func (p pages) getStatic(c *gin.Context) error { return p.serve(c, c.Param("file")) }

func (p pages) serve(c *gin.Context, name string) error {
	one, ok := p[name]
	if !ok {
		return failure.New(failure.RequestNoRoute)
	}
	c.Header("Vary", "Accept-Encoding")
	raw := one.raw
	if strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		c.Header("Content-Encoding", "gzip")
		raw = one.packed
	}
	c.Data(http.StatusOK, one.kind, raw)
	return nil
}
