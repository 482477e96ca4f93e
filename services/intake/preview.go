package intake

import (
	"github.com/guldkorn/guldkorn/libs/disclosure"
	"github.com/guldkorn/guldkorn/libs/events"
)

// What a group can be shown as.
const (
	shown  = "shown"
	pooled = "pooled"
	tooFew = "too_few"
)

// Preview answers "What will we be able to see?" from headcounts alone, as if everybody answered everything.
type Preview struct {
	School string
	Units  []UnitPreview
}

// UnitPreview is what one unit can be shown as.
type UnitPreview struct {
	FrozenUnit
	State         string
	Distributions bool
}

// schoolGroup is the school as a whole, above all units; no unit is called so.
const schoolGroup = "*"

// PreviewOf applies the rules of disclosure to headcounts.
func PreviewOf(units []FrozenUnit, limits events.Thresholds) (Preview, error) {
	groups := []disclosure.Group{{ID: schoolGroup, Own: []int{0}}}
	for _, unit := range units {
		parent := unit.ParentID
		if parent == "" {
			parent = schoolGroup
		}
		groups = append(groups, disclosure.Group{ID: unit.UnitID, Parent: parent, Own: []int{unit.Headcount}})
	}
	protected, err := disclosure.Protect(groups, disclosure.NewMinimums(limits.Means, limits.Distributions))
	if err != nil {
		return Preview{}, err
	}
	p := Preview{School: tooFew}
	hidden := tooFew
	if protected[schoolGroup].Level != disclosure.Hidden {
		p.School, hidden = shown, pooled
	}
	for _, unit := range units {
		one := UnitPreview{FrozenUnit: unit, State: hidden, Distributions: protected[unit.UnitID].Shares}
		if protected[unit.UnitID].Level != disclosure.Hidden {
			one.State = shown
		}
		p.Units = append(p.Units, one)
	}
	return p, nil
}
