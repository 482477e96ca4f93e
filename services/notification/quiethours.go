package notification

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata" // a static image has no time zones of its own

	"github.com/guldkorn/guldkorn/libs/failure"
)

// OpenHours are when the people of one school get e-mail: from From to To on the given weekdays, by the clock on the
// wall in Denmark. The rest is quiet. In the hour that the clock shows twice both are open; the hour that it skips
// does not exist, so a school that opens within it opens when the clock has jumped.
type OpenHours struct {
	From     string `bson:"open_from"` // 07:00
	To       string `bson:"open_to"`   // 16:00, at most 24:00
	Weekdays []int  `bson:"weekdays"`  // 1 is Monday, 7 is Sunday (ISO 8601)
}

// usualHours hold for a school that has set none.
var usualHours = OpenHours{From: "07:00", To: "16:00", Weekdays: []int{1, 2, 3, 4, 5}}

var (
	clockPattern = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$|^24:00$`)
	copenhagen   = mustLoad("Europe/Copenhagen")
)

func mustLoad(zone string) *time.Location {
	l, err := time.LoadLocation(zone)
	if err != nil {
		panic(err) // time/tzdata is linked in
	}
	return l
}

// Validate names what is wrong with the hours. Valid hours are open at some time in every week.
func (h OpenHours) Validate() error {
	var from, to, order, days *failure.Error
	if !clockPattern.MatchString(h.From) || h.From == "24:00" {
		from = failure.Invalid("open_from", "a time from 00:00 to 23:59")
	}
	if !clockPattern.MatchString(h.To) {
		to = failure.Invalid("open_to", "a time from 00:01 to 24:00")
	}
	if from == nil && to == nil && h.From >= h.To {
		order = failure.Invalid("open_to", fmt.Sprintf("a time after open_from, %s", h.From))
	}
	sorted := slices.Sorted(slices.Values(h.Weekdays))
	if len(sorted) == 0 || sorted[0] < 1 || sorted[len(sorted)-1] > 7 || len(slices.Compact(sorted)) != len(h.Weekdays) {
		days = failure.Invalid("weekdays", "at least one day from 1 (Monday) to 7 (Sunday), each once")
	}
	return failure.Together(from, to, order, days)
}

// Open tells whether mail may go out at t.
func (h OpenHours) Open(t time.Time) bool {
	local := t.In(copenhagen)
	minute := local.Hour()*60 + local.Minute()
	return h.opensOn(local) && minutes(h.From) <= minute && minute < minutes(h.To)
}

// Next returns the first time from t on at which mail may go out: t itself when that is open.
func (h OpenHours) Next(t time.Time) time.Time {
	for at := t; ; {
		if h.Open(at) {
			return at
		}
		local := at.In(copenhagen)
		next := h.nextOpening(local)
		// If the clock changes before, look again from there: the wall shows another time then.
		if _, change := local.ZoneBounds(); !change.IsZero() && change.Before(next) {
			next = change
		}
		at = next
	}
}

// nextOpening returns the next opening after local, were the clock never to change.
func (h OpenHours) nextOpening(local time.Time) time.Time {
	_, offset := local.Zone()
	fixed := local.In(time.FixedZone("", offset))
	for day := 0; ; day++ {
		opening := time.Date(fixed.Year(), fixed.Month(), fixed.Day()+day, 0, minutes(h.From), 0, 0, fixed.Location())
		if opening.After(fixed) && h.opensOn(opening) {
			return opening
		}
	}
}

func (h OpenHours) opensOn(local time.Time) bool {
	day := int(local.Weekday())
	if day == 0 {
		day = 7
	}
	return slices.Contains(h.Weekdays, day)
}

// minutes reads a valid time of the clock as minutes after midnight.
func minutes(clock string) int {
	hour, _ := strconv.Atoi(clock[:2])
	minute, _ := strconv.Atoi(clock[3:])
	return hour*60 + minute
}
