package tenancy

import (
	"context"
	"slices"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/roster"
)

// institutionWords are what lists call the types of institutions, beside the types' own names.
var institutionWords = map[string]string{"professionshøjskole": "professionshoejskole", "andet": "other", "skole": "folkeskole"}

// schoolPlan is what the rows of one school come to.
type schoolPlan struct {
	id       tenant.ID
	exists   bool
	renamed  bool // it exists under another name
	school   organisation
	units    []string
	changes  map[int][]cellChange
	problems []roster.Problem
}

func (p schoolPlan) outcome() string {
	switch {
	case len(p.problems) > 0:
		return rowWrong
	case !p.exists:
		return rowCreate
	case p.renamed || len(p.units) > 0:
		return rowChange
	}
	return rowUnchanged
}

// planSchool finds out what the rows of one school would change. It writes nothing.
func (r *importer) planSchool(ctx context.Context, rows []plannedRow) (plan schoolPlan, err error) {
	first := rows[0]
	plan.changes = map[int][]cellChange{}
	wrong := func(row plannedRow, column, reason string) {
		plan.problems = append(plan.problems, roster.Problem{Row: row.Number, Column: column, Reason: reason})
	}
	for _, row := range rows[1:] {
		for _, column := range []string{"name", "type"} {
			if fold(row.Cells[column]) != fold(first.Cells[column]) {
				wrong(row, column, roster.Conflict)
			}
		}
	}
	code, word := first.Cells["code"], fold(first.Cells["type"])
	if institution := institutionWords[word]; institution != "" {
		word = institution
	}
	plan.id = tenantOf(r.service.profiles.importedID(r.operator, "school", code))
	institution := tenancyapi.InstitutionType(word)
	plan.school, err = newOrganisation(plan.id, r.operator, r.parent, tenancyapi.NewOrganisation{
		Kind: kindSchool, Name: first.Cells["name"], Code: &code, InstitutionType: &institution, Language: tenancyapi.Language(r.parent.Language),
	})
	if err != nil {
		columns := map[string]string{"code": "code", "name": "name", "institution_type": "type"}
		for _, one := range failure.From(err).Each() {
			wrong(first, columns[one.Field], roster.Invalid)
		}
		return plan, nil
	}
	known := map[string]string{}
	for found, err := range r.service.store.children.All(ctx, document.Query{Index: "by_identity", Equal: []any{plan.school.Identity}}) {
		if err != nil {
			return plan, err
		}
		if found.Body.ParentID != string(r.operator) {
			wrong(first, "code", roster.Conflict)
			return plan, nil
		}
		if found.Body.InstitutionType != plan.school.InstitutionType { // a school stays what it is
			wrong(first, "type", roster.Conflict)
			return plan, nil
		}
		plan.id, plan.exists, known = found.Tenant, true, r.schools[fold(code)].units
		plan.renamed = found.Body.Name != plan.school.Name
		if plan.renamed {
			for _, row := range rows {
				plan.changes[row.Number] = []cellChange{{"name", found.Body.Name, plan.school.Name}}
			}
		}
	}
	var seen []string
	for _, row := range rows {
		unit := row.Cells["unit"]
		if unit == "" || known[fold(unit)] != "" || slices.Contains(seen, fold(unit)) {
			continue
		}
		if bad := line("unit", unit, maxName); bad != nil {
			wrong(row, "unit", roster.Invalid)
			continue
		}
		seen = append(seen, fold(unit))
		plan.units = append(plan.units, unit)
		plan.changes[row.Number] = append(plan.changes[row.Number], cellChange{Column: "unit", After: unit})
	}
	return plan, nil
}

// takeSchool does what a plan says. Doing it again changes nothing.
func (r *importer) takeSchool(ctx context.Context, plan schoolPlan) error {
	ctx = tenant.With(ctx, plan.id)
	if !plan.exists {
		_, err := r.service.store.organisations.Insert(ctx, string(plan.id), plan.school, plan.school.created(plan.id))
		if err != nil && failure.CodeOf(err) != failure.DocumentExists {
			return err
		}
	}
	if plan.renamed {
		_, err := r.service.store.organisations.Update(ctx, string(plan.id), func(o *organisation) ([]events.Event, error) {
			if o.Name == plan.school.Name { // an earlier attempt came this far
				return nil, nil
			}
			o.Name = plan.school.Name // which was checked with the plan
			return []events.Event{o.changed(plan.id)}, nil
		})
		if err != nil {
			return err
		}
	}
	for _, name := range plan.units {
		u := unit{Name: name}
		id := r.service.profiles.importedID(plan.id, "unit", fold(name))
		_, err := r.service.store.units.Insert(ctx, id, u, u.created(id))
		if err != nil && failure.CodeOf(err) != failure.DocumentExists {
			return err
		}
	}
	return nil
}
