package notification

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// fromTenancy is what the directory does not do.
func (s *Service) fromTenancy() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, s.personErased)
	bus.On(h, s.organisationDeleted)
	return h
}

func (s *Service) fromIntake() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, s.countersignatureAsked)
	bus.On(h, s.monthCountersignatureAsked)
	bus.On(h, s.roundAnnounced)
	bus.On(h, s.roundExtended)
	bus.On(h, s.commonRoundFramed)
	bus.On(h, s.confidentialWaiting)
	return h
}

func (s *Service) fromReporting() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, s.releasePublished)
	bus.On(h, s.textsWaiting)
	return h
}

func (s *Service) fromDialogue() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, s.dialogueCreated)
	bus.On(h, s.preMeetingCalled)
	bus.On(h, s.invitationsChanged)
	bus.On(h, s.stepReminderDue)
	bus.On(h, s.actionProposed)
	bus.On(h, s.actionAccepted)
	bus.On(h, s.actionFollowUpDue)
	bus.On(h, s.agreementReviewDue)
	bus.On(h, s.escalationRaised)
	bus.On(h, s.escalationAnswered)
	bus.On(h, s.escalationOverdue)
	return h
}

// news is what one event means for people.
type news struct {
	kind  Kind
	about About
	to    []string  // person ids
	from  time.Time // not before; zero for at once
}

// catchUp is how long the directory may lag behind an event that was told in between.
const catchUp = time.Minute

// countersignatureAsked tells the school's TR and AMR, and those of the tenants above it where the school has none.
func (s *Service) countersignatureAsked(ctx context.Context, e events.Envelope, r events.RoundCountersignatureAsked) error {
	path, err := s.directory.Path(ctx, e.Tenant)
	if err != nil {
		return err
	}
	var to []string
	for _, place := range slices.Backward(path) {
		for _, role := range []string{access.UnionRepresentative, access.SafetyRepresentative} {
			members, err := s.directory.Members(tenant.With(ctx, place), role)
			if err != nil {
				return err
			}
			for _, m := range members {
				to = append(to, m.PersonID)
			}
		}
		if len(to) > 0 {
			break
		}
	}
	return s.tell(ctx, e, news{kind: CountersignatureAsked, to: to, about: About{
		RoundID: r.RoundID, Title: r.Title, OpensOn: r.OpensOn, ClosesOn: r.ClosesOn,
	}})
}

// monthCountersignatureAsked tells the representatives who read what is told in the month; nobody else may sign, nor do those
// who keep the school's list of people.
func (s *Service) monthCountersignatureAsked(ctx context.Context, e events.Envelope, m events.MonthCountersignatureAsked) error {
	to, err := s.readers(ctx, m.Readers, access.Leader, access.SchoolAdministrator)
	if err != nil {
		return err
	}
	return s.tell(ctx, e, news{kind: MonthListAsked, to: to, about: About{MonthID: m.MonthID, ClosesOn: m.ClosesOn}})
}

// readers are the people at the context's school with one of some roles, and without any of others.
func (s *Service) readers(ctx context.Context, roles []string, without ...string) ([]string, error) {
	staff, err := s.directory.Members(ctx, "")
	if err != nil {
		return nil, err
	}
	excluded := map[string]bool{}
	for _, m := range staff {
		excluded[m.PersonID] = excluded[m.PersonID] || slices.Contains(without, m.Role)
	}
	var to []string
	for _, m := range staff {
		if slices.Contains(roles, m.Role) && !excluded[m.PersonID] {
			to = append(to, m.PersonID)
		}
	}
	return to, nil
}

// roundAnnounced tells those whom the round asks.
func (s *Service) roundAnnounced(ctx context.Context, e events.Envelope, r events.RoundAnnounced) error {
	var units []string
	headcount := 0
	for _, unit := range r.Units {
		units = append(units, unit.UnitID)
		headcount += unit.Headcount
	}
	to, err := s.asked(ctx, units)
	if err != nil {
		return err
	}
	if len(to) < headcount && s.now().Sub(e.Time) < catchUp {
		return fmt.Errorf("the round asks %d and the directory knows %d: it has not caught up yet", headcount, len(to))
	}
	return s.tell(ctx, e, news{kind: RoundAnnounced, to: to, about: About{
		RoundID: r.RoundID, Title: r.Title, OpensOn: r.OpensOn, ClosesOn: r.ClosesOn,
	}})
}

