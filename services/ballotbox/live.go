package ballotbox

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// round is a record at work: where it stands now, its file and its private keys.
type round struct {
	dir      string
	identity ed25519.PrivateKey
	seal     *ecdh.PrivateKey // opens requests; nil for a closed round
	health   *health

	command sync.Mutex           // one command on a round at a time
	gate    sync.RWMutex         // read while something goes into the file; a change of state waits for that
	view    atomic.Pointer[view] // replaced as a whole

	opening sync.Mutex
	votes   *votes // opened when first needed

	secrets sync.Mutex
	signing map[string]*ballot.Signer // by key id, loaded when first needed
}

// view is a record and what is prepared from it. It is never changed.
type view struct {
	*record
	units      map[string]int      // index of a unit
	keys       map[string]*unitKey // by key id
	listHash   string
	frameHash  string
	sealingKey string
	signature  string // of the announcement, by the box
	form       []byte // as served to voters
}

// unitKey is a unit's public key, prepared for checking tokens.
type unitKey struct {
	unit     int
	verifier *ballot.Verifier
}

func newRound(record *record, dir string, identity ed25519.PrivateKey, seal *ecdh.PrivateKey, health *health) (*round, error) {
	r := &round{dir: dir, identity: identity, seal: seal, health: health}
	v, err := r.newView(record)
	r.view.Store(v)
	return r, err
}

func (r *round) newView(record *record) (*view, error) {
	v := &view{record: record, units: map[string]int{}, keys: map[string]*unitKey{}}
	if record.State != Closed {
		v.sealingKey = ballot.Encode64(r.seal.PublicKey().Bytes())
	}
	for i, u := range record.Frame.Units {
		v.units[u.UnitID] = i
	}
	for _, k := range record.Keys {
		public, err := k.RSA()
		if err != nil {
			return nil, err
		}
		verifier, err := ballot.NewVerifier(public)
		if err != nil {
			return nil, err
		}
		v.keys[k.KeyID] = &unitKey{unit: v.units[k.UnitID], verifier: verifier}
	}
	v.listHash = ballot.ListHash(record.RoundID, record.Keys)
	var err error
	if v.frameHash, err = record.Frame.hash(); err != nil {
		return nil, err
	}
	v.signature = v.announcement().Sign(r.identity)
	if v.form, err = json.Marshal(newForm(v, r.identity)); err != nil {
		return nil, fmt.Errorf("form: %w", err)
	}
	return v, nil
}

// now returns where the round stands.
func (r *round) now() *view { return r.view.Load() }

// move changes the record once everything under way in the file is done.
func (r *round) move(change func(*record)) error {
	r.gate.Lock()
	defer r.gate.Unlock()
	next := *r.now().record
	change(&next)
	v, err := r.newView(&next)
	if err != nil {
		return err
	}
	r.view.Store(v)
	return nil
}

// file returns the round's open file.
func (r *round) file() (*votes, error) {
	r.opening.Lock()
	defer r.opening.Unlock()
	if r.votes == nil {
		votes, err := openVotes(r.dir, r.health)
		if err != nil {
			r.health.note(err)
			return nil, storageFailure(err)
		}
		r.votes = votes
	}
	return r.votes, nil
}

// closeVotes closes the file if it is open.
func (r *round) closeVotes() error {
	r.opening.Lock()
	defer r.opening.Unlock()
	if r.votes == nil {
		return nil
	}
	err := r.votes.close()
	r.votes = nil
	return err
}

// signer returns what makes the blind signatures of a unit.
func (r *round) signer(ctx context.Context, unit int, keys *keyMaker) (*ballot.Signer, error) {
	r.secrets.Lock()
	defer r.secrets.Unlock()
	now := r.now()
	if r.signing == nil {
		signing, err := keys.signers(ctx, now.RoundID)
		if err != nil {
			return nil, err
		}
		r.signing = signing
	}
	for id, k := range now.keys {
		if signer, ok := r.signing[id]; ok && k.unit == unit {
			return signer, nil
		}
	}
	return nil, failure.New(failure.BallotKeyUnlisted)
}

// dropSecrets forgets the private keys.
func (r *round) dropSecrets() {
	r.secrets.Lock()
	defer r.secrets.Unlock()
	r.signing = nil
}
