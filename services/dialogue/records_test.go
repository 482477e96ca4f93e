package dialogue

import (
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// recordsOfThoseWhoTookPart looks at what the service tells people about themselves after TestWholeDialogue's dialogue.
func (tb *table) recordsOfThoseWhoTookPart() {
	t := tb.t
	t.Helper()
	own := func(person string) (found records, raw string) {
		a := tb.do(person, "GET", "/v1/me/records", nil).ok()
		a.into(&found)
		require.Equal(t, recordsFormat, found.Format)
		return found, string(a.raw)
	}
	leader, raw := own("leader")
	require.Len(t, leader.Dialogues, 1)
	require.Equal(t, facilitator, leader.Dialogues[0].Part)
	require.Equal(t, tb.school, leader.Dialogues[0].TenantID)
	require.Equal(t, 2, leader.Dialogues[0].Minutes)
	require.Len(t, leader.Actions, 2)
	for _, a := range leader.Actions {
		require.True(t, a.Proposer)
	}
	require.Len(t, leader.Outcomes, 2)
	require.Contains(t, raw, "Ingen beskeder efter kl. 16.30")
	require.NotContains(t, raw, "Svarfrist", "the TR wrote that down")

	tr, _ := own("tr")
	require.Len(t, tr.Outcomes, 1)
	require.Equal(t, "disagreement", tr.Outcomes[0].Kind)

	writer, raw := own("teacher-1")
	require.Equal(t, participant, writer.Dialogues[0].Part)
	require.Empty(t, writer.Actions, "it is somebody else's now")
	for _, words := range []string{"Beskederne kommer om aftenen", "Tanke fra"} {
		require.NotContains(t, raw, words, "what was sealed has no author")
	}

	owner, _ := own("teacher-8")
	require.Empty(t, owner.Dialogues)
	require.Len(t, owner.Actions, 1)
	require.True(t, owner.Actions[0].Owner)
	require.False(t, owner.Actions[0].Proposer)

	stranger, _ := own("stranger")
	require.Equal(t, records{Format: recordsFormat, Dialogues: []recordedPart{}, Actions: []recordedAction{}, Outcomes: []recordedWords{}, PlanRows: []recordedRow{}}, stranger)
	tb.do("", "GET", "/v1/me/records", nil, tb.as("portal")).refused(failure.AccessDenied)
}
