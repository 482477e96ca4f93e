package disclosure

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func ids(shown map[string]bool) []string { return slices.Sorted(maps.Keys(shown)) }

func TestMask(t *testing.T) {
	for name, c := range map[string]struct {
		groups []Group
		want   []string
	}{
		"everybody large enough": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{5}}, {"b", "s", []int{6}}},
			[]string{"a", "b", "s"}},
		"the smallest sibling hides with the small one": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{5}}, {"b", "s", []int{6}}, {"c", "s", []int{2}}},
			[]string{"b", "s"}},
		"an empty unit hides nobody": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{5}}, {"b", "s", []int{0}}},
			[]string{"a", "s"}},
		"people of the school itself count as left over": {
			[]Group{{"s", "", []int{1}}, {"a", "s", []int{5}}, {"b", "s", []int{9}}},
			[]string{"b", "s"}},
		"below the minimum nothing": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{2}}, {"b", "s", []int{2}}},
			nil},
		"one of several counts fails": {
			[]Group{{"s", "", []int{0, 0}}, {"a", "s", []int{9, 4}}, {"b", "s", []int{9, 9}}, {"c", "s", []int{9, 9}}},
			[]string{"c", "s"}},
		"grandchildren count against the school when the child is hidden": {
			[]Group{{"s", "", []int{1}}, {"a", "s", []int{1}}, {"a1", "a", []int{8}}},
			[]string{"s"}},
	} {
		shown, err := Mask(c.groups, 5)
		require.NoError(t, err, name)
		require.Equal(t, c.want, ids(shown), name)
	}
}

func TestMaskRefusesWhatIsNoHierarchy(t *testing.T) {
	for name, groups := range map[string][]Group{
		"missing parent":    {{"a", "gone", []int{1}}},
		"twice":             {{"a", "", []int{1}}, {"a", "", []int{1}}},
		"no id":             {{"", "", []int{1}}},
		"circle":            {{"a", "b", []int{1}}, {"b", "a", []int{1}}},
		"different counts":  {{"a", "", []int{1}}, {"b", "a", []int{1, 2}}},
		"less than nobody":  {{"a", "", []int{-1}}},
		"parent of oneself": {{"a", "a", []int{1}}},
	} {
		_, err := Mask(groups, 5)
		require.Error(t, err, name)
	}
}

func TestHidingMoreIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := drawGroups(t, 1)
		shown, err := Mask(groups, 5)
		require.NoError(t, err)
		for _, id := range ids(shown) {
			if rapid.Bool().Draw(t, "hide") {
				delete(shown, id)
			}
		}
		require.Zero(t, look(groups, shown, 0).derivable(5))
	})
}

// The invariant in the words of the rule: every shown group minus the shown groups below it holds 0 or the minimum.
func TestRemainders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := drawGroups(t, 6)
		minimum := rapid.IntRange(1, 12).Draw(t, "minimum")
		shown, err := Mask(groups, minimum)
		require.NoError(t, err)
		planted, err := plant(groups)
		require.NoError(t, err)
		for id := range shown {
			require.GreaterOrEqual(t, slices.Min(planted.total[id]), minimum)
			for _, n := range planted.remainder(id, shown) {
				require.True(t, n == 0 || n >= minimum, "%s leaves %d", id, n)
			}
		}
	})
}

func TestMaskDoesNotDependOnTheOrderOfGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := drawGroups(t, 2)
		one, err := Mask(groups, 5)
		require.NoError(t, err)
		other, err := Mask(rapid.Permutation(groups).Draw(t, "order"), 5)
		require.NoError(t, err)
		require.Equal(t, one, other)
	})
}

