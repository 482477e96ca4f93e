package platform

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/mongo"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/keyring"
)

// Services are the names that PEERS and TRUSTED_KEYS may use.
var Services = []string{"tenancy", "intake", "ballotbox", "dialogue", "reporting", "notification", "portal"}

// Settings configure a service that runs in a process of its own. Names are those of the environment.
type Settings struct {
	host.ListenSettings
	host.TelemetrySettings
	BundleSettings
	NATSURL         string            `env:"NATS_URL,required"`
	NATSCredentials string            `env:"NATS_CREDENTIALS"` // a credentials file; user and password can stand in the URL
	NATSReplicas    int               `env:"NATS_REPLICAS" envDefault:"1"`
	NATSAckWait     time.Duration     `env:"NATS_ACK_WAIT" envDefault:"30s"` // until events in a dead process's hands are given out again
	MongoURI        string            `env:"MONGODB_URI,required"`
	MongoDatabase   string            `env:"MONGODB_DATABASE"` // guldkorn_<service> unless given
	KeyDirectory    string            `env:"KEY_DIRECTORY,required"`
	SigningKey      string            `env:"SIGNING_KEY_FILE,required"`                    // PKCS #8 PEM, Ed25519
	TrustedKeys     map[string]string `env:"TRUSTED_KEYS,required" envKeyValSeparator:"="` // issuer=base64 public key
	Peers           map[string]string `env:"PEERS,required" envKeyValSeparator:"="`        // service=URL

	signingKey ed25519.PrivateKey
	trusted    map[string]ed25519.PublicKey
}

// Mistakes implements host.Validator.
func (s *Settings) Mistakes() []string {
	var mistakes []string
	if s.SigningKey != "" {
		key, err := ReadSigningKey(s.SigningKey)
		if err != nil {
			mistakes = append(mistakes, "SIGNING_KEY_FILE: "+err.Error())
		}
		s.signingKey = key
	}
	s.trusted = map[string]ed25519.PublicKey{}
	for issuer, text := range s.TrustedKeys {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != ed25519.PublicKeySize {
			mistakes = append(mistakes, fmt.Sprintf("TRUSTED_KEYS: %s is not a base64 Ed25519 public key", issuer))
			continue
		}
		s.trusted[issuer] = key
	}
	for name, address := range s.Peers {
		if u, err := url.Parse(address); err != nil || u.Host == "" || !slices.Contains(Services, name) {
			mistakes = append(mistakes, fmt.Sprintf("PEERS: %s=%s is not one of %v with a URL", name, address, Services))
		}
	}
	if s.NATSReplicas < 1 || s.NATSReplicas > 5 {
		mistakes = append(mistakes, "NATS_REPLICAS: want 1 to 5")
	}
	return append(mistakes, s.BundleSettings.Mistakes()...)
}

// ReadSigningKey reads an Ed25519 private key from a PKCS #8 PEM file.
func ReadSigningKey(path string) (ed25519.PrivateKey, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM block", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s is not an Ed25519 key", path)
	}
	return key, nil
}

// Main runs one service as a process of its own until SIGTERM and returns the exit code. The checks are of the service's
// own settings, so that a start names all mistakes before it reaches for the broker and the database.
func Main(service string, construct Constructor, checks ...func(values map[string]string) error) int {
	ctx, cancel := host.SignalContext()
	defer cancel()
	return host.ExitCode(run(ctx, service, construct, checks...))
}

func run(ctx context.Context, service string, construct Constructor, checks ...func(map[string]string) error) error {
	values, err := host.Environment()
	if err != nil {
		return err
	}
	var s Settings
	wrong := host.Settings(values, &s)
	listeners, occupied := host.ListenAll(map[string]string{"LISTEN": s.Listen, "METRICS_LISTEN": s.Metrics})
	defer func() {
		for _, l := range listeners {
			_ = l.Close() // served ones are closed already
		}
	}()
	mistakes := []error{wrong, occupied}
	for _, check := range checks {
		mistakes = append(mistakes, check(values))
	}
	if err := host.Mistakes(mistakes...); err != nil {
		return err
	}
	logger := host.NewLogger(os.Stderr, s.LogLevel).With("service", service)
	flush, err := host.StartTelemetry(ctx, service, s.TelemetrySettings)
	if err != nil {
		return err
	}
	defer func() { _ = flush(context.WithoutCancel(ctx)) }()

	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	database := s.MongoDatabase
	if database == "" {
		database = "guldkorn_" + service
	}
	backend, err := mongo.Open(ctx, s.MongoURI, database)
	if err != nil {
		return err
	}
	defer func() { _ = backend.Close() }()
	broker, err := bus.Connect(ctx, bus.Options{
		Service: service, URL: s.NATSURL, Credentials: s.NATSCredentials,
		Logger: logger, Registerer: registry, Replicas: s.NATSReplicas, AckWait: s.NATSAckWait,
	})
	if err != nil {
		return err
	}
	defer broker.Close()
	keys, err := keyring.Open(s.KeyDirectory)
	if err != nil {
		return err
	}
	d := &Deps{
		Service: service, Logger: logger, Registerer: registry, Now: time.Now,
		Store: document.NewStore(backend, service, time.Now), Bus: broker, Keys: keys,
		Signer:      access.NewSigner(s.signingKey, service, time.Now),
		Verify:      Trust(service, s.trusted, time.Now),
		Addresses:   map[string]Address{},
		Environment: values,
		Bundles:     s.Bundles(),
	}
	peers := http.DefaultTransport.(*http.Transport).Clone()
	peers.MaxIdleConnsPerHost = 64 // the few peers take all the traffic
	for name, base := range s.Peers {
		d.Addresses[name] = Address{Base: base, Client: &http.Client{Transport: peers}}
	}
	component, err := construct(ctx, d)
	if err != nil {
		return err
	}
	group := &host.Group{Logger: logger, Checks: d.Checks(), Ready: func() { logger.Info("ready", "listen", listeners["LISTEN"].Addr().String()) }}
	return group.Run(ctx,
		host.Server{Component: host.Operations{Group: group, Gatherer: registry}, Listener: listeners["METRICS_LISTEN"]},
		host.Server{Component: d.Served(component), Listener: listeners["LISTEN"]})
}
