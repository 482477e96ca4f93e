package host

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// MemoryListener is a net.Listener without a port, for services in one process. A real http.Server accepts from
// it, so that requests pass the same middleware as between processes.
type MemoryListener struct {
	accept chan net.Conn
	done   chan struct{}
	once   sync.Once
}

// NewMemoryListener returns a listener that is ready to be dialled.
func NewMemoryListener() *MemoryListener {
	return &MemoryListener{accept: make(chan net.Conn), done: make(chan struct{})}
}

// Accept waits for a dialler.
func (l *MemoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accept:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close refuses further diallers; it may be called more than once.
func (l *MemoryListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr names the listener for logs.
func (l *MemoryListener) Addr() net.Addr { return memoryAddr{} }

// Dial connects to the listener.
func (l *MemoryListener) Dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.accept <- far:
		return near, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Client returns an HTTP client whose every connection goes to the listener, whatever host the address names.
func (l *MemoryListener) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:         func(ctx context.Context, _, _ string) (net.Conn, error) { return l.Dial(ctx) },
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     time.Minute,
	}}
}

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }
