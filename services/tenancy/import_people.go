package tenancy

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/roster"
)

// roleWords are what lists call the roles that are given in a school, beside the roles' own names.
var roleWords = map[string]string{
	"medarbejder": access.Employee, "lærer": access.Employee, "pædagog": access.Employee, "underviser": access.Employee, "teacher": access.Employee,
	"leder": access.Leader, "skoleleder": access.Leader, "rektor": access.Leader,
	"tillidsrepræsentant": access.UnionRepresentative, "arbejdsmiljørepræsentant": access.SafetyRepresentative,
	"administrator": access.SchoolAdministrator, "skolens administrator": access.SchoolAdministrator,
	"it-vejleder": access.ITGuide, "tekstlæser": access.TextReader, "elevrepræsentant": access.LearnerRepresentative,
}

// groupWords are what lists call the staff groups, in their own column or as a role, beside the groups' own names.
var groupWords = map[string]tenancyapi.StaffGroup{
	"lærer": "teacher", "lærere": "teacher", "underviser": "teacher", "undervisere": "teacher",
	"pædagog": "pedagogue", "pædagoger": "pedagogue",
	"administration": "administration", "administrativ": "administration", "administrativt personale": "administration", "sekretær": "administration",
	"it": "it", "it-medarbejder": "it", "it-personale": "it",
	"teknisk": "technical_and_cleaning", "teknisk personale": "technical_and_cleaning", "teknik og rengøring": "technical_and_cleaning",
	"teknisk service": "technical_and_cleaning", "pedel": "technical_and_cleaning", "rengøring": "technical_and_cleaning",
	"leder": "leader", "ledere": "leader", "ledelse": "leader",
}

// staffGroup reads the group of a row, which only an employee has. Where its column says nothing the word for the role may:
// a list that calls people teachers says what they are employed as.
func staffGroup(role, roleWord, groupWord string) (*tenancyapi.StaffGroup, bool) {
	if role != access.Employee {
		return nil, groupWord == ""
	}
	word := groupWord
	if word == "" {
		word = roleWord
	}
	group, ok := groupWords[word]
	if own := tenancyapi.StaffGroup(word); !ok && own.Valid() {
		group, ok = own, true
	}
	if !ok {
		return nil, groupWord == ""
	}
	return &group, true
}

// dateForms are how lists write dates.
var dateForms = []string{time.DateOnly, "02-01-2006", "02.01.2006", "02/01/2006"}

// personPlan is what the rows of one person come to.
type personPlan struct {
	id       string
	stored   *document.Document[person] // nil for somebody new
	profile  profile
	language string
	changed  bool
	roles    []plannedRole
	changes  map[int][]cellChange
	problems []roster.Problem
}

// plannedRole is a role that a row gives, or what becomes of one that its person has already.
type plannedRole struct {
	id      string
	role    assignment
	ends    *document.Document[assignment] // the role that the row gives an end, instead of a new one
	follows *document.Document[assignment] // the placement that ends where this one begins, with another staff group
	changes []cellChange
}

// outcome says what would become of the person's rows.
func (p personPlan) outcome() string {
	switch {
	case len(p.problems) > 0:
		return rowWrong
	case p.stored == nil:
		return rowCreate
	case p.changed || len(p.roles) > 0:
		return rowChange
	}
	return rowUnchanged
}

// planPerson finds out what the rows of one person would change. It writes nothing.
func (r *importer) planPerson(ctx context.Context, people registered, rows []plannedRow) (plan personPlan, err error) {
	first := rows[0]
	plan.changes = map[int][]cellChange{}
	wrong := func(row plannedRow, column, reason string) {
		plan.problems = append(plan.problems, roster.Problem{Row: row.Number, Column: column, Reason: reason})
	}
	for _, row := range rows[1:] {
		for _, column := range []string{"name", "email", "login", "external_id", "unilogin", "language"} {
			if fold(row.Cells[column]) != fold(first.Cells[column]) {
				wrong(row, column, roster.Conflict)
			}
		}
	}
	in := tenancyapi.NewPerson{
		Name: first.Cells["name"], Email: first.Cells["email"], Login: first.Cells["login"], ExternalID: optional(first.Cells["external_id"]),
		Unilogin: optional(first.Cells["unilogin"]), Language: tenancyapi.Language(first.Cells["language"]),
	}
	if in.Language == "" {
		in.Language = "da"
	}
	plan.language = string(in.Language)
	if plan.profile, err = newProfile(in); err != nil {
		for _, one := range failure.From(err).Each() {
			wrong(first, one.Field, roster.Invalid)
		}
		err = nil
	}
	if len(plan.problems) > 0 {
		return plan, nil
	}
	reason, column, differ, err := r.findPerson(ctx, people, &plan)
	if err != nil || reason != "" {
		if reason != "" {
			wrong(first, column, reason)
		}
		return plan, err
	}
	if plan.changed = len(differ) > 0; plan.changed {
		for _, row := range rows {
			plan.changes[row.Number] = differ
		}
	}
	var held []document.Document[assignment]
	if plan.stored != nil {
		if held, err = r.service.store.held(ctx, plan.id); err != nil {
			return plan, err
		}
	}
	for _, row := range rows {
		role, column, reason := r.planRole(plan.id, row, held)
		switch {
		case reason != "":
			wrong(row, column, reason)
		case role != nil && plan.id == r.by:
			wrong(row, "role", roster.Forbidden)
		case role != nil && plan.stored != nil && plan.stored.Body.Suspended:
			wrong(row, "role", roster.Conflict)
		case role != nil:
			plan.roles = append(plan.roles, *role)
			plan.changes[row.Number] = append(slices.Clone(plan.changes[row.Number]), role.changes...)
			held = role.among(held)
		}
	}
	return plan, nil
}

