package portal

import (
	"fmt"
	"time"
	_ "time/tzdata" // a static image has no time zones of its own
)

// copenhagen is where every date of the product is a date.
func copenhagen() (*time.Location, error) {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		return nil, fmt.Errorf("time zone Europe/Copenhagen: %w", err)
	}
	return zone, nil
}

// calendar writes dates, times and numbers as a language does.
type calendar struct {
	words *words
	zone  *time.Location
	now   func() time.Time
}

// day writes a date, given as YYYY-MM-DD, a time, or anything that prints as one of them: "24. november 2026" or
// "24 November 2026". What is no date is written as it is.
func (c *calendar) day(value any) string {
	t, ok := c.parse(value)
	if !ok {
		return fmt.Sprint(pointed(value))
	}
	return c.words.text("date.day", "day", t.Day(), "month", c.words.of("month", int(t.Month())), "year", t.Year())
}

// monthYear writes a month given as YYYY-MM: "november 2026".
func (c *calendar) monthYear(value any) string {
	t, err := time.Parse("2006-01", fmt.Sprint(pointed(value)))
	if err != nil {
		return fmt.Sprint(pointed(value))
	}
	return c.words.text("date.month_year", "month", c.words.of("month", int(t.Month())), "year", t.Year())
}

// shortDay leaves the year out: "24. november".
func (c *calendar) shortDay(value any) string {
	t, ok := c.parse(value)
	if !ok {
		return fmt.Sprint(pointed(value))
	}
	return c.words.text("date.short", "day", t.Day(), "month", c.words.of("month", int(t.Month())))
}

// moment writes a time with its day: "tirsdag 24. november kl. 14.30".
func (c *calendar) moment(value any) string {
	t, ok := c.parse(value)
	if !ok {
		return fmt.Sprint(pointed(value))
	}
	weekday := (int(t.Weekday())+6)%7 + 1 // Monday is 1, as in ISO 8601
	return c.words.text("date.moment", "weekday", c.words.of("weekday", weekday), "date", c.shortDay(t), "time", c.clock(t))
}

// clock writes a time of day: "14.30" or "14:30".
func (c *calendar) clock(value any) string {
	t, ok := c.parse(value)
	if !ok {
		return fmt.Sprint(pointed(value))
	}
	return c.words.text("date.clock", "hour", fmt.Sprintf("%02d", t.Hour()), "minute", fmt.Sprintf("%02d", t.Minute()))
}

// machine writes a time for the datetime attribute and for scripts.
func (c *calendar) machine(value any) string {
	t, ok := c.parse(value)
	if !ok {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// today is the local date as services write it.
func (c *calendar) today() string { return c.now().In(c.zone).Format(time.DateOnly) }

// daysFrom is the local date some days from now.
func (c *calendar) daysFrom(days int) string {
	return c.now().In(c.zone).AddDate(0, 0, days).Format(time.DateOnly)
}

func (c *calendar) parse(value any) (time.Time, bool) {
	value = pointed(value)
	if t, ok := value.(time.Time); ok {
		return t.In(c.zone), !t.IsZero()
	}
	text := fmt.Sprint(value)
	if t, err := time.ParseInLocation(time.DateOnly, text, c.zone); err == nil {
		return t, true
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.In(c.zone), true
	}
	return time.Time{}, false
}
