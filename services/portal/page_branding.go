package portal

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	logoRoute = "/operators/:tenant_id/branding/logo"
	// maxLogo is what tenancy takes.
	maxLogo = 64 << 10
	// maxLogoRead is how much of a picture that is too large is read, so that its sender is told what is wrong with it.
	maxLogoRead = 8 << 20
)

// brandingPage is what an operator shows at the foot of the pages of its schools.
type brandingPage struct {
	Path     string
	Details  string // the page of the operator itself
	Branding tenancyapi.Branding
	Logo     string // its address, "" for none
	Saved    bool

	Words, Picture form
}

// branding handles the page of an operator.
func (v *visit) branding() error {
	return v.brandingWith(http.StatusOK, func(*brandingPage) {})
}

func (v *visit) brandingWith(status int, amend func(*brandingPage)) error {
	if !v.has(access.MunicipalAdministrator) {
		return failure.New(failure.AccessDenied)
	}
	page := brandingPage{Path: v.brandingPath(), Details: v.detailsPath(), Saved: v.query("saved") != ""}
	if err := v.get("tenancy", v.at("branding"), &page.Branding); err != nil {
		return err
	}
	b := page.Branding
	if b.LogoID != nil {
		page.Logo = logoPath(v.param("tenant_id"), *b.LogoID)
	}
	page.Words.Values = url.Values{
		"shown_name": {value(b.ShownName)}, "help_name": {value(b.HelpName)}, "help_phone": {value(b.HelpPhone)},
		"help_email": {value(b.HelpEmail)}, "help_link": {value(b.HelpLink)},
	}
	amend(&page)
	return v.show(status, "branding", page)
}

func (v *visit) brandingPath() string {
	return "/operators/" + url.PathEscape(v.param("tenant_id")) + "/branding"
}

func (v *visit) setBranding() error {
	in := tenancyapi.NewBranding{
		ShownName: chosen(v.input("shown_name")), HelpName: chosen(v.input("help_name")), HelpPhone: chosen(v.input("help_phone")),
		HelpEmail: chosen(v.input("help_email")), HelpLink: chosen(v.input("help_link")),
	}
	err := v.call("tenancy", http.MethodPut, v.at("branding"), in, nil, v.seen())
	return v.brandingSaved(err, func(p *brandingPage, f form) { p.Words = f })
}

func (v *visit) setLogo() error {
	raw, err := v.picture()
	if err == nil {
		err = v.call("tenancy", http.MethodPut, v.at("branding", "logo"), nil, nil, host.WithBody("image/png", raw), v.seen())
	}
	return v.brandingSaved(err, func(p *brandingPage, f form) { p.Picture = f })
}

// picture is the file that was sent.
func (v *visit) picture() ([]byte, error) {
	file, _, err := v.gin.Request.FormFile("logo")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, failure.Invalid("logo", "a PNG")
	}
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(file)
	if err == nil && len(raw) > maxLogo {
		err = failure.Invalid("logo", "a smaller PNG")
	}
	return raw, errors.Join(err, file.Close())
}

func (v *visit) removeLogo() error {
	err := v.call("tenancy", http.MethodDelete, v.at("branding", "logo"), nil, nil, v.seen())
	return v.brandingSaved(err, func(p *brandingPage, f form) { p.Picture = f })
}

// brandingSaved answers a form of the page, and lets the pages of this process show what is new.
func (v *visit) brandingSaved(err error, amend func(*brandingPage, form)) error {
	if err == nil {
		v.portal.brands.forget(tenant.ID(v.param("tenant_id")))
		return v.redirect(v.brandingPath() + "?saved=yes")
	}
	f, other := v.refused(err)
	if other != nil {
		return other
	}
	return v.brandingWith(failure.From(err).Status(), func(p *brandingPage) { amend(p, f) })
}

// logoPath is where a logo is. The address has the hash of the picture, so what is there never changes.
func logoPath(operator, logo string) string {
	return "/logos/" + url.PathEscape(operator) + "/" + url.PathEscape(logo) + ".png"
}

// logo hands on a logo of the operator with whom the person lives; of others nobody needs one.
func (v *visit) logo() error {
	id, isPicture := strings.CutSuffix(v.param("logo"), ".png")
	if v.session.tenant != tenant.ID(v.param("tenant_id")) || !isPicture {
		return failure.NotFound("logo")
	}
	var raw []byte
	own := access.WithSubject(v.context(), access.Service(v.portal.Name()))
	if err := v.portal.peer("tenancy").Call(own, http.MethodGet, v.at("logos", id), nil, &raw); err != nil {
		return err
	}
	v.gin.Header("Cache-Control", "private, max-age=31536000, immutable")
	v.gin.Data(http.StatusOK, "image/png", raw)
	return nil
}
