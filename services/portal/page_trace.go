package portal

import (
	"net/http"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// trace shows what one dialogue came from and what came of it: the cell of a result, the dialogue before, what was agreed
// and passed on, what was done, and whether it worked.
func (v *visit) trace() error {
	m, err := v.meeting()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "trace", m)
}

// startedFrom are the dialogues that began with a cell of a release, as far as the reader may read them.
func (v *visit) startedFrom(release, theme, quality string) ([]dialogueapi.Dialogue, error) {
	var list dialogueapi.DialogueList
	switch err := v.get("dialogue", v.at("dialogues")+"?limit=200", &list); failure.CodeOf(err) {
	case "", failure.AccessDenied: // who may see results need not sit at any table
	default:
		return nil, err
	}
	var from []dialogueapi.Dialogue
	for _, d := range list.Items {
		if s := d.Source; s != nil && s.ReleaseID == release && string(s.Theme) == theme && string(s.Quality) == quality {
			from = append(from, d)
		}
	}
	return from, nil
}