func TestRegroupKeepsEverybodyAndMaskingAgainHidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := drawGroups(t, 2)
		shown, err := Mask(groups, 5)
		require.NoError(t, err)
		pools, err := Regroup(groups, shown)
		require.NoError(t, err)
		before, err := plant(groups)
		require.NoError(t, err)
		after, err := plant(plain(pools))
		require.NoError(t, err)
		own := map[string][]int{}
		for _, g := range groups {
			own[g.ID] = g.Own
		}
		var members []string
		for _, p := range pools {
			sum := make([]int, 2)
			for _, member := range p.Members {
				add(sum, own[member])
			}
			require.Equal(t, p.Own, sum, p.ID)
			members = append(members, p.Members...)
			if !p.Others {
				require.True(t, shown[p.ID])
				require.Equal(t, before.total[p.ID], after.total[p.ID])
			}
		}
		slices.Sort(members)
		require.Len(t, slices.Compact(slices.Clone(members)), len(members), "nobody is in two pools")
		again, err := Mask(plain(pools), 5)
		require.NoError(t, err)
		for id := range shown {
			require.True(t, again[id], "%s was shown before", id)
		}
	})
}

func TestRegroupPoolsTheOthers(t *testing.T) {
	groups := []Group{{"s", "", []int{1}}, {"a", "s", []int{3}}, {"b", "s", []int{5}}, {"c", "s", []int{9}}, {"c1", "c", []int{0}}}
	shown, err := Mask(groups, 5)
	require.NoError(t, err)
	pools, err := Regroup(groups, shown)
	require.NoError(t, err)
	require.Equal(t, []Pool{
		{Group{"s", "", []int{0}}, false, nil},
		{Group{"s.others", "s", []int{9}}, true, []string{"s", "a", "b"}},
		{Group{"c", "s", []int{9}}, false, []string{"c", "c1"}},
	}, pools)
}

func TestProtectGivesNoExactnessThatDifferencesWouldCarryOn(t *testing.T) {
	// A unit of 8 beside one of 22: told to the point, school minus unit would tell the 8 to the point.
	got, err := Protect([]Group{{"s", "", []int{0}}, {"a", "s", []int{22}}, {"b", "s", []int{8}}}, NewMinimums(5, 10))
	require.NoError(t, err)
	require.Equal(t, map[string]Protection{"s": {Full, true}, "a": {Classes, false}, "b": {Classes, false}}, got)

	got, err = Protect([]Group{{"s", "", []int{0}}, {"a", "s", []int{25}}, {"b", "s", []int{15}}}, NewMinimums(5, 10))
	require.NoError(t, err)
	require.Equal(t, map[string]Protection{"s": {Full, true}, "a": {Points, true}, "b": {Points, true}}, got)
}

func TestBeside(t *testing.T) {
	for name, c := range map[string]struct {
		groups []Group
		told   [][]string
		want   []string
	}{
		"nothing told before": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{9}}, {"b", "s", []int{9}}}, nil, []string{"a", "b", "s"}},
		"the same told before": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{9}}, {"b", "s", []int{9}}},
			[][]string{{"a", "b"}, {"a"}, {"b"}}, []string{"a", "b", "s"}},
		"the other one was hidden beside the small one last time": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{8}}, {"b", "s", []int{9}}, {"c", "s", []int{3}}},
			[][]string{{"a", "b", "c"}, {"a"}}, []string{"s"}},
		"one large team first, then with a small one": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{12}}, {"b", "s", []int{3}}},
			[][]string{{"a"}}, nil},
		"all first, then all but a small one": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{12}}},
			[][]string{{"a", "b"}}, nil},
		"one team first, then with a large one": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{12}}, {"b", "s", []int{8}}},
			[][]string{{"a"}}, []string{"a", "b", "s"}},
		"all first, then a team that was shown": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{12}}},
			[][]string{{"a", "b"}, {"a"}}, []string{"a", "s"}},
		"a team in which nobody answers": {
			[]Group{{"s", "", []int{0}}, {"a", "s", []int{12}}, {"b", "s", []int{0}}},
			[][]string{{"a", "b"}}, []string{"a", "s"}},
	} {
		shown, err := Mask(c.groups, 5)
		require.NoError(t, err, name)
		kept, err := Beside(c.groups, shown, c.told, 5)
		require.NoError(t, err, name)
		require.Equal(t, c.want, ids(kept), name)
	}
}

