package failure

import "net/http"

// Codes of reporting.
const (
	ReleaseNotVisibleYet Code = "reporting.not_visible_yet"
	ReleaseKeyDestroyed  Code = "reporting.release_key_destroyed"
	TextsDestroyed       Code = "reporting.texts_destroyed"
	ParaphraseQuotes     Code = "reporting.paraphrase_quotes"
	ParaphraseAuthors    Code = "reporting.paraphrase_authors"
	ParaphraseNames      Code = "reporting.paraphrase_names"
	ParaphrasesNone      Code = "reporting.paraphrases_none"
	ParaphrasesPublished Code = "reporting.paraphrases_published"
)

var _ = list(map[Code]entry{
	ReleaseNotVisibleYet: {http.StatusForbidden, "Resultaterne kan ikke ses af dig endnu.", "You cannot see the results yet."},
	ReleaseKeyDestroyed:  {http.StatusGone, "Runden er gjort op, og dens nøgle er slettet.", "The round has been released and its key destroyed."},
	TextsDestroyed:       {http.StatusGone, "Teksterne er slettet. De kan læses i 90 dage, efter at runden er lukket.", "The texts are destroyed. They can be read for 90 days after the round has closed."},
	ParaphraseQuotes:     {http.StatusUnprocessableEntity, "Otte ord i træk står ordret i en af teksterne. Skriv det med dine egne ord.", "Eight words in a row stand in one of the texts. Write it in your own words."},
	ParaphraseAuthors:    {http.StatusUnprocessableEntity, "En omskrivning skal bygge på mindst tre tekster.", "A paraphrase has to rest on at least three texts."},
	ParaphraseNames:      {http.StatusUnprocessableEntity, "Omskrivningen nævner et navn eller et nummer. Skriv den uden.", "The paraphrase has a name or a number in it. Write it without."},
	ParaphrasesNone:      {http.StatusConflict, "Der er ingen omskrivninger at offentliggøre endnu.", "There are no paraphrases to publish yet."},
	ParaphrasesPublished: {http.StatusConflict, "Omskrivningerne er offentliggjort og kan ikke ændres mere.", "The paraphrases have been published and cannot be changed any more."},
})
