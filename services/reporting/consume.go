package reporting

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/sealed"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Service) onRounds(h bus.Handlers) {
	bus.On(h, s.commonRoundFramed)
	bus.On(h, s.roundAnnounced)
	bus.On(h, s.roundTightened)
	bus.On(h, s.roundExtended)
	bus.On(h, s.roundRefused)
	bus.On(h, s.roundClosed)
}

func (s *Service) onActions(h bus.Handlers) {
	bus.On(h, func(ctx context.Context, envelope events.Envelope, e events.ActionProposed) error {
		return s.actionMoved(ctx, envelope, events.ActionFacts(e), proposed)
	})
	bus.On(h, func(ctx context.Context, envelope events.Envelope, e events.ActionAccepted) error {
		return s.actionMoved(ctx, envelope, events.ActionFacts(e), accepted)
	})
	bus.On(h, func(ctx context.Context, envelope events.Envelope, e events.ActionDone) error {
		return s.actionMoved(ctx, envelope, events.ActionFacts(e), done)
	})
	bus.On(h, func(ctx context.Context, envelope events.Envelope, e events.ActionEffectVerified) error {
		return s.actionMoved(ctx, envelope, events.ActionFacts(e), verified)
	})
	bus.On(h, func(ctx context.Context, envelope events.Envelope, e events.ActionDropped) error {
		return s.actionMoved(ctx, envelope, events.ActionFacts(e), dropped)
	})
}

// organisationDeleted destroys the keys of rounds that came to no release, and what a school has handed on; the directory
// erases the documents after, the school's releases among them. A national figure, once published, is nobody's document here.
func (s *Service) organisationDeleted(ctx context.Context, _ events.Envelope, _ events.OrganisationDeleted) error {
	for round, err := range s.store.rounds.All(ctx, document.Query{Index: byID}) {
		if err != nil {
			return err
		}
		name, err := keyName(ctx, round.ID)
		if err != nil {
			return err
		}
		if err := s.deps.Keys.Destroy(name); err != nil {
			return err
		}
		if round.Body.CommonRoundID == "" {
			continue
		}
		above, err := s.operatorContext(ctx)
		if err != nil {
			return err
		}
		if err := s.erasePart(above, round.ID); err != nil {
			return err
		}
	}
	for frame, err := range s.store.commons.All(ctx, document.Query{Index: byID}) {
		if err != nil {
			return err
		}
		if err := s.forgetSums(ctx, frame.ID); err != nil {
			return err
		}
	}
	for written, err := range s.store.writings.All(ctx, document.Query{Index: byID}) {
		if err != nil {
			return err
		}
		if err := s.deps.Keys.Destroy(textKey(written.Tenant, written.ID)); err != nil {
			return err
		}
	}
	return nil
}

// roundAnnounced keeps the frozen frame and learns what the instrument asks. It happens once: a frame that is there
// stays as it is.
func (s *Service) roundAnnounced(ctx context.Context, _ events.Envelope, e events.RoundAnnounced) error {
	if _, err := s.store.rounds.Get(ctx, e.RoundID); failure.CodeOf(err) != failure.DocumentNotFound {
		return err
	}
	if err := s.checkReleaseKey(ctx, e); err != nil {
		return err
	}
	var instrument Instrument
	path := "/v1/instruments/" + url.PathEscape(e.Instrument) + "/" + strconv.Itoa(e.InstrumentVersion)
	if err := s.deps.Peer("intake").Call(ctx, http.MethodGet, path, nil, &instrument); err != nil {
		return fmt.Errorf("instrument of round %s: %w", e.RoundID, err)
	}
	round, err := newRound(e, instrument)
	if err != nil {
		return failure.Permanent(err)
	}
	if err := s.waitFor(ctx, e); err != nil {
		return err
	}
	_, err = s.store.rounds.Insert(ctx, e.RoundID, round)
	if failure.CodeOf(err) == failure.DocumentExists {
		return nil
	}
	return err
}

// roundTightened raises the thresholds of a round that nobody has answered yet.
func (s *Service) roundTightened(ctx context.Context, envelope events.Envelope, e events.RoundTightened) error {
	_, err := s.store.rounds.Update(ctx, e.RoundID, func(r *Round) ([]events.Event, error) {
		r.tighten(e, envelope.Revision)
		return nil, nil
	})
	return err
}

