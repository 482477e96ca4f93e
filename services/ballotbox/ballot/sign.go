package ballot

import (
	"crypto/rsa"
	"errors"
	"fmt"

	"filippo.io/bigmod"
)

// Signer makes the blind signatures of one unit.
//
// It works modulo each of the two primes and joins the halves (RFC 8017, section 5.1.2), which costs less than a third of
// raising to the whole private exponent, as circl does. The arithmetic takes the same time whatever the numbers are, so
// that no timing tells of the key (RFC 9474, section 7.1).
type Signer struct {
	n, p, q *bigmod.Modulus
	dP, dQ  []byte
	qInv    *bigmod.Nat // modulo p
	e       uint
}

// ErrFaulty says that the machine has miscalculated.
var ErrFaulty = errors.New("ballot: a signature came out wrong and is withheld")

// NewSigner prepares a private key for signing.
func NewSigner(key *rsa.PrivateKey) (*Signer, error) {
	key.Precompute()
	if err := key.Validate(); err != nil {
		return nil, fmt.Errorf("ballot: private key: %w", err)
	}
	if len(key.Primes) != 2 {
		return nil, errors.New("ballot: a private key has two primes")
	}
	n, errN := bigmod.NewModulus(key.N.Bytes())
	p, errP := bigmod.NewModulus(key.Primes[0].Bytes())
	q, errQ := bigmod.NewModulus(key.Primes[1].Bytes())
	if err := errors.Join(errN, errP, errQ); err != nil {
		return nil, fmt.Errorf("ballot: private key: %w", err)
	}
	values := key.Precomputed
	qInv, err := bigmod.NewNat().SetBytes(values.Qinv.FillBytes(make([]byte, p.Size())), p)
	if err != nil {
		return nil, fmt.Errorf("ballot: private key: %w", err)
	}
	return &Signer{n: n, p: p, q: q, dP: values.Dp.Bytes(), dQ: values.Dq.Bytes(), qInv: qInv, e: uint(key.E)}, nil
}

// Sign signs a blinded message (RFC 9474, section 4.3). No signature leaves it that does not verify: of a single one with
// an error in one half anybody computes the private key (Boneh, DeMillo and Lipton, "On the importance of checking
// cryptographic protocols for faults", EUROCRYPT 1997).
func (s *Signer) Sign(blinded []byte) ([]byte, error) {
	if len(blinded) != s.n.Size() {
		return nil, fmt.Errorf("ballot: a blinded message has %d bytes", s.n.Size())
	}
	message, err := bigmod.NewNat().SetBytes(blinded, s.n)
	if err != nil || message.IsZero() == 1 {
		return nil, errors.New("ballot: a blinded message lies between 0 and the modulus")
	}
	signature := s.raise(message)
	if bigmod.NewNat().ExpShortVarTime(signature, s.e, s.n).Equal(message) != 1 {
		return nil, ErrFaulty
	}
	return signature.Bytes(s.n), nil
}

// raise computes message^d modulo n from its halves: m2 + q ((m1 - m2) qInv mod p).
func (s *Signer) raise(message *bigmod.Nat) *bigmod.Nat {
	reduced := bigmod.NewNat()
	m1 := bigmod.NewNat().Exp(reduced.Mod(message, s.p), s.dP, s.p)
	m2 := bigmod.NewNat().Exp(reduced.Mod(message, s.q), s.dQ, s.q)
	h := m1.Sub(reduced.Mod(m2, s.p), s.p).Mul(s.qInv, s.p)
	q := bigmod.NewNat().Mod(s.q.Nat(), s.n)
	return h.ExpandFor(s.n).Mul(q, s.n).Add(m2.ExpandFor(s.n), s.n)
}
