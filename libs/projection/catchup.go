// Package projection completes a service's own copy of what another service owns.
//
// Such a copy is made of the owner's events, and the owner's stream forgets these after thirty days. Alone it cannot
// fill the copy of a service that is new, that has lost its database, or that was away for longer. So the owner also
// answers with a snapshot (Snapshot): everything of a kind as it is now, each entity as the event that would tell of it
// at its revision. Whoever keeps a copy reads it when it has to (CatchUp), beside the stream and in any order with it,
// since a handler leaves alone what is newer than the event in hand.
package projection

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/host/rest"
)

const (
	// maxSilence is how long a service may have been away and still find all that it missed in the owner's stream. It
	// is well within what the stream keeps, for a consumer may also lag.
	maxSilence = 7 * 24 * time.Hour
	// markEvery is how often a running service notes that it is there.
	markEvery = time.Hour
	// firstPause and mostPause are how long it waits before it asks an owner again that did not answer.
	firstPause = time.Second
	mostPause  = time.Minute
	// hands is how many entities are taken in side by side: the database syncs what comes together at once.
	hands = 256
)

// CatchUp reads the owner's snapshot of these kinds, in their order, into handlers whenever the service may have
// missed events: before its first mark in the store, and after a silence of a week. It runs until ctx ends. The
// handlers must do nothing but keep the copy, since what a snapshot tells happened long ago.
func CatchUp(ctx context.Context, d *platform.Deps, owner string, handlers bus.Handlers, kinds ...string) error {
	c := catchUp{store: d.Store, owner: d.Peer(owner), now: d.Now, handlers: handlers, kinds: kinds}
	for pause := firstPause; ; {
		wait := markEvery
		count, err := c.once(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			d.Logger.WarnContext(ctx, "the snapshot is still to come", "owner", owner, "kinds", kinds, "taken", count, "error", err)
			wait, pause = pause, min(2*pause, mostPause)
		case count > 0:
			d.Logger.InfoContext(ctx, "took in a snapshot", "owner", owner, "kinds", kinds, "taken", count)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

type catchUp struct {
	store    *document.Store
	owner    *host.Peer
	now      func() time.Time
	handlers bus.Handlers
	kinds    []string
}

// once reads the snapshot if it is needed, and notes that the copy is complete. It returns how many entities it took in.
func (c *catchUp) once(ctx context.Context) (int, error) {
	name := "heard " + c.owner.Service
	heard, err := c.store.Mark(ctx, name)
	if err != nil {
		return 0, err
	}
	count := 0
	if now := c.now(); now.Sub(heard) > maxSilence {
		for _, kind := range c.kinds {
			taken, err := c.read(ctx, kind)
			count += taken
			if err != nil {
				return count, fmt.Errorf("snapshot of %s: %w", kind, err)
			}
		}
	}
	return count, c.store.SetMark(ctx, name, c.now())
}

// read takes in all of one kind: what a page tells is taken in while the next one is asked for. One entity that is
// refused does not hold back the others, and the whole is asked for again.
func (c *catchUp) read(ctx context.Context, kind string) (int, error) {
	var intake intake
	intake.group.SetLimit(hands)
	for cursor := ""; ; {
		query := url.Values{"limit": {fmt.Sprint(document.MaxLimit)}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		var page rest.List[events.Envelope]
		err := c.owner.Call(ctx, http.MethodGet, "/v1/snapshots/"+kind+"?"+query.Encode(), nil, &page)
		for _, envelope := range page.Items {
			intake.group.Go(func() error { intake.note(envelope, c.one(ctx, envelope)); return nil })
		}
		if cursor = page.Next; err != nil || cursor == "" {
			return intake.end(err)
		}
	}
}

// intake is what becomes of the entities of one kind.
type intake struct {
	group   errgroup.Group
	mu      sync.Mutex
	taken   int
	refused []error
}

func (i *intake) note(envelope events.Envelope, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if err == nil {
		i.taken++
		return
	}
	i.refused = append(i.refused, fmt.Errorf("%s of %s: %w", envelope.Type, envelope.Subject, err))
}

// end waits for those in hand and returns how many were taken in, and what was wrong with the others or with asking.
func (i *intake) end(asking error) (int, error) {
	_ = i.group.Wait() // each noted its own outcome
	return i.taken, errors.Join(append(i.refused, asking)...)
}

func (c *catchUp) one(ctx context.Context, envelope events.Envelope) error {
	if err := envelope.Validate(); err != nil {
		return err
	}
	handle, ok := c.handlers[envelope.Type]
	if !ok {
		return errors.New("nobody here takes such an event")
	}
	return handle(envelope.Context(ctx), envelope)
}
