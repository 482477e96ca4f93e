package events

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// Catalogue lists one zero value of every event there is. Tests hold goldens and schemas against it, and
// consumers use it to tell an event that they do not need from one that nobody knows.
var Catalogue = []Event{
	OrganisationCreated{}, OrganisationChanged{}, OrganisationDeleted{}, UnitCreated{}, UnitChanged{}, PersonRegistered{}, PersonSuspended{}, PersonErased{}, RoleAssigned{}, RoleEnded{}, ForumCreated{}, ForumChanged{},
	TechnologyRegistered{}, CommonRoundFramed{}, RoundCountersignatureAsked{}, RoundCountersigned{}, RoundRefused{}, RoundAnnounced{}, RoundTightened{}, RoundOpened{}, RoundExtended{}, RoundClosed{}, RoundReleased{}, RoundDue{}, MonthCountersignatureAsked{}, ConfidentialMessagesWaiting{}, IntakeAccessRecorded{},
	ReleasePublished{},
	TextsWaiting{},
	DialogueCreated{}, PreMeetingCalled{}, InvitationsChanged{}, StepReminderDue{}, DialogueOpened{}, PhaseStarted{}, PhaseLocked{}, ContributionsRevealed{}, AuthorshipDestroyed{}, VoteClosed{},
	DecisionRecorded{}, ActionProposed{}, ActionAccepted{}, ActionDone{}, ActionEffectVerified{}, ActionDropped{}, ActionFollowUpDue{}, AgreementProposed{}, AgreementAdopted{}, AgreementReviewDue{}, AgreementSuperseded{}, AgreementEnded{}, EscalationRaised{}, EscalationAnswered{}, EscalationOverdue{}, MinutesApproved{}, DialogueClosed{}, DialogueAccessRecorded{},
	NotificationSent{}, NotificationFailed{}, NotificationAccessRecorded{},
}

var known = func() map[string]bool {
	m := make(map[string]bool, len(Catalogue))
	for _, e := range Catalogue {
		m[e.Type()] = true
	}
	return m
}()

// Known tells whether the catalogue has this type.
func Known(eventType string) bool { return known[eventType] }

var (
	datePattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// required checks the string, slice and time fields of an event that must not be empty: every field whose JSON
// tag lacks omitempty. Numbers and booleans may be zero.
func required(e Event) error {
	v := reflect.ValueOf(e)
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		if strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero") {
			continue
		}
		switch f := v.Field(i); f.Kind() {
		case reflect.String, reflect.Slice:
			if f.Len() == 0 {
				return fmt.Errorf("%s is empty", name)
			}
		case reflect.Struct:
			if f.Type() == reflect.TypeFor[time.Time]() && f.IsZero() {
				return fmt.Errorf("%s is empty", name)
			}
		}
	}
	return nil
}

func date(name, value string) error {
	if !datePattern.MatchString(value) {
		return fmt.Errorf("%s %q is not a date YYYY-MM-DD", name, value)
	}
	if _, err := time.Parse(time.DateOnly, value); err != nil {
		return fmt.Errorf("%s %q is not a date YYYY-MM-DD", name, value)
	}
	return nil
}

func hash(name, value string) error {
	if !hashPattern.MatchString(value) {
		return fmt.Errorf("%s is not a SHA-256 in hex", name)
	}
	return nil
}
