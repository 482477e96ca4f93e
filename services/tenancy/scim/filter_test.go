package scim

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// refused checks that an error is of the protocol and says why.
func refused(t *testing.T, kind string, err error, about string) {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e, about)
	require.Equal(t, kind, e.Type, about)
	require.NotEmpty(t, e.Detail, about)
}

func TestFiltersThatAreAnswered(t *testing.T) {
	for text, want := range map[string][]Condition{
		"":                                nil,
		`userName eq "Anna"`:              {{"username", "Anna"}},
		`USERNAME EQ "Anna"`:              {{"username", "Anna"}},
		`(userName eq "Anna")`:            {{"username", "Anna"}},
		`externalId eq "a\"b\\c\u00e5"`:   {{"externalid", `a"b\cå`}},
		`active eq true`:                  {{"active", true}},
		`active eq "False"`:               {{"active", false}},
		`id eq "1" and active eq false`:   {{"id", "1"}, {"active", false}},
		`id eq "1" AND (userName eq "b")`: {{"id", "1"}, {"username", "b"}},
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "x"`: {{"username", "x"}},
		`userName eq "or not (a pr)"`:                                {{"username", "or not (a pr)"}},
	} {
		got, err := UserFilters.Conditions(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for text, want := range map[string][]Condition{
		`displayName eq "Skolen"`:             {{"displayname", "Skolen"}},
		`members eq "7"`:                      {{"members.value", "7"}},
		`members.value eq "7"`:                {{"members.value", "7"}},
		`members[value eq "7"]`:               {{"members.value", "7"}},
		`id eq "g" and members[value eq "7"]`: {{"id", "g"}, {"members.value", "7"}},
	} {
		got, err := GroupFilters.Conditions(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestFiltersThatAreRefused(t *testing.T) {
	for _, text := range []string{
		`userName`, `userName eq`, `eq "x"`, `userName eq "x`, `userName eq x`, `userName = "x"`, `userName eq "x" and`, `userName eq "x" id eq "y"`,
		`(userName eq "x"`, `userName eq "x")`, `userName eq "\q"`, "userName eq \"\x00\"", "userName eq \"\xff\"", // no filters
		`userName ne "x"`, `userName co "x"`, `userName sw "x"`, `userName pr`, `userName gt "x"`, `not (userName eq "x")`,
		`userName eq "x" or id eq "y"`, `emails.value eq "x"`, `emails[type eq "work"]`, `meta.lastModified gt "2026-01-01T00:00:00Z"`,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:userName eq "x"`, `name.formatted eq "x"`, `password eq "x"`, // not answered
		`userName eq 7`, `userName eq true`, `userName eq null`, `active eq "perhaps"`, `active eq 1`, // other types
	} {
		got, err := UserFilters.Conditions(text)
		refused(t, InvalidFilter, err, text)
		require.Nil(t, got, text)
	}
	for _, text := range []string{`members[value eq "7" and type eq "User"]`, `members[type eq "User"]`, `displayName eq "x" or displayName eq "y"`, `active eq true`} {
		_, err := GroupFilters.Conditions(text)
		refused(t, InvalidFilter, err, text)
	}
}

// Filters that are made to take long are refused at once. The bound is generous for slow machines, and far below what
// the parser alone takes for them.
func TestSlowFiltersAreRefusedUnread(t *testing.T) {
	for name, text := range map[string]string{
		"a megabyte":       `userName eq "` + strings.Repeat("a", 1<<20) + `"`,
		"thousands of ors": strings.TrimSuffix(strings.Repeat(`userName eq "x" or `, 4000), " or "),
		"deep":             strings.Repeat("(", 400) + `a pr` + strings.Repeat(")", 400),
		"deep and open":    strings.Repeat("(", 1000),
		"nested not":       strings.Repeat("not (", 200) + `a pr` + strings.Repeat(")", 200),
		"nested brackets":  strings.Repeat("a[", 300),
	} {
		_, err := UserFilters.Conditions(text)
		refused(t, InvalidFilter, err, name)
		require.NotErrorIs(t, err, errors.ErrUnsupported)
		_, err = readPath(text)
		refused(t, InvalidPath, err, name)
	}
	slowest := time.Duration(0)
	for name, text := range map[string]string{ // the worst within the bounds
		"long text":    `userName eq "` + strings.Repeat(`A`, 160) + `"`,
		"long name":    strings.Repeat("a", MaxFilter-8) + ` eq "x"`,
		"long urn":     strings.Repeat("urn:a:", 160) + `b eq "x"`,
		"many ors":     strings.TrimSuffix(strings.Repeat(`a pr or `, 125), " or "),
		"many ands":    strings.TrimSuffix(strings.Repeat(`a pr and `, 110), " and "),
		"all brackets": strings.Repeat("not (", maxBrackets) + strings.TrimSuffix(strings.Repeat(`a pr or `, 110), " or ") + strings.Repeat(")", maxBrackets),
	} {
		began := time.Now()
		_, err := UserFilters.Conditions(text)
		require.LessOrEqual(t, len(text), MaxFilter, name)
		slowest = max(slowest, time.Since(began))
		_ = err
	}
	t.Logf("slowest within the bounds: %v", slowest)
}

// FuzzFilter: whatever is sent, it is understood or refused in the protocol's words, and what is understood holds only
// what an index answers.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`userName eq "a"`, `id eq "1" and active eq true`, `not (a pr) or b co "x"`, `emails[type eq "work" and value co "@"]`, `a.b gt 1.5e3`,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "å\u00e5\ud83d\ude00"`, `((((a eq null))))`, `members[value eq "x"].display`, "\x00", `"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, filterable := range []Filterable{UserFilters, GroupFilters} {
			conditions, err := filterable.Conditions(text)
			if err != nil {
				refused(t, InvalidFilter, err, text)
				continue
			}
			for _, c := range conditions {
				truth, known := filterable.attributes[c.Attribute]
				require.True(t, known)
				_, isTruth := c.Value.(bool)
				require.Equal(t, truth, isTruth)
			}
		}
		if p, err := readPath(text); err != nil {
			refused(t, InvalidPath, err, text)
		} else {
			require.Equal(t, strings.ToLower(p.name), p.name)
		}
	})
}
