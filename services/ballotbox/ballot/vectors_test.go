package ballot

import (
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// The vectors are those of RFC 9474, appendices A.1 and A.2: the variant of this package, and as the control the one
// without a salt, whose signatures are none here. Their key has 4096 bits.
func TestVectorsOfTheStandard(t *testing.T) {
	raw, err := os.ReadFile("testdata/rfc9474.json")
	require.NoError(t, err)
	var vectors []map[string]string
	require.NoError(t, json.Unmarshal(raw, &vectors))
	require.Len(t, vectors, 2)
	for _, v := range vectors {
		t.Run(v["name"], func(t *testing.T) {
			bytes := func(name string) []byte {
				value, err := hex.DecodeString(v[name])
				require.NoError(t, err)
				return value
			}
			number := func(name string) *big.Int { return new(big.Int).SetBytes(bytes(name)) }
			key := &rsa.PrivateKey{
				PublicKey: rsa.PublicKey{N: number("n"), E: int(number("e").Int64())},
				D:         number("d"), Primes: []*big.Int{number("p"), number("q")},
			}
			key.Precompute()
			require.NoError(t, key.Validate())
			signer, err := NewSigner(key)
			require.NoError(t, err)
			signature, err := signer.Sign(bytes("blinded_msg"))
			require.NoError(t, err)
			require.Equal(t, v["blind_sig"], hex.EncodeToString(signature))

			verifier, err := NewVerifier(&key.PublicKey)
			require.NoError(t, err)
			err = verifier.verify(bytes("input_msg"), bytes("sig"))
			if v["name"] == "RSABSSA-SHA384-PSS-Randomized" {
				require.NoError(t, err)
			} else {
				require.Error(t, err)
			}
			require.Error(t, verifier.verify(bytes("input_msg")[1:], bytes("sig")))
		})
	}
}
