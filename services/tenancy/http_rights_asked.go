package tenancy

import (
	"context"

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

// createMyDataRequest lets people ask whoever administers where they live to be corrected or erased.
func (s *Service) createMyDataRequest(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "me.request", "data_request", "", nil); err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	ctx = tenant.With(ctx, subject.Tenant)
	creation, in, err := creating[tenancyapi.NewDataRequest](c)
	if err != nil {
		return err
	}
	asked, err := newAsked(in, subject.ID, s.now(), s.zone)
	if err != nil {
		return err
	}
	for d, err := range s.waiting(ctx, subject.ID) {
		if err != nil {
			return err
		}
		if d.Body.Kind == asked.Kind && d.ID != creation.ID {
			return failure.New(failure.DataRequestWaiting)
		}
	}
	if words := given(in.Text); words != "" {
		if asked.Text, err = s.profiles.sealText(subject.ID, words, boundRequest(subject.Tenant, creation.ID, "text")); err != nil {
			return err
		}
	}
	d, _, err := s.store.dataRequests.Create(ctx, creation, asked)
	if err != nil {
		return err
	}
	shown, err := s.showDataRequest(d)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	return rest.Created(c, d, shown)
}

// waiting returns what a person of the context's tenant has asked and nobody has answered.
func (s *Service) waiting(ctx context.Context, personID string) func(func(document.Document[dataRequest], error) bool) {
	return func(yield func(document.Document[dataRequest], error) bool) {
		for d, err := range s.store.dataRequests.All(ctx, document.Query{Index: "by_person", Equal: []any{personID}}) {
			if (err != nil || d.Body.Waiting) && !yield(d, err) || err != nil {
				return
			}
		}
	}
}

func (s *Service) getDataRequest(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decideAtHome(ctx, "data_request.list", "data_request", nil); err != nil {
		return err
	}
	d, err := s.store.dataRequests.Get(ctx, c.Param("request_id"))
	if err != nil {
		return err
	}
	shown, err := s.showDataRequest(d)
	if err != nil {
		return err
	}
	return rest.OK(c, d, shown)
}

// answerDataRequest tells a person that what they asked was done, or why it was not. To erase is an act of its own, which
// answers by itself.
func (s *Service) answerDataRequest(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("request_id")
	if err := s.decideAtHome(ctx, "data_request.answer", "data_request", map[string]any{"request_id": id}); err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	in, err := host.Decode[tenancyapi.DataRequestAnswer](c)
	if err != nil {
		return err
	}
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	found, err := s.store.dataRequests.Get(ctx, id)
	if err != nil {
		return err
	}
	answer, err := s.newAnswer(found, in, subject.ID)
	if err != nil {
		return err
	}
	d, err := s.store.dataRequests.UpdateAt(ctx, id, revision, func(r *dataRequest) ([]events.Event, error) {
		return nil, answer(r)
	})
	if err != nil {
		return err
	}
	shown, err := s.showDataRequest(d)
	if err != nil {
		return err
	}
	return rest.OK(c, d, shown)
}

// newAnswer returns what an answer does to a request.
func (s *Service) newAnswer(d document.Document[dataRequest], in tenancyapi.DataRequestAnswer, by string) (func(*dataRequest) error, error) {
	reason, now := given(in.Reason), s.now()
	switch in.Outcome {
	case "done":
		if d.Body.Kind == requestErasure && d.Body.Waiting {
			return nil, failure.Invalid("outcome", "refused; a person who is erased is answered by that")
		}
		return func(r *dataRequest) error { return r.answered(by, now) }, nil
	case "refused":
		if err := failure.Together(text("reason", reason, maxAsked)); err != nil {
			return nil, err
		}
		sealed, err := s.profiles.sealText(d.Body.PersonID, reason, boundRequest(d.Tenant, d.ID, "reason"))
		return func(r *dataRequest) error { return r.refused(by, sealed, now) }, err
	}
	return nil, failure.Invalid("outcome", "done or refused")
}

// answerErased answers whatever a person of the context's tenant has asked, by whoever had them erased: with the person it
// is gone what it was.
func (s *Service) answerErased(ctx context.Context, personID, erasure string) error {
	asked, err := collect(s.waiting(ctx, personID))
	if err != nil || len(asked) == 0 {
		return err
	}
	begun, err := s.store.dataRequests.Get(ctx, erasure)
	if err != nil {
		return err
	}
	for _, d := range asked {
		_, err := s.store.dataRequests.Update(ctx, d.ID, func(r *dataRequest) ([]events.Event, error) {
			return nil, r.answered(begun.Body.AskedBy, s.now())
		})
		if err != nil && failure.CodeOf(err) != failure.DataRequestAnswered {
			return err
		}
	}
	return nil
}
