package tenancy

import (
	"net/url"

	"golang.org/x/text/unicode/norm"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// branding is what an operator shows at the foot of every page of its schools: what it calls itself there, and who helps.
// Whoever is named in it is so in the operator's name, on its own word, and stands in no event.
type branding struct {
	ShownName string `bson:"shown_name"` // the organisation's name unless given
	HelpName  string `bson:"help_name"`
	HelpPhone string `bson:"help_phone"`
	HelpEmail string `bson:"help_email"`
	HelpLink  string `bson:"help_link"`
	Logo      string `bson:"logo"`       // the id of a logo; empty for none
	LogoWidth int    `bson:"logo_width"` // in pixels, so that a page need not wait for it
}

const (
	maxPhone = 40
	maxLink  = 300
)

// brand sets what the organisation shows, apart from the logo. What is left out is empty.
func (o *organisation) brand(in tenancyapi.NewBranding) error {
	b := branding{
		ShownName: norm.NFC.String(given(in.ShownName)), HelpName: norm.NFC.String(given(in.HelpName)), HelpPhone: given(in.HelpPhone),
		HelpEmail: given(in.HelpEmail), HelpLink: given(in.HelpLink), Logo: o.Branding.Logo, LogoWidth: o.Branding.LogoWidth,
	}
	var failures []*failure.Error
	for _, one := range []struct {
		field, text string
		most        int
	}{{"shown_name", b.ShownName, maxName}, {"help_name", b.HelpName, maxName}, {"help_phone", b.HelpPhone, maxPhone}, {"help_link", b.HelpLink, maxLink}} {
		if one.text != "" {
			failures = append(failures, line(one.field, one.text, one.most))
		}
	}
	if b.HelpEmail != "" {
		failures = append(failures, email("help_email", b.HelpEmail))
	}
	failures = append(failures, one("help_link", b.HelpLink == "" || webPage(b.HelpLink), "an address that begins with https://"))
	o.Branding = b
	return failure.Together(failures...)
}

// webPage tells whether a link leads to a page of the web, and shows where it leads: one with a user in front of its host
// only looks as if.
func webPage(link string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}

func showBranding(o organisation, revision int64) tenancyapi.Branding {
	b := o.Branding
	shown := tenancyapi.Branding{
		Name: o.Name, ShownName: optional(b.ShownName), HelpName: optional(b.HelpName), HelpPhone: optional(b.HelpPhone),
		HelpEmail: optional(b.HelpEmail), HelpLink: optional(b.HelpLink), Revision: revision,
	}
	if b.Logo != "" {
		shown.LogoID, shown.LogoWidth = &b.Logo, &b.LogoWidth
	}
	return shown
}
