package access

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Portal is the one issuer whose tokens may speak for persons, keys and guests; every other issuer speaks for itself only.
const Portal = "portal"

// Lifetime is how long a token is valid, Leeway by how much two clocks may differ.
const (
	Lifetime = 60 * time.Second
	Leeway   = 5 * time.Second
)

// RecentTime is how long after signing in somebody may do what a policy calls sensitive.
const RecentTime = 15 * time.Minute

// What a token speaks for.
const (
	kindPerson  = "person"
	kindService = "service"
	kindKey     = "key"
	kindGuest   = "guest"
)

type claims struct {
	jwt.RegisteredClaims
	Kind     string           `json:"kind"`
	Tenant   tenant.ID        `json:"tenant,omitempty"`
	Session  string           `json:"sid,omitempty"`
	Guest    string           `json:"guest,omitempty"`     // what a guest was let in to
	Scope    string           `json:"scope,omitempty"`     // of a key, separated by spaces (RFC 9068, section 2.2.3)
	AuthTime *jwt.NumericDate `json:"auth_time,omitempty"` // of a person (RFC 9068, section 2.2.1)
}

// Signer makes the tokens with which one service calls the others.
type Signer struct {
	key    ed25519.PrivateKey
	issuer string
	now    func() time.Time
}

// NewSigner returns the signer of the service named issuer.
func NewSigner(key ed25519.PrivateKey, issuer string, now func() time.Time) *Signer {
	return &Signer{key: key, issuer: issuer, now: now}
}

// Token says to the service named audience that sub is asking. It carries who, never what they may do. A
// signer other than the portal's signs for its own service only.
func (s *Signer) Token(audience string, sub Subject) (string, error) {
	now := s.now()
	c := claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: s.issuer, Subject: sub.ID, Audience: jwt.ClaimStrings{audience},
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(Lifetime)),
		},
		Kind: kindPerson, Tenant: sub.Tenant, Session: sub.Session,
	}
	if !sub.SignedInAt.IsZero() {
		c.AuthTime = jwt.NewNumericDate(sub.SignedInAt)
	} else if sub.Recent {
		c.AuthTime = c.IssuedAt
	}
	switch {
	case sub.Service != "" && sub.Key:
		return "", errors.New("access: a service is no key")
	case sub.Guest != "" && (sub.Service != "" || sub.Key):
		return "", errors.New("access: a guest is neither a service nor a key")
	case sub.Guest != "":
		c.Kind, c.Session, c.Guest, c.AuthTime = kindGuest, "", sub.Guest, nil
	case sub.Key:
		c.Kind, c.Session, c.Scope, c.AuthTime = kindKey, "", strings.Join(sub.Scopes, " "), nil
	case sub.Service != "":
		c.Kind, c.Subject, c.Tenant, c.Session, c.AuthTime = kindService, sub.Service, "", "", nil
	}
	if audience == "" {
		return "", errors.New("access: a token needs an audience")
	}
	if err := c.entitled(); err != nil {
		return "", err
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c).SignedString(s.key)
	if err != nil {
		return "", fmt.Errorf("access: sign for %s: %w", audience, err)
	}
	return token, nil
}

// Verifier reads the tokens that other services send to this one.
type Verifier struct {
	keys     map[string]ed25519.PublicKey
	audience string
	parser   *jwt.Parser
}

// NewVerifier returns the verifier of the service named audience, which knows the issuers in keys.
func NewVerifier(keys map[string]ed25519.PublicKey, audience string, now func() time.Time) *Verifier {
	return &Verifier{
		keys: keys, audience: audience,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
			jwt.WithAudience(audience),
			jwt.WithExpirationRequired(),
			jwt.WithIssuedAt(),
			jwt.WithLeeway(Leeway),
			jwt.WithTimeFunc(now),
			jwt.WithStrictDecoding(),
		),
	}
}

