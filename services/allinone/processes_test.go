package allinone

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/host/hosttest"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/allinone/demo"
	"github.com/guldkorn/guldkorn/services/allinone/devidp"
	"github.com/guldkorn/guldkorn/services/allinone/inbox"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/intake"
)

// deployment is the platform as a municipality runs it: a process for each service, a nats-server process, and the
// mongo backend, here on a FerretDB process for each service.
type deployment struct {
	t         *testing.T
	dir       string
	binaries  string
	trust     trust
	ticketKey string
	mail      *inbox.Inbox
	processes map[string]*process
	addresses map[string]string // service to host:port
	Caller    *caller.Caller
}

// process is one program that is started again when it is killed.
type process struct {
	name     string
	command  func() *exec.Cmd
	ready    func() bool
	mu       sync.Mutex
	running  *exec.Cmd
	log      bytes.Buffer
	kills    int
	stopping bool
	ended    chan struct{}
}

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "guldkorn-binaries-*")
	if err != nil {
		return "", err
	}
	for folder, packages := range map[string][]string{
		"services":       {"./tenancy/cmd/tenancy", "./intake/cmd/intake", "./ballotbox/cmd/ballotbox", "./reporting/cmd/reporting", "./dialogue/cmd/dialogue", "./notification/cmd/notification", "./portal/cmd/portal"},
		"tools":          {"github.com/nats-io/nats-server/v2"},
		"tools/ferretdb": {"."},
	} {
		for _, p := range packages {
			name := filepath.Base(p)
			switch {
			case p == ".":
				name = "ferretdb"
			case name == "v2":
				name = "nats-server"
			}
			command := exec.Command("go", "build", "-ldflags", "-s -w", "-o", filepath.Join(dir, name), p)
			command.Dir = filepath.Join(root, folder)
			command.Env = append(os.Environ(), "GOWORK=off")
			if out, err := command.CombinedOutput(); err != nil {
				return dir, fmt.Errorf("build %s: %w\n%s", p, err, out)
			}
		}
	}
	return dir, nil
})

// deploy starts everything. Each service in failpoints dies once at the place named there.
func deploy(t *testing.T, failpoints map[string]string) *deployment {
	t.Helper()
	binaries, err := build()
	require.NoError(t, err)
	d := &deployment{t: t, dir: t.TempDir(), binaries: binaries, processes: map[string]*process{}, addresses: map[string]string{}}
	require.NoError(t, WriteKeys(d.dir))
	d.trust, err = readTrust(filepath.Join(d.dir, "trust"))
	require.NoError(t, err)
	ring, err := keyring.Open(filepath.Join(d.dir, "keys", "intake"))
	require.NoError(t, err)
	ticket, err := intake.TicketKey(ring)
	require.NoError(t, err)
	d.ticketKey = base64.StdEncoding.EncodeToString(publicKey(ticket))
	d.mail, err = inbox.Start(t.Context(), "127.0.0.1:0", "127.0.0.1:0", quiet())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- d.mail.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-served)
	})
	provider, err := devidp.Start(t.Context(), "127.0.0.1:0", []devidp.Persona{{Login: "leder", Name: "Lis", Role: "Leder"}}, quiet())
	require.NoError(t, err)
	t.Cleanup(func() { _ = provider.Close() })

	nats := hosttest.FreeAddress(t)
	d.start("nats-server", "nats-server", nil, listens(nats), "-a", "127.0.0.1", "-p", port(nats), "-c", d.natsConfig())
	for _, service := range append([]string{"metrics"}, platform.Services...) {
		d.addresses[service] = hosttest.FreeAddress(t)
	}
	services := []string{"ballotbox", "tenancy", "reporting", "intake", "dialogue", "notification", "portal"}
	for _, service := range services {
		values := d.environment(service, nats, provider)
		if point := failpoints[service]; point != "" {
			values["GULDKORN_FAILPOINT"] = point
		}
		d.start(service, service, values, answers("http://"+values["METRICS_LISTEN"]+"/readyz"))
	}
	d.Caller = &caller.Caller{Addresses: map[string]platform.Address{}, Patience: 30 * time.Second,
		Person: d.trust.signer(access.Portal, time.Now), Setup: d.trust.signer(caller.SetupIssuer, time.Now)}
	for _, service := range services {
		d.Caller.Addresses[service] = platform.Address{Base: "http://" + d.addresses[service], Client: http.DefaultClient}
	}
	d.Caller.Addresses["ballotbox"] = platform.Address{Base: "http://localhost:" + port(d.addresses["ballotbox"]), Client: http.DefaultClient}
	return d
}

