package allinone

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// signIn goes through the provider to the portal's front page, as a browser does.
func (w *walk) signIn() {
	jar, err := cookiejar.New(nil)
	require.NoError(w.t, err)
	browser := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	portal, err := url.Parse(w.d.Caller.Addresses["portal"].Base)
	require.NoError(w.t, err)
	// A portal that dies within a sign-in has signed nobody in, and the person begins anew.
	var home *http.Response
	w.until("signed in", func(context.Context) (bool, error) { return home != nil, nil }, func(context.Context) error {
		for _, cookie := range jar.Cookies(portal) {
			require.NotEqual(w.t, "guldkorn_session", cookie.Name, "half signed in")
		}
		answer, err := signInAs(browser, portal, "leder")
		if err != nil {
			return err
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK || answer.Request.URL.Host != portal.Host {
			return fmt.Errorf("%s answers %d", answer.Request.URL, answer.StatusCode)
		}
		home = answer
		return nil
	})

	// The portal is killed: whoever was signed in still is.
	w.d.kill("portal")
	w.until("still signed in", func(context.Context) (bool, error) {
		again, err := browser.Get(home.Request.URL.String())
		if err != nil {
			return false, err
		}
		defer again.Body.Close()
		page, err := io.ReadAll(again.Body)
		return again.StatusCode == http.StatusOK && strings.Contains(string(page), `id="sign-out"`), err
	}, nil)
}

// signInAs goes to the portal's sign-in, chooses one of the provider's people and returns the page that this ends at.
func signInAs(browser *http.Client, portal *url.URL, login string) (*http.Response, error) {
	page, err := browser.Get(portal.JoinPath("/sign-in/start").String())
	if err != nil {
		return nil, err
	}
	_ = page.Body.Close()
	choose := page.Request.URL.ResolveReference(&url.URL{Path: "/personas"})
	return browser.PostForm(choose.String(), url.Values{"request": {page.Request.URL.Query().Get("request")}, "login": {login}})
}
