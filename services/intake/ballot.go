package intake

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	ballotboxapi "github.com/guldkorn/guldkorn/libs/api/ballotbox"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// A command to the ballot box is first written down: the round's status says what is to be done, and unfinished that it
// is not done. Then the ballot box is asked, and its answer recorded. All its commands may be repeated, so a process
// that dies anywhere between is carried on by the next one, which finds the round by its unfinished mark.

// finish takes an unfinished round as far as it can be taken now. A round that is still unfinished without an error
// waits for the ballot box to make its keys. Whoever comes while somebody in this process is at it, a sweep beside a
// command, shares what comes of that, so that nothing is asked for twice.
func (s *Intake) finish(ctx context.Context, id string) (document.Document[Round], error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return document.Document[Round]{}, err
	}
	after, err, _ := s.finishing.Do(string(owner)+"/"+id, func() (any, error) { return s.finishOne(ctx, id) })
	return after.(document.Document[Round]), err
}

func (s *Intake) finishOne(ctx context.Context, id string) (document.Document[Round], error) {
	ctx = access.WithSubject(ctx, s.identity)
	doc, err := s.rounds.Get(ctx, id)
	if err != nil || !doc.Body.Unfinished {
		return doc, err
	}
	switch doc.Body.Status {
	case Announcing:
		return s.finishAnnouncing(ctx, doc)
	case Refused:
		return s.finishRefusing(ctx, id)
	case Announced:
		return s.finishAnnounced(ctx, doc)
	case Opening:
		return s.finishOpening(ctx, doc)
	case Open:
		return s.finishExtending(ctx, doc)
	case Closing:
		return s.finishClosing(ctx, id)
	}
	return doc, fmt.Errorf("round %s is unfinished as %s", id, doc.Body.Status)
}

// finishAnnouncing has reporting make the key that answers are sealed to, then the ballot box its keys.
func (s *Intake) finishAnnouncing(ctx context.Context, doc document.Document[Round]) (document.Document[Round], error) {
	if doc.Body.ReleaseKey == "" {
		var key reportingapi.ReleaseKey
		path := "/v1/tenants/" + string(doc.Tenant) + "/rounds/" + url.PathEscape(doc.ID) + "/release-key"
		if err := s.reporting.Call(ctx, http.MethodPut, path, nil, &key); err != nil {
			return doc, fmt.Errorf("release key of round %s: %w", doc.ID, err)
		}
		var err error
		if doc, err = s.rounds.Update(ctx, doc.ID, func(r *Round) ([]events.Event, error) {
			return nil, r.TakeReleaseKey(key.PublicKey)
		}); err != nil {
			return doc, err
		}
	}
	doc, err := s.markNames(ctx, doc)
	if err != nil {
		return doc, err
	}
	frame, err := s.ballotFrame(doc)
	if err != nil {
		return doc, err
	}
	var answer announcement
	if err := s.ballotBox.Call(ctx, http.MethodPut, ballotPath(doc.ID, ""), frame, &answer); err != nil {
		return doc, fmt.Errorf("announce round %s: %w", doc.ID, err)
	}
	if answer.State == string(ballotboxapi.Preparing) {
		return s.rounds.Update(ctx, doc.ID, func(r *Round) ([]events.Event, error) {
			return nil, r.Prepare(answer.Ready, answer.Wanted)
		})
	}
	if err := answer.check(s.settings.ballotBoxKey, vouchedRound(doc)); err != nil {
		return doc, fmt.Errorf("announce round %s: %w", doc.ID, err)
	}
	return s.rounds.Update(ctx, doc.ID, func(r *Round) ([]events.Event, error) {
		return r.FinishAnnouncing(doc.ID, answer.KeyListHash)
	})
}

// announcement is what the ballot box answers to one: how many of its keys are made, or all of them, signed.
type announcement struct {
	State  string `json:"state"`
	Ready  int    `json:"ready"`
	Wanted int    `json:"wanted"`
	signedKeys
}

