package dialogue

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// add puts a contribution into the urn. The same request again finds the first one's entry as it is now.
func (s *Seal) add(ctx context.Context, person string, request document.Creation, say said) (entry, error) {
	var added entry
	err := s.change(ctx, person, func(c *contents) (bool, error) {
		id := s.id("entry", person, request.ID)
		if i := slices.IndexFunc(c.Entries, func(e entry) bool { return e.ID == id }); i >= 0 {
			if c.Entries[i].Request != request.Request {
				return false, failure.New(failure.IdempotencyConflict)
			}
			added = c.Entries[i]
			return false, nil
		}
		if err := c.room(person, "", say.text); err != nil {
			return false, err
		}
		added = entry{ID: id, Author: person, Request: request.Request, Revision: 1, Text: say.text, Held: say.held}
		c.Entries = append(c.Entries, added)
		return true, nil
	})
	return added, err
}

// edit changes a person's own entry at this revision.
func (s *Seal) edit(ctx context.Context, person, id string, revision int64, say said) (entry, error) {
	var edited entry
	err := s.change(ctx, person, func(c *contents) (bool, error) {
		e := c.find(person, id)
		if e == nil || e.Withdrawn {
			return false, failure.NotFound("contribution")
		}
		if e.Revision != revision {
			return false, failure.New(failure.PreconditionFailed)
		}
		if err := c.room(person, id, say.text); err != nil {
			return false, err
		}
		e.Text, e.Held = say.text, say.held
		e.Revision++
		edited = *e
		return true, nil
	})
	return edited, err
}

// withdraw takes a person's own entry back; it may be repeated.
func (s *Seal) withdraw(ctx context.Context, person, id string) error {
	return s.change(ctx, person, func(c *contents) (bool, error) {
		e := c.find(person, id)
		if e == nil {
			return false, failure.NotFound("contribution")
		}
		if e.Withdrawn {
			return false, nil
		}
		e.Text, e.Withdrawn = "", true
		e.Revision++
		return true, nil
	})
}

// cast puts a ballot into the urn, one for each person. The same request again changes nothing; what it chose is not
// compared, since nothing tells which ballot is whose.
func (s *Seal) cast(ctx context.Context, person, request string, choices []Choice) error {
	return s.change(ctx, person, func(c *contents) (bool, error) {
		key := s.id("voter", person, request)
		for _, v := range c.Voters {
			if v.Key == key {
				return false, nil
			}
			if v.Person == person {
				return false, failure.New(failure.AlreadyVoted)
			}
		}
		ballot := slices.Clone(choices)
		sortChoices(ballot)
		c.Voters = append(c.Voters, voter{Person: person, Key: key})
		c.Ballots = append(c.Ballots, ballot)
		return true, nil
	})
}

// find returns a person's own entry, or nil.
func (c *contents) find(person, id string) *entry {
	for i := range c.Entries {
		if c.Entries[i].ID == id && c.Entries[i].Author == person {
			return &c.Entries[i]
		}
	}
	return nil
}

// voted tells whether a person has voted.
func (c *contents) voted(person string) bool {
	return slices.ContainsFunc(c.Voters, func(v voter) bool { return v.Person == person })
}

// room says whether a person may write this much more, instead of the entry of this id if there is one.
func (c *contents) room(person, instead, text string) error {
	count, characters := 1, utf8.RuneCountInString(text)
	for _, e := range c.Entries {
		if e.Author == person && e.ID != instead {
			count++ // withdrawn ones too, so that a box stays small
			characters += utf8.RuneCountInString(e.Text)
		}
	}
	if count > maxOwn || characters > maxOwnText {
		return failure.New(failure.TooManyContributions)
	}
	return nil
}
