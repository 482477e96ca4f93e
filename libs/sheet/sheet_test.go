package sheet

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFormulasAreNeutral(t *testing.T) {
	for cell, want := range map[string]string{"": "", "Anna": "Anna", "=1+1": "'=1+1", "+45": "'+45", "-1": "'-1", "@x": "'@x", "\t=1": "'\t=1"} {
		require.Equal(t, want, Neutral(cell))
	}
}

func TestSpreadsheetsReadWhatIsWritten(t *testing.T) {
	var out strings.Builder
	require.NoError(t, Write(&out, [][]string{{"Række", "Fejl"}, {"14", "mangler; \"tom\""}, {"15", "=cmd()"}}))
	require.Equal(t, "\ufeffRække;Fejl\r\n14;\"mangler; \"\"tom\"\"\"\r\n15;'=cmd()\r\n", out.String())
}

type full struct{ after int }

func (f *full) Write(p []byte) (int, error) {
	if f.after -= len(p); f.after < 0 {
		return 0, errors.New("full")
	}
	return len(p), nil
}

func TestAFullDiskIsTold(t *testing.T) {
	for _, after := range []int{0, len(Mark)} {
		require.Error(t, Write(&full{after}, [][]string{{"a"}}), after)
	}
}
