package portal

import (
	"net/http"
	"net/url"
)

// tenantExport offers an operator or a school everything that is kept for it.
func (v *visit) tenantExport() error {
	return v.show(http.StatusOK, "tenant_export", map[string]any{"Path": v.tenantExportPath(), "Operator": v.ofOperator()})
}

func (v *visit) tenantExportPath() string {
	if v.ofOperator() {
		return "/operators/" + url.PathEscape(v.param("tenant_id")) + "/export"
	}
	return v.school("administration", "export")
}

// takeTenantExport answers a form, for the reason of exportOwnData.
func (v *visit) takeTenantExport() error {
	return v.handOn("tenancy", v.at("export"), "guldkorn-"+v.param("tenant_id")+"-"+v.today()+".zip")
}
