package ballotbox

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// network is a server on this machine, to which each of a crowd has a connection, on the same cores.
type network struct {
	b       *testing.B
	address string
	fresh   bool // each request on a connection of its own
}

// overNetwork serves a handler.
func overNetwork(b *testing.B, handler http.Handler, fresh bool) network {
	server := httptest.NewServer(handler)
	b.Cleanup(server.Close)
	return network{b: b, address: server.Listener.Addr().String(), fresh: fresh}
}

func (n network) sender() *voter.Sender {
	return &voter.Sender{Address: n.address, Host: "example.com", Fresh: n.fresh}
}

// answer sends all answers of a load, the whole crowd at the same time. With a pace each of them begins an answer so often
// and no sooner, and what is late by then counts as waiting. It returns answers per second and the 99th percentile of how
// long one took.
func (n network) answer(l *load, pace time.Duration) (perSecond float64, p99 time.Duration) {
	took := make([][]time.Duration, crowd)
	began := time.Now()
	var working sync.WaitGroup
	for i, requests := range l.requests {
		working.Go(func() {
			s := n.sender()
			defer s.Close()
			for k, r := range requests {
				due := time.Now()
				if pace > 0 {
					due = began.Add(time.Duration(k)*pace + pace*time.Duration(i)/crowd)
					<-time.After(time.Until(due))
				}
				if status, err := s.Send(http.MethodPut, r.path, r.body); err != nil || status != http.StatusNoContent {
					n.b.Errorf("answered %d: %v", status, err)
					return
				}
				took[i] = append(took[i], time.Since(due))
			}
		})
	}
	working.Wait()
	elapsed := time.Since(began)
	all := slices.Concat(took...)
	slices.Sort(all)
	require.NotEmpty(n.b, all)
	return float64(len(all)) / elapsed.Seconds(), all[len(all)*99/100]
}

// networkAnswers is how many people answer in these benchmarks, whatever b.N: a rate wants some seconds. Each needs a
// token of their own, which is what takes the time before.
const networkAnswers = 6_000

// BenchmarkAnswersOverNetwork is 64 connections that stay, over which everybody answers: as fast as it goes, then at half
// that rate; beside them the floor. The senders run on the same cores as the box.
func BenchmarkAnswersOverNetwork(b *testing.B) {
	for b.Loop() {
		box, l := answering(b, networkAnswers, 1)
		most, p99 := overNetwork(b, box.Handler(), false).answer(l, 0)
		b.ReportMetric(most, "answers/s")
		b.ReportMetric(float64(p99.Milliseconds()), "p99-ms")

		bare := floor(b, l.requests)
		least, _ := overNetwork(b, bare.handler, false).answer(bare, 0)
		b.ReportMetric(least, "floor/s")

		calm, l := answering(b, networkAnswers/2, 1)
		_, p99 = overNetwork(b, calm.Handler(), false).answer(l, time.Duration(2*crowd/most*float64(time.Second)))
		b.ReportMetric(float64(p99.Milliseconds()), "p99-ms-at-half")
	}
}

// BenchmarkFormOnFreshConnections is eight people who fetch the form and send an answer, each on a connection of its own, as
// phones do that come from everywhere.
func BenchmarkFormOnFreshConnections(b *testing.B) {
	const senders, people = 8, 2_000
	for b.Loop() {
		box, l := answering(b, people, 1)
		n := overNetwork(b, box.Handler(), true)
		queue := make(chan sent)
		began := time.Now()
		var working sync.WaitGroup
		for range senders {
			working.Go(func() {
				s := n.sender()
				for r := range queue {
					for _, step := range []struct {
						method, path string
						body         []byte
						want         int
					}{{http.MethodGet, strings.TrimSuffix(r.path, "answers") + "form", nil, http.StatusOK}, {http.MethodPut, r.path, r.body, http.StatusNoContent}} {
						if status, err := s.Send(step.method, step.path, step.body); err != nil || status != step.want {
							b.Errorf("%s %s answered %d: %v", step.method, step.path, status, err)
						}
					}
				}
			})
		}
		for _, requests := range l.requests {
			for _, r := range requests {
				queue <- r
			}
		}
		close(queue)
		working.Wait()
		b.ReportMetric(people/time.Since(began).Seconds(), "responses/s")
	}
}
