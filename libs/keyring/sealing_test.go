package keyring

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsSealedGoesWithItsKey(t *testing.T) {
	ring := open(t)
	sealed, err := ring.Seal("common/a/b", []byte("sums"), []byte("school one"))
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "sums")
	again, err := ring.Seal("common/a/b", []byte("sums"), []byte("school one"))
	require.NoError(t, err)
	require.NotEqual(t, sealed, again, "a nonce of its own")

	plain, err := ring.Open("common/a/b", sealed, []byte("school one"))
	require.NoError(t, err)
	require.Equal(t, "sums", string(plain))
	_, err = ring.Open("common/a/b", sealed, []byte("school two"))
	require.ErrorContains(t, err, "open under common/a/b", "passed off as another's")
	sealed[len(sealed)-1] ^= 1
	_, err = ring.Open("common/a/b", sealed, []byte("school one"))
	require.Error(t, err)
	_, err = ring.Open("none", sealed, nil)
	require.ErrorIs(t, err, ErrGone)

	require.NoError(t, ring.Destroy("common/a/b"))
	_, err = ring.Open("common/a/b", again, []byte("school one"))
	require.ErrorIs(t, err, ErrGone)
	require.NoError(t, ring.Put("short", []byte("key")))
	_, err = ring.Seal("short", []byte("sums"), nil)
	require.ErrorContains(t, err, "not 32")
}