// roundExtended tells the same people that they can answer for longer. Who has answered is known nowhere, so all of them
// are told.
func (s *Service) roundExtended(ctx context.Context, e events.Envelope, r events.RoundExtended) error {
	to, err := s.asked(ctx, r.UnitIDs)
	if err != nil {
		return err
	}
	return s.tell(ctx, e, news{kind: RoundExtended, to: to, about: About{RoundID: r.RoundID, Title: r.Title, ClosesOn: r.ClosesOn}})
}

// commonRoundFramed tells the leaders of all schools of a municipality that a common round is there to be taken up. Each is
// told at their school, where they draft it; whoever leads two schools drafts two.
func (s *Service) commonRoundFramed(ctx context.Context, e events.Envelope, r events.CommonRoundFramed) error {
	schools, err := s.directory.Children(ctx, e.Tenant)
	if err != nil {
		return err
	}
	for _, school := range schools {
		at := tenant.With(ctx, school.ID)
		leaders, err := s.directory.Members(at, access.Leader)
		if err != nil {
			return err
		}
		var to []string
		for _, m := range leaders {
			to = append(to, m.PersonID)
		}
		there := e
		there.Tenant, there.ID = school.ID, e.ID+"/"+string(school.ID)
		if err := s.tell(at, there, news{kind: CommonRoundFramed, to: to, about: About{
			CommonID: r.CommonRoundID, Title: r.Title, OpensOn: r.OpensOn, ClosesOn: r.ClosesOn,
		}}); err != nil {
			return err
		}
	}
	return nil
}

// asked are the employees of units, or of staff groups where a round asks those as its units, leaders left out.
func (s *Service) asked(ctx context.Context, units []string) ([]string, error) {
	staff, err := s.directory.Members(ctx, "")
	if err != nil {
		return nil, err
	}
	leaders := map[string]bool{}
	for _, m := range staff {
		leaders[m.PersonID] = leaders[m.PersonID] || m.Role == access.Leader
	}
	var to []string
	for _, m := range staff {
		if m.Role == access.Employee && (slices.Contains(units, m.UnitID) || slices.Contains(units, access.StaffGroupOf(m.Group).UnitID())) && !leaders[m.PersonID] {
			to = append(to, m.PersonID)
		}
	}
	return to, nil
}

// confidentialWaiting tells a representative that something waits, and nothing of it: no sender, no subject, no number.
func (s *Service) confidentialWaiting(ctx context.Context, e events.Envelope, c events.ConfidentialMessagesWaiting) error {
	return s.tell(ctx, e, news{kind: ConfidentialWaiting, to: []string{c.ReceiverID}})
}

// releasePublished tells leader, TR and AMR at the same time, each once however many of these they are.
func (s *Service) releasePublished(ctx context.Context, e events.Envelope, r events.ReleasePublished) error {
	var to []string
	for _, role := range []string{access.Leader, access.UnionRepresentative, access.SafetyRepresentative} {
		members, err := s.directory.Members(ctx, role)
		if err != nil {
			return err
		}
		for _, m := range members {
			to = append(to, m.PersonID)
		}
	}
	return s.tell(ctx, e, news{kind: ReleasePublished, to: to, from: r.VisibleToRepresentativesFrom, about: About{
		ReleaseID: r.ReleaseID, RoundID: r.RoundID,
	}})
}

// textsWaiting tells the readers whom the round's contract names that there is something to read, and nothing of it. Whoever
// leads besides does not read.
func (s *Service) textsWaiting(ctx context.Context, e events.Envelope, t events.TextsWaiting) error {
	to, err := s.readers(ctx, t.Readers, access.Leader)
	if err != nil {
		return err
	}
	return s.tell(ctx, e, news{kind: TextsWaiting, to: to, about: About{
		RoundID: t.RoundID, DueOn: t.ReadableUntil.Add(-1).In(copenhagen).Format(time.DateOnly), // the last day
	}})
}

