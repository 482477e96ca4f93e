package tenancy

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/roster"
)

// What a long list remembers of people may be old by the time a row is taken in: each is met as they are by then.
func TestALongListMeetsPeopleAsTheyAreByNow(t *testing.T) {
	w := newWorld(t)
	const known = peopleHeading + "Ny Adresse;gammel@skole.dk;adresse;1;;;;;\nSat Ude;ude@skole.dk;ude;2;;;;;\n"
	w.take(read[tenancyapi.Import](t, w.bring("people", known)), false)
	ctx := access.WithSubject(tenant.With(t.Context(), w.north), access.Service(Name))
	r, err := w.service.importer(ctx, "somebody")
	require.NoError(t, err)
	require.NoError(t, r.prepare(ctx, roster.People, longList))

	// Since then somebody came, one moved and one was suspended.
	const since = peopleHeading + "Ny Adresse;mellem@skole.dk;adresse;1;;;;;\nKom Imens;imens@skole.dk;imens;3;;;;;\n"
	w.take(read[tenancyapi.Import](t, w.bring("people", since)), false)
	suspended := read[tenancyapi.SignedIn](t, w.signIn("ude")).PersonID
	_, err = w.service.store.persons.Update(ctx, suspended, func(p *person) ([]events.Event, error) { p.Suspended = true; return nil, nil })
	require.NoError(t, err)
	row := func(number int, name, mail, login, external, school string) []plannedRow {
		cells := map[string]string{"name": name, "email": mail, "login": login, "external_id": external}
		if school != "" {
			cells["school"], cells["unit"], cells["role"] = school, "Indskoling", "lærer"
		}
		return []plannedRow{{Row: roster.Row{Number: number, Cells: cells}}}
	}
	plans, err := r.each(ctx, roster.People, [][]plannedRow{
		row(2, "Ny Adresse", "ny@skole.dk", "adresse", "1", ""),
		row(3, "Sat Ude", "ude@skole.dk", "ude", "2", "Nordskolen"),
		row(4, "Kom Imens", "imens@skole.dk", "imens", "3", ""),
	}, true)
	require.NoError(t, err)
	require.Equal(t, rowChange, plans[0].outcome)
	require.Equal(t, []roster.Problem{{Row: 3, Column: "role", Reason: roster.Conflict}}, plans[1].problems, "whoever is suspended gets no role")
	require.Equal(t, rowUnchanged, plans[2].outcome, "and nobody is made twice")

	moved, err := w.service.store.persons.Get(ctx, read[tenancyapi.SignedIn](t, w.signIn("adresse")).PersonID)
	require.NoError(t, err)
	profile, err := w.service.profiles.open(moved)
	require.NoError(t, err)
	require.Equal(t, "ny@skole.dk", profile.Email)
}

// Whoever asks is told the same by both, also of nobody.
func TestPeopleReadAtOnceAreFoundAsInTheStore(t *testing.T) {
	w := newWorld(t)
	w.take(read[tenancyapi.Import](t, w.bring("people", peopleHeading+"En Lærer;en@skole.dk;en;1;;;;;\nUden Nummer;uden@skole.dk;uden;;;;;;\n")), false)
	ctx := access.WithSubject(tenant.With(t.Context(), w.north), access.Service(Name))
	all, err := w.service.store.readAtOnce(ctx)
	require.NoError(t, err)
	people := 0
	for d, err := range w.service.store.persons.All(ctx, document.Query{Index: "by_registration"}) {
		require.NoError(t, err)
		people++
		for _, finder := range []registered{stored{w.service.store}, all} {
			found, err := finder.byID(ctx, d.ID)
			require.NoError(t, err)
			require.Equal(t, d, *found)
			found, err = finder.byLogin(ctx, d.Body.LoginHash)
			require.NoError(t, err)
			require.Equal(t, d, *found)
			found, err = finder.byExternal(ctx, d.Body.ExternalHash)
			require.NoError(t, err)
			require.Equal(t, d.Body.ExternalHash != "", found != nil)
			for _, find := range []func() (*document.Document[person], error){
				func() (*document.Document[person], error) { return finder.byID(ctx, "nobody") },
				func() (*document.Document[person], error) { return finder.byLogin(ctx, "nobody") },
				func() (*document.Document[person], error) { return finder.byExternal(ctx, "") },
			} {
				found, err := find()
				require.NoError(t, err)
				require.Nil(t, found)
			}
		}
	}
	require.Greater(t, people, 2)
	_, err = w.service.store.readAtOnce(t.Context())
	require.Error(t, err, "a tenant is needed")
}