// roundExtended moves the days of a round.
func (s *Service) roundExtended(ctx context.Context, _ events.Envelope, e events.RoundExtended) error {
	_, err := s.store.rounds.Update(ctx, e.RoundID, func(r *Round) ([]events.Event, error) {
		r.extend(e)
		return nil, nil
	})
	return err // not found is tried again: the announcement is still to come
}

// roundRefused destroys the key of a round that asks nobody.
func (s *Service) roundRefused(ctx context.Context, _ events.Envelope, e events.RoundRefused) error {
	name, err := keyName(ctx, e.RoundID)
	if err != nil {
		return failure.Permanent(err)
	}
	return s.deps.Keys.Destroy(name)
}

// checkReleaseKey refuses a round that was announced with another key than ours: its answers would be for somebody
// else to read.
func (s *Service) checkReleaseKey(ctx context.Context, e events.RoundAnnounced) error {
	name, err := keyName(ctx, e.RoundID)
	if err != nil {
		return err
	}
	private, err := s.deps.Keys.Get(name)
	if err != nil {
		return failure.Permanent(fmt.Errorf("round %s was announced without a release key: %w", e.RoundID, err))
	}
	public, err := sealed.PublicKey(private)
	if err != nil {
		return failure.Permanent(fmt.Errorf("release key of round %s: %w", e.RoundID, err))
	}
	if public != e.ReleaseKey {
		return failure.Permanent(fmt.Errorf("round %s was announced with a foreign release key", e.RoundID))
	}
	return nil
}

// roundClosed makes the release. However often it is told, and wherever it was cut off, there is one release, and
// its event goes out with it.
func (s *Service) roundClosed(ctx context.Context, envelope events.Envelope, e events.RoundClosed) error {
	kept, exists, err := s.store.releaseOf(ctx, e.RoundID)
	if err != nil {
		return err
	}
	if !exists {
		if kept, err = s.release(ctx, envelope.Time, e); err != nil {
			return fmt.Errorf("release round %s: %w", e.RoundID, err)
		}
	}
	return s.settle(ctx, kept)
}

// release pulls the batch and stores what comes of it.
func (s *Service) release(ctx context.Context, closedAt time.Time, e events.RoundClosed) (document.Document[stored], error) {
	var none document.Document[stored]
	round, err := s.store.rounds.Get(ctx, e.RoundID) // not there yet: the announcement is still to come
	if err != nil {
		return none, err
	}
	if e.ClosesOn != "" && string(round.Body.ClosesOn) != e.ClosesOn {
		return none, errors.New("the round was extended, which is still to come")
	}
	if e.ContractHash != "" && round.Body.ContractHash != e.ContractHash {
		return none, errors.New("the contract was tightened, which is still to come")
	}
	name, err := keyName(ctx, e.RoundID)
	if err != nil {
		return none, err
	}
	private, err := s.deps.Keys.Get(name)
	if errors.Is(err, keyring.ErrGone) {
		return none, failure.Permanent(err)
	}
	if err != nil {
		return none, err
	}
	failpoint.Hit("before-batch")
	var raw []byte
	path := "/v1/rounds/" + url.PathEscape(e.RoundID) + "/batch"
	if err := s.deps.Peer("ballotbox").Call(ctx, http.MethodGet, path, nil, &raw); err != nil {
		return none, fmt.Errorf("batch: %w", err)
	}
	if contentHash(raw) != e.BatchHash {
		return none, failure.Permanent(errors.New("the batch is not the one that the round closed with"))
	}
	failpoint.Hit("after-batch-before-record")
	began := time.Now()
	body, refused, err := s.compute(ctx, closedAt, e.Paper, round.Body, private, raw)
	if err != nil {
		return none, err
	}
	id := releaseID(body.ContentHash)
	kept, err := s.store.releases.Insert(ctx, id, body, body.published(id))
	if err != nil {
		return none, err // exists by now: the next try finds it
	}
	s.took.Observe(time.Since(began).Seconds())
	s.refused.Add(float64(refused))
	s.deps.Logger.InfoContext(ctx, "release stored", "round", e.RoundID, "release", kept.ID, "answers_refused", refused)
	return kept, nil
}

