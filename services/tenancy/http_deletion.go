package tenancy

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// deletionRoutes are about what lies beneath a tenant: the one that goes could not keep its own certificate.
func (s *Service) deletionRoutes(t *gin.RouterGroup) {
	t.GET("/deletions", host.Handle(s.listDeletions))
	t.PUT("/deletions/:organisation_id", host.Handle(s.requestDeletion))
	t.GET("/deletions/:organisation_id", host.Handle(s.getDeletion))
	t.DELETE("/deletions/:organisation_id", host.Handle(s.cancelDeletion))
	t.GET("/deletions/:organisation_id/certificate", host.Handle(s.getDeletionCertificate))
}

// decideDeletion is decideHere about an organisation beneath the context's tenant.
func (s *Service) decideDeletion(ctx context.Context, action, organisation string) error {
	return s.decideHere(ctx, action, "deletion", map[string]any{"organisation_id": organisation})
}

func (s *Service) requestDeletion(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("organisation_id")
	if err := s.decideDeletion(ctx, "deletion.request", id); err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.NewDeletion](c)
	if err != nil {
		return err
	}
	o, err := s.deletable(ctx, id)
	if err != nil {
		return err
	}
	if in.Name != o.Body.Name {
		return failure.Invalid("name", "the name of the organisation, as it stands")
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	days := leastWaiting
	if in.WaitingDays != nil {
		days = *in.WaitingDays
	}
	d, err := s.store.deletions.Upsert(ctx, id, func(d *deletion, _ bool) ([]events.Event, error) {
		return nil, d.request(o.Body, days, subject.ID, s.now())
	})
	if err != nil {
		return err
	}
	return rest.OK(c, d, showDeletion(d))
}

// deletable returns a school of the context's operator, or an operator of the context's platform.
func (s *Service) deletable(ctx context.Context, id string) (document.Document[organisation], error) {
	var none document.Document[organisation]
	here, err := tenant.From(ctx)
	if err != nil {
		return none, err
	}
	beneath, err := tenant.Parse(id)
	if err != nil {
		return none, failure.NotFound("organisation")
	}
	o, err := s.store.organisation(ctx, beneath)
	if err != nil {
		return none, err
	}
	if o.Body.ParentID != string(here) {
		return none, failure.NotFound("organisation")
	}
	switch o.Body.Kind {
	case kindSchool, kindMunicipality, kindOperator:
		return o, nil
	}
	return none, failure.New(failure.KindMisplaced).At("organisation_id").Wanting("a school, or an operator of schools")
}

// deletionDue is when an organisation is to go, nil if it is not: those who work there are told in time to object.
func (s *Service) deletionDue(ctx context.Context, o document.Document[organisation]) (*time.Time, error) {
	above := tenant.ID(o.Body.ParentID)
	if above == "" {
		return nil, nil
	}
	d, err := s.store.deletions.Get(tenant.With(ctx, above), o.ID)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil, nil
	}
	if err != nil || d.Body.State == deletionWithdrawn {
		return nil, err
	}
	return &d.Body.DueAt, nil
}

func (s *Service) cancelDeletion(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("organisation_id")
	if err := s.decideDeletion(ctx, "deletion.cancel", id); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	d, err := s.store.deletions.UpdateAt(ctx, id, revision, func(d *deletion) ([]events.Event, error) {
		return nil, d.cancel(subject.ID, s.now())
	})
	if err != nil {
		return err
	}
	return rest.OK(c, d, showDeletion(d))
}

func (s *Service) listDeletions(c *gin.Context) error {
	return showAll(c, s, "deletion.read", "deletion", s.store.deletions, document.Query{Index: "by_request", Descending: true}, showDeletion)
}

func (s *Service) getDeletion(c *gin.Context) error {
	d, err := s.readDeletion(c)
	if err != nil {
		return err
	}
	return rest.OK(c, d, showDeletion(d))
}

func (s *Service) readDeletion(c *gin.Context) (document.Document[deletion], error) {
	ctx, id := c.Request.Context(), c.Param("organisation_id")
	if err := s.decideDeletion(ctx, "deletion.read", id); err != nil {
		return document.Document[deletion]{}, err
	}
	return s.store.deletions.Get(ctx, id)
}

// getDeletionCertificate answers with the very bytes whose hash stands in the audit log.
func (s *Service) getDeletionCertificate(c *gin.Context) error {
	d, err := s.readDeletion(c)
	if err != nil {
		return err
	}
	if d.Body.State != deletionDone {
		return failure.NotFound("certificate")
	}
	c.Data(http.StatusOK, "application/json; charset=utf-8", d.Body.Certificate)
	return nil
}

// showDeletion is a deletion as those above the tenant see it.
func showDeletion(d document.Document[deletion]) tenancyapi.Deletion {
	b := d.Body
	shown := tenancyapi.Deletion{
		OrganisationID: d.ID, Kind: tenancyapi.OrganisationKind(b.Kind), Name: b.Name, State: tenancyapi.DeletionState(b.State),
		RequestedAt: b.RequestedAt, RequestedBy: b.RequestedBy, DueAt: b.DueAt, Revision: d.Revision,
	}
	if b.State == deletionWithdrawn {
		shown.CancelledAt, shown.CancelledBy = &b.CancelledAt, &b.CancelledBy
	}
	if b.State == deletionDone {
		hash := certificateHash(b.Certificate)
		shown.CertificateHash = &hash
	}
	return shown
}