// ballotFrame is the round as the ballot box is to know it.
type ballotFrame struct {
	Kind           string                    `json:"kind,omitempty"`
	TokensEach     int                       `json:"tokens_each,omitempty"`
	TenantID       tenant.ID                 `json:"tenant_id"`
	Title          Text                      `json:"title"`
	Instrument     any                       `json:"instrument"`
	TechnologyName string                    `json:"technology_name,omitempty"`
	Units          []ballotboxapi.VotingUnit `json:"units"`
	ReleaseKey     string                    `json:"release_key"`
	RosterHash     string                    `json:"roster_hash"`
	Thresholds     events.Thresholds         `json:"thresholds"`
	Contract       ballotContract            `json:"contract"`
	Names          *NameMarks                `json:"names,omitempty"`
	OpensOn        Date                      `json:"opens_on"`
	ClosesOn       Date                      `json:"closes_on"`
	VisibleToAllOn Date                      `json:"visible_to_all_on,omitempty"`
	PortalURL      string                    `json:"portal_url"`
}

// ballotFrame puts together nothing but what is frozen, so that a repeat is identical. Units without anybody on the
// roster need no key.
func (s *Intake) ballotFrame(doc document.Document[Round]) (ballotFrame, error) {
	r := doc.Body
	instrument, err := s.instruments.Find(r.Instrument, r.InstrumentVersion)
	if err != nil {
		return ballotFrame{}, err
	}
	frame := ballotFrame{
		TenantID: doc.Tenant, Title: Text{DA: r.Title, EN: r.Title},
		Instrument:     r.asks(instrument, r.Frozen.TechnologyName, r.Frozen.Learners),
		TechnologyName: r.Frozen.TechnologyName, ReleaseKey: r.ReleaseKey, RosterHash: r.Frozen.RosterHash, Thresholds: r.Thresholds,
		Contract: r.ballotContract(), Names: r.Names,
		OpensOn: r.OpensOn, ClosesOn: r.ClosesOn, VisibleToAllOn: r.VisibleToAllOn, PortalURL: r.Frozen.PortalURL,
	}
	for _, unit := range r.Frozen.Units {
		if unit.Headcount > 0 {
			frame.Units = append(frame.Units, ballotboxapi.VotingUnit{UnitID: unit.UnitID, Voters: unit.Headcount})
		}
	}
	return frame, nil
}

// tellBallotBox tells what has come to a round since the ballot box was given its frame: who answers on paper, and a stricter
// contract. All of it may be repeated.
func (s *Intake) tellBallotBox(ctx context.Context, doc document.Document[Round]) error {
	if err := s.freezePaper(ctx, doc); err != nil {
		return err
	}
	if !doc.Body.Tightened() {
		return nil
	}
	failpoint.Hit("after-tightening-before-ballot-box")
	return s.showContract(ctx, doc)
}

// finishAnnounced brings the ballot box up to date while the round waits to be opened.
func (s *Intake) finishAnnounced(ctx context.Context, doc document.Document[Round]) (document.Document[Round], error) {
	if err := s.tellBallotBox(ctx, doc); err != nil {
		return doc, err
	}
	return s.rounds.Update(ctx, doc.ID, func(r *Round) ([]events.Event, error) {
		r.FinishTelling(doc.Body.Contract.Hash)
		return nil, nil
	})
}

// finishOpening has the ballot box take answers. Nobody answers under a contract that was tightened without seeing it.
func (s *Intake) finishOpening(ctx context.Context, doc document.Document[Round]) (document.Document[Round], error) {
	id := doc.ID
	if err := s.tellBallotBox(ctx, doc); err != nil {
		return doc, err
	}
	if err := s.ballotBox.Call(ctx, http.MethodPost, ballotPath(id, "/open"), nil, nil); err != nil {
		return document.Document[Round]{}, fmt.Errorf("open round %s: %w", id, err)
	}
	return s.rounds.Update(ctx, id, func(r *Round) ([]events.Event, error) { return r.FinishOpening(id, s.now()) })
}

// finishClosing has the ballot box shuffle what it holds into one batch. Then nobody needs the secret of the roster any
// more: it is destroyed, and only after that is the batch's hash recorded. A round that is closed has no secret left,
// also when its release never comes.
func (s *Intake) finishClosing(ctx context.Context, id string) (document.Document[Round], error) {
	var closed ballotboxapi.ClosedRound
	if err := s.ballotBox.Call(ctx, http.MethodPost, ballotPath(id, "/close"), nil, &closed); err != nil {
		return document.Document[Round]{}, fmt.Errorf("close round %s: %w", id, err)
	}
	if err := s.forget(id); err != nil {
		return document.Document[Round]{}, fmt.Errorf("forget the roster of round %s: %w", id, err)
	}
	failpoint.Hit("after-batch-before-record")
	return s.rounds.Update(ctx, id, func(r *Round) ([]events.Event, error) {
		return r.FinishClosing(id, closed.BatchHash, value(closed.Paper), s.now())
	})
}

