package scim

import (
	"encoding/json"
	"strings"

	"github.com/scim2/filter-parser/v2"
)

// Attributes is what is kept of a user. Everything else that a client sends is taken and forgotten.
type Attributes struct {
	UserName   string
	ExternalID string
	Unilogin   string // what the person signs in as at Unilogin; empty where nobody said
	Name       string // one for all of displayName and name
	Email      string
	Language   string // da or en; empty where nobody said
	Active     bool
}

// names collects what a request says of the one name that a user has.
type names struct{ display, formatted, given, family string }

// Put takes in the attributes of a whole user (RFC 7644, sections 3.3 and 3.5.1). Those that are left out stay as they
// are, which the standard leaves to us: nothing is lost because a system does not know it.
func (a *Attributes) Put(raw []byte) error {
	if err := decode(raw, &struct{}{}); err != nil {
		return err
	}
	steps, err := attributes(raw, false)
	if err != nil {
		return err
	}
	kept := steps[:0]
	for _, step := range steps {
		if !null(step.value) || step.path.name == "externalid" {
			kept = append(kept, step)
		}
	}
	return a.apply(kept)
}

// Patch takes in a change. On an error it may be half applied: whoever calls throws it away then.
func (a *Attributes) Patch(raw []byte) error {
	steps, err := readPatch(raw)
	if err != nil {
		return err
	}
	return a.apply(steps)
}

