package allinone

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// journey is the demo in one process, with people at real browsers.
type journey struct {
	t         *testing.T
	dir       string
	addresses Addresses
	world     *world
	log       *lockedBuffer
	services  *caller.Caller
	browser   *browsertest.Browser
	school    string // path of Strandagerskolen
	operator  tenant.ID
	leaderID  string
	staff     []tenancyapi.StaffMember
	round     string // path of the round at intake
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startDemo runs the demo as `guldkorn run --demo --json` does, until the test ends.
func startDemo(t *testing.T) *journey {
	t.Helper()
	j, stop := start(t, Options{Demo: true, DataDir: t.TempDir()})
	t.Cleanup(stop)
	return j
}

// start runs everything as `guldkorn run --json` does, until stop.
func start(t *testing.T, o Options) (j *journey, stop func()) {
	t.Helper()
	j = &journey{t: t, dir: o.DataDir, log: &lockedBuffer{}}
	line, out := io.Pipe()
	made := make(chan *world, 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	o.Listen, o.JSON, o.Out, o.Log, o.made = "127.0.0.1:0", true, out, j.log, made
	go func() {
		err := Run(ctx, o)
		_ = out.CloseWithError(fmt.Errorf("ended: %w", err))
		ended <- err
	}()
	require.NoError(t, json.NewDecoder(line).Decode(&j.addresses), "%s", tail(j.log))
	j.world = <-made
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(tail(j.log))
		}
	})
	j.services = &caller.Caller{Addresses: j.world.addresses,
		Person: j.world.trust.signer(access.Portal, time.Now), Setup: j.world.trust.signer(caller.SetupIssuer, time.Now)}
	return j, func() {
		cancel()
		require.NoError(t, <-ended, "the drain")
	}
}

func tail(log *lockedBuffer) string {
	text := log.String()
	return text[max(0, len(text)-2000):]
}

// inboxList is what the development inbox tells of its messages.
type inboxList struct {
	Messages []struct {
		MessageID string `json:"message_id"`
		Text      string `json:"text"`
	} `json:"messages"`
	Distinct int `json:"distinct"`
}

func readInbox(t *testing.T, base, to string) (list inboxList) {
	t.Helper()
	response, err := http.Get(base + "/messages.json?to=" + url.QueryEscape(to))
	require.NoError(t, err)
	defer response.Body.Close()
	require.NoError(t, json.NewDecoder(response.Body).Decode(&list))
	return list
}
