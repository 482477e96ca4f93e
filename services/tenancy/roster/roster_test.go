package roster

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

const list = "Navn;E-mail;Brugernavn;Medarbejdernr;Skole;Enhed;Rolle;Ukendt\r\n" +
	"Åse Ærø;aase@skole.dk;aase;17;901001;Indskoling;Lærer;x\r\n" +
	";;;;;;;\r\n" +
	"\"Bo \"\"B\"\" Kjær; jr.\";bo@skole.dk;bo;18;901001;;Leder;\r\n"

func TestWhatSpreadsheetsWrite(t *testing.T) {
	windows, err := charmap.Windows1252.NewEncoder().String(list)
	require.NoError(t, err)
	commas := "name,email,login\nAnna Lind,anna@skole.dk,anna\n"
	for name, text := range map[string]string{
		"UTF-8": list, "with a byte order mark": "\ufeff" + list, "Windows-1252": windows, "decomposed": norm.NFD.String(list),
	} {
		rows, problems := Parse(People, []byte(text))
		require.Empty(t, problems, name)
		require.Len(t, rows, 2, name)
		require.Equal(t, Row{2, map[string]string{
			"name": "Åse Ærø", "email": "aase@skole.dk", "login": "aase", "external_id": "17", "school": "901001", "unit": "Indskoling", "role": "Lærer",
		}}, rows[0], name)
		require.Equal(t, 4, rows[1].Number, name)
		require.Equal(t, `Bo "B" Kjær; jr.`, rows[1].Cells["name"], name)
	}
	rows, problems := Parse(People, []byte(commas))
	require.Empty(t, problems)
	require.Equal(t, "Anna Lind", rows[0].Cells["name"])
}

func TestWhatIsWrongIsSaidByRowAndColumn(t *testing.T) {
	const heading = "navn;mail;login\n"
	windows, err := charmap.Windows1252.NewEncoder().String("Ærø;a@b.dk;b\n")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		text string
		want Problem
	}{
		"nothing":              {"", Problem{1, "", NoHeading}},
		"no known heading":     {"foo;bar\n1;2\n", Problem{1, "", NoHeading}},
		"a column is missing":  {"navn;login\nA;a\n", Problem{1, "email", Missing}},
		"a column twice":       {"navn;name;mail;login\n", Problem{1, "name", Twice}},
		"an empty cell":        {heading + "A;;a\n", Problem{2, "email", Missing}},
		"too few cells":        {heading + "A;a@b.dk\n", Problem{2, "", Cells}},
		"too many cells":       {heading + "A;a@b.dk;a;b\n", Problem{2, "", Cells}},
		"a lonely quote":       {heading + "A\"B;a@b.dk;a\n", Problem{2, "", Quotes}},
		"a long cell":          {heading + strings.Repeat("x", MaxCell+1) + ";a@b.dk;a\n", Problem{2, "name", Long}},
		"two encodings":        {heading + "Ærø;a@b.dk;a\n" + windows, Problem{3, "", Mixed}},
		"two encodings, again": {heading + windows + "Ærø;a@b.dk;a\n", Problem{3, "", Mixed}},
		"too many rows":        {heading + strings.Repeat("A;a@b.dk;a\n", MaxRows+1), Problem{MaxRows + 2, "", TooMany}},
	} {
		_, problems := Parse(People, []byte(c.text))
		require.Contains(t, problems, c.want, name)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(list))
	f.Add([]byte("navn,login,mail\n\"a\nb\",c,d\n"))
	f.Add([]byte("navn;\xe6\xf8\xe5\n\xc3\xa6;b"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, kind := range []Kind{Schools, People} {
			rows, problems := Parse(kind, raw)
			numbers := map[int]bool{}
			for _, row := range rows {
				require.Greater(t, row.Number, 1)
				require.False(t, numbers[row.Number], "each row once")
				numbers[row.Number] = true
				for column, cell := range row.Cells {
					require.NotNil(t, columns[kind][column])
					require.NotEmpty(t, cell)
					require.True(t, utf8.ValidString(cell) && norm.NFC.IsNormalString(cell))
				}
			}
			for _, p := range problems {
				require.Positive(t, p.Row)
			}
		}
	})
}