// personErased forgets what the person was told; the event is told by the operator, with whom inboxes live. Mail that
// waits finds no address any more and is given up.
func (s *Service) personErased(ctx context.Context, _ events.Envelope, e events.PersonErased) error {
	for d, err := range s.store.items.All(ctx, document.Query{Index: "by_person", Equal: []any{e.PersonID}}) {
		if err != nil {
			return err
		}
		if err := s.store.items.Erase(ctx, d.ID); err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
			return err
		}
	}
	return nil
}

// organisationDeleted forgets what people were told of a school. Inboxes live with the operator; what is in the school's own
// name the directory erases after.
func (s *Service) organisationDeleted(ctx context.Context, _ events.Envelope, e events.OrganisationDeleted) error {
	above := tenant.With(ctx, tenant.ID(e.ParentID))
	for d, err := range s.store.items.All(above, document.Query{Index: "by_person"}) {
		if err != nil {
			return err
		}
		if string(d.Body.School) != e.OrganisationID {
			continue
		}
		if err := s.store.items.Erase(above, d.ID); err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
			return err
		}
	}
	return nil
}

// dialogues keep the projection, and tell nobody.
func (s *Service) dialogues() bus.Handlers {
	h := bus.Handlers{}
	bus.On(h, s.learnDialogue)
	return h
}

func (s *Service) learnDialogue(ctx context.Context, e events.Envelope, d events.DialogueCreated) error {
	_, err := s.store.dialogues.Upsert(ctx, d.DialogueID, func(known *dialogue, _ bool) ([]events.Event, error) {
		if e.Revision > known.Revision {
			*known = dialogue{Revision: e.Revision, Facilitators: d.Facilitators, Participants: d.Participants}
		}
		return nil, nil
	})
	return err
}

func (s *Service) dialogueCreated(ctx context.Context, e events.Envelope, d events.DialogueCreated) error {
	if err := s.learnDialogue(ctx, e, d); err != nil {
		return err
	}
	if d.StartsAt != nil {
		return nil // they are invited to a time and a place; see invitationsChanged
	}
	return s.tell(ctx, e, news{kind: DialogueCreated, to: d.Participants, about: About{DialogueID: d.DialogueID}})
}

// preMeetingCalled tells those of the staff side who are invited. What is told of it later concerns nobody else, so no copy
// of the meeting is kept.
func (s *Service) preMeetingCalled(ctx context.Context, e events.Envelope, d events.PreMeetingCalled) error {
	if d.StartsAt != nil {
		return nil
	}
	return s.tell(ctx, e, news{kind: PreMeetingCalled, to: d.Participants, about: About{DialogueID: d.DialogueID}})
}

// invitationsChanged sends invitations to a time and place, and calls them off.
func (s *Service) invitationsChanged(ctx context.Context, e events.Envelope, d events.InvitationsChanged) error {
	about := About{DialogueID: d.DialogueID, StartsAt: &d.StartsAt, Place: d.Place, WriteUntil: d.WriteUntil, Calendar: &Calendar{
		Sequence: d.Sequence, Minutes: d.Minutes, Agenda: d.Agenda, PreMeeting: d.PreMeeting,
	}}
	if err := s.tell(ctx, e, news{kind: DialogueCalledOff, to: d.CalledOff, about: about}); err != nil {
		return err
	}
	return s.tell(ctx, e, news{kind: DialogueScheduled, to: d.Invited, about: about})
}

func (s *Service) actionProposed(ctx context.Context, e events.Envelope, a events.ActionProposed) error {
	return s.tell(ctx, e, news{kind: ActionProposed, to: []string{a.OwnerID}, about: aboutAction(events.ActionFacts(a))})
}

// actionAccepted lets the participants of the dialogue see, in their inboxes alone, that somebody took the action.
// Those who ran the dialogue and the owner know.
func (s *Service) actionAccepted(ctx context.Context, e events.Envelope, a events.ActionAccepted) error {
	known, err := s.store.dialogues.Get(ctx, a.DialogueID)
	if err != nil {
		return err // not found is tried again: the dialogue's own event may still be on its way
	}
	to := slices.DeleteFunc(slices.Clone(known.Body.Participants), func(person string) bool {
		return person == a.OwnerID || slices.Contains(known.Body.Facilitators, person)
	})
	return s.tell(ctx, e, news{kind: ActionAccepted, to: to, about: aboutAction(events.ActionFacts(a))})
}

