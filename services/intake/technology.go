package intake

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Technology is something digital that a school uses or considers. It has one main kind and may have more.
type Technology struct {
	Name      string    `bson:"name"`
	Kind      string    `bson:"kind"`
	MoreKinds []string  `bson:"more_kinds"`
	CreatedAt time.Time `bson:"created_at"`
}

// TechnologyKinds are the kinds that there are: classroom technology and learners' production, digital learning
// material, learning platforms, administrative and study-administrative systems, internal and external communication.
func TechnologyKinds() []string {
	return []string{"classroom", "learning_material", "learning_platform", "administrative", "communication"}
}

const longestName = 80

// NewTechnology returns a technology, or everything that is wrong with it.
func NewTechnology(name, kind string, moreKinds []string, now time.Time) (Technology, error) {
	name, wrongName := title("name", name, longestName)
	known := "one of " + strings.Join(TechnologyKinds(), ", ")
	var wrongKind, wrongMore *failure.Error
	if !slices.Contains(TechnologyKinds(), kind) {
		wrongKind = failure.Invalid("kind", known)
	}
	for n, more := range moreKinds {
		if !slices.Contains(TechnologyKinds(), more) || more == kind || slices.Contains(moreKinds[:n], more) {
			wrongMore = failure.Invalid("more_kinds", known+", each once and other than kind")
		}
	}
	if err := failure.Together(wrongName, wrongKind, wrongMore); err != nil {
		return Technology{}, err
	}
	return Technology{Name: name, Kind: kind, MoreKinds: slices.Clone(moreKinds), CreatedAt: now}, nil
}

// Registered is the event that tells of the technology.
func (t Technology) Registered(id string) events.TechnologyRegistered {
	return events.TechnologyRegistered{TechnologyID: id, Name: t.Name, Kind: t.Kind}
}

// title trims a short text for people and refuses one that is empty, too long or holds control characters.
func title(field, text string, longest int) (string, *failure.Error) {
	text = strings.TrimSpace(text)
	unseen := strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	if n := utf8.RuneCountInString(text); n == 0 || n > longest || unseen {
		return "", failure.Invalid(field, "1 to "+strconv.Itoa(longest)+" printable characters on one line")
	}
	return text, nil
}
