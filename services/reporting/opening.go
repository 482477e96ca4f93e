package reporting

import (
	"context"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// opening is how far the answers of a closed round are opened, as those who wait for the result see it. It is kept until
// the release is stored.
type opening struct {
	Percent int `bson:"percent"`
}

// A share of few answers would tell how many there are: 33 per cent is one of three. So only a large round shows one, in
// steps of ten.
const (
	openingFrom = 1000
	openingStep = 10
)

// telling returns what notes how far a round is. That is for waiting by only: if it cannot be noted, the release comes all
// the same.
func (s *Service) telling(ctx context.Context, roundID string) func(opened, all int) {
	var mu sync.Mutex
	last := 0
	return func(opened, all int) {
		percent, step := openedPercent(opened, all)
		if !step {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if percent < last {
			return // another core was faster
		}
		last = percent
		if _, err := s.store.openings.Upsert(ctx, roundID, func(o *opening, _ bool) ([]events.Event, error) {
			o.Percent = percent
			return nil, nil
		}); err != nil {
			s.deps.Logger.WarnContext(ctx, "how far a round is opened was not noted", "round", roundID, "error", err.Error())
		}
	}
}

// openedPercent is the share that is shown, and whether the answer just opened has begun another step.
func openedPercent(opened, all int) (percent int, step bool) {
	if all < openingFrom {
		return 0, false
	}
	at := func(n int) int { return n * 100 / all / openingStep * openingStep }
	return at(opened), at(opened) > at(opened-1)
}

// getOpening tells how far the answers of a closed round are opened: 100 when its release is there.
func (s *Service) getOpening(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := s.decide(ctx, "release.list", "release", nil); err != nil {
		return err
	}
	roundID := c.Param("round_id")
	if _, released, err := s.store.releaseOf(ctx, roundID); err != nil {
		return err
	} else if released {
		c.JSON(http.StatusOK, api.Opening{Percent: 100})
		return nil
	}
	if _, err := s.store.rounds.Get(ctx, roundID); err != nil { // not of this school
		return err
	}
	kept, err := s.store.openings.Get(ctx, roundID)
	if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
		return err
	}
	c.JSON(http.StatusOK, api.Opening{Percent: kept.Body.Percent})
	return nil
}
