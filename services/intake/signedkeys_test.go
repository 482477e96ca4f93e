package intake

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	ballotboxapi "github.com/guldkorn/guldkorn/libs/api/ballotbox"
)

// Attack 2 of the auditor: whoever answers in the ballot box's place, or stands between, hands in keys of their own. No such
// list is taken; the round waits for the true one, which is the control.
func TestKeysThatTheKnownBallotBoxDidNotSignAreNotTaken(t *testing.T) {
	for name, forge := range map[string]func(*neighbours){
		"another signer": func(n *neighbours) { n.signs = "portal" },
		"a swapped key": func(n *neighbours) {
			n.forge = func(k *signedKeys) { k.Keys[0].PublicKey = "of the attacker" }
		},
		"a swapped key with its own hash": func(n *neighbours) {
			n.forge = func(k *signedKeys) {
				k.Keys[0].PublicKey = "of the attacker"
				k.KeyListHash, _ = k.hash("another round")
			}
		},
		"another unit": func(n *neighbours) {
			n.forge = func(k *signedKeys) { k.Keys = append(k.Keys, ballotboxapi.UnitKey{UnitID: "ghosts"}) }
		},
		"another sealing key": func(n *neighbours) { n.forge = func(k *signedKeys) { k.SealingKey = strings.Repeat("B", 43) } },
		"another frame":       func(n *neighbours) { n.forge = func(k *signedKeys) { k.FrameHash = hexOf("another frame") } },
		"no signature":        func(n *neighbours) { n.forge = func(k *signedKeys) { k.Signature = strings.Repeat("A", 86) } },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			round := w.draft(nil)
			w.neighbour.set(func() { forge(w.neighbour) })
			response, _ := w.command(round.RoundID, "announce")
			require.Equal(t, http.StatusAccepted, response.StatusCode)
			w.eventually(func() bool { return w.neighbour.count("announce") >= 3 })
			require.Equal(t, Announcing, w.round(round.RoundID).Status)
			require.Empty(t, w.round(round.RoundID).KeyListHash)
			w.neighbour.set(func() { w.neighbour.signs, w.neighbour.forge = "ballotbox", nil })
			w.intake.hurry()
			w.reaches(round.RoundID, Countersigning)
		})
	}
}

// A ballot box that signs a list in which a unit of the round has no key, or one too many, is not taken either.
func TestEveryUnitHasOneKey(t *testing.T) {
	w := newWorld(t)
	round := w.draft(nil)
	w.neighbour.set(func() {
		w.neighbour.listed = func(keys []ballotboxapi.UnitKey) []ballotboxapi.UnitKey {
			return append(keys, ballotboxapi.UnitKey{UnitID: "ghosts"})
		}
	})
	response, _ := w.command(round.RoundID, "announce")
	require.Equal(t, http.StatusAccepted, response.StatusCode)
	w.eventually(func() bool { return w.neighbour.count("announce") >= 2 })
	require.Equal(t, Announcing, w.round(round.RoundID).Status)
}
