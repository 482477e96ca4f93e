package disclosure

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// released is one school after its release: its people by group, and what was told of the groups.
type released struct {
	groups  []Group // all of them, by which the attacker knows where people are
	told    map[string]Protection
	account Account
}

func release(t require.TestingT, name string, groups []Group, m Minimums) released {
	for i := range groups {
		groups[i].ID = name + groups[i].ID
		if groups[i].Parent != "" {
			groups[i].Parent = name + groups[i].Parent
		}
	}
	shown, err := Mask(groups, m.Means)
	require.NoError(t, err)
	pools, err := Regroup(groups, shown)
	require.NoError(t, err)
	told, err := Protect(plain(pools), m)
	require.NoError(t, err)
	people := make([]int, len(groups[0].Own))
	for _, g := range groups {
		add(people, g.Own)
	}
	account, err := NewAccount(people, plain(pools), told)
	require.NoError(t, err)
	return released{groups, told, account}
}

// together is what an attacker sees who lays the schools' releases beside that of all of them, at one step. He knows how
// many people are in each group, and is given the totals of the groups themselves: what is pooled is their difference.
func together(schools []released, whole Protection, at step, count int) published {
	parent := map[string]string{}
	shown := map[string]bool{"all": at.told(whole)}
	groups := []Group{{ID: "all", Own: make([]int, len(schools[0].groups[0].Own))}}
	for _, s := range schools {
		for _, g := range s.groups {
			if g.Parent == "" {
				g.Parent = "all"
			}
			parent[g.ID] = g.Parent
			shown[g.ID] = at.told(s.told[g.ID])
			groups = append(groups, g)
		}
	}
	return look(groups, shown, count)
}

func TestAttackerFindsNothingAboveReleasesThatAreOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := NewMinimums(rapid.IntRange(0, 8).Draw(t, "means"), rapid.IntRange(0, 15).Draw(t, "distributions"))
		var schools []released
		var accounts []Account
		for i := range rapid.IntRange(1, 3).Draw(t, "schools") {
			schools = append(schools, release(t, fmt.Sprint("s", i), drawFew(t), m))
			accounts = append(accounts, schools[i].account)
		}
		whole := Above(accounts, m)
		for _, at := range m.steps() {
			for count := range 2 {
				if n := together(schools, whole, at, count).derivable(at.minimum); n > 0 {
					t.Fatalf("%d people can be derived in count %d at the minimum %d: %v of %v", n, count, at.minimum, whole, schools)
				}
			}
		}
	})
}

// drawFew draws at most five groups, so that three schools are few enough to try every set of them.
func drawFew(t *rapid.T) []Group {
	groups := drawGroups(t, 2)
	return groups[:min(len(groups), 5)]
}

func TestAboveIsToldNoMoreExactlyThanWhatIsLeftAllows(t *testing.T) {
	m := NewMinimums(5, 10)
	school := func(name string, counts ...int) Account {
		groups := []Group{{ID: "school", Own: []int{0}}}
		for i, n := range counts {
			groups = append(groups, Group{ID: fmt.Sprint("u", i), Parent: "school", Own: []int{n}})
		}
		return release(t, name, groups, m).account
	}
	for name, c := range map[string]struct {
		below []Account
		want  Protection
	}{
		"nobody":                             {nil, Protection{}},
		"too few":                            {[]Account{school("a", 2), school("b", 2)}, Protection{}},
		"small schools pool":                 {[]Account{school("a", 3), school("b", 4), school("c", 3)}, Protection{Level: Points, Shares: true}},
		"large schools":                      {[]Account{school("a", 20, 20), school("b", 30)}, Protection{Level: Full, Shares: true}},
		"one small school beside large ones": {[]Account{school("a", 30), school("b", 30), school("c", 3)}, Protection{}},
		"one in classes beside large ones":   {[]Account{school("a", 30), school("b", 30), school("c", 7)}, Protection{Level: Classes}},
		"two in classes beside large ones":   {[]Account{school("a", 30), school("c", 7), school("d", 8)}, Protection{Level: Points, Shares: true}},
	} {
		require.Equal(t, c.want, Above(c.below, m), name)
	}
	// What the rule is for: with a total beside them, two schools give away the third.
	schools := []released{release(t, "a", []Group{{ID: "x", Own: []int{30}}}, m), release(t, "b", []Group{{ID: "x", Own: []int{3}}}, m)}
	require.Equal(t, 3, together(schools, Protection{Level: Classes}, m.steps()[0], 0).derivable(m.Means), "a planted leak")
}
