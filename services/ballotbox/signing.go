package ballotbox

import (
	"context"
	"crypto/sha256"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// sign gives the person of a ticket a blind signature: the only one of a round, one of three of a month. The same request gets the same signature
// again, so that an answer that was lost on the way costs nobody their vote; a request too many is refused.
func (b *Box) sign(ctx context.Context, roundID, ticketText, blindedText string) ([]byte, error) {
	r, err := b.round(ctx, roundID)
	if err != nil {
		return nil, err
	}
	now := r.now()
	if err := now.maySign(); err != nil {
		return nil, err
	}
	claims, err := b.tickets.read(ticketText, roundID, now.listHash)
	if err != nil {
		return nil, err
	}
	unit, ok := now.units[claims.Unit]
	if !ok {
		return nil, failure.New(failure.BallotTicketInvalid)
	}
	blinded, err := ballot.Decode64(blindedText, ballot.TokenSize)
	if err != nil {
		return nil, failure.Invalid("blinded_message", "384 bytes in base64url")
	}
	request := sha256.Sum256(blinded)
	t := token{person: person(roundID, claims.Pseudonym), unit: unit, request: request[:]}
	most := now.tokensOf(unit)

	signature, err := r.find(t, most)
	if err != nil || signature != nil {
		return signature, err
	}
	signer, err := r.signer(ctx, unit, b.keys)
	if err != nil {
		return nil, err
	}
	failpoint.Hit("before-signing")
	if t.signature, err = b.signers.sign(ctx, signer, blinded); err != nil {
		return nil, err
	}
	failpoint.Hit("after-signing-before-write")
	if signature, err = r.issue(t, most); err != nil {
		return nil, err
	}
	failpoint.Hit("after-signing-before-reply")
	return signature, nil
}

// find and issue look into the file while tokens are handed out.
func (r *round) find(t token, most allowance) ([]byte, error) {
	return r.withTokens(func(v *votes) ([]byte, error) { return v.find(t, most) })
}

func (r *round) issue(t token, most allowance) ([]byte, error) {
	return r.withTokens(func(v *votes) ([]byte, error) { return v.issue(t, most) })
}

func (r *round) withTokens(fn func(*votes) ([]byte, error)) ([]byte, error) {
	r.gate.RLock()
	defer r.gate.RUnlock()
	if err := r.now().maySign(); err != nil {
		return nil, err
	}
	file, err := r.file()
	if err != nil {
		return nil, err
	}
	return fn(file)
}

// signers bounds how much of the machine blind signing takes: one signature costs some milliseconds of a core,
// and a whole school may ask within a minute. Those who would wait too long are told when to come again.
type signers struct {
	slots   chan struct{}
	queue   int64
	waiting atomic.Int64
	average atomic.Int64 // nanoseconds of one signature

	mu       sync.Mutex
	promised time.Time // until when those who were told to come again take all the time there is
}

const (
	maxQueue      = 64
	firstEstimate = 7 * time.Millisecond
)

func newSigners() *signers {
	s := &signers{slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)), queue: maxQueue}
	s.average.Store(int64(firstEstimate))
	return s
}

// sign waits for a slot and signs. When the queue is full it refuses with busy at once.
func (s *signers) sign(ctx context.Context, signer *ballot.Signer, blinded []byte) ([]byte, error) {
	if s.waiting.Add(1) > s.queue {
		s.waiting.Add(-1)
		return nil, s.turnAway(time.Now())
	}
	defer s.waiting.Add(-1)
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.slots }()
	began := time.Now()
	signature, err := signer.Sign(blinded)
	if errors.Is(err, ballot.ErrFaulty) {
		return nil, failure.New(failure.Unavailable).Because(err)
	}
	if err != nil {
		return nil, failure.Invalid("blinded_message", "a number between 0 and the modulus").Because(err)
	}
	s.average.Store((7*s.average.Load() + int64(time.Since(began))) / 8) // a race loses one sample, no more
	return signature, nil
}

// turnAway tells somebody who found the queue full when their turn is: after those who wait, and after those who were
// told so before them. So people come again one after another, and what they are told is true.
func (s *signers) turnAway(now time.Time) busy {
	one := time.Duration(s.average.Load() / int64(cap(s.slots)))
	s.mu.Lock()
	defer s.mu.Unlock()
	if queue := now.Add(time.Duration(s.waiting.Load()) * one); s.promised.Before(queue) {
		s.promised = queue
	}
	after := s.promised.Sub(now)
	s.promised = s.promised.Add(one)
	return busy{after: after, ahead: int(after / max(one, 1))}
}

// busy is the refusal of a full queue.
type busy struct {
	after time.Duration
	ahead int // so many come first
}

// Error implements error.
func (busy) Error() string { return string(failure.BallotBusy) }

// Unwrap makes it a failure for whoever renders it.
func (busy) Unwrap() error { return failure.New(failure.BallotBusy) }

// seconds is the value of Retry-After: whole seconds, at least one.
func (b busy) seconds() int { return max(1, int((b.after+time.Second-1)/time.Second)) }