// natsConfig syncs every acknowledged message, as an operator must.
func (d *deployment) natsConfig() string {
	path := filepath.Join(d.dir, "nats.conf")
	text := fmt.Sprintf("jetstream { store_dir: %q, sync_interval: always }\n", filepath.Join(d.dir, "jetstream"))
	require.NoError(d.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func (d *deployment) environment(service, nats string, provider *devidp.Provider) map[string]string {
	var trusted, peers []string
	for issuer, key := range d.trust.public {
		trusted = append(trusted, issuer+"="+base64.StdEncoding.EncodeToString(key))
	}
	for _, peer := range platform.Services {
		host := "127.0.0.1"
		if peer == "ballotbox" {
			host = "localhost" // its own origin, which it insists on
		}
		peers = append(peers, peer+"=http://"+net.JoinHostPort(host, port(d.addresses[peer])))
	}
	slices.Sort(trusted)
	smtpHost, smtpPort, err := net.SplitHostPort(d.mail.SMTPAddr())
	require.NoError(d.t, err)
	ring, err := keyring.Open(filepath.Join(d.dir, "keys", "ballotbox"))
	require.NoError(d.t, err)
	box, err := ballotbox.Identity(ring)
	require.NoError(d.t, err)
	values := map[string]string{
		"LISTEN": d.addresses[service], "METRICS_LISTEN": hosttest.FreeAddress(d.t), "LOG_LEVEL": "WARN",
		"NATS_URL": "nats://" + nats, "NATS_ACK_WAIT": "2s", "MAIL_GATHER": "0s",
		"KEY_DIRECTORY":    filepath.Join(d.dir, "keys", service),
		"SIGNING_KEY_FILE": filepath.Join(d.dir, "trust", service+".pem"),
		"TRUSTED_KEYS":     strings.Join(trusted, ","), "PEERS": strings.Join(peers, ","),
		"PORTAL_PUBLIC_URL":     "http://" + d.addresses["portal"],
		"BALLOTBOX_PUBLIC_URL":  "http://localhost:" + port(d.addresses["ballotbox"]),
		"BALLOTBOX_SIGNING_KEY": base64.StdEncoding.EncodeToString(publicKey(box)),
		"SMTP_HOST":             smtpHost, "SMTP_PORT": smtpPort, "SMTP_TLS": "none", "SMTP_FROM": "guldkorn@example.invalid",
		"OIDC_ISSUER": provider.Issuer(), "OIDC_PROVIDER": demo.Issuer, "OIDC_CLIENT_ID": provider.ClientID(),
	}
	if service == "ballotbox" {
		values["DATA_DIRECTORY"], values["ORIGIN"], values["TICKET_KEY"] = filepath.Join(d.dir, "ballotbox"), values["BALLOTBOX_PUBLIC_URL"], d.ticketKey
		return values
	}
	database, state := hosttest.FreeAddress(d.t), filepath.Join(d.dir, "ferretdb", service)
	require.NoError(d.t, os.MkdirAll(state, 0o700))
	d.start("ferretdb-"+service, "ferretdb", nil, listens(database), "-listen", database, "-state", state)
	values["MONGODB_URI"] = "mongodb://" + database + "/?maxPoolSize=1"
	return values
}

// start runs a program and waits until it is ready.
func (d *deployment) start(name, binary string, environment map[string]string, ready func() bool, args ...string) {
	d.t.Helper()
	p := &process{name: name, ready: ready, ended: make(chan struct{})}
	p.command = func() *exec.Cmd {
		command := exec.Command(filepath.Join(d.binaries, binary), args...)
		command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.dir, "TMPDIR=" + d.dir}
		for key, value := range environment {
			if key == "GULDKORN_FAILPOINT" && p.kills > 0 {
				continue // once is enough
			}
			command.Env = append(command.Env, key+"="+value)
		}
		command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		return command
	}
	d.processes[name] = p
	started := make(chan error, 1)
	go p.supervise(started)
	require.NoError(d.t, <-started, name)
	d.t.Cleanup(func() { p.stop(d.t) })
	require.Eventually(d.t, ready, time.Minute, 50*time.Millisecond, "%s is not ready\n%s", name, p.output())
}

// supervise starts the program again each time it is killed.
func (p *process) supervise(started chan<- error) {
	defer close(p.ended)
	for {
		p.mu.Lock()
		command := p.command()
		out, err := command.StderrPipe()
		if err == nil {
			err = command.Start()
		}
		p.running = command
		p.mu.Unlock()
		if started != nil {
			started <- err
			started = nil
		}
		if err != nil {
			return
		}
		p.keep(out)
		_ = command.Wait()
		p.mu.Lock()
		status, _ := command.ProcessState.Sys().(syscall.WaitStatus)
		again := status.Signaled() && status.Signal() == syscall.SIGKILL && !p.stopping
		if again {
			p.kills++
		}
		p.mu.Unlock()
		if !again {
			return
		}
	}
}

func (p *process) keep(out io.Reader) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		p.mu.Lock()
		p.log.Write(append(lines.Bytes(), '\n'))
		p.mu.Unlock()
	}
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// stop asks the program to end and expects an orderly one.
func (p *process) stop(t *testing.T) {
	p.mu.Lock()
	p.stopping = true
	_ = p.running.Process.Signal(syscall.SIGTERM)
	p.mu.Unlock()
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		_ = p.running.Process.Kill()
		t.Errorf("%s does not stop on SIGTERM\n%s", p.name, p.output())
		return
	}
	if t.Failed() {
		t.Logf("%s said:\n%s", p.name, p.output())
	}
}

// kill ends a program as hard as a power cut does; it is started again.
func (d *deployment) kill(service string) {
	p := d.processes[service]
	p.mu.Lock()
	defer p.mu.Unlock()
	require.NoError(d.t, p.running.Process.Kill())
}

// died tells how often the program was killed.
func (d *deployment) died(service string) int {
	p := d.processes[service]
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kills
}

func listens(address string) func() bool {
	return func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}
}

func answers(url string) func() bool {
	return func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		request, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	}
}

func port(address string) string {
	_, p, _ := net.SplitHostPort(address)
	return p
}
