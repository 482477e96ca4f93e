package dialogue

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// hall is how many follow one dialogue: a staff meeting of the largest schools, and then some.
const hall = 500

// screens are connections that follow something and tell when a change has reached them. They run on the same cores as
// the service, so they do as little as they can.
type screens struct {
	b       testing.TB
	address string
	first   bool // report the first event too
	seen    chan time.Time
	open    []net.Conn
	reading sync.WaitGroup
}

func newScreens(b testing.TB, base string, most int) *screens {
	s := &screens{b: b, address: base[len("http://"):], seen: make(chan time.Time, most)}
	b.Cleanup(s.close)
	return s
}

// follow opens one more and waits until the service has answered it.
func (s *screens) follow(request *http.Request) {
	s.b.Helper()
	connection, err := net.Dial("tcp", s.address)
	require.NoError(s.b, err)
	require.NoError(s.b, request.Write(connection))
	lines := bufio.NewReader(connection)
	response, err := http.ReadResponse(lines, request)
	require.NoError(s.b, err)
	require.Equal(s.b, http.StatusOK, response.StatusCode)
	s.open = append(s.open, connection)
	s.reading.Go(func() { s.read(bufio.NewReader(response.Body)) })
}

// read reports every event at its end; the first, unless asked for, is what there was already.
func (s *screens) read(lines *bufio.Reader) {
	counts, next := false, s.first
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull {
			return
		}
		switch {
		case bytes.HasPrefix(line, []byte("event: ")):
			counts, next = next, true
		case len(line) == 1 && counts:
			s.seen <- time.Now()
			counts = false
		}
	}
}

// close ends all of them and waits.
func (s *screens) close() {
	for _, c := range s.open {
		_ = c.Close()
	}
	s.open = nil
	s.reading.Wait()
}

// since returns how long n changes took to reach the screens that see them.
func (s *screens) since(began time.Time, n int) (took []time.Duration) {
	s.b.Helper()
	limit := time.After(time.Minute)
	for range n {
		select {
		case at := <-s.seen:
			took = append(took, at.Sub(began))
		case <-limit:
			s.b.Fatalf("%d of %d screens saw it", len(took), n)
		}
	}
	return took
}

// report says how long what was measured took for most, in milliseconds.
func report(b *testing.B, name string, took []time.Duration) {
	slices.Sort(took)
	for _, share := range []int{50, 95, 99} {
		b.ReportMetric(float64(took[(len(took)-1)*share/100].Microseconds())/1000, fmt.Sprintf("%sp%d-ms", name, share))
	}
}

// BenchmarkCommandToVisible is a facilitator's command with a hall of people following, until it is on their screens; beside it
// the floor, what a screen takes in memory (both ends of it), and how long all of them take to come back after a cut.
func BenchmarkCommandToVisible(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b, func(w *world) { w.tcp = true })
		people := w.crowd(hall)
		tb := w.prepare(people, nil).lead("/open", nil).begin("checkin")
		s := newScreens(b, w.base, 2*hall)
		before := inUse()
		tb.followedBy(s, people, "")
		b.ReportMetric(float64(inUse()-before)/hall/1024, "KB/screen")
		b.StartTimer()

		var took []time.Duration
		for range 20 {
			began := time.Now()
			tb.run("checkin", "/extend", map[string]any{"minutes": 1})
			took = append(took, s.since(began, hall)...)
		}
		report(b, "", took)
		report(b, "floor-", floor(b, tb))

		id := tb.liveID()
		s.close()
		tb.run("checkin", "/extend", map[string]any{"minutes": 1})
		back := newScreens(b, w.base, 2*hall)
		back.first = true
		began := time.Now()
		tb.followedBy(back, people, id)
		report(b, "resume-", back.since(began, hall))
		back.close()
	}
}

// followedBy lets people follow the dialogue, from the scene that they have seen last.
func (tb *table) followedBy(s *screens, people []string, after string) {
	for _, person := range people {
		r := tb.request(tb.t.Context(), person, http.MethodGet, tb.path("/live"), nil)
		if after != "" {
			r.Header.Set("Last-Event-ID", after)
		}
		s.follow(r)
	}
}

// liveID is the scene that the dialogue is at.
func (tb *table) liveID() string {
	return tb.do(tb.leader, http.MethodGet, tb.path("/live?wait=0"), nil).ok().text("id")
}

