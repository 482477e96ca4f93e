package portal

import (
	"embed"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/sheet"
)

const (
	importsRoute = "/operators/:tenant_id/imports"
	// maxList is the largest list that tenancy takes.
	maxList = 10 << 20
	// maxListForm is maxList with room for the other inputs of its form. Up to net/http's 32 MB a form is read into
	// memory, so that no list of people is ever left in a file.
	maxListForm = maxList + 64<<10
	// maxListRead is how much of a list that is too large is read and thrown away: a browser looks at the answer only
	// once it has sent everything.
	maxListRead = 64 << 20
	// listCheckTime is how long tenancy may take to check a list of the largest size.
	listCheckTime = 60 * time.Second
)

//go:embed examples/*.csv
var exampleFiles embed.FS

// importKinds are the lists in the order in which they come in: people are placed at schools.
var importKinds = []string{"schools", "people"}

// importColumns are the columns of each kind of list in the order of its example.
var importColumns = map[string][]string{
	"schools": {"code", "name", "type", "unit"},
	"people":  {"name", "email", "login", "external_id", "unilogin", "school", "unit", "role", "staff_group", "from", "to", "language"},
}

// importFamilies are the families of texts about lists; see families.
func importFamilies() map[string][]string {
	all := map[string][]string{
		"import_status":  {"checked", "applying", "applied", "cancelled"},
		"import_happens": {"checked", "applying", "applied"},
		"import_reason": {
			"mixed_encoding", "no_heading", "missing", "twice", "cells", "quotes", "long", "too_many_rows", "invalid", "unknown", "conflict",
			"forbidden", "erased",
		},
		"row_outcome":  {"create", "change", "unchanged", "wrong"},
		"rows_outcome": {"create", "change", "unchanged", "wrong"},
	}
	for _, family := range []string{"import_kind", "import_rows", "import_example", "import_columns", "import_title", "import_done", "import_next"} {
		all[family] = importKinds
	}
	for _, kind := range importKinds {
		for _, column := range importColumns[kind] {
			all["import_column"] = append(all["import_column"], kind+"."+column)
		}
	}
	all["import_takes"] = all["import_column"]
	return all
}

// importsPage is where lists of schools and people come in, and which have.
type importsPage struct {
	Path    string
	Form    form
	Kinds   []listKind
	Imports []tenancyapi.Import
	Next    string
}

type listKind struct {
	Kind    string
	Columns []string
}

// Columns are told apart by list, since a name is a school's in one and a person's in the other.
func (k listKind) Column(name string) string { return k.Kind + "." + name }

// imports shows the form. What follows an import links here with the kind that is next.
func (v *visit) imports() error {
	kind := v.query("kind")
	if !slices.Contains(importKinds, kind) {
		kind = importKinds[0]
	}
	return v.importsWith(http.StatusOK, form{Values: url.Values{"kind": {kind}}})
}

func (v *visit) importsWith(status int, f form) error {
	page := importsPage{Path: v.importsPath(), Form: f}
	for _, kind := range importKinds {
		page.Kinds = append(page.Kinds, listKind{kind, importColumns[kind]})
	}
	var list tenancyapi.ImportList
	if err := v.get("tenancy", v.paged(v.at("imports")), &list); err != nil {
		return err
	}
	page.Imports, page.Next = list.Items, value(list.NextCursor)
	return v.show(status, "imports", page)
}

func (v *visit) importsPath(parts ...string) string {
	path := "/operators/" + url.PathEscape(v.param("tenant_id")) + "/imports"
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// createImport lets tenancy check the list that was sent. A list that takes the place of one with mistakes leaves
// nothing of that one behind.
func (v *visit) createImport() error {
	raw, err := v.list()
	var made tenancyapi.Import
	if err == nil {
		err = v.call("tenancy", http.MethodPost, v.at("imports")+"?"+url.Values{"kind": {v.input("kind")}}.Encode(), nil, &made,
			v.key(), host.WithBody("text/csv", raw), host.Within(listCheckTime))
	}
	if failure.CodeOf(err) == failure.RequestTooLarge {
		return failure.New(failure.PortalListTooLarge)
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		f.Key = "" // nothing came of it, and the next list is another one
		return v.importsWith(http.StatusUnprocessableEntity, f)
	}
	if replaced := v.input("replaces"); replaced != "" && replaced != made.ImportID {
		err := v.call("tenancy", http.MethodDelete, v.at("imports", replaced), nil, nil, v.seen())
		if code := failure.CodeOf(err); code != "" && code != failure.ImportOver && code != failure.PreconditionFailed && code != failure.DocumentNotFound {
			return err
		}
	}
	return v.redirect(v.importsPath(made.ImportID))
}

// list is the file that was sent.
func (v *visit) list() ([]byte, error) {
	file, _, err := v.gin.Request.FormFile("list")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, failure.Invalid("list", "a CSV file")
	}
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(file)
	return raw, errors.Join(err, file.Close())
}

// fits stands before the upload. A list that is too large is answered with a page that says so.
func (p *Portal) fits(c *gin.Context) {
	if size := c.Request.ContentLength; size >= 0 && size <= maxListForm {
		return
	}
	_, _ = io.Copy(io.Discard, c.Request.Body) // what its sender breaks off needs no answer
	v, err := p.visit(c)
	if err == nil {
		err = failure.New(failure.PortalListTooLarge)
	}
	v.fail(err)
	c.Abort()
}

// exampleList is a list that comes in as it is.
func (v *visit) exampleList() error {
	kind := v.param("kind")
	raw, err := exampleFiles.ReadFile("examples/" + kind + ".csv")
	if !slices.Contains(importKinds, kind) || err != nil {
		return failure.New(failure.RequestNoRoute)
	}
	v.spreadsheet("guldkorn-" + kind + ".csv")
	_, err = v.gin.Writer.WriteString(sheet.Mark + string(raw))
	return err
}

// spreadsheet makes the answer a spreadsheet to save under a name.
func (v *visit) spreadsheet(name string) {
	v.gin.Header("Content-Type", "text/csv; charset=utf-8")
	v.gin.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	v.gin.Header("Cache-Control", "private, no-store")
	v.gin.Status(http.StatusOK)
}
