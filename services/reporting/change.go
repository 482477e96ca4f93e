package reporting

import (
	"math"
	"slices"

	api "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// Smaller differences are usually immaterial on a scale from 0 to 100, whatever their interval says.
const (
	changedFrom = 5
	clearFrom   = 10
)

// tellChange adds to the figures of a release how they differ from an earlier one. It is given the two releases as
// they are published and nothing finer, so whatever it says could be worked out from them: change cannot leak
// what the releases do not, and no exact statistics have to be kept for it.
//
// The persons of two rounds cannot be linked, so the rounds count as independent samples. Units and staff groups are compared
// with themselves; the school only if the same units were asked, and by staff group always, since everybody is; what is pooled
// never, since other people may be in it.
func tellChange(release *api.Release, earlier Earlier) {
	release.Earlier = &api.EarlierRelease{ReleaseID: earlier.ID, RoundID: earlier.Release.Round.RoundID, ClosesOn: earlier.Release.Round.ClosesOn}
	if earlier.Pair {
		release.Earlier.Pair = &earlier.Pair
	}
	sameUnits := slices.Equal(unitIDs(release.Nodes), unitIDs(earlier.Release.Nodes))
	for i := range release.Nodes {
		n := &release.Nodes[i]
		at := slices.IndexFunc(earlier.Release.Nodes, func(before api.Node) bool { return before.NodeID == n.NodeID })
		if at < 0 || n.Kind == api.OtherUnits || n.Kind == api.School && !sameUnits {
			continue
		}
		for j := range n.Themes {
			for _, before := range earlier.Release.Nodes[at].Themes {
				if before.Theme == n.Themes[j].Theme {
					tellThemeChange(&n.Themes[j], before)
				}
			}
		}
	}
}

func tellThemeChange(now *api.NodeTheme, before api.NodeTheme) {
	for i := range now.Cells {
		for _, cell := range before.Cells {
			if c := &now.Cells[i]; c.Quality == cell.Quality {
				setChange(c.Gain, cell.Gain)
				setChange(c.Strain, cell.Strain)
				setChange(c.Balance, cell.Balance)
			}
		}
	}
	setChange(now.Score.Gain, before.Score.Gain)
	setChange(now.Score.Strain, before.Score.Strain)
	setChange(now.Score.Balance, before.Score.Balance)
	if now.Fit != nil && before.Fit != nil {
		setChange(now.Fit.Fit, before.Fit.Fit)
	}
}

func unitIDs(nodes []api.Node) []string {
	var ids []string
	for _, n := range nodes {
		if n.Kind == api.Unit {
			ids = append(ids, n.NodeID)
		}
	}
	slices.Sort(ids)
	return ids
}

// setChange compares one figure with its earlier self; both must be shown.
func setChange(now, before *api.Figure) {
	if now == nil || before == nil {
		return
	}
	now.Change = changeOf(*now, *before)
}

// changeOf says unchanged unless the difference is at least 5 points and its interval excludes 0, and clear from 10.
// Where one of the two has no published interval, nothing can honestly be said, not even that it is unchanged.
func changeOf(now, before api.Figure) *api.Change {
	if now.Interval == nil || before.Interval == nil {
		return &api.Change{State: api.Uncertain}
	}
	delta := *now.Value - *before.Value
	// The interval of a difference from the two intervals (Zou and Donner 2008, the MOVER method).
	below := math.Hypot(float64(*now.Value-now.Interval.From), float64(before.Interval.To-*before.Value))
	above := math.Hypot(float64(now.Interval.To-*now.Value), float64(*before.Value-before.Interval.From))
	excludesNone := float64(delta)-below > 0 || float64(delta)+above < 0
	state := api.Unchanged
	switch size := max(delta, -delta); {
	case !excludesNone || size < changedFrom:
	case size < clearFrom:
		state = api.Changed
	default:
		state = api.Clear
	}
	return &api.Change{State: state, Delta: &delta}
}
