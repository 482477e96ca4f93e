package document

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// kind is the type of an index field, as the database orders it.
type kind int

const (
	text kind = iota
	whole
	truth
	moment
)

func (k kind) String() string { return [...]string{"string", "integer", "boolean", "time"}[k] }

var timeType = reflect.TypeFor[time.Time]()

// kindsOf checks that every index field stands in a body type as a scalar that is always written, so that no
// document can fall out of an index, and returns their kinds.
func kindsOf(body reflect.Type, schema Schema) (map[string]kind, error) {
	kinds := map[string]kind{}
	for _, field := range schema.Fields() {
		t := body
		for _, name := range strings.Split(field, ".") {
			if t.Kind() != reflect.Struct || t == timeType {
				return nil, fmt.Errorf("document: index field %s of %s: %s has no fixed fields", field, schema.Name, t)
			}
			member, options, ok := lookUp(t, name)
			switch {
			case !ok:
				return nil, fmt.Errorf("document: index field %s of %s: %s has no field with the bson name %s", field, schema.Name, t, name)
			case strings.Contains(options, "omitempty"):
				return nil, fmt.Errorf("document: index field %s of %s must not be omitempty", field, schema.Name)
			}
			t = member.Type
		}
		k, err := kindOf(t)
		if err != nil {
			return nil, fmt.Errorf("document: index field %s of %s: %w", field, schema.Name, err)
		}
		kinds[field] = k
	}
	return kinds, nil
}

// lookUp finds the struct field that is written under a bson name, in inlined structs too.
func lookUp(t reflect.Type, name string) (reflect.StructField, string, bool) {
	for i := range t.NumField() {
		member := t.Field(i)
		if !member.IsExported() {
			continue
		}
		written, options, _ := strings.Cut(member.Tag.Get("bson"), ",")
		if strings.Contains(options, "inline") && member.Type.Kind() == reflect.Struct {
			if inner, innerOptions, ok := lookUp(member.Type, name); ok {
				return inner, innerOptions, true
			}
			continue
		}
		if written == "" {
			written = strings.ToLower(member.Name)
		}
		if written == name {
			return member, options, true
		}
	}
	return reflect.StructField{}, "", false
}

func kindOf(t reflect.Type) (kind, error) {
	switch t.Kind() {
	case reflect.String:
		return text, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return whole, nil
	case reflect.Bool:
		return truth, nil
	}
	if t == timeType {
		return moment, nil
	}
	return 0, fmt.Errorf("%s is not a string, integer, boolean or time", t)
}

// value turns what a query asks for into what the field holds: string, int64, bool or time.Time.
func (k kind) value(v any) (any, error) {
	r := reflect.ValueOf(v)
	if !r.IsValid() {
		return nil, fmt.Errorf("nothing given, want a %s", k)
	}
	given, err := kindOf(r.Type())
	if err != nil || given != k {
		return nil, fmt.Errorf("%s given, want a %s", r.Type(), k)
	}
	switch {
	case k == text:
		return r.String(), nil
	case k == truth:
		return r.Bool(), nil
	case k == moment:
		return milliseconds(v.(time.Time)), nil
	case r.CanUint():
		return int64(r.Uint()), nil
	}
	return r.Int(), nil
}

// milliseconds returns the time as it is stored.
func milliseconds(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
