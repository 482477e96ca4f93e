package portal

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
)

func TestMessages(t *testing.T) {
	for _, c := range []struct {
		text      string
		arguments map[string]any
		want      string
	}{
		{"plain", nil, "plain"},
		{"Hej {name}!", map[string]any{"name": "Bo"}, "Hej Bo!"},
		{"{n, plural, =0 {ingen} one {# svar} other {# svar i alt}}", map[string]any{"n": 0}, "ingen"},
		{"{n, plural, =0 {ingen} one {# svar} other {# svar i alt}}", map[string]any{"n": 1}, "1 svar"},
		{"{n, plural, =0 {ingen} one {# svar} other {# svar i alt}}", map[string]any{"n": 12}, "12 svar i alt"},
		{"{n, plural, one {a {who}} other {b {who}}}", map[string]any{"n": 2, "who": "x"}, "b x"},
		{"{kind, select, tr {TR} other {andre}}", map[string]any{"kind": "tr"}, "TR"},
		{"{kind, select, tr {TR} other {andre}}", map[string]any{"kind": "amr"}, "andre"},
		{"it's", nil, "it's"},
		{"it''s", nil, "it's"},
		{"'{name}' is {name}", map[string]any{"name": "Bo"}, "{name} is Bo"},
		{"missing {name}", nil, "missing {name}"},
		{"# outside", nil, "# outside"},
	} {
		m, err := parseMessage(c.text)
		require.NoError(t, err, c.text)
		var b strings.Builder
		m.write(&b, language.Danish, c.arguments, nil)
		require.Equal(t, c.want, b.String(), c.text)
	}
}

func TestBrokenMessages(t *testing.T) {
	for _, text := range []string{
		"}", "{", "{}", "{name", "{name,", "{name, date}", "{n, plural, one {x}}", "{n, plural, other x}", "{n, plural, other {x}", "{a b}",
	} {
		_, err := parseMessage(text)
		require.Error(t, err, text)
	}
}
