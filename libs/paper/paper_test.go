package paper

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/carlos7ags/folio/reader"
	"github.com/stretchr/testify/require"
)

const style = `<style>@font-face { font-family: Text; src: url(regular.ttf) } @page { size: A4 landscape; margin: 15mm } body { font-family: Text }</style>`

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func made(t *testing.T, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	page := Page{HTML: `<!doctype html><html lang="da"><head>` + style + `</head><body>` + body + `</body></html>`, Title: "Årets måling", Language: "da", MadeAt: noon}
	require.NoError(t, Write(t.Context(), &out, page))
	return out.Bytes()
}

func TestWhatThePageSaysIsInTheFile(t *testing.T) {
	file := made(t, `<h1>Æbler på Nørre Å</h1><table><tr><th>Mening</th><td>Hjælper ≥90, balance −12</td></tr></table>`)
	r, err := reader.Parse(file)
	require.NoError(t, err)
	require.Equal(t, 1, r.PageCount())
	title, _, _, _, _ := r.Info()
	require.Equal(t, "Årets måling", title)
	page, err := r.Page(0)
	require.NoError(t, err)
	require.Greater(t, page.Width, page.Height, "landscape")
	text, err := page.ExtractText()
	require.NoError(t, err)
	for _, part := range []string{"Æbler på Nørre Å", "Mening", "Hjælper ≥90, balance −12"} {
		require.Contains(t, squeezed(text), squeezed(part))
	}
	for _, part := range []string{"/StructTreeRoot", "/Lang (da)", "pdfaid:conformance>A<"} {
		require.Contains(t, string(file), part)
	}
}

// squeezed leaves out spaces: words are placed one by one, and a reader sees the gaps.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

func TestTheSamePageIsTheSameFile(t *testing.T) {
	require.True(t, bytes.Equal(made(t, "<p>Det samme</p>"), made(t, "<p>Det samme</p>")))
	require.False(t, bytes.Equal(made(t, "<p>Det samme</p>"), made(t, "<p>Noget andet</p>")))
}

func TestAPageReachesNothingOutsideItself(t *testing.T) {
	for _, body := range []string{`<img src="http://127.0.0.1/a.png">`, `<img src="/etc/hostname">`, `<img src="../paper.go">`} {
		err := Write(t.Context(), &bytes.Buffer{}, Page{HTML: "<html><head>" + style + "</head><body>" + body + "</body></html>", Title: "x", Language: "da", MadeAt: noon})
		require.Error(t, err, body)
	}
}

func TestAPageWithoutALanguageIsRefused(t *testing.T) {
	require.Error(t, Write(t.Context(), &bytes.Buffer{}, Page{HTML: "<html><head>" + style + "</head><body><p>x</p></body></html>", Title: "x", MadeAt: noon}))
}
