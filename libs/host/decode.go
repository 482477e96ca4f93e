package host

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Decode reads the JSON body of a request as T. It refuses other media types, bodies over the engine's limit, text
// that is not UTF-8, unknown fields, wrong types and anything after the value. Every string comes out in Unicode
// NFC, so that equal names compare equal.
func Decode[T any](c *gin.Context) (T, error) {
	var into T
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "application/json" {
		return into, failure.New(failure.RequestMediaType)
	}
	raw, err := Body(c)
	if err != nil {
		return into, err
	}
	err = DecodeBytes(raw, &into)
	return into, err
}

// Body reads the body of a request. One over the engine's limit is the failure request.too_large, one that does not
// come in time request.timeout, one that ends early request.malformed.
func Body(c *gin.Context) ([]byte, error) {
	raw, err := io.ReadAll(c.Request.Body)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, failure.New(failure.RequestTooLarge)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, failure.New(failure.RequestTimeout).Because(err)
	}
	if err != nil {
		return nil, failure.New(failure.RequestMalformed).Because(err)
	}
	return raw, nil
}

// DecodeBytes is Decode for a body that was read already.
func DecodeBytes(raw []byte, into any) error {
	if !utf8.Valid(raw) {
		return failure.New(failure.RequestEncoding)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return decodeFailure(raw, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return failure.New(failure.RequestMalformed).Wanting("one JSON value")
	}
	normalise(reflect.ValueOf(into))
	return nil
}

func decodeFailure(raw []byte, err error) error {
	var wrongType *json.UnmarshalTypeError
	var noTime *time.ParseError
	switch {
	case errors.As(err, &wrongType):
		return failure.New(failure.RequestWrongType).At(wrongType.Field).Wanting(jsonWord(wrongType.Type)).Because(err)
	case errors.As(err, &noTime):
		return failure.New(failure.RequestWrongType).At(fieldOf(raw, noTime.Value)).Wanting("a time such as 2026-08-10T08:00:00Z").Because(err)
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		name := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
		return failure.New(failure.RequestUnknownField).At(name)
	default:
		return failure.New(failure.RequestMalformed).Because(err)
	}
}

// jsonWord says in the words of JSON what a Go type takes.
func jsonWord(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number, 0 or more"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Pointer:
		return jsonWord(t.Elem())
	default:
		return "an object"
	}
}

// fieldOf returns the field of an object whose value is this string, "" if that is no field of the object itself. The
// decoder does not say which field a type with a form of its own refused.
func fieldOf(raw []byte, value string) string {
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if object[name] == value {
			return name
		}
	}
	return ""
}

// normalise brings every string that can be reached from v to NFC.
func normalise(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			normalise(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				normalise(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			normalise(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if value := v.MapIndex(key); value.Kind() == reflect.String {
				v.SetMapIndex(key, reflect.ValueOf(norm.NFC.String(value.String())).Convert(value.Type()))
			}
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(norm.NFC.String(v.String()))
		}
	}
}