func TestMinimumsAreRaisedAndNeverLowered(t *testing.T) {
	require.Equal(t, Minimums{5, 10, 10, 20}, NewMinimums(0, 0))
	require.Equal(t, Minimums{5, 10, 10, 20}, NewMinimums(3, 5))
	require.Equal(t, Minimums{8, 10, 15, 20}, NewMinimums(8, 15))
	require.Equal(t, Minimums{30, 30, 30, 30}, NewMinimums(30, 10))
}

func TestCoding(t *testing.T) {
	for _, c := range []struct {
		level Level
		mean  float64
		class Class
		want  *Number
	}{
		{Hidden, 50, "", nil},
		{Classes, 0, VeryLow, nil}, {Classes, 19.9, VeryLow, nil}, {Classes, 20, Low, nil}, {Classes, 40, Middle, nil},
		{Classes, 60, Middle, nil}, {Classes, 60.1, High, nil}, {Classes, 80, High, nil}, {Classes, 100, VeryHigh, nil},
		{Points, 0, VeryLow, &Number{10, AtMost}}, {Points, 10.4, VeryLow, &Number{10, AtMost}}, {Points, 10.5, VeryLow, &Number{Value: 11}},
		{Points, 39.6, Middle, &Number{Value: 40}}, {Points, 89.4, VeryHigh, &Number{Value: 89}}, {Points, 100, VeryHigh, &Number{90, AtLeast}},
		{Full, 7, VeryLow, &Number{Value: 7}}, {Full, 0, VeryLow, &Number{5, AtMost}}, {Full, 100, VeryHigh, &Number{95, AtLeast}},
	} {
		class, number := CodeMean(c.level, c.mean)
		require.Equal(t, c.class, class, "%v", c)
		require.Equal(t, c.want, number, "%v", c)
	}
	number, deviation := CodeSpread(0)
	require.Equal(t, Number{10, AtMost}, number)
	require.Equal(t, 10.0, deviation)
	number, deviation = CodeSpread(24.5)
	require.Equal(t, Number{Value: 25}, number)
	require.Equal(t, 24.5, deviation)
	from, to := CodeInterval(-3, 47.1)
	require.Equal(t, [2]int{0, 48}, [2]int{from, to})
	require.Equal(t, []string{"", "5-9", "5-9", "10-19", "20-49", "50+"}, []string{Band(4), Band(5), Band(9), Band(10), Band(49), Band(50)})
	require.Equal(t, []int{0, 100, 60, 50, 100}, []int{Participation(0, 0), Participation(9, 8), Participation(11, 20), Participation(11, 22), Participation(20, 20)})
}

// Everybody of one opinion looks like somebody of another: the end and the spread never say "all of them".
func TestUnanimityIsNotTold(t *testing.T) {
	for n := 20; n <= 49; n++ {
		oneOff := 100 - 25/float64(n)
		_, all := CodeMean(Full, 100)
		_, almost := CodeMean(Full, oneOff)
		require.Equal(t, all, almost)
		require.Equal(t, CodeShare(Full, 0), CodeShare(Full, 100/float64(n)))
	}
}

// A large school whose teams were all told last time, and which now asks half of them and some new ones.
func BenchmarkBeside(b *testing.B) {
	groups := []Group{{"school", "", []int{0}}}
	var told [][]string
	var everybody []string
	for i := range 40 {
		id := string(rune('A' + i))
		if everybody = append(everybody, id); i%3 > 0 {
			told = append(told, []string{id})
		}
		if i%2 == 0 {
			groups = append(groups, Group{id, "school", []int{2 + i%9}})
		}
	}
	told = append(told, everybody)
	shown, err := Mask(groups, 5)
	require.NoError(b, err)
	for b.Loop() {
		if _, err := Beside(groups, shown, told, 5); err != nil {
			b.Fatal(err)
		}
	}
}
