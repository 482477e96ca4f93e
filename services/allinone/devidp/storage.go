package devidp

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	requestLifetime = 10 * time.Minute
	tokenLifetime   = 5 * time.Minute
)

// storage is what the provider remembers: requests under way and one signing key, all in memory.
type storage struct {
	personas []Persona
	now      func() time.Time
	key      signingKey
	sealing  [32]byte // encrypts access tokens, which nothing accepts

	mu       sync.Mutex
	requests map[string]*request
	codes    map[string]string // authorization code -> request id; a code is good once
}

var _ op.Storage = (*storage)(nil)
var _ op.CanSetUserinfoFromRequest = (*storage)(nil)

var errNotFound = errors.New("not found")

func newStorage(personas []Persona, now func() time.Time) (*storage, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	s := &storage{
		personas: personas, now: now, key: signingKey{id: uuid.NewString(), private: private},
		requests: map[string]*request{}, codes: map[string]string{},
	}
	_, _ = rand.Read(s.sealing[:]) // never fails
	return s, nil
}

func (s *storage) persona(login string) (Persona, bool) {
	i := slices.IndexFunc(s.personas, func(p Persona) bool { return p.Login == login })
	if i < 0 {
		return Persona{}, false
	}
	return s.personas[i], true
}

// CreateAuthRequest implements op.AuthStorage. A request without an S256 challenge is refused: the client is
// public.
func (s *storage) CreateAuthRequest(_ context.Context, in *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	if in.CodeChallenge == "" || in.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("code_challenge with method S256 is required")
	}
	if slices.Contains(in.Prompt, oidc.PromptNone) { // there is no session that could answer without a click
		return nil, oidc.ErrLoginRequired()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, r := range s.requests {
		if s.now().After(r.at.Add(requestLifetime)) {
			delete(s.requests, id)
		}
	}
	r := &request{id: uuid.NewString(), in: *in, at: s.now()}
	s.requests[r.id] = r
	return r, nil
}

// AuthRequestByID implements op.AuthStorage.
func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.requests[id]
	if !ok || s.now().After(r.at.Add(requestLifetime)) {
		return nil, errNotFound
	}
	copied := *r
	return &copied, nil
}

// AuthRequestByCode implements op.AuthStorage. The code is used up by being looked at.
func (s *storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	id, ok := s.codes[code]
	delete(s.codes, code)
	s.mu.Unlock()
	if !ok {
		return nil, errNotFound
	}
	return s.AuthRequestByID(ctx, id)
}

// SaveAuthCode implements op.AuthStorage.
func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = id
	return nil
}

// DeleteAuthRequest implements op.AuthStorage.
func (s *storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, id)
	for code, of := range s.codes {
		if of == id {
			delete(s.codes, code)
		}
	}
	return nil
}

// signInAs settles who a request is about.
func (s *storage) signInAs(id, login string) error {
	if _, ok := s.persona(login); !ok {
		return errNotFound
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.requests[id]
	if !ok || r.login != "" {
		return errNotFound
	}
	r.login, r.since = login, s.now()
	return nil
}

// CreateAccessToken implements op.AuthStorage.
func (s *storage) CreateAccessToken(context.Context, op.TokenRequest) (string, time.Time, error) {
	return uuid.NewString(), s.now().Add(tokenLifetime), nil
}

// CreateAccessAndRefreshTokens implements op.AuthStorage: there are no refresh tokens.
func (s *storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, oidc.ErrUnsupportedGrantType()
}

// TokenRequestByRefreshToken implements op.AuthStorage: there are no refresh tokens.
func (s *storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, op.ErrInvalidRefreshToken
}

// TerminateSession implements op.AuthStorage: the provider keeps no sessions.
func (s *storage) TerminateSession(context.Context, string, string) error { return nil }

// RevokeToken implements op.AuthStorage: access tokens open nothing and end by themselves.
func (s *storage) RevokeToken(context.Context, string, string, string) *oidc.Error { return nil }

// GetRefreshTokenInfo implements op.AuthStorage: there are no refresh tokens.
func (s *storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}

// SigningKey implements op.AuthStorage.
func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return s.key, nil }

// SignatureAlgorithms implements op.AuthStorage.
func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// KeySet implements op.AuthStorage.
func (s *storage) KeySet(context.Context) ([]op.Key, error) { return []op.Key{publicKey{s.key}}, nil }

// GetClientByClientID implements op.OPStorage.
func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != ClientID {
		return nil, errNotFound
	}
	return client{}, nil
}

// AuthorizeClientIDSecret implements op.OPStorage: the client is public and has no secret.
func (s *storage) AuthorizeClientIDSecret(context.Context, string, string) error { return errNotFound }

// SetUserinfoFromScopes implements op.OPStorage; SetUserinfoFromRequest does the work.
func (s *storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

// SetUserinfoFromRequest implements op.CanSetUserinfoFromRequest.
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, request op.IDTokenRequest, _ []string) error {
	return s.describe(info, request.GetSubject())
}

// SetUserinfoFromToken implements op.OPStorage.
func (s *storage) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, _, subject, _ string) error {
	return s.describe(info, subject)
}

func (s *storage) describe(info *oidc.UserInfo, login string) error {
	p, ok := s.persona(login)
	if !ok {
		return errNotFound
	}
	info.Subject, info.PreferredUsername, info.Name = p.Login, p.Login, p.Name
	return nil
}

// SetIntrospectionFromToken implements op.OPStorage: nobody introspects.
func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errNotFound
}

// GetPrivateClaimsFromScopes implements op.OPStorage: there are none.
func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

// GetKeyByIDAndClientID implements op.OPStorage: clients have no keys.
func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errNotFound
}

// ValidateJWTProfileScopes implements op.OPStorage: there is no JWT profile grant.
func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, oidc.ErrUnsupportedGrantType()
}

// Health implements op.Storage.
func (s *storage) Health(context.Context) error { return nil }
