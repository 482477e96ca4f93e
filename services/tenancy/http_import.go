package tenancy

import (
	"mime"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/tenancy/roster"
)

// importsRoute takes a whole list, which is larger than any other request.
const importsRoute = "/v1/tenants/:tenant_id/imports"

func (s *Service) importRoutes(t *gin.RouterGroup) {
	t.POST("/imports", host.Handle(s.createImport))
	t.GET("/imports", host.Handle(s.listImports))
	t.GET("/imports/:import_id", host.Handle(s.getImport))
	t.GET("/imports/:import_id/rows", host.Handle(s.listImportRows))
	t.POST("/imports/:import_id/apply", host.Handle(s.applyImportRequest))
	t.DELETE("/imports/:import_id", host.Handle(s.cancelImport))
}

// createImport checks a list and says what it would change. Nothing of it is taken in yet.
func (s *Service) createImport(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "import.create", "import", nil); err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "text/csv" {
		return failure.New(failure.RequestMediaType).Wanting("text/csv")
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	raw, err := host.Body(c)
	if err != nil {
		return err
	}
	kind := roster.Kind(c.Query("kind"))
	if !kind.Valid() {
		return failure.Invalid("kind", "schools or people")
	}
	if err := s.inside(ctx, kindMunicipality, kindOperator); err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	r, err := s.importer(ctx, subject.ID)
	if err != nil {
		return err
	}
	body := listImport{Kind: string(kind), Status: importChecked, CreatedAt: s.now(), CreatedBy: subject.ID, Outcomes: map[string]int{}}
	rows, problems, err := r.check(ctx, kind, raw)
	if err != nil {
		return err
	}
	body.Rows, body.Steps = len(rows), len(groups(kind, rows))
	for _, row := range rows {
		body.Outcomes[row.Outcome]++
	}
	body.Problems = problems[:min(len(problems), maxShownProblems)]
	sealed, err := s.profiles.sealRows(r.operator, creation.ID, rows)
	if err != nil {
		return err
	}
	if _, _, err := s.store.importFiles.Create(ctx, creation, importFile{sealed}); err != nil {
		return err
	}
	d, _, err := s.store.imports.Create(ctx, creation, body)
	if err != nil {
		return err
	}
	return rest.Created(c, d, showImport(d))
}

// importOf is the import of the request, for an action on it.
func (s *Service) importOf(c *gin.Context, action string) (document.Document[listImport], error) {
	ctx, id := c.Request.Context(), c.Param("import_id")
	if err := s.decideHere(ctx, action, "import", map[string]any{"import_id": id}); err != nil {
		return document.Document[listImport]{}, err
	}
	return s.store.imports.Get(ctx, id)
}

func (s *Service) listImports(c *gin.Context) error {
	return showAll(c, s, "import.read", "import", s.store.imports, document.Query{Index: "by_creation", Descending: true}, showImport)
}

func (s *Service) getImport(c *gin.Context) error {
	d, err := s.importOf(c, "import.read")
	if err != nil {
		return err
	}
	return rest.OK(c, d, showImport(d))
}

// listImportRows previews the rows. The cursor is the number of the last row shown.
func (s *Service) listImportRows(c *gin.Context) error {
	d, err := s.importOf(c, "import.read")
	if err != nil {
		return err
	}
	cursor, limit, err := rest.Page(c)
	if err != nil {
		return err
	}
	after := 0
	if cursor != "" {
		if after, err = strconv.Atoi(cursor); err != nil {
			return failure.Invalid("cursor", "next_cursor of the page before")
		}
	}
	list := rest.List[tenancyapi.ImportRow]{Items: []tenancyapi.ImportRow{}}
	rows, err := s.rowsOf(c.Request.Context(), d)
	if err != nil {
		return err
	}
	outcome := c.Query("outcome")
	for _, row := range rows {
		if row.Number <= after || (outcome != "" && row.Outcome != outcome) {
			continue
		}
		if len(list.Items) == limit {
			list.Next = strconv.Itoa(list.Items[limit-1].Row)
			break
		}
		list.Items = append(list.Items, showRow(row))
	}
	c.JSON(http.StatusOK, list)
	return nil
}

func (s *Service) applyImportRequest(c *gin.Context) error {
	d, err := s.importOf(c, "import.apply")
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.ImportApplication](c)
	if err != nil {
		return err
	}
	d, err = s.store.imports.UpdateAt(c.Request.Context(), d.ID, revision, func(i *listImport) ([]events.Event, error) {
		return nil, i.apply(given(in.OnlyGoodRows))
	})
	if err != nil {
		return err
	}
	select {
	case s.importing <- struct{}{}:
	default: // it has been told already
	}
	return rest.OK(c, d, showImport(d))
}

func (s *Service) cancelImport(c *gin.Context) error {
	d, err := s.importOf(c, "import.cancel")
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	if d, err = s.cancel(tenant.With(c.Request.Context(), d.Tenant), d.ID, revision); err != nil {
		return err
	}
	return rest.OK(c, d, showImport(d))
}

func showImport(d document.Document[listImport]) tenancyapi.Import {
	shown := tenancyapi.Import{
		ImportID: d.ID, Kind: tenancyapi.ImportKind(d.Body.Kind), Status: tenancyapi.ImportStatus(d.Body.Status), CreatedAt: d.Body.CreatedAt,
		Rows: d.Body.Rows, Creates: d.Body.Outcomes[rowCreate], Changes: d.Body.Outcomes[rowChange], Unchanged: d.Body.Outcomes[rowUnchanged],
		Wrong: d.Body.Outcomes[rowWrong], Steps: d.Body.Steps, Done: d.Body.Done, FinishedAt: d.Body.FinishedAt, Revision: d.Revision,
		Problems: []tenancyapi.ImportProblem{},
	}
	for _, p := range d.Body.Problems {
		shown.Problems = append(shown.Problems, tenancyapi.ImportProblem{Row: p.Row, Column: optional(tenancyapi.ImportColumn(p.Column)), Reason: tenancyapi.ImportReason(p.Reason)})
	}
	return shown
}

func showRow(row plannedRow) tenancyapi.ImportRow {
	shown := tenancyapi.ImportRow{Row: row.Number, Outcome: tenancyapi.RowOutcome(row.Outcome), Cells: row.Cells, Changes: []tenancyapi.ImportChange{}}
	for _, c := range row.Changes {
		shown.Changes = append(shown.Changes, tenancyapi.ImportChange{Column: tenancyapi.ImportColumn(c.Column), Before: optional(c.Before), After: c.After})
	}
	return shown
}
