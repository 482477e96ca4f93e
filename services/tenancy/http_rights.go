package tenancy

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) rectifyPerson(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("person_id")
	in, err := host.Decode[tenancyapi.PersonChange](c)
	if err != nil {
		return err
	}
	attributes := map[string]any{"person_id": id, "language_only": languageOnly(in)}
	if err := s.decideAtHome(ctx, "person.rectify", "person", attributes); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	if languageOnly(in) && in.Language == nil {
		return failure.Invalid("name", "something to change")
	}
	before, err := s.store.persons.Get(ctx, id)
	if err != nil {
		return err
	}
	d, err := s.rectify(ctx, before, revision, in)
	if err != nil {
		return err
	}
	if !languageOnly(in) {
		if err := s.receipt(ctx, requestRectification, id, ""); err != nil {
			return err
		}
	}
	shown, err := s.showPerson(d)
	if err != nil {
		return err
	}
	return rest.OK(c, d, shown)
}

// rectify seals the corrected profile anew; the hash of the login moves along in the same write.
func (s *Service) rectify(ctx context.Context, before document.Document[person], revision int64, in tenancyapi.PersonChange) (document.Document[person], error) {
	plain, err := s.profiles.open(before)
	if err != nil {
		return before, err
	}
	if plain, err = plain.rectify(in); err != nil {
		return before, err
	}
	if err := s.uniloginFree(ctx, before.Tenant, plain.Unilogin, before.ID); err != nil {
		return before, err
	}
	sealed, err := s.profiles.reseal(before.Tenant, before.ID, plain)
	if err != nil {
		return before, err
	}
	d, err := s.store.persons.UpdateAt(ctx, before.ID, revision, func(p *person) ([]events.Event, error) {
		p.carry(before.Tenant, plain, sealed, s.profiles)
		if in.Language != nil {
			p.Language = string(*in.Language)
		}
		return nil, nil
	})
	if failure.CodeOf(err) == failure.DocumentExists {
		return d, failure.New(failure.LoginTaken).At("login").Because(err)
	}
	return d, err
}

// receipt writes down that something was done, in the context's tenant.
func (s *Service) receipt(ctx context.Context, kind, personID, hash string) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	_, err = s.store.dataRequests.Insert(ctx, uuid.NewString(), done(kind, personID, subject.ID, hash, s.now()))
	return err
}

// exportMe hands a person what this service knows about them. The receipt is written before anything is sent: its hash
// says later what it was, without keeping it.
func (s *Service) exportMe(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "me.export", "person", "", nil); err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	ctx = tenant.With(ctx, subject.Tenant)
	gathered, err := s.gather(ctx, subject.ID)
	if err != nil {
		return err
	}
	packed, hash, err := gathered.pack()
	if err != nil {
		return err
	}
	if err := s.receipt(ctx, requestAccess, subject.ID, hash); err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="guldkorn.zip"`)
	c.Data(http.StatusOK, "application/zip", packed)
	return nil
}

func (s *Service) erasePerson(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("person_id")
	if err := s.decideAtHome(ctx, "person.erase", "person", map[string]any{"person_id": id}); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	_, err = s.store.dataRequests.Get(ctx, erasureOf(id))
	if failure.CodeOf(err) == failure.DocumentNotFound {
		err = s.beginErasure(ctx, id, revision)
	}
	if err != nil {
		return err
	}
	d, err := s.erase(ctx, erasureOf(id), id)
	if err != nil {
		return err
	}
	shown, err := s.showDataRequest(d)
	if err != nil {
		return err
	}
	return rest.OK(c, d, shown)
}

func (s *Service) beginErasure(ctx context.Context, id string, revision int64) error {
	found, err := s.store.persons.Get(ctx, id)
	if err != nil {
		return err
	}
	if found.Revision != revision {
		return failure.New(failure.PreconditionFailed)
	}
	if err := s.erasable(ctx, id); err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	_, err = s.store.dataRequests.Insert(ctx, erasureOf(id), begun(id, subject.ID, s.now()))
	if failure.CodeOf(err) == failure.DocumentExists {
		return nil // somebody else began it just now
	}
	return err
}

func (s *Service) listDataRequests(c *gin.Context) error {
	if err := s.decideAtHome(c.Request.Context(), "data_request.list", "data_request", nil); err != nil {
		return err
	}
	if c.Query("waiting") != "" {
		return s.showDataRequests(c, document.Query{Index: "by_waiting", Equal: []any{true}})
	}
	return s.showDataRequests(c, document.Query{Index: "by_asking", Descending: true})
}

func (s *Service) listMyDataRequests(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "me.read", "data_request", "", nil); err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	c.Request = c.Request.WithContext(tenant.With(ctx, subject.Tenant))
	c.Header("Cache-Control", "no-store")
	return s.showDataRequests(c, document.Query{Index: "by_person", Equal: []any{subject.ID}, Descending: true})
}

func (s *Service) showDataRequests(c *gin.Context, q document.Query) error {
	list, err := listing(c, s.store.dataRequests.Find, q,
		func(d document.Document[dataRequest]) (tenancyapi.DataRequest, bool, error) {
			shown, err := s.showDataRequest(d)
			return shown, true, err
		})
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, list)
	return nil
}
