package portal

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func calendarIn(t *testing.T, language string) *calendar {
	t.Helper()
	all, err := loadWords()
	require.NoError(t, err)
	zone, err := copenhagen()
	require.NoError(t, err)
	return &calendar{words: all[language], zone: zone, now: func() time.Time { return time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC) }}
}

func TestDates(t *testing.T) {
	danish, english := calendarIn(t, "da"), calendarIn(t, "en")
	late := time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC) // half past midnight in Denmark
	require.Equal(t, "24. november 2026", danish.day(late))
	require.Equal(t, "24 November 2026", english.day("2026-11-24"))
	require.Equal(t, "24. november", danish.shortDay("2026-11-24"))
	require.Equal(t, "tirsdag 24. november kl. 00.30", danish.moment(late))
	require.Equal(t, "Tuesday 24 November at 00:30", english.moment(&late))
	require.Equal(t, "2026-11-23T23:30:00Z", danish.machine(late))
	require.Equal(t, "2026-11-24", danish.today())
	require.Equal(t, "2026-12-01", danish.daysFrom(7))
	require.Equal(t, "soon", danish.day("soon"), "what is no date stays as it is")
}
