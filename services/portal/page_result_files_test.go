package portal

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/carlos7ags/folio/reader"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
)

func TestAReleaseIsTakenAlong(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	page := b.get(schoolPath(schoolID, "results", "rel1"))
	files := map[string]string{}
	for format, kind := range map[string]string{"pdf": paperKind, "xlsx": workbookKind, "csv": sheetKind} {
		path := schoolPath(schoolID, "results", "rel1", "files", format)
		require.Contains(t, page.body, `href="`+path+`"`)
		answer := b.get(path)
		require.Equal(t, http.StatusOK, answer.StatusCode, format)
		require.Equal(t, kind, answer.Header.Get("Content-Type"))
		require.Regexp(t, `^attachment; filename=guldkorn-20\d\d-\d\d-\d\d\.`+format+`$`, answer.Header.Get("Content-Disposition"))
		if format != "xlsx" { // whose parts lie in no order
			require.True(t, answer.body == b.get(path).body, "%s is the same file each time", format)
		}
		files[format] = answer.body
	}
	if dir := os.Getenv("GULDKORN_SCREENSHOTS"); dir != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "result.pdf"), []byte(files["pdf"]), 0o600))
	}

	lines := strings.Split(strings.TrimSpace(strings.TrimPrefix(files["csv"], "\ufeff")), "\r\n")
	require.True(t, strings.HasPrefix(lines[0], "Enhed;Tema;Kvalitet;Hjælper;Hæmmer;Balance;"), lines[0])
	book, err := excelize.OpenReader(strings.NewReader(files["xlsx"]))
	require.NoError(t, err)
	rows, err := book.GetRows("Alle tal")
	require.NoError(t, err)
	proof := lines[len(lines)-3:]
	lines = lines[:len(lines)-3]
	require.Len(t, rows, len(lines), "both files say the same")
	number, few := false, false
	for i, line := range lines {
		cells := strings.Split(line, ";")
		require.Len(t, cells, 1+len(resultColumns), line)
		require.Equal(t, strings.TrimRight(line, ";"), strings.Join(rows[i], ";"))
		if i == 0 {
			continue
		}
		if cells[9] == "For få svar" {
			few = true
			require.Empty(t, strings.Join(cells[3:9], ""), "nothing is told of a group with too few answers")
			continue
		}
		kind, err := book.GetCellType("Alle tal", fmt.Sprint("D", i+1))
		require.NoError(t, err)
		number = number || kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber
	}
	require.True(t, number, "figures are numbers")
	require.True(t, few)
	about, err := book.GetRows("Om tallene")
	require.NoError(t, err)
	own, err := book.GetRows("Med egne ord")
	require.NoError(t, err)
	require.Equal(t, []string{"Kerneopgaven", "Flere mangler tid til at komme godt i gang."}, own[1])
	require.Contains(t, page.body, `href="`+schoolPath(schoolID, "results", "rel1", "files", "said")+`"`)
	signed := signedRelease(reportingapi.Release{})
	for i, text := range []string{signed.ContentHash, signed.Signature, signed.SigningKey} {
		require.Contains(t, proof[i], ";"+text+";")
		require.Contains(t, about[len(about)-3+i][0], ": "+text)
		require.Contains(t, page.body, "<code>"+text+"</code>")
	}

	paper, err := reader.Parse([]byte(files["pdf"]))
	require.NoError(t, err)
	said := ""
	for i := range paper.PageCount() {
		leaf, err := paper.Page(i)
		require.NoError(t, err)
		text, err := leaf.ExtractText()
		require.NoError(t, err)
		said += strings.Join(strings.Fields(text), "")
	}
	for _, part := range []string{"Hjælper", "Hæmmer", "Forfåsvar", "Heletemaet", "Sådanertallenelavet", "Fleremanglertidtilatkommegodtigang.", signed.SigningKey} {
		require.Contains(t, said, part)
	}

	require.Equal(t, http.StatusNotFound, b.get(schoolPath(schoolID, "results", "rel1", "files", "docx")).StatusCode)
	require.Equal(t, http.StatusNotFound, b.get(schoolPath(schoolID, "results", "none", "files", "pdf")).StatusCode)
	require.NotContains(t, b.get(schoolPath(schoolID, "results", "few")).body, "/files/pdf", "nothing to take along")
}

func TestAReleaseCanBeCheckedElsewhere(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	require.JSONEq(t, `{"signing_key":"`+signedRelease(reportingapi.Release{}).SigningKey+`"}`, b.get(releaseKeyPath).body, "for anybody")
	const text = `{"release" : {"title": "<så & så>"}}` // in no form that the portal would give it
	s.services["reporting"].HandleFunc("GET "+under(schoolID, "releases", "raw", "signed"), func(w http.ResponseWriter, _ *http.Request) {
		_, err := io.WriteString(w, text)
		require.NoError(t, err)
	})
	file := schoolPath(schoolID, "results", "raw", "files", "json")
	require.NotContains(t, b.get(file).body, text, "the release itself is for those who may see it")
	b.signIn("bo", "/")
	require.Contains(t, b.get(schoolPath(schoolID, "results", "rel1")).body, `href="`+schoolPath(schoolID, "results", "rel1", "files", "json")+`"`)
	answer := b.get(file)
	require.Equal(t, text, answer.body)
	require.Equal(t, signedKind, answer.Header.Get("Content-Type"))
	require.Equal(t, "attachment; filename=guldkorn-raw.json", answer.Header.Get("Content-Disposition"))
	require.Equal(t, http.StatusNotFound, b.get(schoolPath(schoolID, "results", "none", "files", "json")).StatusCode)
}
