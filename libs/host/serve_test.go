package host

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// part is a component that reports its life and streams until the drain.
type part struct {
	name string
	life chan<- string
	fail error
}

func (p part) Name() string { return p.name }

func (p part) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintln(w, "hello")
		w.(http.Flusher).Flush()
		<-Draining(r.Context())
		_, _ = fmt.Fprintln(w, "goodbye")
	})
}

func (p part) Run(ctx context.Context) error {
	if p.fail != nil {
		return p.fail
	}
	<-ctx.Done()
	p.life <- p.name
	return nil
}

func TestGroupDrainsStreamsAndStopsInReverse(t *testing.T) {
	life := make(chan string, 2)
	first, second := NewMemoryListener(), NewMemoryListener()
	ctx, cancel := context.WithCancel(t.Context())
	ready := make(chan struct{})
	group := &Group{Logger: discard(), Ready: func() { close(ready) }}
	ended := make(chan error, 1)
	require.Equal(t, http.StatusServiceUnavailable, status(group, "/readyz"))
	go func() {
		ended <- group.Run(ctx, Server{part{name: "first", life: life}, first}, Server{part{name: "second", life: life}, second})
	}()
	<-ready
	require.Equal(t, http.StatusOK, status(group, "/readyz"))

	client := second.Client()
	response, err := client.Get("http://second/")
	require.NoError(t, err)
	lines := bufio.NewScanner(response.Body)
	require.True(t, lines.Scan())
	cancel()
	require.True(t, lines.Scan(), "a stream says goodbye instead of being cut")
	require.Equal(t, "goodbye", lines.Text())
	require.NoError(t, response.Body.Close())

	require.NoError(t, <-ended)
	require.Equal(t, "second", <-life)
	require.Equal(t, "first", <-life)
	require.Equal(t, http.StatusServiceUnavailable, status(group, "/readyz"))
	require.Equal(t, http.StatusOK, status(group, "/healthz"))
	client.CloseIdleConnections()
}

func TestAFailingComponentStopsTheGroup(t *testing.T) {
	life := make(chan string, 1)
	broken := errors.New("broken")
	err := (&Group{Logger: discard()}).Run(t.Context(),
		Server{part{name: "sound", life: life}, NewMemoryListener()},
		Server{part{name: "weak", fail: broken}, NewMemoryListener()})
	require.ErrorIs(t, err, broken)
	require.Equal(t, "sound", <-life)
}

func TestReadyNamesTheCheckThatFails(t *testing.T) {
	group := &Group{Logger: discard(), Checks: []Check{{Name: "store", Test: func(context.Context) error { return errors.New("down") }}}}
	group.ready.Store(true)
	require.Equal(t, http.StatusServiceUnavailable, status(group, "/readyz"))
}

func TestAComponentTellsItsPeersWhetherItIsReady(t *testing.T) {
	var down error
	component := Ready(page{}, []Check{{Name: "store", Test: func(context.Context) error { return down }}})
	ask := func(method, path string) (int, string) {
		recorder := httptest.NewRecorder()
		component.Handler().ServeHTTP(recorder, httptest.NewRequest(method, path, nil))
		return recorder.Code, recorder.Body.String()
	}
	code, body := ask(http.MethodGet, ReadyPath)
	require.Equal(t, http.StatusOK, code)
	require.Equal(t, "ready\n", body)
	down = errors.New("mongodb://secret:secret@store")
	code, body = ask(http.MethodGet, ReadyPath)
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.Equal(t, "store does not answer\n", body, "and not why")
	for _, path := range []string{"/v1//a", "/v1/%2F", "/readyz/"} {
		_, body = ask(http.MethodGet, path)
		require.Equal(t, path, body, "everything else reaches the component as it came")
	}
	_, body = ask(http.MethodPost, ReadyPath)
	require.Equal(t, ReadyPath, body)
}

// page answers with the path that it is asked for.
type page struct{ part }

func (page) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.URL.EscapedPath())) })
}

func status(g *Group, path string) int {
	recorder := httptest.NewRecorder()
	g.Health(nil).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder.Code
}

func TestSettingsNameEveryMistakeAtOnce(t *testing.T) {
	type sample struct {
		Port int    `env:"PORT,required"`
		Mode string `env:"MODE,required"`
		Wait int    `env:"WAIT"`
	}
	err := Settings(map[string]string{"WAIT": "soon"}, &sample{})
	var config *ConfigError
	require.ErrorAs(t, err, &config)
	require.Len(t, config.Mistakes, 3)
	for _, name := range []string{"PORT", "MODE", "Wait"} {
		require.ErrorContains(t, err, name)
	}
	require.Equal(t, ExitConfig, ExitCode(err))

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = ListenAll(map[string]string{"LISTEN": taken.Addr().String(), "METRICS_LISTEN": "127.0.0.1:-1"})
	require.ErrorAs(t, err, &config)
	require.Len(t, config.Mistakes, 2)
}
