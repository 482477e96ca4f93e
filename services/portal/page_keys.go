package portal

import (
	"net/http"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// What a program may be let do, by whose key it is. tenancy decides; this is what the form offers.
var (
	operatorKeyScopes = []string{access.ScopeOrganisation, access.ScopePeople, access.ScopeProvisioning}
	schoolKeyScopes   = []string{access.ScopeOrganisation, access.ScopePeople, access.ScopeReleases}
)

// keysPage is an operator's or a school's API keys.
type keysPage struct {
	Base   string // the address of the page itself
	Form   form
	Scopes []string
	Latest string // the last day that a key made today can last
	Secret string // of the key that was just made; shown this once
	SCIM   string // where an operator's identity system brings people; empty for a school
	Gives  string // where an operator says which roles that gives
	Keys   []keyView
	Next   string
}

type keyView struct {
	tenancyapi.APIKey
	State string // active, revoked or expired
}

func (v *visit) apiKeys() error { return v.apiKeysWith(http.StatusOK, v.newKeyForm(), "") }

// newKeyForm proposes half a year: long enough to be useful, short enough to be remembered.
func (v *visit) newKeyForm() form {
	return form{Values: map[string][]string{"expires_at": {v.daysFrom(182)}}}
}

func (v *visit) apiKeysWith(status int, f form, secret string) error {
	page := keysPage{Base: v.keysPath(), Form: f, Scopes: schoolKeyScopes, Latest: v.daysFrom(364), Secret: secret}
	if v.ofOperator() {
		page.Scopes = operatorKeyScopes
		page.Gives = "/operators/" + v.param("tenant_id") + "/provisioning"
		page.SCIM = v.portal.origin.JoinPath("api", v.at("scim", "v2")).String()
	}
	var list tenancyapi.APIKeyList
	if err := v.get("tenancy", v.paged(v.at("api-keys")), &list); err != nil {
		return err
	}
	page.Next = value(list.NextCursor)
	for _, k := range list.Items {
		one := keyView{k, "active"}
		switch {
		case k.RevokedAt != nil:
			one.State = "revoked"
		case !v.now().Before(k.ExpiresAt):
			one.State = "expired"
		}
		page.Keys = append(page.Keys, one)
	}
	return v.show(status, "keys", page)
}

// createAPIKey answers with the page itself and not with a redirect: the secret is in no address, cookie or store, and
// sending the form again tells that the key is there and cannot be shown again.
func (v *visit) createAPIKey() error {
	in := tenancyapi.NewAPIKey{Name: v.input("name"), Scopes: []tenancyapi.KeyScope{}}
	for _, scope := range v.gin.PostFormArray("scopes") {
		in.Scopes = append(in.Scopes, tenancyapi.KeyScope(scope))
	}
	if last, ok := v.parse(v.input("expires_at")); ok {
		in.ExpiresAt = last.AddDate(0, 0, 1).Add(-time.Second) // through the day that was chosen
	}
	var made tenancyapi.CreatedAPIKey
	if err := v.call("tenancy", http.MethodPost, v.at("api-keys"), in, &made, v.key()); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.apiKeysWith(http.StatusUnprocessableEntity, f, "")
	}
	return v.apiKeysWith(http.StatusCreated, v.newKeyForm(), made.Secret)
}

func (v *visit) revokeAPIKey() error {
	if err := v.call("tenancy", http.MethodPost, v.at("api-keys", v.param("key_id"), "revoke"), nil, nil); err != nil {
		return err
	}
	return v.redirect(v.keysPath())
}

// ofOperator tells whether the request is about an operator, not a school.
func (v *visit) ofOperator() bool { return strings.HasPrefix(v.gin.FullPath(), "/operators/") }

func (v *visit) keysPath() string {
	if v.ofOperator() {
		return "/operators/" + v.param("tenant_id") + "/keys"
	}
	return v.school("administration", "keys")
}
