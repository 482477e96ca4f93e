package events

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/invopop/jsonschema"
	"github.com/stretchr/testify/require"

	check "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

var update = flag.Bool("update", false, "write goldens and schemas anew; never for a published event")

const schemas = "../../api-specs/events"

// example fills every field of an event with a value of the right form.
func example(e Event) Event {
	v := reflect.New(reflect.TypeOf(e)).Elem()
	fill(v)
	return v.Interface().(Event)
}

func fill(v reflect.Value) {
	at := time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(at))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("example")
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			switch f := v.Field(i); {
			case f.Kind() == reflect.String && (strings.HasSuffix(name, "_on")):
				f.SetString("2026-11-23")
			case f.Kind() == reflect.String && strings.HasSuffix(name, "_hash"):
				f.SetString(strings.Repeat("0a", 32))
			default:
				fill(f)
			}
		}
	}
}

// A published event is a promise: goldens show its bytes, schemas its form.
func TestGoldensAndSchemas(t *testing.T) {
	compiler := check.NewCompiler()
	seen := map[string]bool{}
	for _, zero := range Catalogue {
		name := zero.Type()
		require.Regexp(t, `^[a-z]+\.[a-z-]+\.v[0-9]+$`, name)
		require.False(t, seen[name], "%s twice", name)
		seen[name] = true
		event := example(zero)
		require.NoError(t, event.Validate(), name)
		require.Error(t, zero.Validate(), "%s: an empty event must not be valid", name)

		data, err := json.MarshalIndent(event, "", "  ")
		require.NoError(t, err)
		golden(t, filepath.Join("testdata", name+".golden.json"), append(data, '\n'))

		reflector := jsonschema.Reflector{DoNotReference: true, AllowAdditionalProperties: true} // fields may be added
		schema := reflector.ReflectFromType(reflect.TypeOf(zero))
		schema.ID = jsonschema.ID("urn:guldkorn:event:" + name)
		text, err := json.MarshalIndent(schema, "", "  ")
		require.NoError(t, err)
		golden(t, filepath.Join(schemas, name+".schema.json"), append(text, '\n'))

		document, err := check.UnmarshalJSON(strings.NewReader(string(text)))
		require.NoError(t, err)
		require.NoError(t, compiler.AddResource(name, document))
		compiled, err := compiler.Compile(name)
		require.NoError(t, err)
		instance, err := check.UnmarshalJSON(strings.NewReader(string(data)))
		require.NoError(t, err)
		require.NoError(t, compiled.Validate(instance), name)
	}
	for pattern, suffix := range map[string]string{"testdata/*.golden.json": ".golden.json", schemas + "/*.schema.json": ".schema.json"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			require.True(t, seen[strings.TrimSuffix(filepath.Base(file), suffix)], "%s belongs to no event", file)
		}
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "%s: a published event is never edited; fields may be added (go test ./events -update)", path)
}

func TestEnvelope(t *testing.T) {
	owner := tenant.New()
	event := example(RoundClosed{}).(RoundClosed)
	now := time.Date(2026, 3, 29, 1, 0, 0, 123456789, time.FixedZone("", 3600))

	_, err := New(t.Context(), "intake", "round-1", 3, now, event)
	require.ErrorIs(t, err, tenant.ErrMissing)

	envelope, err := New(tenant.With(t.Context(), owner), "intake", "round-1", 3, now, event)
	require.NoError(t, err)
	require.NoError(t, envelope.Validate())
	require.Equal(t, "intake."+string(owner)+".round-1.round-closed.v1", envelope.Route())
	require.Equal(t, time.Date(2026, 3, 29, 0, 0, 0, 123000000, time.UTC), envelope.Time)

	decoded, err := Decode[RoundClosed](envelope)
	require.NoError(t, err)
	require.Equal(t, event, decoded)
	_, err = Decode[RoundOpened](envelope)
	require.Error(t, err)

	carried, err := tenant.From(envelope.Context(t.Context()))
	require.NoError(t, err)
	require.Equal(t, owner, carried)

	for name, spoil := range map[string]func(*Envelope){
		"id":      func(e *Envelope) { e.ID = "1" },
		"tenant":  func(e *Envelope) { e.Tenant = "skole" },
		"type":    func(e *Envelope) { e.Type = "round-closed" },
		"subject": func(e *Envelope) { e.Subject = "a.b" },
		"time":    func(e *Envelope) { e.Time = time.Time{} },
	} {
		spoilt := envelope
		spoilt.ID = uuid.NewString()
		spoil(&spoilt)
		require.Error(t, spoilt.Validate(), name)
	}
}
