package main

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

const (
	people   = 256 // who get a token
	versions = 16  // of each one's answer
	unit     = "unit"
)

// box is a ballot box, and intake's part in what it does.
type box struct {
	identity string // fingerprint of its key
	*server
	key   ed25519.PrivateKey // signs commands and tickets
	round string
	list  string // hash of the round's keys
}

// measureBox hands the same answers to a ballot box and to the floor, by turns, and completes what is known of the
// floor.
func measureBox(ctx context.Context, dir string, floor *server, floored *least) (figures []figure, err error) {
	b, err := startBox(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	if err := errors.Join(b.open(ctx), b.settle(ctx)); err != nil {
		return nil, err
	}
	signing, voters, err := b.handOut(ctx)
	if err != nil {
		return nil, err
	}
	answers, err := prepare(ctx, voters)
	if err != nil {
		return nil, err
	}
	theirs, mine := &tally{server: floor}, &tally{server: b.server}
	for _, version := range answers {
		if err := errors.Join(theirs.take(ctx, version), mine.take(ctx, version)); err != nil {
			return nil, err
		}
	}
	alone, _, err := crowd(ctx, 1, people, func(ctx context.Context, i int) error { return floor.put(ctx, answers[0][i]) })
	floored.alone, floored.cpu = percentile(alone, 50), theirs.cpuEach()
	return []figure{
		{name: "anonymous answer, processor time", unit: "ms", value: mine.cpuEach(), floor: theirs.cpuEach(), most: 10, times: true},
		{name: fmt.Sprintf("anonymous answers by %d clients", clients), unit: "/s", value: mine.rate(), floor: theirs.rate()},
		{name: "blind signature, processor time", unit: "ms", value: signing.cpuEach(), floor: theirs.cpuEach()},
		{name: fmt.Sprintf("blind signatures for %d clients", clients), unit: "/s", value: signing.rate(), floor: theirs.rate()},
	}, err
}

// tally is what a server took for a number of requests.
type tally struct {
	*server
	n        int
	cpu, all time.Duration
}

// take hands in answers.
func (t *tally) take(ctx context.Context, answers []prepared) error {
	return t.count(ctx, len(answers), func(ctx context.Context, i int) error { return t.put(ctx, answers[i]) })
}

func (t *tally) count(ctx context.Context, n int, do func(context.Context, int) error) error {
	before, err := t.server.cpu()
	if err != nil {
		return err
	}
	_, all, err := crowd(ctx, clients, n, do)
	if err != nil {
		return err
	}
	after, err := t.server.cpu()
	t.n, t.cpu, t.all = t.n+n, t.cpu+after-before, t.all+all
	return err
}

func (t *tally) cpuEach() float64 { return milliseconds(t.cpu) / float64(t.n) }
func (t *tally) rate() float64    { return float64(t.n) / t.all.Seconds() }

func startBox(ctx context.Context, dir string) (*box, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	trusted := base64.StdEncoding.EncodeToString(public)
	s, err := startServer(ctx, []string{
		"DATA_DIRECTORY=" + filepath.Join(dir, "box"), "ORIGIN=" + origin, "LISTEN=127.0.0.1:0", "METRICS_LISTEN=127.0.0.1:0",
		"TICKET_KEY=" + trusted, "TRUSTED_KEYS=intake=" + trusted, "SPARE_KEYS=1",
	}, filepath.Join(dir, "ballotbox"))
	if err != nil {
		return nil, err
	}
	ring, err := keyring.Open(filepath.Join(dir, "box", "keys"))
	if err != nil {
		return nil, err
	}
	identity, err := ballotbox.Identity(ring)
	if err != nil {
		return nil, err
	}
	return &box{server: s, key: private, round: uuid.NewString(), identity: ballot.Fingerprint(identity.Public().(ed25519.PublicKey))}, nil
}

// open makes a round as intake does.
func (b *box) open(ctx context.Context) error {
	services := &caller.Caller{Addresses: map[string]platform.Address{ballotbox.Service: {Base: b.base, Client: b.client}}}
	intake := services.AsService(access.NewSigner(b.key, "intake", time.Now), "intake")
	release, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	today, path := time.Now().Format(time.DateOnly), "/v1/rounds/"+b.round
	frame := ballotbox.Frame{
		TenantID: "abcdefghij23", Title: ballotbox.Text{Da: "Måling", En: "Load"}, Instrument: []byte(`{"id":"load","version":1,"themes":[{}]}`),
		Units: []ballotbox.Unit{{UnitID: unit, Voters: people}}, ReleaseKey: ballot.Encode64(release.PublicKey().Bytes()),
		Thresholds: ballotbox.Thresholds{Means: 5, Distributions: 10}, OpensOn: today, ClosesOn: today, VisibleToAllOn: today, PortalURL: origin,
	}
	var round struct {
		State       ballotbox.State `json:"state"`
		KeyListHash string          `json:"key_list_hash"`
	}
	if err := caller.Eventually(ctx, "keys", func() (bool, error) {
		err := intake.Call(ctx, ballotbox.Service, http.MethodPut, path, frame, &round)
		return round.State == ballotbox.Announced, err
	}); err != nil {
		return err
	}
	b.list = round.KeyListHash
	return intake.Call(ctx, ballotbox.Service, http.MethodPost, path+"/open", nil, nil)
}

// handOut gives everybody a token. Their blinding is on the clock, but not in the box's processor time.
func (b *box) handOut(ctx context.Context) (*tally, []*voter.Voter, error) {
	signing, voters := &tally{server: b.server}, make([]*voter.Voter, people)
	err := signing.count(ctx, people, func(ctx context.Context, i int) error {
		ticket, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
			"iss": "intake", "aud": ballotbox.Service, "round": b.round, "unit": unit, "pseudonym": fmt.Sprint("person-", i),
			"key_list": b.list, "box": b.identity, "exp": time.Now().Add(patience).Unix(),
		}).SignedString(b.key)
		if err != nil {
			return err
		}
		voters[i] = voter.New(b.base, b.client)
		return voters[i].Fetch(ctx, ticket)
	})
	return signing, voters, err
}

// prepare lets everybody seal and sign every version of an answer, and sends nothing.
func prepare(ctx context.Context, voters []*voter.Voter) ([][]prepared, error) {
	answers := make([][]prepared, versions)
	for _, v := range voters {
		var d drawer
		v.Through(&http.Client{Transport: &d})
		for i := range answers {
			if err := v.Answer(ctx, map[string]string{"theme.quality.gain": "75", "theme.quality.strain": "25"}); err != nil {
				return nil, err
			}
			answers[i] = append(answers[i], d.kept)
		}
	}
	return answers, nil
}

// drawer keeps the last request instead of sending it.
type drawer struct{ kept prepared }

// RoundTrip implements http.RoundTripper.
func (d *drawer) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	d.kept = prepared{r.URL.Path, body}
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: r}, r.Body.Close()
}
