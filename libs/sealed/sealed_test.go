package sealed_test

import (
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/sealed"
)

const text = `{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":{"a":"1"}}`

// An envelope opens with its key, in its round, and not otherwise.
func TestAnEnvelopeOpensWithItsKeyInItsRound(t *testing.T) {
	private, err := sealed.NewKey()
	require.NoError(t, err)
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(private)
	require.NoError(t, err)
	public, err := sealed.PublicKey(private)
	require.NoError(t, err)
	require.Equal(t, public, base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()))

	encapsulated, sender, err := hpke.NewSender(key.PublicKey(), hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("guldkorn answer v1"))
	require.NoError(t, err)
	ciphertext, err := sender.Seal([]byte("r"), fmt.Appendf(nil, "%-4096s", text))
	require.NoError(t, err)
	envelope := base64.RawURLEncoding.EncodeToString(append(encapsulated, ciphertext...))

	plain, err := sealed.Open(key, "r", envelope)
	require.NoError(t, err)
	answers, err := sealed.Read(plain, "r", "pulse", 1)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"a": "1"}, answers)

	_, err = sealed.Open(key, "another", envelope)
	require.Error(t, err)
	_, err = sealed.Open(key, "r", "B"+envelope[1:])
	require.Error(t, err)
	_, err = sealed.Open(key, "r", "AAAA")
	require.Error(t, err)
	other, err := hpke.DHKEM(ecdh.X25519()).GenerateKey()
	require.NoError(t, err)
	_, err = sealed.Open(other, "r", envelope)
	require.Error(t, err)
}
