package tenancy

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// profiles encrypts each profile under a key of the person's own (AES-256-GCM). The keys are in the keyring,
// outside the database and its backups: destroying one erases the person's name and addresses everywhere at once.
type profiles struct {
	keys  *keyring.Ring
	login []byte
	now   func() time.Time
}

const (
	loginKey  = "tenancy/login"   // of the HMAC under which logins are found
	personKey = "tenancy/person/" // and the person's id
	keySize   = 32
)

func openProfiles(keys *keyring.Ring, now func() time.Time) (*profiles, error) {
	login, err := keys.Ensure(loginKey, newKey)
	if err != nil {
		return nil, err
	}
	return &profiles{keys: keys, login: login, now: now}, nil
}

func newKey() ([]byte, error) {
	key := make([]byte, keySize)
	_, err := rand.Read(key)
	return key, err
}

// loginHash is what a login is stored and found by. Without its key nobody can tell by trial whose it is.
func (p *profiles) loginHash(login string) string {
	mac := hmac.New(sha256.New, p.login)
	_, _ = mac.Write([]byte(fold(login))) // a hash never fails to write
	return hex.EncodeToString(mac.Sum(nil))
}

// externalHash is what the operator's own number for a person is found by, and the id of somebody new who comes with
// one, by whichever way: the same number is the same person.
func (p *profiles) externalHash(owner tenant.ID, number string) string {
	if number == "" {
		return ""
	}
	return p.importedID(owner, "external", number)
}

// uniloginHash is what somebody is found by who signs in at Unilogin under another login than elsewhere.
func (p *profiles) uniloginHash(owner tenant.ID, login string) string {
	if login == "" {
		return ""
	}
	return p.importedID(owner, "unilogin", fold(login))
}

// newPersonID is the id of somebody whom a list or another system brings.
func (p *profiles) newPersonID(owner tenant.ID, plain profile) string {
	if plain.ExternalID != "" {
		return p.externalHash(owner, plain.ExternalID)
	}
	return p.importedID(owner, "login", fold(plain.Login))
}

// importedID is the id of what a list names, so that the same list names the same thing again. Without the key nobody
// finds an id by trying names or numbers.
func (p *profiles) importedID(owner tenant.ID, kind, name string) string {
	mac := hmac.New(sha256.New, p.login)
	_, _ = fmt.Fprintf(mac, "import %s %s %s", owner, kind, name) // a hash never fails to write
	return hex.EncodeToString(mac.Sum(nil))
}

// seal encrypts a profile under the person's key and makes the key if there is none. It is bound to tenant and id,
// so that a profile cannot be passed off as somebody else's.
func (p *profiles) seal(owner tenant.ID, id string, plain profile) ([]byte, error) {
	key, err := p.keys.Ensure(personKey+id, newKey)
	if err != nil {
		return nil, err
	}
	return sealUnder(key, owner, id, plain)
}

// reseal encrypts a profile that was changed. It makes no key: a person who is being erased does not get a new one.
func (p *profiles) reseal(owner tenant.ID, id string, plain profile) ([]byte, error) {
	key, err := p.keys.Get(personKey + id)
	if errors.Is(err, keyring.ErrGone) {
		return nil, failure.NotFound("person")
	}
	if err != nil {
		return nil, err
	}
	return sealUnder(key, owner, id, plain)
}

// sealText encrypts what a person has written, or was told, under the person's key and binds it to what it is. It makes
// no key: whoever is being erased does not get a new one.
func (p *profiles) sealText(person, text string, bound []byte) ([]byte, error) {
	aead, err := p.aeadOf(person)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, []byte(text), bound), nil
}

// openText decrypts what sealText has. A person whose key was destroyed is the failure document.not_found.
func (p *profiles) openText(person string, sealed, bound []byte) (string, error) {
	aead, err := p.aeadOf(person)
	if err != nil {
		return "", err
	}
	text, err := aead.Open(nil, nil, sealed, bound)
	if err != nil {
		return "", fmt.Errorf("tenancy: open a text of %s: %w", person, err)
	}
	return string(text), nil
}

func (p *profiles) aeadOf(person string) (cipher.AEAD, error) {
	key, err := p.keys.Get(personKey + person)
	if errors.Is(err, keyring.ErrGone) {
		return nil, failure.NotFound("person")
	}
	if err != nil {
		return nil, err
	}
	return newAEAD(key)
}

// forget destroys a person's key, and with it every copy of the profile, in backups too.
func (p *profiles) forget(id string) error { return p.keys.Destroy(personKey + id) }

func sealUnder(key []byte, owner tenant.ID, id string, plain profile) ([]byte, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, fmt.Errorf("tenancy: seal profile %s: %w", id, err)
	}
	return aead.Seal(nil, nil, text, bound(owner, id)), nil
}

// open decrypts a person's profile. A person whose key was destroyed is the failure document.not_found.
func (p *profiles) open(d document.Document[person]) (profile, error) {
	aead, err := p.aeadOf(d.ID)
	if err != nil {
		return profile{}, err
	}
	var plain profile
	text, err := aead.Open(nil, nil, d.Body.Profile, bound(d.Tenant, d.ID))
	if err == nil {
		err = json.Unmarshal(text, &plain)
	}
	if err != nil {
		return profile{}, fmt.Errorf("tenancy: open profile %s: %w", d.ID, err)
	}
	return plain, nil
}

// newAEAD returns AES-256-GCM with a random nonce in front of each ciphertext.
func newAEAD(key []byte) (cipher.AEAD, error) {
	if len(key) != keySize {
		return nil, fmt.Errorf("tenancy: a profile's key has %d bytes, not %d", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("tenancy: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func bound(owner tenant.ID, id string) []byte {
	return []byte("guldkorn profile v1\n" + string(owner) + "\n" + id)
}
