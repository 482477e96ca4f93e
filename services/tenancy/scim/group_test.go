package scim

import (
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
		got, err := NewGroup("g", "Skolen", []string{"a", "b"}, Meta{}).PatchMembers(patch(c.operations))
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
		_, err := NewGroup("g", "Skolen", []string{"a"}, Meta{}).PatchMembers(patch(operations))
		refused(t, kind, err, operations)
	}
}
