package access

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"
)

// Bundles says where a signed OPA bundle is found that replaces policies while services run. A bundle holds
// <service>/policy.rego for each service whose policy it replaces, and a manifest whose revision is a number that only
// grows. The zero value means that services keep the policies that they were built with.
type Bundles struct {
	URL       string // http or https
	Key       string // PEM of the public key, Ed25519 or P-256: the only one that counts, whatever a bundle names
	Directory string // where the last bundle that was taken in is kept, for a start without the network
	Client    *http.Client
	Every     time.Duration
}

// bundleSize is what a bundle may have at most: a hundred times what all policies together have.
const bundleSize = 4 << 20

// Algorithm returns how bundles are signed with the key: EdDSA or ES256.
func (b Bundles) Algorithm() (string, error) {
	block, _ := pem.Decode([]byte(b.Key))
	if block == nil || block.Type != "PUBLIC KEY" {
		return "", errors.New("no PEM block of a public key")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return "", err
	}
	switch key := key.(type) {
	case ed25519.PublicKey:
		return "EdDSA", nil
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return "ES256", nil
		}
	}
	return "", errors.New("neither an Ed25519 nor a P-256 key")
}

// Follow takes in bundles until ctx ends: first the last one that was kept, then what the URL has. One that cannot be
// verified, is older, does not compile or gives more than it may (see bounds.go) is refused, and what was in force
// stays in force.
func (a *Authorizer) Follow(ctx context.Context, b Bundles) error {
	if b.URL == "" {
		return nil
	}
	algorithm, err := b.Algorithm()
	if err != nil {
		return fmt.Errorf("access: key of bundles: %w", err)
	}
	f := &follower{authorizer: a, bundles: b, algorithm: algorithm, kept: filepath.Join(b.Directory, a.service+".tar.gz")}
	f.restore(ctx)
	tick := time.NewTicker(b.Every)
	defer tick.Stop()
	for {
		f.poll(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// follower is one authorizer's way from bundle to bundle; only Follow's goroutine uses it.
type follower struct {
	authorizer *Authorizer
	bundles    Bundles
	algorithm  string
	kept       string
	etag       string
	revision   uint64
}

func (f *follower) restore(ctx context.Context) {
	raw, err := os.ReadFile(f.kept)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		_, err = f.take(ctx, raw)
	}
	f.tell(ctx, "restored", err)
}

func (f *follower) poll(ctx context.Context) {
	raw, etag, err := f.fetch(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		f.authorizer.bundles.WithLabelValues("unreachable").Inc()
		f.authorizer.logger.LogAttrs(ctx, slog.LevelWarn, "policy bundle not fetched", slog.String("policy", f.authorizer.service), slog.Any("error", err))
		return
	}
	if raw == nil {
		return
	}
	taken, err := f.take(ctx, raw)
	if ctx.Err() != nil {
		return
	}
	f.etag = etag // a refused one too: it is looked at again once it has changed
	if err != nil || taken {
		f.tell(ctx, "accepted", err)
	}
	if taken {
		if err := f.keep(raw); err != nil {
			f.authorizer.logger.LogAttrs(ctx, slog.LevelError, "policy bundle not kept", slog.String("policy", f.authorizer.service), slog.Any("error", err))
		}
	}
}

// fetch returns the bundle, or nil when it is still the one last seen.
func (f *follower) fetch(ctx context.Context) ([]byte, string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.bundles.URL, nil)
	if err != nil {
		return nil, "", err
	}
	if f.etag != "" {
		request.Header.Set("If-None-Match", f.etag)
	}
	response, err := f.bundles.Client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusNotModified:
		return nil, "", nil
	case http.StatusOK:
	default:
		return nil, "", fmt.Errorf("status %d", response.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(response.Body, bundleSize+1))
	if err == nil && len(raw) > bundleSize {
		err = errors.New("too large")
	}
	return raw, response.Header.Get("ETag"), err
}

// take puts a bundle in force, unless it is the one in force.
func (f *follower) take(ctx context.Context, raw []byte) (bool, error) {
	key := &bundle.KeyConfig{Key: f.bundles.Key, Algorithm: f.algorithm}
	const name = "policy"
	content, err := bundle.NewReader(bytes.NewReader(raw)).WithSizeLimitBytes(bundleSize).
		WithBundleVerificationConfig(bundle.NewVerificationConfig(map[string]*bundle.KeyConfig{name: key}, name, "", nil)).Read()
	if err != nil {
		return false, err
	}
	revision, err := strconv.ParseUint(content.Manifest.Revision, 10, 64)
	switch {
	case err != nil:
		return false, fmt.Errorf("revision %q is not a number", content.Manifest.Revision)
	case revision < f.revision:
		return false, fmt.Errorf("revision %d is older than %d, which is in force", revision, f.revision)
	case revision == f.revision:
		return false, nil
	}
	a := f.authorizer
	next := a.embedded // what a bundle leaves out is as it was built
	for _, module := range content.Modules {
		if strings.TrimPrefix(module.Path, "/") != a.service+"/policy.rego" {
			continue
		}
		if next, err = compile(ctx, a.service, string(module.Raw)); err != nil {
			return false, err
		}
		if err := next.within(ctx, a.embedded); err != nil {
			return false, err
		}
	}
	a.program.Store(next)
	f.revision = revision
	return true, nil
}

// keep writes the bundle where the next start finds it, whole or not at all.
func (f *follower) keep(raw []byte) error {
	file, err := os.CreateTemp(f.bundles.Directory, "."+f.authorizer.service+"-*")
	if err != nil {
		return err
	}
	_, err = file.Write(raw)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), f.kept)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return err
	}
	return nil
}

func (f *follower) tell(ctx context.Context, outcome string, err error) {
	level, attributes := slog.LevelInfo, []slog.Attr{slog.String("policy", f.authorizer.service), slog.Uint64("revision", f.revision)}
	if err != nil {
		level, outcome = slog.LevelError, "refused"
		attributes = append(attributes, slog.Any("error", err))
	}
	f.authorizer.bundles.WithLabelValues(outcome).Inc()
	f.authorizer.logger.LogAttrs(ctx, level, "policy bundle "+outcome, attributes...)
}
