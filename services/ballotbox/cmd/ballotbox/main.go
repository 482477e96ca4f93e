// Command ballotbox runs the ballot box as a process of its own, configured by the environment; see HOSTING.md. With the
// argument identity it prints the public half of its own key instead.
package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/ballotbox"
)

// settings are the names in the environment.
type settings struct {
	host.ListenSettings
	host.TelemetrySettings
	DataDirectory string            `env:"DATA_DIRECTORY,required"`
	KeyDirectory  string            `env:"KEY_DIRECTORY"`                                // signing keys; the default is keys below DATA_DIRECTORY
	Origin        string            `env:"ORIGIN,required"`                              // as browsers reach it, such as https://stemmeboks.example
	TicketKey     string            `env:"TICKET_KEY,required"`                          // intake's public key for tickets, base64
	TrustedKeys   map[string]string `env:"TRUSTED_KEYS,required" envKeyValSeparator:"="` // issuer=base64 public key
	SpareKeys     int               `env:"SPARE_KEYS" envDefault:"16"`                   // signing keys made ahead

	ticketKey ed25519.PublicKey
	trusted   map[string]ed25519.PublicKey
}

// Mistakes implements host.Validator.
func (s *settings) Mistakes() []string {
	var mistakes []string
	publicKey := func(name, text string) ed25519.PublicKey {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != ed25519.PublicKeySize {
			mistakes = append(mistakes, name+" is not a base64 Ed25519 public key")
			return nil
		}
		return key
	}
	if s.TicketKey != "" {
		s.ticketKey = publicKey("TICKET_KEY", s.TicketKey)
	}
	s.trusted = map[string]ed25519.PublicKey{}
	for issuer, text := range s.TrustedKeys {
		s.trusted[issuer] = publicKey("TRUSTED_KEYS: "+issuer, text)
	}
	if u, err := url.Parse(s.Origin); s.Origin != "" && (err != nil || u.Host == "") {
		mistakes = append(mistakes, fmt.Sprintf("ORIGIN: %q is no origin such as https://stemmeboks.example", s.Origin))
	}
	if s.SpareKeys < 1 || s.SpareKeys > 10_000 {
		mistakes = append(mistakes, "SPARE_KEYS: want 1 to 10000")
	}
	return mistakes
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "identity" {
		os.Exit(host.ExitCode(identity(os.Stdout)))
	}
	// What writes the answers sits in a sync of the disk most of the time, and until Go's scheduler has noticed that, a
	// processor stands still. With one more than there are, a box on two takes a sixth more answers.
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	// What lives is some megabytes, and the envelopes that pass through are that much many times a second: collecting after
	// four times as much takes a tenth of the processor time off an answer.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	ctx, cancel := host.SignalContext()
	defer cancel()
	os.Exit(host.ExitCode(run(ctx)))
}

func run(ctx context.Context) error {
	values, err := host.Environment()
	if err != nil {
		return err
	}
	var s settings
	if err := host.Settings(values, &s); err != nil {
		return err
	}
	listeners, err := host.ListenAll(map[string]string{"LISTEN": s.Listen, "METRICS_LISTEN": s.Metrics})
	if err != nil {
		return err
	}
	logger := host.NewLogger(os.Stderr, s.LogLevel).With("service", ballotbox.Service)
	// No collectors of the process and its memory: read often, their counters would tell when an answer came.
	registry := prometheus.NewRegistry()
	box, err := ballotbox.New(ctx, ballotbox.Options{
		DataDir: s.DataDirectory, KeyDir: s.KeyDirectory, Logger: logger, Registerer: registry, Now: time.Now,
		Verify:    access.NewVerifier(s.trusted, ballotbox.Service, time.Now).Verify,
		TicketKey: s.ticketKey, Origin: s.Origin, PoolSize: s.SpareKeys,
	})
	if err != nil {
		return err
	}
	group := &host.Group{Logger: logger, Ready: func() { logger.Info("ready", "listen", listeners["LISTEN"].Addr().String()) }}
	return group.Run(ctx,
		host.Server{Component: host.Operations{Group: group, Gatherer: registry}, Listener: listeners["METRICS_LISTEN"]},
		host.Server{Component: box, Listener: listeners["LISTEN"]})
}
