package dialogue

import (
	"strconv"
	"strings"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Told is an anonymous experience that a dialogue starts from. Its words stay with intake, where they are lost with the
// key of their month; here is nothing but its name, and that is for the TR and AMR, who alone could read it.
type Told struct {
	MonthID      string `bson:"month_id" json:"month_id"`
	ExperienceID string `bson:"experience_id" json:"experience_id"`
}

// check says whether there can be such an experience.
func (t *Told) check() *failure.Error {
	if t == nil {
		return nil
	}
	for field, id := range map[string]string{"experience.month_id": t.MonthID, "experience.experience_id": t.ExperienceID} {
		if id == "" || len(id) > maxIDLength || strings.Contains(id, ":") {
			return failure.Invalid(field, "an id of at most "+strconv.Itoa(maxIDLength)+" characters")
		}
	}
	return nil
}

// A source is named by its kind and its ids, as one string that dialogues are found by.
const (
	cellKind       = "cell"
	experienceKind = "experience"
	technologyKind = "technology"
)

const wantedSource = `"cell:<release>:<theme>:<quality>", "experience:<id>" or "technology:<id>"`

// key is the cell as dialogues are found by it.
func (c *Cell) key() string {
	return strings.Join([]string{cellKind, c.ReleaseID, c.Theme, c.Quality}, ":")
}

// key is the experience as dialogues are found by it.
func (t *Told) key() string { return experienceKind + ":" + t.ExperienceID }

// sourceKey is what a dialogue started from, "" for nothing.
func (m *Meeting) sourceKey() string {
	switch {
	case m.Source != nil:
		return m.Source.key()
	case m.Told != nil:
		return m.Told.key()
	}
	return ""
}

// parseSource reads the name of a source and returns its kind.
func parseSource(text string) (kind, id string, wrong *failure.Error) {
	kind, id, _ = strings.Cut(text, ":")
	refused := failure.Invalid("source", wantedSource)
	if id == "" || len(text) > 3*maxIDLength {
		return "", "", refused
	}
	switch kind {
	case cellKind:
		parts := strings.Split(id, ":")
		if len(parts) != 3 || (&Cell{parts[0], parts[1], parts[2]}).check() != nil {
			return "", "", refused
		}
	case experienceKind, technologyKind:
		if strings.Contains(id, ":") {
			return "", "", refused
		}
	default:
		return "", "", refused
	}
	return kind, id, nil
}
