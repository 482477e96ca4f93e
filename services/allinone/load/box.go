package main

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
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

// box is a ballot box, and intake's and reporting's part in what it does.
type box struct {
	*server
	people   int
	identity string             // fingerprint of its key
	key      ed25519.PrivateKey // signs commands and tickets
	round    string
	list     string // hash of the round's keys
}

// measureBox hands the same answers to a ballot box and to the floor, by turns, and completes what is known of the
// floor.
func measureBox(ctx context.Context, dir string, floor *server, floored *least) (figures []figure, err error) {
	b, err := startBox(ctx, dir, "box", people)
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
	sealed, bare, err := prepare(ctx, voters)
	if err != nil {
		return nil, err
	}
	theirs, mine := &tally{server: floor}, &tally{server: b.server}
	for version := range versions {
		if err := errors.Join(theirs.take(ctx, bare[version]), mine.take(ctx, sealed[version])); err != nil {
			return nil, err
		}
	}
	alone, _, err := crowd(ctx, 1, people, func(ctx context.Context, i int) error { return floor.put(ctx, bare[0][i]) })
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

// startBox runs a ballot box on a new directory below dir, for a round of so many people.
func startBox(ctx context.Context, dir, name string, people int) (*box, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	trusted := base64.StdEncoding.EncodeToString(public)
	s, err := startServer(ctx, []string{
		"DATA_DIRECTORY=" + filepath.Join(dir, name), "ORIGIN=" + origin, "LISTEN=127.0.0.1:0", "METRICS_LISTEN=127.0.0.1:0",
		"TICKET_KEY=" + trusted, "TRUSTED_KEYS=intake=" + trusted + ",reporting=" + trusted, "SPARE_KEYS=1",
	}, filepath.Join(dir, "ballotbox"))
	if err != nil {
		return nil, err
	}
	ring, err := keyring.Open(filepath.Join(dir, name, "keys"))
	if err != nil {
		return nil, err
	}
	identity, err := ballotbox.Identity(ring)
	if err != nil {
		return nil, err
	}
	return &box{
		server: s, people: people, key: private, round: uuid.NewString(), identity: ballot.Fingerprint(identity.Public().(ed25519.PublicKey)),
	}, nil
}

// as speaks to the box as another service.
func (b *box) as(service string) caller.Actor {
	services := &caller.Caller{Addresses: map[string]platform.Address{ballotbox.Service: {Base: b.base, Client: b.client}}}
	return services.AsService(access.NewSigner(b.key, service, time.Now), service)
}

// open makes a round as intake does.
func (b *box) open(ctx context.Context) error {
	intake := b.as("intake")
	release, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	today, path := time.Now().Format(time.DateOnly), "/v1/rounds/"+b.round
	frame := ballotbox.Frame{
		TenantID: "abcdefghij23", Title: ballotbox.Text{Da: "Måling", En: "Load"}, Instrument: []byte(`{"id":"load","version":1,"themes":[{}]}`),
		Units: []ballotbox.Unit{{UnitID: unit, Voters: b.people}}, ReleaseKey: ballot.Encode64(release.PublicKey().Bytes()),
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
	signing, voters := &tally{server: b.server}, make([]*voter.Voter, b.people)
	err := signing.count(ctx, b.people, func(ctx context.Context, i int) (err error) {
		voters[i], err = b.voter(ctx, i)
		return err
	})
	return signing, voters, err
}

// voter gives one person a token.
func (b *box) voter(ctx context.Context, i int) (*voter.Voter, error) {
	ticket, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"iss": "intake", "aud": ballotbox.Service, "round": b.round, "unit": unit, "pseudonym": fmt.Sprint("person-", i),
		"key_list": b.list, "box": b.identity, "exp": time.Now().Add(patience).Unix(),
	}).SignedString(b.key)
	if err != nil {
		return nil, err
	}
	v := voter.New(b.base, b.client)
	return v, v.Fetch(ctx, ticket)
}

// prepare lets everybody sign and seal every version of an answer, and sends nothing. The floor gets it without its seal.
func prepare(ctx context.Context, voters []*voter.Voter) (sealed, bare [versions][]prepared, err error) {
	for version := range versions {
		sealed[version], bare[version] = make([]prepared, len(voters)), make([]prepared, len(voters))
	}
	_, _, err = crowd(ctx, clients, len(voters), func(_ context.Context, who int) error {
		for version := range versions {
			signed, body, _, err := seal(voters[who], version+1)
			if err != nil {
				return err
			}
			open, err := signed.Encode()
			if err != nil {
				return err
			}
			sealed[version][who], bare[version][who] = prepared{voters[who].Path(), body}, prepared{voters[who].Path(), open}
		}
		return nil
	})
	return sealed, bare, err
}

// seal makes one version of an answer, and returns the envelope in it too. What is in that is for nobody to read here.
func seal(v *voter.Voter, version int) (signed ballot.Answer, body, envelope []byte, err error) {
	envelope = make([]byte, ballot.EnvelopeSize)
	_, _ = rand.Read(envelope) // crypto/rand.Read never fails (Go 1.24 and later)
	if signed, err = v.Sign(version, ballot.Encode64(envelope)); err == nil {
		body, err = v.Seal(signed)
	}
	return signed, body, envelope, err
}
