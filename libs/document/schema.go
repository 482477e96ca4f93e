package document

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Schema declares a collection. Name is its name in the database, such as "rounds". DaysOnly is for what must not tell
// when somebody wrote it: CreatedAt and UpdatedAt are kept as the day (in UTC) and no finer.
type Schema struct {
	Name     string
	Indexes  []Index
	DaysOnly bool
}

// Index declares a way to ask. Fields are bson names in the body, dotted for nested ones; each must always be there
// and be a string, an integer, a boolean or a time. The tenant leads every index by itself, unless Across, which
// makes the index one over all tenants, for an Across to read. Unique refuses a second live document with the same
// fields; tombstones have given theirs up. An index without fields lists a tenant's documents by id.
type Index struct {
	Name   string
	Fields []string
	Unique bool
	Across bool
}

var (
	namePattern  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	fieldPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)
)

// Validate says what is wrong with the declaration.
func (s Schema) Validate() error {
	if !namePattern.MatchString(s.Name) {
		return fmt.Errorf("document: collection %q is not named by %s", s.Name, namePattern)
	}
	seen := map[string]bool{}
	for _, index := range s.Indexes {
		switch {
		case !namePattern.MatchString(index.Name):
			return fmt.Errorf("document: index %q of %s is not named by %s", index.Name, s.Name, namePattern)
		case seen[index.Name]:
			return fmt.Errorf("document: index %s of %s is declared twice", index.Name, s.Name)
		case index.Unique && len(index.Fields) == 0:
			return fmt.Errorf("document: unique index %s of %s has no fields", index.Name, s.Name)
		}
		seen[index.Name] = true
		for i, field := range index.Fields {
			if !fieldPattern.MatchString(field) || slices.Contains(index.Fields[:i], field) {
				return fmt.Errorf("document: index %s of %s has the field %q, which is malformed or repeated", index.Name, s.Name, field)
			}
		}
	}
	return nil
}

// Index returns the declared index of this name.
func (s Schema) Index(name string) (Index, error) {
	for _, index := range s.Indexes {
		if index.Name == name {
			return index, nil
		}
	}
	return Index{}, fmt.Errorf("document: collection %s declares no index %q", s.Name, name)
}

// Fields returns every field that some index needs, each once and sorted.
func (s Schema) Fields() []string {
	var fields []string
	for _, index := range s.Indexes {
		fields = append(fields, index.Fields...)
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

// Values returns what a body holds in these fields: string, int64, bool or time.Time, and nil for a field that is
// absent, as in a body written before the field was introduced.
func Values(body bson.Raw, fields []string) ([]any, error) {
	values := make([]any, len(fields))
	for i, field := range fields {
		value, err := body.LookupErr(strings.Split(field, ".")...)
		if err != nil {
			continue
		}
		if values[i], err = scalar(value); err != nil {
			return nil, fmt.Errorf("document: index field %s: %w", field, err)
		}
	}
	return values, nil
}

func scalar(v bson.RawValue) (any, error) {
	switch v.Type {
	case bson.TypeNull:
		return nil, nil
	case bson.TypeString:
		return v.StringValue(), nil
	case bson.TypeInt32:
		return int64(v.Int32()), nil
	case bson.TypeInt64:
		return v.Int64(), nil
	case bson.TypeBoolean:
		return v.Boolean(), nil
	case bson.TypeDateTime:
		return v.Time().UTC(), nil
	}
	return nil, fmt.Errorf("a %s is not a string, integer, boolean or time", v.Type)
}
