package reporting

import (
	"crypto/ecdh"
	"crypto/hpke"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/sealed"
)

func padded(text string) []byte {
	return append([]byte(text), strings.Repeat(" ", max(0, sealed.Size-len(text)))...)
}

func TestReadAnswer(t *testing.T) {
	round := newRoundOf(newInstrument("core_task"), 5)
	round.RoundID = "r"
	items := round.items()
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"whole":                       {`{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":{"core_task.meaning.gain":"75","core_task.demands.fit":"not_relevant"}}`, true},
		"a number instead of text":    {`{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":{"core_task.meaning.gain":75}}`, false},
		"a value of no option":        {`{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":{"core_task.meaning.gain":"74"}}`, false},
		"an unknown item":             {`{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":{"relations.meaning.gain":"75"}}`, false},
		"an item twice":               {`{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":{"core_task.meaning.gain":"75","core_task.meaning.gain":"0"}}`, false},
		"another round":               {`{"round_id":"q","instrument":"pulse","instrument_version":1,"answers":{"core_task.meaning.gain":"75"}}`, false},
		"another instrument":          {`{"round_id":"r","instrument":"full","instrument_version":1,"answers":{"core_task.meaning.gain":"75"}}`, false},
		"another version":             {`{"round_id":"r","instrument":"pulse","instrument_version":2,"answers":{"core_task.meaning.gain":"75"}}`, false},
		"an unknown field":            {`{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":{"core_task.meaning.gain":"75"},"name":"Ada"}`, false},
		"something behind it":         {`{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":{"core_task.meaning.gain":"75"}} {}`, false},
		"nothing":                     {``, false},
		"no field for answers":        {`{"round_id":"r","instrument":"pulse","instrument_version":1}`, false},
		"no answers":                  {`{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":null}`, false},
		"broken UTF-8":                {"{\"round_id\":\"r\",\"instrument\":\"pulse\",\"instrument_version\":1,\"answers\":{\"core_task.meaning.gain\":\"75\"}}\xff", false},
		"longer than every other one": {strings.Repeat(" ", sealed.Size+1), false},
	} {
		got, err := readAnswer(padded(c.text), round, items)
		require.Equal(t, c.ok, err == nil, "%s: %v", name, err)
		if c.ok {
			require.Equal(t, map[string]Value{"core_task.meaning.gain": 75, "core_task.demands.fit": Missing}, got.Values)
			require.Empty(t, got.Words)
		} else {
			require.NotContains(t, err.Error(), "75", "an error never quotes an answer")
		}
	}
	blank, err := readAnswer(padded(`{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":{}}`), round, items)
	require.NoError(t, err)
	require.Empty(t, blank.Values)
	_, err = readAnswer([]byte(`{"round_id":"r","instrument":"pulse","instrument_version":1,"answers":{"core_task.meaning.gain":"75"}}`), round, items)
	require.ErrorContains(t, err, "bytes", "not padded")
}

// FuzzOpenAnswer: whatever comes out of the ballot box, it is an answer or an error.
func FuzzOpenAnswer(f *testing.F) {
	private, err := sealed.NewKey()
	require.NoError(f, err)
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(private)
	require.NoError(f, err)
	public, err := sealed.PublicKey(private)
	require.NoError(f, err)
	round := newRoundOf(newInstrument("core_task"), 5)
	f.Add(seal(f, public, round.RoundID, filledIn(f, round.RoundID, same(round.Instrument, "u0", 75, 25, 50))), `{"round_id":"r"`)
	f.Add("", "")
	f.Add(strings.Repeat("A", 5526), `{"answers":{"a":"b","a":"b"}}`)
	f.Fuzz(func(t *testing.T, envelope, text string) {
		if values, err := openAnswer(key, round, round.Instrument.Items(), envelope); err == nil {
			require.NotNil(t, values.Values)
		}
		if values, err := readAnswer(padded(text), round, round.Instrument.Items()); err == nil {
			require.NotNil(t, values.Values)
		}
	})
}

func TestInstrumentValidate(t *testing.T) {
	require.NoError(t, newInstrument(themes...).Validate())
	for name, spoil := range map[string]func(*Instrument){
		"no id":           func(i *Instrument) { i.ID = "" },
		"no themes":       func(i *Instrument) { i.Themes = nil },
		"unknown theme":   func(i *Instrument) { i.Themes[0].ID = "weather" },
		"theme twice":     func(i *Instrument) { i.Themes[1] = i.Themes[0] },
		"unknown quality": func(i *Instrument) { i.Themes[0].Cells[0].Quality = "luck" },
		"misplaced item": func(i *Instrument) {
			i.Themes[0].Cells[0].Gain, i.Themes[0].Cells[0].Strain = i.Themes[0].Cells[0].Strain, i.Themes[0].Cells[0].Gain
		},
		"theme of no cell": func(i *Instrument) { i.Themes[0].Cells = nil },
	} {
		i := newInstrument(themes...)
		spoil(&i)
		require.Error(t, i.Validate(), name)
	}
}
