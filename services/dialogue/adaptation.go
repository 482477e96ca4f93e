package dialogue

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// ownPrefix begins the name of every playbook that is not shipped, so that neither kind can take the other's name.
const ownPrefix = "own-"

// maxEditions is how many versions of one playbook a place can publish. Whoever needs more copies it again.
const maxEditions = 50

// Adaptation is a playbook that a school, or a municipality for its schools, has made out of another one: a draft that
// can be changed, and the versions that were published of it. A published version never changes, since dialogues pin
// it; all of them are kept in the one document, so that publishing is one write.
type Adaptation struct {
	CopiedFrom string    `bson:"copied_from"` // id@version
	Draft      []byte    `bson:"draft"`       // the playbook as JSON, with or without mistakes
	Editions   []Edition `bson:"editions"`    // version 1 first
	MadeAt     time.Time `bson:"made_at"`
}

// Edition is one published version.
type Edition struct {
	Content     []byte    `bson:"content"` // the playbook as JSON
	Hash        string    `bson:"hash"`    // of the contents
	PublishedAt time.Time `bson:"published_at"`
	PublishedBy string    `bson:"published_by"`
}

// adapt begins an adaptation of a playbook under an id of its own.
func adapt(p *playbook.Playbook, now time.Time) Adaptation {
	a := Adaptation{CopiedFrom: playbookName(p), Editions: []Edition{}, MadeAt: now}
	a.Edit(*p)
	return a
}

// Edit puts a draft in place of the one before. It may hold mistakes; only publishing refuses them.
func (a *Adaptation) Edit(p playbook.Playbook) {
	p.Newcomer = nil // who is shown what first is not for one place to say
	raw, err := json.Marshal(p)
	if err != nil {
		panic("dialogue: " + err.Error()) // it holds nothing but text and numbers
	}
	a.Draft = raw
}

// draft reads the draft as the next version of its playbook.
func (a *Adaptation) draft(id string) (*playbook.Playbook, error) {
	return decodePlaybook(a.Draft, id, len(a.Editions)+1)
}

// edition reads a published version.
func (a *Adaptation) edition(id string, version int) (*playbook.Playbook, error) {
	if version < 1 || version > len(a.Editions) {
		return nil, failure.New(failure.PlaybookUnknown).At("version")
	}
	return decodePlaybook(a.Editions[version-1].Content, id, version)
}

func decodePlaybook(raw []byte, id string, version int) (*playbook.Playbook, error) {
	var p playbook.Playbook
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, err
	}
	p.ID, p.Version = ownPrefix+id, version
	p.Fill()
	return &p, nil
}

// Publish makes the draft a version that dialogues can follow.
func (a *Adaptation) Publish(id, by string, now time.Time) error {
	p, err := a.draft(id)
	if err != nil {
		return err
	}
	inBothLanguages(p)
	if mistakes := p.Check(); len(mistakes) > 0 {
		return failure.New(failure.PlaybookMistaken).At("content." + mistakes[0].Path).Wanting(mistakes[0].Want.English)
	}
	content, err := json.Marshal(p)
	if err != nil {
		return err
	}
	e := Edition{Content: content, Hash: p.Hash(), PublishedAt: now, PublishedBy: by}
	if n := len(a.Editions); n > 0 {
		p.Version = n
		if p.Hash() == a.Editions[n-1].Hash {
			return failure.New(failure.PlaybookUnchanged).At("content")
		}
	}
	if len(a.Editions) == maxEditions {
		return failure.New(failure.PlaybookEditionsFull).At("content")
	}
	a.Editions = append(a.Editions, e)
	return nil
}

// mistakes says what stands in the way of publishing a draft.
func mistakes(p playbook.Playbook) []playbook.Mistake {
	read := p.Clone()
	inBothLanguages(read)
	return append([]playbook.Mistake{}, read.Check()...)
}

// inBothLanguages lets the Danish stand where nothing is written in English: a school that works in Danish need not
// translate for itself.
func inBothLanguages(p *playbook.Playbook) {
	p.EachText(func(_ string, words *playbook.Words) {
		if strings.TrimSpace(words.English) == "" {
			words.English = words.Danish
		}
	})
}
