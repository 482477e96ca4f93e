package dialogue

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// An input that its sender takes back at the moment in which it is taken up: either there is the topic, and the input is part
// of it, or there is none, the input is gone, and the others are where they were.
func TestTakingBackAndTakingUpAtOnce(t *testing.T) {
	w := newWorld(t)
	won := map[string]int{}
	for run := range 60 {
		tb := w.invited()
		first, second := tb.send("teacher-1", "Den første").ok(), tb.send("teacher-2", "Den anden").ok()
		ids := []string{first.text("input_id"), second.text("input_id")}
		var raised, back answer
		start := make(chan struct{})
		var both sync.WaitGroup
		both.Go(func() {
			<-start
			raised = tb.raise("tr", "tr", "Begge dele", ids)
		})
		both.Go(func() {
			<-start
			if run%2 == 0 { // so that each has a head start
				back = tb.do("teacher-2", "DELETE", tb.path("/inputs/"+ids[1]), nil)
				return
			}
			tb.do("teacher-2", "GET", tb.path("/inputs"), nil)
			back = tb.do("teacher-2", "DELETE", tb.path("/inputs/"+ids[1]), nil)
		})
		close(start)
		both.Wait()
		topics, left := tb.do("tr", "GET", tb.path("/topics"), nil).ok().items(), tb.do("tr", "GET", tb.path("/inputs"), nil).ok().items()
		if raised.status == http.StatusCreated {
			won["up"]++
			back.refused(failure.InputIsSettled)
			require.Len(t, topics, 1)
			require.Len(t, left, 2)
			for _, one := range left {
				require.Equal(t, raised.text("topic_id"), one["topic_id"])
			}
			continue
		}
		won["back"]++
		raised.refused(failure.RequestInvalid)
		require.Equal(t, http.StatusNoContent, back.status)
		require.Empty(t, topics)
		require.Len(t, left, 1)
		require.Equal(t, "sent", left[0]["status"])
		require.Equal(t, ids[0], left[0]["input_id"])
	}
	t.Log(won)
}

// What a crash left of something that was taken back is shown to nobody.
func TestWhatACrashLeftOfAnInput(t *testing.T) {
	w := newWorld(t)
	tb := w.invited()
	gone := tb.send("teacher-1", "Taget tilbage").ok()
	_, err := w.service.inputs.Update(w.schoolContext(), gone.text("input_id"), func(i *Input) ([]events.Event, error) { return nil, i.TakeBack() })
	require.NoError(t, err)
	tb.reply("tr", gone, "Hvad?", gone.etag).refused(failure.DocumentNotFound)
	tb.raise("tr", "tr", "Hvad?", []string{gone.text("input_id")}).refused(failure.RequestInvalid)
	require.Empty(t, tb.do("tr", "GET", tb.path("/inputs"), nil).ok().items())
	require.NotContains(t, string(w.do("teacher-1", "GET", "/v1/me/records", nil).ok().raw), "Taget tilbage")
}
