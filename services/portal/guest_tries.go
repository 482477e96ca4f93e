package portal

import (
	"hash/maphash"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// How often codes of guests can be tried. At the last of these limits somebody who tries codes all year round finds one of a
// thousand that are in force with a chance of one in thirty-five thousand.
const (
	triesTime    = 10 * time.Minute // after which everything is counted from nothing
	triesAddress = 20               // wrong codes from one address
	triesCode    = 60               // times that one code is typed, right or wrong, by whomever
	triesInAll   = 600              // wrong codes
)

// tries counts how often codes are tried. It is in the memory of this process and nowhere else: addresses are neither stored
// nor logged, and forgotten with the window.
type tries struct {
	now  func() time.Time
	seed maphash.Seed // so that what is counted says nothing of what was typed

	mu      sync.Mutex
	since   time.Time
	wrong   int
	address map[uint64]int
	code    map[uint64]int
}

func newTries(now func() time.Time) *tries { return &tries{now: now, seed: maphash.MakeSeed()} }

// allow counts a try of a code, and says whether it may be made.
func (t *tries) allow(from, code string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := t.now(); now.Sub(t.since) >= triesTime {
		t.since, t.wrong, t.address, t.code = now, 0, map[uint64]int{}, map[uint64]int{}
	}
	typed := maphash.String(t.seed, code)
	if t.wrong >= triesInAll || t.address[maphash.String(t.seed, from)] >= triesAddress || t.code[typed] >= triesCode {
		return false
	}
	t.code[typed]++
	return true
}

// missed counts a wrong code.
func (t *tries) missed(from string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wrong++
	t.address[maphash.String(t.seed, from)]++
}

// clientNetwork is where a request comes from: an address, or for IPv6 the network that one household has. Behind a proxy,
// which is on this machine or in a private network, it is what the proxy says last.
func clientNetwork(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	address := peer.Addr().Unmap()
	if address.IsLoopback() || address.IsPrivate() {
		all := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if said, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
			address = said.Unmap()
		}
	}
	if address.Is6() {
		if network, err := address.Prefix(64); err == nil {
			return network.String()
		}
	}
	return address.String()
}
