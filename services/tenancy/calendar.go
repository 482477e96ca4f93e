package tenancy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

const maxHolidays = 40

// holiday is a period in which a school is closed, from its first to its last day in Europe/Copenhagen.
type holiday struct {
	Name string `bson:"name"`
	From string `bson:"from_on"`
	To   string `bson:"to_on"`
}

// workingDay is when the staff of a school is at work on a day of the week, in local time.
type workingDay struct {
	Weekday string `bson:"weekday"`
	From    string `bson:"from"`
	To      string `bson:"to"`
}

// newHolidays returns the periods in the order of time. Dates and hours of fixed width sort as text.
func newHolidays(in []tenancyapi.Holiday) ([]holiday, error) {
	if len(in) > maxHolidays {
		return nil, failure.Invalid("holidays", "at most 40 holidays")
	}
	holidays := make([]holiday, len(in))
	for i, h := range in {
		at := func(field string) string { return fmt.Sprintf("holidays.%d.%s", i, field) }
		if err := failure.Together(
			line(at("name"), h.Name, maxName),
			one(at("from_on"), written(time.DateOnly, h.FromOn), "a date such as 2026-10-12"),
			one(at("to_on"), written(time.DateOnly, h.ToOn) && h.ToOn >= h.FromOn, "a date such as 2026-10-16, not before from_on"),
		); err != nil {
			return nil, err
		}
		for _, other := range holidays[:i] {
			if h.FromOn <= other.To && other.From <= h.ToOn {
				return nil, failure.Invalid(at("from_on"), "days that no other holiday has")
			}
		}
		holidays[i] = holiday{Name: h.Name, From: h.FromOn, To: h.ToOn}
	}
	slices.SortFunc(holidays, func(a, b holiday) int { return strings.Compare(a.From, b.From) })
	return holidays, nil
}

func newWorkingHours(in []tenancyapi.WorkingDay) ([]workingDay, error) {
	days := make([]workingDay, len(in))
	seen := map[tenancyapi.Weekday]bool{}
	for i, d := range in {
		at := func(field string) string { return fmt.Sprintf("working_hours.%d.%s", i, field) }
		if err := failure.Together(
			one(at("weekday"), d.Weekday.Valid() && !seen[d.Weekday], "a day from monday to sunday, each once"),
			one(at("from"), written(hourAndMinute, d.From), "a time such as 08:00"),
			one(at("to"), written(hourAndMinute, d.To) && d.To > d.From, "a time such as 16:00, after from"),
		); err != nil {
			return nil, err
		}
		seen[d.Weekday] = true
		days[i] = workingDay{Weekday: string(d.Weekday), From: d.From, To: d.To}
	}
	return days, nil
}

const hourAndMinute = "15:04"

// written tells whether a text is a time in the very form of the layout; parsing alone lets 8:00 pass for 08:00.
func written(layout, text string) bool {
	t, err := time.Parse(layout, text)
	return err == nil && t.Format(layout) == text
}

func showHolidays(from []holiday) *tenancyapi.Holidays {
	if len(from) == 0 {
		return nil
	}
	list := make(tenancyapi.Holidays, len(from))
	for i, h := range from {
		list[i] = tenancyapi.Holiday{Name: h.Name, FromOn: h.From, ToOn: h.To}
	}
	return &list
}

func showWorkingHours(from []workingDay) *tenancyapi.WorkingHours {
	if len(from) == 0 {
		return nil
	}
	list := make(tenancyapi.WorkingHours, len(from))
	for i, d := range from {
		list[i] = tenancyapi.WorkingDay{Weekday: tenancyapi.Weekday(d.Weekday), From: d.From, To: d.To}
	}
	return &list
}
