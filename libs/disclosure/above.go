package disclosure

import "slices"

// Account is what a release has told of a hierarchy that lies below a larger group: how many people there are in it, and,
// at each step of Protect, how many of them stand in a group that was told at this step. It holds counts alone.
type Account struct {
	People []int   `json:"people"`
	Told   [][]int `json:"told"`
}

// NewAccount settles what was told of people in groups. The groups that were hidden may be missing.
func NewAccount(people []int, groups []Group, told map[string]Protection) (Account, error) {
	a := Account{People: people}
	t, err := plant(groups)
	if err != nil {
		return a, err
	}
	for _, step := range (Minimums{}).steps() {
		shown := map[string]bool{}
		for id, p := range told {
			shown[id] = step.told(p)
		}
		counts := make([]int, len(people))
		for _, id := range t.below("", shown) {
			add(counts, t.total[id])
		}
		a.Told = append(a.Told, counts)
	}
	return a, nil
}

// Above returns what may be told of the group that all of below make up, when what was told of them stays as it is: a
// municipality above schools whose releases are out. Nothing below can be hidden any more for the sake of the whole, so the
// whole is told less exactly, or not at all, where what is left of it would be nobody's or somebody's too few.
func Above(below []Account, m Minimums) Protection {
	var p Protection
	if len(below) == 0 {
		return p
	}
	for i, step := range m.steps() {
		if p.Level < step.needs {
			continue
		}
		whole, rest := make([]int, len(below[0].People)), make([]int, len(below[0].People))
		for _, a := range below {
			add(whole, a.People)
			for j, n := range a.People {
				rest[j] += n - a.Told[i][j]
			}
		}
		small := slices.ContainsFunc(whole, func(n int) bool { return n < step.minimum })
		leaky := slices.ContainsFunc(rest, func(n int) bool { return n > 0 && n < step.minimum })
		if !small && !leaky {
			step.grant(&p)
		}
	}
	return p
}
