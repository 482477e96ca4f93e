package scim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func patch(operations string) []byte {
	return []byte(`{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [` + operations + `]}`)
}

var anna = Attributes{UserName: "anna", ExternalID: "7", Name: "Anna Bro", Email: "anna@skole.dk", Language: "da", Active: true}

// TestPatchDialects is how identity systems say that one thing is to change. Requests are written after the public
// descriptions of what Entra ID and Okta send, and after RFC 7644, section 3.5.2.
func TestPatchDialects(t *testing.T) {
	for name, c := range map[string]struct {
		operations string
		change     func(*Attributes)
	}{
		"RFC":                      {`{"op": "replace", "path": "userName", "value": "bo"}`, func(a *Attributes) { a.UserName = "bo" }},
		"RFC without a path":       {`{"op": "add", "value": {"emails": [{"value": "new@skole.dk", "type": "work"}], "nickName": "A"}}`, func(a *Attributes) { a.Email = "new@skole.dk" }},
		"RFC with the whole name":  {`{"op": "replace", "path": "name", "value": {"formatted": "A. Bro", "familyName": "Bro"}}`, func(a *Attributes) { a.Name = "A. Bro" }},
		"names in any case":        {`{"OP": "replace", "PATH": "USERNAME", "VALUE": "bo"}`, func(a *Attributes) { a.UserName = "bo" }},
		"Entra's capitals":         {`{"op": "Replace", "path": "externalId", "value": "8"}`, func(a *Attributes) { a.ExternalID = "8" }},
		"Entra's truth":            {`{"op": "Replace", "path": "active", "value": "False"}`, func(a *Attributes) { a.Active = false }},
		"Entra's selected address": {`{"op": "Add", "path": "emails[type eq \"work\"].value", "value": "new@skole.dk"}`, func(a *Attributes) { a.Email = "new@skole.dk" }},
		"another selected address": {`{"op": "Add", "path": "emails[type eq \"home\"].value", "value": "new@home.dk"}`, func(*Attributes) {}},
		"a selected address whole": {`{"op": "replace", "path": "emails[primary eq true]", "value": {"value": "new@skole.dk"}}`, func(a *Attributes) { a.Email = "new@skole.dk" }},
		"Entra's paths as names":   {`{"op": "Replace", "value": {"name.givenName": "Anne", "name.familyName": "Bro", "emails[type eq \"work\"].value": "new@skole.dk"}}`, func(a *Attributes) { a.Name, a.Email = "Anne Bro", "new@skole.dk" }},
		"half a name":              {`{"op": "Replace", "path": "name.familyName", "value": "Kjær"}`, func(*Attributes) {}},
		"displayName goes first":   {`{"op": "Replace", "value": {"displayName": "Anne", "name": {"formatted": "Bro, Anne"}}}`, func(a *Attributes) { a.Name = "Anne" }},
		"an extension's attribute": {`{"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "x"}`, func(*Attributes) {}},
		"an extension's userName":  {`{"op": "Add", "path": "urn:example:2.0:User:userName", "value": "x"}`, func(*Attributes) {}},
		"a whole extension":        {`{"op": "Add", "value": {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"userName": "x"}}}`, func(*Attributes) {}},
		"the schema's own prefix":  {`{"op": "Add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:name.formatted", "value": "A"}`, func(a *Attributes) { a.Name = "A" }},
		"Okta's deactivation":      {`{"op": "replace", "value": {"active": false}}`, func(a *Attributes) { a.Active = false }},
		"removal":                  {`{"op": "Remove", "path": "externalId"}, {"op": "remove", "path": "preferredLanguage"}, {"op": "remove", "path": "addresses[type eq \"work\"]"}`, func(a *Attributes) { a.ExternalID, a.Language = "", "" }},
		"null is removal":          {`{"op": "replace", "path": "externalId", "value": null}`, func(a *Attributes) { a.ExternalID = "" }},
		"one after the other":      {`{"op": "add", "path": "userName", "value": "x"}, {"op": "add", "path": "userName", "value": "y"}`, func(a *Attributes) { a.UserName = "y" }},
		"letters in one form":      {`{"op": "add", "path": "displayName", "value": "A\u030ase"}`, func(a *Attributes) { a.Name = "Åse" }},
		"another language":         {`{"op": "add", "path": "preferredLanguage", "value": "en-US"}`, func(a *Attributes) { a.Language = "en" }},
		"an unknown language":      {`{"op": "add", "path": "preferredLanguage", "value": "fo"}`, func(a *Attributes) { a.Language = "" }},
		"a password":               {`{"op": "replace", "path": "password", "value": "secret"}`, func(*Attributes) {}},
	} {
		got, want := anna, anna
		c.change(&want)
		require.NoError(t, got.Patch(patch(c.operations)), name)
		require.Equal(t, want, got, name)
	}
}

