package portal

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// providersPage lists where a tenant's people sign in.
type providersPage struct {
	Base      string
	Providers tenancyapi.SignInProviderList
}

// providerPage is one provider: its form, the address that has to be entered at it, and how it does.
type providerPage struct {
	Base        string
	Provider    tenancyapi.SignInProvider // without an id while it is new
	Form        form
	ETag        string
	Redirect    string // where it sends browsers back to after signing in, and after signing out
	SignedOut   string
	Saved       bool
	Findings    []finding
	Passed      bool
	Identifiers []string
}

// providersBases are the pages' addresses, at an operator (a union is looked after as one) and at the platform.
var providersBases = []string{"/operators/:tenant_id/sign-in", "/platforms/:tenant_id/sign-in"}

func (p *Portal) providerRoutes(e *gin.Engine) {
	for _, base := range providersBases {
		set := e.Group(base, host.Tenant())
		set.GET("", p.person((*visit).signInProviders))
		set.POST("", p.person((*visit).createSignInProvider))
		set.GET("/new", p.person((*visit).newSignInProvider))
		set.GET("/providers/:provider_id", p.person((*visit).signInProvider))
		set.POST("/providers/:provider_id", p.person((*visit).changeSignInProvider))
		set.POST("/providers/:provider_id/test", p.person((*visit).testSignInProvider))
		set.GET("/providers/:provider_id/try", p.person((*visit).trySignInProvider))
		set.POST("/providers/:provider_id/delete", p.person((*visit).deleteSignInProvider))
	}
}

// presets are what a form begins with. Unilogin's broker tells of people only uniid, aktoer_gruppe and how sure it is.
var presets = map[string]url.Values{
	"": {"login_claim": {"preferred_username"}, "matched_by": {"login"}, "scopes": {"openid profile"}, "enabled": {"yes"}},
	"unilogin": {
		"name": {"Unilogin"}, "issuer": {"https://broker.unilogin.dk/auth/realms/broker"}, "login_claim": {"uniid"}, "matched_by": {"unilogin"}, "scopes": {"openid"},
		"required_claim": {"aktoer_gruppe"}, "required_value": {"Medarbejder"}, "enabled": {"yes"},
	},
}

// providersPath is where the providers of this request's tenant are.
func (v *visit) providersPath() string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(v.gin.FullPath(), "/"), "/")
	return "/" + kind + "/" + url.PathEscape(v.param("tenant_id")) + "/sign-in"
}

func (v *visit) signInProviders() error {
	page := providersPage{Base: v.providersPath()}
	if err := v.get("tenancy", v.paged(v.at("sign-in-providers")), &page.Providers); err != nil {
		return err
	}
	return v.show(http.StatusOK, "providers", page)
}

// newSignInProvider reads the list, so that only who may read it is shown the form.
func (v *visit) newSignInProvider() error {
	if err := v.get("tenancy", v.at("sign-in-providers"), nil); err != nil {
		return err
	}
	preset, ok := presets[v.query("preset")]
	if !ok {
		preset = presets[""]
	}
	return v.providerWith(http.StatusOK, providerPage{Form: form{Values: preset}})
}

func (v *visit) createSignInProvider() error {
	in := tenancyapi.NewSignInProvider{
		Name: v.input("name"), Issuer: v.input("issuer"), ClientID: v.input("client_id"), ClientSecret: chosen(v.input("client_secret")),
		LoginClaim: v.input("login_claim"), RequiredClaim: chosen(v.input("required_claim")), RequiredValue: chosen(v.input("required_value")),
		MatchedBy: identifier(v.input("matched_by")), Enabled: v.input("enabled") != "",
	}
	if scopes := strings.Fields(v.input("scopes")); len(scopes) > 0 {
		in.Scopes = &scopes
	}
	var made tenancyapi.SignInProvider
	if err := v.call("tenancy", http.MethodPost, v.at("sign-in-providers"), in, &made, v.key()); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.providerWith(http.StatusUnprocessableEntity, providerPage{Form: f})
	}
	v.portal.signIn.forgetOffers()
	return v.redirect(v.providersPath() + "/providers/" + made.ProviderID + "?saved=yes")
}

func (v *visit) signInProvider() error {
	return v.providerWith(http.StatusOK, providerPage{Saved: v.query("saved") != ""})
}

// providerWith shows a provider as tenancy has it, with the form as it was sent if it was refused. A secret that was sent
// is not shown again.
func (v *visit) providerWith(status int, page providerPage) error {
	page.Base = v.providersPath()
	page.Identifiers = identifiers
	page.Redirect = v.portal.signIn.redirect(providerRef{tenant.ID(v.param("tenant_id")), v.param("provider_id")})
	page.SignedOut = v.portal.origin.JoinPath(signedOutPath).String()
	if id := v.param("provider_id"); id != "" {
		tag := host.WithAnswer(func(r *http.Response) { page.ETag = r.Header.Get("ETag") })
		if err := v.call("tenancy", http.MethodGet, v.at("sign-in-providers", id), nil, &page.Provider, tag); err != nil {
			return err
		}
		if page.Form.Values == nil {
			page.Form.Values = formOf(page.Provider)
		}
	}
	page.Form.Values = maps.Clone(page.Form.Values)
	page.Form.Values.Del("client_secret")
	return v.show(status, "provider", page)
}

