package intake

import (
	"time"
	_ "time/tzdata" // a static image has no time zones of its own

	"github.com/guldkorn/guldkorn/libs/failure"
)

// zone is where local dates begin and end.
var zone = func() *time.Location {
	location, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic(err) // the zone is linked in
	}
	return location
}()

// Date is a local date in Denmark, YYYY-MM-DD. Dates compare as strings.
type Date string

// ParseDate reads the date in a field of a request.
func ParseDate(field, value string) (Date, *failure.Error) {
	if _, err := time.Parse(time.DateOnly, value); err != nil {
		return "", failure.Invalid(field, "a date YYYY-MM-DD")
	}
	return Date(value), nil
}

// DateOf returns the local date at a moment.
func DateOf(now time.Time) Date { return Date(now.In(zone).Format(time.DateOnly)) }

// Later is the date so many days after.
func (d Date) Later(days int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return Date(t.AddDate(0, 0, days).Format(time.DateOnly))
}

// Begin is 00:00 of the date. A day on which the clocks change is as long as it is.
func (d Date) Begin() time.Time { return d.midnight(0) }

// End is 24:00 of the date.
func (d Date) End() time.Time { return d.midnight(1) }

func (d Date) midnight(later int) time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day()+later, 0, 0, 0, 0, zone).UTC()
}