func ballotPath(id, command string) string { return "/v1/rounds/" + url.PathEscape(id) + command }

// How often unfinished and due rounds are looked for. A round whose ballot box is still making keys is looked at
// again soon; one whose command fails is left alone longer each time.
const (
	soon     = 250 * time.Millisecond
	sweeping = 20 * time.Second
)

// carryOn finishes what is unfinished and begins what is due, at the start and then whenever it is woken, until ctx
// ends. What a schedule missed, because it fired while the service was away, is found here.
func (s *Intake) carryOn(ctx context.Context) error {
	ctx = access.WithSubject(ctx, s.identity)
	pause := soon
	for {
		left, err := s.sweep(ctx)
		if err != nil && ctx.Err() == nil {
			s.logger.ErrorContext(ctx, "unfinished rounds cannot be looked up", "error", err)
		}
		wait := sweeping
		if left > 0 {
			wait, pause = pause, min(2*pause, sweeping)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-s.wake:
			timer.Stop()
			pause = soon
		case <-timer.C:
		}
	}
}

// hurry wakes carryOn.
func (s *Intake) hurry() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// sweep begins what is due, finishes what it can and returns how many rounds and months are left unfinished.
func (s *Intake) sweep(ctx context.Context) (left int, err error) {
	due, err := s.dueRounds(ctx, s.now())
	if err != nil {
		return 0, err
	}
	for _, doc := range due {
		err := s.begin(tenant.With(ctx, doc.Tenant), doc.ID)
		if err == nil {
			s.hurry() // what opens late may be due to close already
		} else {
			s.logger.WarnContext(ctx, "a due round could not begin", "tenant", doc.Tenant, "round", doc.ID, "error", err)
		}
	}
	if err := s.archiveOld(ctx); err != nil {
		return 0, err
	}
	open, err := s.unfinishedRounds(ctx)
	if err != nil {
		return 0, err
	}
	for _, doc := range open {
		after, err := s.finish(tenant.With(ctx, doc.Tenant), doc.ID)
		if err != nil && ctx.Err() == nil {
			s.logger.WarnContext(ctx, "a round could not be finished, will be tried again",
				"tenant", doc.Tenant, "round", doc.ID, "status", doc.Body.Status, "error", err)
		}
		if err != nil || after.Body.Unfinished {
			left++
		}
	}
	months, err := s.sweepMonths(ctx)
	if err != nil {
		return 0, err
	}
	left += months
	s.unfinished.Set(float64(left))
	return left, nil
}

// begin opens, closes or drops a round of the context's tenant by itself if it is due; finish does the rest.
func (s *Intake) begin(ctx context.Context, id string) error {
	_, err := s.rounds.Update(ctx, id, func(r *Round) ([]events.Event, error) {
		switch now := s.now(); r.Due(now) {
		case Opening:
			return nil, r.Open(now)
		case Closing:
			return nil, r.Close()
		case Refused:
			return nil, r.Refuse(Expired)
		}
		return nil, nil
	})
	return err
}

// schedule has the bus wake the service when the round is to open and to close. It only saves waiting: what is not
// scheduled is found by carryOn.
func (s *Intake) schedule(ctx context.Context, doc document.Document[Round]) {
	envelope, err := events.New(ctx, "intake", doc.ID, doc.Revision, s.now(), events.RoundDue{RoundID: doc.ID})
	if err == nil {
		err = errors.Join(
			s.bus.Schedule(ctx, "open-"+doc.ID, doc.Body.OpensAt, envelope),
			s.bus.Schedule(ctx, "close-"+doc.ID, doc.Body.ClosesAt, envelope),
		)
	}
	if err != nil {
		s.logger.WarnContext(ctx, "a round could not be scheduled", "round", doc.ID, "error", err)
	}
}
