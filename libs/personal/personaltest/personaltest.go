// Package personaltest makes texts that hold what identifies people, for tests that nothing of it reaches a reader.
package personaltest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Canaries are texts that each carry what must reach no reader, with that: personal numbers, half of them without a valid
// check digit, addresses and phone numbers. The same seed makes the same.
func Canaries(seed uint64, n int) (texts, secrets []string) {
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

// NameCanaries are texts that each name one of some people in a way in which people do, with the name as it was written. The
// same seed makes the same.
func NameCanaries(seed uint64, n int) (people, texts, secrets []string) {
	random := rand.New(rand.NewPCG(seed, 8))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	first := strings.Fields("Aase Søren Mette Jørgen Bo Liv Hans Kåre Åse Øyvind Ægir Ulla Fatima José Zoë Anne-Marie Per Gry Mai Bjørn Sten Rasmus Signe")
	last := strings.Fields("Madsen Kjær Østergård Ågård Skov Dahl Müller Nguyen Sørensen Bæk Holm Lund Håkansson Yıldız Møller Krogh Aagaard")
	asText := strings.NewReplacer("æ", "ae", "ø", "oe", "å", "aa", "Æ", "Ae", "Ø", "Oe", "Å", "Aa")
	for range n {
		given, family := pick(first), pick(last)
		people = append(people, given+" "+pick(last)+" "+family)
		full := given + " " + family
		one := []string{full, strings.ToLower(full), strings.ToUpper(full), given, given + "s", family, asText.Replace(full),
			given + " " + string([]rune(family)[0]) + ".", string([]rune(given)[0]) + ". " + family, family + ", " + given}[random.IntN(10)]
		place := pick([]string{"Det er %, der klager.", "%", "Jeg talte med % i går", "fra:%\nigen", "»%«", "(%)", "både % og jeg"})
		texts, secrets = append(texts, strings.ReplaceAll(place, "%", one)), append(secrets, one)
	}
	return people, texts, secrets
}
