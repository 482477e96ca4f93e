package tenancy

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// person is somebody whom an operator knows. What points to a human being is in Profile alone, which only the
// person's own key opens.
type person struct {
	Language     string    `bson:"language"`
	RegisteredAt time.Time `bson:"registered_at"`
	LoginHash    string    `bson:"login_hash"` // keyed; see profiles.loginHash
	Profile      []byte    `bson:"profile"`    // a sealed profile
}

// profile is what is encrypted.
type profile struct {
	Name       string `json:"name"`
	Email      string `json:"email"`
	Login      string `json:"login"`
	ExternalID string `json:"external_id,omitempty"`
}

func newProfile(in tenancyapi.NewPerson) (profile, error) {
	p := profile{Name: in.Name, Email: in.Email, Login: in.Login, ExternalID: given(in.ExternalID)}
	failures := []*failure.Error{
		line("name", p.Name, maxName),
		email("email", p.Email),
		line("login", p.Login, maxLogin),
		language(string(in.Language)),
	}
	if p.ExternalID != "" {
		failures = append(failures, line("external_id", p.ExternalID, maxName))
	}
	return p, failure.Together(failures...)
}

// fold brings a login to the form in which logins are compared: identity providers differ in capital letters from
// one sign-in to the next.
func fold(login string) string { return norm.NFC.String(strings.ToLower(strings.TrimSpace(login))) }

func (p person) registered(id string) events.Event {
	return events.PersonRegistered{PersonID: id, Language: p.Language}
}
