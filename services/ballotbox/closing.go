package ballotbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
)

// Where things lie below the data directory.
const (
	roundsDir  = "rounds"
	batchesDir = "batches"
)

// batchDays is for how many days after closing a batch is kept.
const batchDays = 7

// close ends a round for good. The order matters, and each step may be the last of this process:
//
//  1. the round is recorded as closing: nothing is taken any more, and what was under way is stored;
//  2. the answers are written to one batch in random order, and their hashes to a bulletin;
//  3. the round is recorded as closed with the batch's hash: from here on that batch is what counts;
//  4. keys and the round's file, which shows an order, are destroyed.
//
// A repeat goes on where it stood. Before 3 nobody has seen a batch, so another random order does no harm. Whoever asks may
// not wait as long as a large round takes; the work goes on without them, and the next who asks gets its result.
func (b *Box) close(ctx context.Context, id string) (Result, error) {
	ctx = context.WithoutCancel(ctx)
	r, err := b.round(ctx, id)
	if err != nil {
		return Result{}, err
	}
	r.command.Lock()
	defer r.command.Unlock()
	switch now := r.now(); now.State {
	case Preparing:
		return Result{}, failure.New(failure.BallotRoundNotReady)
	case Closed:
		return *now.Result, nil
	case Announced, Open:
		if err := b.registry.setState(ctx, id, Closing); err != nil {
			return Result{}, err
		}
		if err := r.move(func(now *record) { now.State = Closing }); err != nil {
			return Result{}, err
		}
	}
	result, err := b.finish(ctx, r)
	if err != nil {
		return Result{}, err
	}
	if err := b.clean(ctx, id); err != nil { // the round is closed all the same; the next start tries again
		b.logger.Error("keys and ballots of a closed round are not destroyed yet", "error", err.Error())
	}
	return result, nil
}

// finish makes the batch of a closing round and records it.
func (b *Box) finish(ctx context.Context, r *round) (Result, error) {
	file, err := r.file()
	if err != nil {
		return Result{}, err
	}
	if err := file.writer.stop(); err != nil {
		return Result{}, err
	}
	now := r.now()
	result, err := writeBatch(ctx, b.batchPath(now.RoundID), now.record, file)
	if err != nil {
		r.health.note(err)
		return Result{}, storageFailure(err)
	}
	if result.Paper, err = file.papers(ctx); err != nil {
		r.health.note(err)
		return Result{}, storageFailure(err)
	}
	if err := b.publish(now.RoundID, result.BatchHash, now.Frame.published(result.hashes)); err != nil {
		r.health.note(err)
		return Result{}, storageFailure(err)
	}
	result.hashes = nil
	failpoint.Hit("after-batch-before-record")
	closedOn := b.today()
	if err := b.registry.setClosed(ctx, now.RoundID, result, closedOn); err != nil {
		return Result{}, err
	}
	err = r.move(func(now *record) { now.State, now.Result, now.ClosedOn = Closed, &result, closedOn })
	if err != nil {
		return Result{}, err
	}
	r.dropSecrets()
	if err := r.closeVotes(); err != nil {
		return Result{}, err
	}
	b.forget(now.RoundID)
	return result, nil
}

// clean destroys what a closed round no longer needs and must no longer have.
func (b *Box) clean(ctx context.Context, id string) error {
	if err := b.keys.destroy(ctx, id); err != nil {
		return err
	}
	failpoint.Hit("after-keys-before-ballots")
	if err := destroyVotes(filepath.Join(b.dir, roundsDir, id)); err != nil {
		return err
	}
	return b.registry.setCleaned(ctx, id)
}

// recover takes up what an earlier process was interrupted in: half-made keys, rounds whose closing had begun, closed
// rounds that are not cleaned yet. A round that cannot be finished now (a full disk) waits for the next close command.
func (b *Box) recover(ctx context.Context) error {
	if err := b.keys.clear(ctx); err != nil {
		return err
	}
	current, err := b.registry.current(ctx)
	if err != nil {
		return err
	}
	for _, record := range current {
		r, err := b.keep(record)
		if err != nil {
			return err
		}
		if record.State != Closing {
			continue
		}
		if _, err := b.finish(ctx, r); err != nil {
			b.logger.Error("a round's closing cannot be finished yet", "error", err.Error())
		}
	}
	uncleaned, err := b.registry.uncleaned(ctx)
	if err != nil {
		return err
	}
	for _, record := range uncleaned {
		if err := b.clean(ctx, record.RoundID); err != nil {
			return err
		}
	}
	return nil
}

// keepHouse deletes batches whose days are over and closes files that are not in use, now and every hour.
func (b *Box) keepHouse(ctx context.Context) error {
	hours := time.NewTicker(time.Hour)
	defer hours.Stop()
	for {
		if err := b.expire(ctx); err != nil && ctx.Err() == nil {
			b.health.note(err)
		}
		if err := b.rest(); err != nil {
			b.health.note(err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-hours.C:
		}
	}
}

func (b *Box) expire(ctx context.Context) error {
	oldest := b.now().In(time.UTC).AddDate(0, 0, -batchDays).Format(time.DateOnly)
	expired, err := b.registry.expired(ctx, oldest)
	if err != nil {
		return err
	}
	for _, record := range expired {
		if err := shred(b.batchPath(record.RoundID)); err != nil {
			return fmt.Errorf("delete batch: %w", err)
		}
		if err := b.registry.setBatchGone(ctx, record.RoundID); err != nil {
			return err
		}
	}
	return b.expireBulletins(ctx)
}

// rest closes the files of all rounds; each is opened again when it is next needed. An open file costs a quarter of a
// megabyte, and a nation has thousands of rounds that wait for days.
func (b *Box) rest() error {
	b.mu.Lock()
	current := slices.Collect(maps.Values(b.rounds))
	b.mu.Unlock()
	var errs []error
	for _, r := range current {
		if !r.command.TryLock() {
			continue // a command is at work on it
		}
		r.gate.Lock()
		errs = append(errs, r.closeVotes())
		r.gate.Unlock()
		r.command.Unlock()
	}
	return errors.Join(errs...)
}

// batch opens the batch of a closed round of a kind.
func (b *Box) batch(ctx context.Context, id string, kind Kind) (*os.File, string, error) {
	r, err := b.round(ctx, id)
	if err != nil {
		return nil, "", err
	}
	now := r.now()
	if now.Frame.Kind != kind {
		return nil, "", failure.New(failure.BallotRoundUnknown)
	}
	if now.State != Closed {
		return nil, "", failure.New(failure.BallotRoundNotClosed)
	}
	file, err := os.Open(b.batchPath(id))
	if errors.Is(err, os.ErrNotExist) {
		return nil, "", failure.New(failure.BallotBatchGone)
	}
	return file, now.Result.BatchHash, err
}

func (b *Box) batchPath(id string) string { return filepath.Join(b.dir, batchesDir, id+".json") }

// today is a date, the finest time that the box knows of a round.
func (b *Box) today() string { return b.now().In(time.UTC).Format(time.DateOnly) }
