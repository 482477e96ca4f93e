package scim

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMembersInEveryDialect(t *testing.T) {
	for name, c := range map[string]struct {
		operations string
		want       []string
	}{
		"added":                       {`{"op": "add", "path": "members", "value": [{"value": "c", "display": "C"}, {"value": "a"}]}`, []string{"a", "b", "c"}},
		"added by Entra":              {`{"op": "Add", "path": "members", "value": [{"$ref": null, "value": "c"}]}`, []string{"a", "b", "c"}},
		"added alone":                 {`{"op": "add", "path": "members", "value": {"value": "c"}}`, []string{"a", "b", "c"}},
		"added without a path":        {`{"op": "add", "value": {"members": [{"value": "c"}]}}`, []string{"a", "b", "c"}},
		"removed by a filter":         {`{"op": "remove", "path": "members[value eq \"a\"]"}`, []string{"b"}},
		"several removed by a filter": {`{"op": "remove", "path": "members[value eq \"a\" or value eq \"b\"]"}`, nil},
		"removed by Entra as of old":  {`{"op": "Remove", "path": "members", "value": [{"value": "b"}]}`, []string{"a"}},
		"all removed":                 {`{"op": "remove", "path": "members"}`, nil},
		"a stranger removed":          {`{"op": "remove", "path": "members[value eq \"x\"]"}`, []string{"a", "b"}},
		"replaced by Okta":            {`{"op": "replace", "path": "members", "value": [{"value": "c"}, {"value": "c"}]}`, []string{"c"}},
		"replaced by nobody":          {`{"op": "replace", "path": "members", "value": []}`, nil},
		"named again by Okta":         {`{"op": "replace", "value": {"id": "g", "displayName": "Skolen"}}`, []string{"a", "b"}},
		"with attributes unknown":     {`{"op": "add", "path": "externalId", "value": "x"}`, []string{"a", "b"}},
		"one after the other":         {`{"op": "add", "path": "members", "value": [{"value": "c"}]}, {"op": "remove", "path": "members[value eq \"a\"]"}`, []string{"b", "c"}},
	} {
		got, err := NewGroup("g", "", "Skolen", []string{"a", "b"}, Meta{}).PatchMembers(patch(c.operations))
		require.NoError(t, err, name)
		require.ElementsMatch(t, c.want, got, name)
	}
}

func TestChangesOfGroupsThatAreRefused(t *testing.T) {
	for operations, kind := range map[string]string{
		`{"op": "replace", "path": "displayName", "value": "Another"}`:                  Mutability,
		`{"op": "remove", "path": "displayName"}`:                                       Mutability,
		`{"op": "replace", "value": {"id": "h"}}`:                                       Mutability,
		`{"op": "add", "path": "members"}`:                                              InvalidValue,
		`{"op": "add", "path": "members", "value": "a"}`:                                InvalidSyntax,
		`{"op": "add", "path": "members", "value": [{"value": 7}]}`:                     InvalidValue,
		`{"op": "add", "path": "members", "value": [{"display": "x"}]}`:                 InvalidValue,
		`{"op": "add", "path": "members[value eq \"a\"]", "value": [{"value": "c"}]}`:   InvalidPath,
		`{"op": "remove", "path": "members[display eq \"a\"]"}`:                         InvalidPath,
		`{"op": "remove", "path": "members[value eq \"a\" and value eq \"b\"]"}`:        InvalidPath,
		`{"op": "remove", "path": "members[not (value eq \"a\")]"}`:                     InvalidPath,
		`{"op": "add", "path": "members", "value": [{"value": "c"}]}, {"op": "remove"}`: NoTarget,
	} {
		_, err := NewGroup("g", "", "Skolen", []string{"a"}, Meta{}).PatchMembers(patch(operations))
		refused(t, kind, err, operations)
	}
}

func TestAGroupIsReadInEveryDialect(t *testing.T) {
	is := NewGroup("g", "", "Skolen", []string{"a", "b"}, Meta{})
	for name, c := range map[string]struct {
		sent     string
		external string
		after    []string
	}{
		"as the standard has it": {`{"schemas": ["x"], "displayName": "Skolen", "externalId": "7", "members": [{"value": "c", "display": "C"}, {"value": "c"}]}`, "7", []string{"c"}},
		"in other letters":       {`{"DisplayName": "skolen", "EXTERNALID": "7", "Members": [{"value": "c", "type": "User"}]}`, "7", []string{"c"}},
		"nobody":                 {`{"displayName": "Skolen", "members": []}`, "", nil},
		"nothing of members":     {`{"displayName": "Skolen", "externalId": null, "meta": {"resourceType": "Group"}}`, "", []string{"a", "b"}},
		"no list":                {`{"displayName": "Skolen", "members": null}`, "", []string{"a", "b"}},
	} {
		sent, err := ReadGroup([]byte(c.sent))
		require.NoError(t, err, name)
		after, err := sent.Replaces(is)
		require.NoError(t, err, name)
		require.ElementsMatch(t, c.after, after, name)
		require.Equal(t, c.external, sent.ExternalID, name)
	}
	for name, c := range map[string]struct{ sent, kind string }{
		"no name":               {`{"externalId": "7"}`, InvalidValue},
		"a name that is none":   {`{"displayName": 7}`, InvalidValue},
		"a member that is none": {`{"displayName": "Skolen", "members": [{"value": 7}]}`, InvalidValue},
		"members that are none": {`{"displayName": "Skolen", "members": "a"}`, InvalidSyntax},
		"a long externalId":     {`{"displayName": "Skolen", "externalId": "` + strings.Repeat("x", 256) + `"}`, InvalidValue},
		"a list":                {`[]`, InvalidSyntax},
	} {
		_, err := ReadGroup([]byte(c.sent))
		var refusal *Error
		require.ErrorAs(t, err, &refusal, name)
		require.Equal(t, c.kind, refusal.Type, name)
	}
	_, err := SentGroup{DisplayName: "Another"}.Replaces(is)
	require.Equal(t, errRenamed, err)
}
