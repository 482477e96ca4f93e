package notification

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/host"
)

func writer(t *testing.T) *letters {
	t.Helper()
	l, err := newLetters("https://guldkorn.example.dk/")
	require.NoError(t, err)
	return l
}

func example(kind Kind) Item {
	at := time.Date(2026, 11, 24, 13, 30, 0, 0, time.UTC)
	return Item{Kind: kind, School: "schoolaaaaaa", About: About{
		RoundID: "round-1", ReleaseID: "release-1", DialogueID: "dialogue-1", ActionID: "action-1", Title: "Ny læringsplatform",
		OpensOn: "2026-11-24", ClosesOn: "2026-12-04", DueOn: "2027-01-15", FollowUpOn: "2027-03-01", StartsAt: &at,
		Place: "Lokale 12", Calendar: &Calendar{Minutes: 45, Agenda: []string{"checkin", "reflect"}},
	}}
}

func TestEveryKindHasWordsInBothLanguages(t *testing.T) {
	for _, kind := range Kinds() {
		seen := map[string]string{}
		for _, language := range []string{"da", "en"} {
			l, err := writer(t).write(addressee{Name: "Ada", Language: language}, "Skovskolen", []Item{example(kind)})
			require.NoError(t, err)
			require.NotEmpty(t, l.subject)
			require.Contains(t, l.body, "https://guldkorn.example.dk/schools/schoolaaaaaa/")
			require.NotContains(t, l.body, "<no value>")
			seen[l.subject] = language
		}
		require.Len(t, seen, 2, "%s says the same in both languages", kind)
	}
}

func TestLetterOfARound(t *testing.T) {
	l, err := writer(t).write(addressee{Name: "Ada\r\nBcc: x@example.dk", Language: "da"}, "Skovskolen", []Item{example(RoundAnnounced)})
	require.NoError(t, err)
	require.Equal(t, "Spørgerunde: Ny læringsplatform", l.subject)
	require.Equal(t, `Hej Ada Bcc: x@example.dk

Skovskolen holder spørgerunden "Ny læringsplatform". Du kan svare fra den 24. november 2026 til og med den 4. december 2026. Det tager få minutter på en telefon.
https://guldkorn.example.dk/schools/schoolaaaaaa/rounds/round-1

Venlig hilsen
Guldkorn, Skovskolen

--
Beskeder bliver samlet og kommer ikke i skolens ro-tid.
Alle dine beskeder: https://guldkorn.example.dk/inbox
`, l.body)
}

func TestSeveralItemsAreOneLetter(t *testing.T) {
	l, err := writer(t).write(addressee{Name: "Ada", Language: "en"}, "Skovskolen", []Item{example(ActionProposed), example(DialogueCreated)})
	require.NoError(t, err)
	require.Equal(t, "2 new messages from Skovskolen", l.subject)
	require.Contains(t, l.body, "15 January 2027")
	require.Contains(t, l.body, "24 November 2026 at 14:30")
}

func TestSettingsNameAllMistakesAtOnce(t *testing.T) {
	var s settings
	err := host.Settings(map[string]string{
		"SMTP_HOST": "mail.example.dk", "SMTP_PORT": "70000", "SMTP_TLS": "none", "SMTP_FROM": "nobody", "SMTP_USERNAME": "u",
		"PORTAL_PUBLIC_URL": "guldkorn", "MAIL_GATHER": "-1s",
	}, &s)
	var mistakes *host.ConfigError
	require.ErrorAs(t, err, &mistakes)
	require.Len(t, mistakes.Mistakes, 6)

	require.NoError(t, host.Settings(map[string]string{
		"SMTP_HOST": "127.0.0.1", "SMTP_TLS": "none", "SMTP_FROM": "Guldkorn <g@example.dk>", "PORTAL_PUBLIC_URL": "https://guldkorn.example.dk",
	}, new(settings)))
}
