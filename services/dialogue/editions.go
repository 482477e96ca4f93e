package dialogue

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// playbookName names one version of a playbook in one word.
func playbookName(p *playbook.Playbook) string { return p.ID + "@" + strconv.Itoa(p.Version) }

// editions finds the playbooks that places have published. A version never changes, so what was read once is kept; it
// holds no word about anybody.
type editions struct {
	read   sync.Map // place/id@version to *playbook.Playbook
	worded sync.Map // worded to *playbook.Playbook
}

// worded is a playbook with a word for learners.
type worded struct {
	playbook *playbook.Playbook
	learners string
}

// in returns a playbook in the words of an institution that calls its learners by this word, "" for the usual one.
func (e *editions) in(p *playbook.Playbook, learners string) *playbook.Playbook {
	key := worded{p, playbook.LearnerWord(learners)}
	if known, ok := e.worded.Load(key); ok {
		return known.(*playbook.Playbook)
	}
	known, _ := e.worded.LoadOrStore(key, p.For(learners))
	return known.(*playbook.Playbook)
}

// followed returns the playbook that a dialogue follows, in the words that it began with.
func (s *service) followed(ctx context.Context, m *Meeting) (*playbook.Playbook, error) {
	p, err := s.playbook(ctx, m.Playbook, m.Version)
	if err != nil {
		return nil, err
	}
	return s.editions.in(p, m.Learners), nil
}

// learners is what the place of the context calls its learners, "" when it has no word of its own.
func (s *service) learners(ctx context.Context) (string, error) {
	here, err := tenant.From(ctx)
	if err != nil {
		return "", err
	}
	organisation, err := s.directory.Organisation(ctx, here)
	return organisation.LearnerWord, except(failure.DocumentNotFound, err)
}

// playbook returns one version of a playbook that a place may follow: a shipped one, its own, or one of those that it
// lies below. What a municipality publishes is for its schools.
func (s *service) playbook(ctx context.Context, id string, version int) (*playbook.Playbook, error) {
	own, isOwn := strings.CutPrefix(id, ownPrefix)
	if !isOwn {
		return s.shelf.Playbook(id, version)
	}
	places, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	for _, place := range places {
		name := string(place) + "/" + own + "@" + strconv.Itoa(version)
		if p, ok := s.editions.read.Load(name); ok {
			return p.(*playbook.Playbook), nil
		}
		a, err := s.adaptations.Get(tenant.With(ctx, place), own)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		p, err := a.Body.edition(own, version)
		if err != nil {
			return nil, err
		}
		s.editions.read.Store(name, p)
		return p, nil
	}
	return nil, failure.New(failure.PlaybookUnknown).At("playbook")
}

// places are the tenant of the context and those that it lies below, the nearest first.
func (s *service) places(ctx context.Context) ([]tenant.ID, error) {
	here, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	path, err := s.directory.Path(ctx, here)
	if err != nil {
		return nil, err
	}
	path = slices.Clone(path)
	slices.Reverse(path)
	return path, nil
}

// choosable returns what a dialogue here can follow: its own playbooks, those of the places that it lies below, and the
// shipped ones, each in its newest version.
func (s *service) choosable(ctx context.Context) ([]*playbook.Playbook, error) {
	places, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	all := []*playbook.Playbook{}
	for _, place := range places {
		for a, err := range s.adaptations.All(tenant.With(ctx, place), document.Query{Index: byAge}) {
			if err != nil {
				return nil, err
			}
			if len(a.Body.Editions) == 0 {
				continue
			}
			p, err := a.Body.edition(a.ID, len(a.Body.Editions))
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return append(all, s.shelf.Newest()...), nil
}
