package scim

import (
	"fmt"
	"net/http"
	"strconv"
)

// Types of errors that the protocol has names for (RFC 7644, table 9).
const (
	InvalidFilter = "invalidFilter"
	InvalidSyntax = "invalidSyntax"
	InvalidPath   = "invalidPath"
	InvalidValue  = "invalidValue"
	NoTarget      = "noTarget"
	Mutability    = "mutability"
	TooMany       = "tooMany"
	Uniqueness    = "uniqueness"
)

// Error is a refusal in the form of the protocol (RFC 7644, section 3.12). Detail is for whoever runs the identity
// system, and repeats nothing of the request.
type Error struct {
	Status int
	Type   string // empty where the status says all
	Detail string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("scim: %d %s: %s", e.Status, e.Type, e.Detail) }

// Message returns the error as it is sent.
func (e *Error) Message() any {
	return struct {
		Schemas  []string `json:"schemas"`
		Status   string   `json:"status"`
		ScimType string   `json:"scimType,omitempty"`
		Detail   string   `json:"detail,omitempty"`
	}{[]string{errorSchema}, strconv.Itoa(e.Status), e.Type, e.Detail}
}

// bad returns the error for a request that is refused for what it says.
func bad(kind, format string, args ...any) *Error {
	return &Error{http.StatusBadRequest, kind, fmt.Sprintf(format, args...)}
}
