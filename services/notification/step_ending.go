package notification

import (
	"context"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
)

// stepReminderDue reminds everybody who takes part in a step that ends soon, whoever has written in it.
func (s *Service) stepReminderDue(ctx context.Context, e events.Envelope, d events.StepReminderDue) error {
	about := About{DialogueID: d.DialogueID, DueOn: d.Until.Add(-time.Second).In(copenhagen).Format(time.DateOnly)} // the last day
	if d.Beforehand {
		about.WriteUntil = &d.Until
	}
	return s.tell(ctx, e, news{kind: StepEnding, to: d.PersonIDs, about: about})
}
