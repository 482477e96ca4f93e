package tenancy

import (
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/rest"
)

func (s *Service) listAuditEntries(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "audit.read", "audit_log", nil); err != nil {
		return err
	}
	f := audit.Filter{Action: c.Query("action"), Subject: c.Query("subject")}
	var err error
	if f.Cursor, f.Limit, err = rest.Page(c); err != nil {
		return err
	}
	if f.From, err = moment(c, "from"); err != nil {
		return err
	}
	if f.To, err = moment(c, "to"); err != nil {
		return err
	}
	page, err := s.audit.Search(ctx, f)
	if err != nil {
		return err
	}
	list := rest.List[tenancyapi.AuditEntry]{Items: make([]tenancyapi.AuditEntry, len(page.Entries)), Next: page.Next}
	for i, e := range page.Entries {
		list.Items[i] = showEntry(e)
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// moment reads an optional time of the query.
func moment(c *gin.Context, name string) (time.Time, error) {
	given := c.Query(name)
	if given == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, given)
	if err != nil {
		return at, failure.Invalid(name, "a time such as 2026-11-24T08:00:00Z")
	}
	return at, nil
}

// exports are the forms of an export.
var exports = map[string]struct {
	mediaType string
	write     func(io.Writer, iter.Seq2[audit.Entry, error]) error
}{
	"":       {"application/x-ndjson", audit.WriteNDJSON},
	"ndjson": {"application/x-ndjson", audit.WriteNDJSON},
	"csv":    {"text/csv; charset=utf-8", audit.WriteCSV},
}

func (s *Service) exportAuditLog(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "audit.export", "audit_log", nil); err != nil {
		return err
	}
	format, ok := exports[c.Query("format")]
	if !ok {
		return failure.Invalid("format", "csv or ndjson")
	}
	c.Header("Content-Type", format.mediaType)
	c.Header("Content-Disposition", "attachment")
	c.Status(http.StatusOK)
	if err := format.write(c.Writer, s.audit.Entries(ctx)); err != nil {
		if !c.Writer.Written() {
			return err
		}
		// A log that ends early must not look whole.
		s.deps.Logger.LogAttrs(ctx, slog.LevelError, "audit export broke off", slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (s *Service) verifyAuditLog(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "audit.read", "audit_log", nil); err != nil {
		return err
	}
	known, err := knownHead(c)
	if err != nil {
		return err
	}
	found, err := s.audit.Verify(ctx, known...)
	if err != nil {
		return fmt.Errorf("verify the audit log: %w", err)
	}
	answer := tenancyapi.AuditVerification{Intact: found.Intact(), Seq: found.Head.Seq, Hash: found.Head.Hash, Reason: optional(found.Reason)}
	if !found.Intact() {
		answer.BadSeq = &found.Bad
	}
	c.JSON(http.StatusOK, answer)
	return nil
}

// knownHead reads the entry, kept elsewhere, that the log is held against: both of its parts, or neither.
func knownHead(c *gin.Context) ([]audit.Head, error) {
	seq, hash := c.Query("known_seq"), c.Query("known_hash")
	if seq == "" && hash == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(seq, 10, 64)
	if err != nil || n < 1 {
		return nil, failure.Invalid("known_seq", "the number of an entry, with its known_hash")
	}
	if !hashPattern.MatchString(hash) {
		return nil, failure.Invalid("known_hash", "64 hexadecimal digits, with its known_seq")
	}
	return []audit.Head{{Seq: n, Hash: hash}}, nil
}

func showEntry(e audit.Entry) tenancyapi.AuditEntry {
	return tenancyapi.AuditEntry{
		TenantID: string(e.Tenant), Seq: e.Seq, At: e.At, Subject: e.Subject, Action: e.Action, ResourceType: e.ResourceType,
		ResourceID: e.ResourceID, Decision: tenancyapi.AuditEntryDecision(e.Decision), Previous: e.Previous, Hash: e.Hash,
	}
}
