package portal

import (
	"net/http"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
)

// CanBeReady tells whether the reader can say to need no more time in the step under way.
func (m meeting) CanBeReady() bool {
	return (m.TakesPart || m.AsGuest && !m.ForStaff()) && m.Phase != nil && (m.State == "open" || m.State == "paused" && m.Phase.Days != nil) && m.Phase.State == "active" && !m.Phase.PhonesDown
}

// counts asks how far people are in the step under way: what the service counts by its own clock for those who follow the
// dialogue, and tells a facilitator only.
func (v *visit) counts(m *meeting) error {
	var live dialogueapi.LivePoll
	if err := v.call("dialogue", http.MethodGet, v.one("live")+"?wait=0", nil, &live); err != nil || live.Snapshot == nil {
		return err
	}
	for _, p := range live.Snapshot.Dialogue.Phases {
		if p.PhaseID == m.Phase.PhaseID {
			m.Phase.Contributors, m.Phase.Ready, m.Phase.ReadyBand, m.Phase.ReadyGuests = p.Contributors, p.Ready, p.ReadyBand, p.ReadyGuests
		}
	}
	return nil
}
