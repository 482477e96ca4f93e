package reporting

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
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
	g.GET("/releases", host.Handle(s.listReleases))
	g.GET("/releases/:release_id", host.Handle(s.getRelease))
	g.GET("/releases/:release_id/signed", host.Handle(s.getSignedRelease))
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

func (s *Service) mayRead(ctx context.Context, visibleTo string) error {
	return s.decide(ctx, "release.read", "release", map[string]any{"visible_to": visibleTo})
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

func (s *Service) listReleases(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "release.list", "release", nil); err != nil {
		return err
	}
	q := document.Query{Index: byClosing, Descending: true}
	if round := c.Query("round_id"); round != "" {
		q = document.Query{Index: byRound, Equal: []any{round}}
	}
	var err error
	if q.Cursor, q.Limit, err = rest.Page(c); err != nil {
		return err
	}
	page, err := s.store.releases.Find(ctx, q)
	if err != nil {
		return err
	}
	list := api.ReleaseList{Items: []api.ReleaseSummary{}}
	if page.Next != "" {
		list.NextCursor = &page.Next
	}
	may := map[string]error{} // one decision for each stage, not for each release
	for _, kept := range page.Items {
		stage := kept.Body.visibleTo(s.now())
		if _, asked := may[stage]; !asked {
			may[stage] = s.mayRead(ctx, stage)
		}
		switch code := failure.CodeOf(may[stage]); code {
		case "":
		case failure.AccessDenied:
			continue
		default:
			return may[stage]
		}
		release, err := kept.Body.release()
		if err != nil {
			return err
		}
		list.Items = append(list.Items, api.ReleaseSummary{
			ReleaseID: kept.ID, ContentHash: kept.Body.ContentHash, SigningKey: kept.Body.SigningKey, Signature: kept.Body.Signature, Round: release.Round, Shown: release.Shown,
			VisibleToRepresentativesFrom: release.VisibleToRepresentativesFrom, VisibleToAllOn: release.VisibleToAllOn,
		})
	}
	c.Header("Cache-Control", "private, no-cache")
	c.JSON(http.StatusOK, list)
	return nil
}

// readable returns the release in the path if the caller may have it now.
func (s *Service) readable(c *gin.Context) (stored, error) {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "release.list", "release", nil); err != nil {
		return stored{}, err
	}
	kept, err := s.store.releases.Get(ctx, c.Param("release_id"))
	if err != nil {
		return stored{}, err
	}
	err = s.mayRead(ctx, kept.Body.visibleTo(s.now()))
	if failure.CodeOf(err) == failure.AccessDenied {
		err = failure.New(failure.ReleaseNotVisibleYet).Wanting("all staff from " + string(kept.Body.VisibleToAllOn))
	}
	return kept.Body, err
}

// signatureHeader carries the signature beside the release itself, whose every byte is what the signature is of.
const signatureHeader = "Guldkorn-Signature"

// getRelease hands out the text as it was stored. Whether the caller has it already is asked after whether the caller
// may have it.
func (s *Service) getRelease(c *gin.Context) error {
	kept, err := s.readable(c)
	if err != nil {
		return err
	}
	etag := `"` + kept.ContentHash + `"`
	c.Header("ETag", etag)
	c.Header(signatureHeader, kept.Signature)
	c.Header("Cache-Control", "private, no-cache")
	if matches(c.GetHeader("If-None-Match"), etag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	c.Data(http.StatusOK, "application/json; charset=utf-8", kept.Content)
	return nil
}

// matches compares as RFC 9110 has it for If-None-Match (section 13.1.2): any of a list, weak tags too, or a star.
func matches(header, etag string) bool {
	for tag := range strings.SplitSeq(header, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
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
