package tenancy

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// archiveFormat is the name and version of data.json; fields are only ever added to a version.
const archiveFormat = "guldkorn.person/1"

// archive is what a person is handed of what this service knows: data.json for programs (GDPR article 20), and
// index.html with the same for people (article 15).
type archive struct {
	Format       string                   `json:"format"`
	MadeAt       time.Time                `json:"made_at"`
	Person       tenancyapi.Person        `json:"person"`
	RegisteredAt time.Time                `json:"registered_at"`
	Roles        []archivedRole           `json:"roles"`
	Forums       []archivedForum          `json:"forums"`
	Unions       []tenancyapi.MyUnion     `json:"unions"`
	DataRequests []tenancyapi.DataRequest `json:"data_requests"`
	Audit        []archivedEntry          `json:"audit"`
	// NotInside names what the archive lacks, so that nobody takes it for more than it is.
	NotInside []string `json:"not_inside"`
}

type archivedRole struct {
	tenancyapi.RoleAssignment
	ScopeName string `json:"scope_name"`
	UnitName  string `json:"unit_name,omitempty"`
}

type archivedForum struct {
	ForumID   string `json:"forum_id"`
	Name      string `json:"name"`
	ScopeName string `json:"scope_name"`
	Role      string `json:"role"`
}

// What others keep, or nobody can find. The words for people are in the templates.
var notInside = []string{"anonymous_answers", "sealed_contributions", "named_in_dialogues", "inbox"}

// gather collects what is known about a person of the context's tenant.
func (s *Service) gather(ctx context.Context, id string) (archive, error) {
	a := archive{
		Format: archiveFormat, MadeAt: s.now().Truncate(time.Second), NotInside: notInside,
		Roles: []archivedRole{}, Forums: []archivedForum{}, DataRequests: []tenancyapi.DataRequest{},
	}
	d, err := s.store.persons.Get(ctx, id)
	if err != nil {
		return a, err
	}
	a.RegisteredAt = d.Body.RegisteredAt
	if a.Person, err = s.showPerson(d); err != nil {
		return a, err
	}
	if a.Unions, err = s.unionsOf(ctx, id); err != nil {
		return a, err
	}
	requests, err := collect(s.store.dataRequests.All(ctx, document.Query{Index: "by_person", Equal: []any{id}}))
	if err != nil {
		return a, err
	}
	for _, r := range requests {
		shown, err := s.showDataRequest(r)
		if err != nil {
			return a, err
		}
		a.DataRequests = append(a.DataRequests, shown)
	}
	held, err := s.store.held(ctx, id)
	if err != nil {
		return a, err
	}
	if a.Audit, err = s.archiveAudit(ctx, d.Tenant, id, held); err != nil {
		return a, err
	}
	var scopes []string
	for _, h := range held {
		role, err := s.archiveRole(ctx, h)
		if err != nil {
			return a, err
		}
		a.Roles = append(a.Roles, role)
		if slices.Contains(scopes, role.Scope) {
			continue
		}
		scopes = append(scopes, role.Scope)
		forums, err := s.archiveForums(ctx, id, role)
		if err != nil {
			return a, err
		}
		a.Forums = append(a.Forums, forums...)
	}
	return a, nil
}

func (s *Service) archiveRole(ctx context.Context, d document.Document[assignment]) (archivedRole, error) {
	role := archivedRole{RoleAssignment: showAssignment(d)}
	scope := tenant.ID(d.Body.Scope)
	o, err := s.store.organisation(ctx, scope)
	if err != nil {
		return role, err
	}
	role.ScopeName = o.Body.Name
	if d.Body.UnitID == "" {
		return role, nil
	}
	u, err := s.store.units.Get(tenant.With(ctx, scope), d.Body.UnitID)
	role.UnitName = u.Body.Name
	return role, err
}

// archiveForums returns the forums that the person is a member of where the role is.
func (s *Service) archiveForums(ctx context.Context, id string, role archivedRole) ([]archivedForum, error) {
	var found []archivedForum
	for d, err := range s.store.forums.All(tenant.With(ctx, tenant.ID(role.Scope)), document.Query{Index: "by_name"}) {
		if err != nil {
			return nil, err
		}
		for _, m := range d.Body.Members {
			if m.PersonID == id {
				found = append(found, archivedForum{ForumID: d.ID, Name: d.Body.Name, ScopeName: role.ScopeName, Role: m.Role})
			}
		}
	}
	return found, nil
}

//go:embed archive/*.html
var archivePages embed.FS

var archiveTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"day": func(t time.Time) string { return t.Format(time.DateOnly) },
}).ParseFS(archivePages, "archive/*.html"))

// pack makes the ZIP and the SHA-256 of its data.json, which stays the same when others put their files beside it.
func (a archive) pack() (packed []byte, hash string, err error) {
	data, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return nil, "", fmt.Errorf("tenancy: archive: %w", err)
	}
	var page, out bytes.Buffer
	if err := archiveTemplates.ExecuteTemplate(&page, string(a.Person.Language)+".html", a); err != nil {
		return nil, "", fmt.Errorf("tenancy: archive: %w", err)
	}
	files := zip.NewWriter(&out)
	for _, file := range []struct {
		name string
		body []byte
	}{{"index.html", page.Bytes()}, {"data.json", data}} {
		w, err := files.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Deflate, Modified: a.MadeAt})
		if err == nil {
			_, err = w.Write(file.body)
		}
		if err != nil {
			return nil, "", fmt.Errorf("tenancy: archive: %w", err)
		}
	}
	if err := files.Close(); err != nil {
		return nil, "", fmt.Errorf("tenancy: archive: %w", err)
	}
	sum := sha256.Sum256(data)
	return out.Bytes(), hex.EncodeToString(sum[:]), nil
}
