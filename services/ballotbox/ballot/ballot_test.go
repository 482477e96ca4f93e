package ballot_test

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

func TestTheKeyListHasOneText(t *testing.T) {
	keys := []ballot.Key{{UnitID: "b", KeyID: "k2", PublicKey: "p2"}, {UnitID: "a", KeyID: "k1", PublicKey: "p1"}}
	text := `{"keys":[{"key_id":"k1","public_key":"p1","unit_id":"a"},{"key_id":"k2","public_key":"p2","unit_id":"b"}],"round_id":"r"}`
	sum := sha256.Sum256([]byte(text))
	require.Equal(t, hex.EncodeToString(sum[:]), ballot.ListHash("r", keys))
	require.Equal(t, "b", keys[0].UnitID, "the caller's order is its own")
	require.NotEqual(t, ballot.ListHash("r", keys), ballot.ListHash("s", keys))
	require.NotEqual(t, ballot.ListHash("r", keys), ballot.ListHash("r", keys[:1]))
}

func TestKeys(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, ballot.KeyBits)
	require.NoError(t, err)
	key, err := ballot.NewKey("unit", &private.PublicKey)
	require.NoError(t, err)
	public, err := key.RSA()
	require.NoError(t, err)
	require.True(t, public.Equal(&private.PublicKey))

	other := key
	other.KeyID = strings.Repeat("A", 43)
	_, err = other.RSA()
	require.ErrorContains(t, err, "key id")
	small, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	weak, err := ballot.NewKey("unit", &small.PublicKey)
	require.NoError(t, err)
	_, err = weak.RSA()
	require.ErrorContains(t, err, "3072")

	// The signer sees nothing of what it signs: the same voter asks with unlike requests, and each token fits alike.
	voter, _, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	signer, err := ballot.NewSigner(private)
	require.NoError(t, err)
	seen := map[string]bool{}
	for range 3 {
		request, err := ballot.NewRequest(public, voter)
		require.NoError(t, err)
		require.Len(t, request.Message, ballot.MessageSize)
		require.False(t, seen[string(request.Blinded)])
		seen[string(request.Blinded)] = true
		signature, err := signer.Sign(request.Blinded)
		require.NoError(t, err)
		token, err := request.Finalize(signature)
		require.NoError(t, err)
		require.Len(t, token, ballot.TokenSize)
		signature[5] ^= 1
		_, err = request.Finalize(signature)
		require.Error(t, err)
	}
}

func TestEnvelopesAreAllAlike(t *testing.T) {
	release, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	private, err := hpke.NewDHKEMPrivateKey(release)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		content := ballot.Content{
			RoundID: rapid.StringMatching(`[0-9a-f]{8}`).Draw(t, "round"), Instrument: "pulse", InstrumentVersion: 1,
			Answers: rapid.MapOfN(rapid.StringMatching(`[a-z_.]{1,40}`), rapid.SampledFrom([]string{"0", "100", "do_not_know"}), 0, 52).Draw(t, "answers"),
		}
		sealed, err := ballot.Seal(release.PublicKey().Bytes(), content)
		require.NoError(t, err)
		require.Len(t, sealed, ballot.EnvelopeSize)
		recipient, err := hpke.NewRecipient(sealed[:32], private, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("guldkorn answer v1"))
		require.NoError(t, err)
		plaintext, err := recipient.Open([]byte(content.RoundID), sealed[32:])
		require.NoError(t, err)
		require.Len(t, plaintext, ballot.PlaintextSize)
		var opened ballot.Content
		require.NoError(t, json.Unmarshal(plaintext, &opened))
		require.Equal(t, content, opened)
	})
	_, err = ballot.Seal(release.PublicKey().Bytes(), ballot.Content{Answers: map[string]string{"a": strings.Repeat("x", 4096)}})
	require.ErrorIs(t, err, ballot.ErrTooLong)
	_, err = ballot.Seal([]byte("short"), ballot.Content{})
	require.Error(t, err)
}

func TestRequestsAreAllEquallyLong(t *testing.T) {
	full := ballot.Answer{
		KeyID: strings.Repeat("k", 43), PublicKey: strings.Repeat("p", 43), Message: strings.Repeat("m", 86),
		Token: strings.Repeat("t", 512), Version: ballot.MaxVersion, Signature: strings.Repeat("s", 86),
		Envelope: strings.Repeat("e", 5526),
	}
	for _, a := range []ballot.Answer{full, {}} {
		raw, err := a.Encode()
		require.NoError(t, err)
		require.Len(t, raw, ballot.AnswerSize)
		var again ballot.Answer
		require.NoError(t, json.Unmarshal(raw, &again))
		require.Equal(t, a, again)
	}
	full.Envelope += strings.Repeat("e", 3000)
	_, err := full.Encode()
	require.ErrorIs(t, err, ballot.ErrTooLong)
}

func TestOneSpellingForEachValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "raw")
		text := ballot.Encode64(raw)
		again, err := ballot.Decode64(text, 32)
		require.NoError(t, err)
		require.Equal(t, raw, again)
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		other := text[:at] + rapid.StringMatching(`[A-Za-z0-9_+/=\n-]`).Draw(t, "other") + text[at+1:]
		if again, err := ballot.Decode64(other, 32); err == nil && other != text {
			require.NotEqual(t, raw, again)
		}
	})
	for _, wrong := range []string{"", "AAA", "AAAA=", "AA\nA", "AAAAAA"} {
		_, err := ballot.Decode64(wrong, 3)
		require.Error(t, err, wrong)
	}
}
