package ballotbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox"
)

// tighten shows a stricter contract and returns the code of the refusal, "" for none.
func (w *world) tighten(r round, means int, hash string, readers ...string) failure.Code {
	w.t.Helper()
	tightening := ballotbox.Tightening{
		Thresholds: ballotbox.Thresholds{Means: means, Distributions: 10}, TextReaders: append([]string{}, readers...), Hash: strings.Repeat(hash, 64),
	}
	return failure.CodeOf(w.peer("intake").Call(w.t.Context(), http.MethodPut, "/v1/rounds/"+r.id+"/contract", tightening, nil))
}

// shown is the contract on the form.
type shown struct {
	Thresholds        ballotbox.Thresholds `json:"thresholds"`
	Contract          ballotbox.Contract   `json:"contract"`
	ContractTightened bool                 `json:"contract_tightened"`
}

func (w *world) shown(r round) shown {
	w.t.Helper()
	response, err := w.client.Get(w.base + "/v1/rounds/" + r.id + "/form")
	require.NoError(w.t, err)
	defer response.Body.Close()
	var form shown
	require.NoError(w.t, json.NewDecoder(response.Body).Decode(&form))
	return form
}

func TestTheFormShowsAStricterContract(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 2})
	frozen := w.shown(r)
	require.Equal(t, "Fagforeningen", frozen.Contract.BallotBox.Name)
	require.Equal(t, []string{"tr", "amr"}, frozen.Contract.TextReaders)
	require.False(t, frozen.ContractTightened)

	require.Empty(t, w.tighten(r, 5, "a", "tr", "amr"), "what is shown already")
	require.False(t, w.shown(r).ContractTightened)
	require.Empty(t, w.tighten(r, 7, "b", "tr"))
	require.Empty(t, w.tighten(r, 7, "b", "tr"), "a repeat")
	require.Empty(t, w.tighten(r, 8, "c"), "stricter still")
	for _, looser := range []failure.Code{w.tighten(r, 7, "b", "tr"), w.tighten(r, 8, "d", "tr"), w.tighten(r, 5, "a", "tr", "amr"), w.tighten(r, 4, "e")} {
		require.Equal(t, failure.BallotRoundDiffers, looser)
	}
	require.Equal(t, failure.RequestInvalid, w.tighten(r, 9, "z"))

	w.restart()
	now := w.shown(r)
	require.Equal(t, 8, now.Thresholds.Means)
	require.Empty(t, now.Contract.TextReaders)
	require.Equal(t, strings.Repeat("c", 64), now.Contract.Hash)
	require.Equal(t, frozen.Contract.Agreed, now.Contract.Agreed)
	require.True(t, now.ContractTightened)

	w.command(r, "open")
	require.Empty(t, w.tighten(r, 8, "c"), "a repeat that comes late")
	require.Equal(t, failure.BallotRoundDiffers, w.tighten(r, 9, "f"), "people are answering")
}
