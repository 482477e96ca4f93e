package tenancy

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	_ "embed" // README.txt
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// exportFormat is the name and version of a tenant's export; files and fields are only ever added to a version.
const exportFormat = "guldkorn.tenant/1"

//go:embed archive/README.txt
var exportReadme []byte

// manifest is the last file of an export: what is in it, and so that nothing of it was cut off.
type manifest struct {
	Format   string         `json:"format"`
	TenantID string         `json:"tenant_id"`
	Kind     string         `json:"kind"`
	Name     string         `json:"name"`
	MadeAt   time.Time      `json:"made_at"`
	Files    []manifestFile `json:"files"`
}

type manifestFile struct {
	Name   string `json:"name"`
	Schema string `json:"schema"` // in api-specs/openapi/tenancy.yaml; each line has tenant_id besides
	Lines  int    `json:"lines"`
	SHA256 string `json:"sha256"`
}

// exportFile is one collection of an export: a line of JSON for each entity.
type exportFile struct {
	name, schema string
	lines        iter.Seq2[any, error]
}

// inTenant is an entity in a file that holds those of several tenants.
type inTenant[V any] struct {
	TenantID tenant.ID `json:"tenant_id"`
	Of       V         `json:"-"`
}

// MarshalJSON writes the tenant's id among the fields of the entity.
func (i inTenant[V]) MarshalJSON() ([]byte, error) {
	raw, err := json.Marshal(i.Of)
	if err != nil {
		return nil, err
	}
	return append(fmt.Appendf(nil, `{"tenant_id":%q,`, i.TenantID), raw[1:]...), nil
}

// lines shows documents one after the other; what show does not find, such as somebody whose erasure is under way, is left
// out.
func lines[B, V any](all iter.Seq2[document.Document[B], error], show func(document.Document[B]) (V, error)) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for d, err := range all {
			if err != nil {
				yield(nil, err)
				return
			}
			v, err := show(d)
			if failure.CodeOf(err) == failure.DocumentNotFound {
				continue
			}
			if !yield(inTenant[V]{d.Tenant, v}, err) || err != nil {
				return
			}
		}
	}
}

// surely is show for what can always be shown.
func surely[B, V any](show func(document.Document[B]) V) func(document.Document[B]) (V, error) {
	return func(d document.Document[B]) (V, error) { return show(d), nil }
}

// after is several sequences as one.
func after(all ...iter.Seq2[any, error]) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for _, one := range all {
			for v, err := range one {
				if !yield(v, err) || err != nil {
					return
				}
			}
		}
	}
}

// exportFiles are the collections of a tenant. An export holds what those who may take it may also read page by page: of
// an operator its people with their profiles, its own forums, its schools and their units, and nothing of what is inside a
// school; of a school its forums, and of its people the names.
func (s *Service) exportFiles(ctx context.Context, own document.Document[organisation]) ([]exportFile, error) {
	here := []document.Document[organisation]{own}
	if own.Body.Kind != kindSchool {
		beneath, err := collect(s.store.children.All(ctx, document.Query{Index: "by_parent", Equal: []any{string(own.Tenant)}}))
		if err != nil {
			return nil, err
		}
		here = append(here, beneath...)
	}
	tightening := func(o document.Document[organisation]) (tenancyapi.Tightening, error) {
		return s.showTightening(ctx, o)
	}
	var organisations, tightenings, units []iter.Seq2[any, error]
	for _, o := range here {
		organisations = append(organisations, lines(only(o), surely(showOrganisation)))
		tightenings = append(tightenings, lines(only(o), tightening))
		units = append(units, lines(s.store.units.All(tenant.With(ctx, o.Tenant), document.Query{Index: "by_name"}), surely(showUnit)))
	}
	files := []exportFile{
		{"organisations", "Organisation", after(organisations...)},
		{"tightenings", "Tightening", after(tightenings...)},
		{"units", "Unit", after(units...)},
		{"api-keys", "APIKey", lines(s.store.apiKeys.All(ctx, document.Query{Index: "by_creation"}), surely(showAPIKey))},
		{"audit-entries", "AuditEntry", s.exportedAudit(ctx)},
		{"forums", "Forum", lines(s.store.forums.All(ctx, document.Query{Index: "by_name"}), surely(showForum))},
	}
	if own.Body.Kind == kindSchool {
		return append(files,
			exportFile{"people", "PersonName", s.exportedStaff(ctx, own.Tenant)},
			exportFile{"role-assignments", "RoleAssignment", lines(s.store.anywhere.All(ctx, document.Query{Index: "by_scope_anywhere", Equal: []any{string(own.Tenant)}}), surely(showAssignment))},
		), nil
	}
	return append(files,
		exportFile{"people", "Person", lines(s.store.persons.All(ctx, document.Query{Index: "by_registration"}), s.showPerson)},
		exportFile{"role-assignments", "RoleAssignment", lines(s.store.assignments.All(ctx, document.Query{Index: "by_person"}), surely(showAssignment))},
		exportFile{"provisioning", "Provisioning", lines(only(own), surely(showProvisioning))},
		exportFile{"logos", "Logo", lines(s.store.logos.All(ctx, document.Query{Index: "by_time"}), surely(showLogo))},
		exportFile{"imports", "Import", lines(s.store.imports.All(ctx, document.Query{Index: "by_creation"}), surely(showImport))},
		exportFile{"sign-in-providers", "SignInProvider", lines(s.store.signInProviders.All(ctx, document.Query{Index: "by_name"}), surely(showSignInProvider))},
		exportFile{"deletions", "Deletion", lines(s.store.deletions.All(ctx, document.Query{Index: "by_request"}), surely(showDeletion))},
		exportFile{"data-requests", "DataRequest", lines(s.store.dataRequests.All(ctx, document.Query{Index: "by_asking"}), s.showDataRequest)},
	), nil
}

