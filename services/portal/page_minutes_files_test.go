package portal

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every file of the minutes says what their page says.
func TestMinutesAreTakenAlong(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/dialogues/review/minutes"
	page := b.get(path).body
	for _, format := range minutesFormats {
		require.Contains(t, page, `href="`+path+"/files/"+format+`?version=1"`)
	}
	markdown := b.get(path + "/files/md?version=1")
	require.Equal(t, http.StatusOK, markdown.StatusCode)
	require.Equal(t, markdownKind, markdown.Header.Get("Content-Type"))
	require.Contains(t, markdown.Header.Get("Content-Disposition"), "referat-review-1.md")
	for _, words := range []string{"# Hjælp, når teknikken driller", "Vi sætter tid af", "Mere tid til at lære det", "| Lav en plan | Bo Kjær |", "## Spilleregler: Beskeder", "| Aula | Forældre |", "Mobiler i frikvarteret", "Det er rimeligt", strings.Repeat("a", 64)} {
		require.Contains(t, markdown.body, words)
	}
	odt := b.get(path + "/files/odt")
	require.True(t, strings.HasPrefix(odt.body, "PK"))
	require.Equal(t, openDocumentKind, odt.Header.Get("Content-Type"))
	pdf := b.get(path + "/files/pdf")
	require.True(t, strings.HasPrefix(pdf.body, "%PDF-"))
	require.Equal(t, http.StatusNotFound, b.get(path+"/files/exe").StatusCode)
}

// Whoever is erased has no name any more, and what they decided stays.
func TestMinutesDoNotNameWhoeverIsErased(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	path := "/schools/" + schoolID + "/dialogues/review/minutes"
	require.Contains(t, b.get(path+"/files/md").body, "| Spørg leverandøren | Tidligere kollega |")
	require.Regexp(t, `Spørg leverandøren(?s:.{0,300})Tidligere kollega`, b.get(path).body)
}
