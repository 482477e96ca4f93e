package ballotbox

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// announce makes a round known and gives its units keys. It may be repeated: with the same content it goes on where
// it stood, until the round is announced; other content under the same id is refused.
func (b *Box) announce(ctx context.Context, id string, frame Frame) (now *view, created bool, err error) {
	if !roundPattern.MatchString(id) {
		return nil, false, failure.Invalid("round_id", "a UUID in lower case")
	}
	if err := frame.validate(); err != nil {
		return nil, false, err
	}
	if err := frame.settle(); err != nil {
		return nil, false, err
	}
	r, err := b.admit(ctx, id, frame)
	if err != nil {
		return nil, false, err
	}
	r.command.Lock()
	defer r.command.Unlock()
	if now := r.now(); now.State != Preparing {
		return now, false, nil
	}
	keys, err := b.keys.provide(ctx, id, frame.Units)
	if err != nil {
		return nil, false, err
	}
	state := Preparing
	if len(keys) == len(frame.Units) {
		state = Announced
		if err := b.registry.setState(ctx, id, state); err != nil {
			return nil, false, err
		}
	}
	if err := r.move(func(now *record) { now.Keys, now.State = keys, state }); err != nil {
		return nil, false, err
	}
	return r.now(), state == Announced, nil
}

// admit returns the round of this id and content, and inserts it if the id is new.
func (b *Box) admit(ctx context.Context, id string, frame Frame) (*round, error) {
	b.admitting.Lock()
	defer b.admitting.Unlock()
	r, err := b.round(ctx, id)
	switch {
	case failure.CodeOf(err) == failure.BallotRoundUnknown:
		if err := b.registry.insert(ctx, id, frame); err != nil {
			return nil, err
		}
		return b.keep(&record{RoundID: id, State: Preparing, Frame: frame})
	case err != nil:
		return nil, err
	}
	known, err := r.now().Frame.hash()
	if err != nil {
		return nil, err
	}
	if asked, err := frame.hash(); err != nil || asked != known {
		return nil, failure.New(failure.BallotRoundDiffers).Because(err)
	}
	return r, nil
}

// open takes answers from now on.
func (b *Box) open(ctx context.Context, id string) (*view, error) {
	r, err := b.round(ctx, id)
	if err != nil {
		return nil, err
	}
	r.command.Lock()
	defer r.command.Unlock()
	now := r.now()
	if err := now.mayOpen(); err != nil || now.State == Open {
		return now, err
	}
	if err := b.registry.setState(ctx, id, Open); err != nil {
		return nil, err
	}
	if err := r.move(func(now *record) { now.State = Open }); err != nil {
		return nil, err
	}
	return r.now(), nil
}
