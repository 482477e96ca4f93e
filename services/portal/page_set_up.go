package portal

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	setUpPath   = "/set-up"
	setUpCookie = "guldkorn_set_up"
)

func (p *Portal) setUpRoutes(e *gin.Engine) {
	e.GET(setUpPath, p.anybody((*visit).setUp))
	e.POST(setUpPath, p.anybody((*visit).setUpPlatform))
}

// setUpPage makes the first operator of a fresh deployment.
type setUpPage struct {
	Form     form
	Shared   bool   // the portal is configured with a provider, which the operator can use
	Redirect string // where the provider has to send browsers back to, once it is known
	Begun    bool
	Findings []finding
	Start    string // where the operator signs in, once they are made
}

// setUp opens the link that a fresh deployment told whoever started it. The secret goes from the address into a cookie of
// this page, so that it stands in no history and no referrer.
func (v *visit) setUp() error {
	v.gin.Header("Cache-Control", "no-store")
	if link := v.query("link"); link != "" {
		if _, err := v.checkSetUp(link); err != nil {
			return err
		}
		http.SetCookie(v.gin.Writer, v.setUpCookie(link, 0))
		return v.redirect(setUpPath)
	}
	state, err := v.checkSetUp(v.setUpLink())
	if err != nil {
		return err
	}
	start := form{Values: url.Values{"login_claim": {"preferred_username"}}}
	if v.portal.settings.Issuer != "" {
		start.Values.Set("provider", "shared")
	}
	return v.setUpWith(http.StatusOK, setUpPage{Form: start, Begun: state.Begun})
}

func (v *visit) setUpWith(status int, page setUpPage) error {
	page.Shared = v.portal.settings.Issuer != ""
	page.Form.Values.Del("client_secret")
	return v.show(status, "set_up", page)
}

func (v *visit) checkSetUp(link string) (state tenancyapi.SetUpState, err error) {
	if link == "" {
		return state, failure.New(failure.SetUpUnknown)
	}
	s := v.portal.signIn
	return state, s.tenancy.Call(s.own(v.context()), http.MethodPost, "/v1/set-up/check", tenancyapi.SetUpLink{Link: link}, &state)
}

func (v *visit) setUpLink() string {
	cookie, err := v.gin.Request.Cookie(setUpCookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (v *visit) setUpCookie(value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: setUpCookie, Value: value, Path: setUpPath, MaxAge: age, HttpOnly: true, Secure: v.secure(), SameSite: http.SameSiteStrictMode,
	}
}

// setUpPlatform makes platform, operator and provider, tries out the provider, and shows the way in. It answers with a page
// and not with a redirect, since browsers do not let a form lead to another host.
func (v *visit) setUpPlatform() error {
	in := tenancyapi.SetUp{
		Link: v.setUpLink(), PlatformName: v.input("platform_name"), Name: v.input("name"), Email: v.input("email"), Login: v.input("login"),
		Language: tenancyapi.Language(v.words.language),
	}
	shared := v.portal.settings.Issuer != "" && v.input("provider") == "shared"
	if !shared {
		issuer, client, claim := v.input("issuer"), v.input("client_id"), v.input("login_claim")
		in.Issuer, in.ClientID, in.LoginClaim, in.ClientSecret = &issuer, &client, &claim, chosen(v.input("client_secret"))
	}
	if in.Link == "" {
		return failure.New(failure.SetUpUnknown)
	}
	s := v.portal.signIn
	var made tenancyapi.SetUpDone
	if err := s.tenancy.Call(s.own(v.context()), http.MethodPut, "/v1/set-up", in, &made); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.setUpWith(http.StatusUnprocessableEntity, setUpPage{Form: f})
	}
	s.forgetOffers()
	ref := providerRef{}
	if made.ProviderID != nil {
		ref = providerRef{tenant.ID(made.TenantID), *made.ProviderID}
	}
	r, err := s.registration(v.context(), ref)
	if err != nil {
		return err
	}
	page := setUpPage{
		Form: form{Values: v.gin.Request.PostForm}, Begun: true, Findings: s.examine(v.context(), r),
		Redirect: s.redirect(ref),
		Start:    "/sign-in/start?" + url.Values{"provider": {ref.String()}, "return": {levels["platform"].path(made.TenantID)}}.Encode(),
	}
	return v.setUpWith(http.StatusOK, page)
}
