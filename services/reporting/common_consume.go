package reporting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// commonKey names the key under which schools' sums wait for the release of a frame of the context's tenant.
func commonKey(ctx context.Context, id string) (string, error) {
	name, err := keyName(ctx, id)
	return "common-" + name, err
}

// commonRoundFramed keeps a municipality's frame.
func (s *Service) commonRoundFramed(ctx context.Context, _ events.Envelope, e events.CommonRoundFramed) error {
	_, err := s.store.commons.Insert(ctx, e.CommonRoundID, newCommonRound(e))
	if failure.CodeOf(err) == failure.DocumentExists {
		return nil
	}
	return err
}

// operatorContext is the tenant that the context's school belongs to.
func (s *Service) operatorContext(ctx context.Context) (context.Context, error) {
	operator, err := s.operator(ctx)
	return tenant.With(ctx, tenant.ID(operator)), err
}

// waitFor notes that the municipality's release waits for a school's. It is done before the round is kept, so that a
// round that is known is waited for.
func (s *Service) waitFor(ctx context.Context, e events.RoundAnnounced) error {
	if e.CommonRoundID == "" {
		return nil
	}
	school, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	above, err := s.operatorContext(ctx)
	if err != nil {
		return err
	}
	_, err = s.store.parts.Insert(above, e.RoundID, commonPart{CommonRoundID: e.CommonRoundID, School: school})
	if failure.CodeOf(err) == failure.DocumentExists {
		return nil
	}
	return err
}

// handOn keeps a school's sums for its municipality's release, if that is still to come. It is done before the school's
// release is stored: afterwards there are no answers to add up.
func (s *Service) handOn(ctx context.Context, m Material) error {
	if m.Round.CommonRoundID == "" {
		return nil
	}
	above, err := s.operatorContext(ctx)
	if err != nil {
		return err
	}
	frame, err := s.store.commons.Get(above, m.Round.CommonRoundID)
	if failure.CodeOf(err) == failure.DocumentNotFound || err == nil && !frame.Body.Pending {
		return nil
	}
	if err != nil {
		return err
	}
	sums, err := m.schoolSums()
	if err != nil {
		return failure.Permanent(err)
	}
	plain, err := json.Marshal(sums)
	if err != nil {
		return failure.Permanent(err)
	}
	name, err := commonKey(above, m.Round.CommonRoundID)
	if err != nil {
		return failure.Permanent(err)
	}
	sealed, err := s.deps.Keys.Seal(name, plain, boundTo(m.Tenant, m.Round.RoundID))
	if err != nil {
		return err
	}
	_, err = s.store.parts.Update(above, m.Round.RoundID, func(p *commonPart) ([]events.Event, error) {
		p.Sums = sealed
		return nil, nil
	})
	return err
}

func boundTo(school tenant.ID, roundID string) []byte {
	return []byte("guldkorn school sums v1\n" + string(school) + "\n" + roundID)
}

// handedOn marks a school's part as released and has the municipality's release looked at. A part that came too late is
// forgotten.
func (s *Service) handedOn(ctx context.Context, kept document.Document[stored]) error {
	round, err := s.store.rounds.Get(ctx, kept.Body.RoundID)
	if err != nil || round.Body.CommonRoundID == "" {
		return err
	}
	above, err := s.operatorContext(ctx)
	if err != nil {
		return err
	}
	_, err = s.store.parts.Update(above, round.ID, func(p *commonPart) ([]events.Event, error) {
		p.Released, p.ReleaseID = true, kept.ID
		return nil, nil
	})
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	frame, err := s.store.commons.Get(above, round.Body.CommonRoundID)
	if err == nil && !frame.Body.Pending {
		return s.forgetSums(above, frame.ID)
	}
	if failure.CodeOf(err) == failure.DocumentNotFound { // of before there were municipalities' releases
		err = nil
	}
	s.hurry()
	return err
}

// commonSweep is how often the frames are looked at whose last day has passed. A release of a school has them looked at
// besides.
const commonSweep = time.Minute