// identifiers are what a provider can find people by.
var identifiers = []string{"login", "unilogin", "external_id"}

func identifier(chosen string) *tenancyapi.SignInIdentifier {
	if chosen == "" {
		return nil
	}
	by := tenancyapi.SignInIdentifier(chosen)
	return &by
}

func formOf(p tenancyapi.SignInProvider) url.Values {
	values := url.Values{
		"name": {p.Name}, "issuer": {p.Issuer}, "client_id": {p.ClientID}, "login_claim": {p.LoginClaim}, "scopes": {strings.Join(p.Scopes, " ")},
		"matched_by":     {string(p.MatchedBy)},
		"required_claim": {value(p.RequiredClaim)}, "required_value": {value(p.RequiredValue)},
	}
	if p.Enabled {
		values.Set("enabled", "yes")
	}
	return values
}

// changeSignInProvider sends the whole form; only an empty secret means that the old one stays.
func (v *visit) changeSignInProvider() error {
	written := func(name string) *string { s := v.input(name); return &s }
	scopes, enabled := strings.Fields(v.input("scopes")), v.input("enabled") != ""
	in := tenancyapi.SignInProviderChange{
		Name: written("name"), Issuer: written("issuer"), ClientID: written("client_id"), ClientSecret: chosen(v.input("client_secret")), LoginClaim: written("login_claim"),
		MatchedBy: identifier(v.input("matched_by")), Scopes: &scopes, RequiredClaim: written("required_claim"), RequiredValue: written("required_value"), Enabled: &enabled,
	}
	if v.input("forget_secret") != "" {
		in.ClientSecret = new(string)
	}
	id := v.param("provider_id")
	if err := v.call("tenancy", http.MethodPatch, v.at("sign-in-providers", id), in, nil, v.seen()); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.providerWith(http.StatusUnprocessableEntity, providerPage{Form: f})
	}
	v.portal.signIn.forgetOffers()
	return v.redirect(v.providersPath() + "/providers/" + url.PathEscape(id) + "?saved=yes")
}

func (v *visit) deleteSignInProvider() error {
	if err := v.call("tenancy", http.MethodDelete, v.at("sign-in-providers", v.param("provider_id")), nil, nil); err != nil {
		return err
	}
	v.portal.signIn.forgetOffers()
	return v.redirect(v.providersPath())
}

// ownRegistration is how the portal is known at the provider of this request, for somebody who may look after it.
func (v *visit) ownRegistration() (registration, error) {
	id := v.param("provider_id")
	if err := v.get("tenancy", v.at("sign-in-providers", id), nil); err != nil { // tenancy decides, in the person's name
		return registration{}, err
	}
	return v.portal.signIn.registration(v.context(), providerRef{tenant.ID(v.param("tenant_id")), id})
}

// testSignInProvider says how the provider does.
func (v *visit) testSignInProvider() error {
	r, err := v.ownRegistration()
	if err != nil {
		return err
	}
	page := providerPage{Findings: v.portal.signIn.examine(v.context(), r)}
	page.Passed = !slices.ContainsFunc(page.Findings, func(f finding) bool { return f.State == "wrong" })
	return v.providerWith(http.StatusOK, page)
}

// trySignInProvider signs in at the provider to see what it tells.
func (v *visit) trySignInProvider() error {
	r, err := v.ownRegistration()
	if err != nil {
		return err
	}
	return v.attempt(r, attempt{Trial: true, Return: v.providersPath() + "/providers/" + url.PathEscape(r.ID)})
}

// trialPage is what came of a trial. Values are shown of the login alone: the rest is nobody's business.
type trialPage struct {
	Return        string
	Fault, Detail string
	Login         string
	MatchedBy     string // what of a person it is compared with; "" for the provider that the portal is configured with
	Claims        []string
	Found         string // the name of who would be signed in
	Off           bool   // the provider is not turned on, so nobody was looked for
}

// signInTried shows what a provider told. Nobody is signed in by it, and who was stays so.
func (v *visit) signInTried(r registration, a attempt) error {
	if v.session == nil {
		return failure.New(failure.AccessUnauthentic)
	}
	page := trialPage{Return: ownPath(a.Return), Off: !r.enabled, MatchedBy: r.matchedBy}
	if reason := v.query("error"); reason != "" {
		page.Fault, page.Detail = "refusal", brief(reason)
		return v.show(http.StatusOK, "provider_trial", page)
	}
	who, err := v.portal.signIn.identify(v.context(), r, a, v.query("code"), v.query("iss"))
	page.Login, page.Claims = who.login, slices.Sorted(maps.Keys(who.claims))
	if err != nil {
		var f *fault
		if page.Fault = "refusal"; errors.As(err, &f) {
			page.Fault, page.Detail = f.name, f.detail
		} else if cause := errors.Unwrap(err); cause != nil {
			page.Detail = brief(cause.Error())
		}
		return v.show(http.StatusOK, "provider_trial", page)
	}
	if !page.Off {
		found, err := v.portal.signIn.match(v.context(), r, who.login)
		if err != nil && failure.From(err).Status() != http.StatusNotFound {
			return err
		}
		page.Found = found.Name
	}
	return v.show(http.StatusOK, "provider_trial", page)
}
