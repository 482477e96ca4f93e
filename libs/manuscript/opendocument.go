package manuscript

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const openDocumentKind = "application/vnd.oasis.opendocument.text"

const namespaces = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"` +
	` xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"` +
	` xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"` +
	` xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" office:version="1.3"`

// OpenDocument writes the text as an OpenDocument text, which word processors open and people can write on in.
func (t Text) OpenDocument(w io.Writer) error {
	archive := zip.NewWriter(w)
	for _, part := range []struct {
		name, text string
	}{
		{"mimetype", openDocumentKind}, // first and as it is, so that a file is known by its first bytes: part 2, section 3.3
		{"META-INF/manifest.xml", manifest},
		{"meta.xml", t.meta()},
		{"styles.xml", t.styles()},
		{"content.xml", t.content()},
	} {
		header := &zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: t.MadeAt.UTC().Truncate(2 * time.Second)}
		if part.name == "mimetype" {
			header.Method = zip.Store
			header.Modified = time.Time{} // an extra field would stand between
		}
		into, err := archive.CreateHeader(header)
		if err == nil {
			_, err = io.WriteString(into, part.text)
		}
		if err != nil {
			return fmt.Errorf("manuscript: %s: %w", part.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("manuscript: %w", err)
	}
	return nil
}

const manifest = xml.Header + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">` +
	`<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="` + openDocumentKind + `"/>` +
	`<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>` +
	`<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>` +
	`<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>`

func (t Text) meta() string {
	at := t.MadeAt.UTC().Format("2006-01-02T15:04:05Z")
	return xml.Header + `<office:document-meta` + namespaces + `><office:meta><meta:generator>Guldkorn</meta:generator><dc:title>` + escaped(t.Title) +
		`</dc:title><dc:language>` + escaped(t.Language) + `</dc:language><meta:creation-date>` + at + `</meta:creation-date><dc:date>` + at +
		`</dc:date></office:meta></office:document-meta>`
}

func (t Text) styles() string {
	language, country, _ := strings.Cut(t.Language, "-")
	if country == "" {
		country = map[string]string{"da": "DK", "en": "GB"}[language]
	}
	heading := func(level int, size string) string {
		n := strconv.Itoa(level)
		return `<style:style style:name="Heading_20_` + n + `" style:display-name="Heading ` + n + `" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="` + n +
			`"><style:paragraph-properties fo:margin-top="0.4cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always"/><style:text-properties fo:font-size="` + size + `" fo:font-weight="bold"/></style:style>`
	}
	return xml.Header + `<office:document-styles` + namespaces + `><office:styles><style:default-style style:family="paragraph"><style:text-properties fo:font-family="Liberation Sans" fo:font-size="11pt" fo:language="` +
		escaped(language) + `" fo:country="` + escaped(country) + `"/></style:default-style><style:style style:name="Standard" style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.2cm"/></style:style>` +
		heading(1, "18pt") + heading(2, "14pt") + heading(3, "12pt") + `</office:styles></office:document-styles>`
}

func (t Text) content() string {
	var b strings.Builder
	b.WriteString(xml.Header + `<office:document-content` + namespaces + `><office:automatic-styles><style:style style:name="Cell" style:family="table-cell">` +
		`<style:table-cell-properties fo:border="0.5pt solid #8c8c8c" fo:padding="0.1cm"/></style:style></office:automatic-styles><office:body><office:text>`)
	tables := 0
	for _, block := range t.Blocks {
		switch {
		case block.level > 0:
			n := strconv.Itoa(block.level)
			b.WriteString(`<text:h text:style-name="Heading_20_` + n + `" text:outline-level="` + n + `">` + running(block.text) + `</text:h>`)
		case block.head != nil:
			tables++
			writeTable(&b, tables, block)
		case block.items != nil:
			b.WriteString(`<text:list>`)
			for _, item := range block.items {
				b.WriteString(`<text:list-item>` + paragraph(item) + `</text:list-item>`)
			}
			b.WriteString(`</text:list>`)
		default:
			b.WriteString(paragraph(block.text))
		}
	}
	b.WriteString(`</office:text></office:body></office:document-content>`)
	return b.String()
}

func writeTable(b *strings.Builder, number int, block Block) {
	row := func(cells []string) {
		b.WriteString(`<table:table-row>`)
		for _, cell := range cells {
			b.WriteString(`<table:table-cell table:style-name="Cell" office:value-type="string">` + paragraph(cell) + `</table:table-cell>`)
		}
		b.WriteString(`</table:table-row>`)
	}
	b.WriteString(`<table:table table:name="Table` + strconv.Itoa(number) + `"><table:table-column table:number-columns-repeated="` + strconv.Itoa(len(block.head)) + `"/><table:table-header-rows>`)
	row(block.head)
	b.WriteString(`</table:table-header-rows>`)
	for _, cells := range block.rows {
		row(cells)
	}
	b.WriteString(`</table:table>`)
}

func paragraph(text string) string {
	return `<text:p text:style-name="Standard">` + running(text) + `</text:p>`
}

// running is text within a paragraph: breaks, tabs and spaces that stand together are elements, since a reader takes them
// for one space otherwise (part 3, section 6.1.2).
func running(text string) string {
	var b strings.Builder
	rest := ""
	flush := func() {
		b.WriteString(escaped(rest))
		rest = ""
	}
	last := ' ' // a space at the beginning is not kept either
	for _, r := range text {
		switch {
		case r == '\n':
			flush()
			b.WriteString(`<text:line-break/>`)
		case r == '\t':
			flush()
			b.WriteString(`<text:tab/>`)
		case r == ' ' && (last == ' ' || last == '\n' || last == '\t'):
			flush()
			b.WriteString(`<text:s/>`)
		default:
			rest += string(r)
		}
		last = r
	}
	flush()
	return b.String()
}

// escaped is text in XML; what XML cannot carry becomes a replacement character.
func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}
