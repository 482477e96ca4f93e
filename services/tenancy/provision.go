package tenancy

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// provisionedPerson is a person as the operator's identity system sees them.
type provisionedPerson struct {
	document.Document[person]
	plain profile
}

func (p provisionedPerson) attributes() scim.Attributes {
	return scim.Attributes{
		UserName: p.plain.Login, ExternalID: p.plain.ExternalID, Unilogin: p.plain.Unilogin, Name: p.plain.Name, Email: p.plain.Email,
		Language: p.Body.Language, Active: !p.Body.Suspended,
	}
}

func (p provisionedPerson) location() string { return "Users/" + p.ID }

func (p provisionedPerson) user() scim.User {
	return scim.NewUser(p.ID, p.attributes(), scim.Meta{
		ResourceType: "User", Created: &p.CreatedAt, LastModified: &p.UpdatedAt, Location: p.location(), Version: scim.Version(p.Revision),
	})
}

// meets tells whether the person is one of those whom a filter asks for.
func (p provisionedPerson) meets(conditions []scim.Condition) bool {
	return !slices.ContainsFunc(conditions, func(c scim.Condition) bool {
		switch c.Attribute {
		case "id":
			return c.Value != p.ID
		case "username":
			name, _ := c.Value.(string)
			return fold(name) != fold(p.plain.Login)
		case "externalid":
			return c.Value != p.plain.ExternalID
		}
		return c.Value != !p.Body.Suspended // active
	})
}

// opened returns a person with the profile, or the failure document.not_found for one who was erased or taken out.
func (s *Service) opened(d document.Document[person]) (provisionedPerson, error) {
	if d.Body.Withdrawn {
		return provisionedPerson{}, failure.NotFound("person")
	}
	plain, err := s.profiles.open(d)
	return provisionedPerson{d, plain}, err
}

func (s *Service) provisionedPerson(ctx context.Context, id string) (provisionedPerson, error) {
	d, err := s.store.persons.Get(ctx, id)
	if err != nil {
		return provisionedPerson{}, err
	}
	return s.opened(d)
}

// provisioned returns those of a page whom a filter asks for, and how many there are on all pages. Of the filter's
// conditions the one that fewest people can meet is looked up, and the others are tried on who is found.
func (s *Service) provisioned(ctx context.Context, conditions []scim.Condition, first, most int) (page []provisionedPerson, total int, err error) {
	query := document.Query{Index: "by_provision", Equal: []any{false}}
	for _, c := range conditions {
		if c.Attribute != "active" {
			return s.lookedUp(ctx, c, conditions, first, most)
		}
		if query.Index == "by_suspension" && query.Equal[1] != !c.Value.(bool) {
			return nil, 0, nil // nobody is both
		}
		query = document.Query{Index: "by_suspension", Equal: []any{false, !c.Value.(bool)}}
	}
	if total, err = s.store.persons.Count(ctx, query); err != nil || most == 0 {
		return nil, total, err
	}
	query.Skip, query.Limit = first-1, most
	found, err := s.store.persons.Find(ctx, query)
	if err != nil {
		return nil, 0, err
	}
	for _, d := range found.Items {
		p, err := s.opened(d)
		if failure.CodeOf(err) == failure.DocumentNotFound { // is being erased just now
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		page = append(page, p)
	}
	return page, total, nil
}

// lookedUp answers a filter of which one condition leads to one person at most.
func (s *Service) lookedUp(ctx context.Context, by scim.Condition, conditions []scim.Condition, first, most int) ([]provisionedPerson, int, error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return nil, 0, err
	}
	value, _ := by.Value.(string)
	var found *document.Document[person]
	switch by.Attribute {
	case "username":
		found, err = s.store.personBy(ctx, "by_login", s.profiles.loginHash(value))
	case "externalid":
		found, err = s.store.personBy(ctx, "by_external", s.profiles.externalHash(owner, value))
	case "id":
		var d document.Document[person]
		if d, err = s.store.persons.Get(ctx, value); err == nil {
			found = &d
		}
	}
	var p provisionedPerson
	if err == nil && found != nil {
		p, err = s.opened(*found)
	}
	switch code := failure.CodeOf(err); {
	case code == failure.DocumentNotFound || code == failure.RequestInvalid: // an id that none can have
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	case found == nil || !p.meets(conditions):
		return nil, 0, nil
	case first > 1 || most == 0:
		return nil, 1, nil
	}
	return []provisionedPerson{p}, 1, nil
}

