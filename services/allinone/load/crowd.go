package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// crowd does n things, some at a time, and returns how long each took and how long it took together.
func crowd(ctx context.Context, atOnce, n int, do func(ctx context.Context, i int) error) (each []time.Duration, all time.Duration, err error) {
	each = make([]time.Duration, n)
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for range atOnce {
		group.Go(func() error {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				began := time.Now()
				if err := do(ctx, i); err != nil {
					return err
				}
				each[i] = time.Since(began)
			}
			return nil
		})
	}
	err = group.Wait()
	return each, time.Since(began), err
}

// target is where requests go: one name, whatever the port behind it.
type target struct {
	address string
	base    string
	client  *http.Client
}

// origin is the name under which clients know the ballot box, and the floor.
const (
	originHost = "ballotbox.test"
	origin     = "http://" + originHost
)

func newTarget(address string) target {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
	return target{address, origin, &http.Client{Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: clients}}}
}

// prepared is an answer that only has to be sent.
type prepared struct {
	path string
	body []byte
}

// put hands one in.
func (t target) put(ctx context.Context, p prepared) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, t.base+p.path, bytes.NewReader(p.body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/octet-stream")
	_, err = fetch(t.client, request, http.StatusNoContent)
	return err
}

// fetch sends a request and reads the whole answer.
func fetch(client *http.Client, request *http.Request, wanted int) ([]byte, error) {
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != wanted {
		return nil, fmt.Errorf("%s %s: %s\n%s", request.Method, request.URL.Path, response.Status, body[:min(len(body), 500)])
	}
	return body, nil
}
