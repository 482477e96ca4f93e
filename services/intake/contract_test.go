package intake

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

func TestAContractIsOnlyEverTightened(t *testing.T) {
	least := events.Thresholds{Means: 5, Distributions: 10}
	r := announced(t, func(d *Drafting) { d.Contract.TextReaders = []string{"tr", "amr"} }, noon)
	hash := r.Contract.Hash
	require.Len(t, hash, 64)
	for name, test := range map[string]struct {
		limits  events.Thresholds
		readers []string
		field   string
	}{
		"lower":                 {events.Thresholds{Means: 4, Distributions: 10}, []string{"tr", "amr"}, "thresholds.means"},
		"lower distributions":   {events.Thresholds{Means: 5, Distributions: 9}, []string{"tr", "amr"}, "thresholds.distributions"},
		"a reader twice":        {least, []string{"tr", "tr"}, "text_readers"},
		"a leader":              {least, []string{"leader"}, "text_readers"},
		"another reader":        {least, []string{"tr", "text_reader"}, "text_readers"},
		"distributions too few": {events.Thresholds{Means: 15, Distributions: 12}, []string{"tr"}, "thresholds.distributions"},
		"no end to it":          {events.Thresholds{Means: 5, Distributions: 1001}, []string{"tr"}, "thresholds.distributions"},
	} {
		t.Run(name, func(t *testing.T) {
			before := r
			_, err := r.Tighten("round", test.limits, test.readers, noon)
			require.Equal(t, failure.RequestInvalid, failure.CodeOf(err))
			require.Equal(t, test.field, failure.From(err).Field)
			require.Equal(t, before, r)
		})
	}
	told, err := r.Tighten("round", least, []string{"amr", "tr"}, noon)
	require.NoError(t, err)
	require.Empty(t, told, "nothing changes")
	require.False(t, r.Tightened())

	told, err = r.Tighten("round", events.Thresholds{Means: 7, Distributions: 15}, []string{"tr"}, noon)
	require.NoError(t, err)
	require.NotEqual(t, hash, r.Contract.Hash)
	require.Equal(t, []events.Event{events.RoundTightened{
		RoundID: "round", Thresholds: events.Thresholds{Means: 7, Distributions: 15}, TextReaders: &[]string{"tr"}, ContractHash: r.Contract.Hash,
	}}, told)
	require.NoError(t, told[0].Validate())
	require.True(t, r.Unfinished)
	r.FinishTelling(hash)
	require.True(t, r.Unfinished, "the ballot box was told something older")
	r.FinishTelling(r.Contract.Hash)
	require.False(t, r.Unfinished)
	_, err = r.Tighten("round", events.Thresholds{Means: 7, Distributions: 15}, []string{"tr", "amr"}, noon)
	require.Equal(t, "text_readers", failure.From(err).Field, "a reader who was taken away does not come back")

	require.NoError(t, r.Open(Date("2026-11-25").Begin()))
	_, err = r.Tighten("round", events.Thresholds{Means: 8, Distributions: 15}, []string{"tr"}, noon)
	require.Equal(t, failure.RoundWrongStatus, failure.CodeOf(err), "people are answering")
}

// Whatever is promised is in the hash.
func TestEveryPromiseChangesTheHash(t *testing.T) {
	base := func() Round {
		r := newRound(t, func(d *Drafting) {
			d.Contract = Contract{Agreed: Agreed{ForumID: "f", ForumName: "MED", On: "2026-11-20"}, TextReaders: []string{"tr"}}
		})
		r.Frozen.BallotBox = Host{Name: "Fagforeningen", Trust: splitTrust}
		return r
	}
	seen := map[string]string{}
	for name, change := range map[string]func(*Round){
		"as it is":      func(*Round) {},
		"means":         func(r *Round) { r.Thresholds.Means++ },
		"distributions": func(r *Round) { r.Thresholds.Distributions++ },
		"host":          func(r *Round) { r.Frozen.BallotBox.Name = "Kommunen" },
		"trust":         func(r *Round) { r.Frozen.BallotBox.Trust = singleTrust },
		"forum":         func(r *Round) { r.Contract.Agreed.ForumName = "Trioen" },
		"day":           func(r *Round) { r.Contract.Agreed.On = "2026-11-21" },
		"readers":       func(r *Round) { r.Contract.TextReaders = nil },
		"breakdown":     func(r *Round) { r.Breakdown = events.ByStaffGroup },
	} {
		r := base()
		change(&r)
		hash := r.contractHash()
		require.Empty(t, seen[hash], "%s and %s", name, seen[hash])
		seen[hash] = name
	}
	again := base()
	again.Breakdown = events.ByUnit // what a round that says nothing of it has always meant
	require.Equal(t, "as it is", seen[again.contractHash()])
}

// tighten makes a contract stricter as the leader.
func (w *world) tighten(id string, means int, readers ...intakeapi.TextReader) (*http.Response, []byte) {
	w.t.Helper()
	return w.onLatest("leader", id, http.MethodPut, "/contract", intakeapi.TightenedContract{
		Thresholds: intakeapi.Thresholds{Means: means, Distributions: 15}, TextReaders: append([]intakeapi.TextReader{}, readers...),
	})
}

func TestAContractFromDraftToForm(t *testing.T) {
	w := newWorld(t)
	publish(t, w.tenancy, []event{{schoolID, "med", events.ForumCreated{ForumID: "med", Kind: "med_committee", Name: "MED-udvalget", Mandate: "decides", Members: []events.ForumMember{{PersonID: "tr", Role: "member"}}}}})
	w.eventually(func() bool {
		forums, err := w.intake.directory.Forums(schoolContext(t))
		return err == nil && len(forums) == 1
	})
	with := func(forum, on string, readers ...intakeapi.TextReader) func(*intakeapi.NewRound) {
		return func(r *intakeapi.NewRound) {
			r.Contract = &intakeapi.NewContract{TextReaders: &readers}
			r.Contract.Agreed = &struct {
				ForumID string         `json:"forum_id"`
				On      intakeapi.Date `json:"on"`
			}{forum, on}
		}
	}
	draft := intakeapi.NewRound{Title: "Aula", Instrument: "pulse-relations", InstrumentVersion: 1, OpensOn: "2026-11-23", ClosesOn: "2026-12-04", VisibleToAllOn: "2026-12-11"}
	for field, change := range map[string]func(*intakeapi.NewRound){
		"contract.agreed.forum_id": with("nobody", "2026-11-20", "tr"),
		"contract.agreed.on":       with("med", "2026-11-24", "tr"),
		"contract.text_readers":    with("med", "2026-11-20", "tr", "tr"),
	} {
		wrong := draft
		change(&wrong)
		response, answer := w.call("leader", http.MethodPost, school("/rounds"), wrong, fresh()...)
		if field != "contract.text_readers" { // the description refuses it, too
			require.Equal(t, field, refused(t, failure.RequestInvalid, response, answer).Field)
		} else {
			require.GreaterOrEqual(t, response.StatusCode, 400)
		}
	}
	agreed := w.draft(with("med", "2026-11-20", "text_reader", "amr"))
	require.Equal(t, []intakeapi.TextReader{"amr", "text_reader"}, agreed.Contract.TextReaders)
	plain := w.draft(nil)
	require.Equal(t, []intakeapi.TextReader{"tr", "amr"}, plain.Contract.TextReaders)
	require.Nil(t, plain.Contract.Agreed)

	round := w.draft(with("med", "2026-11-20", "amr"))
	require.Nil(t, round.Contract.Hash)
	round = w.announce(round.RoundID)
	require.Equal(t, intakeapi.Agreement{ForumID: "med", ForumName: "MED-udvalget", On: "2026-11-20"}, *round.Contract.Agreed)
	require.Equal(t, intakeapi.BallotBoxHost{Name: string(operatorID), Trust: "single"}, *round.Contract.BallotBox)
	printed := w.neighbour.frame(round.RoundID)["contract"].(map[string]any)
	require.Equal(t, *round.Contract.Hash, printed["hash"])
	require.Equal(t, []any{"amr"}, printed["text_readers"])

	w.neighbour.set(func() { w.neighbour.away = true })
	response, answer := w.tighten(round.RoundID, 7)
	require.Equal(t, http.StatusAccepted, response.StatusCode, "%s", answer)
	w.neighbour.set(func() { w.neighbour.away = false })
	_, after := w.command(round.RoundID, "open")
	require.Equal(t, 7, after.Thresholds.Means)
	require.NotEqual(t, *round.Contract.Hash, *after.Contract.Hash)
	require.Equal(t, *after.Contract.Hash, w.neighbour.contract(round.RoundID)["hash"], "nobody answers under a contract that the form does not show")
	response, answer = w.tighten(round.RoundID, 8)
	refused(t, failure.RoundWrongStatus, response, answer)
	w.has("intake.round-tightened.v1")
	w.command(round.RoundID, "close")
	w.has("intake.round-closed.v1")
	for _, e := range w.published() {
		if e.Type == (events.RoundClosed{}).Type() {
			require.Equal(t, *after.Contract.Hash, decoded[events.RoundClosed](t, e.Data).ContractHash)
		}
	}
}

func TestWhoRunsTheBallotBox(t *testing.T) {
	settings := map[string]string{"PORTAL_PUBLIC_URL": "http://127.0.0.1:1", "BALLOTBOX_PUBLIC_URL": "https://box.example",
		"BALLOTBOX_SIGNING_KEY": base64.StdEncoding.EncodeToString(make([]byte, 32))}
	require.NoError(t, CheckSettings(settings))
	settings["BALLOTBOX_TRUST"] = "split"
	var mistakes *host.ConfigError
	require.ErrorAs(t, CheckSettings(settings), &mistakes)
	require.True(t, strings.HasPrefix(mistakes.Mistakes[0], "BALLOTBOX_HOST_NAME"), "%v", mistakes.Mistakes)
	settings["BALLOTBOX_HOST_NAME"] = "Fagforeningen"
	require.NoError(t, CheckSettings(settings))
	settings["BALLOTBOX_TRUST"] = "half"
	require.Error(t, CheckSettings(settings))

	w := newWorld(t)
	w.intake.settings.BallotBoxHost, w.intake.settings.BallotBoxTrust = "Fagforeningen", splitTrust
	round := w.draft(nil)
	round = w.announce(round.RoundID)
	require.Equal(t, intakeapi.BallotBoxHost{Name: "Fagforeningen", Trust: "split"}, *round.Contract.BallotBox)
}
