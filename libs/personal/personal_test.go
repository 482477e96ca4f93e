package personal

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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

// canaries are texts that each carry what must reach no reader, with that.
func canaries(seed uint64, n int) (texts, secrets []string) {
	random := rand.New(rand.NewPCG(seed, 7))
	weights := []int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1}
	for i := range n {
		var secret string
		switch i % 4 {
		case 0, 1: // CPR numbers, every other with a valid check digit
			for {
				born := time.Date(1937, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, random.IntN(80*365))
				serial := random.IntN(4000)
				if born.Year() >= 2000 {
					serial = 4000 + random.IntN(1000)
				}
				if born.Year() >= 2037 {
					continue
				}
				secret = born.Format("020106") + fmt.Sprintf("%04d", serial)
				sum := 0
				for d, w := range weights {
					sum += int(secret[d]-'0') * w
				}
				if (sum%11 == 0) == (i%4 == 0) {
					break
				}
			}
			if random.IntN(2) == 0 {
				secret = secret[:6] + "-" + secret[6:]
			}
		case 2:
			secret = fmt.Sprintf("kanin%d@skole%d.example", random.IntN(1e6), random.IntN(100))
		case 3:
			d := fmt.Sprintf("%d%07d", 2+random.IntN(8), random.IntN(1e7))
			secret = []string{d, d[:2] + " " + d[2:4] + " " + d[4:6] + " " + d[6:], d[:4] + " " + d[4:], "+45 " + d}[random.IntN(4)]
		}
		place := []string{"Det er %s, der klager.", "%s", "Ring (%s) nu", "fra:%s\nigen", "»%s«"}[random.IntN(5)]
		texts, secrets = append(texts, fmt.Sprintf(place, secret)), append(secrets, secret)
	}
	return texts, secrets
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
	texts, secrets := canaries(9, 2000)
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