func (s *Service) actionFollowUpDue(ctx context.Context, e events.Envelope, a events.ActionFollowUpDue) error {
	return s.tell(ctx, e, news{kind: ActionFollowUpDue, to: []string{a.OwnerID}, about: aboutAction(events.ActionFacts(a))})
}

// agreementReviewDue tells those who made an agreement, or who sit in their place now, that its day has come.
func (s *Service) agreementReviewDue(ctx context.Context, e events.Envelope, a events.AgreementReviewDue) error {
	return s.tell(ctx, e, news{kind: AgreementReviewDue, to: a.MemberIDs, about: About{AgreementID: a.AgreementID, DialogueID: a.DialogueID}})
}

// escalationRaised tells the members of the forum that owes an answer, escalationOverdue the same when it is late.
func (s *Service) escalationRaised(ctx context.Context, e events.Envelope, q events.EscalationRaised) error {
	return s.tell(ctx, e, news{kind: EscalationRaised, to: q.PersonIDs, about: aboutEscalation(events.EscalationFacts(q))})
}

func (s *Service) escalationOverdue(ctx context.Context, e events.Envelope, q events.EscalationOverdue) error {
	return s.tell(ctx, e, news{kind: EscalationOverdue, to: q.PersonIDs, about: aboutEscalation(events.EscalationFacts(q))})
}

// escalationAnswered tells those who asked.
func (s *Service) escalationAnswered(ctx context.Context, e events.Envelope, q events.EscalationAnswered) error {
	return s.tell(ctx, e, news{kind: EscalationAnswered, to: q.PersonIDs, about: aboutEscalation(events.EscalationFacts(q))})
}

// filers is how many people are told side by side: the database and the broker sync what comes together at once.
const filers = 16

// tell files an item for each person and, if the kind is mailed, puts it into the person's bag. The whole may be
// repeated after any part of it.
func (s *Service) tell(ctx context.Context, e events.Envelope, n news) error {
	operators, err := s.operators(ctx, e.Tenant)
	if err != nil {
		return err
	}
	hours, err := s.store.hoursOf(ctx)
	if err != nil {
		return err
	}
	at := later(e.Time, n.from)
	due := hours.Body.Next(later(s.now(), at).Add(s.settings.Gather))
	slices.Sort(n.to)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(filers)
	for _, person := range slices.Compact(n.to) {
		group.Go(func() error {
			id, operator := itemID(e.ID, person), operators(person)
			item := Item{PersonID: person, At: at, School: e.Tenant, Kind: n.kind, About: n.about}
			_, err := s.store.items.Insert(tenant.With(ctx, operator), id, item)
			if err != nil && failure.CodeOf(err) != failure.DocumentExists {
				return err
			}
			if !n.kind.mailed() {
				return nil
			}
			return s.bag(ctx, Bag{PersonID: person, Operator: operator, Meeting: n.about.meeting()}, id, due)
		})
	}
	return group.Wait()
}

// bag puts an item into the person's bag at the context's school and makes sure that somebody will look into it.
func (s *Service) bag(ctx context.Context, of Bag, item string, due time.Time) error {
	school, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	id := bagID(school, of.PersonID)
	if of.Meeting != "" {
		id = digest("bag", string(school), of.PersonID, of.Meeting)
	}
	bag, err := s.store.bags.Upsert(ctx, id, func(b *Bag, _ bool) ([]events.Event, error) {
		b.PersonID, b.Operator, b.Meeting = of.PersonID, of.Operator, of.Meeting
		b.Put(item, due)
		return nil, nil
	})
	if err != nil || !bag.Body.Pending {
		return err
	}
	return s.schedule(ctx, id, bag.Body.DueAt)
}

// operators tells with which operator each person of a school lives; for whoever has no role there now, that is
// the school's own.
func (s *Service) operators(ctx context.Context, school tenant.ID) (func(person string) tenant.ID, error) {
	organisation, err := s.directory.Organisation(ctx, school)
	if err != nil {
		return nil, err
	}
	members, err := s.directory.Members(ctx, "")
	if err != nil {
		return nil, err
	}
	homes := make(map[string]tenant.ID, len(members))
	for _, m := range members {
		homes[m.PersonID] = m.Tenant
	}
	return func(person string) tenant.ID {
		if home, ok := homes[person]; ok {
			return home
		}
		return organisation.Parent
	}, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
