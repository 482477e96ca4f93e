package dialogue

import (
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// Cell is the cell of a release that a dialogue starts from.
type Cell struct {
	ReleaseID string `bson:"release_id" json:"release_id"`
	Theme     string `bson:"theme" json:"theme"`
	Quality   string `bson:"quality" json:"quality"`
}

// themes and qualities are the two sides of the overview, in the words that prompts use for them.
var (
	themes = map[string]playbook.Words{
		"core_task":             {Danish: "Kerneopgaven", English: "Core task"},
		"professional_practice": {Danish: "Fagligheden", English: "Professional practice"},
		"relations":             {Danish: "Relationerne", English: "Relations"},
		"implementation":        {Danish: "Implementeringen", English: "Implementation"},
	}
	qualities = map[string]playbook.Words{
		"meaning":        {Danish: "Mening i arbejdet", English: "Meaning"},
		"influence":      {Danish: "Indflydelse på eget arbejde", English: "Influence"},
		"recognition":    {Danish: "Anerkendelse", English: "Recognition and reward"},
		"social_support": {Danish: "Social støtte", English: "Social support"},
		"predictability": {Danish: "Forudsigelighed", English: "Predictability"},
		"demands":        {Danish: "Krav i arbejdet", English: "Demands"},
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
func (c *Cell) words() playbook.Words {
	theme, quality := themes[c.Theme], qualities[c.Quality]
	return playbook.Words{Danish: theme.Danish + ": " + quality.Danish, English: theme.English + ": " + quality.English}
}
