package manuscript

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/paper"
)

var at = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func example() Text {
	return Text{Title: "Referat & mere", Language: "da", MadeAt: at, Blocks: []Block{
		Heading(1, "Referat"), Paragraph("Første linje\nAnden  linje"), Heading(2, "Handlinger"),
		Table([]string{"Hvad", "Hvem"}, []string{"Skriv | spørg", "Bo <leder>"}), List("Én *ting*", "To\nlinjer"), Heading(3, "Note"), Paragraph("1. er ikke en liste\n- og det er dette heller ikke\n#1"),
	}}
}

func TestMarkdownKeepsWhatPeopleWrote(t *testing.T) {
	require.Equal(t, strings.Join([]string{
		"# Referat", "", "Første linje\\", "Anden  linje", "", "## Handlinger", "",
		"| Hvad | Hvem |", "| --- | --- |", `| Skriv \| spørg | Bo \<leder\> |`, "",
		`- Én \*ting\*`, `- To\`, "  linjer", "", "### Note", "",
		`1\. er ikke en liste\`, `\- og det er dette heller ikke\`, `\#1`, "",
	}, "\n"), string(example().Markdown()))
}

// An OpenDocument text is a package whose first bytes say what it is, whose parts are well formed, and in which every
// word is.
func TestOpenDocument(t *testing.T) {
	var file, again bytes.Buffer
	require.NoError(t, example().OpenDocument(&file))
	require.NoError(t, example().OpenDocument(&again))
	require.Equal(t, file.Bytes(), again.Bytes(), "the same text made at the same time is the same file")
	require.Equal(t, "mimetype"+openDocumentKind, string(file.Bytes()[30:30+8+len(openDocumentKind)]))

	archive, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	require.NoError(t, err)
	require.Equal(t, "mimetype", archive.File[0].Name)
	texts := map[string]string{}
	for _, part := range archive.File {
		r, err := part.Open()
		require.NoError(t, err)
		raw, err := io.ReadAll(r)
		require.NoError(t, err)
		if part.Name != "mimetype" {
			texts[part.Name] = wellFormed(t, raw)
			if part.Name != "META-INF/manifest.xml" {
				require.Contains(t, manifest, `full-path="`+part.Name+`"`)
			}
		}
	}
	for _, words := range []string{"Referat", "Første linje", "Anden ", "Skriv | spørg", "Bo <leder>", "Én *ting*", "#1"} {
		require.Contains(t, texts["content.xml"], words)
	}
	require.Contains(t, texts["meta.xml"], "Referat & mere")
	require.Contains(t, running("a  b\tc\nd"), `a <text:s/>b<text:tab/>c<text:line-break/>d`)
	require.Equal(t, "\uFFFD", escaped("\x01"), "what XML cannot carry")
}

// wellFormed returns all text of a piece of XML.
func wellFormed(t *testing.T, raw []byte) string {
	var text strings.Builder
	decoder := xml.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		require.NoError(t, err)
		if words, ok := token.(xml.CharData); ok {
			text.Write(words)
		}
	}
}

func TestThePageCanBePrinted(t *testing.T) {
	page, err := example().HTML()
	require.NoError(t, err)
	require.Contains(t, page, "Bo &lt;leder&gt;")
	require.Contains(t, page, "Første linje<br>Anden")
	var pdf bytes.Buffer
	require.NoError(t, paper.Write(t.Context(), &pdf, paper.Page{HTML: page, Title: "Referat", Language: "da", MadeAt: at}))
	require.True(t, bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-")))
}
