package access

import "slices"

// StaffGroup is what employees are employed as. It belongs to the employment: one person may teach at one school and lead at
// another.
type StaffGroup struct{ ID, DA, EN string }

// StaffGroups are all there are, in the order in which they are shown.
var StaffGroups = []StaffGroup{
	{"teacher", "Lærere og undervisere", "Teachers"},
	{"pedagogue", "Pædagoger", "Pedagogues"},
	{"administration", "Administration", "Administration"},
	{"it", "IT", "IT"},
	{"technical_and_cleaning", "Teknisk personale og rengøring", "Technical and cleaning staff"},
	{"leader", "Ledere", "Leaders"},
}

// NoStaffGroup is the group, in a round by staff group, of those of whom nobody has said what they are employed as.
var NoStaffGroup = StaffGroup{"not_stated", "Faggruppe ikke oplyst", "Staff group not stated"}

// UnitID is what a staff group is called where a round by staff group has units. No unit of a school is called so.
func (g StaffGroup) UnitID() string { return "staff_group-" + g.ID }

// StaffGroupOf finds the group of an employment; NoStaffGroup where it is not known.
func StaffGroupOf(id string) StaffGroup {
	return staffGroupWhere(func(g StaffGroup) bool { return g.ID == id })
}

// StaffGroupOfUnit finds the group that a round asks as this unit, false if it is none.
func StaffGroupOfUnit(unitID string) (StaffGroup, bool) {
	g := staffGroupWhere(func(g StaffGroup) bool { return g.UnitID() == unitID })
	return g, g.UnitID() == unitID
}

func staffGroupWhere(is func(StaffGroup) bool) StaffGroup {
	if i := slices.IndexFunc(StaffGroups, is); i >= 0 {
		return StaffGroups[i]
	}
	return NoStaffGroup
}
