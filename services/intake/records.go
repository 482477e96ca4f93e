package intake

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// recordsFormat is the name and version of what getMyRecords answers; fields are only ever added to a version.
const recordsFormat = "guldkorn.intake.person/1"

// getMyRecords tells the person who asks, and nobody else, what is held about them: that they stand on the frozen roster
// of a round, and in which unit. Whether they fetched a ticket or answered is nowhere (privacy.md 2).
//
// When tenancy erases a person, nothing here is to be done. A roster holds pseudonyms, whose secret goes when the round
// closes; until then an erasure must not change who was asked, for the headcounts were promised to everybody. The countersigned
// list of a month is of ids, which name nobody once tenancy has erased the person, and the next month's takes its place.
func (s *Intake) getMyRecords(c *gin.Context) error {
	ctx := c.Request.Context()
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	if err := s.authorizer.Decide(ctx, subject, "me.records", access.Resource{Type: "person"}); err != nil {
		return err
	}
	found := intakeapi.PersonRecords{Format: recordsFormat, Rounds: []intakeapi.RosterPlace{}}
	var mailboxes []intakeapi.MailboxRecord
	var months []intakeapi.MonthPlace
	places, err := s.directory.Places(ctx, subject.ID)
	if err != nil {
		return err
	}
	for _, school := range places {
		at := tenant.With(ctx, school)
		if found.Rounds, err = s.rosterPlaces(at, school, subject.ID, found.Rounds); err != nil {
			return err
		}
		if months, err = s.monthPlaces(at, school, subject.ID, months); err != nil {
			return err
		}
		box, err := s.mailboxRecord(at, school, subject.ID)
		if err != nil {
			return err
		}
		if box != nil {
			mailboxes = append(mailboxes, *box)
		}
	}
	if len(mailboxes) > 0 {
		found.Mailboxes = &mailboxes
	}
	if len(months) > 0 {
		found.Months = &months
	}
	return unkept(c, http.StatusOK, found)
}

// monthPlaces adds the month of a school whose countersigned list is kept and names a person.
func (s *Intake) monthPlaces(ctx context.Context, school tenant.ID, person string, places []intakeapi.MonthPlace) ([]intakeapi.MonthPlace, error) {
	for doc, err := range s.months.All(ctx, document.Query{Index: "by_name"}) {
		if err != nil {
			return nil, err
		}
		if slices.Contains(doc.Body.Persons, person) {
			places = append(places, intakeapi.MonthPlace{TenantID: string(school), Month: doc.Body.Name})
		}
	}
	return places, nil
}

// mailboxRecord is what is held of a representative at a school, nil for whoever never made a key there. The texts are
// sealed; what somebody wrote to a representative is not known to be theirs.
func (s *Intake) mailboxRecord(ctx context.Context, school tenant.ID, person string) (*intakeapi.MailboxRecord, error) {
	box, err := s.mailboxes.Get(ctx, person)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	record := intakeapi.MailboxRecord{
		TenantID: string(school), KeyHash: box.Body.KeyHash, Since: string(box.Body.Since), Conversations: []intakeapi.ConversationRecord{},
	}
	for doc, err := range s.conversations.All(ctx, document.Query{Index: "by_receiver", Equal: []any{person}}) {
		if err != nil {
			return nil, err
		}
		record.Conversations = append(record.Conversations, intakeapi.ConversationRecord{
			ConversationID: doc.ID, Messages: len(doc.Body.Messages), LastOn: string(doc.Body.LastOn), Closed: doc.Body.Closed,
		})
	}
	return &record, nil
}

// rosterPlaces adds the rounds of a school on whose roster a person stands, as long as anybody can tell.
func (s *Intake) rosterPlaces(ctx context.Context, school tenant.ID, person string, places []intakeapi.RosterPlace) ([]intakeapi.RosterPlace, error) {
	for doc, err := range s.rounds.All(ctx, document.Query{Index: "by_publication", Equal: []any{true}}) {
		if err != nil {
			return nil, err
		}
		if !doc.Body.TicketsIssued() {
			continue
		}
		unit, pseudonym, err := s.place(ctx, doc.ID, doc.Body, person)
		switch failure.CodeOf(err) {
		case "":
			places = append(places, intakeapi.RosterPlace{
				TenantID: string(school), RoundID: doc.ID, Title: doc.Body.Title, UnitID: unit,
				OpensOn: string(doc.Body.OpensOn), ClosesOn: string(doc.Body.ClosesOn), OnPaper: optional(doc.Body.OnPaper.Has(pseudonym)),
			})
		case failure.RoundNotOnRoster, failure.RoundNoTickets:
		default:
			return nil, err
		}
	}
	return places, nil
}
