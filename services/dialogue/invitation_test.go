package dialogue

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// sent returns the invitations to a dialogue that were told until it was told that another one is there.
func (w *world) sent(dialogue string) (all []events.InvitationsChanged) {
	w.t.Helper()
	last := w.prepare(teachers(2), nil)
	for _, e := range w.events(func(e events.Envelope) bool { return e.Type == events.DialogueCreated{}.Type() && e.Subject == last.id }) {
		if e.Type != (events.InvitationsChanged{}).Type() || e.Subject != dialogue {
			continue
		}
		told, err := events.Decode[events.InvitationsChanged](e)
		require.NoError(w.t, err)
		all = append(all, told)
	}
	return all
}

// Invitations follow the time, the place and the people of a dialogue, and nobody is invited twice to the same.
func TestInvitationsFollowTheDialogue(t *testing.T) {
	w := newWorld(t)
	at := w.service.now().Add(48 * time.Hour).Truncate(time.Second)
	tb := w.prepare(teachers(2), func(body map[string]any) { body["starts_at"], body["place"] = at, " Lokale 12 " })
	schedule := func(at time.Time, place string) {
		tb.lead("/schedule", map[string]any{"starts_at": at, "place": place})
	}
	schedule(at, "Lokale 12")
	schedule(at, "Salen")
	schedule(at.Add(time.Hour), "Salen")
	people := func(facilitators []string, participants ...string) {
		tb.take(w.do("leader", "PUT", tb.path("/people"), map[string]any{"participant_ids": participants, "facilitator_ids": facilitators}, ifMatch(tb.etag)).ok())
	}
	people([]string{"leader"}, "teacher-2", "teacher-3")
	require.Equal(t, "Salen", tb.view.Place)
	require.Equal(t, 2, tb.view.Sequence)
	tb.lead("/cancel", map[string]any{"reason": "Sygdom"})

	sent := w.sent(tb.id)
	require.Len(t, sent, 5)
	all := []string{"leader", "teacher-1", "teacher-2"}
	for i, want := range []struct {
		sequence           int
		place              string
		at                 time.Time
		invited, calledOff []string
	}{
		{0, "Lokale 12", at, all, nil},
		{1, "Salen", at, all, nil},
		{2, "Salen", at.Add(time.Hour), all, nil},
		{2, "Salen", at.Add(time.Hour), []string{"teacher-3"}, []string{"teacher-1"}},
		{3, "Salen", at.Add(time.Hour), nil, []string{"leader", "teacher-2", "teacher-3"}},
	} {
		require.Equal(t, want.sequence, sent[i].Sequence, "%d", i)
		require.Equal(t, want.place, sent[i].Place, "%d", i)
		require.True(t, want.at.Equal(sent[i].StartsAt), "%d", i)
		require.Equal(t, want.invited, sent[i].Invited, "%d", i)
		require.Equal(t, want.calledOff, sent[i].CalledOff, "%d", i)
		require.Equal(t, 45, sent[i].Minutes)
		require.Equal(t, "checkin", sent[i].Agenda[0])
	}
}

func TestADialogueWithoutATimeInvitesNobody(t *testing.T) {
	w := newWorld(t)
	tb := w.prepare(teachers(2), nil).lead("/open", nil).lead("/cancel", map[string]any{"reason": "Sygdom"})
	require.Empty(t, w.sent(tb.id))
	body := map[string]any{"title": "x", "playbook": "small-school", "playbook_version": 1, "variant_minutes": 20, "participant_ids": teachers(2), "place": "Salen"}
	w.do("leader", "POST", w.in("/dialogues"), body).refused(failure.RequestInvalid)
	body["starts_at"], body["place"] = w.service.now().Add(time.Hour), strings.Repeat("æ", maxTitle+1)
	w.do("leader", "POST", w.in("/dialogues"), body).refused(failure.RequestInvalid)
}

// A pre-meeting invites the staff side to a time and a place, and says nothing of its steps.
func TestAPreMeetingInvites(t *testing.T) {
	w := newWorld(t)
	w.forum("med", "consultation", "", []string{"leader", "administrator", "tr", "amr", "teacher-1"})
	at := w.service.now().Add(48 * time.Hour).Truncate(time.Second)
	pre := (&table{world: w, leader: "tr"}).take(w.call(map[string]any{"starts_at": at}).ok())
	pre.lead("/schedule", map[string]any{"starts_at": at, "place": "Biblioteket"})
	sent := w.sent(pre.id)
	require.Len(t, sent, 2)
	for _, one := range sent {
		require.True(t, one.PreMeeting)
		require.Empty(t, one.Agenda)
		require.Equal(t, []string{"amr", "teacher-1", "teacher-2", "teacher-3", "tr"}, one.Invited)
	}
}