// Verify returns who a token speaks for, without assignments, or the failure access.unauthenticated.
func (v *Verifier) Verify(token string) (Subject, error) {
	var c claims
	if _, err := v.parser.ParseWithClaims(token, &c, v.key); err != nil {
		return Subject{}, failure.New(failure.AccessUnauthentic).Because(err)
	}
	if err := c.entitled(); err != nil {
		return Subject{}, failure.New(failure.AccessUnauthentic).Because(err)
	}
	switch c.Kind {
	case kindService:
		return Service(c.Issuer), nil
	case kindKey:
		return Subject{ID: c.Subject, Tenant: c.Tenant, Key: true, Scopes: strings.Split(c.Scope, " ")}, nil
	case kindGuest:
		return Subject{ID: c.Subject, Tenant: c.Tenant, Guest: c.Guest}, nil
	}
	s := Subject{ID: c.Subject, Tenant: c.Tenant, Session: c.Session}
	if c.AuthTime != nil {
		s.SignedInAt = c.AuthTime.Time
		s.Recent = c.IssuedAt.Sub(s.SignedInAt) <= RecentTime
	}
	return s, nil
}

// key finds the issuer's key. The issuer is not proven at this point; the signature under its key proves it.
func (v *Verifier) key(token *jwt.Token) (any, error) {
	c, ok := token.Claims.(*claims)
	if !ok {
		return nil, fmt.Errorf("access: claims are %T", token.Claims)
	}
	key, ok := v.keys[c.Issuer]
	if !ok {
		return nil, fmt.Errorf("access: issuer %q is unknown", c.Issuer)
	}
	return key, nil
}

// proven checks that only persons have signed in, and none in time to come.
func (c claims) proven() error {
	if c.AuthTime != nil && (c.Kind != kindPerson || c.IssuedAt == nil || c.AuthTime.After(c.IssuedAt.Add(Leeway))) {
		return errors.New("access: nobody has signed in at that time")
	}
	return nil
}

// entitled checks what the library does not: who may speak for whom, with what, for how long and to how many.
func (c claims) entitled() error {
	if err := c.proven(); err != nil {
		return err
	}
	if (c.Kind == kindGuest) != (c.Guest != "") {
		return errors.New("access: a guest, and nobody else, is let in to one thing")
	}
	switch c.Kind {
	case kindService:
		if c.Subject != c.Issuer || c.Issuer == "" {
			return fmt.Errorf("access: issuer %q speaks for service %q", c.Issuer, c.Subject)
		}
		if c.Scope != "" {
			return errors.New("access: a service has no scopes")
		}
	case kindPerson, kindKey, kindGuest:
		if c.Issuer != Portal {
			return fmt.Errorf("access: issuer %q speaks for a %s", c.Issuer, c.Kind)
		}
		if c.Subject == "" {
			return fmt.Errorf("access: the token names no %s", c.Kind)
		}
		if _, err := tenant.Parse(string(c.Tenant)); err != nil {
			return fmt.Errorf("access: the %s's tenant: %w", c.Kind, err)
		}
		return errors.Join(c.scoped(), c.limited())
	default:
		return fmt.Errorf("access: a token for a %q", c.Kind)
	}
	return c.limited()
}

// scoped checks that a key has scopes, each of which exists, and that nobody else has any.
func (c claims) scoped() error {
	if c.Kind != kindKey {
		if c.Scope != "" {
			return fmt.Errorf("access: a %s has no scopes", c.Kind)
		}
		return nil
	}
	for scope := range strings.SplitSeq(c.Scope, " ") {
		if !slices.Contains(Scopes(), scope) {
			return fmt.Errorf("access: there is no scope %q", scope)
		}
	}
	return nil
}

// limited checks for how long and to how many a token speaks.
func (c claims) limited() error {
	if c.IssuedAt == nil || c.ExpiresAt == nil || c.ExpiresAt.Sub(c.IssuedAt.Time) > Lifetime {
		return fmt.Errorf("access: a token lives %v at most", Lifetime)
	}
	if len(c.Audience) != 1 || slices.Contains(c.Audience, "") {
		return errors.New("access: a token has one audience")
	}
	return nil
}