func TestPatchesThatAreRefused(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`{"op": "add", "path": "title", "value": "x"},`, maxOperations+1), ",")
	wide := strings.Builder{}
	for i := range maxSteps + 1 {
		fmt.Fprintf(&wide, `"a%d": 1,`, i)
	}
	for operations, kind := range map[string]string{
		``:   InvalidSyntax,
		many: InvalidSyntax,
		`{"op": "add", "value": {` + strings.TrimSuffix(wide.String(), ",") + `}}`: TooMany,
		`{"op": "put", "path": "userName", "value": "x"}`:                          InvalidSyntax,
		`{"path": "userName", "value": "x"}`:                                       InvalidSyntax,
		`{"op": 7}`:                                                                InvalidSyntax,
		`{"op": "remove"}`:                                                         NoTarget,
		`{"op": "add"}`:                                                            InvalidSyntax,
		`{"op": "add", "value": "x"}`:                                              InvalidSyntax,
		`{"op": "add", "value": {"": 1}}`:                                          InvalidPath,
		`{"op": "add", "path": "a b"}`:                                             InvalidPath,
		`{"op": "add", "path": "emails[type]"}`:                                    InvalidPath,
		`{"op": "remove", "path": "active"}`:                                       Mutability,
		`{"op": "remove", "path": "emails"}`:                                       Mutability,
		`{"op": "remove", "path": "displayName"}`:                                  Mutability,
		`{"op": "add", "path": "active", "value": "yes"}`:                          InvalidValue,
		`{"op": "add", "path": "active", "value": 1}`:                              InvalidValue,
		`{"op": "add", "path": "userName", "value": ["x"]}`:                        InvalidValue,
		`{"op": "add", "path": "emails", "value": []}`:                             InvalidValue,
		`{"op": "add", "path": "emails", "value": "a@b.dk"}`:                       InvalidSyntax,
		`{"op": "add", "path": "name", "value": "Anna"}`:                           InvalidSyntax,
		`{"op": "add", "path": "name.formatted", "value": {"a":1}}`:                InvalidValue,
	} {
		got := anna
		refused(t, kind, got.Patch(patch(operations)), operations)
	}
	got := anna
	refused(t, InvalidSyntax, got.Patch([]byte(`{"Operations": [{"op": "add", "path": "userName", "value": "x"}]}`)), "no schema")
	refused(t, InvalidSyntax, got.Patch([]byte("\xff")), "no UTF-8")
}

func TestPuttingKeepsWhatIsLeftOut(t *testing.T) {
	got := anna
	require.NoError(t, got.Put([]byte(`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "x", "userName": "bo", "displayName": null, "emails": null}`)))
	want := anna
	want.UserName = "bo"
	require.Equal(t, want, got)
	require.NoError(t, got.Put([]byte(`{"externalId": null, "active": "false"}`)))
	want.ExternalID, want.Active = "", false
	require.Equal(t, want, got)
	for _, raw := range []string{``, `[]`, `null`, `"x"`, `{"userName": "a"`, `{"userName": "a"} {}`} {
		refused(t, InvalidSyntax, got.Put([]byte(raw)), raw)
	}
}

func TestTheAddressAtWorkIsTaken(t *testing.T) {
	for list, want := range map[string]string{
		`[{"value": "a@x.dk"}]`: "a@x.dk",
		`[{"value": "a@x.dk", "type": "home"}, {"value": "b@x.dk", "type": "Work"}]`:                    "b@x.dk",
		`[{"value": "a@x.dk", "type": "home", "primary": "True"}, {"value": "b@x.dk", "type": "work"}]`: "a@x.dk",
		`[{"type": "work"}, {"value": "a@x.dk", "type": "other"}]`:                                      "a@x.dk",
	} {
		got := anna
		require.NoError(t, got.Put([]byte(`{"emails": `+list+`}`)), list)
		require.Equal(t, want, got.Email, list)
	}
}

