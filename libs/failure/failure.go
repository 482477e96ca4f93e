// Package failure is the one language in which services say that something was refused or went wrong.
//
// A failure has a code for machines, an optional field that it is about, what would have been right, and a
// cause for operators. The code decides the HTTP status (RFC 9457, see problem.go) and whether a message
// that caused it is worth another try (see Permanent). Texts for people are in the code list (codes.go and
// its neighbours), in Danish and English.
package failure

import (
	"errors"
	"net/http"
	"strings"
)

// Code names one kind of failure as `<area>.<reason>`.
type Code string

// Error is a failure with its code. The zero value is not useful; use New.
type Error struct {
	Code  Code
	Field string // JSON pointer-like path of the offending field, such as "units.0.name"; empty if none
	Want  string // what would be right, in English for machines and developers; empty if the code says all
	Cause error  // for logs only, never shown
	All   []*Error
}

// New returns a failure with this code.
func New(code Code) *Error { return &Error{Code: code} }

// NotFound returns the failure for an entity that does not exist or that the caller may not know of.
func NotFound(entity string) *Error { return &Error{Code: DocumentNotFound, Field: entity} }

// Invalid returns the failure for a field whose value is refused; want says what would be right.
func Invalid(field, want string) *Error {
	return &Error{Code: RequestInvalid, Field: field, Want: want}
}

// At returns a copy that points at a field.
func (e *Error) At(field string) *Error { c := *e; c.Field = field; return &c }

// Wanting returns a copy that says what would be right.
func (e *Error) Wanting(want string) *Error { c := *e; c.Want = want; return &c }

// Because returns a copy with a cause.
func (e *Error) Because(cause error) *Error { c := *e; c.Cause = cause; return &c }

// Error renders the failure for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	if e.Field != "" {
		b.WriteString(" at " + e.Field)
	}
	if e.Want != "" {
		b.WriteString(": want " + e.Want)
	}
	for _, one := range e.All {
		b.WriteString("; " + one.Error())
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is(err, failure.New(code)) true for the same code.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code && other.Field == "" && other.Want == ""
}

// Each returns the failures that Together joined, or e alone.
func (e *Error) Each() []*Error {
	if len(e.All) == 0 {
		return []*Error{e}
	}
	return e.All
}

// Status returns the HTTP status of the code; an unlisted code is a 500.
func (e *Error) Status() int {
	if entry, ok := codes[e.Code]; ok {
		return entry.status
	}
	return http.StatusInternalServerError
}

// Together gathers several refusals of one request into one failure: nil for none, the failure itself for
// one, otherwise RequestInvalid with All.
func Together(failures ...*Error) error {
	var all []*Error
	for _, f := range failures {
		if f != nil {
			all = append(all, f)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return &Error{Code: RequestInvalid, All: all}
}

// CodeOf returns the code of err, "" for nil and InternalError for a foreign error.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var f *Error
	if errors.As(err, &f) {
		return f.Code
	}
	return InternalError
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks err as one that no retry mends: the bus records the message as a dead letter.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

// IsPermanent tells whether a retry is pointless: marked by Permanent, or a failure whose status is 4xx, except for
// those that pass: what is not there yet, what somebody else is changing, and a refusal of the service itself by
// another one, which time mends (two clocks) or an operator (a key, a policy), and not the event's fault.
func IsPermanent(err error) bool {
	var p permanent
	if errors.As(err, &p) {
		return true
	}
	var f *Error
	if !errors.As(err, &f) {
		return false
	}
	switch s := f.Status(); s {
	case http.StatusNotFound, http.StatusConflict, http.StatusUnauthorized, http.StatusForbidden,
		http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	default:
		return s >= 400 && s < 500
	}
}
