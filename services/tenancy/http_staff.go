package tenancy

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// hireStaff gives somebody a role at the school. It is all that a school's administrator can do with the operator's
// people: find one by a login that the administrator has been told, or register one who comes with a role here.
func (s *Service) hireStaff(c *gin.Context) error {
	ctx := c.Request.Context()
	creation, in, err := creating[tenancyapi.NewStaffMember](c)
	if err != nil {
		return err
	}
	school, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	found, err := s.store.organisation(ctx, school)
	if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
		return err
	}
	h := hiring{service: s, creation: creation, in: in, school: school, home: tenant.ID(found.Body.ParentID), language: found.Body.Language}
	if found.Body.Kind == kindSchool {
		if err := h.look(ctx); err != nil {
			return err
		}
	}
	// Before this nothing is told, not even whether there is such a school or login.
	if err := s.decideHere(ctx, "staff.hire", "staff", map[string]any{"person_id": h.person, "role": string(in.Role)}); err != nil {
		return err
	}
	if err := s.inside(ctx, kindSchool); err != nil {
		return err
	}
	d, err := h.carryOut(ctx)
	if err != nil {
		return err
	}
	return rest.Created(c, d, showAssignment(d))
}

// hiring is one person on the way to a role at a school.
type hiring struct {
	service  *Service
	creation document.Creation
	in       tenancyapi.NewStaffMember
	school   tenant.ID
	home     tenant.ID // the school's operator, where its people live
	language string    // of the school
	person   string
	known    *document.Document[person] // nil for somebody who is to be registered
}

// look finds the person by the login, or says which id they will have.
func (h *hiring) look(ctx context.Context) error {
	p := h.service.profiles
	h.person = p.importedID(h.home, "hired", h.creation.ID)
	known, err := h.service.store.personBy(tenant.With(ctx, h.home), "by_login", p.loginHash(h.in.Login))
	if err == nil && known != nil {
		h.known, h.person = known, known.ID
	}
	return err
}

func (h *hiring) carryOut(ctx context.Context) (document.Document[assignment], error) {
	a, err := newAssignment(h.creation.ID, tenancyapi.NewRoleAssignment{
		PersonID: h.person, Role: h.in.Role, Scope: string(h.school), UnitID: h.in.UnitID, StaffGroup: h.in.StaffGroup, From: h.in.From, To: h.in.To,
	}, kindSchool, h.service.now())
	var none document.Document[assignment]
	if err != nil {
		return none, err
	}
	ctx = tenant.With(ctx, h.home)
	if err := h.service.placed(ctx, h.school, a.UnitID); err != nil { // before anybody is registered
		return none, err
	}
	if h.known != nil {
		err = h.meant()
	} else {
		err = h.register(ctx)
	}
	if err != nil {
		return none, err
	}
	if err := h.service.belongs(ctx, h.school, a); err != nil {
		return none, err
	}
	return h.service.assign(ctx, h.creation, h.school, a)
}

// meant refuses a login that belongs to somebody else than was named: with a slip of the pen a stranger would get the
// role.
func (h *hiring) meant() error {
	plain, err := h.service.profiles.open(*h.known)
	if err != nil {
		return err
	}
	if name := given(h.in.Name); name != "" && fold(name) != fold(plain.Name) {
		return failure.New(failure.LoginTaken).At("login")
	}
	return nil
}

// register adds the person to the operator's.
func (h *hiring) register(ctx context.Context) error {
	in := tenancyapi.NewPerson{
		Name: given(h.in.Name), Email: given(h.in.Email), Login: h.in.Login, ExternalID: h.in.ExternalID, Language: given(h.in.Language),
	}
	if in.Name == "" && in.Email == "" {
		return failure.New(failure.LoginUnknown).At("login")
	}
	if in.Language == "" {
		in.Language = tenancyapi.Language(h.language)
	}
	plain, err := newProfile(in)
	if err != nil {
		return err
	}
	_, err = h.service.register(ctx, document.Creation{ID: h.person, Request: h.creation.Request}, string(in.Language), plain)
	return err
}