// scimProfile is the profile that an identity system says a person has. Where it says no address, a userName that is one
// serves.
func scimProfile(in *scim.Attributes) (profile, error) {
	if in.Email == "" && email("email", in.UserName) == nil {
		in.Email = in.UserName
	}
	if in.Language == "" {
		in.Language = "da"
	}
	return newProfile(tenancyapi.NewPerson{
		Name: in.Name, Email: in.Email, Login: in.UserName, ExternalID: optional(in.ExternalID), Unilogin: optional(in.Unilogin),
		Language: tenancyapi.Language(in.Language),
	})
}

// provision registers somebody whom the identity system brings. Who was taken out before comes back as the same person:
// the same human being, whose work at the schools bears that id. A userName that somebody else had before, by another
// number, is not enough for that.
func (s *Service) provision(ctx context.Context, owner tenant.ID, plain profile, in scim.Attributes) (provisionedPerson, error) {
	known, err := s.bearer(ctx, owner, plain, "")
	if err != nil {
		return provisionedPerson{}, err
	}
	if known != nil {
		was, err := s.profiles.open(*known)
		if err != nil {
			return provisionedPerson{}, err
		}
		if was.ExternalID != "" && plain.ExternalID != "" && was.ExternalID != plain.ExternalID {
			return provisionedPerson{}, taken("The userName was another person's before.")
		}
		if plain.Unilogin == "" {
			plain.Unilogin = was.Unilogin
		}
		return s.rewrite(ctx, *known, plain, in)
	}
	id := s.profiles.newPersonID(owner, plain)
	if _, err := s.store.persons.Get(ctx, id); err == nil { // before its owner's key is used
		return provisionedPerson{}, taken("The externalId or userName was another person's before.")
	} else if failure.CodeOf(err) != failure.DocumentNotFound {
		return provisionedPerson{}, err
	}
	sealed, err := s.profiles.seal(owner, id, plain)
	if err != nil {
		return provisionedPerson{}, err
	}
	p := person{Language: in.Language, RegisteredAt: s.now(), Suspended: !in.Active}
	p.carry(owner, plain, sealed, s.profiles)
	d, err := s.store.persons.Insert(ctx, id, p, p.registered(id))
	if failure.CodeOf(err) == failure.DocumentExists {
		return provisionedPerson{}, taken("The userName is taken, or its person was erased, whom no system brings back.")
	}
	return provisionedPerson{d, plain}, err
}

// bearer returns who has the login, the number and the Unilogin of a profile: nobody, or somebody who was taken out and may come back.
// Anybody else but the person except is an error of uniqueness.
func (s *Service) bearer(ctx context.Context, owner tenant.ID, plain profile, except string) (*document.Document[person], error) {
	var known *document.Document[person]
	for index, hash := range map[string]string{
		"by_login": s.profiles.loginHash(plain.Login), "by_external": s.profiles.externalHash(owner, plain.ExternalID),
		"by_unilogin": s.profiles.uniloginHash(owner, plain.Unilogin),
	} {
		found, err := s.store.personBy(ctx, index, hash)
		switch {
		case err != nil:
			return nil, err
		case found == nil || found.ID == except:
		case !found.Body.Withdrawn || except != "" || known != nil && known.ID != found.ID:
			return nil, taken(map[string]string{
				"by_login": "The userName is taken.", "by_external": "The externalId is taken.", "by_unilogin": "The unilogin is taken.",
			}[index])
		default:
			known = found
		}
	}
	return known, nil
}

func taken(detail string) error {
	return &scim.Error{Status: http.StatusConflict, Type: scim.Uniqueness, Detail: detail}
}

