package ballotbox_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

func (w *world) bulletin(r round) (ballotbox.Bulletin, failure.Code) {
	w.t.Helper()
	response, err := w.client.Get(w.base + "/v1/rounds/" + r.id + "/bulletin")
	require.NoError(w.t, err)
	defer response.Body.Close()
	var b ballotbox.Bulletin
	if response.StatusCode != http.StatusOK {
		return b, failure.CodeOf(failure.Read(response))
	}
	require.NoError(w.t, json.NewDecoder(response.Body).Decode(&b))
	return b, ""
}

// Everybody finds their answer on the bulletin, nobody finds more than the batch holds, and the box stands by it for three
// months.
func TestTheBulletinListsExactlyWhatIsCounted(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 9, "unit-b": 3})
	for i := range 7 {
		require.NoError(t, w.voter(r, "unit-a", pseudonym(i)).Answer(t.Context(), map[string]string{"a": strconv.Itoa(i)}))
	}
	withdrawn := w.voter(r, "unit-b", "bo")
	require.NoError(t, withdrawn.Answer(t.Context(), map[string]string{"a": "b"}))
	require.NoError(t, withdrawn.Withdraw(t.Context()))
	_, refused := w.bulletin(r)
	require.Equal(t, failure.BallotRoundNotClosed, refused, "nobody counts along")
	result := w.command(r, "close")

	raw, _ := w.batch(r)
	var batch struct {
		Units []struct {
			Answers []string `json:"answers"`
		} `json:"units"`
	}
	require.NoError(t, json.Unmarshal(raw, &batch))
	var hashes []string
	for _, unit := range batch.Units {
		for _, envelope := range unit.Answers {
			sealed, err := ballot.Decode64(envelope, ballot.EnvelopeSize)
			require.NoError(t, err)
			sum := sha256.Sum256(sealed)
			hashes = append(hashes, hex.EncodeToString(sum[:]))
		}
	}
	slices.Sort(hashes)
	published, refused := w.bulletin(r)
	require.Empty(t, refused)
	require.Equal(t, hashes, published.Hashes)
	require.Len(t, published.Hashes, 7)
	require.Equal(t, result.BatchHash, published.BatchHash)
	require.NoError(t, published.Verify(w.box.SigningKey()))

	_, foreign, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	require.Error(t, published.Verify(foreign.Public().(ed25519.PublicKey)))
	for _, change := range []func(*ballotbox.Bulletin){
		func(b *ballotbox.Bulletin) { b.Hashes = b.Hashes[1:] },
		func(b *ballotbox.Bulletin) { b.Hashes = append(slices.Clone(b.Hashes), "ff") },
		func(b *ballotbox.Bulletin) { b.BatchHash = hashes[0] },
		func(b *ballotbox.Bulletin) { b.RoundID = "another" },
	} {
		forged := published
		change(&forged)
		require.Error(t, forged.Verify(w.box.SigningKey()))
	}

	w.now = w.now.AddDate(0, 0, 89)
	w.restart()
	_, refused = w.bulletin(r)
	require.Empty(t, refused)
	w.now = w.now.AddDate(0, 0, 3)
	w.restart()
	require.Eventually(t, func() bool { _, refused := w.bulletin(r); return refused == failure.BallotBulletinGone }, 10*time.Second, 10*time.Millisecond)
}
