// Package voter is a person's side of the ballot box in Go: what the browser does, for tests, for load and for
// making demonstration data. One Voter is one person in one round.
package voter

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// Voter answers one round for one person. It is not safe for concurrent use.
type Voter struct {
	base   string
	client *http.Client

	private ed25519.PrivateKey
	request *ballot.Request
	form    form
	key     ballot.Key
	token   []byte
	version int
	reply   correspondence
	sealed  []byte
}

type form struct {
	RoundID    string       `json:"round_id"`
	State      string       `json:"state"`
	Keys       []ballot.Key `json:"keys"`
	SealingKey string       `json:"sealing_key"`
	ReleaseKey string       `json:"release_key"`
	RosterHash string       `json:"roster_hash"`
	FrameHash  string       `json:"frame_hash"`
	SigningKey string       `json:"signing_key"`
	Signature  string       `json:"signature"`
	Thresholds struct {
		Means         int `json:"means"`
		Distributions int `json:"distributions"`
	} `json:"thresholds"`
	Instrument struct {
		ID      string `json:"id"`
		Version int    `json:"version"`
	} `json:"instrument"`
}

// New returns a voter of the ballot box at base, such as https://stemmeboks.example.
func New(base string, client *http.Client) *Voter {
	return &Voter{base: strings.TrimSuffix(base, "/"), client: client}
}

// Through sends further requests by another client.
func (v *Voter) Through(client *http.Client) { v.client = client }

// TicketIn returns the ticket in the fragment of an address that intake hands out.
func TicketIn(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("voter: %w", err)
	}
	values, err := url.ParseQuery(u.Fragment)
	if err != nil || values.Get("ticket") == "" {
		return "", errors.New("voter: the address has no ticket")
	}
	return values.Get("ticket"), nil
}

type claims struct {
	Round   string `json:"round"`
	Unit    string `json:"unit"`
	KeyList string `json:"key_list"`
	Box     string `json:"box"`
}

