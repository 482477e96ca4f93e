package host

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
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
	raw, err := io.ReadAll(c.Request.Body)
	if err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return into, failure.New(failure.RequestTooLarge)
		}
		return into, failure.New(failure.RequestMalformed).Because(err)
	}
	err = DecodeBytes(raw, &into)
	return into, err
}

// DecodeBytes is Decode for a body that was read already.
func DecodeBytes(raw []byte, into any) error {
	if !utf8.Valid(raw) {
		return failure.New(failure.RequestEncoding)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return decodeFailure(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return failure.New(failure.RequestMalformed).Wanting("one JSON value")
	}
	normalise(reflect.ValueOf(into))
	return nil
}

func decodeFailure(err error) error {
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType):
		return failure.New(failure.RequestWrongType).At(wrongType.Field).Wanting(wrongType.Type.String()).Because(err)
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		name := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
		return failure.New(failure.RequestUnknownField).At(name)
	default:
		return failure.New(failure.RequestMalformed).Because(err)
	}
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
