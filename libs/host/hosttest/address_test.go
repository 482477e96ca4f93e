package hosttest

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAddressIsFreeAndGivenOnce(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		address := FreeAddress(t)
		require.False(t, seen[address], address)
		seen[address] = true
		l, err := net.Listen("tcp", address)
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
}

func TestATakenAddressIsPassedOver(t *testing.T) {
	before := offset.Load()
	taken, err := net.Listen("tcp", FreeAddress(t))
	require.NoError(t, err)
	defer taken.Close()
	offset.Store(before)
	require.NotEqual(t, taken.Addr().String(), FreeAddress(t))
}