func (a *Attributes) apply(steps []operation) error {
	var n names
	for _, step := range steps {
		var err error
		if strings.EqualFold(step.path.schema, extension) {
			if err = a.extend(step); err != nil {
				return err
			}
			continue
		}
		if !step.path.of(UserSchema) {
			continue
		}
		if step.remove || null(step.value) {
			err = a.clear(step.path)
		} else {
			err = a.set(step.path, step.value, &n)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case n.display != "":
		a.Name = n.display
	case n.formatted != "":
		a.Name = n.formatted
	case n.given != "" && n.family != "" || a.Name == "": // half a name replaces no whole one
		a.Name = strings.TrimSpace(n.given + " " + n.family)
	}
	return nil
}

func (a *Attributes) set(p path, value json.RawMessage, n *names) (err error) {
	switch p.name {
	case "username":
		a.UserName, err = text("userName", value)
	case "externalid":
		a.ExternalID, err = text("externalId", value)
	case "displayname":
		n.display, err = text("displayName", value)
	case "name":
		return n.set(p.sub, value)
	case "preferredlanguage":
		var tag string
		tag, err = text("preferredLanguage", value)
		a.Language = language(tag)
	case "active":
		a.Active, err = truth("active", value)
	case "emails":
		return a.setEmail(p, value)
	}
	return err
}

// clear takes an attribute away. Those that a person always has cannot be.
func (a *Attributes) clear(p path) error {
	switch p.name {
	case "externalid":
		a.ExternalID = ""
	case "preferredlanguage":
		a.Language = ""
	case "username", "displayname", "emails", "active":
		return bad(Mutability, "%s cannot be removed", p.name)
	}
	return nil
}

// extend takes in our own part of a user: an object, or one of its attributes by its path.
func (a *Attributes) extend(step operation) (err error) {
	switch {
	case step.path.name != "" && step.path.name != "unilogin":
		return nil
	case step.remove || null(step.value):
		a.Unilogin = ""
		return nil
	case step.path.name == "unilogin":
		a.Unilogin, err = text("unilogin", step.value)
		return err
	}
	parts, err := members(step.value)
	for _, part := range parts {
		if strings.EqualFold(part.name, "unilogin") {
			if a.Unilogin = ""; !null(part.value) {
				a.Unilogin, err = text("unilogin", part.value)
			}
		}
	}
	return err
}

// set reads a name or one part of it.
func (n *names) set(sub string, value json.RawMessage) (err error) {
	switch sub {
	case "":
		parts, err := members(value)
		if err != nil {
			return err
		}
		for _, part := range parts {
			if part.name == "" || null(part.value) {
				continue
			}
			if err := n.set(strings.ToLower(part.name), part.value); err != nil {
				return err
			}
		}
	case "formatted":
		n.formatted, err = text("name.formatted", value)
	case "givenname":
		n.given, err = text("name.givenName", value)
	case "familyname":
		n.family, err = text("name.familyName", value)
	}
	return err
}

// email is one of the addresses that a client sends.
type email struct {
	Value   json.RawMessage
	Type    string
	Primary json.RawMessage
}

// setEmail takes the address at work: of several the primary one, else the one for work, else the first.
func (a *Attributes) setEmail(p path, value json.RawMessage) (err error) {
	if p.only != nil || p.sub != "" { // emails[type eq "work"].value
		if !atWork(p.only) || p.sub != "" && p.sub != "value" {
			return nil
		}
		if p.sub == "" {
			var one email
			if err := decode(value, &one); err != nil {
				return err
			}
			value = one.Value
		}
		a.Email, err = text("emails.value", value)
		return err
	}
	var all []email
	if err := decode(value, &all); err != nil {
		return err
	}
	best, rank := -1, 0
	for i, one := range all {
		r := 1
		if strings.EqualFold(one.Type, "work") {
			r = 2
		}
		if primary, err := truth("primary", one.Primary); err == nil && primary {
			r = 3
		}
		if r > rank && !null(one.Value) {
			best, rank = i, r
		}
	}
	if best < 0 {
		return bad(InvalidValue, "emails has to have an address")
	}
	a.Email, err = text("emails.value", all[best].Value)
	return err
}

// atWork tells whether a filter of emails can mean the one that is kept.
func atWork(e filter.Expression) bool {
	if e == nil {
		return true
	}
	one, ok := e.(*filter.AttributeExpression)
	if !ok || one.Operator != filter.EQ {
		return false
	}
	switch value, _ := one.CompareValue.(string); strings.ToLower(one.AttributePath.AttributeName) {
	case "type":
		return strings.EqualFold(value, "work")
	case "primary":
		return one.CompareValue == true || strings.EqualFold(value, "true")
	}
	return false
}

// language is the one of ours that a tag such as da-DK means; empty for others.
func language(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if primary == "da" || primary == "en" {
		return primary
	}
	return ""
}

// User is a user as it is sent.
type User struct {
	Schemas           []string `json:"schemas"`
	ID                string   `json:"id"`
	ExternalID        string   `json:"externalId,omitempty"`
	UserName          string   `json:"userName"`
	Name              Name     `json:"name"`
	DisplayName       string   `json:"displayName"`
	PreferredLanguage string   `json:"preferredLanguage"`
	Active            bool     `json:"active"`
	Emails            []Email  `json:"emails"`
	Meta              Meta     `json:"meta"`

	Extension *Extension `json:"urn:ietf:params:scim:schemas:extension:guldkorn:2.0:User,omitempty"`
}

// Extension is what a user has here that the standard does not know.
type Extension struct {
	Unilogin string `json:"unilogin"`
}

// Name is the name of a user: it has no parts here.
type Name struct {
	Formatted string `json:"formatted"`
}

// Email is the one address of a user.
type Email struct {
	Value   string `json:"value"`
	Type    string `json:"type"`
	Primary bool   `json:"primary"`
}

// NewUser returns what is sent of a user.
func NewUser(id string, a Attributes, m Meta) User {
	u := User{
		Schemas: []string{UserSchema}, ID: id, ExternalID: a.ExternalID, UserName: a.UserName,
		Name: Name{a.Name}, DisplayName: a.Name, PreferredLanguage: a.Language, Active: a.Active,
		Emails: []Email{{a.Email, "work", true}}, Meta: m,
	}
	if a.Unilogin != "" {
		u.Schemas, u.Extension = append(u.Schemas, extension), &Extension{a.Unilogin}
	}
	return u
}