// makeCommonReleases makes the municipalities' releases that are due, until ctx ends.
func (s *Service) makeCommonReleases(ctx context.Context) error {
	ctx = access.WithSubject(ctx, s.deps.Identity())
	tick := time.NewTicker(commonSweep)
	defer tick.Stop()
	for {
		if err := s.releaseDue(ctx); err != nil && ctx.Err() == nil {
			s.deps.Logger.LogAttrs(ctx, slog.LevelWarn, "municipalities' releases are made later", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// hurry wakes makeCommonReleases.
func (s *Service) hurry() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// ownWork guards reads across municipalities: they are for reporting's own work in the background, never for a caller.
func (s *Service) ownWork(ctx context.Context) error {
	subject, err := access.SubjectFrom(ctx)
	if err == nil && subject.Service != Name {
		err = failure.New(failure.AccessDenied)
	}
	return err
}

// releaseDue looks at the frames whose last day has passed.
func (s *Service) releaseDue(ctx context.Context) error {
	var due []document.Document[commonRound]
	for frame, err := range s.pending.All(ctx, document.Query{Index: byPending, Equal: []any{true}, To: string(dateOf(s.now()))}) {
		if err != nil {
			return err
		}
		due = append(due, frame)
	}
	var failed error
	for _, frame := range due {
		if err := s.releaseCommon(tenant.With(ctx, frame.Tenant), frame); err != nil {
			failed = errors.Join(failed, fmt.Errorf("common round %s of %s: %w", frame.ID, frame.Tenant, err))
		}
	}
	return failed
}

// sumsFor is how long after the day on which all staff see the result a municipality's release is tried, if it cannot be
// made. It is as long as raw answers are ever kept.
const sumsFor = 30 * 24 * time.Hour

// releaseCommon makes a municipality's release when every school that took part has its own, or when the day has come on which
// all staff are to see it. However often it is tried, and wherever it was cut off, there is one.
func (s *Service) releaseCommon(ctx context.Context, frame document.Document[commonRound]) error {
	_, exists, err := releaseIn(ctx, s.store.commonReleases, frame.ID)
	if err != nil {
		return err
	}
	if !exists {
		var parts []document.Document[commonPart]
		for part, err := range s.store.parts.All(ctx, document.Query{Index: byCommon, Equal: []any{frame.ID}}) {
			if err != nil {
				return err
			}
			switch {
			case len(part.Body.Sums) > 0 && part.Body.Released:
				parts = append(parts, part)
			case dateOf(s.now()) < frame.Body.VisibleToAllOn:
				return nil // a school is still at it
			}
		}
		if len(parts) > 0 {
			err = s.makeCommon(ctx, frame, parts)
		}
		if err != nil && dateOf(s.now().Add(-sumsFor)) < frame.Body.VisibleToAllOn {
			return err
		}
	}
	// First what schools handed on is gone, then the frame is done with: whoever is cut off between the two begins again.
	if gone := s.forgetSums(ctx, frame.ID); gone != nil {
		return errors.Join(err, gone)
	}
	_, done := s.store.commons.Update(ctx, frame.ID, func(c *commonRound) ([]events.Event, error) {
		c.Pending = false
		return nil, nil
	})
	return errors.Join(err, done)
}

// makeCommon computes and stores a municipality's release.
func (s *Service) makeCommon(ctx context.Context, frame document.Document[commonRound], parts []document.Document[commonPart]) error {
	municipality, err := s.directory.Organisation(ctx, frame.Tenant)
	if err != nil {
		return err
	}
	m := CommonMaterial{Tenant: frame.Tenant, Name: municipality.Name, RoundID: frame.ID, Round: frame.Body, MadeAt: s.now()}
	for _, part := range parts {
		school, err := s.commonSchool(ctx, part)
		if err != nil {
			return fmt.Errorf("school %s: %w", part.Body.School, err)
		}
		m.Schools, m.Asked = append(m.Schools, school), school.Round.Instrument
	}
	if m.Near, err = near(ctx, s.store.commonReleases, "", m.MadeAt); err != nil {
		return err
	}
	release, err := NewCommonRelease(m)
	if err != nil {
		return err
	}
	body, err := newStored(release)
	if err != nil {
		return err
	}
	body.RoundID, body.ClosedAt = frame.ID, m.MadeAt
	body.sign(s.signing)
	kept, err := s.store.commonReleases.Insert(ctx, releaseID(body.ContentHash), body)
	if failure.CodeOf(err) == failure.DocumentExists { // another process was faster
		return nil
	}
	if err == nil {
		s.deps.Logger.InfoContext(ctx, "common release stored", "common_round", frame.ID, "release", kept.ID, "schools", len(parts))
	}
	return err
}

// commonSchool reads what a school handed on, and its release.
func (s *Service) commonSchool(ctx context.Context, part document.Document[commonPart]) (school commonSchool, err error) {
	name, err := commonKey(ctx, part.Body.CommonRoundID)
	if err != nil {
		return school, err
	}
	plain, err := s.deps.Keys.Open(name, part.Body.Sums, boundTo(part.Body.School, part.ID))
	if err != nil {
		return school, err
	}
	if err := json.Unmarshal(plain, &school.Sums); err != nil {
		return school, err
	}
	below := tenant.With(ctx, part.Body.School)
	round, err := s.store.rounds.Get(below, part.ID)
	if err != nil {
		return school, err
	}
	kept, err := s.store.releases.Get(below, part.Body.ReleaseID)
	if err != nil {
		return school, err
	}
	school.Round = round.Body
	school.Release, err = kept.Body.release()
	return school, err
}

// forgetSums destroys what schools handed on.
func (s *Service) forgetSums(ctx context.Context, id string) error {
	name, err := commonKey(ctx, id)
	if err != nil {
		return err
	}
	if err := s.deps.Keys.Destroy(name); err != nil {
		return err
	}
	var parts []string
	for part, err := range s.store.parts.All(ctx, document.Query{Index: byCommon, Equal: []any{id}}) {
		if err != nil {
			return err
		}
		parts = append(parts, part.ID)
	}
	for _, part := range parts {
		if err := s.erasePart(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// erasePart removes what a school handed on. It may be gone already.
func (s *Service) erasePart(ctx context.Context, id string) error {
	err := s.store.parts.Erase(ctx, id)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil
	}
	return err
}
