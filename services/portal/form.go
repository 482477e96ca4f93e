package portal

import (
	"net/url"
	"slices"
	"strings"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// form is what somebody has written and what is wrong with it. Inputs carry the names of the fields of the service's
// request, so that a refusal finds its input.
type form struct {
	Key    string            // idempotency key: stays the same while the form is corrected
	Values url.Values        //
	Errors map[string]string // by input
	Alert  string            // what belongs to no input
}

// value is what stands in an input.
func (f form) Value(name string) string { return f.Values.Get(name) }

// Holds tells whether one of several boxes is ticked.
func (f form) Holds(name, one string) bool { return slices.Contains(f.Values[name], one) }

// Nth is what stands in the n-th of several inputs of one name, from 1 on.
func (f form) Nth(name string, n int) string {
	if values := f.Values[name]; n <= len(values) {
		return values[n-1]
	}
	return ""
}

// Error is what is wrong with an input, "" if nothing.
func (f form) Error(name string) string { return f.Errors[name] }

// refused returns the form of this request with err beside the inputs that it is about. Errors that are no matter of
// the form come back as they are.
func (v *visit) refused(err error) (form, error) {
	f := failure.From(err)
	switch f.Status() {
	case 400, 409, 412, 422:
	default:
		return form{}, err
	}
	out := form{Key: v.input("idempotency_key"), Values: v.gin.Request.PostForm, Errors: map[string]string{}}
	var alerts []string
	for _, one := range f.Each() {
		name, _, _ := strings.Cut(one.Field, ".")
		if slices.Contains(formFields, name) {
			out.Errors[name] = v.complaint(one, name)
			continue
		}
		alerts = append(alerts, one.Code.Text(v.words.language))
	}
	if len(alerts) == 0 && len(out.Errors) > 0 {
		alerts = []string{v.words.text("form.correct", "count", len(out.Errors))}
	}
	out.Alert = strings.Join(slices.Compact(alerts), " ")
	return out, nil
}

// complaint says what would be right; a code of its own, such as a date that has passed, says it itself.
func (v *visit) complaint(f *failure.Error, name string) string {
	switch f.Code {
	case failure.RequestInvalid, failure.RequestWrongType, failure.RequestMalformed:
		return v.words.of("want", name)
	default:
		return f.Code.Text(v.words.language)
	}
}
