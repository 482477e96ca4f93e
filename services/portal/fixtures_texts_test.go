package portal

import (
	"strings"
	"time"

	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// texts answers with what was written in one round, with what was published of another, and for a third that nothing is there.
func (s *stage) texts(at func(...string) string) {
	written := reportingapi.Texts{RoundID: "rwritten", Revision: 3, ReadableUntil: time.Date(2027, 2, 18, 0, 0, 0, 0, time.UTC), Themes: []reportingapi.ThemeTexts{{
		Theme: "core_task",
		Texts: []reportingapi.WrittenText{
			{TextID: "t1", Text: "Vi mangler tid til at lære systemet at kende, før det skal bruges."}, {TextID: "t2", Text: "[navn] har ikke tid.\nDet har jeg heller ikke."},
			{TextID: "t3", Text: strings.Repeat("Tiden slår ikke til. ", 12)}, {TextID: "t4", Text: "Det virker"},
		},
		Paraphrases: []reportingapi.Paraphrase{{Text: "Flere mangler tid til at komme godt i gang.", TextIds: []string{"t1", "t2", "t3"}}},
	}, {Theme: "implementation", Texts: []reportingapi.WrittenText{{TextID: "t5", Text: "Sig til i god tid"}}, Paraphrases: []reportingapi.Paraphrase{}}}}
	s.on("reporting", "GET "+at("rounds", "rwritten", "texts"), written)
	published := written
	published.Published = true
	s.on("reporting", "GET "+at("rounds", "rpublished", "texts"), published)
	s.on("reporting", "GET "+at("rounds", "rsilent", "texts"), failure.NotFound("text"))
	s.on("reporting", "GET "+at("rounds", "rforgotten", "texts"), failure.New(failure.TextsDestroyed))
	s.on("reporting", "GET "+at("releases", "rel1", "paraphrases"), reportingapi.SignedParaphrases{Paraphrases: reportingapi.Paraphrases{
		Themes: []reportingapi.ThemeParaphrases{{Theme: "core_task", Paraphrases: []string{"Flere mangler tid til at komme godt i gang."}}},
	}})
	s.on("reporting", "GET "+at("releases", "few", "paraphrases"), failure.NotFound("paraphrases"))
}
