package portal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const (
	// endingTime is how long signing out waits for a provider that has to be found first.
	endingTime = 2 * time.Second
	// maxIDToken is the longest that goes into an address.
	maxIDToken = 4 << 10
)

// signOut ends the session, here and at the provider: on a computer that several people use, the next one must not come in
// without a password. A form may not lead to another host, so a page does that goes on by itself.
func (v *visit) signOut() error {
	ending := v.endingAtProvider()
	if err := v.portal.sessions.end(v.context(), v.session); err != nil {
		return err
	}
	gone := v.session.cookie(v.secure())
	gone.Value, gone.MaxAge = "", -1
	http.SetCookie(v.gin.Writer, gone)
	v.gin.Header("Clear-Site-Data", `"cache"`)
	v.session = nil
	if ending == "" {
		return v.redirect("/sign-in")
	}
	v.gin.Header("Refresh", "0; url="+ending)
	return v.show(http.StatusOK, "sign_out", map[string]any{"Ending": ending})
}

// signedOut is where providers send browsers back to. Nothing is left to do.
func (v *visit) signedOut() error { return v.redirect("/sign-in") }

// endingAtProvider is the address at which the person signs out of the provider, "" if it has none or cannot be found
// (OpenID Connect RP-Initiated Logout 1.0, section 2).
func (v *visit) endingAtProvider() string {
	s := v.portal.signIn
	ctx, cancel := context.WithTimeout(v.context(), endingTime)
	defer cancel()
	ref, err := parseRef(v.session.Provider)
	if err != nil {
		return ""
	}
	r, err := s.registration(ctx, ref)
	if err != nil {
		return ""
	}
	p, err := s.at(ctx, r)
	if err != nil || p.EndSession == "" {
		return ""
	}
	address, err := url.Parse(p.EndSession)
	if err != nil {
		return ""
	}
	query := address.Query()
	query.Set("client_id", r.clientID)
	query.Set("post_logout_redirect_uri", v.portal.origin.JoinPath(signedOutPath).String())
	query.Set("ui_locales", v.words.language)
	if hint, err := openUnder(v.session.secret, v.session.IDToken); err == nil && hint != "" {
		query.Set("id_token_hint", hint) // spares the person the question who wants to sign out
	}
	address.RawQuery = query.Encode()
	return address.String()
}

// sealUnder encrypts a text that the store keeps for a session under a key that follows from the session's secret, which
// only the browser has: the store by itself tells nothing.
func sealUnder(secret, text string) ([]byte, error) {
	aead, err := sessionAEAD(secret)
	if err != nil || text == "" {
		return nil, err
	}
	return aead.Seal(nil, nil, []byte(text), nil), nil
}

func openUnder(secret string, sealed []byte) (string, error) {
	aead, err := sessionAEAD(secret)
	if err != nil || len(sealed) == 0 {
		return "", err
	}
	text, err := aead.Open(nil, nil, sealed, nil)
	return string(text), err
}

func sessionAEAD(secret string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "guldkorn session", 32)
	if err != nil {
		return nil, fmt.Errorf("session key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("session key: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}
