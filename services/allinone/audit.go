package allinone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// AuditFinding is what the check of one tenant's audit log found.
type AuditFinding struct {
	Tenant tenant.ID
	audit.Finding
}

// VerifyAudit checks the audit log of every tenant in a data directory, also while a process runs on it.
func VerifyAudit(ctx context.Context, dataDir string) (findings []AuditFinding, err error) {
	path := filepath.Join(dataDir, "tenancy.db")
	if _, err := os.Stat(path); err != nil { // opening it would make one
		return nil, fmt.Errorf("no Guldkorn has run on %s: %w", dataDir, err)
	}
	backend, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, backend.Close()) }()
	log, err := audit.Open(ctx, document.NewStore(backend, "tenancy", time.Now), time.Now)
	if err != nil {
		return nil, err
	}
	tenants, err := log.Tenants(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range tenants {
		found, err := log.Verify(tenant.With(ctx, id))
		if err != nil {
			return nil, fmt.Errorf("tenant %s: %w", id, err)
		}
		findings = append(findings, AuditFinding{id, found})
	}
	return findings, nil
}

// VerifyAuditFile checks an exported audit log against itself and against a head that was kept, if there is one.
func VerifyAuditFile(path string, known ...audit.Head) (finding AuditFinding, err error) {
	file, err := os.Open(path)
	if err != nil {
		return AuditFinding{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	entries := audit.ReadNDJSON(file)
	for e, err := range audit.ReadNDJSON(file) { // whose log it is, the first entry says
		if err != nil {
			return AuditFinding{}, fmt.Errorf("%s: %w", path, err)
		}
		finding.Tenant = e.Tenant
		break
	}
	if finding.Tenant == "" {
		return finding, fmt.Errorf("%s: no entries", path)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return finding, err
	}
	finding.Finding, err = audit.Verify(finding.Tenant, entries, known...)
	if err != nil {
		return finding, fmt.Errorf("%s: %w", path, err)
	}
	return finding, nil
}
