package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// dataRequestsPage is what was done for the rights of an operator's people.
type dataRequestsPage struct {
	Path              string
	Export, Deletions string           // addresses of the pages about the operator as a whole; "" for who administers none
	Receipt           string           // the request that was carried out just now
	Waiting           []dataRequestRow // what people have asked and nobody has answered, on the first page alone
	MoreWaiting       bool
	Requests          []dataRequestRow
	Next              string
}

type dataRequestRow struct {
	tenancyapi.DataRequest
	Person, By string
	New, Late  bool
}

func (v *visit) dataRequests() error {
	page := dataRequestsPage{Path: v.dataRequestsPath(), Receipt: v.query("receipt")}
	if v.session.has(v.param("tenant_id"), access.MunicipalAdministrator) {
		page.Export, page.Deletions = v.tenantExportPath(), v.deletionsPath()
	}
	var list, waiting tenancyapi.DataRequestList
	reads := []func() error{v.reads("tenancy", v.paged(v.at("data-requests")), &list)}
	if v.query("cursor") == "" {
		reads = append(reads, v.reads("tenancy", v.at("data-requests")+"?waiting=true", &waiting))
	}
	if err := together(reads...); err != nil {
		return err
	}
	var ids []string
	for _, r := range slices.Concat(waiting.Items, list.Items) {
		ids = append(ids, r.PersonID, r.AskedBy)
	}
	names, err := v.names(ids...)
	if err != nil {
		return err
	}
	page.Next, page.MoreWaiting = value(list.NextCursor), waiting.NextCursor != nil
	row := func(r tenancyapi.DataRequest) dataRequestRow {
		return dataRequestRow{
			DataRequest: r, Person: v.auditWho(r.PersonID, names), By: v.auditWho(r.AskedBy, names), New: r.RequestID == page.Receipt, Late: v.late(r),
		}
	}
	for _, r := range waiting.Items {
		page.Waiting = append(page.Waiting, row(r))
	}
	for _, r := range list.Items {
		if r.Status != tenancyapi.DataRequestStatusWaiting {
			page.Requests = append(page.Requests, row(r))
		}
	}
	return v.show(http.StatusOK, "data_requests", page)
}

// dataRequestsPath is where those of this request's tenant are: of an operator, of a union, which is looked after as one,
// or of the platform itself.
func (v *visit) dataRequestsPath(parts ...string) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(v.gin.FullPath(), "/"), "/")
	path := "/" + kind + "/" + url.PathEscape(v.param("tenant_id")) + "/data-requests"
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// registeredPeoplePage is whom the operator has registered, or those whom a search finds, to choose from.
type registeredPeoplePage struct {
	Path   string // of the data requests
	Search string
	People []tenancyapi.Person
	More   string
}

func (v *visit) registeredPeople() error {
	page := registeredPeoplePage{Path: v.dataRequestsPath(), Search: strings.TrimSpace(v.query("q"))}
	wanted := url.Values{}
	for name, value := range map[string]string{"q": page.Search, "cursor": v.query("cursor")} {
		if value != "" {
			wanted.Set(name, value)
		}
	}
	var list tenancyapi.PersonList
	err := v.get("tenancy", v.at("persons")+"?"+wanted.Encode(), &list)
	if failure.CodeOf(err) == failure.RequestInvalid && page.Search != "" {
		err = nil // nobody has such a name
	}
	if err != nil {
		return err
	}
	page.People = list.Items
	if list.NextCursor != nil {
		wanted.Set("cursor", *list.NextCursor)
		page.More = "?" + wanted.Encode()
	}
	return v.show(http.StatusOK, "registered_people", page)
}
