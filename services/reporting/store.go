package reporting

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/disclosure"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/projection"
)

// stored is a release as it is kept: its text, and beside it what lists are made of.
type stored struct {
	RoundID        string    `bson:"round_id"`
	Series         string    `bson:"series"`
	TechnologyID   string    `bson:"technology_id"`
	ClosedAt       time.Time `bson:"closed_at"`
	ContentHash    string    `bson:"content_hash"`
	VisibleFrom    time.Time `bson:"visible_from"` // for leader, TR and AMR
	VisibleToAllOn Date      `bson:"visible_to_all_on"`
	Shown          bool      `bson:"shown"`
	Content        []byte    `bson:"content"`     // canonical JSON; never changed
	SigningKey     string    `bson:"signing_key"` // the public key, base64url; see signature.go
	Signature      string    `bson:"signature"`   // of the content hash, base64url
}

// release reads the text.
func (s stored) release() (api.Release, error) {
	var r api.Release
	err := json.Unmarshal(s.Content, &r)
	return r, err
}

// published is what the others are told of the release.
func (s stored) published(id string) events.Event {
	return events.ReleasePublished{
		ReleaseID: id, RoundID: s.RoundID, ContentHash: s.ContentHash,
		VisibleToRepresentativesFrom: s.VisibleFrom, VisibleToAllOn: string(s.VisibleToAllOn), Shown: s.Shown,
	}
}

type collections struct {
	rounds   *document.Collection[Round]
	releases *document.Collection[stored]
	openings *document.Collection[opening]
	// Of a municipality: frames of rounds at its schools, what they wait for, and the releases that came of them.
	commons        *document.Collection[commonRound]
	parts          *document.Collection[commonPart]
	commonReleases *document.Collection[stored]
	follow         *document.Collection[followThrough]
	institutions   *document.Collection[institution]
	writings       *document.Collection[writing]
	supplements    *document.Collection[supplement]
}

// The indexes, by name.
const (
	byID          = "by_id"
	byRound       = "by_round"       // one release for each round
	byClosing     = "by_closing"     // lists
	bySeries      = "by_series"      // the earlier release
	byMatter      = "by_matter"      // the near ones
	byOperator    = "by_operator"    // across tenants: the schools of an operator
	byCounted     = "by_counted"     // across tenants: institutions for the benchmark
	byCommon      = "by_common"      // what schools hand on to a frame
	byPending     = "by_pending"     // across tenants: frames without a release
	byDestruction = "by_destruction" // across tenants: texts by when they go
	byRelease     = "by_release"     // the one supplement of a release
)

// releasesOf is the schema of a collection of releases.
func releasesOf(name string) document.Schema {
	return document.Schema{Name: name, Indexes: []document.Index{
		{Name: byRound, Fields: []string{"round_id"}, Unique: true},
		{Name: byClosing, Fields: []string{"closed_at"}},
		{Name: bySeries, Fields: []string{"series", "closed_at"}},
		{Name: byMatter, Fields: []string{"technology_id", "closed_at"}},
		projection.Everything,
	}}
}

var releaseSchema = releasesOf("releases")

