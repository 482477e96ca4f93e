package dialogue

import (
	"bytes"
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	shards    = 16       // so that 150 people in ten seconds do not all change one document
	smallBox  = 16 << 10 // a box has this many bytes or a power of two above, whatever is in it
	phaseKey  = 32       // bytes
	lengthTag = 4        // bytes in front of the padded contents
)

// Urn keeps what is sealed in a phase until the phase is locked.
//
// The contents lie in sixteen documents per phase, made when the phase starts; which one is a person's follows from a
// keyed hash. Each document holds one box: all of its entries, encrypted as a whole under the phase key and padded to
// a power of two. So what the database, its log or a backup ever held of who wrote or chose what is one opaque box
// after another, and all of them are lost with the key, which is in the keyring and nowhere else. Inside, entries
// stand in the order of keyed hashes; there is no time anywhere but the database's own stamp on the box.
//
// What remains: somebody who holds the keyring and the database while the phase runs can open the boxes.
type Urn struct {
	boxes *document.Collection[box]
	keys  *keyring.Ring
}

// box is one of the documents of a phase.
type box struct {
	Sealed []byte `bson:"sealed"`
	Closed bool   `bson:"closed"` // nothing more is taken
}

// contents is what is in a box. Voters and Ballots are two lists in two orders: nothing says which is whose.
type contents struct {
	Entries []entry    `json:"entries,omitempty"`
	Voters  []voter    `json:"voters,omitempty"`
	Ballots [][]Choice `json:"ballots,omitempty"`
	Ready   []string   `json:"ready,omitempty"` // people who need no more time
}

// entry is a sealed contribution. ID is a keyed hash of its author and the client's random key, so that a repeated
// request finds it; a withdrawn one stays without its text for the same reason.
type entry struct {
	ID        string `json:"id"`
	Author    string `json:"author"`
	Request   string `json:"request"`
	Revision  int64  `json:"revision"`
	Text      string `json:"text"`
	Held      bool   `json:"held,omitempty"` // is held back when the others are revealed
	Withdrawn bool   `json:"withdrawn,omitempty"`
}

// voter is a participation in a secret vote. Key is a keyed hash of the client's random key.
type voter struct {
	Person string `json:"person"`
	Key    string `json:"key"`
}

// Seal is the urn of one phase with its key at hand.
type Seal struct {
	urn     *Urn
	phase   string
	context string // what a box is bound to: tenant and phase
	mac     []byte
	aead    cipher.AEAD
}

func keyName(ctx context.Context, phase string) (string, error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return "", err
	}
	return "dialogue/" + string(owner) + "/" + phase, nil
}

// Prepare makes the key and the empty boxes of a phase that is about to start. It may be repeated.
func (u *Urn) Prepare(ctx context.Context, phase string) error {
	name, err := keyName(ctx, phase)
	if err != nil {
		return err
	}
	_, err = u.keys.Ensure(name, func() ([]byte, error) {
		key := make([]byte, phaseKey)
		_, err := rand.Read(key)
		return key, err
	})
	if err != nil {
		return err
	}
	failpoint.Hit("after-key-before-boxes")
	seal, err := u.Seal(ctx, phase)
	if err != nil {
		return err
	}
	return each(ctx, func(ctx context.Context, number int) error {
		sealed, err := seal.encrypt(number, contents{})
		if err != nil {
			return err
		}
		_, err = u.boxes.Insert(ctx, boxID(phase, number), box{Sealed: sealed})
		return except(failure.DocumentExists, err)
	})
}

