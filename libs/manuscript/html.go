package manuscript

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
)

// page is a text as libs/paper prints it, with the fonts that are there.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"lines": func(s string) []string { return strings.Split(s, "\n") },
}).Parse(`<!doctype html>
<html lang="{{.Language}}">
<head><meta charset="utf-8">
<title>{{.Title}}</title>
<style>
@font-face { font-family: Text; src: url(regular.ttf); font-weight: normal }
@font-face { font-family: Text; src: url(bold.ttf); font-weight: bold }
@page { size: A4; margin: 20mm }
body { font-family: Text; font-size: 10.5pt; color: #1a1a1a }
h1 { font-size: 18pt; margin: 0 0 6pt }
h2 { font-size: 13pt; margin: 14pt 0 4pt }
h3 { font-size: 11pt; margin: 10pt 0 3pt }
p { margin: 0 0 6pt }
table { width: 100%; border-collapse: collapse; margin: 0 0 8pt }
th, td { border: 0.6pt solid #8c8c8c; padding: 3pt 4pt; text-align: left; vertical-align: top }
th { background: #f3f1ea }
</style></head>
<body>
{{range .Blocks}}{{if eq .Level 1}}<h1>{{.Text}}</h1>
{{else if eq .Level 2}}<h2>{{.Text}}</h2>
{{else if .Level}}<h3>{{.Text}}</h3>
{{else if .Head}}<table><thead><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr></thead><tbody>{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>{{end}}</tbody></table>
{{else if .Items}}<ul>{{range .Items}}<li>{{.}}</li>{{end}}</ul>
{{else}}<p>{{range $i, $line := lines .Text}}{{if $i}}<br>{{end}}{{$line}}{{end}}</p>
{{end}}{{end}}</body></html>
`))

// shown is a block as the page reads it.
type shown struct {
	Level int
	Text  string
	Items []string
	Head  []string
	Rows  [][]string
}

// HTML writes the text as a page for libs/paper.
func (t Text) HTML() (string, error) {
	data := struct {
		Title, Language string
		Blocks          []shown
	}{t.Title, t.Language, nil}
	for _, b := range t.Blocks {
		data.Blocks = append(data.Blocks, shown{b.level, b.text, b.items, b.head, b.rows})
	}
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		return "", fmt.Errorf("manuscript: %w", err)
	}
	return out.String(), nil
}