// inUse is what the process holds, after it has thrown away what nobody needs.
func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// floor is the least that any service does: gin sends what it is given to all who follow, in a message as long as the
// service's.
func floor(b *testing.B, tb *table) []time.Duration {
	text := "event: delta\ndata: " + string(bytes.Repeat([]byte("x"), len(tb.do(tb.leader, http.MethodGet, tb.path(""), nil).ok().raw))) + "\n\n"
	var mu sync.Mutex
	var followers []chan string
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/live", func(c *gin.Context) {
		mine := make(chan string, 1)
		mu.Lock()
		followers = append(followers, mine)
		mu.Unlock()
		c.Status(http.StatusOK)
		c.Writer.Flush()
		for {
			select {
			case <-c.Request.Context().Done():
				return
			case text := <-mine:
				_, _ = c.Writer.WriteString(text)
				c.Writer.Flush()
			}
		}
	})
	engine.POST("/say", func(c *gin.Context) {
		raw, _ := io.ReadAll(c.Request.Body)
		mu.Lock()
		defer mu.Unlock()
		for _, f := range followers {
			f <- string(raw)
		}
		c.Status(http.StatusNoContent)
	})
	server := httptest.NewServer(engine)
	defer server.Close()
	s := newScreens(b, server.URL, 2*hall)
	s.first = true
	for range hall {
		r, err := http.NewRequest(http.MethodGet, server.URL+"/live", nil)
		require.NoError(b, err)
		s.follow(r)
	}
	var took []time.Duration
	for range 20 {
		began := time.Now()
		response, err := http.Post(server.URL+"/say", "text/plain", bytes.NewReader([]byte(text)))
		require.NoError(b, err)
		require.NoError(b, response.Body.Close())
		took = append(took, s.since(began, hall)...)
	}
	s.close()
	return took
}

// BenchmarkManyDialogues is two hundred dialogues at the same time, with twenty people each, in which somebody does something
// twenty times a second.
func BenchmarkManyDialogues(b *testing.B) {
	const dialogues, each, pace = 200, 20, 50 * time.Millisecond
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b, func(w *world) { w.tcp = true })
		people := w.crowd(each * 10)
		tables, seen := make([]*table, dialogues), make([]*screens, dialogues)
		for i := range tables {
			some := people[i%10*each:][:each]
			tables[i] = w.prepare(some, nil).lead("/open", nil).begin("checkin")
			seen[i] = newScreens(b, w.base, 2*each)
			tables[i].followedBy(seen[i], some, "")
		}
		b.StartTimer()
		var mu sync.Mutex
		var took []time.Duration
		var working errgroup.Group
		began := time.Now()
		for i, tb := range tables {
			working.Go(func() error {
				due := began.Add(time.Duration(i) * pace)
				<-time.After(time.Until(due))
				tb.run("checkin", "/extend", map[string]any{"minutes": 1})
				all := seen[i].since(due, each)
				mu.Lock()
				defer mu.Unlock()
				took = append(took, all...)
				return nil
			})
		}
		require.NoError(b, working.Wait())
		report(b, "", took)
		for _, s := range seen {
			s.close()
		}
	}
}

// BenchmarkLastTenSeconds is the hardest burst that there is: everybody at a staff meeting sends what they wrote in the last ten
// seconds of a phase, and nothing of it is lost.
func BenchmarkLastTenSeconds(b *testing.B) {
	const people = 150
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b, func(w *world) { w.tcp = true })
		crowd := w.crowd(people)
		tb := w.prepare(crowd, nil).lead("/open", nil).begin("reflect")
		s := newScreens(b, w.base, 4*people)
		tb.followedBy(s, crowd, "")
		b.StartTimer()
		took := make([]time.Duration, people)
		var working errgroup.Group
		began := time.Now()
		for i, person := range crowd {
			working.Go(func() error {
				due := began.Add(rand.N(10 * time.Second))
				<-time.After(time.Until(due))
				tb.write(person, "reflect", fmt.Sprintf("Ytring %d om den digitale hverdag", i)).ok()
				took[i] = time.Since(due)
				return nil
			})
		}
		require.NoError(b, working.Wait())
		report(b, "", took)
		tb.refresh().lock("reflect")
		require.Len(b, tb.read(tb.leader, "reflect"), people, "none is lost")
		s.close()
	}
}
