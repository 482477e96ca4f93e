package tenancy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// preview returns the rows of a list, and what each would change.
func (w *world) preview(checked tenancyapi.Import) (lines []string) {
	w.t.Helper()
	for _, row := range read[tenancyapi.ImportRowList](w.t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/imports/"+checked.ImportID+"/rows?limit=200"), nil)).Items {
		line := fmt.Sprintf("%d %s", row.Row, row.Outcome)
		for _, c := range row.Changes {
			line += fmt.Sprintf(" %s[%s>%s]", c.Column, given(c.Before), c.After)
		}
		lines = append(lines, line)
	}
	return lines
}

// people has a list of people checked whose columns are known by the heading.
func (w *world) bringPeople(heading string, rows ...string) tenancyapi.Import {
	w.t.Helper()
	return read[tenancyapi.Import](w.t, w.bring("people", heading+"\n"+strings.Join(rows, "\n")+"\n"))
}

const staffHeading = "Navn;E-mail;Brugernavn;Medarbejdernr;Skole;Enhed;Rolle;Personalegruppe;Til;Sprog"

func TestThePreviewSaysWhichCellsChange(t *testing.T) {
	w := newWorld(t)
	w.take(read[tenancyapi.Import](t, w.bring("schools", schoolList)), false)
	require.Equal(t, []string{
		"2 change name[Skovskolen>Skov- og Søskolen]",
		"3 change name[Skovskolen>Skov- og Søskolen] unit[>Mellemtrin]",
		"4 unchanged",
	}, w.preview(read[tenancyapi.Import](t, w.bring("schools", "Institutionsnummer;Skole;Type;Enhed\n"+
		"901010;Skov- og Søskolen;Folkeskole;Indskoling\n901010;Skov- og Søskolen;Folkeskole;Mellemtrin\n901011;Fjordens Gymnasium;Gymnasium;\n"))))

	w.take(w.bringPeople(staffHeading,
		"Åse Ærø;aase@skole.dk;aase;;901010;Indskoling;Lærer;;;",
		"Åse Ærø;aase@skole.dk;aase;;901010;;TR;;;",
		"Bo Kjær;bo@skole.dk;bo;18;901010;;Leder;;;",
	), false)
	changed := w.bringPeople(staffHeading,
		"Åse Ærø;aase.ny@skole.dk;aase;17;901010;Indskoling;Lærer;;;en",
		"Åse Ærø;aase.ny@skole.dk;aase;17;901010;;TR;;31-07-2028;en",
		"Bo Kjær;bo@skole.dk;bo;18;901010;;Leder;;;",
		"Bo Kjær;bo@skole.dk;bo;18;901010;;Administrator;;;",
		"Ny Lærer;ny@skole.dk;ny;19;901010;Indskoling;Lærer;;;",
	)
	require.Equal(t, []string{
		"2 change email[>aase.ny@skole.dk] external_id[>17] language[da>en]",
		"3 change email[>aase.ny@skole.dk] external_id[>17] language[da>en] to[>2028-07-31]",
		"4 unchanged",
		"5 change role[>school_administrator]",
		"6 create",
	}, w.preview(changed), "and nothing that a profile said before")
	require.Equal(t, []int{1, 3, 1, 0}, []int{changed.Creates, changed.Changes, changed.Unchanged, changed.Wrong})
	w.take(changed, false)
	require.Equal(t, []string{"2 unchanged"}, w.preview(w.bringPeople(staffHeading, "Åse Ærø;aase.ny@skole.dk;aase;17;901010;;TR;;31-07-2028;en")))
}

func TestAListChangesWhatSomebodyIsEmployedAs(t *testing.T) {
	w := newWorld(t)
	row := func(group string) tenancyapi.Import {
		return w.bringPeople(staffHeading, "Åse Ærø;aase@skole.dk;aase;17;Nordskolen;Indskoling;Medarbejder;"+group+";;")
	}
	w.take(row(""), false)
	aase := read[tenancyapi.SignedIn](t, w.signIn("aase")).PersonID
	groupsOf := func() (all []string) {
		list := w.placements(aase)
		for i, a := range list {
			all = append(all, string(given(a.StaffGroup)))
			require.Equal(t, i == len(list)-1, a.To == nil, "one placement at a time")
			require.Equal(t, w.unit, *a.UnitID)
			if i > 0 {
				require.Equal(t, *list[i-1].To, a.From, "and always one")
			}
		}
		return all
	}
	require.Equal(t, []string{""}, groupsOf())
	for _, step := range []struct {
		group, preview string
		after          []string
	}{
		{"lærer", "2 change staff_group[>teacher]", []string{"", "teacher"}},
		{"Lærere", "2 unchanged", []string{"", "teacher"}},
		{"", "2 unchanged", []string{"", "teacher"}}, // says nothing about it
		{"pædagog", "2 change staff_group[teacher>pedagogue]", []string{"", "teacher", "pedagogue"}},
		{"lærer", "2 change staff_group[pedagogue>teacher]", []string{"", "teacher", "pedagogue", "teacher"}},
	} {
		checked := row(step.group)
		require.Equal(t, []string{step.preview}, w.preview(checked))
		w.take(checked, false)
		require.Equal(t, step.after, groupsOf(), step.group)
	}
	within(t, func() bool { return w.headcount(w.school, w.unit) == 2 }) // nobody is counted twice

	last := w.bringPeople(staffHeading, "Åse Ærø;aase@skole.dk;aase;17;Nordskolen;Indskoling;Medarbejder;IT;31-07-2090;")
	require.Equal(t, []string{"2 change staff_group[teacher>it] to[>2090-07-31]"}, w.preview(last))
	w.take(last, false)
	all := w.placements(aase)
	require.Equal(t, "2090-07-31T22:00:00Z", all[len(all)-1].To.UTC().Format(time.RFC3339))
}

