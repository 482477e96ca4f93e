package ballot

import (
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"testing"

	"filippo.io/bigmod"
	"github.com/cloudflare/circl/blindsign/blindrsa"
	"github.com/stretchr/testify/require"
)

func newSigner(t testing.TB) (*rsa.PrivateKey, *Signer) {
	key, err := rsa.GenerateKey(rand.Reader, KeyBits)
	require.NoError(t, err)
	signer, err := NewSigner(key)
	require.NoError(t, err)
	return key, signer
}

// randomBlinded is any number that a signer takes.
func randomBlinded(t testing.TB, key *rsa.PrivateKey) []byte {
	number, err := rand.Int(rand.Reader, new(big.Int).Sub(key.N, big.NewInt(1)))
	require.NoError(t, err)
	return number.Add(number, big.NewInt(1)).FillBytes(make([]byte, TokenSize))
}

// Two implementations that share no arithmetic agree, at the ends of the range and at numbers that share a factor with the
// modulus too.
func TestSignaturesAreThoseOfTheOtherImplementation(t *testing.T) {
	key, signer := newSigner(t)
	other := blindrsa.NewSigner(key)
	one := big.NewInt(1)
	messages := [][]byte{one.FillBytes(make([]byte, TokenSize)), new(big.Int).Sub(key.N, one).FillBytes(make([]byte, TokenSize))}
	for _, prime := range key.Primes {
		messages = append(messages, prime.FillBytes(make([]byte, TokenSize)))
	}
	for range 20 {
		messages = append(messages, randomBlinded(t, key))
	}
	for _, blinded := range messages {
		want, err := other.BlindSign(blinded)
		require.NoError(t, err)
		got, err := signer.Sign(blinded)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestWhatIsNotSigned(t *testing.T) {
	key, signer := newSigner(t)
	for name, blinded := range map[string][]byte{
		"zero": make([]byte, TokenSize), "modulus": key.N.Bytes(), "short": {1}, "long": make([]byte, TokenSize+1),
		"above": new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), KeyBits), big.NewInt(1)).Bytes(),
	} {
		_, err := signer.Sign(blinded)
		require.Error(t, err, name)
		require.NotErrorIs(t, err, ErrFaulty, name)
	}
	_, err := NewSigner(&rsa.PrivateKey{PublicKey: key.PublicKey, D: key.D, Primes: []*big.Int{key.Primes[0], key.Primes[0]}})
	require.Error(t, err)
	//lint:ignore SA1019 such a key must not get in
	three, err := rsa.GenerateMultiPrimeKey(rand.Reader, 3, KeyBits)
	require.NoError(t, err)
	_, err = NewSigner(three)
	require.ErrorContains(t, err, "two primes")
}

// An error in either half would give the key away to whoever gets the signature; it is withheld.
func TestAFaultyHalfIsCaught(t *testing.T) {
	key, sound := newSigner(t)
	blinded := randomBlinded(t, key)
	for half, other := range map[string]*big.Int{"p": key.Primes[1], "q": key.Primes[0]} {
		faulty := *sound
		exponent := &faulty.dP
		if half == "q" {
			exponent = &faulty.dQ
		}
		*exponent = append([]byte{}, *exponent...)
		(*exponent)[7] ^= 4

		message, err := bigmod.NewNat().SetBytes(blinded, faulty.n)
		require.NoError(t, err)
		wrong := new(big.Int).SetBytes(faulty.raise(message).Bytes(faulty.n))
		difference := wrong.Exp(wrong, big.NewInt(int64(key.E)), key.N)
		difference.Sub(difference, new(big.Int).SetBytes(blinded))
		require.Equal(t, other, new(big.Int).GCD(nil, nil, difference.Mod(difference, key.N), key.N), "the attack is real")

		_, err = faulty.Sign(blinded)
		require.ErrorIs(t, err, ErrFaulty)
	}
	_, err := sound.Sign(blinded)
	require.NoError(t, err)
}

// BenchmarkSign is one blind signature, beside circl's.
func BenchmarkSign(b *testing.B) {
	key, signer := newSigner(b)
	blinded := randomBlinded(b, key)
	for name, sign := range map[string]func([]byte) ([]byte, error){"halves": signer.Sign, "circl": blindrsa.NewSigner(key).BlindSign} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := sign(blinded)
				require.NoError(b, err)
			}
		})
	}
}
