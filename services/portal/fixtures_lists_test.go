package portal

import (
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// imports answers with one list for each state that a list can be in, each under its name.
func (s *stage) imports() {
	at := func(parts ...string) string { return under(operatorID, append([]string{"imports"}, parts...)...) }
	column := func(c tenancyapi.ImportColumn) *tenancyapi.ImportColumn { return &c }
	wrong := []tenancyapi.ImportProblem{
		{Row: 3, Column: column("email"), Reason: "missing"}, {Row: 4, Column: column("school"), Reason: "unknown"}, {Row: 5, Reason: "cells"},
	}
	many := wrong
	for row := 6; len(many) < keptProblems; row++ {
		many = append(many, tenancyapi.ImportProblem{Row: row, Column: column("email"), Reason: "invalid"})
	}
	var list tenancyapi.ImportList
	for _, one := range []tenancyapi.Import{
		{ImportID: "wrong", Kind: "people", Status: "checked", Rows: 4, Creates: 1, Wrong: 3, Problems: wrong},
		{ImportID: "many", Kind: "people", Status: "checked", Rows: 600, Wrong: 600, Problems: many},
		{ImportID: "unread", Kind: "schools", Status: "checked", Problems: []tenancyapi.ImportProblem{{Row: 1, Reason: "no_heading"}}},
		{ImportID: "right", Kind: "people", Status: "checked", Rows: 4, Creates: 2, Changes: 1, Unchanged: 1},
		{ImportID: "renamed", Kind: "schools", Status: "checked", Rows: 1, Changes: 1},
		{ImportID: "same", Kind: "schools", Status: "checked", Rows: 4, Unchanged: 4},
		{ImportID: "applying", Kind: "people", Status: "applying", Rows: 400, Creates: 400, Steps: 300, Done: 100},
		{ImportID: "schools", Kind: "schools", Status: "applied", Rows: 40, Creates: 40, Steps: 30, Done: 30},
		{ImportID: "people", Kind: "people", Status: "applied", Rows: 40, Creates: 39, Wrong: 1, Steps: 30, Done: 30, Problems: wrong[:1]},
		{ImportID: "cancelled", Kind: "schools", Status: "cancelled", Rows: 40, Creates: 40},
	} {
		one.CreatedAt, one.Revision = s.now(), 3
		list.Items = append(list.Items, one)
		s.on("tenancy", "GET "+at(one.ImportID), one)
		rows := tenancyapi.ImportRowList{NextCursor: pointer("5"), Items: []tenancyapi.ImportRow{
			{Row: 2, Outcome: "create", Cells: map[string]string{"name": "Åse Ærø", "email": "aase@skole.example", "login": "aase", "role": "Lærer", "school": "901101", "unit": "Indskoling"}},
			{Row: 3, Outcome: "wrong", Cells: map[string]string{"name": "=HYPERLINK(1)", "login": "bo"}},
			{Row: 4, Outcome: "wrong", Cells: map[string]string{"name": "Carla", "email": "carla@skole.example", "login": "carla", "school": "=1+1"}},
			{Row: 5, Outcome: "change", Cells: map[string]string{"name": "Dan", "email": "dan@skole.example", "login": "dan"}, Changes: []tenancyapi.ImportChange{
				{Column: "name", After: "Dan"}, {Column: "staff_group", Before: pointer("teacher"), After: "it"}, {Column: "role", After: "leader"},
				{Column: "to", After: "2028-07-31"}, {Column: "language", Before: pointer("da"), After: "en"},
			}},
		}}
		if one.ImportID == "renamed" {
			rows = tenancyapi.ImportRowList{Items: []tenancyapi.ImportRow{{
				Row: 2, Outcome: "change", Cells: map[string]string{"code": "901101", "name": "Egebakkeskolen", "type": "folkeskole", "unit": "Mellemtrin"},
				Changes: []tenancyapi.ImportChange{{Column: "name", Before: pointer("Egeskolen"), After: "Egebakkeskolen"}, {Column: "unit", After: "Mellemtrin"}},
			}}}
		} else if one.Kind == "schools" {
			rows = tenancyapi.ImportRowList{Items: []tenancyapi.ImportRow{{Row: 2, Outcome: "unchanged", Cells: map[string]string{"code": "901101", "name": "Egebakkeskolen", "type": "folkeskole"}}}}
		}
		s.on("tenancy", "GET "+at(one.ImportID, "rows"), rows)
	}
	s.on("tenancy", "GET "+at(), list)
}