// What ends a placement between two steps is finished by the same list, also when it says no day.
func TestAChangeOfStaffGroupThatWasCutOffGoesOn(t *testing.T) {
	w := newWorld(t)
	list := func(group string) tenancyapi.Import {
		return w.bringPeople(staffHeading, "Åse Ærø;aase@skole.dk;aase;17;Nordskolen;Indskoling;Medarbejder;"+group+";;")
	}
	w.take(list("lærer"), false)
	aase := read[tenancyapi.SignedIn](t, w.signIn("aase")).PersonID
	ctx := access.WithSubject(tenant.With(t.Context(), w.north), access.Service(Name))
	r, err := w.service.importer(ctx, "somebody")
	require.NoError(t, err)
	left, err := w.service.store.assignments.Get(ctx, w.placements(aase)[0].AssignmentID)
	require.NoError(t, err)
	_, err = w.service.leavePlacement(ctx, left, r.now, r.regroupedID(left.ID, "it"), r.now)
	require.NoError(t, err)

	cut := list("IT")
	require.Equal(t, []string{"2 change staff_group[teacher>it]"}, w.preview(cut))
	w.take(cut, false)
	both := w.placements(aase)
	require.Len(t, both, 2)
	require.Equal(t, both[1].From, *both[0].To, "no gap, whenever the rest was done")
	require.Equal(t, tenancyapi.StaffGroup("it"), *both[1].StaffGroup)
	require.Nil(t, both[1].To)
}

// A list that says of somebody who is to begin that they will be something else is for the page where that is written.
func TestAPlacementThatHasNotBegunKeepsItsStaffGroup(t *testing.T) {
	w := newWorld(t)
	const heading = "Navn;E-mail;Brugernavn;Skole;Enhed;Rolle;Personalegruppe;Fra"
	w.take(w.bringPeople(heading, "Åse Ærø;aase@skole.dk;aase;Nordskolen;Indskoling;Medarbejder;lærer;01-08-2090"), false)
	again := w.bringPeople(heading, "Åse Ærø;aase@skole.dk;aase;Nordskolen;Indskoling;Medarbejder;IT;01-08-2090")
	require.Equal(t, []string{"2 wrong"}, w.preview(again))
	require.Equal(t, tenancyapi.ImportColumn("staff_group"), *again.Problems[0].Column)
}

// Whoever has a row that is wrong is left as they are by all of their rows, whatever is wrong, and the figures say so.
func TestTheRowsOfAPersonStandOrFallTogether(t *testing.T) {
	w := newWorld(t)
	list := w.bringPeople(staffHeading,
		"Åse Ærø;aase@skole.dk;aase;17;Nordskolen;Indskoling;Lærer;;;", // good by itself
		"Åse Ærø;;aase;17;Nordskolen;;TR;;;",                           // cannot be read
		"Bo Kjær;bo@skole.dk;bo;18;Nordskolen;;Leder;;;",               // good by itself
		"Bo Kjær;bo@skole.dk;bo;18;Nordskolen;;Konge;;;",               // names what there is not
		"Cy Dam;cy@skole.dk;cy;19;Nordskolen;;Leder;;;",
	)
	require.Equal(t, []string{"2 wrong", "3 wrong", "4 wrong", "5 wrong", "6 create"}, w.preview(list))
	require.Equal(t, []int{5, 1, 0, 0, 4, 1}, []int{list.Rows, list.Creates, list.Changes, list.Unchanged, list.Wrong, list.Steps})
	require.Len(t, list.Problems, 2)

	// Somebody else takes the login before the list is taken in: its rows came to something else than was said of them.
	registered := tenancyapi.NewPerson{Name: "Anden", Email: "anden@skole.dk", Login: "cy", ExternalID: ptr("20"), Language: "da"}
	read[tenancyapi.Person](t, w.call(w.people["municipal_administrator"], "POST", at(w.north, "/persons"), registered))
	done := w.take(list, true)
	require.Equal(t, []int{5, 0, 0, 0, 5, 3}, []int{done.Rows, done.Creates, done.Changes, done.Unchanged, done.Wrong, len(done.Problems)})
}