// reprovision gives a person what the identity system says of them now. Everything that can be refused is refused before
// anything is written.
func (s *Service) reprovision(ctx context.Context, before provisionedPerson, in scim.Attributes) (provisionedPerson, error) {
	plain, err := scimProfile(&in)
	if err != nil {
		return before, err
	}
	if _, err := s.bearer(ctx, before.Tenant, plain, before.ID); err != nil {
		return before, err
	}
	if again, err := s.signsInOtherwise(ctx, before.plain, plain); err != nil {
		return before, err
	} else if again {
		if err := s.renamable(ctx, before.ID); err != nil {
			return before, err
		}
	}
	if !in.Active {
		if err := s.suspendable(ctx, before); err != nil {
			return before, err
		}
	}
	return s.rewrite(ctx, before.Document, plain, in)
}

// signsInOtherwise tells whether somebody else's account at a sign-in provider would mean the person from now on.
func (s *Service) signsInOtherwise(ctx context.Context, was, is profile) (bool, error) {
	if fold(was.Login) != fold(is.Login) || fold(was.Unilogin) != fold(is.Unilogin) {
		return true, nil
	}
	if was.ExternalID == is.ExternalID {
		return false, nil
	}
	return s.signsInBy(ctx, matchExternalID)
}

// renamable refuses another way to sign in for somebody who has a role that no identity system gives. Else whoever got hold of its
// key could sign in as a representative to whom colleagues write in confidence.
func (s *Service) renamable(ctx context.Context, id string) error {
	held, err := s.store.held(ctx, id)
	if err != nil {
		return err
	}
	for _, d := range held {
		if !d.Body.over(s.now()) && !slices.Contains(provisionedRoles, d.Body.Role) {
			return &scim.Error{Status: http.StatusBadRequest, Type: scim.Mutability,
				Detail: "What somebody who represents colleagues or administers signs in by is changed by the municipality's administrator."}
		}
	}
	return nil
}

// suspendable decides about ending what a person may do, for the record too, and refuses it for a last administrator.
func (s *Service) suspendable(ctx context.Context, p provisionedPerson) error {
	if p.Body.Suspended {
		return nil
	}
	if err := s.decideHere(ctx, "scim.deactivate", "person", map[string]any{"person_id": p.ID}); err != nil {
		return err
	}
	return s.erasable(ctx, p.ID)
}

// rewrite seals what is known about a person anew, and ends the roles of one who is suspended.
func (s *Service) rewrite(ctx context.Context, before document.Document[person], plain profile, in scim.Attributes) (provisionedPerson, error) {
	sealed := before.Body.Profile
	if known, err := s.profiles.open(before); err != nil {
		return provisionedPerson{}, err
	} else if known != plain {
		if sealed, err = s.profiles.reseal(before.Tenant, before.ID, plain); err != nil {
			return provisionedPerson{}, err
		}
	}
	d, err := s.store.persons.UpdateAt(ctx, before.ID, before.Revision, func(p *person) ([]events.Event, error) {
		p.carry(before.Tenant, plain, sealed, s.profiles)
		p.Language = in.Language
		return p.provisioned(before.ID, in.Active), nil
	})
	if failure.CodeOf(err) == failure.DocumentExists {
		return provisionedPerson{}, taken("The userName is taken.")
	}
	if err == nil && d.Body.Suspended {
		err = s.endRoles(ctx, d.ID)
	}
	return provisionedPerson{d, plain}, err
}

// withdraw suspends a person and takes them out of what the identity system sees.
func (s *Service) withdraw(ctx context.Context, before provisionedPerson) error {
	if err := s.erasable(ctx, before.ID); err != nil {
		return err
	}
	_, err := s.store.persons.UpdateAt(ctx, before.ID, before.Revision, func(p *person) ([]events.Event, error) {
		evs := p.provisioned(before.ID, false)
		p.Withdrawn = true
		return evs, nil
	})
	return errors.Join(err, s.endRoles(ctx, before.ID))
}

// personSuspended ends the roles of somebody whose suspension was written by a process that ended before it came to
// them.
func (s *Service) personSuspended(ctx context.Context, _ events.Envelope, e events.PersonSuspended) error {
	d, err := s.store.persons.Get(ctx, e.PersonID)
	if failure.CodeOf(err) == failure.DocumentNotFound || err == nil && !d.Body.Suspended {
		return nil // erased, or back again
	}
	if err != nil {
		return err
	}
	return s.endRoles(ctx, e.PersonID)
}
