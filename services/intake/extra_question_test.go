package intake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/sealed"
)

func TestExtraQuestionsThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		asked []ExtraQuestion
		field string
	}{
		"none":           {nil, ""},
		"five":           {[]ExtraQuestion{{DA: "a"}, {DA: "b"}, {DA: "c"}, {DA: "d"}, {DA: "e"}}, ""},
		"as long as can": {[]ExtraQuestion{{DA: strings.Repeat("å", 200), EN: strings.Repeat("a", 200)}}, ""},
		"six":            {[]ExtraQuestion{{DA: "a"}, {DA: "b"}, {DA: "c"}, {DA: "d"}, {DA: "e"}, {DA: "f"}}, "extra_questions"},
		"no Danish":      {[]ExtraQuestion{{EN: "a"}}, "extra_questions.0.da"},
		"too long":       {[]ExtraQuestion{{DA: strings.Repeat("å", 201)}}, "extra_questions.0.da"},
		"two lines":      {[]ExtraQuestion{{DA: "a", EN: "b\nc"}}, "extra_questions.0.en"},
		"the same twice": {[]ExtraQuestion{{DA: "Vi har ro"}, {DA: "vi har RO "}}, "extra_questions.1.da"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := NewRound(drafting(func(d *Drafting) { d.ExtraQuestions = test.asked }), noon)
			if test.field == "" {
				require.NoError(t, err)
				require.Len(t, r.ExtraQuestions, len(test.asked))
				return
			}
			require.Equal(t, failure.RequestInvalid, failure.CodeOf(err))
			require.Equal(t, test.field, failure.From(err).Field)
		})
	}
}

// The longest answer to the longest form, with extra questions and every text as long as it may be, fits the size that every
// answer is padded to.
func TestTheLargestAnswerFits(t *testing.T) {
	r := newRound(t, func(d *Drafting) {
		d.Contract.TextReaders = textReaders()
		for n := range mostExtraQuestions {
			d.ExtraQuestions = append(d.ExtraQuestions, ExtraQuestion{DA: fmt.Sprint(n)})
		}
	})
	for _, one := range instruments(t).All() {
		answers := map[string]string{}
		asked := r.asks(one, "", "elever")
		for _, item := range append(asked.Items(), asked.Extra...) {
			answers[item.ID] = "not_relevant"
		}
		for _, theme := range asked.Themes {
			if theme.Text != nil {
				answers[theme.Text.ID] = strings.Repeat("æ", one.TextLimit/2)
			}
		}
		raw, err := json.Marshal(map[string]any{
			"round_id": strings.Repeat("0", 36), "instrument": one.ID, "instrument_version": one.Version, "answers": answers,
		})
		require.NoError(t, err)
		t.Logf("%s.v%d: %d of %d bytes", one.ID, one.Version, len(raw), sealed.Size)
		require.LessOrEqual(t, len(raw), sealed.Size, one.ID)
	}
}

func TestASchoolAsksQuestionsOfItsOwn(t *testing.T) {
	w := newWorld(t)
	english := "We have peace to work"
	round := w.draft(func(r *intakeapi.NewRound) {
		// The å of the second is an a with a ring beside it: one letter for everybody who reads it.
		r.ExtraQuestions = &[]intakeapi.NewExtraQuestion{{Da: "Vi har ro til at arbejde", En: &english}, {Da: "Vi fa\u030ar hjælp"}}
	})
	extra := []intakeapi.ExtraItem{
		{ID: "extra.1", Da: "Vi har ro til at arbejde", En: english}, {ID: "extra.2", Da: "Vi får hjælp", En: "Vi får hjælp"},
	}
	var asked intakeapi.Instrument
	w.get("leader", school("/rounds/"+round.RoundID+"/instrument"), &asked)
	require.Equal(t, extra, *asked.Extra)
	w.announce(round.RoundID)
	frame, err := json.Marshal(w.neighbour.frame(round.RoundID)["instrument"])
	require.NoError(t, err)
	require.Equal(t, extra, *decoded[intakeapi.Instrument](t, frame).Extra)
	require.NoError(t, schemas(t, "")[""].Validate(w.neighbour.frame(round.RoundID)["instrument"]))
	w.get("teacher", school("/rounds/"+round.RoundID+"/instrument"), &asked)
	require.Equal(t, extra, *asked.Extra)

	w.has("intake.round-announced.v1")
	for _, e := range w.published() {
		require.NotContains(t, string(e.Data), "hjælp", "%s: prose is in no event", e.Type)
		if e.Type == (events.RoundAnnounced{}).Type() {
			require.Equal(t, []string{"extra.1", "extra.2"}, decoded[events.RoundAnnounced](t, e.Data).ExtraQuestions)
		}
	}
	var plain intakeapi.Instrument
	w.get("leader", "/v1/instruments/pulse-relations/1", &plain)
	require.Nil(t, plain.Extra, "an instrument is the same for everybody")
	response, answer := w.call("leader", http.MethodPost, school("/rounds"), strings.Replace(goodRound, "{", `{"extra_questions":[{"da":""}],`, 1), fresh()...)
	require.Equal(t, "extra_questions.0.da", refused(t, failure.RequestInvalid, response, answer).Field)
}
