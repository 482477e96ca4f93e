package tenancy

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// exportTenant hands over everything that is kept for a tenant.
func (s *Service) exportTenant(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideHere(ctx, "tenant.export", "tenant", nil); err != nil {
		return err
	}
	here, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	own, err := s.store.organisation(ctx, here)
	if err != nil {
		return err
	}
	files, err := s.exportFiles(ctx, own)
	if err != nil {
		return err
	}
	m := manifest{Format: exportFormat, TenantID: string(here), Kind: own.Body.Kind, Name: own.Body.Name, MadeAt: s.now().Truncate(time.Second)}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Type", "application/zip")
	c.Header("Content-Disposition", `attachment; filename="guldkorn-`+string(here)+`.zip"`)
	c.Status(http.StatusOK)
	if err := s.writeExport(c.Writer, m, files); err != nil {
		s.deps.Logger.LogAttrs(ctx, slog.LevelError, "tenant export broke off", slog.String("tenant", string(here)), slog.Any("error", err))
		panic(http.ErrAbortHandler) // half an archive must not look whole
	}
	return nil
}
