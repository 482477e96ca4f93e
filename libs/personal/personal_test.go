package personal

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/personal/personaltest"
)

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"Ring til 010190-1234 i dag":              "Ring til [CPR] i dag",
		"Elevens CPR er 0101901234.":              "Elevens CPR er [CPR].",
		"310299-0000 er ingen dag":                "310299-0000 er ingen dag",
		"29 02 00 4000 er en skuddag":             "[CPR] er en skuddag",
		"290200-1000 var ingen (1900)":            "290200-1000 var ingen (1900)",
		"610190-1234 er administrativt":           "[CPR] er administrativt",
		"01.01.90 - 1234":                         "[CPR]",
		"０１０１９０－１２３４ i brede tegn":                "[CPR] i brede tegn",
		"010190\u200b-\u00ad1234":                 "[CPR]",
		"٠١٠١٩٠-١٢٣٤":                             "[CPR]",
		"010190–1234 med tankestreg":              "[CPR] med tankestreg",
		"ordre 90101901234":                       "ordre 90101901234",
		"Skriv til åse.ærø@skole.example, ikke":   "Skriv til [e-mail], ikke",
		"mail a.b+c@x-y.dk":                       "mail [e-mail]",
		"Tlf. 20304050 eller 20 30 40 50":         "Tlf. [tlf.] eller [tlf.]",
		"2030 4050, 203 04 050, +45 20304050":     "[tlf.], [tlf.], [tlf.]",
		"0045 20 30 40 50 og +46 70 123 45 67":    "[tlf.] og [tlf.]",
		"20.30.40.50 20-30-40-50":                 "[tlf.] [tlf.]",
		"Vi er 24 lærere, 3 i 5. b, og 12 % mere": "Vi er 24 lærere, 3 i 5. b, og 12 % mere",
		"klokken 12.30 den 24.11.2026":            "klokken 12.30 den 24.11.2026",
		"112 og 1-1-2":                            "112 og 1-1-2",
		"":                                        "",
		"[CPR] og [tlf.]":                         "[CPR] og [tlf.]",
	} {
		require.Equal(t, want, Mask(text), text)
		require.Equal(t, want, Mask(Mask(text)), "masking is done after once: %s", text)
	}
}

// The seventh digit says the century, and with it which days there were.
func TestCenturies(t *testing.T) {
	for number, valid := range map[string]bool{
		"2902000000": false, "2902004000": true, "2902005000": true, "2902009000": true, // 1900 had no 29 February, 2000 had
		"2902580000": false, "2902568000": true, "2902605000": true, "2902585000": false, // 1958, 2056, 1860, 1858
		"0000900000": false, "0113900000": false, "3204900000": false, "3104900000": false,
	} {
		require.Equal(t, valid, validDate(number), number)
	}
}

// escaped returns the secrets that a mask lets through.
func escaped(mask func(string) string, texts, secrets []string) (through []string) {
	for i, text := range texts {
		if strings.Contains(mask(text), secrets[i]) {
			through = append(through, secrets[i])
		}
	}
	return through
}

// The auditor's attack 9: none of two thousand canaries, a thousand CPR numbers among them and half of those without a
// valid check digit, comes through.
func TestNoCanaryComesThrough(t *testing.T) {
	texts, secrets := personaltest.Canaries(9, 2000)
	require.Empty(t, escaped(func(s string) string { return Mask(s) }, texts, secrets))

	// Builds that do not mask, or that ask for the check digit, are caught.
	require.Len(t, escaped(func(s string) string { return s }, texts, secrets), len(secrets))
	checked := func(text string) string {
		return regexp.MustCompile(`[0-9]{6}-?[0-9]{4}`).ReplaceAllStringFunc(text, func(number string) string {
			sum := 0
			for d, w := range []int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1} {
				sum += int(strings.ReplaceAll(number, "-", "")[d]-'0') * w
			}
			if sum%11 == 0 {
				return MaskedCPR
			}
			return number
		})
	}
	require.GreaterOrEqual(t, len(escaped(checked, texts[:], secrets)), 500)
}

func FuzzMask(f *testing.F) {
	f.Add("010190-1234 a@b.dk 20 30 40 50")
	f.Add("\u200b٠١٠١٩٠-١٢٣٤\xff")
	f.Fuzz(func(t *testing.T, text string) {
		require.Equal(t, Mask(text), Mask(Mask(text)))
	})
}
