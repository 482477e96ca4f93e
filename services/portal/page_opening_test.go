package portal

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// waiting is a closed round whose answers are being opened: so many per cent, and a hundred is released.
func (s *stage) waiting(percent *atomic.Int64) (path string) {
	at := func(rest ...string) string {
		return under(schoolID, append([]string{"rounds", "rwaiting"}, rest...)...)
	}
	s.services["intake"].HandleFunc("GET "+at(), func(w http.ResponseWriter, _ *http.Request) {
		r := intakeapi.Round{
			RoundID: "rwaiting", Status: "closing", Title: "Hele kommunens runde", Instrument: "full", InstrumentVersion: 1, OpensOn: "2026-11-20", ClosesOn: "2026-12-04",
			VisibleToAllOn: "2026-12-11", Thresholds: intakeapi.Thresholds{Means: 5, Distributions: 10}, Contract: intakeapi.Contract{Breakdowns: []intakeapi.Breakdown{"unit"}},
		}
		if percent.Load() == 100 {
			r.Status, r.ReleaseID = "released", pointer("rel1")
		}
		respond(s.t, w, r)
	})
	s.on("intake", "GET "+at("instrument"), intakeapi.Instrument{ID: "full", Version: 1})
	s.on("intake", "GET "+at("preview"), failure.New(failure.AccessDenied))
	s.services["reporting"].HandleFunc("GET "+at("opening"), func(w http.ResponseWriter, _ *http.Request) {
		if percent.Load() < 0 {
			failure.Write(w, failure.New(failure.AccessDenied), "da")
			return
		}
		respond(s.t, w, reportingapi.Opening{Percent: int(percent.Load())})
	})
	return schoolPath(schoolID, "rounds", "rwaiting")
}

func TestARoundShowsHowFarItsOpeningIs(t *testing.T) {
	s := newStage(t)
	s.school()
	var percent atomic.Int64
	path := s.waiting(&percent)
	b := s.browser()
	b.signIn("anna", "/")
	require.Contains(t, b.get(path).body, "Svarene bliver blandet og lukket op.")
	percent.Store(40)
	page := b.get(path).body
	require.Contains(t, page, "40 % af svarene er lukket op")
	require.Contains(t, page, `<progress max="100" value="40" aria-label="Svar lukket op">`)
	require.Contains(t, page, `<a href="`+path+`">Se, hvor langt det er</a>`, "for those whose browser runs no script")
	percent.Store(-1)
	page = b.get(path).body
	require.Contains(t, page, "Svarene bliver blandet og lukket op.", "an administrator sees the round, and no figure of its result")
	require.NotContains(t, page, "<progress")
	percent.Store(100)
	page = b.get(path).body
	require.NotContains(t, page, "round-progress")
	require.Contains(t, page, `id="round-result"`)
}

// The page follows by itself, and stays the same page until there is something else to do on it.
func TestAnOpeningIsFollowedWithoutLoadingThePage(t *testing.T) {
	s := newStage(t)
	s.school()
	var percent atomic.Int64
	path := s.waiting(&percent)
	reader := browsertest.New(t).Person("a teacher")
	reader.Open(s.address + "/sign-in")
	reader.Click("#sign-in")
	reader.Click(`button[value="anna"]`)
	reader.WaitAddress(s.address + "/schools/" + schoolID)
	percent.Store(40)
	reader.Open(s.address + path)
	reader.WaitText("#round-progress[role=status]", "40 % af svarene er lukket op")
	reader.Check()
	browsertest.Evaluate[bool](reader, `window.sameAsBefore = true`)
	percent.Store(70)
	reader.WaitText("#round-progress", "70 % af svarene er lukket op")
	require.True(t, browsertest.Evaluate[bool](reader, `window.sameAsBefore === true && document.querySelector("#round-progress progress").value === 70`))
	percent.Store(100)
	reader.Wait("#round-result")
	reader.NoErrors()
}
