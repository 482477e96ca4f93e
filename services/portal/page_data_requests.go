package portal

import (
	"net/http"
	"net/url"
	"strings"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// dataRequestsPage is what was done for the rights of an operator's people.
type dataRequestsPage struct {
	Path              string
	Export, Deletions string // addresses of the pages about the operator as a whole
	Receipt           string // the request that was carried out just now
	Requests          []dataRequestRow
	Next              string
}

type dataRequestRow struct {
	tenancyapi.DataRequest
	Person, By string
	New        bool
}

func (v *visit) dataRequests() error {
	page := dataRequestsPage{Path: v.dataRequestsPath(), Export: v.tenantExportPath(), Deletions: v.deletionsPath(), Receipt: v.query("receipt")}
	var list tenancyapi.DataRequestList
	if err := v.get("tenancy", v.paged(v.at("data-requests")), &list); err != nil {
		return err
	}
	var ids []string
	for _, r := range list.Items {
		ids = append(ids, r.PersonID, r.AskedBy)
	}
	names, err := v.names(ids...)
	if err != nil {
		return err
	}
	page.Next = value(list.NextCursor)
	for _, r := range list.Items {
		page.Requests = append(page.Requests, dataRequestRow{
			DataRequest: r, Person: v.auditWho(r.PersonID, names), By: v.auditWho(r.AskedBy, names), New: r.RequestID == page.Receipt,
		})
	}
	return v.show(http.StatusOK, "data_requests", page)
}

func (v *visit) dataRequestsPath(parts ...string) string {
	path := "/operators/" + url.PathEscape(v.param("tenant_id")) + "/data-requests"
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