// only is a sequence of one document.
func only[B any](d document.Document[B]) iter.Seq2[document.Document[B], error] {
	return func(yield func(document.Document[B], error) bool) { yield(d, nil) }
}

// exportedAudit is the tenant's audit log, as its own export has it.
func (s *Service) exportedAudit(ctx context.Context) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for e, err := range s.audit.Entries(ctx) {
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// exportedStaff are those who have or had a role at a school, each once.
func (s *Service) exportedStaff(ctx context.Context, school tenant.ID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		seen := map[string]bool{}
		for d, err := range s.store.anywhere.All(ctx, document.Query{Index: "by_scope_anywhere", Equal: []any{string(school)}}) {
			if err != nil {
				yield(nil, err)
				return
			}
			id := d.Body.PersonID
			if seen[id] {
				continue
			}
			seen[id] = true
			found, plain, err := s.profileOf(tenant.With(ctx, d.Tenant), nil, id)
			if failure.CodeOf(err) == failure.DocumentNotFound {
				continue
			}
			shown := tenancyapi.PersonName{PersonID: id, Name: plain.Name, Language: tenancyapi.Language(found.Body.Language)}
			if !yield(inTenant[tenancyapi.PersonName]{d.Tenant, shown}, err) || err != nil {
				return
			}
		}
	}
}

// writeExport writes the ZIP file by file, so that none of it has to be in memory as a whole.
func (s *Service) writeExport(w io.Writer, m manifest, collections []exportFile) error {
	files := zip.NewWriter(w)
	create := func(name string) (io.Writer, error) {
		return files.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: m.MadeAt})
	}
	readme, err := create("README.txt")
	if err == nil {
		_, err = readme.Write(exportReadme)
	}
	if err != nil {
		return err
	}
	for _, collection := range collections {
		entry := manifestFile{Name: collection.name + ".jsonl", Schema: collection.schema}
		into, err := create(entry.Name)
		if err != nil {
			return err
		}
		if entry.Lines, entry.SHA256, err = writeLines(into, collection.lines); err != nil {
			return fmt.Errorf("%s: %w", entry.Name, err)
		}
		m.Files = append(m.Files, entry)
	}
	into, err := create("manifest.json")
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(into)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(m); err != nil {
		return err
	}
	return files.Close()
}

func writeLines(w io.Writer, all iter.Seq2[any, error]) (count int, sum string, err error) {
	hash := sha256.New()
	out := bufio.NewWriter(io.MultiWriter(w, hash))
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for one, err := range all {
		if err != nil {
			return count, "", err
		}
		if err := encoder.Encode(one); err != nil {
			return count, "", err
		}
		count++
	}
	err = out.Flush()
	return count, hex.EncodeToString(hash.Sum(nil)), err
}
