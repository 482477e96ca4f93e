package tenancy

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/collate"
	textlanguage "golang.org/x/text/language"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) createPerson(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "person.create", "person", map[string]any{"person_id": rest.CreatedID(c)}); err != nil {
		return err
	}
	creation, in, err := creating[tenancyapi.NewPerson](c)
	if err != nil {
		return err
	}
	if err := s.inside(ctx, kindPlatform, kindMunicipality, kindOperator, kindUnion); err != nil {
		return err
	}
	plain, err := newProfile(in)
	if err != nil {
		return err
	}
	d, err := s.register(ctx, creation, string(in.Language), plain)
	if err != nil {
		return err
	}
	shown, err := s.showPerson(d)
	if err != nil {
		return err
	}
	return rest.Created(c, d, shown)
}

// register adds a person to the context's tenant. A login that somebody else has there is refused.
func (s *Service) register(ctx context.Context, creation document.Creation, language string, plain profile) (document.Document[person], error) {
	var none document.Document[person]
	owner, err := tenant.From(ctx)
	if err != nil {
		return none, err
	}
	taken, err := s.store.personBy(ctx, "by_login", s.profiles.loginHash(plain.Login))
	if err != nil {
		return none, err
	}
	if taken != nil && taken.ID != creation.ID { // before a key is made for nothing
		return none, failure.New(failure.LoginTaken).At("login")
	}
	if err := s.uniloginFree(ctx, owner, plain.Unilogin, creation.ID); err != nil {
		return none, err
	}
	sealed, err := s.profiles.seal(owner, creation.ID, plain)
	if err != nil {
		return none, err
	}
	p := person{Language: language, RegisteredAt: s.now()}
	p.carry(owner, plain, sealed, s.profiles)
	d, _, err := s.store.persons.Create(ctx, creation, p, p.registered(creation.ID))
	if failure.CodeOf(err) == failure.DocumentExists {
		return none, failure.New(failure.LoginTaken).At("login").Because(err)
	}
	return d, err
}

