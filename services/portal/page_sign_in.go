package portal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	providerCookie = "guldkorn_provider"
	providerMemory = 365 * 24 * time.Hour
	// fewWays are looked through without a search.
	fewWays = 8
)

// way is one place to sign in at.
type way struct {
	Ref   string
	Place string // the municipality or other operator; "" for the provider that the portal is configured with
	Name  string
}

// signInChoice says what the product is and offers to sign in.
type signInChoice struct {
	Return string
	Lent   *loan // what the phone is lent for
	First  *way  // the one that there is, or that was used on this browser before
	Ways   []way
	Search string
	Many   bool // worth a search
	None   bool
}

func (v *visit) signInPage() error {
	back := ownPath(v.query("return"))
	if v.session != nil {
		return v.redirect(back)
	}
	all := v.ways()
	page := signInChoice{Return: back, Ways: all, Search: strings.TrimSpace(v.query("search")), None: len(all) == 0}
	if v.lent != nil {
		page.Lent = v.lent.Lent
	}
	remembered, _ := v.gin.Request.Cookie(providerCookie)
	i := slices.IndexFunc(all, func(w way) bool { return remembered != nil && w.Ref == remembered.Value })
	if len(all) == 1 {
		i = 0
	}
	if i >= 0 {
		page.First, page.Ways = &all[i], slices.Delete(slices.Clone(all), i, i+1)
	}
	page.Many = len(page.Ways) > fewWays
	if page.Search != "" {
		wanted := strings.ToLower(page.Search)
		page.Ways = slices.DeleteFunc(page.Ways, func(w way) bool { return !strings.Contains(strings.ToLower(w.Place+"\n"+w.Name), wanted) })
	}
	return v.show(http.StatusOK, "sign_in", page)
}

// ways are all places to sign in at.
func (v *visit) ways() []way {
	var all []way
	if v.portal.settings.Issuer != "" {
		all = append(all, way{Name: v.words.text("sign_in.shared")})
	}
	for _, o := range v.portal.signIn.offers(v.context()) {
		all = append(all, way{providerRef{tenant.ID(o.TenantID), o.ProviderID}.String(), o.TenantName, o.Name})
	}
	return all
}

// rememberProvider spares the next sign-in on this browser the choice.
func (v *visit) rememberProvider(ref providerRef) {
	http.SetCookie(v.gin.Writer, &http.Cookie{
		Name: providerCookie, Value: ref.String(), Path: "/sign-in", MaxAge: int(providerMemory.Seconds()),
		HttpOnly: true, Secure: v.secure(), SameSite: http.SameSiteLaxMode,
	})
}
