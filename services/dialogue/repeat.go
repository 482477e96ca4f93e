package dialogue

import (
	"slices"
	"strconv"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// mostPhases bounds how often the steps of one dialogue can be taken again.
const mostPhases = 60

// Repeat takes a step that is over once more, be it that people opened up and narrowed down and now want to do so again, or
// that the facilitator went on too early. It becomes a phase of its own after the last that is over. What came of the
// first one stays as it is, for what was sealed there cannot be opened again; steps to come that build on it build on both.
func (m *Meeting) Repeat(id string, p *playbook.Playbook) error {
	if err := m.in(Open); err != nil {
		return err
	}
	before, err := m.phase(id)
	switch {
	case err != nil:
		return err
	case !before.ended():
		return failure.New(failure.PhaseWrongState).At("phase_id").Wanting("a locked or skipped phase")
	case m.current() != nil:
		return failure.New(failure.PhaseOtherActive).At("phase_id")
	case len(m.Phases) >= mostPhases:
		return failure.Invalid("phase_id", "at most "+strconv.Itoa(mostPhases)+" phases in a dialogue")
	}
	variant, err := p.Variant(m.Variant)
	if err != nil {
		return err
	}
	again := newPhase(p.Step(before.Step), variant)
	again.Inputs = slices.Clone(before.Inputs)
	last := 0
	for i := range m.Phases {
		switch one := &m.Phases[i]; {
		case one.ended():
			last = i
		case slices.Contains(one.Inputs, id):
			one.Inputs = append(one.Inputs, again.ID)
		}
	}
	m.Phases = slices.Insert(m.Phases, last+1, again)
	return nil
}
