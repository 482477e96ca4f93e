package tenancy

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/services/tenancy/scim"
)

// sent is a group as an identity system makes or replaces it.
func sent(name, external string, members ...string) string {
	var list []string
	for _, id := range members {
		list = append(list, fmt.Sprintf(`{"value": %q}`, id))
	}
	return fmt.Sprintf(`{"schemas": [%q], "displayName": %q, "externalId": %q, "members": [%s]}`, scim.GroupSchema, name, external, strings.Join(list, ", "))
}

// TestAnIdentitySystemMakesAGroupItsOwn goes through the life of a group as Okta pushes one: made by its name, found by its
// externalId, replaced, and taken away. School and unit are there all along.
func TestAnIdentitySystemMakesAGroupItsOwn(t *testing.T) {
	w := newWorld(t)
	okta := w.identitySystem()
	there := w.people["employee"].subject.ID
	brought := read[scim.User](t, w.scim(okta, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø"))).ID

	made := w.scim(okta, "POST", "/Groups", sent("nordskolen – indskoling", "okta-1", brought))
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	group := read[scim.Group](t, made)
	require.Equal(t, w.group(okta, "Nordskolen – Indskoling"), group.ID)
	require.Equal(t, "okta-1", group.ExternalID)
	require.ElementsMatch(t, []string{there, brought}, w.membersOf(okta, group.ID), "to make it takes nobody out of it")
	require.Equal(t, []access.Assignment{{Role: access.Employee, Scope: w.school, Unit: w.unit}}, w.rolesNow(brought))

	called := func(external string) []scim.Group {
		return read[struct{ Resources []scim.Group }](t, w.scim(okta, "GET", "/Groups?filter="+url.QueryEscape(`externalId eq "`+external+`"`), "")).Resources
	}
	require.Equal(t, group.ID, called("okta-1")[0].ID)
	require.Empty(t, called("okta-2"))
	listed := read[struct{ Resources []scim.Group }](t, w.scim(okta, "GET", "/Groups?excludedAttributes=members", ""))
	require.Equal(t, "okta-1", listed.Resources[1].ExternalID)

	path := "/Groups/" + group.ID
	require.Equal(t, []string{brought}, memberIDs(read[scim.Group](t, w.scim(okta, "PUT", path, sent(group.DisplayName, "okta-3", brought)))))
	require.Empty(t, w.rolesNow(there), "who is not in the list is out of the group")
	require.Empty(t, called("okta-1"))
	require.Len(t, called("okta-3"), 1)
	unsaid := w.scim(okta, "PUT", path, fmt.Sprintf(`{"displayName": %q}`, group.DisplayName))
	require.Equal(t, []string{brought}, memberIDs(read[scim.Group](t, unsaid)), "nothing said of members changes nothing")

	for range 2 {
		require.Equal(t, http.StatusNoContent, w.scim(okta, "DELETE", path, "").status)
	}
	require.Empty(t, w.rolesNow(brought))
	require.Empty(t, called("okta-3"))
	require.Empty(t, w.membersOf(okta, group.ID))
	require.Equal(t, http.StatusOK, w.call(w.people["leader"], "GET", at(w.school, "/units/"+w.unit), nil).status, "the unit stays")
	require.Equal(t, http.StatusCreated, w.scim(okta, "POST", "/Groups", sent(group.DisplayName, "okta-1")).status, "and can be linked again")
}

func memberIDs(g scim.Group) (ids []string) {
	for _, m := range g.Members {
		ids = append(ids, m.Value)
	}
	return ids
}

func TestGroupsThatCannotBeMadeOrReplaced(t *testing.T) {
	w := newWorld(t)
	system := w.identitySystem()
	brought := read[scim.User](t, w.scim(system, "POST", "/Users", entraUser("17", "aase@nordby.dk", "Åse Ærø"))).ID
	staff, leaders := "Nordskolen – Indskoling", "Nordskolen – Ledere"
	require.Equal(t, http.StatusCreated, w.scim(system, "POST", "/Groups", sent(staff, "first")).status)
	path := "/Groups/" + w.group(system, staff)
	stranger := w.people["southern administrator"].subject.ID
	for name, c := range map[string]struct {
		got    answer
		status int
		kind   string
	}{
		"of no school":                  {w.scim(system, "POST", "/Groups", sent("Alle lærere", "x")), 400, scim.InvalidValue},
		"of representatives":            {w.scim(system, "POST", "/Groups", sent("Nordskolen – TR", "x")), 400, scim.InvalidValue},
		"of another municipality":       {w.scim(system, "POST", "/Groups", sent("Sydskolen – Ledere", "x")), 400, scim.InvalidValue},
		"without a name":                {w.scim(system, "POST", "/Groups", sent("", "x")), 400, scim.InvalidValue},
		"made before":                   {w.scim(system, "POST", "/Groups", sent(staff, "x")), 409, scim.Uniqueness},
		"called as another":             {w.scim(system, "POST", "/Groups", sent(leaders, "first")), 409, scim.Uniqueness},
		"with a stranger":               {w.scim(system, "POST", "/Groups", sent(leaders, "x", brought, stranger)), 400, scim.InvalidValue},
		"replaced with a stranger":      {w.scim(system, "PUT", path, sent(staff, "first", brought, stranger)), 400, scim.InvalidValue},
		"renamed":                       {w.scim(system, "PUT", path, sent("Andet", "first", brought)), 400, scim.Mutability},
		"replaced in another's":         {w.scim(system, "PUT", "/Groups/"+string(w.away)+".leaders", sent("Sydskolen – Ledere", "x")), 404, ""},
		"taken away from another":       {w.scim(system, "DELETE", "/Groups/"+string(w.away)+".leaders", ""), 404, ""},
		"replaced and called as others": {w.scim(system, "PUT", "/Groups/"+w.group(system, leaders), sent(leaders, "first")), 409, scim.Uniqueness},
	} {
		t.Run(name, func(t *testing.T) { c.got.refusedAs(t, c.status, c.kind) })
	}
	require.Empty(t, w.everHeld(brought))
	require.Len(t, w.membersOf(system, w.group(system, leaders)), 1)
	south := w.program(w.newKey(w.people["southern administrator"], w.south, access.ScopeProvisioning).Secret)
	for _, by := range []actor{south, w.people["municipal_administrator"], w.people["leader"], service("portal")} {
		w.scim(by, "POST", "/Groups", sent(leaders, "x")).refusedAs(t, 403, "")
		w.scim(by, "PUT", path, sent(staff, "x")).refusedAs(t, 403, "")
		w.scim(by, "DELETE", path, "").refusedAs(t, 403, "")
	}
}
