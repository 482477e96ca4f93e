package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// A rush is an hour in which everybody answers, most of them in a few minutes: when the letter has gone out, and whenever
// work lets people look at it. People come when they come, whether or not the box keeps up, so that what it cannot take
// at once waits. The hour may be run faster than it is; then all rates are as much higher.
type rush struct {
	people, answers int
	hour            time.Duration // that it takes
}

// usualRush is a tenth of a whole one, at the same rate.
var usualRush = rush{people: 3_000, answers: 15_000, hour: time.Minute}

// The minutes of an hour in which ten times its mean comes. The others share what is left.
var peaks = []int{0, 15, 30, 45}

const (
	minutes     = 60
	peakFactor  = 10
	connections = 64
	slice       = 5 // minutes that are reported together
)

// parseRush reads a rush from the command line.
func parseRush(arguments []string) (r rush, err error) {
	r = usualRush
	flags := flag.NewFlagSet("rush", flag.ContinueOnError)
	flags.IntVar(&r.people, "people", r.people, "who answer; each needs a token, which takes the box some milliseconds before")
	flags.IntVar(&r.answers, "answers", r.answers, "answers and changes of them that they send together")
	flags.DurationVar(&r.hour, "hour", r.hour, "how long the hour takes")
	if err := flags.Parse(arguments); err != nil {
		return r, err
	}
	if r.people < 10*connections || r.answers < r.people || r.hour < time.Second {
		return r, fmt.Errorf("rush: want -people %d or more, as many -answers or more, and -hour 1s or more", 10*connections)
	}
	return r, nil
}

// arrivals are when answers come, in order: evenly at random within each minute.
func (r rush) arrivals() []time.Duration {
	perMinute := float64(r.answers) / minutes
	quiet := (float64(r.answers) - peakFactor*perMinute*float64(len(peaks))) / float64(minutes-len(peaks))
	all, due := make([]time.Duration, 0, r.answers), 0.0
	for minute := range minutes {
		if slices.Contains(peaks, minute) {
			due += peakFactor * perMinute
		} else {
			due += quiet
		}
		for len(all) < int(due+0.5) {
			all = append(all, time.Duration((float64(minute)+rand.Float64())/minutes*float64(r.hour)))
		}
	}
	slices.Sort(all)
	return all
}

// arrival is what became of one answer.
type arrival struct {
	due, answered time.Duration // since the beginning
	waiting       int           // how many were due and not answered when it came
}

// measureRush runs a rush against a ballot box of its own and says what came of it.
func measureRush(ctx context.Context, out io.Writer, dir string, r rush) (err error) {
	b, err := startBox(ctx, dir, "rush", r.people)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	if err := b.open(ctx); err != nil {
		return err
	}
	began := time.Now()
	bodies, last, err := r.prepare(ctx, b)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%d answers and changes of %d people, an hour in %s over %d connections; tokens and seals took %s before\n\n",
		r.answers, r.people, r.hour, connections, time.Since(began).Round(time.Second))
	before, err := b.cpu()
	if err != nil {
		return err
	}
	arrivals, retried, err := r.run(ctx, b, bodies)
	if err != nil {
		return err
	}
	after, err := b.cpu()
	if err != nil {
		return err
	}
	if err := r.report(out, arrivals); err != nil {
		return err
	}
	published, err := b.close(ctx)
	if err != nil {
		return err
	}
	lost, extra := compare(last, published)
	verdict := "ok"
	if lost+extra > 0 {
		verdict = "MISSED"
	}
	_, err = fmt.Fprintf(out, "\n%d released, %d lost, %d doubled or made up   %s\n%d sent again, %.2f ms of processor each\n", len(published), lost, extra, verdict,
		retried, milliseconds(after-before)/float64(r.answers))
	return err
}

// prepare gives everybody a token and seals what they will send, in the order in which it is sent: everybody's first answer,
// then changes. It returns too by what hash the last one of each is known.
func (r rush) prepare(ctx context.Context, b *box) (bodies [][]byte, last []string, err error) {
	bodies, last = make([][]byte, r.answers), make([]string, r.people)
	_, _, err = crowd(ctx, clients, r.people, func(ctx context.Context, who int) error {
		v, err := b.voter(ctx, who)
		if err != nil {
			return err
		}
		for version, i := 1, who; i < r.answers; version, i = version+1, i+r.people {
			_, body, envelope, err := seal(v, version)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(envelope)
			bodies[i], last[who] = body, hex.EncodeToString(sum[:])
		}
		return nil
	})
	return bodies, last, err
}

