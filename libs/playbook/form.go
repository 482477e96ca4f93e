package playbook

import (
	"bytes"
	_ "embed" // the schema
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

//go:embed playbook.schema.json
var schemaFile []byte

// schema is compiled once, when first needed.
var schema = sync.OnceValue(func() *jsonschema.Schema {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaFile))
	if err != nil {
		panic("playbook: " + err.Error())
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("playbook", document); err != nil {
		panic("playbook: " + err.Error())
	}
	return compiler.MustCompile("playbook")
})

// checkForm holds the contents of a file against the schema.
func checkForm(loose any) []Mistake {
	raw, err := json.Marshal(loose) // in the types that the schema knows
	if err != nil {
		return []Mistake{{Want: Words{"navne på felter, som er tekst", "names of fields that are text"}}}
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return []Mistake{{Want: Words{"felter og lister", "fields and lists"}}}
	}
	invalid := (*jsonschema.ValidationError)(nil)
	if !errors.As(schema().Validate(document), &invalid) {
		return nil
	}
	return mistakesOf(invalid)
}

// mistakesOf gathers what a validation found, leaf by leaf.
func mistakesOf(e *jsonschema.ValidationError) []Mistake {
	if len(e.Causes) > 0 {
		var all []Mistake
		for _, cause := range e.Causes {
			all = append(all, mistakesOf(cause)...)
		}
		return all
	}
	path := strings.Join(e.InstanceLocation, ".")
	at := func(want Words) []Mistake { return []Mistake{{Path: path, Want: want}} }
	var all []Mistake
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			all = append(all, Mistake{Path: join(path, name), Want: Words{"feltet skal være der", "this field has to be there"}})
		}
		return all
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			all = append(all, Mistake{Path: join(path, name), Want: Words{"et felt, som formatet kender; slet det, eller ret stavningen", "a field that the format knows; remove it, or mend its spelling"}})
		}
		return all
	case *kind.Enum:
		return at(oneOf(k.Want))
	case *kind.Const:
		return at(oneOf([]any{k.Want}))
	case *kind.FalseSchema:
		return at(Words{"ikke i et trin af den slags; slet feltet", "not in a step of this kind; remove the field"})
	case *kind.Type:
		return at(Words{"værdi af typen " + strings.Join(k.Want, "/"), "a value of type " + strings.Join(k.Want, " or ")})
	case *kind.Pattern:
		if k.Want == `\S` {
			return at(Words{"skriv noget her", "write something here"})
		}
		return at(Words{"små bogstaver a-z, tal og streger, som i " + example(k.Want), "small letters a-z, digits and dashes, as in " + example(k.Want)})
	case *kind.MaxLength:
		return at(Words{fmt.Sprintf("højst %d tegn; der er %d", k.Want, k.Got), fmt.Sprintf("at most %d characters; there are %d", k.Want, k.Got)})
	case *kind.MinItems:
		return at(Words{"mindst " + strconv.Itoa(k.Want), "at least " + strconv.Itoa(k.Want)})
	case *kind.MaxItems:
		return at(Words{"højst " + strconv.Itoa(k.Want), "at most " + strconv.Itoa(k.Want)})
	case *kind.MinProperties:
		return at(Words{"mindst " + strconv.Itoa(k.Want), "at least " + strconv.Itoa(k.Want)})
	case *kind.UniqueItems:
		return at(Words{"det samme kun én gang", "the same thing only once"})
	case *kind.Minimum:
		return at(Words{"mindst " + k.Want.RatString(), "at least " + k.Want.RatString()})
	case *kind.Maximum:
		return at(Words{"højst " + k.Want.RatString(), "at most " + k.Want.RatString()})
	}
	return at(Words{e.Error(), e.Error()})
}

func oneOf(values []any) Words {
	var names []string
	for _, v := range values {
		names = append(names, fmt.Sprint(v))
	}
	list := strings.Join(slices.Compact(names), ", ")
	if len(names) == 1 {
		return Words{list, list}
	}
	return Words{"en af: " + list, "one of: " + list}
}

// example shows a name that a pattern of the schema allows.
func example(pattern string) string {
	if strings.Contains(pattern, "_") {
		return "write_down"
	}
	return "ground-rules"
}
