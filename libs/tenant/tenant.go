// Package tenant names the tenant that a piece of work belongs to and carries it in the context.
//
// Every platform, municipality (operator), school and union is a tenant. A tenant id is an opaque
// random token and never a name, since it appears in subjects, keys and addresses. Work without a
// tenant is an error: From never returns an empty id.
package tenant

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"regexp"
)

// ID identifies one tenant: 12 lower-case base32 characters (60 random bits).
type ID string

// Length is the number of characters of an ID.
const Length = 12

var (
	// ErrMissing says that the context names no tenant.
	ErrMissing = errors.New("tenant: the context names no tenant")

	pattern  = regexp.MustCompile(`^[a-z2-7]{12}$`)
	encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
)

// New returns a random tenant id.
func New() ID {
	var raw [8]byte
	_, _ = rand.Read(raw[:]) // crypto/rand.Read never fails (Go 1.24 and later)
	return ID(encoding.EncodeToString(raw[:])[:Length])
}

// Parse checks that s has the form of a tenant id.
func Parse(s string) (ID, error) {
	if !pattern.MatchString(s) {
		return "", fmt.Errorf("tenant: %q is not %d characters of a-z and 2-7", s, Length)
	}
	return ID(s), nil
}

type contextKey struct{}

// With returns a context in which all work belongs to id.
func With(ctx context.Context, id ID) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// From returns the tenant of the context, or ErrMissing.
func From(ctx context.Context) (ID, error) {
	id, ok := ctx.Value(contextKey{}).(ID)
	if !ok || id == "" {
		return "", ErrMissing
	}
	return id, nil
}
