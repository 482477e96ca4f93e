package portal

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// What an answer of a sign-in provider may take. Whoever runs one is not trusted with the portal's time or memory.
const (
	providerTime    = 10 * time.Second
	providerBytes   = 1 << 20
	providerHeaders = 64 << 10
)

// Reasons why an address is not called or an answer not read.
var (
	errInside    = errors.New("the address is not on the public internet")
	errMoved     = errors.New("the provider sends elsewhere")
	errOversized = fmt.Errorf("the answer is larger than %d bytes", providerBytes)
)

// newProviderClient returns what sign-in providers are called with. It follows no redirect: each address is looked at
// before it is called. reachable decides about the address that a name has come to at the moment of the call, so that a
// name that means something else a moment later (DNS rebinding) leads nowhere; nil takes every address.
func newProviderClient(reachable func(netip.Addr) bool, patience time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: patience / 2}
	proxy := http.ProxyFromEnvironment
	if reachable != nil {
		proxy = nil // it would make the call, out of sight
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("%w: %v", errInside, err)
			}
			if !reachable(at.Addr().Unmap()) {
				return errInside
			}
			return nil
		}
	}
	transport := &http.Transport{
		Proxy: proxy, DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: patience / 2,
		ResponseHeaderTimeout: patience, MaxResponseHeaderBytes: providerHeaders,
		MaxIdleConns: 32, MaxIdleConnsPerHost: 2, MaxConnsPerHost: 16, IdleConnTimeout: 30 * time.Second,
	}
	return &http.Client{
		Transport: bounded{transport}, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return errMoved },
	}
}

// isUntrusted tells whether a call failed since the provider could not prove who it is.
func isUntrusted(err error) bool {
	var bad *tls.CertificateVerificationError
	return errors.As(err, &bad)
}

// Blocks that are not the internet at large though netip takes them for it (IANA's registries of special addresses), or
// that carry another address inside (NAT64, 6to4, Teredo).
var specialBlocks = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("fec0::/10"), netip.MustParsePrefix("::/96"),
}

// public tells whether an address is on the internet and not inside somebody's network.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, block := range specialBlocks {
		if block.Contains(a) {
			return false
		}
	}
	return true
}

// publicOrOwn is public for a portal that runs on its developer's machine: a provider may run there, too.
func publicOrOwn(a netip.Addr) bool { return a.IsLoopback() || public(a) }

// bounded ends an answer that is too large with an error.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = &boundedBody{response.Body, providerBytes}
	}
	return response, err
}

type boundedBody struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errOversized
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
