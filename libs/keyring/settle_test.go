package keyring

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A sync that was under way when somebody came does not answer for them.
func TestASyncThatHasBegunIsNotJoined(t *testing.T) {
	ring := open(t)
	s := &ring.settling
	s.running.Lock() // one is under way
	waiting := make([]chan error, 3)
	for i := range waiting {
		waiting[i] = make(chan error, 1)
		go func() { waiting[i] <- s.settle(ring.dir, nil) }()
	}
	require.Eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.next != nil
	}, patience, tick)
	for _, one := range waiting {
		require.Empty(t, one, "all wait for the one that comes after")
	}
	s.running.Unlock()
	for _, one := range waiting {
		require.NoError(t, <-one)
	}
	require.NoError(t, s.settle(ring.dir, nil))
	require.Nil(t, s.next)
	require.Error(t, s.settle(ring.dir+"-gone", nil), "each is told the outcome of its own")
}

func TestManyPutAndDestroyAtOnce(t *testing.T) {
	ring := open(t)
	var group sync.WaitGroup
	for i := range 200 {
		group.Go(func() {
			name := fmt.Sprintf("person/%d", i)
			if err := ring.Put(name, []byte(name)); err != nil {
				t.Error(err)
			}
			if i%2 == 0 {
				if err := ring.Destroy(name); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for i := range 200 {
		name := fmt.Sprintf("person/%d", i)
		key, err := ring.Get(name)
		if i%2 == 0 {
			require.ErrorIs(t, err, ErrGone)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, name, string(key))
	}
}

// BenchmarkPut makes keys as an import does, many at a time.
func BenchmarkPut(b *testing.B) {
	ring, err := Open(b.TempDir() + "/keys")
	require.NoError(b, err)
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			var group sync.WaitGroup
			names := make(chan string, writers)
			for range writers {
				group.Go(func() {
					for name := range names {
						if err := ring.Put(name, []byte("0123456789abcdef0123456789abcdef")); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for i := range b.N {
				names <- fmt.Sprintf("%d/%d/%d", writers, b.N, i)
			}
			close(names)
			group.Wait()
		})
	}
}

const (
	patience = 10 * time.Second
	tick     = time.Millisecond
)
