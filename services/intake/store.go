package intake

import (
	"context"
	"iter"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// open declares the collections and the indexes that they are asked by.
func (s *Intake) open(ctx context.Context, store *document.Store) (err error) {
	if s.technologies, err = document.Open[Technology](ctx, store, document.Schema{
		Name:    "technologies",
		Indexes: []document.Index{{Name: "by_creation", Fields: []string{"created_at"}}},
	}); err != nil {
		return err
	}
	if s.rounds, err = document.Open[Round](ctx, store, document.Schema{
		Name: "rounds",
		Indexes: []document.Index{
			{Name: "by_creation", Fields: []string{"created_at"}},
			{Name: "by_publication", Fields: []string{"published", "created_at"}},
			{Name: "by_command", Fields: []string{"unfinished"}, Across: true},
			{Name: "by_opening", Fields: []string{"status", "opens_at"}, Across: true},
			{Name: "by_archive", Fields: []string{"archived", "created_at"}},
			{Name: "by_release", Fields: []string{"status", "released_at"}, Across: true},
			{Name: "by_closing", Fields: []string{"status", "closes_at"}, Across: true},
		},
	}); err != nil {
		return err
	}
	if s.commonRounds, err = document.Open[CommonRound](ctx, store, document.Schema{
		Name:    "common_rounds",
		Indexes: []document.Index{{Name: "by_creation", Fields: []string{"created_at"}}},
	}); err != nil {
		return err
	}
	if s.announcing, err = document.Open[Announcements](ctx, store, document.Schema{Name: "announcing"}); err != nil {
		return err
	}
	if s.rosters, err = document.Open[Roster](ctx, store, document.Schema{Name: "rosters"}); err != nil {
		return err
	}
	s.everywhere = document.NewAcross(s.rounds, ownWork)
	if err := s.openVoice(ctx, store); err != nil {
		return err
	}
	return s.openConfidential(ctx, store)
}

// ownWork guards reads across schools: they are for intake's own work in the background, never for a caller.
func ownWork(ctx context.Context) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	if subject.Service != "intake" {
		return failure.New(failure.AccessDenied)
	}
	return nil
}

// unfinishedRounds are the rounds of all schools that another service owes an answer.
func (s *Intake) unfinishedRounds(ctx context.Context) ([]document.Document[Round], error) {
	return collect(s.everywhere.All(ctx, document.Query{Index: "by_command", Equal: []any{true}}))
}

// dueRounds are the rounds of all schools that should open, close or be dropped by themselves now.
func (s *Intake) dueRounds(ctx context.Context, now time.Time) ([]document.Document[Round], error) {
	until := now.Add(time.Millisecond) // To is exclusive
	opening, err := collect(s.everywhere.All(ctx, document.Query{Index: "by_opening", Equal: []any{string(Announced)}, To: until}))
	if err != nil {
		return nil, err
	}
	due := opening
	for _, status := range []Status{Open, Countersigning} {
		over, err := collect(s.everywhere.All(ctx, document.Query{Index: "by_closing", Equal: []any{string(status)}, To: until}))
		if err != nil {
			return nil, err
		}
		due = append(due, over...)
	}
	return due, nil
}

// collect reads everything before anything of it is changed, since a change moves a document within the index.
func collect[T any](found iter.Seq2[document.Document[T], error]) ([]document.Document[T], error) {
	var all []document.Document[T]
	for one, err := range found {
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
