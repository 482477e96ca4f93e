package scim

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scim2/filter-parser/v2"
	"golang.org/x/text/unicode/norm"
)

// operation is one step of a change (RFC 7644, section 3.5.2): what is to be done to one attribute.
type operation struct {
	remove bool // otherwise add or replace, which differ for a group's members alone
	add    bool
	path   path
	value  json.RawMessage
}

// path is which attribute a change is about, in small letters.
type path struct {
	schema, name, sub string
	only              filter.Expression // which of several values; nil for all
}

// readPatch reads the body of a PATCH. A step without a path is as many steps as its value has attributes; their names
// may be paths themselves, as Entra ID writes them.
func readPatch(raw []byte) ([]operation, error) {
	var in struct {
		Schemas    []string
		Operations []struct {
			Op    string
			Path  string
			Value json.RawMessage
		}
	}
	if err := decode(raw, &in); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(in.Schemas, func(urn string) bool { return strings.EqualFold(urn, patchSchema) }) {
		return nil, bad(InvalidSyntax, "schemas has to contain %s", patchSchema)
	}
	if n := len(in.Operations); n == 0 || n > maxOperations {
		return nil, bad(InvalidSyntax, "Operations has to have 1 to %d elements", maxOperations)
	}
	var steps []operation
	for _, one := range in.Operations {
		step := operation{value: one.Value}
		switch strings.ToLower(one.Op) {
		case "add":
			step.add = true
		case "replace":
		case "remove":
			step.remove = true
		default:
			return nil, bad(InvalidSyntax, "op has to be add, remove or replace")
		}
		switch {
		case one.Path != "":
			p, err := readPath(one.Path)
			if err != nil {
				return nil, err
			}
			step.path = p
			steps = append(steps, step)
		case step.remove:
			return nil, bad(NoTarget, "a removal has to have a path")
		default:
			each, err := attributes(one.Value, step.add)
			if err != nil {
				return nil, err
			}
			steps = append(steps, each...)
		}
		if len(steps) > maxSteps {
			return nil, bad(TooMany, "at most %d attributes", maxSteps)
		}
	}
	return steps, nil
}

// attributes turns an object into one step for each of its attributes.
func attributes(object []byte, add bool) ([]operation, error) {
	named, err := members(object)
	if err != nil {
		return nil, err
	}
	if len(named) > maxSteps {
		return nil, bad(TooMany, "at most %d attributes", maxSteps)
	}
	steps := make([]operation, 0, len(named))
	for _, one := range named {
		p, err := readPath(one.name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, operation{add: add, path: p, value: one.value})
	}
	return steps, nil
}

// member is a named value of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// members reads a JSON object, in the order in which it is written: the last one of a name counts.
func members(object []byte) ([]member, error) {
	wrong := bad(InvalidSyntax, "not a JSON object")
	decoder := json.NewDecoder(bytes.NewReader(object))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, wrong
	}
	var list []member
	for decoder.More() {
		token, err := decoder.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, wrong
		}
		one := member{name: name}
		if err := decoder.Decode(&one.value); err != nil {
			return nil, wrong
		}
		list = append(list, one)
	}
	return list, nil
}

var plainPath = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$`)

// readPath reads a path (RFC 7644, section 3.5.2). That of a whole schema or extension has no attribute's name.
func readPath(text string) (path, error) {
	if err := bounded(InvalidPath, text); err != nil {
		return path{}, err
	}
	if schemaName(text) {
		return path{schema: text}, nil
	}
	if plainPath.MatchString(text) { // nearly all of them, and the parser takes a while
		name, sub, _ := strings.Cut(strings.ToLower(text), ".")
		return path{name: name, sub: sub}, nil
	}
	parsed, err := filter.ParsePath(capitalEscapes(text))
	if err != nil {
		return path{}, bad(InvalidPath, "the path does not follow RFC 7644, figure 7")
	}
	p := path{
		schema: parsed.AttributePath.URI(), name: strings.ToLower(parsed.AttributePath.AttributeName),
		sub: strings.ToLower(parsed.AttributePath.SubAttributeName()), only: parsed.ValueExpression,
	}
	if sub := parsed.SubAttributeName(); sub != "" {
		p.sub = strings.ToLower(sub)
	}
	return p, nil
}

// schemaName tells the name of a schema or extension, which ends in the kind of resource, from that of an attribute.
func schemaName(text string) bool {
	last := text[strings.LastIndexByte(text, ':')+1:]
	return len(last) < len(text) && (strings.EqualFold(last, "User") || strings.EqualFold(last, "Group"))
}

// of tells whether the path is about an attribute of a schema rather than of an extension of it.
func (p path) of(schema string) bool { return p.schema == "" || strings.EqualFold(p.schema, schema) }

// decode reads one JSON value. What it does not know it leaves out: clients send much that nobody here keeps.
func decode(raw []byte, into any) error {
	if !utf8.Valid(raw) {
		return bad(InvalidSyntax, "not UTF-8")
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return bad(InvalidSyntax, "not the JSON that RFC 7644 describes")
	}
	return nil
}

// text reads a string, in the one form in which equal names compare equal.
func text(name string, value json.RawMessage) (string, error) {
	var s string
	if err := json.Unmarshal(value, &s); err != nil {
		return "", bad(InvalidValue, "%s has to be a string", name)
	}
	return norm.NFC.String(s), nil
}

// truth reads true or false, which Entra ID writes as text.
func truth(name string, value json.RawMessage) (bool, error) {
	var v any
	_ = json.Unmarshal(value, &v) // what cannot be read is neither
	switch v := v.(type) {
	case bool:
		return v, nil
	case string:
		if b, ok := truthOf(v); ok {
			return b, nil
		}
	}
	return false, bad(InvalidValue, "%s has to be true or false", name)
}

func truthOf(text string) (value, ok bool) {
	switch {
	case strings.EqualFold(text, "true"):
		return true, true
	case strings.EqualFold(text, "false"):
		return false, true
	}
	return false, false
}

// null tells a value that is absent.
func null(value json.RawMessage) bool {
	return len(value) == 0 || bytes.Equal(bytes.TrimSpace(value), []byte("null"))
}