// compute is the way from a batch to a release. The answers live in it and nowhere else.
func (s *Service) compute(ctx context.Context, closedAt time.Time, paper string, round Round, private, raw []byte) (stored, int, error) {
	b, err := readBatch(raw, round)
	if err != nil {
		return stored{}, 0, failure.Permanent(err)
	}
	answers, refused, err := b.open(private, round, s.telling(ctx, round.RoundID))
	if err != nil {
		return stored{}, 0, failure.Permanent(err)
	}
	owner, err := tenant.From(ctx)
	if err != nil {
		return stored{}, 0, err
	}
	school, err := s.directory.Organisation(ctx, owner)
	if err != nil {
		return stored{}, 0, fmt.Errorf("school: %w", err)
	}
	earlier, err := s.store.comparable(ctx, round, closedAt)
	if err != nil {
		return stored{}, 0, err
	}
	if err := s.keepWords(ctx, closedAt, round, answers); err != nil {
		return stored{}, 0, err
	}
	others, err := near(ctx, s.store.releases, round.TechnologyID, closedAt)
	if err != nil {
		return stored{}, 0, err
	}
	m := Material{Tenant: owner, School: school.Name, Round: round, ClosedAt: closedAt, Answers: answers, Paper: paper, Earlier: earlier, Near: others}
	release, err := NewRelease(m)
	if err != nil {
		return stored{}, 0, failure.Permanent(err)
	}
	if err := s.handOn(ctx, m); err != nil {
		return stored{}, 0, err
	}
	body, err := newStored(release)
	if err != nil {
		return stored{}, 0, failure.Permanent(err)
	}
	body.RoundID, body.Series, body.TechnologyID, body.ClosedAt = round.RoundID, round.series(), round.TechnologyID, closedAt
	body.sign(s.signing)
	return body, refused, nil
}

// settle does what follows from a stored release: the round's key is destroyed, and the projections count it.
func (s *Service) settle(ctx context.Context, kept document.Document[stored]) error {
	name, err := keyName(ctx, kept.Body.RoundID)
	if err != nil {
		return err
	}
	if err := s.store.openings.Erase(ctx, kept.Body.RoundID); err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
		return err
	}
	failpoint.Hit("after-record-before-key")
	if err := s.deps.Keys.Destroy(name); err != nil {
		return err
	}
	failpoint.Hit("after-key-before-projections")
	if err := s.handedOn(ctx, kept); err != nil {
		return err
	}
	owner, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	school, err := s.directory.Organisation(ctx, owner)
	if err != nil {
		return err
	}
	operator := string(school.Parent)
	if _, err := s.store.follow.Upsert(ctx, followThroughID, func(f *followThrough, _ bool) ([]events.Event, error) {
		f.learnRelease(operator, kept.Body.RoundID, kept.CreatedAt)
		return nil, nil
	}); err != nil || !kept.Body.Shown || school.InstitutionType == leadersGroup {
		return err
	}
	_, err = s.store.institutions.Upsert(ctx, institutionID, func(i *institution, _ bool) ([]events.Event, error) {
		*i = institution{Operator: operator, Counted: true}
		return nil, nil
	})
	return err
}

func (s *Service) actionMoved(ctx context.Context, envelope events.Envelope, facts events.ActionFacts, reached status) error {
	operator, err := s.operator(ctx)
	if err != nil {
		return err
	}
	_, err = s.store.follow.Upsert(ctx, followThroughID, func(f *followThrough, _ bool) ([]events.Event, error) {
		f.learn(operator, envelope, facts, reached)
		return nil, nil
	})
	return err
}

// operator returns whom the context's school belongs to. Not known yet is an error that passes with time.
func (s *Service) operator(ctx context.Context) (string, error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return "", err
	}
	school, err := s.directory.Organisation(ctx, owner)
	if err != nil {
		return "", fmt.Errorf("operator of %s: %w", owner, err)
	}
	return string(school.Parent), nil
}
