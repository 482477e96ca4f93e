package reporting

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// shelf is a collection of releases with the resource that the policy knows them as.
type shelf struct {
	releases *document.Collection[stored]
	resource string
}

// The resources: a school's releases, and a municipality's.
const (
	schoolRelease = "release"
	commonRelease = "common_release"
)

func (s *Service) ofSchool() shelf { return shelf{s.store.releases, schoolRelease} }

// ofMunicipality is empty at a school, whose own staff may ask there and find nothing.
func (s *Service) ofMunicipality() shelf { return shelf{s.store.commonReleases, commonRelease} }

// asks asks the policy about a shelf's releases. Of a municipality's it is told whether somebody works at one of the schools,
// which their roles there do not say by themselves.
func (s *Service) asks(ctx context.Context, action string, at shelf, attributes map[string]any) error {
	if at.resource == commonRelease {
		below, err := s.worksBelow(ctx)
		if err != nil {
			return err
		}
		attributes["staff_below"] = below
	}
	return s.decide(ctx, at.resource+"."+action, at.resource, attributes)
}

// worksBelow tells whether the context's subject is among the staff of an organisation directly beneath the context's tenant.
func (s *Service) worksBelow(ctx context.Context) (bool, error) {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return false, err
	}
	owner, err := tenant.From(ctx)
	if err != nil {
		return false, err
	}
	staff := []string{access.Employee, access.Leader, access.UnionRepresentative, access.SafetyRepresentative}
	for _, a := range subject.Assignments {
		if !slices.Contains(staff, a.Role) {
			continue
		}
		place, err := s.directory.Organisation(ctx, a.Scope)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			continue
		}
		if err != nil || place.Parent == owner {
			return err == nil, err
		}
	}
	return false, nil
}

func (s *Service) mayRead(ctx context.Context, at shelf, visibleTo string) error {
	return s.asks(ctx, "read", at, map[string]any{"visible_to": visibleTo})
}

func (s *Service) listReleases(c *gin.Context) error       { return s.list(c, s.ofSchool()) }
func (s *Service) listCommonReleases(c *gin.Context) error { return s.list(c, s.ofMunicipality()) }

func (s *Service) list(c *gin.Context, at shelf) error {
	ctx := c.Request.Context()
	if err := s.asks(ctx, "list", at, map[string]any{}); err != nil {
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
	page, err := at.releases.Find(ctx, q)
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
			may[stage] = s.mayRead(ctx, at, stage)
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
func (s *Service) readable(c *gin.Context, at shelf) (stored, error) {
	ctx := c.Request.Context()
	if err := s.mayRead(ctx, at, toAll); err != nil { // whoever may never read any learns not even which there are
		return stored{}, err
	}
	kept, err := at.releases.Get(ctx, c.Param("release_id"))
	if err != nil {
		return stored{}, err
	}
	err = s.mayRead(ctx, at, kept.Body.visibleTo(s.now()))
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
	kept, err := s.readable(c, s.ofSchool())
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

func (s *Service) getSignedRelease(c *gin.Context) error { return s.getSigned(c, s.ofSchool()) }
func (s *Service) getCommonRelease(c *gin.Context) error { return s.getSigned(c, s.ofMunicipality()) }

// getSigned hands out a release with its signature, to those who may read the release.
func (s *Service) getSigned(c *gin.Context, at shelf) error {
	kept, err := s.readable(c, at)
	if err != nil {
		return err
	}
	text, err := kept.signed().bytes()
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "private, no-cache")
	c.Data(http.StatusOK, "application/json; charset=utf-8", text)
	return nil
}
