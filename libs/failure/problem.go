package failure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// ContentType is the media type of a Problem (RFC 9457, section 3).
const ContentType = "application/problem+json"

// Problem is the answer to a refused request (RFC 9457). Code, Field and Want are extension members.
type Problem struct {
	Type   string    `json:"type"`
	Title  string    `json:"title"`
	Status int       `json:"status"`
	Code   Code      `json:"code"`
	Field  string    `json:"field,omitempty"`
	Want   string    `json:"want,omitempty"`
	Errors []Problem `json:"errors,omitempty"`
}

// From returns err as a failure: itself, a known standard error's counterpart, or InternalError with err as
// its cause.
func From(err error) *Error {
	var f *Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.DeadlineExceeded):
		return New(RequestTimeout).Because(err)
	default:
		return New(InternalError).Because(err)
	}
}

// Problem renders the failure in a language ("da" or "en").
func (e *Error) Problem(language string) Problem {
	p := Problem{
		Type: "urn:guldkorn:" + string(e.Code), Title: e.Code.Text(language), Status: e.Status(),
		Code: e.Code, Field: e.Field, Want: e.Want,
	}
	for _, one := range e.All {
		p.Errors = append(p.Errors, one.Problem(language))
	}
	return p
}

// Write answers a request with the failure.
func Write(w http.ResponseWriter, err error, language string) {
	p := From(err).Problem(language)
	w.Header().Set("Content-Type", ContentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the status is out; a broken connection is the caller's
}

// Read turns a problem answer of another service back into a failure.
func Read(response *http.Response) error {
	var p Problem
	if err := json.NewDecoder(http.MaxBytesReader(nil, response.Body, 64<<10)).Decode(&p); err != nil || p.Code == "" {
		return New(Unavailable).Because(fmt.Errorf("answer %s without a problem", response.Status))
	}
	return p.failure()
}

func (p Problem) failure() *Error {
	e := &Error{Code: p.Code, Field: p.Field, Want: p.Want}
	for _, one := range p.Errors {
		e.All = append(e.All, one.failure())
	}
	return e
}
