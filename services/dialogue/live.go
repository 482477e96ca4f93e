package dialogue

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	// gap is the least time between two looks at a dialogue, so that a burst of changes becomes a few updates.
	gap = 200 * time.Millisecond
	// poll is how often a dialogue that somebody follows is looked at without a hint. A hint comes from this process
	// only: what another process changed is seen by the poll.
	poll = time.Second
	// bandGap is the least time between two counts of who has written or voted. The count is taken by the clock and never
	// because somebody wrote, so that its change cannot be matched with anybody's.
	bandGap = 5 * time.Second
	// memory is how many updates a room remembers for those who come back.
	memory = 512
)

// hub keeps a room for each dialogue that somebody follows in this process. It needs no shared state: rooms of one
// dialogue in two processes read the same documents and give the same ids to the same scenes.
type hub struct {
	store  *store
	logger *slog.Logger
	ctx    context.Context // ends with the hub
	stop   context.CancelFunc
	rooms  sync.WaitGroup

	mu   sync.Mutex
	open map[place]*room
}

type place struct {
	tenant   tenant.ID
	dialogue string
}

func newHub(store *store, logger *slog.Logger, registerer prometheus.Registerer) (*hub, error) {
	ctx, stop := context.WithCancel(context.Background())
	h := &hub{store: store, logger: logger, ctx: ctx, stop: stop, open: map[place]*room{}}
	return h, registerer.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "guldkorn_dialogue_listeners", Help: "Connections that follow a dialogue in this process.",
	}, h.listeners))
}

// listeners counts who follows something.
func (h *hub) listeners() float64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, r := range h.open {
		n += r.guests
	}
	return float64(n)
}

// close ends every room and waits for them.
func (h *hub) close() {
	h.stop()
	h.rooms.Wait()
}

// changed hints that a dialogue of the context's tenant is not what it was.
func (h *hub) changed(ctx context.Context, dialogue string) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.open[place{owner, dialogue}]; r != nil {
		r.hint()
	}
}

// enter returns the room of a dialogue; leave must be called once.
func (h *hub) enter(ctx context.Context, dialogue string) (r *room, leave func(), err error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return nil, nil, err
	}
	at := place{owner, dialogue}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() != nil {
		return nil, nil, failure.New(failure.Unavailable)
	}
	r = h.open[at]
	if r == nil {
		ctx, stop := context.WithCancel(tenant.With(h.ctx, owner))
		r = &room{store: h.store, logger: h.logger, dialogue: dialogue, stop: stop, wake: make(chan struct{}, 1), turned: make(chan struct{})}
		h.open[at] = r
		h.rooms.Go(func() { r.run(ctx) })
	}
	r.guests++
	return r, sync.OnceFunc(func() { h.leave(at, r) }), nil
}

func (h *hub) leave(at place, r *room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.guests--; r.guests == 0 {
		r.stop()
		delete(h.open, at)
	}
}

// room watches one dialogue for everybody who follows it in this process.
type room struct {
	store    *store
	logger   *slog.Logger
	dialogue string
	stop     context.CancelFunc
	guests   int // guarded by the hub
	wake     chan struct{}

	mu      sync.Mutex
	current *scene
	past    []turn // what led from one scene to the next
	failed  error
	ended   bool
	turned  chan struct{} // closed when any of these changes
}

// turn is the step from the scene of this id to the one after it.
type turn struct {
	from   string
	change change
}

func (r *room) hint() {
	select {
	case r.wake <- struct{}{}:
	default: // one is waiting already
	}
}

// run looks at the dialogue until ctx ends.
func (r *room) run(ctx context.Context) {
	defer r.end()
	var counted time.Time
	var known counts
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		next, err := r.store.load(ctx, r.dialogue)
		if err == nil {
			if sealed := sealedPhase(&next.meeting.Body); sealed == nil {
				known, err = r.store.countReady(ctx, &next.meeting.Body, &next.guests.Body)
				counted = time.Time{}
			} else if time.Since(counted) >= bandGap {
				known, err = r.store.count(ctx, &next.meeting.Body, sealed)
				counted = time.Now()
			}
		}
		r.turn(next, known, err)
		pause.Reset(gap)
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-ticker.C:
		}
	}
}

