package portal

import (
	"cmp"
	"slices"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// What a dialogue that begins in a cell of a result is prepared from: why each of the playbooks is proposed, which forum it
// suits, and what is open already about the same.

// mandates are what a forum can do about a matter, from the least.
var mandates = []string{"information", "advises", "consultation", "guideline", "decides"}

// suited puts first the forums that a playbook is written for, in the playbook's own order, and of two that are alike the one
// with more to say; it returns how many suit it.
func suited(forums []tenancyapi.Forum, book *dialogueapi.Playbook) ([]tenancyapi.Forum, int) {
	place := func(f tenancyapi.Forum) int {
		if i := slices.IndexFunc(book.Forums, func(kind string) bool { return kind == string(f.Kind) }); i >= 0 {
			return i
		}
		return len(book.Forums)
	}
	ordered := slices.Clone(forums)
	slices.SortStableFunc(ordered, func(a, b tenancyapi.Forum) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(slices.Index(mandates, string(b.Mandate)), slices.Index(mandates, string(a.Mandate))))
	})
	n := 0
	for n < len(ordered) && place(ordered[n]) < len(book.Forums) {
		n++
	}
	return ordered, n
}

// openAbout are the things undone that the reader may see and that are about the same cell, whatever result it was of.
type openAbout struct {
	Actions    []actionView
	Agreements []dialogueapi.Agreement
}

// Any tells whether there is something.
func (o openAbout) Any() bool { return len(o.Actions)+len(o.Agreements) > 0 }

// What is undone is asked for by where it stands, so that what is done long ago leaves room for it.
var (
	undone  = []dialogueapi.ActionStatus{"proposed", "declined", "accepted", "in_progress", "blocked", "done"} // the last for its effect
	inForce = []dialogueapi.AgreementStatus{"proposed", "in_force", "under_review"}
)

func (v *visit) openAbout(source *dialogueapi.CellSource) (openAbout, error) {
	var o openAbout
	if source == nil {
		return o, nil
	}
	actions := make([]dialogueapi.ActionList, len(undone))
	agreements := make([]dialogueapi.AgreementList, len(inForce))
	var reads []func() error
	for i, status := range undone {
		reads = append(reads, v.reads("dialogue", v.at("actions")+"?limit=200&status="+string(status), &actions[i]))
	}
	for i, status := range inForce {
		reads = append(reads, v.reads("dialogue", v.at("agreements")+"?limit=200&status="+string(status), &agreements[i]))
	}
	if err := together(reads...); err != nil {
		return o, err
	}
	same := func(c *dialogueapi.CellSource) bool {
		return c != nil && c.Theme == source.Theme && c.Quality == source.Quality
	}
	var open []dialogueapi.Action
	for i, list := range actions {
		for _, a := range list.Items {
			if a.Status == undone[i] && same(a.Source) && (a.Status != "done" || a.FollowUpDue) {
				open = append(open, a)
			}
		}
	}
	for i, list := range agreements {
		for _, a := range list.Items {
			if a.Status == inForce[i] && same(a.Source) {
				o.Agreements = append(o.Agreements, a)
			}
		}
	}
	var err error
	o.Actions, err = v.actionViews(open)
	return o, err
}
