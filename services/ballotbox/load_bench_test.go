package ballotbox

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// network is a load whose requests travel over connections to a server beside it, on the same cores.
type network struct {
	client *http.Client
	server string
}

// overNetwork serves a handler. Fresh connections carry one request each.
func overNetwork(b *testing.B, handler http.Handler, fresh bool) network {
	server := httptest.NewServer(handler)
	b.Cleanup(server.Close)
	transport := &http.Transport{MaxIdleConnsPerHost: crowd, DisableKeepAlives: fresh}
	b.Cleanup(transport.CloseIdleConnections)
	return network{client: &http.Client{Transport: transport}, server: server.URL}
}

// do sends one request and reads the answer to its end.
func (n network) do(method, path string, body []byte) (int, error) {
	request, err := http.NewRequest(method, n.server+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Host = "example.com"
	request.Header.Set("Content-Type", "application/octet-stream")
	response, err := n.client.Do(request)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, cmp.Or(err, response.Body.Close())
}

// answer sends all answers of a load, everybody at the same time. With a pace each person begins an answer so often and no
// sooner, and what is late by then counts as waiting. It returns answers per second and the 99th percentile of how long one
// took.
func (n network) answer(b *testing.B, l *load, pace time.Duration) (perSecond float64, p99 time.Duration) {
	took := make([][]time.Duration, crowd)
	began := time.Now()
	var working sync.WaitGroup
	for person, requests := range l.requests {
		working.Go(func() {
			for i, r := range requests {
				due := time.Now()
				if pace > 0 {
					due = began.Add(time.Duration(i)*pace + pace*time.Duration(person)/crowd)
					<-time.After(time.Until(due))
				}
				if status, err := n.do(http.MethodPut, r.path, r.body); err != nil || status != http.StatusNoContent {
					b.Errorf("answered %d: %v", status, err)
					return
				}
				took[person] = append(took[person], time.Since(due))
			}
		})
	}
	working.Wait()
	elapsed := time.Since(began)
	all := slices.Concat(took...)
	slices.Sort(all)
	require.NotEmpty(b, all)
	return float64(len(all)) / elapsed.Seconds(), all[len(all)*99/100]
}

// networkAnswers is how many answers a round of these benchmarks takes, whatever b.N: a rate wants some seconds.
const networkAnswers = 10_000

// BenchmarkAnswersOverNetwork is 64 people who answer over connections that stay: as fast as it goes, then at half that
// rate; beside them the floor. The people run on the same cores as the box.
func BenchmarkAnswersOverNetwork(b *testing.B) {
	for b.Loop() {
		box, l := answering(b, networkAnswers)
		most, p99 := overNetwork(b, box.Handler(), false).answer(b, l, 0)
		b.ReportMetric(most, "answers/s")
		b.ReportMetric(float64(p99.Milliseconds()), "p99-ms")

		bare := floor(b, l.requests)
		least, _ := overNetwork(b, bare.handler, false).answer(b, bare, 0)
		b.ReportMetric(least, "floor/s")

		calm, l := answering(b, networkAnswers)
		_, p99 = overNetwork(b, calm.Handler(), false).answer(b, l, time.Duration(2*crowd/most*float64(time.Second)))
		b.ReportMetric(float64(p99.Milliseconds()), "p99-ms-at-half")
	}
}

// BenchmarkFormOnFreshConnections is eight people who fetch the form and send an answer, each on a connection of its own, as
// phones do that come from everywhere.
func BenchmarkFormOnFreshConnections(b *testing.B) {
	const people, answers = 8, 2_000
	for b.Loop() {
		box, l := answering(b, answers)
		n := overNetwork(b, box.Handler(), true)
		queue := make(chan sent)
		began := time.Now()
		var working sync.WaitGroup
		for range people {
			working.Go(func() {
				for r := range queue {
					for _, step := range []struct {
						method, path string
						body         []byte
						want         int
					}{{http.MethodGet, strings.TrimSuffix(r.path, "answers") + "form", nil, http.StatusOK}, {http.MethodPut, r.path, r.body, http.StatusNoContent}} {
						if status, err := n.do(step.method, step.path, step.body); err != nil || status != step.want {
							b.Errorf("%s %s answered %d: %v", step.method, step.path, status, err)
						}
					}
				}
			})
		}
		sent := 0
		for i := range l.requests[0] { // everybody's first before anybody's second
			for _, requests := range l.requests {
				queue <- requests[i]
				sent++
			}
		}
		close(queue)
		working.Wait()
		b.ReportMetric(float64(sent)/time.Since(began).Seconds(), "responses/s")
	}
}
