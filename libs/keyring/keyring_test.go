package keyring

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func open(t *testing.T) *Ring {
	t.Helper()
	ring, err := Open(filepath.Join(t.TempDir(), "keys"))
	require.NoError(t, err)
	return ring
}

func random() ([]byte, error) {
	key := make([]byte, 32)
	_, err := rand.Read(key)
	return key, err
}

func TestPutGetDestroy(t *testing.T) {
	ring := open(t)
	require.NoError(t, ring.Put("round/a1/secret", []byte("one")))
	require.ErrorIs(t, ring.Put("round/a1/secret", []byte("two")), ErrExists)

	key, err := ring.Get("round/a1/secret")
	require.NoError(t, err)
	require.Equal(t, "one", string(key))

	require.NoError(t, ring.Destroy("round/a1/secret"))
	_, err = ring.Get("round/a1/secret")
	require.ErrorIs(t, err, ErrGone)
	require.NoError(t, ring.Destroy("round/a1/secret"), "destroying twice is harmless")
}

func TestKeysOutliveTheRing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	ring, err := Open(dir)
	require.NoError(t, err)
	require.NoError(t, ring.Put("a", []byte("kept")))

	again, err := Open(dir)
	require.NoError(t, err)
	key, err := again.Get("a")
	require.NoError(t, err)
	require.Equal(t, "kept", string(key))
}

func TestDestroyedBytesLeaveTheFile(t *testing.T) {
	ring := open(t)
	secret := bytes.Repeat([]byte("secret"), 20)
	require.NoError(t, ring.Put("a", secret))
	// A second link stands for a block that the removal alone would leave readable.
	witness := filepath.Join(t.TempDir(), "witness")
	require.NoError(t, os.Link(filepath.Join(ring.dir, "a"), witness))

	require.NoError(t, ring.Destroy("a"))
	left, err := os.ReadFile(witness)
	require.NoError(t, err)
	require.Len(t, left, len(secret))
	require.NotContains(t, string(left), "secret")
}

func TestADestructionThatBrokeOffIsEndedByTheNext(t *testing.T) {
	ring := open(t)
	require.NoError(t, ring.Put("a", []byte("secret")))
	require.NoError(t, os.Rename(filepath.Join(ring.dir, "a"), filepath.Join(ring.dir, ".gone-a")))
	_, err := ring.Get("a")
	require.ErrorIs(t, err, ErrGone)
	require.NoError(t, ring.Destroy("a"))
	entries, err := os.ReadDir(ring.dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// Whoever reads a key while it is destroyed gets the key or is told that it is gone, never the noise over it.
func TestNobodyReadsTheNoise(t *testing.T) {
	ring := open(t)
	key := bytes.Repeat([]byte("k"), 32)
	done := make(chan struct{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for {
				got, err := ring.Get("a")
				if err == nil && !bytes.Equal(got, key) || err != nil && !errors.Is(err, ErrGone) {
					t.Errorf("%x %v", got, err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range 100 {
		require.NoError(t, ring.Put("a", key))
		require.NoError(t, ring.Destroy("a"))
	}
	close(done)
	group.Wait()
}

func TestEnsureGivesEverybodyTheSameKey(t *testing.T) {
	ring := open(t)
	keys := make([][]byte, 16)
	var group sync.WaitGroup
	for i := range keys {
		group.Go(func() {
			key, err := ring.Ensure("shared", random)
			if err == nil {
				keys[i] = key
			}
		})
	}
	group.Wait()
	for _, key := range keys {
		require.Len(t, key, 32)
		require.Equal(t, keys[0], key)
	}
}

func TestEnsureStoresNothingWhenMakingFails(t *testing.T) {
	ring := open(t)
	broken := errors.New("no entropy")
	_, err := ring.Ensure("a", func() ([]byte, error) { return nil, broken })
	require.ErrorIs(t, err, broken)
	_, err = ring.Get("a")
	require.ErrorIs(t, err, ErrGone)
}

func TestNothingIsLeftBesideTheKeys(t *testing.T) {
	ring := open(t)
	require.NoError(t, ring.Put("a", []byte("1")))
	require.ErrorIs(t, ring.Put("a", []byte("2")), ErrExists)
	entries, err := os.ReadDir(ring.dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	info, err := entries[0].Info()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestRefusedNamesAndKeys(t *testing.T) {
	ring := open(t)
	for _, name := range []string{"", "../a", "a/../b", "/a", "a/", "a//b", "A", "a b", "a=b", ".new-1", string(bytes.Repeat([]byte("a"), maxName+1))} {
		require.Error(t, ring.Put(name, []byte("k")), name)
		_, err := ring.Get(name)
		require.Error(t, err, name)
		require.NotErrorIs(t, err, ErrGone, name)
		require.Error(t, ring.Destroy(name), name)
	}
	require.Error(t, ring.Put("a", nil))
	require.Error(t, ring.Put("a", make([]byte, maxKey+1)))
}

func TestADirectoryThatOthersCanReadIsRefused(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	_, err := Open(dir)
	require.ErrorContains(t, err, "0700")
}
