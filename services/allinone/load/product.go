package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"time"
)

const (
	starts = 3
	pages  = 200
	login  = "lene.leder" // a leader of the demo, whose school has results
)

// addresses is the line in which the product says that it is ready.
type addresses struct {
	Portal string `json:"portal"`
}

// measureProduct makes a fresh demo, starts it again, lets it idle, and reads results.
func measureProduct(ctx context.Context, dir string, floor least) (figures []figure, err error) {
	start := func() (*process, addresses, error) {
		return start(ctx, func(a addresses) bool { return a.Portal != "" }, nil,
			filepath.Join(dir, "guldkorn"), "run", "--demo", "--json", "--data-dir", filepath.Join(dir, "product"))
	}
	product, at, err := start()
	if err != nil {
		return nil, err
	}
	first := product.ready
	made, err := product.idle(ctx)
	if err != nil {
		return nil, errors.Join(err, product.stop())
	}
	warm := make([]time.Duration, starts)
	for i := range warm {
		if err := product.stop(); err != nil {
			return nil, err
		}
		if product, at, err = start(); err != nil {
			return nil, err
		}
		warm[i] = product.ready
	}
	defer func() { err = errors.Join(err, product.stop()) }()
	idle, err := product.idle(ctx)
	if err != nil {
		return nil, err
	}
	took, cpu, err := readResults(ctx, product, at.Portal)
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	used, err := product.idle(ctx)
	alone := milliseconds(floor.alone)
	return []figure{
		{name: "very first start, which makes the demo", unit: "s", value: first.Seconds(), floor: floor.start.Seconds()},
		{name: fmt.Sprintf("warm start, median of %d", starts), unit: "s", value: percentile(warm, 50).Seconds(), floor: floor.start.Seconds(), most: 2},
		{name: "idle memory after the very first start", unit: "MB", value: megabytes(made), floor: megabytes(floor.idle), most: 200},
		{name: "idle memory after a warm start", unit: "MB", value: megabytes(idle), floor: megabytes(floor.idle), most: 200},
		{name: fmt.Sprintf("idle memory after %d pages", pages), unit: "MB", value: megabytes(used), floor: megabytes(floor.idle), most: 200},
		{name: "results page, median", unit: "ms", value: milliseconds(percentile(took, 50)), floor: alone, most: 15},
		{name: "results page, 99 of 100", unit: "ms", value: milliseconds(percentile(took, 99)), floor: alone},
		{name: "results page, processor time", unit: "ms", value: milliseconds(cpu), floor: floor.cpu},
	}, err
}

// release is a link to one release in a list of them.
var release = regexp.MustCompile(`href="(/schools/[^/"]+/results/[^/"]+)"`)

// readResults signs a leader in and reads the newest results again and again, one request at a time. It returns how
// long each took, which is the server's time and a little of loopback, and the product's processor time for one.
func readResults(ctx context.Context, product *process, portal string) (took []time.Duration, cpu time.Duration, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, 0, err
	}
	browser := &http.Client{Jar: jar}
	home, err := signIn(browser, portal)
	if err != nil {
		return nil, 0, err
	}
	read := func(ctx context.Context, address string) ([]byte, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		return fetch(browser, request, http.StatusOK)
	}
	list, err := read(ctx, home.JoinPath("results").String())
	if err != nil {
		return nil, 0, err
	}
	link := release.FindSubmatch(list)
	if link == nil {
		return nil, 0, errors.New("the demo's school has none")
	}
	before, err := product.cpu()
	if err != nil {
		return nil, 0, err
	}
	took, _, err = crowd(ctx, 1, pages, func(ctx context.Context, _ int) error {
		page, err := read(ctx, portal+string(link[1]))
		if err == nil && !bytes.Contains(page, []byte(`id="overview"`)) {
			err = errors.New("a page without an overview")
		}
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	after, err := product.cpu()
	return took, (after - before) / pages, err
}

// signIn goes through the demo's provider as a browser does, and returns where it ends: the person's own school.
func signIn(browser *http.Client, portal string) (*url.URL, error) {
	choice, err := browser.Get(portal + "/sign-in/start")
	if err != nil {
		return nil, err
	}
	if err := choice.Body.Close(); err != nil {
		return nil, err
	}
	at := choice.Request.URL
	home, err := browser.PostForm(at.ResolveReference(&url.URL{Path: "/personas"}).String(),
		url.Values{"request": {at.Query().Get("request")}, "login": {login}})
	if err != nil {
		return nil, err
	}
	if home.StatusCode != http.StatusOK {
		err = fmt.Errorf("sign in: %s", home.Status)
	}
	return home.Request.URL, errors.Join(err, home.Body.Close())
}
