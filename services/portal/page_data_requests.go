package portal

import (
	"net/http"
	"net/url"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
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

// registeredPeople are all whom the operator has registered, to choose from.
func (v *visit) registeredPeople() error {
	var list tenancyapi.PersonList
	if err := v.get("tenancy", v.paged(v.at("persons")), &list); err != nil {
		return err
	}
	return v.show(http.StatusOK, "registered_people", map[string]any{"Path": v.dataRequestsPath(), "People": list})
}