// findPerson looks for the person by the number that the operator knows them by, then by login, and tells what the list
// says otherwise than is known of them.
func (r *importer) findPerson(ctx context.Context, people registered, plan *personPlan) (reason, column string, differ []cellChange, err error) {
	p := r.service.profiles
	plan.id = p.newPersonID(r.operator, plan.profile)
	if plan.stored, err = people.byID(ctx, plan.id); err != nil {
		return "", "", nil, err
	}
	if plan.stored == nil { // brought another way, and given the number later
		if plan.stored, err = people.byExternal(ctx, p.externalHash(r.operator, plan.profile.ExternalID)); err != nil {
			return "", "", nil, err
		}
	}
	same, err := people.byLogin(ctx, p.loginHash(plan.profile.Login))
	if err != nil {
		return "", "", nil, err
	}
	if same != nil && plan.stored != nil && plan.stored.ID != same.ID {
		return roster.Conflict, "login", nil, nil
	}
	if same != nil {
		plan.stored = same
	}
	if plan.stored != nil {
		plan.id = plan.stored.ID
	}
	if err := r.service.uniloginFree(ctx, r.operator, plan.profile.Unilogin, plan.id); failure.CodeOf(err) == failure.LoginTaken {
		return roster.Conflict, "unilogin", nil, nil
	} else if err != nil {
		return "", "", nil, err
	}
	if plan.stored == nil {
		if r.erased[plan.id] {
			return roster.Gone, "login", nil, nil
		}
		return "", "", nil, nil
	}
	known, err := p.open(*plan.stored)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return roster.Gone, "login", nil, nil
	}
	if err != nil {
		return "", "", nil, err
	}
	if known.ExternalID != "" && plan.profile.ExternalID != "" && known.ExternalID != plan.profile.ExternalID {
		return roster.Conflict, "external_id", nil, nil
	}
	if plan.profile.ExternalID == "" {
		plan.profile.ExternalID = known.ExternalID
	}
	if plan.profile.Unilogin == "" { // a list without the column takes it from nobody
		plan.profile.Unilogin = known.Unilogin
	}
	return "", "", plan.differ(known), nil
}

// differ tells what the list says otherwise than is known.
func (p personPlan) differ(known profile) []cellChange {
	var differ []cellChange
	for _, cell := range []struct{ column, before, after string }{
		{"name", known.Name, p.profile.Name},
		{"email", known.Email, p.profile.Email},
		{"login", known.Login, p.profile.Login},
		{"external_id", known.ExternalID, p.profile.ExternalID},
		{"unilogin", known.Unilogin, p.profile.Unilogin},
	} {
		if cell.before != cell.after {
			differ = append(differ, cellChange{Column: cell.column, After: cell.after})
		}
	}
	if was := p.stored.Body.Language; was != p.language {
		differ = append(differ, cellChange{"language", was, p.language})
	}
	return differ
}

