package portal

import (
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// importedChange says what a row of a list would change about what there is. What a profile says today is not told, since
// no list has a copy of it; a role or a unit that nobody has yet is new.
func (v *visit) importedChange(kind tenancyapi.ImportKind, c tenancyapi.ImportChange) string {
	after := v.importedValue(c.Column, c.After)
	switch {
	case c.Column == "role":
		return v.words.text("imports.change_role", "after", after)
	case c.Column == "unit":
		return v.words.text("imports.change_unit", "after", after)
	}
	column := v.words.of("import_column", string(kind)+"."+string(c.Column))
	if c.Before == nil {
		return v.words.text("imports.change_to", "column", column, "after", after)
	}
	return v.words.text("imports.change", "column", column, "before", v.importedValue(c.Column, *c.Before), "after", after)
}

// importedValue writes what would be kept as the other pages do.
func (v *visit) importedValue(column tenancyapi.ImportColumn, text string) string {
	switch column {
	case "role", "staff_group", "language":
		return v.words.of(string(column), text)
	case "from", "to":
		return v.day(text)
	}
	return text
}
