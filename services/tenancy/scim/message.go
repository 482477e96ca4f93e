package scim

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Meta is what is known about a resource itself (RFC 7643, section 3.1). Location is relative to the address of the
// protocol (section 2.3.7): the service behind the portal does not know by which name the world calls it.
type Meta struct {
	ResourceType string     `json:"resourceType"`
	Created      *time.Time `json:"created,omitempty"`
	LastModified *time.Time `json:"lastModified,omitempty"`
	Location     string     `json:"location"`
	Version      string     `json:"version,omitempty"`
}

// Version returns the weak entity tag of a revision.
func Version(revision int64) string { return `W/"` + strconv.FormatInt(revision, 10) + `"` }

// Matches tells whether an If-Match header allows a change of what is at this revision. Without one everything does:
// hardly any identity system sends it.
func Matches(header string, revision int64) bool {
	if strings.TrimSpace(header) == "" {
		return true
	}
	want := strings.TrimPrefix(Version(revision), "W/")
	for tag := range strings.SplitSeq(header, ",") {
		if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == want || tag == "*" {
			return true
		}
	}
	return false
}

// List is one page of resources.
type List struct {
	Schemas      []string `json:"schemas"`
	TotalResults int      `json:"totalResults"`
	StartIndex   int      `json:"startIndex"`
	ItemsPerPage int      `json:"itemsPerPage"`
	Resources    []any    `json:"Resources"`
}

// NewList returns a page that begins at a place among all.
func NewList(total, startIndex int, resources []any) List {
	if resources == nil {
		resources = []any{}
	}
	return List{[]string{listSchema}, total, startIndex, len(resources), resources}
}

// Page reads startIndex and count as the standard has them (RFC 7644, section 3.4.2.4): what is too small or too large
// is brought into bounds, and only what is no number is refused.
func Page(startIndex, count string) (first, most int, err error) {
	if first, err = number("startIndex", startIndex, 1); err != nil {
		return 0, 0, err
	}
	if most, err = number("count", count, MaxResults); err != nil {
		return 0, 0, err
	}
	return max(first, 1), min(max(most, 0), MaxResults), nil
}

func number(name, given string, otherwise int) (int, error) {
	if given == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(given, 10, 32)
	if err != nil {
		return 0, bad(InvalidValue, "%s has to be a whole number", name)
	}
	return int(n), nil
}

// Selection is which attributes an answer has (RFC 7644, section 3.9).
type Selection struct {
	only, without []string // in small letters; at most one of them
}

// Select reads the parameters attributes and excludedAttributes.
func Select(attributes, excluded string) (Selection, error) {
	if attributes != "" && excluded != "" {
		return Selection{}, bad(InvalidValue, "either attributes or excludedAttributes")
	}
	only, err := listed(attributes)
	if err != nil {
		return Selection{}, err
	}
	without, err := listed(excluded)
	return Selection{only, without}, err
}

func listed(parameter string) ([]string, error) {
	if parameter == "" {
		return nil, nil
	}
	if len(parameter) > MaxFilter {
		return nil, bad(InvalidValue, "at most %d bytes of attributes", MaxFilter)
	}
	var names []string
	for name := range strings.SplitSeq(strings.ToLower(parameter), ",") {
		name = strings.TrimSpace(name)
		for _, schema := range []string{UserSchema, GroupSchema} {
			name = strings.TrimPrefix(name, strings.ToLower(schema)+":")
		}
		names = append(names, name)
	}
	if len(names) > maxNamed {
		return nil, bad(InvalidValue, "at most %d attributes", maxNamed)
	}
	return names, nil
}

// Has tells whether an answer has an attribute, so that nobody needs to find out what is not sent.
func (s Selection) Has(name string) bool {
	name = strings.ToLower(name)
	if s.only != nil {
		return slices.ContainsFunc(s.only, func(asked string) bool { return asked == name || strings.HasPrefix(asked, name+".") })
	}
	return !slices.Contains(s.without, name)
}

// Of returns what is sent of a resource.
func (s Selection) Of(resource any) (any, error) {
	if s.only == nil && s.without == nil {
		return resource, nil
	}
	raw, err := json.Marshal(resource)
	if err != nil {
		return nil, err
	}
	all, err := members(raw)
	if err != nil {
		return nil, err
	}
	sent := map[string]json.RawMessage{}
	for _, one := range all {
		switch name := strings.ToLower(one.name); {
		case name == "id" || name == "schemas": // always sent (RFC 7643, section 3.1)
			sent[one.name] = one.value
		case s.Has(name):
			if sent[one.name], err = s.within(name, one.value); err != nil {
				return nil, err
			}
		}
	}
	return sent, nil
}

// within keeps of a value with parts the parts that are sent.
func (s Selection) within(name string, value json.RawMessage) (json.RawMessage, error) {
	if slices.Contains(s.only, name) {
		return value, nil
	}
	switch value = bytes.TrimSpace(value); value[0] {
	case '[':
		var list, sent []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, err
		}
		for _, one := range list {
			part, err := s.within(name, one)
			if err != nil {
				return nil, err
			}
			sent = append(sent, part)
		}
		return json.Marshal(sent)
	case '{':
		parts, err := members(value)
		if err != nil {
			return nil, err
		}
		sent := map[string]json.RawMessage{}
		for _, part := range parts {
			if s.Has(name + "." + part.name) {
				sent[part.name] = part.value
			}
		}
		return json.Marshal(sent)
	}
	return value, nil
}