// each does something with every box side by side, so that the database puts them on the disk together.
func each(ctx context.Context, do func(ctx context.Context, number int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for number := range shards {
		group.Go(func() error { return do(ctx, number) })
	}
	return group.Wait()
}

// except forgives an error with this code.
func except(code failure.Code, err error) error {
	if failure.CodeOf(err) == code {
		return nil
	}
	return err
}

// Seal returns the urn of a phase, or keyring.ErrGone.
func (u *Urn) Seal(ctx context.Context, phase string) (*Seal, error) {
	name, err := keyName(ctx, phase)
	if err != nil {
		return nil, err
	}
	key, err := u.keys.Get(name)
	if err != nil {
		return nil, err
	}
	encryption, err := hkdf.Key(sha256.New, key, nil, "box", phaseKey)
	if err != nil {
		return nil, err
	}
	mac, err := hkdf.Key(sha256.New, key, nil, "hash", phaseKey)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(encryption)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &Seal{urn: u, phase: phase, context: name, mac: mac, aead: aead}, err
}

// Destroy erases the boxes of a phase and then its key. It may be repeated.
func (u *Urn) Destroy(ctx context.Context, phase string) error {
	name, err := keyName(ctx, phase)
	if err != nil {
		return err
	}
	if err := each(ctx, func(ctx context.Context, number int) error {
		return except(failure.DocumentNotFound, u.boxes.Erase(ctx, boxID(phase, number)))
	}); err != nil {
		return err
	}
	failpoint.Hit("after-boxes-before-key")
	return u.keys.Destroy(name)
}

// change applies fn to the box of a person. fn tells whether it changed anything; it may run more than once. A box
// that is closed or gone is the failure dialogue.phase_locked.
func (s *Seal) change(ctx context.Context, person string, fn func(*contents) (bool, error)) error {
	number, found := s.shard(person), false
	_, err := s.urn.boxes.Update(ctx, boxID(s.phase, number), func(b *box) ([]events.Event, error) {
		found = true
		if b.Closed {
			return nil, failure.New(failure.PhaseLocked).At("phase_id")
		}
		c, err := s.decrypt(number, b.Sealed)
		if err != nil {
			return nil, err
		}
		changed, err := fn(&c)
		if err != nil || !changed {
			return nil, err
		}
		b.Sealed, err = s.encrypt(number, c)
		return nil, err
	})
	if !found && failure.CodeOf(err) == failure.DocumentNotFound {
		return failure.New(failure.PhaseLocked).At("phase_id")
	}
	return err
}

// own reads the box of a person.
func (s *Seal) own(ctx context.Context, person string) (contents, error) {
	return s.read(ctx, s.shard(person))
}

// all reads every box that is there.
func (s *Seal) all(ctx context.Context) (contents, error) {
	var all contents
	for number := range shards {
		c, err := s.read(ctx, number)
		if failure.CodeOf(err) == failure.DocumentNotFound {
			continue
		}
		if err != nil {
			return contents{}, err
		}
		all.Entries = append(all.Entries, c.Entries...)
		all.Voters = append(all.Voters, c.Voters...)
		all.Ballots = append(all.Ballots, c.Ballots...)
		all.Ready = append(all.Ready, c.Ready...)
	}
	return all, nil
}

func (s *Seal) read(ctx context.Context, number int) (contents, error) {
	b, err := s.urn.boxes.Get(ctx, boxID(s.phase, number))
	if err != nil {
		return contents{}, err
	}
	return s.decrypt(number, b.Body.Sealed)
}

// close takes nothing more from anybody. Whoever was answered before is in a box now.
func (s *Seal) close(ctx context.Context) error {
	return each(ctx, func(ctx context.Context, number int) error {
		_, err := s.urn.boxes.Update(ctx, boxID(s.phase, number), func(b *box) ([]events.Event, error) {
			b.Closed = true
			return nil, nil
		})
		return except(failure.DocumentNotFound, err)
	})
}

// people counts who has written something that stands, or voted.
func (c contents) people() int {
	seen := map[string]bool{}
	for _, e := range c.Entries {
		if !e.Withdrawn {
			seen[e.Author] = true
		}
	}
	return len(seen) + len(c.Voters)
}

func boxID(phase string, number int) string { return phase + "-" + strconv.Itoa(number) }

// hash returns a keyed hash of some parts.
func (s *Seal) hash(parts ...string) []byte {
	h := hmac.New(sha256.New, s.mac)
	for _, part := range parts {
		_, _ = io.WriteString(h, strconv.Itoa(len(part))+":"+part) // lengths keep the parts apart
	}
	return h.Sum(nil)
}

// id returns a keyed hash in the form of a random UUID.
func (s *Seal) id(parts ...string) string {
	var id uuid.UUID
	copy(id[:], s.hash(parts...))
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4, RFC 9562 section 5.4
	return id.String()
}

func (s *Seal) shard(person string) int { return int(s.hash("shard", person)[0]) % shards }

// sort puts everything in an order that no order of arrival shows in.
func (c *contents) sort() {
	slices.SortFunc(c.Entries, func(a, b entry) int { return strings.Compare(a.ID, b.ID) })
	slices.Sort(c.Ready)
	slices.SortFunc(c.Voters, func(a, b voter) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(c.Ballots, func(a, b []Choice) int {
		return slices.CompareFunc(a, b, func(x, y Choice) int {
			return cmp.Or(strings.Compare(x.ContributionID, y.ContributionID), cmp.Compare(x.Dots, y.Dots))
		})
	})
}

func (s *Seal) encrypt(number int, c contents) ([]byte, error) {
	c.sort()
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	size := smallBox
	for size < len(raw)+lengthTag {
		size *= 2
	}
	padded := make([]byte, size)
	binary.BigEndian.PutUint32(padded, uint32(len(raw)))
	copy(padded[lengthTag:], raw)
	nonce := make([]byte, s.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return s.aead.Seal(nonce, nonce, padded, []byte(s.context+"/"+strconv.Itoa(number))), nil
}

var errBox = errors.New("dialogue: a sealed box cannot be opened")

func (s *Seal) decrypt(number int, sealed []byte) (contents, error) {
	var c contents
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return c, errBox
	}
	padded, err := s.aead.Open(nil, sealed[:n], sealed[n:], []byte(s.context+"/"+strconv.Itoa(number)))
	if err != nil {
		return c, fmt.Errorf("%w: %w", errBox, err)
	}
	length := binary.BigEndian.Uint32(padded)
	if int(length) > len(padded)-lengthTag {
		return c, errBox
	}
	if err := json.NewDecoder(bytes.NewReader(padded[lengthTag : lengthTag+length])).Decode(&c); err != nil {
		return c, fmt.Errorf("%w: %w", errBox, err)
	}
	return c, nil
}
