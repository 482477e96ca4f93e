package personal

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/personal/personaltest"
)

var staff = NamesOf([]string{
	"Aase Ærø Madsen", "Søren Kjær", "Bo Skov", "Anne-Marie Østergård", "Liv Håkansson", "Hans Peter Dahl", "José Müller",
	"Tage de la Cour", "Mette Vi Nguyen", "Kaare Bent Årup",
})

func TestNamesAreMasked(t *testing.T) {
	for text, want := range map[string]string{
		"Aase siger nej":                          "[navn] siger nej",
		"det er aases opgave":                     "det er [navn] opgave",
		"ÅSE, ase og Aase":                        "[navn], [navn] og [navn]",
		"Spørg Aase Ærø Madsen om det":            "Spørg [navn] om det",
		"Spørg Aase Æ. og A. Madsen":              "Spørg [navn]. og [navn]",
		"aase madsen, Madsen, aero":               "[navn], [navn], [navn]",
		"soren og Soeren og SØREN":                "[navn] og [navn] og [navn]",
		"Kjærs klasse":                            "[navn] klasse",
		"Anne-Marie og anne marie":                "[navn] og [navn]",
		"annemarie kommer":                        "annemarie kommer", // written as one, it is another name
		"Østergaard, ostergard":                   "[navn], [navn]",
		"jose mueller og José Müller":             "[navn] mueller og [navn]",
		"Jose\u0301 er her":                       "[navn] er her",
		"A\u00ada\u200bse":                        "[navn]",
		"ÅSE\u00adS plan":                         "[navn] plan",
		"Bo siger, at Liv bor i en skov":          "[navn] siger, at [navn] bor i en skov",
		"bo skov har hans mappe":                  "[navn] har hans mappe",
		"Hans P. Dahl og hans Peter":              "[navn] og [navn]",
		"i dalen, i en dal, livet, liv i klassen": "i dalen, i en dal, livet, liv i klassen",
		"ÆØÅ, AÆM og HPD":                         "ÆØÅ, [navn] og [navn]",
		"TR, AMR, MED og SFO":                     "TR, AMR, MED og SFO",
		"Vi må tage ansvar, vi er la de der":      "[navn] må tage ansvar, vi er la de der",
		"tage de la Cour vil tage dem":            "[navn] vil tage dem",
		"Jeg har ikke tid. Det er for meget":      "Jeg har ikke tid. Det er for meget",
		"skriv til aase@skole.example":            "skriv til [e-mail]",
		"ring til Aase på 20 30 40 50":            "ring til [navn] på [tlf.]",
		"[navn] og [CPR]":                         "[navn] og [CPR]",
		"":                                        "",
	} {
		require.Equal(t, want, Mask(text, staff), text)
		require.Equal(t, want, Mask(want, staff), "masking is done after once: %s", text)
	}
	require.Equal(t, "Aase er her", Mask("Aase er her"), "nobody is known")
	require.Equal(t, "Aase er her", Mask("Aase er her", Names{}))
}

func TestATextNamesSomebody(t *testing.T) {
	for text, want := range map[string]bool{
		"Aase siger nej": true, "det er aases opgave": true, "Bo siger nej": true, "Spørg Liv": true, "bo skov ved det": true, "AÆM sagde det": true,
		"Hans siger nej": true, "I går sagde Hans nej": true, "Jeg synes, at Vi lyver": true, "A\u00ada\u200bse": true,
		"Vi mangler tid. Vi må sige nej!\nVi vil": false, "»Vi« mangler tid": false, "Mere tid\nVi vil": false,
		"liv og bo i skoven": false, "ring [tlf.] eller skriv [e-mail]": false, "[navn] siger nej": false, "": false,
	} {
		require.Equal(t, want, staff.Named(text), text)
	}
	require.False(t, Names{}.Named("Aase er her"), "nobody is known")
	people, texts, _ := personaltest.NameCanaries(3, 2000)
	known := NamesOf(people)
	for _, text := range texts {
		require.True(t, known.Named(text), text)
	}
}

// What a form is given are hashes of parts, words apart from others, and other ones under another salt.
func TestMarksOfNames(t *testing.T) {
	names := NamesOf([]string{"Aase Ærø", "Bo Skov", "Åse von Madsen", "X Å"})
	always, capital := names.Marks("salt")
	require.Len(t, always, 3, "ase, ero, madsen")
	require.Len(t, capital, 2, "bo, skov")
	require.Contains(t, always, "NRIMojOglac") // SHA-256 of "salt\nase", its first eight bytes
	other, _ := names.Marks("pepper")
	for _, mark := range other {
		require.NotContains(t, always, mark)
	}
}

// The auditor's attack 9, with names: none of two thousand comes through, whole or in part.
func TestNoNameComesThrough(t *testing.T) {
	people, texts, secrets := personaltest.NameCanaries(9, 2000)
	known := NamesOf(people)
	named := func(s string) string { return Mask(s, known) }
	for i, text := range texts {
		for _, part := range words(secrets[i]) {
			if !part.initial() {
				require.NotContains(t, named(text), part.text, text)
			}
		}
	}

	// Builds that do not know the names, or look for them as they are written in the register, are caught.
	require.Len(t, escaped(func(s string) string { return Mask(s) }, texts, secrets), len(secrets))
	exact := func(s string) string {
		for _, person := range people {
			for part := range strings.FieldsSeq(person) {
				s = strings.ReplaceAll(s, part, MaskedName)
			}
		}
		return s
	}
	require.GreaterOrEqual(t, len(escaped(exact, texts, secrets)), 300)
}

func FuzzMaskNames(f *testing.F) {
	f.Add("Aase Æ. og bo skov, HPD [navn]")
	f.Add("A\u0301a\u00adse\xff. . A")
	f.Fuzz(func(t *testing.T, text string) {
		require.Equal(t, Mask(text, staff), Mask(Mask(text, staff), staff))
	})
}
