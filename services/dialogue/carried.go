package dialogue

import (
	"context"
	"slices"

	"github.com/guldkorn/guldkorn/libs/document"
)

// carried is what earlier dialogues of the same people left undone, and what the next one therefore begins with.
type carried struct {
	actions    []document.Document[Action]
	agreements []document.Document[Agreement]
	topics     []document.Document[Topic]
	questions  []document.Document[Escalation]
}

// farthest is how many dialogues back those of people without a forum are looked for.
const farthest = 50

// earlier returns the dialogues that were held before this one by the same forum; without a forum, those that it follows
// on. Before a pre-meeting there were pre-meetings only, and before a dialogue none of them.
func (s *store) earlier(ctx context.Context, of document.Document[Meeting]) ([]string, error) {
	var before []string
	if of.Body.ForumID == "" {
		for id := of.Body.Follows; id != "" && len(before) < farthest; {
			meeting, err := s.meetings.Get(ctx, id)
			if err != nil {
				return nil, err
			}
			before, id = append(before, id), meeting.Body.Follows
		}
		return before, nil
	}
	among := s.meetings.Collection
	if of.Body.PreMeeting {
		among = s.meetings.closed
	}
	for m, err := range among.All(ctx, document.Query{Index: byForum, Equal: []any{of.Body.ForumID}}) {
		if err != nil {
			return nil, err
		}
		held := !slices.Contains([]State{Draft, Scheduled, Cancelled}, m.Body.State)
		if held && m.ID != of.ID && m.Body.CreatedAt.Before(of.Body.CreatedAt) {
			before = append(before, m.ID)
		}
	}
	return before, nil
}

// leftBy gathers what these dialogues left undone on a local date: actions that are not done or whose effect is to be
// looked at, what has to be looked at again, topics that nobody has settled, and questions that nobody has answered.
func (s *store) leftBy(ctx context.Context, dialogues []string, today string) (carried, error) {
	var c carried
	for _, id := range dialogues {
		q := document.Query{Index: byDialogue, Equal: []any{id}}
		actions, err := collect(ctx, s.actions, q)
		if err != nil {
			return c, err
		}
		for _, a := range actions {
			if a.Body.Open() || a.Body.FollowUpDue(today) {
				c.actions = append(c.actions, a)
			}
		}
		agreements, err := collect(ctx, s.agreements, q)
		if err != nil {
			return c, err
		}
		for _, a := range agreements {
			if a.Body.Status == AgreementUnderReview {
				c.agreements = append(c.agreements, a)
			}
		}
		topics, err := collect(ctx, s.topics, q)
		if err != nil {
			return c, err
		}
		for _, t := range topics {
			if t.Body.Status == TopicOpen {
				c.topics = append(c.topics, t)
			}
		}
		questions, err := collect(ctx, s.escalations, q)
		if err != nil {
			return c, err
		}
		for _, e := range questions {
			if e.Body.Owed() {
				c.questions = append(c.questions, e)
			}
		}
	}
	return c, nil
}

// topicsOf returns the topics that were written down in a dialogue, and then earlier ones that it settled.
func (s *store) topicsOf(ctx context.Context, dialogue string) ([]document.Document[Topic], error) {
	own, err := collect(ctx, s.topics, document.Query{Index: byDialogue, Equal: []any{dialogue}})
	if err != nil {
		return nil, err
	}
	settled, err := collect(ctx, s.topics, document.Query{Index: bySettledIn, Equal: []any{dialogue}})
	if err != nil {
		return nil, err
	}
	for _, t := range settled {
		if t.Body.DialogueID != dialogue {
			own = append(own, t)
		}
	}
	return own, nil
}
