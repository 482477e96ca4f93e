package access_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
)

func TestAKeyIsReadAsItWasShown(t *testing.T) {
	made := access.NewKey(north)
	read, err := access.ParseKey(made.Token())
	require.NoError(t, err)
	require.Equal(t, made, read)
	require.Equal(t, north, read.Tenant)
	require.Regexp(t, `^gk_`+string(north)+`_[a-z2-7]{59}$`, made.Token())
	require.True(t, read.Matches(made.Hash()))
	require.NotContains(t, made.Hash(), made.Prefix())
	require.False(t, access.NewKey(north).Matches(made.Hash()))
	require.False(t, read.Matches(""))
}

// Each single wrong character is noticed before anything is looked up.
func TestAMistypedKeyIsRefused(t *testing.T) {
	token := access.NewKey(north).Token()
	for i := range token {
		for _, other := range []string{"a", "b", "_", "A", "1", "\x00"} {
			if wrong := token[:i] + other + token[i+1:]; wrong != token {
				_, err := access.ParseKey(wrong)
				require.Error(t, err, "%s", wrong)
			}
		}
	}
	for _, wrong := range []string{"", "gk_", token[:len(token)-1], token + "a", " " + token, strings.ToUpper(token), token + "\n"} {
		_, err := access.ParseKey(wrong)
		require.Error(t, err, "%q", wrong)
		require.False(t, wrong != "" && strings.Contains(err.Error(), wrong), "an error names no secret")
	}
}

// FuzzParseKey holds the parser to one way of writing each key.
func FuzzParseKey(f *testing.F) {
	f.Add(access.NewKey(north).Token())
	f.Add("gk_aaaaaaaaaaaa_" + strings.Repeat("a", 59))
	f.Add("gk_")
	f.Fuzz(func(t *testing.T, token string) {
		key, err := access.ParseKey(token)
		if err != nil {
			require.Zero(t, key)
			return
		}
		require.Equal(t, token, key.Token())
		require.True(t, strings.HasPrefix(token, "gk_"+string(key.Tenant)+"_"+key.Prefix()))
	})
}
