package portal

import (
	"net/http"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// ownRequests are what people ask for about themselves.
var ownRequests = []string{"rectification", "erasure"}

// askOwnData asks whoever administers where the person lives for a correction or an erasure.
func (v *visit) askOwnData() error {
	in := tenancyapi.NewDataRequest{Kind: tenancyapi.NewDataRequestKind(v.input("kind"))}
	if text := v.input("text"); text != "" {
		in.Text = &text
	}
	if err := v.call("tenancy", http.MethodPost, "/v1/me/data-requests", in, nil, v.key()); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.ownDataWith(http.StatusUnprocessableEntity, func(p *ownDataPage) { p.Ask = f })
	}
	return v.redirect("/own-data?asked=yes#my-requests")
}
