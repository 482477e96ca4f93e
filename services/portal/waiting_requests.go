package portal

import (
	"net/url"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// waitingRequests is what people have asked for about their data and nobody has answered, said where whoever has to
// answer arrives: there is a month for it.
type waitingRequests struct {
	Path  string
	Count int
	More  bool   // than are counted
	DueOn string // of the one that has waited longest
	Late  bool
}

// waitingRequests of this request's operator or platform; nil where nobody waits, and for those who do not answer.
func (v *visit) waitingRequests(base string) (*waitingRequests, error) {
	if !v.session.has(v.param("tenant_id"), access.MunicipalAdministrator, access.PlatformOperator) {
		return nil, nil
	}
	var list tenancyapi.DataRequestList
	if err := v.get("tenancy", v.at("data-requests")+"?waiting=true", &list); err != nil || len(list.Items) == 0 {
		return nil, err
	}
	first := list.Items[0]
	return &waitingRequests{
		Path: base + url.PathEscape(v.param("tenant_id")) + "/data-requests", Count: len(list.Items), More: list.NextCursor != nil,
		DueOn: value(first.DueOn), Late: v.late(first),
	}, nil
}