// planRole finds out what the role of a row would change: nil if nothing, or the column and what is wrong with it.
func (r *importer) planRole(person string, row plannedRow, held []document.Document[assignment]) (planned *plannedRole, column, reason string) {
	word := fold(row.Cells["role"])
	if word == "" {
		return nil, "", ""
	}
	role := roleWords[word]
	if role == "" {
		role = word
	}
	if !slices.Contains(scopeKinds[role], kindSchool) {
		return nil, "role", roster.Unknown
	}
	school, ok := r.schools[fold(row.Cells["school"])]
	if !ok {
		return nil, "school", roster.Unknown
	}
	in := tenancyapi.NewRoleAssignment{PersonID: person, Role: tenancyapi.Role(role), Scope: string(school.id)}
	if role == access.Employee {
		unit, ok := school.units[fold(row.Cells["unit"])]
		if !ok {
			return nil, "unit", roster.Unknown
		}
		in.UnitID = &unit
	}
	if in.StaffGroup, ok = staffGroup(role, word, fold(row.Cells["staff_group"])); !ok {
		return nil, "staff_group", roster.Unknown
	}
	for column, at := range map[string]**time.Time{"from": &in.From, "to": &in.To} {
		text := row.Cells[column]
		if text == "" {
			continue
		}
		day, ok := r.date(text)
		if !ok {
			return nil, column, roster.Invalid
		}
		if column == "to" {
			day = day.AddDate(0, 0, 1) // the last day counts, too
		}
		*at = &day
	}
	id := r.service.profiles.importedID(r.operator, "role", strings.Join([]string{person, role, in.Scope, given(in.UnitID), row.Cells["from"], row.Cells["to"]}, "\n"))
	a, err := newAssignment(id, in, kindSchool, r.now)
	if err != nil {
		return nil, "to", roster.Invalid
	}
	for _, d := range held {
		switch {
		case passed(d, held):
		case r.regroups(d, a):
			return r.regroup(d, a, school.id)
		case d.ID == id:
			return nil, "", ""
		case !d.Body.overlaps(a):
		case d.Body.UnitID != a.UnitID:
			return nil, "unit", roster.Conflict
		case a.To != nil && d.Body.lasting(): // ending an administrator is for a page, where somebody sees who is left
			return nil, "to", roster.Conflict
		case a.To != nil && d.Body.To == nil:
			return &plannedRole{id: d.ID, role: a, ends: &d, changes: []cellChange{r.newEnd(d.Body.To, a.To)}}, "", ""
		default:
			return nil, "", ""
		}
	}
	if slices.ContainsFunc(held, func(d document.Document[assignment]) bool { return d.ID == id }) {
		return nil, "", "" // it was given and has ended: a new beginning has a day of its own
	}
	return &plannedRole{id: id, role: a, changes: []cellChange{{Column: "role", After: a.Role}}}, "", ""
}

// date reads a date as the beginning of its day in Copenhagen.
func (r *importer) date(text string) (time.Time, bool) {
	for _, form := range dateForms {
		if day, err := time.ParseInLocation(form, text, r.zone); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}

// takePerson does what a plan says. Doing it again changes nothing.
func (r *importer) takePerson(ctx context.Context, plan personPlan) error {
	s := r.service
	// A list remembers people from its beginning. Writing one tells whether they are as they were; where nothing of them is
	// written it is asked, so that no role is given only to be ended at once.
	if plan.stored != nil && !plan.changed && len(plan.roles) > 0 {
		now, err := s.store.persons.Get(ctx, plan.id)
		if err == nil && now.Revision != plan.stored.Revision {
			err = failure.New(failure.PreconditionFailed)
		}
		if err != nil {
			return err
		}
	}
	if plan.stored == nil || plan.changed {
		sealing := s.profiles.reseal
		if plan.stored == nil {
			sealing = s.profiles.seal
		}
		sealed, err := sealing(r.operator, plan.id, plan.profile)
		if err != nil {
			return err
		}
		p := person{RegisteredAt: s.now()}
		if plan.stored != nil {
			p = plan.stored.Body
		}
		p.Language = plan.language
		p.carry(r.operator, plan.profile, sealed, s.profiles)
		if plan.stored == nil {
			_, err = s.store.persons.Insert(ctx, plan.id, p, p.registered(plan.id))
			if failure.CodeOf(err) == failure.DocumentExists {
				err = errors.Join(err, s.forgetErased(ctx, plan.id))
			}
		} else {
			_, err = s.store.persons.UpdateAt(ctx, plan.id, plan.stored.Revision, func(stored *person) ([]events.Event, error) {
				*stored = p
				return []events.Event{p.registered(plan.id)}, nil
			})
		}
		if err != nil {
			return err
		}
	}
	for _, one := range plan.roles {
		if err := r.takeRole(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (r *importer) takeRole(ctx context.Context, one plannedRole) error {
	s := r.service
	scope := tenant.ID(one.role.Scope)
	if counted(one.role.Role) {
		r.touched.Store(scope, true)
	}
	if one.follows != nil {
		return r.follow(ctx, one)
	}
	if one.ends != nil {
		_, err := s.store.assignments.Update(ctx, one.ends.ID, func(a *assignment) ([]events.Event, error) {
			if err := a.end(one.ends.ID, one.role.To, r.now); err != nil {
				return nil, err
			}
			return []events.Event{a.ended(one.ends.ID)}, nil
		})
		return err
	}
	_, err := s.store.assignments.Insert(ctx, one.id, one.role, one.role.assigned(one.id))
	if err != nil && failure.CodeOf(err) != failure.DocumentExists {
		return err
	}
	if err := s.heldBySomebody(ctx, one.id, one.role); err != nil {
		return err
	}
	if !one.role.lasting() {
		return nil
	}
	return s.administer(ctx, scope, func(a *administration) error { a.add(one.id, one.role.From); return nil })
}
