package playbook

import (
	"fmt"
	"slices"
	"strconv"
)

// checkRules says what the schema cannot: that steps name each other rightly, that every length of meeting adds up and
// comes to something, and that a step does not contradict itself.
func (p *Playbook) checkRules() []Mistake {
	mistakes := append(p.checkSteps(), p.checkPlaceholders()...)
	lengths := map[int]bool{}
	for i, v := range p.Variants {
		at := "variants." + strconv.Itoa(i)
		if lengths[v.Minutes] {
			mistakes = append(mistakes, Mistake{Path: at + ".minutes", Want: Words{"en længde, som ikke er der i forvejen", "a length that is not there already"}})
		}
		lengths[v.Minutes] = true
		mistakes = append(mistakes, p.checkVariant(v, at+".timeboxes")...)
	}
	return mistakes
}

func (p *Playbook) checkSteps() []Mistake {
	var mistakes []Mistake
	earlier := map[string]Step{}
	for i, s := range p.Steps {
		at := "steps." + strconv.Itoa(i)
		wrong := func(field, danish, english string) {
			mistakes = append(mistakes, Mistake{Path: at + "." + field, Want: Words{danish, english}})
		}
		for n, input := range s.InputFrom {
			switch before, there := earlier[input]; {
			case !there:
				wrong("input_from."+strconv.Itoa(n), "et trin, som kommer før dette", "a step that comes before this one")
			case before.Attribution == None && before.Kind != Prioritise:
				wrong("input_from."+strconv.Itoa(n), "et trin, hvor der skrives eller stemmes", "a step in which something is written or voted on")
			}
		}
		if _, twice := earlier[s.ID]; twice {
			wrong("id", "et navn, som ikke er brugt før", "a name that is not used before")
		}
		earlier[s.ID] = s
		if s.PhonesDown && s.Attribution == Sealed {
			wrong("phones_down", "ikke her: det forseglede skrives på telefonen", "not here: what is sealed is written on the phone")
		}
		if s.ExitRule == AllReady && s.PhonesDown {
			wrong("exit_rule", "ikke ready, når telefonerne er lagt: der er intet at trykke på", "not ready with the phones down: there is nothing to press")
		}
		if s.Attribution == Sealed && (s.ExitRule == ByFacilitator || s.ExitRule == WithOutcome) {
			wrong("exit_rule", "time eller ready, når det er forseglet, så nøglen ikke bliver liggende", "time or ready when it is sealed, so that its key does not lie around")
		}
		if s.ExitRule == WithOutcome && s.Kind != Decide && s.Kind != ReviewActions && s.Kind != Evaluate {
			wrong("exit_rule", "outcome kun i et trin, hvor der aftales noget", "outcome only in a step in which something is agreed")
		}
		if s.Attribution == Sealed && s.Visibility != Private && s.Kind != Prioritise {
			wrong("visibility", "private, når det er forseglet", "private when it is sealed")
		}
		if !slices.ContainsFunc(p.Variants, func(v Variant) bool { return v.Timeboxes[s.ID] > 0 }) {
			wrong("id", "minutter i mindst én længde, eller slet trinnet", "minutes in at least one length, or remove the step")
		}
	}
	return mistakes
}

func (p *Playbook) checkVariant(v Variant, at string) []Mistake {
	var mistakes []Mistake
	wrong := func(path, danish, english string) {
		mistakes = append(mistakes, Mistake{Path: path, Want: Words{danish, english}})
	}
	sum, decides := 0, false
	for id, minutes := range v.Timeboxes {
		if p.Step(id).Mode != Async { // which is not part of the meeting
			sum += minutes
		}
		if !slices.ContainsFunc(p.Steps, func(s Step) bool { return s.ID == id }) {
			wrong(at+"."+id, "navnet på et trin", "the name of a step")
		}
	}
	if sum != v.Minutes {
		wrong(at, fmt.Sprintf("%d minutter i alt; trinnene har %d", v.Minutes, sum), fmt.Sprintf("%d minutes in all; the steps have %d", v.Minutes, sum))
	}
	for _, s := range p.StepsOf(v) {
		decides = decides || s.Kind == Decide
		if s.Kind != Prioritise && s.Kind != Cluster {
			continue
		}
		if !slices.ContainsFunc(s.InputFrom, func(id string) bool { return p.Step(id).Writes() }) {
			wrong(at+"."+s.ID, "et tidligere trin i samme længde, hvor der skrives, som trinnet bygger på",
				"an earlier step of the same length in which something is written, for this one to work on")
		}
	}
	if !decides {
		wrong(at, "et trin af slagsen decide, så mødet ender med noget", "a step of the kind decide, so that the meeting comes to something")
	}
	return mistakes
}