// run lets the answers come. Like a browser, a sender keeps what was not taken and sends it again.
func (r rush) run(ctx context.Context, b *box, bodies [][]byte) (arrivals []arrival, retried int64, err error) {
	dues := r.arrivals()
	arrivals = make([]arrival, len(dues))
	queue := make(chan int, len(dues))
	var open, again atomic.Int64
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for range connections {
		group.Go(func() error {
			s := &voter.Sender{Address: b.address, Host: originHost}
			defer s.Close()
			for i := range queue {
				for {
					status, err := s.Send(http.MethodPut, "/v1/rounds/"+b.round+"/answers", bodies[i])
					if err == nil && status == http.StatusNoContent {
						break
					}
					if err == nil && status < http.StatusInternalServerError {
						return fmt.Errorf("answer %d was refused with %d", i, status)
					}
					again.Add(1)
					select {
					case <-ctx.Done():
						return errors.Join(context.Cause(ctx), err)
					case <-time.After(100 * time.Millisecond):
					}
				}
				arrivals[i].answered = time.Since(began)
				open.Add(-1)
			}
			return nil
		})
	}
	for i, due := range dues {
		select {
		case <-ctx.Done():
		case <-time.After(time.Until(began.Add(due))):
		}
		if ctx.Err() != nil {
			break
		}
		arrivals[i].due, arrivals[i].waiting = due, int(open.Add(1))
		queue <- i
	}
	close(queue)
	return arrivals, again.Load(), group.Wait()
}

// report writes a line for every few minutes of the hour.
func (r rush) report(out io.Writer, arrivals []arrival) error {
	_, err := fmt.Fprintf(out, "%-10s %9s %9s %10s %10s %9s\n", "minutes", "offered", "answered", "p50", "p99", "queue")
	answered := func(from, to time.Duration) (n int) {
		for _, a := range arrivals {
			if a.answered >= from && a.answered < to {
				n++
			}
		}
		return n
	}
	for first := 0; first < minutes; first += slice {
		from, to := r.at(first), r.at(first+slice)
		var took []time.Duration
		most := 0
		for _, a := range arrivals {
			if a.due >= from && a.due < to {
				took, most = append(took, a.answered-a.due), max(most, a.waiting)
			}
		}
		_, lineErr := fmt.Fprintf(out, "%2d to %2d   %9d %9d %7.1f ms %7.1f ms %9d\n", first, first+slice, len(took), answered(from, to),
			milliseconds(percentile(took, 50)), milliseconds(percentile(took, 99)), most)
		err = errors.Join(err, lineErr)
	}
	if late := answered(r.hour, 2*r.hour+time.Hour); late > 0 {
		_, lineErr := fmt.Fprintf(out, "%-20s %9d\n", "after the hour", late)
		err = errors.Join(err, lineErr)
	}
	return err
}

// at is when a minute of the hour begins.
func (r rush) at(minute int) time.Duration { return r.hour * time.Duration(minute) / minutes }

// close ends the round and returns the hashes of what is in its batch.
func (b *box) close(ctx context.Context) ([]string, error) {
	err := context.DeadlineExceeded
	for errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil { // so large a round takes longer than one call waits
		err = b.as("intake").Call(ctx, ballotbox.Service, http.MethodPost, "/v1/rounds/"+b.round+"/close", nil, nil)
	}
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+"/v1/rounds/"+b.round+"/bulletin", nil)
	if err != nil {
		return nil, err
	}
	raw, err := fetch(b.client, request, http.StatusOK)
	if err != nil {
		return nil, err
	}
	var bulletin ballotbox.Bulletin
	err = json.Unmarshal(raw, &bulletin)
	return bulletin.Hashes, err
}

// compare counts what was accepted last and is not in the batch, and what is in the batch and should not be, or twice.
func compare(last, published []string) (lost, extra int) {
	there := map[string]int{}
	for _, hash := range published {
		there[hash]++
	}
	for _, hash := range last {
		if there[hash] == 0 {
			lost++
			continue
		}
		there[hash]--
	}
	for _, n := range there {
		extra += n
	}
	return lost, extra
}
