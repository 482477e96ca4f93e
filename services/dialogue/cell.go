package dialogue

import (
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Cell is the cell of a release that a dialogue starts from.
type Cell struct {
	ReleaseID string `bson:"release_id" json:"release_id"`
	Theme     string `bson:"theme" json:"theme"`
	Quality   string `bson:"quality" json:"quality"`
}

// themes and qualities are the two sides of the overview, in the words that prompts use for them.
var (
	themes = map[string]Words{
		"core_task":             {"Kerneopgaven", "Core task"},
		"professional_practice": {"Fagligheden", "Professional practice"},
		"relations":             {"Relationerne", "Relations"},
		"implementation":        {"Implementeringen", "Implementation"},
	}
	qualities = map[string]Words{
		"meaning":        {"Mening i arbejdet", "Meaning"},
		"influence":      {"Indflydelse på eget arbejde", "Influence"},
		"recognition":    {"Anerkendelse", "Recognition and reward"},
		"social_support": {"Social støtte", "Social support"},
		"predictability": {"Forudsigelighed", "Predictability"},
		"demands":        {"Krav i arbejdet", "Demands"},
	}
)

// check says whether there can be such a cell.
func (c *Cell) check() *failure.Error {
	if c == nil {
		return nil
	}
	if _, ok := themes[c.Theme]; !ok {
		return failure.Invalid("source.theme", "one of the four themes")
	}
	if _, ok := qualities[c.Quality]; !ok {
		return failure.Invalid("source.quality", "one of the six qualities")
	}
	if c.ReleaseID == "" || len(c.ReleaseID) > maxIDLength {
		return failure.Invalid("source.release_id", "the id of a release")
	}
	return nil
}

// told returns the cell as events name it.
func (c *Cell) told() *events.CellSource {
	if c == nil {
		return nil
	}
	return &events.CellSource{ReleaseID: c.ReleaseID, Theme: c.Theme, Quality: c.Quality}
}

// words names the cell.
func (c *Cell) words() Words {
	theme, quality := themes[c.Theme], qualities[c.Quality]
	return Words{Danish: theme.Danish + ": " + quality.Danish, English: theme.English + ": " + quality.English}
}