func openCollections(ctx context.Context, s *document.Store) (c collections, err error) {
	if c.rounds, err = document.Open[Round](ctx, s, document.Schema{Name: "rounds", Indexes: []document.Index{{Name: byID}}}); err != nil {
		return c, err
	}
	if c.releases, err = document.Open[stored](ctx, s, releaseSchema); err != nil {
		return c, err
	}
	if c.openings, err = document.Open[opening](ctx, s, document.Schema{Name: "openings"}); err != nil {
		return c, err
	}
	if c.commons, err = document.Open[commonRound](ctx, s, document.Schema{Name: "common_rounds", Indexes: []document.Index{
		{Name: byID}, {Name: byPending, Fields: []string{"pending", "closes_on"}, Across: true},
	}}); err != nil {
		return c, err
	}
	if c.parts, err = document.Open[commonPart](ctx, s, document.Schema{Name: "common_parts", Indexes: []document.Index{
		{Name: byCommon, Fields: []string{"common_round_id"}},
	}}); err != nil {
		return c, err
	}
	if c.commonReleases, err = document.Open[stored](ctx, s, releasesOf("common_releases")); err != nil {
		return c, err
	}
	if c.follow, err = document.Open[followThrough](ctx, s, document.Schema{Name: "projection_follow_through", Indexes: []document.Index{
		{Name: byOperator, Fields: []string{"operator"}, Across: true},
	}}); err != nil {
		return c, err
	}
	if c.writings, err = document.Open[writing](ctx, s, document.Schema{Name: "writings", Indexes: []document.Index{
		{Name: byID},
		{Name: byDestruction, Fields: []string{"destroyed", "destroy_at"}, Across: true},
	}}); err != nil {
		return c, err
	}
	if c.supplements, err = document.Open[supplement](ctx, s, document.Schema{Name: "supplements", Indexes: []document.Index{
		{Name: byRelease, Fields: []string{"release_id"}, Unique: true},
	}}); err != nil {
		return c, err
	}
	c.institutions, err = document.Open[institution](ctx, s, document.Schema{Name: "projection_institutions", Indexes: []document.Index{
		{Name: byCounted, Fields: []string{"counted", "operator"}, Across: true},
	}})
	return c, err
}

// newStored is a release as it is kept. Its signature, and what lists are made of besides, is still to come.
func newStored(r api.Release) (stored, error) {
	content, err := canonical(r)
	return stored{
		ContentHash: contentHash(content), Content: content, Shown: r.Shown,
		VisibleFrom: r.VisibleToRepresentativesFrom, VisibleToAllOn: Date(r.VisibleToAllOn),
	}, err
}

// releaseOf returns the release of a round of the context's tenant, if there is one.
func (c collections) releaseOf(ctx context.Context, roundID string) (document.Document[stored], bool, error) {
	return releaseIn(ctx, c.releases, roundID)
}

func releaseIn(ctx context.Context, releases *document.Collection[stored], roundID string) (document.Document[stored], bool, error) {
	page, err := releases.Find(ctx, document.Query{Index: byRound, Equal: []any{roundID}, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return document.Document[stored]{}, false, err
	}
	return page.Items[0], true, nil
}

// comparable returns the release that change is told against: that of the round before, if a round names one, or else the
// latest of its series. A round before that was made by another method or asked something else is no measure.
func (c collections) comparable(ctx context.Context, round Round, closedAt time.Time) (*Earlier, error) {
	if round.BeforeRoundID == "" {
		return c.earlier(ctx, round.series(), closedAt)
	}
	found, exists, err := c.releaseOf(ctx, round.BeforeRoundID)
	if err != nil || !exists || found.Body.Series != round.series() {
		return nil, err
	}
	before, err := found.Body.earlier(found.ID)
	if before != nil {
		before.Pair = true
	}
	return before, err
}

// earlier returns the latest release of a series that closed before a moment, nil if there is none. A release made
// by another method is no measure for this one.
func (c collections) earlier(ctx context.Context, series string, closedAt time.Time) (*Earlier, error) {
	page, err := c.releases.Find(ctx, document.Query{Index: bySeries, Equal: []any{series}, To: closedAt, Descending: true, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	return page.Items[0].Body.earlier(page.Items[0].ID)
}

// earlier is a release as one to tell change against, nil if it was made by another method.
func (s stored) earlier(id string) (*Earlier, error) {
	release, err := s.release()
	if err != nil {
		return nil, fmt.Errorf("release %s: %w", id, err)
	}
	if release.Method.Version != methodVersion {
		return nil, nil
	}
	return &Earlier{ID: id, Release: release}, nil
}

// near returns the releases about a technology that closed within disclosure.Near of a moment.
func near(ctx context.Context, releases *document.Collection[stored], technologyID string, closedAt time.Time) ([]api.Release, error) {
	var all []api.Release
	for found, err := range releases.All(ctx, document.Query{
		Index: byMatter, Equal: []any{technologyID}, From: closedAt.Add(-disclosure.Near), To: closedAt.Add(disclosure.Near),
	}) {
		if err != nil {
			return nil, err
		}
		release, err := found.Body.release()
		if err != nil {
			return nil, fmt.Errorf("release %s: %w", found.ID, err)
		}
		all = append(all, release)
	}
	return all, nil
}
