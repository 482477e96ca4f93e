package tenancy

import (
	"bytes"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// person is somebody whom an operator knows. What points to a human being is in Profile alone, which only the
// person's own key opens.
type person struct {
	Language     string    `bson:"language"`
	RegisteredAt time.Time `bson:"registered_at"`
	ChangedAt    time.Time `bson:"changed_at"`    // when the profile was sealed
	LoginHash    string    `bson:"login_hash"`    // keyed; see profiles.loginHash
	ExternalHash string    `bson:"external_hash"` // keyed, empty without an external id; see profiles.externalHash
	UniloginHash string    `bson:"unilogin_hash"` // keyed, empty without one; see profiles.uniloginHash
	Profile      []byte    `bson:"profile"`       // a sealed profile
	Suspended    bool      `bson:"suspended"`     // does not sign in and is given no role
	Withdrawn    bool      `bson:"withdrawn"`     // suspended, and no longer known to the system that brought people
}

// profile is what is encrypted.
type profile struct {
	Name       string `json:"name"`
	Email      string `json:"email"`
	Login      string `json:"login"`
	ExternalID string `json:"external_id,omitempty"`
	Unilogin   string `json:"unilogin,omitempty"` // the login that Unilogin has for the person, where that is another one
}

func newProfile(in tenancyapi.NewPerson) (profile, error) {
	p := profile{Name: in.Name, Email: in.Email, Login: in.Login, ExternalID: given(in.ExternalID), Unilogin: given(in.Unilogin)}
	failures := []*failure.Error{
		line("name", p.Name, maxName),
		email("email", p.Email),
		line("login", p.Login, maxLogin),
		language(string(in.Language)),
	}
	if p.ExternalID != "" {
		failures = append(failures, line("external_id", p.ExternalID, maxName))
	}
	if p.Unilogin != "" {
		failures = append(failures, line("unilogin", p.Unilogin, maxLogin))
	}
	return p, failure.Together(failures...)
}

// fold brings a login to the form in which logins are compared: identity providers differ in capital letters from
// one sign-in to the next.
func fold(login string) string { return norm.NFC.String(strings.ToLower(strings.TrimSpace(login))) }

// carry gives the person a profile, and with it what they are found by.
func (p *person) carry(owner tenant.ID, plain profile, sealed []byte, keys *profiles) {
	if !bytes.Equal(p.Profile, sealed) {
		p.Profile, p.ChangedAt = sealed, keys.now()
	}
	p.LoginHash, p.ExternalHash = keys.loginHash(plain.Login), keys.externalHash(owner, plain.ExternalID)
	p.UniloginHash = keys.uniloginHash(owner, plain.Unilogin)
}

// provisioned makes the person active or suspends them, as an identity system or an administrator says, and tells of a
// suspension.
func (p *person) provisioned(id string, active bool) []events.Event {
	was := p.Suspended
	p.Suspended, p.Withdrawn = !active, false
	if active || was {
		return nil
	}
	return []events.Event{events.PersonSuspended{PersonID: id}}
}

func (p person) registered(id string) events.Event {
	return events.PersonRegistered{PersonID: id, Language: p.Language}
}
