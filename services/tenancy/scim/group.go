package scim

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/scim2/filter-parser/v2"
)

// Group is a group as it is sent. Members is left out where nobody asked for them.
type Group struct {
	Schemas     []string `json:"schemas"`
	ID          string   `json:"id"`
	ExternalID  string   `json:"externalId,omitempty"`
	DisplayName string   `json:"displayName"`
	Members     []Member `json:"members,omitempty"`
	Meta        Meta     `json:"meta"`
}

// Member is a user in a group.
type Member struct {
	Value string `json:"value"`
	Ref   string `json:"$ref"`
	Type  string `json:"type"`
}

// NewGroup returns what is sent of a group.
func NewGroup(id, external, name string, users []string, m Meta) Group {
	g := Group{Schemas: []string{GroupSchema}, ID: id, ExternalID: external, DisplayName: name, Meta: m}
	for _, user := range users {
		g.Members = append(g.Members, Member{user, "Users/" + user, "User"})
	}
	return g
}

// SentGroup is a group as a client makes or replaces it.
type SentGroup struct {
	DisplayName string
	ExternalID  string
	Members     []string
	Listed      bool // whether it says anything of members: an empty list is nobody, and no list says nothing
}

// ReadGroup reads a group that is made or replaced.
func ReadGroup(raw []byte) (g SentGroup, err error) {
	parts, err := members(raw)
	if err != nil {
		return g, err
	}
	for _, part := range parts {
		if null(part.value) {
			continue
		}
		switch strings.ToLower(part.name) {
		case "displayname":
			g.DisplayName, err = text("displayName", part.value)
		case "externalid":
			g.ExternalID, err = text("externalId", part.value)
		case "members":
			g.Listed = true
			g.Members, err = changed(nil, operation{value: part.value})
		}
		if err != nil {
			return g, err
		}
	}
	if g.DisplayName == "" {
		return g, bad(InvalidValue, "displayName is required")
	}
	if len(g.ExternalID) > maxExternal {
		return g, bad(InvalidValue, "externalId: at most %d bytes", maxExternal)
	}
	return g, nil
}

// Replaces says who is in a group once what was sent stands in its place.
func (g SentGroup) Replaces(is Group) ([]string, error) {
	if !strings.EqualFold(g.DisplayName, is.DisplayName) {
		return nil, errRenamed
	}
	if g.Listed {
		return g.Members, nil
	}
	var current []string
	for _, one := range is.Members {
		current = append(current, one.Value)
	}
	return current, nil
}

// maxExternal is how long a group's externalId may be, in bytes.
const maxExternal = 255

var errRenamed = bad(Mutability, "a group is called as the school and its unit are; only its members can be changed")

// PatchMembers returns who is in a group once a change is made. Nothing but its members can be changed.
func (g Group) PatchMembers(raw []byte) ([]string, error) {
	steps, err := readPatch(raw)
	if err != nil {
		return nil, err
	}
	var current []string
	for _, one := range g.Members {
		current = append(current, one.Value)
	}
	for _, step := range steps {
		if !step.path.of(GroupSchema) {
			continue
		}
		if step.path.name == "members" {
			if current, err = changed(current, step); err != nil {
				return nil, err
			}
			continue
		}
		if err := g.keeps(step); err != nil {
			return nil, err
		}
	}
	return current, nil
}

// keeps refuses a step that would change what a group is. Saying again what it is, as Okta does, changes nothing.
func (g Group) keeps(step operation) error {
	is, known := map[string]string{"displayname": g.DisplayName, "id": g.ID}[step.path.name]
	if !known {
		return nil
	}
	said, err := text(step.path.name, step.value)
	if err == nil && said == is && !step.remove {
		return nil
	}
	return errRenamed
}

// changed returns the members after one step.
func changed(current []string, step operation) ([]string, error) {
	given, err := users(step)
	if err != nil {
		return nil, err
	}
	switch {
	case step.remove && step.path.only == nil && null(step.value):
		return nil, nil
	case step.remove:
		return slices.DeleteFunc(current, func(id string) bool { return slices.Contains(given, id) }), nil
	case step.add:
		current = append(current, given...)
	default:
		current = given
	}
	slices.Sort(current)
	return slices.Compact(current), nil
}

// users returns whom a step names: by members[value eq "x"], or in its value.
func users(step operation) ([]string, error) {
	if step.path.only != nil {
		if !step.remove {
			return nil, bad(InvalidPath, "members are added and replaced without a filter")
		}
		return named(step.path.only)
	}
	if null(step.value) {
		if step.remove {
			return nil, nil
		}
		return nil, bad(InvalidValue, "members has to have a value")
	}
	var list []struct{ Value json.RawMessage }
	if err := decode(step.value, &list); err != nil {
		var one struct{ Value json.RawMessage } // a single one without a list around it
		if err := decode(step.value, &one); err != nil {
			return nil, err
		}
		list = append(list[:0], one)
	}
	ids := make([]string, len(list))
	for i, one := range list {
		id, err := text("members.value", one.Value)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	return ids, nil
}

// named returns the values that a filter of members compares with.
func named(e filter.Expression) ([]string, error) {
	switch e := e.(type) {
	case *filter.LogicalExpression:
		if e.Operator != filter.OR {
			break
		}
		left, err := named(e.Left)
		if err != nil {
			return nil, err
		}
		right, err := named(e.Right)
		return append(left, right...), err
	case *filter.AttributeExpression:
		if value, ok := e.CompareValue.(string); ok && e.Operator == filter.EQ && strings.EqualFold(e.AttributePath.AttributeName, "value") {
			id, err := unquoted(value)
			return []string{id}, err
		}
	}
	return nil, bad(InvalidPath, `members are chosen by members[value eq "id"]`)
}
