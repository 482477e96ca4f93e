// Package allinone runs every service in one process, on an embedded NATS server and embedded databases.
//
// The services are the same constructors that run alone in containers; only what they stand on differs. This is the
// one place that knows every service, and the one package that links the embedded parts.
package allinone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/services/dialogue"
	"github.com/guldkorn/guldkorn/services/intake"
	"github.com/guldkorn/guldkorn/services/notification"
	"github.com/guldkorn/guldkorn/services/portal"
	"github.com/guldkorn/guldkorn/services/reporting"
	"github.com/guldkorn/guldkorn/services/tenancy"
)

// Options say how the process runs.
type Options struct {
	Demo    bool
	DataDir string
	Listen  string    // of the portal, such as 127.0.0.1:0
	Out     io.Writer // for the banner or the JSON line
	Log     io.Writer
	JSON    bool

	made chan<- *world // tests look behind the scenes through it
}

// Addresses are where a running process can be reached.
type Addresses struct {
	Portal    string `json:"portal"`
	BallotBox string `json:"ballotbox"`
	Inbox     string `json:"inbox"`
	Metrics   string `json:"metrics"`
	SetUp     string `json:"set_up,omitempty"` // where the first operator is made, while there is none
}

// order is how services start: each after those that it asks while starting. The stop is the reverse.
var order = []struct {
	name string
	make platform.Constructor
}{
	{"tenancy", tenancy.New},
	{"reporting", reporting.New},
	{"intake", intake.New},
	{"dialogue", dialogue.New},
	{"notification", notification.New},
	{"portal", portal.New},
}

// Run serves until ctx ends. The error is a *host.ConfigError where the caller has something to correct.
func Run(ctx context.Context, o Options) (err error) {
	var settings settings
	values, err := host.Environment()
	if err != nil {
		return err
	}
	listeners, listenErr := listen(o)
	defer func() { closeAll(listeners) }()
	unlock, lockErr := lock(o.DataDir)
	defer unlock()
	if lockErr == nil {
		lockErr = keepPolicies(o.DataDir, values)
	}
	if err := host.Mistakes(host.Settings(values, &settings), listenErr, lockErr); err != nil {
		return err
	}
	if o.Demo {
		if err := prepareDemo(o.DataDir); err != nil {
			return err
		}
	}
	if err := writePorts(o.DataDir, listeners); err != nil {
		return err
	}

	logger := host.NewLogger(o.Log, settings.LogLevel)
	flush, err := host.StartTelemetry(ctx, "guldkorn", settings.TelemetrySettings)
	if err != nil {
		return err
	}
	defer func() { _ = flush(context.WithoutCancel(ctx)) }()

	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	w := &world{
		options: o, values: values, policies: settings.Bundles(), logger: logger, registry: registry, clock: &Clock{},
		listeners: listeners, memory: map[string]*host.MemoryListener{},
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if o.made != nil {
		o.made <- w
	}
	if err := w.open(ctx); err != nil {
		return err
	}
	servers, err := w.servers(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w.group.Ready = func() {
		go func() { // the seed calls the servers that have just become ready
			if err := w.ready(ctx); err != nil && ctx.Err() == nil {
				cancel(err)
			}
		}()
	}
	return w.group.Run(ctx, servers...)
}

// listen opens the portal where the caller wants it and everything else on free loopback ports.
func listen(o Options) (map[string]net.Listener, error) {
	if o.Demo && !loopback(o.Listen) {
		return nil, &host.ConfigError{Mistakes: []string{fmt.Sprintf("--listen %s: the demo has sign-in without passwords and listens on 127.0.0.1 alone", o.Listen)}}
	}
	wanted := map[string]string{"portal": o.Listen, "ballotbox": "127.0.0.1:0", "operations": "127.0.0.1:0"}
	known := readPorts(o.DataDir)
	for name, address := range wanted {
		if again, ok := known[name]; ok && strings.HasSuffix(address, ":0") {
			if l, err := net.Listen("tcp", strings.TrimSuffix(address, "0")+again); err == nil {
				_ = l.Close()
				wanted[name] = strings.TrimSuffix(address, "0") + again
			}
		}
	}
	return host.ListenAll(wanted)
}

// portsFile remembers which free ports a data directory was served on. A browser keeps what it has for the ballot box,
// and links that were sent go on to work, only as long as the addresses stay.
const portsFile = "ports.json"

func readPorts(dir string) map[string]string {
	ports := map[string]string{}
	if raw, err := os.ReadFile(filepath.Join(dir, portsFile)); err == nil {
		_ = json.Unmarshal(raw, &ports) // a broken file costs new ports, nothing more
	}
	return ports
}

func writePorts(dir string, listeners map[string]net.Listener) error {
	ports := map[string]string{}
	for name, l := range listeners {
		_, ports[name], _ = net.SplitHostPort(l.Addr().String())
	}
	raw, err := json.Marshal(ports)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, portsFile), raw, 0o600)
}

func loopback(address string) bool {
	name, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(name)
	return err == nil && (name == "localhost" || ip != nil && ip.IsLoopback())
}

func closeAll(listeners map[string]net.Listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

// announce tells the caller that everything is ready.
func announce(o Options, a Addresses, took time.Duration) error {
	if o.JSON {
		return json.NewEncoder(o.Out).Encode(a)
	}
	ribbon := ""
	if o.Demo {
		ribbon = " (DEMO: everything in it is invented)"
	}
	_, err := fmt.Fprintf(o.Out, `
  Guldkorn is ready%s, after %.1f s

    portal             %s
    development inbox  %s
    ballot box         %s
    metrics            %s/metrics
    data               %s

  Ctrl-C stops it.

`, ribbon, took.Seconds(), a.Portal, a.Inbox, a.BallotBox, a.Metrics, o.DataDir)
	if err == nil && a.SetUp != "" {
		_, err = fmt.Fprintf(o.Out, `  Nobody can sign in yet. This link makes the first operator. It is good for a day and until
  that person has signed in; keep it to yourself:

    %s

`, a.SetUp)
	}
	return err
}

// DefaultDataDir is where data is kept unless the caller says otherwise.
func DefaultDataDir() string {
	base := os.Getenv("XDG_DATA_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			home = "."
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "guldkorn")
}
