package tenancy

import (
	"context"
	"net/http"
	"slices"

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

func (s *Service) listMyUnions(c *gin.Context) error {
	ctx, subject, err := s.myself(c)
	if err != nil {
		return err
	}
	unions, err := s.unionsOf(ctx, subject.ID)
	if err != nil {
		return err
	}
	held, err := s.store.held(ctx, subject.ID)
	if err != nil {
		return err
	}
	for _, d := range held {
		if d.Body.Role != access.UnionRepresentative {
			continue
		}
		scope := d.Body.Scope
		if i := slices.IndexFunc(unions, func(u tenancyapi.MyUnion) bool { return u.AssignmentID == d.ID }); i >= 0 {
			unions[i].Scope = &scope
		} else if !d.Body.over(s.now()) {
			unions = append(unions, tenancyapi.MyUnion{AssignmentID: d.ID, Scope: &scope})
		}
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, rest.List[tenancyapi.MyUnion]{Items: unions})
	return nil
}

func (s *Service) setMyUnion(c *gin.Context) error {
	ctx, subject, err := s.myself(c)
	if err != nil {
		return err
	}
	id := c.Param("assignment_id")
	found, err := s.store.assignments.Get(ctx, id)
	if err != nil {
		return err
	}
	if found.Body.PersonID != subject.ID || found.Body.Role != access.UnionRepresentative {
		return failure.NotFound("role_assignment") // whose it is, or that it is another role, is nobody's to learn here
	}
	in, err := host.Decode[tenancyapi.NewMyUnion](c)
	if err != nil {
		return err
	}
	union, err := newUnion(in.Union)
	if err != nil {
		return err
	}
	sealed, err := s.profiles.sealText(subject.ID, union, boundUnion(subject.Tenant, id))
	if err != nil {
		return err
	}
	_, err = s.store.memberships.Upsert(ctx, id, func(m *membership, _ bool) ([]events.Event, error) {
		*m = membership{PersonID: subject.ID, Union: sealed}
		return nil, nil
	})
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, tenancyapi.MyUnion{AssignmentID: id, Scope: &found.Body.Scope, Union: union})
	return nil
}

func (s *Service) forgetMyUnion(c *gin.Context) error {
	ctx, subject, err := s.myself(c)
	if err != nil {
		return err
	}
	written, err := s.store.memberships.Get(ctx, c.Param("assignment_id"))
	if err != nil {
		return err
	}
	if written.Body.PersonID != subject.ID {
		return failure.NotFound("role_assignment")
	}
	if err := s.store.memberships.Erase(ctx, written.ID); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// myself returns the person who asks, in the tenant where they live. Services and keys are nobody.
func (s *Service) myself(c *gin.Context) (context.Context, access.Subject, error) {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "me.union", "person", "", nil); err != nil {
		return nil, access.Subject{}, err
	}
	subject, err := access.SubjectFrom(ctx)
	return tenant.With(ctx, subject.Tenant), subject, err
}

// unionsOf returns what a person of the context's tenant has written.
func (s *Service) unionsOf(ctx context.Context, person string) ([]tenancyapi.MyUnion, error) {
	unions := []tenancyapi.MyUnion{}
	for d, err := range s.store.memberships.All(ctx, document.Query{Index: "by_person", Equal: []any{person}}) {
		if err != nil {
			return nil, err
		}
		union, err := s.profiles.openUnion(d)
		if err != nil {
			return nil, err
		}
		unions = append(unions, tenancyapi.MyUnion{AssignmentID: d.ID, Union: union})
	}
	return unions, nil
}

// forgetUnions removes what a person of the context's tenant has written. Without the key nobody could read it, but that
// somebody wrote it would remain.
func (s *Service) forgetUnions(ctx context.Context, person string) error {
	written, err := collect(s.store.memberships.All(ctx, document.Query{Index: "by_person", Equal: []any{person}}))
	if err != nil {
		return err
	}
	for _, d := range written {
		if err := s.store.memberships.Erase(ctx, d.ID); err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
			return err
		}
	}
	return nil
}
