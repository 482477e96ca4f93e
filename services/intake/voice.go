package intake

import (
	"slices"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Voice is whether a school's staff may tell anonymously what they experience, on any day, and who reads it. There is one
// for each school; the months that come of it are in month.go. The representatives of the staff begin and end it, since it
// is they who read and answer.
type Voice struct {
	On      bool     `bson:"on"`
	Readers []string `bson:"readers"`
	Begun   string   `bson:"begun"`   // the latest month that was begun, or that could not be
	Without Obstacle `bson:"without"` // why that month could not be
}

// Obstacle is why there is no telling at a school.
type Obstacle string

// The obstacles.
const (
	TooFewStaff Obstacle = "too_few_staff"
	NoReader    Obstacle = "no_reader"
)

// refusal is what whoever wants to begin is told.
func (o Obstacle) refusal() error {
	switch o {
	case TooFewStaff:
		return failure.New(failure.VoiceTooFew)
	case NoReader:
		return failure.New(failure.VoiceNoReader)
	}
	return nil
}

// obstacle says what stands against a month at a school with so many employees and these representatives. Fewer people than
// a mean is shown for could be told apart by what they tell.
func obstacle(staff int, readers []string, there map[string][]string) Obstacle {
	if staff < LeastMeans {
		return TooFewStaff
	}
	for _, roles := range there {
		if slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(readers, role) }) {
			return ""
		}
	}
	return NoReader
}

// Switch begins or ends telling. A month that could not begin is looked at again.
func (v *Voice) Switch(on bool, readers []string) {
	v.On, v.Readers, v.Begun, v.Without = on, readers, "", ""
}

// Begin records that a month was begun, or why it could not be. An earlier month changes nothing.
func (v *Voice) Begin(month string, without Obstacle) {
	if month > v.Begun {
		v.Begun, v.Without = month, without
	}
}
