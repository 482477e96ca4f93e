package reporting

import (
	"context"
	"net/http"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/projection"
	"github.com/guldkorn/guldkorn/libs/sealed"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) routes(engine *gin.Engine) {
	engine.GET("/v1/release-signing-key", host.Handle(s.getSigningKey))
	v1 := engine.Group("/v1", host.Authenticate(s.deps.Verify, s.directory.Assignments))
	v1.GET("/snapshots/releases", host.Handle(s.getSnapshot))

	g := v1.Group("/tenants/:tenant_id", host.Tenant())
	g.PUT("/rounds/:round_id/release-key", host.Handle(s.ensureReleaseKey))
	g.GET("/rounds/:round_id/opening", host.Handle(s.getOpening))
	g.GET("/releases", host.Handle(s.listReleases))
	g.GET("/releases/:release_id", host.Handle(s.getRelease))
	g.GET("/releases/:release_id/signed", host.Handle(s.getSignedRelease))
	g.GET("/common-releases", host.Handle(s.listCommonReleases))
	g.GET("/common-releases/:release_id", host.Handle(s.getCommonRelease))
	s.wordRoutes(g)
	g.GET("/follow-through", host.Handle(s.getFollowThrough))
	g.GET("/benchmark", host.Handle(s.getBenchmark))
}

// decide asks the policy whether the context's subject may take an action in the context's tenant.
func (s *Service) decide(ctx context.Context, action, resource string, attributes map[string]any) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	owner, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	r := access.Resource{Type: resource, Tenant: owner, Attributes: attributes}
	if subject.Service == "" { // a service's permissions have nothing to do with where
		if r.Path, err = s.directory.Path(ctx, owner); err != nil {
			return err
		}
	}
	return s.authorizer.Decide(ctx, subject, action, r)
}

// roundPattern is what a round's id can be; it becomes part of a key's name.
var roundPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{7,63}$`)

// keyName names the release key of a round of the context's tenant.
func keyName(ctx context.Context, roundID string) (string, error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return "", err
	}
	if !roundPattern.MatchString(roundID) {
		return "", failure.Invalid("round_id", "8 to 64 of a-z, 0-9 and -")
	}
	return "release/" + string(owner) + "/" + roundID, nil
}

func (s *Service) ensureReleaseKey(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "release_key.ensure", "release_key", nil); err != nil {
		return err
	}
	roundID := c.Param("round_id")
	name, err := keyName(ctx, roundID)
	if err != nil {
		return err
	}
	if _, exists, err := s.store.releaseOf(ctx, roundID); err != nil {
		return err
	} else if exists {
		return failure.New(failure.ReleaseKeyDestroyed)
	}
	private, err := s.deps.Keys.Ensure(name, sealed.NewKey)
	if err != nil {
		return err
	}
	public, err := sealed.PublicKey(private)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, api.ReleaseKey{PublicKey: public})
	return nil
}

// Whom a release is visible to.
const (
	toNobody          = "nobody"
	toRepresentatives = "representatives"
	toAll             = "all"
)

// visibleTo returns whom a release is visible to now. Both moments were fixed with it.
func (r stored) visibleTo(now time.Time) string {
	switch {
	case now.Before(r.VisibleFrom):
		return toNobody
	case dateOf(now) < r.VisibleToAllOn:
		return toRepresentatives
	default:
		return toAll
	}
}

// getSnapshot tells services that keep a list of releases which there are; see package projection. It holds what the
// event holds: no figure.
func (s *Service) getSnapshot(c *gin.Context) error {
	return projection.Snapshot(c, Name, s.published, func(d document.Document[stored]) events.Event { return d.Body.published(d.ID) })
}

// mayCopy guards reads across tenants for services that keep a copy.
func (s *Service) mayCopy(ctx context.Context) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	return s.authorizer.Decide(ctx, subject, "snapshot.read", access.Resource{Type: "snapshot"})
}

// mayFollow guards reads across the schools of the context's tenant, which is their operator.
func (s *Service) mayFollow(ctx context.Context) error {
	return s.decide(ctx, "follow_through.read", "follow_through", nil)
}

func (s *Service) getFollowThrough(c *gin.Context) error {
	ctx := c.Request.Context()
	operator, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	known := map[tenant.ID]followThrough{}
	for found, err := range s.follow.All(ctx, document.Query{Index: byOperator, Equal: []any{string(operator)}}) {
		if err != nil {
			return err
		}
		known[found.Tenant] = found.Body
	}
	schools, err := s.directory.Children(ctx, operator)
	if err != nil {
		return err
	}
	today := dateOf(s.now())
	answer := api.FollowThrough{AsOf: string(today), Items: []api.FollowThroughSchool{}}
	for _, school := range schools {
		if school.Kind != "school" {
			continue
		}
		item := known[school.ID].public(today)
		item.OrganisationID, item.Name = string(school.ID), school.Name
		answer.Items = append(answer.Items, item)
	}
	c.Header("Cache-Control", "private, no-cache")
	c.JSON(http.StatusOK, answer)
	return nil
}

// mayCompare guards the count of institutions.
func (s *Service) mayCompare(ctx context.Context) error {
	return s.decide(ctx, "benchmark.read", "benchmark", nil)
}

func (s *Service) getBenchmark(c *gin.Context) error {
	institutions := 0
	operators := map[string]bool{}
	for found, err := range s.institutions.All(c.Request.Context(), document.Query{Index: byCounted, Equal: []any{true}}) {
		if err != nil {
			return err
		}
		institutions++
		operators[found.Body.Operator] = true
		if institutions >= wantInstitutions && len(operators) >= wantMunicipalities {
			break
		}
	}
	c.Header("Cache-Control", "private, no-cache")
	c.JSON(http.StatusOK, benchmarkState(institutions, len(operators)))
	return nil
}
