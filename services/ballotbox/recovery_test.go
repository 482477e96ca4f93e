package ballotbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// leave puts a sealed ballot and returns why it was refused, "" for none.
func (w *world) leave(r round, ticket, id string, sealed []byte) failure.Code {
	w.t.Helper()
	body := fmt.Sprintf(`{"ticket":%q,"sealed":%q}`, ticket, ballot.Encode64(sealed))
	return w.putRaw("/v1/rounds/"+r.id+"/recoveries/"+id, "application/json", []byte(body))
}

func (w *world) fetch(r round, id string) (sealed string, refused failure.Code) {
	w.t.Helper()
	response, err := w.client.Get(w.base + "/v1/rounds/" + r.id + "/recoveries/" + id)
	require.NoError(w.t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", failure.CodeOf(failure.Read(response))
	}
	var answer struct {
		Sealed string `json:"sealed"`
	}
	require.NoError(w.t, json.NewDecoder(response.Body).Decode(&answer))
	return answer.Sealed, ""
}

func TestSealedBallots(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 9})
	id := func(n int) string { return fmt.Sprintf("%064x", n) }
	sealed := make([]byte, ballot.RecoverySize)
	anna := w.ticket(r, "unit-a", "anna")
	require.Empty(t, w.leave(r, anna, id(1), sealed))
	require.Empty(t, w.leave(r, anna, id(1), sealed), "the identical one again")
	w.restart()
	got, _ := w.fetch(r, id(1))
	require.Equal(t, ballot.Encode64(sealed), got)
	_, refused := w.fetch(r, id(2))
	require.Equal(t, failure.BallotRecoveryUnknown, refused)
	_, refused = w.fetch(r, "1")
	require.Equal(t, failure.BallotRecoveryUnknown, refused)

	other := append([]byte{1}, sealed[1:]...)
	require.Equal(t, failure.BallotRecoveryTaken, w.leave(r, anna, id(1), other))
	require.Equal(t, failure.RequestInvalid, w.leave(r, anna, id(9), sealed[1:]))
	require.Equal(t, failure.BallotRecoveryUnknown, w.leave(r, anna, strings.Repeat("Z", 64), sealed))
	require.Equal(t, failure.BallotTicketInvalid, w.leave(r, "a.b.c", id(9), sealed))
	expired := w.ticket(r, "unit-a", "anna", func(c jwt.MapClaims) { c["exp"] = 1 })
	require.Equal(t, failure.BallotTicketExpired, w.leave(r, expired, id(9), sealed))
	for n := 2; n <= 5; n++ {
		require.Empty(t, w.leave(r, anna, id(n), sealed))
	}
	require.Equal(t, failure.BallotRecoveryFull, w.leave(r, anna, id(6), sealed), "nobody fills the disk")
	require.Empty(t, w.leave(r, w.ticket(r, "unit-a", "bo"), id(6), sealed))

	w.voter(r, "unit-a", "carl")
	require.Equal(t, failure.BallotTokenIssued, w.leave(r, w.ticket(r, "unit-a", "carl"), id(7), sealed), "it would never be signed")

	w.command(r, "open")
	w.command(r, "close")
	_, refused = w.fetch(r, id(1))
	require.Equal(t, failure.BallotRoundClosed, refused)
	require.Equal(t, failure.BallotRoundClosed, w.leave(r, anna, id(8), sealed))
}

// What is left of sealed ballots after closing: nothing, in any file.
func TestSealedBallotsGoWithTheRound(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 9})
	sealed := []byte(strings.Repeat("sealed-ballot-canary", 200))[:ballot.RecoverySize]
	id := strings.Repeat("ab", 32)
	require.Empty(t, w.leave(r, w.ticket(r, "unit-a", "anna"), id, sealed))
	holds := func() (found []string) {
		require.NoError(t, filepath.WalkDir(w.dir, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if strings.Contains(string(content), "sealed-ballot-canary") || strings.Contains(string(content), strings.Repeat("\xab", 32)) {
				found = append(found, path)
			}
			return err
		}))
		return found
	}
	require.NotEmpty(t, holds(), "the search finds them while they are there")
	w.command(r, "close")
	require.Empty(t, holds())
	w.stop()
	require.Empty(t, holds())
}