// Fetch makes a key and gets the token that the ticket entitles to. A repeat sends the same request again.
func (v *Voter) Fetch(ctx context.Context, ticket string) error {
	if v.token != nil {
		return nil
	}
	claims, err := readClaims(ticket)
	if err != nil {
		return err
	}
	if v.request == nil {
		if err := v.prepare(ctx, claims); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(map[string]string{"ticket": ticket, "blinded_message": ballot.Encode64(v.request.Blinded)})
	if err != nil {
		return fmt.Errorf("voter: %w", err)
	}
	var answer struct {
		Signature string `json:"signature"`
	}
	if err := v.call(ctx, http.MethodPost, "/v1/rounds/"+v.form.RoundID+"/blind-signatures", raw, &answer); err != nil {
		return err
	}
	signature, err := ballot.Decode64(answer.Signature, ballot.TokenSize)
	if err != nil {
		return fmt.Errorf("voter: %w", err)
	}
	v.token, err = v.request.Finalize(signature)
	return err
}

// prepare reads the form, checks its key list against the ticket and blinds a new public key.
func (v *Voter) prepare(ctx context.Context, c claims) error {
	if err := v.call(ctx, http.MethodGet, "/v1/rounds/"+c.Round+"/form", nil, &v.form); err != nil {
		return err
	}
	if v.form.RoundID != c.Round || ballot.ListHash(c.Round, v.form.Keys) != c.KeyList {
		return errors.New("voter: the ballot box's key list is not the one in the ticket")
	}
	if err := v.form.vouched(c.Box); err != nil {
		return err
	}
	for _, k := range v.form.Keys {
		if k.UnitID == c.Unit {
			v.key = k
		}
	}
	unit, err := v.key.RSA()
	if err != nil {
		return fmt.Errorf("voter: key of the unit: %w", err)
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return fmt.Errorf("voter: %w", err)
	}
	v.private = private
	v.request, err = ballot.NewRequest(unit, public)
	return err
}

// vouched checks that the ballot box which the ticket names has signed this round.
func (f form) vouched(box string) error {
	key, err := ballot.Decode64(f.SigningKey, ed25519.PublicKeySize)
	if err != nil || ballot.Fingerprint(key) != box {
		return errors.New("voter: the ballot box is not the one in the ticket")
	}
	return ballot.Announcement{
		RoundID: f.RoundID, KeyListHash: ballot.ListHash(f.RoundID, f.Keys), SealingKey: f.SealingKey, ReleaseKey: f.ReleaseKey, RosterHash: f.RosterHash,
		Means: f.Thresholds.Means, Distributions: f.Thresholds.Distributions, FrameHash: f.FrameHash,
	}.Verify(key, f.Signature)
}

// Answer hands in answers, or changes the earlier ones: item, such as "core_task.meaning.gain", to value, such as
// "75".
func (v *Voter) Answer(ctx context.Context, answers map[string]string) error {
	release, err := ballot.Decode64(v.form.ReleaseKey, ballot.ReleaseKeySize)
	if err != nil {
		return fmt.Errorf("voter: release key: %w", err)
	}
	envelope, err := ballot.Seal(release, ballot.Content{
		RoundID: v.form.RoundID, Instrument: v.form.Instrument.ID, InstrumentVersion: v.form.Instrument.Version,
		Answers: answers,
	})
	if err != nil {
		return err
	}
	v.sealed = envelope
	return v.send(ctx, ballot.Encode64(envelope))
}

// Sealed is the answer last given, as it stands on the round's bulletin, where its owner can look for it.
func (v *Voter) Sealed() []byte { return v.sealed }

// Withdraw takes the answer back. Another may be given afterwards.
func (v *Voter) Withdraw(ctx context.Context) error { return v.send(ctx, "") }

func (v *Voter) send(ctx context.Context, envelope string) error {
	signed, err := v.Sign(v.version+1, envelope)
	if err != nil {
		return err
	}
	raw, err := v.Seal(signed)
	if err != nil {
		return err
	}
	if err := v.call(ctx, http.MethodPut, v.Path(), raw, nil); err != nil {
		return err
	}
	v.version++
	return nil
}

// Sign makes the request for one version of an answer without sending it, for tests that send it otherwise.
func (v *Voter) Sign(version int, envelope string) (ballot.Answer, error) {
	if v.token == nil {
		return ballot.Answer{}, errors.New("voter: no token yet")
	}
	statement := ballot.Statement(v.form.RoundID, version, envelope)
	return ballot.Answer{
		KeyID: v.key.KeyID, PublicKey: ballot.Encode64(v.public()), Message: ballot.Encode64(v.request.Message),
		Token: ballot.Encode64(v.token), Version: version, Envelope: envelope,
		Signature: ballot.Encode64(ed25519.Sign(v.private, statement)),
	}, nil
}

// Seal makes the body of a request from an answer, for those who send it otherwise.
func (v *Voter) Seal(signed ballot.Answer) ([]byte, error) {
	raw, err := signed.Encode()
	if err != nil {
		return nil, err
	}
	key, err := ballot.Decode64(v.form.SealingKey, ballot.ReleaseKeySize)
	if err != nil {
		return nil, fmt.Errorf("voter: sealing key: %w", err)
	}
	return ballot.SealOuter(key, v.form.RoundID, raw)
}

// Path is where answers are put, the same for everybody.
func (v *Voter) Path() string { return "/v1/rounds/" + v.form.RoundID + "/answers" }

func (v *Voter) public() ed25519.PublicKey { return v.private.Public().(ed25519.PublicKey) }

// call sends a request, without cookies and without a word about who sends it.
func (v *Voter) call(ctx context.Context, method, path string, body []byte, out any) error {
	request, err := http.NewRequestWithContext(ctx, method, v.base+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("voter: %w", err)
	}
	switch {
	case method == http.MethodPut:
		request.Header.Set("Content-Type", "application/octet-stream") // a sealed answer
	case body != nil:
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := v.client.Do(request)
	if err != nil {
		return fmt.Errorf("voter: %w", err)
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode >= http.StatusBadRequest:
		return failure.Read(response)
	case out == nil:
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("voter: answer of %s: %w", path, err)
	}
	return nil
}

// readClaims reads what a ticket says. Whether it is genuine is for the ballot box to find.
func readClaims(ticket string) (claims, error) {
	var c claims
	parts := strings.Split(ticket, ".")
	if len(parts) != 3 {
		return c, errors.New("voter: not a ticket")
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return c, fmt.Errorf("voter: ticket: %w", err)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, fmt.Errorf("voter: ticket: %w", err)
	}
	return c, nil
}
