package reporting

import (
	"time"
	_ "time/tzdata" // a static image has no time zones of its own
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

// dateOf returns the local date at a moment.
func dateOf(now time.Time) Date { return Date(now.In(zone).Format(time.DateOnly)) }