func (s *Service) listPersons(c *gin.Context) error {
	if err := s.decideAtHome(c.Request.Context(), "person.list", "person", nil); err != nil {
		return err
	}
	if c.Query("q") != "" {
		return s.searchPersons(c)
	}
	list, err := listing(c, s.store.persons.Find, document.Query{Index: "by_registration"},
		func(d document.Document[person]) (tenancyapi.Person, bool, error) {
			shown, err := s.showPerson(d)
			if failure.CodeOf(err) == failure.DocumentNotFound {
				return shown, false, nil
			}
			return shown, true, err
		})
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// searchPersons answers with one page of those whom a search finds, in the order of their names. The cursor is the id of
// the last one shown: it must not tell anybody's name.
func (s *Service) searchPersons(c *gin.Context) error {
	ctx := c.Request.Context()
	q, err := newSearch(c.Query("q"))
	if err != nil {
		return err
	}
	cursor, limit, err := rest.Page(c)
	if err != nil {
		return err
	}
	ids, err := s.found(ctx, q, cursor)
	if err != nil {
		return err
	}
	list := rest.List[tenancyapi.Person]{Items: []tenancyapi.Person{}}
	for _, id := range ids {
		if len(list.Items) == limit {
			list.Next = list.Items[limit-1].PersonID
			break
		}
		d, err := s.store.persons.Get(ctx, id)
		var shown tenancyapi.Person
		if err == nil {
			shown, err = s.showPerson(d)
		}
		if failure.CodeOf(err) == failure.DocumentNotFound { // erased this moment
			continue
		}
		if err != nil {
			return err
		}
		list.Items = append(list.Items, shown)
	}
	c.JSON(http.StatusOK, list)
	return nil
}

func (s *Service) getPerson(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("person_id")
	if err := s.decideAtHome(ctx, "person.read", "person", map[string]any{"person_id": id}); err != nil {
		return err
	}
	d, err := s.store.persons.Get(ctx, id)
	if err != nil {
		return err
	}
	shown, err := s.showPerson(d)
	if err != nil {
		return err
	}
	return rest.OK(c, d, shown)
}

// reinstatePerson lifts a suspension by hand: the identity system that wrote it may be gone, or have been wrong.
func (s *Service) reinstatePerson(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("person_id")
	if err := s.decideAtHome(ctx, "person.reinstate", "person", map[string]any{"person_id": id}); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	d, err := s.store.persons.UpdateAt(ctx, id, revision, func(p *person) ([]events.Event, error) {
		return p.provisioned(id, true), nil
	})
	if err != nil {
		return err
	}
	shown, err := s.showPerson(d)
	if err != nil {
		return err
	}
	return rest.OK(c, d, shown)
}

func (s *Service) showPerson(d document.Document[person]) (tenancyapi.Person, error) {
	plain, err := s.profiles.open(d)
	if err != nil {
		return tenancyapi.Person{}, err
	}
	shown := tenancyapi.Person{
		PersonID: d.ID, Name: plain.Name, Email: plain.Email, Login: plain.Login, ExternalID: optional(plain.ExternalID),
		Unilogin: optional(plain.Unilogin),
		Language: tenancyapi.Language(d.Body.Language), Revision: d.Revision,
	}
	if d.Body.Suspended {
		shown.Suspended = &d.Body.Suspended
	}
	return shown, nil
}

// maxLookup is how many people one lookup takes.
const maxLookup = 200

func (s *Service) lookUpPersons(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideAtHome(ctx, "person.lookup", "person", nil); err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.PersonLookup](c)
	if err != nil {
		return err
	}
	if n := len(in.PersonIds); n == 0 || n > maxLookup {
		return failure.Invalid("person_ids", fmt.Sprintf("1 to %d ids", maxLookup))
	}
	homes, err := s.homes(ctx)
	if err != nil {
		return err
	}
	list := tenancyapi.PersonNameList{Items: []tenancyapi.PersonName{}}
	for _, id := range in.PersonIds {
		d, plain, err := s.profileOf(ctx, homes, id)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			continue
		}
		if err != nil {
			return err
		}
		found := tenancyapi.PersonName{PersonID: id, Name: plain.Name, Language: tenancyapi.Language(d.Body.Language)}
		if subject.Service == "notification" {
			found.Email = &plain.Email
		}
		list.Items = append(list.Items, found)
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// homes tells where the people live whom the context's tenant may look up: for a school those who have or had a role
// there, by person; for every other tenant nil, since its people live in the tenant itself.
func (s *Service) homes(ctx context.Context) (map[string]tenant.ID, error) {
	here, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	o, err := s.store.organisation(ctx, here)
	if err != nil || o.Body.Kind != kindSchool {
		return nil, err
	}
	all, err := s.store.within(ctx, here)
	homes := map[string]tenant.ID{}
	for _, d := range all {
		homes[d.Body.PersonID] = d.Tenant
	}
	return homes, err
}

func (s *Service) profileOf(ctx context.Context, homes map[string]tenant.ID, id string) (document.Document[person], profile, error) {
	if homes != nil {
		home, ok := homes[id]
		if !ok {
			return document.Document[person]{}, profile{}, failure.NotFound("person")
		}
		ctx = tenant.With(ctx, home)
	}
	d, err := s.store.persons.Get(ctx, id)
	if err != nil {
		return d, profile{}, err
	}
	plain, err := s.profiles.open(d)
	return d, plain, err
}

func (s *Service) listStaff(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "staff.read", "staff", nil); err != nil {
		return err
	}
	school, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	all, err := s.store.within(ctx, school)
	if err != nil {
		return err
	}
	members := map[string]*tenancyapi.StaffMember{}
	list := tenancyapi.StaffList{Items: []tenancyapi.StaffMember{}}
	for _, d := range all {
		a := d.Body
		if !a.counts(s.now()) || subject.Key && a.Role == access.UnionRepresentative { // who is TR is for people who turn to one
			continue
		}
		one := members[a.PersonID]
		if one == nil {
			_, plain, err := s.profileOf(tenant.With(ctx, d.Tenant), nil, a.PersonID)
			if failure.CodeOf(err) == failure.DocumentNotFound {
				continue
			}
			if err != nil {
				return err
			}
			one = &tenancyapi.StaffMember{PersonID: a.PersonID, Name: plain.Name}
			members[a.PersonID] = one
		}
		one.Roles = append(one.Roles, tenancyapi.Role(a.Role))
		if a.UnitID != "" {
			one.UnitID = &a.UnitID
		}
	}
	for _, one := range members {
		slices.Sort(one.Roles)
		one.Roles = slices.Compact(one.Roles)
		list.Items = append(list.Items, *one)
	}
	byName := collate.New(textlanguage.Danish)
	slices.SortFunc(list.Items, func(a, b tenancyapi.StaffMember) int {
		return cmp.Or(byName.CompareString(a.Name, b.Name), cmp.Compare(a.PersonID, b.PersonID))
	})
	c.JSON(http.StatusOK, list)
	return nil
}

// inside refuses a thing that the context's tenant, by its kind, does not have.
func (s *Service) inside(ctx context.Context, kinds ...string) error {
	here, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	o, err := s.store.organisation(ctx, here)
	if err != nil {
		return err
	}
	if !slices.Contains(kinds, o.Body.Kind) {
		return failure.New(failure.KindMisplaced).At("tenant_id").Wanting(fmt.Sprintf("a tenant that is one of %v", kinds))
	}
	return nil
}
