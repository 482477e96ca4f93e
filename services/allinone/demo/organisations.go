package demo

import (
	"context"
	"fmt"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Issuer is what the development provider is called in the organisations of the demo; see the portal's settings.
const Issuer = "urn:guldkorn:development"

// organisations makes the platform, operators, schools, people, roles and forums.
func (s *Seed) organisations(ctx context.Context) (*world, error) {
	w := newWorld()
	setup := s.Services.AsSetup()
	issuers := tenancyapi.Issuers{Issuer}
	var platform tenancyapi.Organisation
	err := setup.Create(ctx, "tenancy", "/v1/platform",
		tenancyapi.NewPlatform{Name: "Guldkorn (demo)", Language: "da", SignInIssuers: &issuers}, &platform)
	if err != nil {
		return nil, fmt.Errorf("platform: %w", err)
	}
	for _, o := range append(w.operators, w.union) {
		var made tenancyapi.Organisation
		in := tenancyapi.NewOrganisation{Kind: tenancyapi.OrganisationKind(o.kind), Name: o.name, Code: optional(o.code), Language: "da"}
		if err := setup.Create(ctx, "tenancy", "/v1/tenants/"+platform.OrganisationID+"/organisations", in, &made); err != nil {
			return nil, fmt.Errorf("%s: %w", o.name, err)
		}
		o.id = made.OrganisationID
		for _, p := range o.staff {
			if err := s.join(ctx, o, p, o.id, nil); err != nil {
				return nil, err
			}
		}
		for _, sc := range o.schools {
			if err := s.school(ctx, o, sc); err != nil {
				return nil, fmt.Errorf("%s: %w", sc.name, err)
			}
		}
	}
	return w, nil
}

// school makes one school with its units, staff and forums.
func (s *Seed) school(ctx context.Context, o *operator, sc *school) error {
	kind := tenancyapi.InstitutionType(sc.kind)
	in := tenancyapi.NewOrganisation{Kind: "school", Name: sc.name, Code: &sc.code, InstitutionType: &kind, Language: "da", CoreTaskText: &sc.coreTask}
	var made tenancyapi.Organisation
	if err := s.Services.AsSetup().Create(ctx, "tenancy", "/v1/tenants/"+o.id+"/organisations", in, &made); err != nil {
		return err
	}
	sc.id, sc.unitIDs, sc.forums = made.OrganisationID, map[string]string{}, map[string]string{}
	for _, name := range sc.units {
		var unit tenancyapi.Unit
		if err := s.Services.AsSetup().Create(ctx, "tenancy", "/v1/tenants/"+sc.id+"/units", tenancyapi.NewUnit{Name: name}, &unit); err != nil {
			return fmt.Errorf("unit %s: %w", name, err)
		}
		sc.unitIDs[name] = unit.UnitID
	}
	for _, p := range sc.staff {
		if err := s.join(ctx, o, p, sc.id, sc.unitIDs); err != nil {
			return err
		}
	}
	return s.forums(ctx, sc)
}

// join registers a person with an operator and gives the roles in a scope.
func (s *Seed) join(ctx context.Context, o *operator, p *person, scope string, units map[string]string) error {
	var made tenancyapi.Person
	in := tenancyapi.NewPerson{Name: p.name, Login: p.login, Email: p.login + "@demo.example", Language: "da"}
	if err := s.Services.AsSetup().Create(ctx, "tenancy", "/v1/tenants/"+o.id+"/persons", in, &made); err != nil {
		return fmt.Errorf("%s: %w", p.login, err)
	}
	p.id, p.home = made.PersonID, tenant.ID(o.id)
	for _, role := range p.roles {
		assignment := tenancyapi.NewRoleAssignment{PersonID: p.id, Role: tenancyapi.Role(role), Scope: scope}
		if role == access.Employee {
			assignment.UnitID = optional(units[p.unit])
		}
		if err := s.Services.AsSetup().Create(ctx, "tenancy", "/v1/tenants/"+o.id+"/role-assignments", assignment, nil); err != nil {
			return fmt.Errorf("%s as %s: %w", p.login, role, err)
		}
	}
	return nil
}

// forums makes the trio and, where a school is large enough, the MED committee and the staff meeting.
func (s *Seed) forums(ctx context.Context, sc *school) error {
	trio := []tenancyapi.ForumMember{}
	for _, seat := range []struct {
		role string
		seat tenancyapi.ForumMemberRole
	}{{access.Leader, "chair"}, {access.UnionRepresentative, "tr"}, {access.SafetyRepresentative, "amr"}} {
		if p := sc.who(seat.role); p != nil {
			trio = append(trio, tenancyapi.ForumMember{PersonID: p.id, Role: seat.seat})
		}
	}
	staff := []tenancyapi.ForumMember{}
	for _, p := range sc.staff {
		seat := tenancyapi.ForumMemberRole("member")
		if p.is(access.Leader) {
			seat = "chair"
		}
		staff = append(staff, tenancyapi.ForumMember{PersonID: p.id, Role: seat})
	}
	med := append([]tenancyapi.ForumMember{}, trio...)
	for _, p := range sc.staff[len(sc.staff)-min(5, len(sc.staff)-3):] {
		med = append(med, tenancyapi.ForumMember{PersonID: p.id, Role: "member"})
	}
	for _, forum := range []tenancyapi.NewForum{
		{Kind: "trio", Name: "Trio", Mandate: "advises", Members: trio},
		{Kind: "med", Name: "MED-udvalget", Mandate: "consultation", Members: med},
		{Kind: "staff_meeting", Name: "Personalemødet", Mandate: "advises", Members: staff},
	} {
		if forum.Kind == "staff_meeting" { // whose questions go to the committee
			forum.ParentID = optional(sc.forums["med"])
		}
		var made tenancyapi.Forum
		if err := s.Services.AsSetup().Create(ctx, "tenancy", "/v1/tenants/"+sc.id+"/forums", forum, &made); err != nil {
			return fmt.Errorf("forum %s: %w", forum.Name, err)
		}
		sc.forums[string(forum.Kind)] = made.ForumID
	}
	return nil
}

func optional(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}
