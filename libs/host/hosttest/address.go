// Package hosttest holds what tests of whole processes share.
package hosttest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Ports that an operating system does not hand out by itself: Linux gives outgoing connections 32768 and up, and the
// range of RFC 6335, section 6 begins at 49152.
const (
	firstPort = 12_000
	lastPort  = 32_000
)

// offset is where this process goes on looking: somewhere of its own, and never twice at the same place.
var offset atomic.Uint32

func init() { offset.Store(rand.Uint32N(lastPort - firstPort)) }

// FreeAddress names a loopback port for a process that has not started yet, where others must know it already. No
// connection takes the port in the meantime, as it may one that was listened on at port 0 and left again.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range lastPort - firstPort {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(firstPort+int(offset.Add(1)%(lastPort-firstPort))))
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		require.NoError(t, l.Close())
		return address
	}
	t.Fatal("no port is free")
	return ""
}
