package tenancy

import (
	"context"
	"slices"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// What of a person a sign-in provider's claim can be compared with. An operator with several providers says so for each:
// Entra knows people by the login, Unilogin by their uniid, and both mean the same person. An e-mail address is none of
// them: it is given to somebody else in time, and is nobody's proof of who they are.
const (
	matchLogin      = "login"
	matchExternalID = "external_id"
	matchUnilogin   = "unilogin"
)

// identified returns the people of the context's tenant whom an identifier means; who has no Unilogin of their own has the
// login there, too. Several are nobody: the caller refuses them.
func (s *Service) identified(ctx context.Context, owner tenant.ID, by, value string) ([]document.Document[person], error) {
	under := func(index, hash string) ([]document.Document[person], error) {
		return collect(s.store.persons.All(ctx, document.Query{Index: index, Equal: []any{hash}}))
	}
	switch by {
	case matchExternalID:
		return under("by_external", s.profiles.externalHash(owner, value))
	case matchUnilogin:
		own, err := under("by_unilogin", s.profiles.uniloginHash(owner, value))
		if err != nil {
			return nil, err
		}
		same, err := under("by_login", s.profiles.loginHash(value))
		same = slices.DeleteFunc(same, func(d document.Document[person]) bool { return d.Body.UniloginHash != "" })
		return append(own, same...), err
	}
	return under("by_login", s.profiles.loginHash(value))
}

// uniloginFree refuses a Unilogin that somebody else of the context's tenant has. Two people who are given the same one at
// the same moment are both refused at the sign-in, until one of them is corrected.
func (s *Service) uniloginFree(ctx context.Context, owner tenant.ID, unilogin, except string) error {
	if unilogin == "" {
		return nil
	}
	others, err := s.identified(ctx, owner, matchUnilogin, unilogin)
	for _, d := range others {
		if d.ID != except {
			return failure.New(failure.LoginTaken).At("unilogin")
		}
	}
	return err
}

// signsInBy tells whether a sign-in provider of the context's tenant finds people by an identifier.
func (s *Service) signsInBy(ctx context.Context, identifier string) (bool, error) {
	for d, err := range s.store.signInProviders.All(ctx, document.Query{Index: "by_name"}) {
		if err != nil {
			return false, err
		}
		if d.Body.MatchedBy == identifier {
			return true, nil
		}
	}
	return false, nil
}

// matchedBy reads what a provider's claim is compared with: the login, unless somebody said otherwise.
func matchedBy(given *tenancyapi.SignInIdentifier) string {
	if given == nil {
		return matchLogin
	}
	return string(*given)
}
