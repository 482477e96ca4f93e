package reporting

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// How large the country of these benchmarks is: every school with seven units, 75 answers each.
const (
	countrySchools = 2_000
	schoolUnits    = 7
	schoolAnswers  = 75
	schoolsAtOnce  = 100 // whose answers are in memory
)

// BenchmarkCountry computes the releases of all schools of a country from opened answers, on all cores, as on a night when
// all of them close. The time of all and the memory of the process are reported.
func BenchmarkCountry(b *testing.B) {
	full := newInstrument(themes...)
	var headcounts, answering []int
	for i := range schoolUnits {
		n := (schoolAnswers + i) / schoolUnits
		answering, headcounts = append(answering, n), append(headcounts, n+4)
	}
	for b.Loop() {
		var took time.Duration
		for first := 0; first < countrySchools; first += schoolsAtOnce {
			var schools []Material
			for i := range schoolsAtOnce {
				schools = append(schools, Material{
					Tenant: schoolTenant, School: fmt.Sprint("Skole ", first+i), ClosedAt: closedAt,
					Round: newRoundOf(full, headcounts...), Answers: staff(uint64(first+i), full, 0.05, answering...),
				})
			}
			began := time.Now()
			var work errgroup.Group
			work.SetLimit(runtime.GOMAXPROCS(0))
			for _, m := range schools {
				require.Len(b, m.Answers, schoolAnswers)
				work.Go(func() error {
					release, err := NewRelease(m)
					if err == nil {
						_, err = canonical(release)
					}
					return err
				})
			}
			require.NoError(b, work.Wait())
			took += time.Since(began)
		}
		b.ReportMetric(took.Seconds(), "s-releases")
		b.ReportMetric(countrySchools*schoolAnswers, "answers")
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.Sys)/1e6, "MB-process")
}

// BenchmarkOpening opens the sealed answers of a large school, on one core and on all of them.
func BenchmarkOpening(b *testing.B) {
	instrument := newInstrument(themes...)
	round := newRoundOf(instrument, 200)
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(b, err)
	public := base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())
	content, err := json.Marshal(map[string]any{"round_id": round.RoundID, "units": []map[string]any{
		{"unit_id": "u0", "answers": boxed(b, public, round.RoundID, staff(1, instrument, 0.05, 200))["u0"]},
	}})
	require.NoError(b, err)
	sealed, err := readBatch(content, round)
	require.NoError(b, err)
	all := runtime.GOMAXPROCS(0)
	for _, cores := range []int{1, all} {
		b.Run(fmt.Sprintf("cores=%d", cores), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			for b.Loop() {
				answers, refused, err := sealed.open(key.Bytes(), round, func(int, int) {})
				if err != nil || refused > 0 || len(answers) != 200 {
					b.Fatal(len(answers), refused, err)
				}
			}
			b.ReportMetric(200*float64(b.N)/b.Elapsed().Seconds(), "answers/s")
		})
	}
}
