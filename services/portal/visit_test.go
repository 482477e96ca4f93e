package portal

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyOwnPathsAreGoneTo(t *testing.T) {
	for _, good := range []string{"/", "/schools/abc/rounds?x=1", "/inbox"} {
		require.Equal(t, good, ownPath(good))
	}
	for _, bad := range []string{
		"", "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
		"http:evil.example", "/a\r\nSet-Cookie: x=1", "/\tx", "evil", "https:/evil.example", "//user@evil.example/",
	} {
		require.Equal(t, "/", ownPath(bad), bad)
	}
}

func TestTheBallotBoxSpeaksTheReadersLanguage(t *testing.T) {
	target, err := url.Parse("http://localhost:9/r/1#ticket=a.b.c&lang=da")
	require.NoError(t, err)
	require.Equal(t, "http://localhost:9/r/1#lang=en&ticket=a.b.c", withLanguage(target, "en"))
}

func TestPathsAreEscaped(t *testing.T) {
	require.Equal(t, "/v1/tenants/abc/rounds/..%2Fx%3Fy/open", under("abc", "rounds", "../x?y", "open"))
	require.Equal(t, "/schools/abc/rounds/a%2Fb", schoolPath("abc", "rounds", "a/b"))
}
