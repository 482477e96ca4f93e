package dialogue

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
)

// Who makes a dialogue, changes who sits in it or holds back what somebody else wrote goes to the school's audit log, and so
// does whoever was refused that. Who leads it, reads it or wanted to read it does not.
func TestWhatIsDoneToOthersIsTold(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(six(), nil)
	tb.do("tr", "GET", tb.path(""), nil).ok()
	tb.do("stranger", "GET", tb.path(""), nil)
	tb.do("teacher-1", "PUT", tb.path("/people"), map[string]any{"participant_ids": teachers(5), "facilitator_ids": []string{"teacher-1"}}, ifMatch(tb.etag))
	tb.take(tb.do("leader", "PUT", tb.path("/people"), map[string]any{"participant_ids": teachers(6), "facilitator_ids": []string{"leader"}}, ifMatch(tb.etag)).ok())
	var told []events.AccessRecord
	w.events(func(e events.Envelope) bool {
		if e.Type != (events.DialogueAccessRecorded{}).Type() {
			return false
		}
		var record events.DialogueAccessRecorded
		require.NoError(t, json.Unmarshal(e.Data, &record))
		told = append(told, events.AccessRecord(record))
		return len(told) == 3
	})
	for i, want := range []events.AccessRecord{
		{Subject: "leader", Action: "dialogue.create"},
		{Subject: "teacher-1", Action: "dialogue.seat", Denied: true},
		{Subject: "leader", Action: "dialogue.seat"},
	} {
		want.ResourceType, want.ResourceID, want.DecidedAt = "dialogue", tb.id, told[i].DecidedAt
		require.Equal(t, want, told[i])
	}
}
