package intake

import (
	"crypto/ed25519"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
)

func TestStaffOfARound(t *testing.T) {
	units := []directory.Unit{{ID: "school", Name: "Skolen"}, {ID: "lower", Parent: "school", Name: "Indskoling"}, {ID: "club", Parent: "lower", Name: "SFO"}}
	members := []directory.Member{
		{PersonID: "ann", Role: "employee", UnitID: "lower"}, {PersonID: "ann", Role: "tr"},
		{PersonID: "bo", Role: "employee", UnitID: "club"}, {PersonID: "bo", Role: "employee", UnitID: "lower"},
		{PersonID: "cat", Role: "employee", UnitID: "lower"}, {PersonID: "cat", Role: "leader"},
		{PersonID: "dan", Role: "school_administrator"}, {PersonID: "eve", Role: "employee", UnitID: "gone"},
	}
	all, err := Staff(units, members, nil)
	require.NoError(t, err)
	require.Equal(t, []UnitStaff{
		{FrozenUnit: FrozenUnit{UnitID: "school", Name: "Skolen"}},
		{FrozenUnit: FrozenUnit{UnitID: "lower", ParentID: "school", Name: "Indskoling", Headcount: 2}, Persons: []string{"ann", "bo"}},
		{FrozenUnit: FrozenUnit{UnitID: "club", ParentID: "lower", Name: "SFO"}},
	}, all, "the leader is left out, and nobody answers in two units")

	some, err := Staff(units, members, []string{"club", "school"})
	require.NoError(t, err)
	require.Equal(t, "school", some[1].ParentID, "a parent that is not asked gives way to the next")
	require.Equal(t, []string{"bo"}, some[1].Persons)

	_, err = Staff(units, members, []string{"club", "elsewhere"})
	require.Equal(t, "unit_ids.1", failure.From(err).Field)
}

func TestStaffEndsInACircleOfUnits(t *testing.T) {
	units := []directory.Unit{{ID: "a", Parent: "b"}, {ID: "b", Parent: "a"}, {ID: "c", Parent: "a"}}
	staff, err := Staff(units, nil, []string{"c"})
	require.NoError(t, err)
	require.Len(t, staff, 1)
}

// A roster finds everybody on it and nobody else, says nothing about the order in which people came, and cannot be
// read without the secret.
func TestRostersFindWhoIsOnThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{8}`), 0, 30, rapid.ID).Draw(t, "people")
		cut := rapid.IntRange(0, len(people)).Draw(t, "cut")
		staff := func(first, second []string) []UnitStaff {
			return []UnitStaff{{FrozenUnit: FrozenUnit{UnitID: "one"}, Persons: first}, {FrozenUnit: FrozenUnit{UnitID: "two"}, Persons: second}}
		}
		roster := NewRoster("round", staff(people[:cut], people[cut:]), []byte("secret"))
		for n, person := range people {
			unit, found := roster.UnitOf(Pseudonym([]byte("secret"), person))
			require.True(t, found)
			require.Equal(t, map[bool]string{true: "one", false: "two"}[n < cut], unit)
			_, found = roster.UnitOf(Pseudonym([]byte("another"), person))
			require.False(t, found)
		}
		_, found := roster.UnitOf(Pseudonym([]byte("secret"), "stranger!"))
		require.False(t, found)

		turned := slices.Clone(people[:cut])
		slices.Reverse(turned)
		same := NewRoster("round", staff(turned, people[cut:]), []byte("secret"))
		hash, err := roster.Hash()
		require.NoError(t, err)
		again, err := same.Hash()
		require.NoError(t, err)
		require.Equal(t, hash, again)
		require.Len(t, hash, 64)
	})
}

func TestPreviewFollowsTheRulesOfDisclosure(t *testing.T) {
	limits := events.Thresholds{Means: 5, Distributions: 10}
	for name, test := range map[string]struct {
		headcounts []int
		school     string
		units      []string
	}{
		"all large enough":                           {[]int{12, 7, 5}, "shown", []string{"shown", "shown", "shown"}},
		"one too small takes its smallest neighbour": {[]int{12, 7, 3}, "shown", []string{"shown", "pooled", "pooled"}},
		"two small ones are each other's pool":       {[]int{12, 3, 2}, "shown", []string{"shown", "pooled", "pooled"}},
		"too few altogether":                         {[]int{2, 1, 1}, "too_few", []string{"too_few", "too_few", "too_few"}},
		"an empty unit":                              {[]int{12, 7, 0}, "shown", []string{"shown", "shown", "pooled"}},
		"nobody":                                     {[]int{0, 0, 0}, "too_few", []string{"too_few", "too_few", "too_few"}},
	} {
		t.Run(name, func(t *testing.T) {
			var units []FrozenUnit
			for n, headcount := range test.headcounts {
				units = append(units, FrozenUnit{UnitID: fmt.Sprintf("unit-%d", n), Headcount: headcount})
			}
			p, err := PreviewOf(units, limits)
			require.NoError(t, err)
			require.Equal(t, test.school, p.School)
			var states []string
			for _, unit := range p.Units {
				states = append(states, unit.State)
				require.False(t, unit.Distributions && (unit.State != shown || unit.Headcount < 10))
			}
			require.Equal(t, test.units, states)
		})
	}
	raised, err := PreviewOf([]FrozenUnit{{UnitID: "one", Headcount: 12}, {UnitID: "two", Headcount: 7}}, events.Thresholds{Means: 8, Distributions: 20})
	require.NoError(t, err)
	require.Equal(t, "pooled", raised.Units[0].State, "19 may be shown together, 12 would give 7 away")
}

func TestTicketsSayWhatTheBallotBoxNeedsAndNothingElse(t *testing.T) {
	ring, err := keyring.Open(filepath.Join(t.TempDir(), "keys"))
	require.NoError(t, err)
	key, err := TicketKey(ring)
	require.NoError(t, err)
	again, err := TicketKey(ring)
	require.NoError(t, err)
	require.Equal(t, key, again)

	text, err := SignTicket(key, Ticket{Round: "round", Unit: "unit", Pseudonym: "pseudonym", KeyList: "hash", Box: "fingerprint"}, noon)
	require.NoError(t, err)
	verified := func(at time.Time) (jwt.MapClaims, error) {
		claims := jwt.MapClaims{}
		_, err := jwt.ParseWithClaims(text, claims, func(*jwt.Token) (any, error) { return key.Public().(ed25519.PublicKey), nil },
			jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithAudience("ballotbox"), jwt.WithIssuer("intake"),
			jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return at }))
		return claims, err
	}
	claims, err := verified(noon.Add(TicketLife - time.Second))
	require.NoError(t, err)
	require.Equal(t, jwt.MapClaims{
		"iss": "intake", "aud": []any{"ballotbox"}, "exp": float64(noon.Add(TicketLife).Unix()),
		"round": "round", "unit": "unit", "pseudonym": "pseudonym", "key_list": "hash", "box": "fingerprint",
	}, claims)
	_, err = verified(noon.Add(TicketLife + time.Second))
	require.ErrorIs(t, err, jwt.ErrTokenExpired)

	address, err := url.Parse(ticketURL("http://localhost:1234/", "round", text, "da"))
	require.NoError(t, err)
	require.Equal(t, "/r/round", address.Path)
	require.Empty(t, address.RawQuery, "a query would be sent and logged")
	require.Equal(t, "ticket="+text+"&lang=da", address.Fragment)
	require.False(t, strings.Contains(text, "="))
}
