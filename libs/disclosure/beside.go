package disclosure

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Near is how long two rounds count as asking the same people the same. Views of a technology seldom turn within it, so what
// one release hides must not follow from another.
const Near = 180 * 24 * time.Hour

// Beside hides more of what a mask shows, until nothing small can be computed from it together with what other
// releases told before about the same people and the same matter. People answer much the same within some months: a
// team that was hidden beside a small one in one round and shown in the next would otherwise give the small one away,
// and so would a round that asks all teams but one.
//
// Each element of told is a group that was told before, as the ids of the groups whose own people were asked in it. One
// that is not asked now is taken to be a single person; how many answered then is not kept. What could be computed
// from told alone is told already and hides nothing.
//
// Releases told before need not nest with these groups, so remainders do not do. A weighted sum over few people
// can be computed from some totals exactly when leaving out these people's columns lowers the rank.
func Beside(groups []Group, shown map[string]bool, told [][]string, minimum int) (map[string]bool, error) {
	t, err := plant(groups)
	if err != nil {
		return nil, err
	}
	people := map[string]int{} // by atom: the people who belong to one group directly
	var before []set
	for _, ids := range told {
		one := set{}
		for _, id := range ids {
			one[id] = true
			people[id] = 1
		}
		if !slices.ContainsFunc(before, func(s set) bool { return maps.Equal(s, one) }) {
			before = append(before, one)
		}
	}
	for _, g := range groups {
		if people[g.ID] = slices.Min(g.Own); sum(g.Own) == 0 {
			delete(people, g.ID)
		}
	}
	kept := map[string]bool{}
	all := slices.Clone(before)
	for _, id := range t.largestFirst(shown) {
		one := t.atoms(id)
		if slices.ContainsFunc(all, func(s set) bool { return maps.Equal(s, one) }) {
			kept[id] = true // told already
			continue
		}
		if next := append(slices.Clone(all), one); !leaksMore(before, next, people, minimum) {
			kept[id], all = true, next
		}
	}
	return kept, nil
}

// set is a group of atoms.
type set map[string]bool

// atoms returns id and everything below it.
func (t *tree) atoms(id string) set {
	found := set{id: true}
	for _, child := range t.children[id] {
		maps.Copy(found, t.atoms(t.groups[child].ID))
	}
	return found
}

// largestFirst returns the shown ids by their people, so that a whole is rather kept than its parts.
func (t *tree) largestFirst(shown map[string]bool) []string {
	ids := slices.DeleteFunc(slices.Collect(maps.Keys(shown)), func(id string) bool { return !shown[id] })
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(-cmp.Compare(sum(t.total[a]), sum(t.total[b])), cmp.Compare(a, b))
	})
	return ids
}

// leaksMore tells whether all totals together say something about fewer people than minimum that the totals before
// did not say.
func leaksMore(before, all []set, people map[string]int, minimum int) bool {
	columns := unknown(before, alike(all, people))
	whole, past := matrix(all, columns), matrix(before, columns)
	rankWhole, rankPast := rank(whole, nil), rank(past, nil)
	var small []int
	for i, c := range columns {
		if c.people < minimum {
			small = append(small, i)
		}
	}
	// A larger set of columns gives away whatever a smaller one does, so only those that cannot grow need a look.
	var leaks func(from, people int, out []int) bool
	leaks = func(from, people int, out []int) bool {
		grew := false
		for at := from; at < len(small); at++ {
			if c := columns[small[at]]; people+c.people < minimum {
				grew = true
				if leaks(at+1, people+c.people, append(slices.Clone(out), small[at])) {
					return true
				}
			}
		}
		return !grew && len(out) > 0 && rankWhole-rank(whole, out) > rankPast-rank(past, out)
	}
	return leaks(0, 0, nil)
}

// column is atoms that stand side by side in every set: nobody can tell one from another.
type column struct {
	atom   string // one of them
	people int
}

func alike(sets []set, people map[string]int) []column {
	found := map[string]*column{}
	var order []string
	for _, atom := range slices.Sorted(maps.Keys(people)) {
		var signature strings.Builder
		for _, s := range sets {
			if s[atom] {
				signature.WriteByte('1')
			} else {
				signature.WriteByte('0')
			}
		}
		key := signature.String()
		if found[key] == nil {
			found[key] = &column{atom: atom}
			order = append(order, key)
		}
		found[key].people += people[atom]
	}
	columns := make([]column, len(order))
	for i, key := range order {
		columns[i] = *found[key]
	}
	return columns
}

// unknown returns the columns whose sum was not told before. A sum that is known can be taken out of any other, so that
// nothing depends on its column any more.
func unknown(before []set, columns []column) []column {
	past := matrix(before, columns)
	whole := rank(past, nil)
	var open []column
	for i, c := range columns {
		if rank(past, []int{i}) == whole {
			open = append(open, c)
		}
	}
	return open
}

func matrix(sets []set, columns []column) [][]bool {
	rows := make([][]bool, len(sets))
	for i, s := range sets {
		rows[i] = make([]bool, len(columns))
		for j, c := range columns {
			rows[i][j] = s[c.atom]
		}
	}
	return rows
}

// rank returns the rank of a matrix of noughts and ones without some of its columns, over the rationals, by
// elimination without fractions (Bareiss 1968), so that no rounding hides a leak.
func rank(rows [][]bool, without []int) int {
	m := make([][]*big.Int, len(rows))
	for i, row := range rows {
		for j, in := range row {
			value := new(big.Int)
			if in && !slices.Contains(without, j) {
				value.SetInt64(1)
			}
			m[i] = append(m[i], value)
		}
	}
	r, last := 0, big.NewInt(1)
	for j := 0; r < len(m) && j < len(m[r]); j++ {
		at := slices.IndexFunc(m[r:], func(row []*big.Int) bool { return row[j].Sign() != 0 })
		if at < 0 {
			continue
		}
		m[r], m[r+at] = m[r+at], m[r]
		for i := r + 1; i < len(m); i++ {
			for k := j + 1; k < len(m[i]); k++ {
				product := new(big.Int).Mul(m[i][k], m[r][j])
				product.Sub(product, new(big.Int).Mul(m[i][j], m[r][k]))
				m[i][k] = product.Quo(product, last)
			}
			m[i][j] = new(big.Int)
		}
		last = m[r][j]
		r++
	}
	return r
}
