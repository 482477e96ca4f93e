package scim

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scim2/filter-parser/v2"
)

// Condition is a comparison that has to be true: an attribute equals a value.
type Condition struct {
	Attribute string // in small letters, such as "members.value"
	Value     any    // string or bool
}

// Attributes that can be asked for, by kind of resource: those that an index answers.
var (
	UserFilters  = Filterable{UserSchema, map[string]bool{"id": false, "username": false, "externalid": false, "active": true}}
	GroupFilters = Filterable{GroupSchema, map[string]bool{"id": false, "externalid": false, "displayname": false, "members.value": false}}
)

// Filterable says which attributes of a schema can be compared, and whether they are true or false rather than text.
type Filterable struct {
	schema     string
	attributes map[string]bool
}

// Conditions reads a filter (RFC 7644, section 3.4.2.2) and returns what it asks for. The whole grammar is understood;
// what would have to look at everybody to be answered is the error invalidFilter, and so is what is long or deep.
func (f Filterable) Conditions(text string) ([]Condition, error) {
	if text == "" {
		return nil, nil
	}
	if err := bounded(InvalidFilter, text); err != nil {
		return nil, err
	}
	expression, err := filter.ParseFilter(capitalEscapes(text))
	if err != nil {
		return nil, bad(InvalidFilter, "the filter does not follow RFC 7644, figure 1")
	}
	return f.conjuncts(expression, nil)
}

// conjuncts appends the conditions of an expression. Its depth is bounded by the brackets and bytes of the text.
func (f Filterable) conjuncts(expression filter.Expression, found []Condition) ([]Condition, error) {
	switch e := expression.(type) {
	case *filter.LogicalExpression:
		if e.Operator != filter.AND {
			break
		}
		found, err := f.conjuncts(e.Left, found)
		if err != nil {
			return nil, err
		}
		return f.conjuncts(e.Right, found)
	case *filter.AttributeExpression:
		return f.comparison(e, found)
	case *filter.ValuePath: // members[value eq "x"] says what members.value eq "x" says
		inner, ok := e.ValueFilter.(*filter.AttributeExpression)
		if !ok || inner.AttributePath.SubAttribute != nil || e.AttributePath.SubAttribute != nil {
			break
		}
		joined := *inner
		sub := inner.AttributePath.AttributeName
		joined.AttributePath = e.AttributePath
		joined.AttributePath.SubAttribute = &sub
		return f.comparison(&joined, found)
	}
	return nil, f.unanswered()
}

func (f Filterable) comparison(e *filter.AttributeExpression, found []Condition) ([]Condition, error) {
	if urn := e.AttributePath.URI(); urn != "" && !strings.EqualFold(urn, f.schema) {
		return nil, f.unanswered()
	}
	name := strings.ToLower(e.AttributePath.AttributeName)
	if sub := e.AttributePath.SubAttributeName(); sub != "" {
		name += "." + strings.ToLower(sub)
	}
	if f.schema == GroupSchema && name == "members" {
		name = "members.value" // its default sub-attribute (RFC 7643, section 2.4)
	}
	truth, known := f.attributes[name]
	if !known || e.Operator != filter.EQ {
		return nil, f.unanswered()
	}
	value, err := compared(e.CompareValue, truth)
	if err != nil {
		return nil, err
	}
	return append(found, Condition{name, value}), nil
}

// unanswered says what can be asked for instead.
func (f Filterable) unanswered() error {
	names := make([]string, 0, len(f.attributes))
	for name := range f.attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	return bad(InvalidFilter, "only comparisons by eq, joined by and, of these attributes are answered: %s", strings.Join(names, ", "))
}

// compared returns the value of a comparison. The parser leaves text as it was written between its quotation marks.
func compared(value any, truth bool) (any, error) {
	switch v := value.(type) {
	case bool:
		if truth {
			return v, nil
		}
	case string:
		text, err := unquoted(v)
		if err != nil {
			return nil, err
		}
		if !truth {
			return text, nil
		}
		if b, ok := truthOf(text); ok {
			return b, nil
		}
	}
	return nil, bad(InvalidFilter, "the value has another type than the attribute")
}

// unquoted resolves the escapes of a JSON string.
func unquoted(written string) (text string, err error) {
	if err := json.Unmarshal([]byte(`"`+written+`"`), &text); err != nil {
		return "", bad(InvalidFilter, "a value is no JSON string")
	}
	return text, nil
}

// capitalEscapes writes \u00e5 as \u00E5, which is all that the parser takes.
func capitalEscapes(text string) []byte {
	raw := []byte(text)
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if i++; raw[i] == 'u' && i+4 < len(raw) {
			copy(raw[i+1:], bytes.ToUpper(raw[i+1:i+5]))
		}
	}
	return raw
}

// bounded refuses what would take long to understand.
func bounded(kind, text string) error {
	switch {
	case len(text) > MaxFilter:
		return bad(kind, "at most %d bytes", MaxFilter)
	case strings.Count(text, "(")+strings.Count(text, "[") > maxBrackets:
		return bad(kind, "at most %d brackets", maxBrackets)
	case !utf8.ValidString(text):
		return bad(kind, "not UTF-8")
	}
	return nil
}
