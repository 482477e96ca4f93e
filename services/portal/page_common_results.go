package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// commonReaders are those for whom a municipality's results are in its menu.
var commonReaders = []string{
	access.MunicipalAnalyst, access.MunicipalAdministrator, access.Leader, access.Employee, access.UnionRepresentative, access.SafetyRepresentative,
}

// commonResults is the part of an address at which a municipality's results are: at the municipality, and at its schools
// for those who work there.
const commonResults = "common-results"

func (p *Portal) commonResultRoutes(e *gin.Engine) {
	for _, base := range []string{"/operators/:tenant_id/", "/schools/:tenant_id/"} {
		g := e.Group(base+commonResults, host.Tenant())
		g.GET("", p.person((*visit).commonResults))
		g.GET("/:release_id", p.person((*visit).commonResult))
		g.GET("/:release_id/files/:format", p.person((*visit).resultFiles))
	}
}

// common tells whether this request is about a municipality's results.
func (v *visit) common() bool { return strings.Contains(v.gin.FullPath(), "/"+commonResults) }

// releasePath is the signed release of this request. A school's people live in their municipality.
func (v *visit) releasePath() string {
	if !v.common() {
		return v.at("releases", v.param("release_id"), "signed")
	}
	return v.commonPath(v.param("release_id"))
}

func (v *visit) commonPath(more ...string) string {
	municipality := v.param("tenant_id")
	if v.ofSchool() {
		municipality = string(v.session.tenant)
	}
	return under(municipality, append([]string{"common-releases"}, more...)...)
}

func (v *visit) ofSchool() bool { return strings.HasPrefix(v.gin.FullPath(), "/schools/") }

// commonBase is where the municipality's results are for this visitor.
func (v *visit) commonBase() string {
	level := "/operators/"
	if v.ofSchool() {
		level = "/schools/"
	}
	return level + url.PathEscape(v.param("tenant_id")) + "/" + commonResults
}

func (v *visit) commonResults() error {
	var list reportingapi.ReleaseList
	if err := v.get("reporting", v.paged(v.commonPath()), &list); err != nil {
		return err
	}
	return v.show(http.StatusOK, "common_results", map[string]any{"Base": v.commonBase(), "OfSchool": v.ofSchool(), "Releases": list.Items, "Next": value(list.NextCursor)})
}

// commonResultPage is a municipality's result, looked at through the municipality or one of its schools.
type commonResultPage struct {
	Base, Path string // of all results, and of this one
	OfSchool   bool
	Release    reportingapi.Release
	Proof      []proofLine
	Node       reportingapi.Node
	Overview   overview
	Schools    []schoolRow
}

// schoolRow is a school that took part.
type schoolRow struct {
	Name, Path    string
	Participation reportingapi.Participation
	LeftOut       bool
	Current       bool
}

func (v *visit) commonResult() error {
	var signed reportingapi.SignedRelease
	if err := v.signedRelease(&signed); err != nil {
		return err
	}
	page := commonResultPage{
		Base: v.commonBase(), OfSchool: v.ofSchool(), Release: signed.Release, Proof: v.words.proof(signed),
	}
	page.Path = page.Base + "/" + url.PathEscape(v.param("release_id"))
	nodes := page.Release.Nodes
	at := 0
	if wanted := v.query("node"); wanted != "" {
		at = slices.IndexFunc(nodes, func(n reportingapi.Node) bool { return n.NodeID == wanted })
	}
	if at < 0 || len(nodes) == 0 {
		return failure.NotFound("node")
	}
	page.Node = nodes[at]
	page.Overview = overviewOf(page.Release, page.Node, func(string, string) string { return "" }) // a cell has its page at the school
	for i, n := range nodes[1:] {
		page.Schools = append(page.Schools, schoolRow{
			Name: n.Name, Path: page.Path + "?" + url.Values{"node": {n.NodeID}}.Encode(), Participation: value(n.Participation),
			LeftOut: value(n.LeftOut), Current: i+1 == at,
		})
	}
	return v.show(http.StatusOK, "common_result", page)
}