func TestAnswersHaveWhatWasAskedFor(t *testing.T) {
	user := NewUser("1", anna, Meta{ResourceType: "User", Location: "Users/1"})
	for query, want := range map[[2]string]string{
		{"userName,emails.value", ""}: `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "anna", "emails": [{"value": "anna@skole.dk"}]}`,
		{"nothing", ""}:               `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1"}`,
		{"urn:ietf:params:scim:schemas:core:2.0:User:NAME.Formatted", ""}:                           `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "name": {"formatted": "Anna Bro"}}`,
		{"", "id,schemas,meta,emails.type,emails.primary,name,preferredLanguage,active,externalId"}: `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "anna", "displayName": "Anna Bro", "emails": [{"value": "anna@skole.dk"}]}`,
	} {
		selection, err := Select(query[0], query[1])
		require.NoError(t, err)
		sent, err := selection.Of(user)
		require.NoError(t, err)
		raw, err := json.Marshal(sent)
		require.NoError(t, err)
		require.JSONEq(t, want, string(raw), query)
	}
	for _, query := range [][2]string{{"a", "b"}, {strings.Repeat("a,", maxNamed) + "a", ""}, {"", strings.Repeat("a", MaxFilter+1)}} {
		_, err := Select(query[0], query[1])
		refused(t, InvalidValue, err, query[0])
	}
}

func TestVersionsMatch(t *testing.T) {
	for header, want := range map[string]bool{"": true, `W/"3"`: true, `"3"`: true, "*": true, `W/"2", W/"3"`: true, `W/"2"`: false, "3": false, `"`: false} {
		require.Equal(t, want, Matches(header, 3), header)
	}
}

func TestPagesAreBroughtIntoBounds(t *testing.T) {
	for given, want := range map[[2]string][2]int{
		{"", ""}: {1, MaxResults}, {"0", "10"}: {1, 10}, {"-7", "-7"}: {1, 0}, {"12", "0"}: {12, 0}, {"1", "100000"}: {1, MaxResults},
	} {
		first, most, err := Page(given[0], given[1])
		require.NoError(t, err)
		require.Equal(t, want, [2]int{first, most}, given)
	}
	for _, given := range [][2]string{{"x", ""}, {"", "1.5"}, {"99999999999", ""}} {
		_, _, err := Page(given[0], given[1])
		refused(t, InvalidValue, err, given[0])
	}
}

// FuzzPatch: whatever is sent to a user or a group, it is taken or refused in the protocol's words; taking it again
// changes nothing more.
func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`{"op": "Replace", "path": "active", "value": "False"}`, `{"op": "Add", "path": "members", "value": [{"value": "x"}]}`,
		`{"op": "Remove", "path": "members[value eq \"a\" or value eq \"b\"]"}`, `{"op": "replace", "value": {"name": {"": {"formatted": "x"}}, "emails[type eq \"work\"].value": "y"}}`,
		`{"op": "remove", "path": "members"}`, `{"op": "add", "path": "urn:a:User", "value": null}`, `{"op": "replace", "path": "emails", "value": [{"value": "x", "primary": "true"}]}`,
	} {
		f.Add(patch(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		once := anna
		if err := once.Patch(raw); err == nil {
			twice := once
			require.NoError(t, twice.Patch(raw))
			require.Equal(t, once, twice)
		} else {
			var e *Error
			require.ErrorAs(t, err, &e)
		}
		put := anna
		if err := put.Put(raw); err != nil {
			var e *Error
			require.ErrorAs(t, err, &e)
		}
		group := NewGroup("g", "", "Skolen", []string{"a", "b"}, Meta{})
		members, err := group.PatchMembers(raw)
		if err != nil {
			var e *Error
			require.ErrorAs(t, err, &e)
			return
		}
		again, err := NewGroup("g", "", "Skolen", members, Meta{}).PatchMembers(raw)
		require.NoError(t, err)
		require.ElementsMatch(t, members, again)
	})
}
