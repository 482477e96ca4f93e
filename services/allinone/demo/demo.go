// Package demo makes the invented municipalities, schools, people and answers of the demo.
//
// Everything is made through the services' own APIs, by the people who would do it, at the times at which they would
// have done it: the package moves the clock that the services are given through the demo's past. Nothing is written
// into a database, so the demo is also a walk through the product.
package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/guldkorn/guldkorn/services/allinone/caller"
)

// Clock is the time of the services while the past is being made.
type Clock interface {
	Now() time.Time
	Stand(time.Time)
	Release()
}

// Seed makes the demo.
type Seed struct {
	Clock    Clock
	Services *caller.Caller
	Logger   *slog.Logger
	Done     string // file that says the demo is complete
	// Begins is told each chapter as it begins, since making the demo takes a while.
	Begins func(chapter string)

	today time.Time // of the demo's end, at midnight in Denmark
}

// copenhagen is where everybody in the demo is.
var copenhagen = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic(err) // the program links the zones
	}
	return zone
}()

// Ensure makes the demo unless it is there already.
func (s *Seed) Ensure(ctx context.Context) error {
	if _, err := os.Stat(s.Done); err == nil {
		return nil
	}
	began := time.Now()
	s.today = midnight(began)
	defer s.Clock.Release()
	s.stand(-75, 9)
	s.Begins("schools and people")
	w, err := s.organisations(ctx)
	if err != nil {
		return fmt.Errorf("organisations: %w", err)
	}
	for _, chapter := range []struct {
		name string
		make func(context.Context, *world) error
	}{{"rounds and releases", s.rounds}, {"dialogues and actions", s.dialogues}, {"anonymous telling", s.telling}} {
		s.Begins(chapter.name)
		if err := chapter.make(ctx, w); err != nil {
			return fmt.Errorf("%s: %w", chapter.name, err)
		}
	}
	raw, err := json.Marshal(map[string]any{"made_at": began.UTC(), "seconds": time.Since(began).Seconds()})
	if err != nil {
		return err
	}
	s.Logger.Info("demo made", "took", time.Since(began).Round(time.Millisecond))
	return os.WriteFile(s.Done, raw, 0o600)
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(copenhagen).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, copenhagen)
}

// stand moves the clock to an hour of a working day, so many days from today; a weekend becomes the Friday before.
func (s *Seed) stand(days, hour int) {
	s.Clock.Stand(s.workday(days).Add(time.Duration(hour) * time.Hour))
}

func (s *Seed) workday(days int) time.Time {
	day := s.today.AddDate(0, 0, days)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

// date is a local date so many days from today.
func (s *Seed) date(days int) string { return s.workday(days).Format(time.DateOnly) }

func (s *Seed) as(p *person) caller.Actor { return s.Services.As(p.id, p.home) }