// sealedPhase returns the phase whose contributors are counted, or nil.
func sealedPhase(m *Meeting) *Phase {
	if p := m.current(); p != nil && p.Attribution == playbook.Sealed {
		return p
	}
	return nil
}

// count returns how many have written or voted in a sealed phase, and how many are ready in it: of fewer than five nothing
// is said, for nobody asks that they hurry. Of a phase that is open for days nothing is said at all: people come to it one at a
// time, and whoever looked often enough would see with whom a band changes.
func (s *store) count(ctx context.Context, m *Meeting, p *Phase) (counts, error) {
	if p.spansDays() {
		return counts{}, nil
	}
	seal, err := s.urn.Seal(ctx, p.ID)
	if err != nil {
		return counts{}, nil //nolint:nilerr // the phase was locked in this moment
	}
	sealed, err := seal.all(ctx)
	if err != nil {
		return counts{}, err
	}
	known := counts{writers: bandOf(sealed.people())}
	if n := m.readySeated(sealed.Ready); n >= smallestSecret {
		known.ready = bandOf(n)
	}
	return known, nil
}

// countReady returns how many are ready in an open phase that runs, with the guests apart.
func (s *store) countReady(ctx context.Context, m *Meeting, guests *Guests) (counts, error) {
	p := m.current()
	if p == nil {
		return counts{}, nil
	}
	ready, err := s.readyIn(ctx, p)
	return counts{exactly: m.readySeated(ready), guests: guests.ready(ready)}, err
}

// turn shows the next scene to everybody, if it is another one.
func (r *room) turn(next *scene, known counts, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return
		}
		if r.current == nil {
			r.failed = err
			r.announce()
		}
		r.logger.Warn("live dialogue cannot be read", "dialogue", r.dialogue, "error", err)
		return
	}
	next.counts = known
	next.seal()
	if r.current != nil {
		if r.current.id == next.id {
			return
		}
		r.past = append(r.past, turn{from: r.current.id, change: next.since(r.current)})
		if len(r.past) > memory {
			r.past = slices.Delete(r.past, 0, len(r.past)-memory)
		}
	}
	r.current, r.failed = next, nil
	r.announce()
}

func (r *room) announce() {
	close(r.turned)
	r.turned = make(chan struct{})
}

func (r *room) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	r.announce()
}

// update is what somebody who follows has not seen yet: everything (change is nil), or what changed.
type update struct {
	scene  *scene
	change *change
}

// errRoomClosed says that the process is stopping.
var errRoomClosed = errors.New("dialogue: the room is closed")

// next waits for what comes after the scene of this id ("" for everything). It returns nil when ctx ends first.
func (r *room) next(ctx context.Context, after string) (*update, error) {
	for {
		r.mu.Lock()
		current, failed, ended, turned := r.current, r.failed, r.ended, r.turned
		var change *change
		if current != nil && current.id != after {
			change = r.since(after)
		}
		r.mu.Unlock()
		switch {
		case ended:
			return nil, errRoomClosed
		case failed != nil:
			return nil, failed
		case current != nil && current.id != after:
			return &update{scene: current, change: change}, nil
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-turned:
		}
	}
}

// since joins everything that happened after the scene of this id, or returns nil if the room does not remember it.
// The same scene can come back; then the last time counts.
func (r *room) since(id string) *change {
	for i := len(r.past) - 1; i >= 0 && id != ""; i-- {
		if r.past[i].from != id {
			continue
		}
		var all change
		for _, t := range r.past[i:] {
			all.and(t.change)
		}
		return &all
	}
	return nil
}
