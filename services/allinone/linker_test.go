package allinone

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// The size that was measured on a model: units of twelve.
const (
	linkedUnits  = 10
	peopleInUnit = 12
)

// linker has every dump, stream, log and backup of a deployment, and knows in which order the people of each unit fetched
// their tokens and answered: whoever reads a network or a screen may. What it looks for is the same order among the answers.
type linker struct {
	*matrix
	round   string
	item    string           // that everybody answers
	units   [][]*voter.Voter // in the order in which they came
	backups map[string][]byte
}

// TestNobodyLinksAnAnswerToAPerson is the first of the auditor's attacks: who guesses by any order in anything that is left
// names as many authors as by chance, one in each unit.
func TestNobodyLinksAnAnswerToAPerson(t *testing.T) {
	l := &linker{matrix: &matrix{journey: startDemo(t), people: map[string]access.Subject{}, ids: map[string]string{}}, backups: map[string][]byte{}}
	l.places()
	l.opened()
	l.backUp("tokens are out", false)
	for unit, voters := range l.units {
		for i, v := range voters {
			require.NoError(t, v.Answer(t.Context(), map[string]string{l.item: []string{"0", "25", "50", "75", "100"}[i%5]}))
		}
		if unit == linkedUnits/2 {
			l.backUp("half have answered", false)
		}
	}
	l.backUp("all have answered", false)
	l.closes()
	l.backUp("after the release", true)
	l.backups["log"] = []byte(l.log.String())

	guesses := l.guesses()
	require.NotEmpty(t, guesses, "the answers are somewhere")
	// The right ones of a guess are Poisson, of one in each unit. Past three sigma is every five hundredth guess by luck alone.
	limit := linkedUnits + 4*math.Sqrt(linkedUnits)
	for place, right := range guesses {
		require.LessOrEqual(t, float64(right), limit, place)
	}
	t.Logf("right of %d: %v; chance says %d, the limit is %.1f", linkedUnits*peopleInUnit, guesses, linkedUnits, limit)

	t.Run("a box that does not mix is caught", func(t *testing.T) {
		var unmixed bytes.Buffer
		for _, voters := range l.units {
			for _, v := range voters {
				fmt.Fprintf(&unmixed, "%q,", ballot.Encode64(v.Sealed()))
			}
		}
		l.backups = map[string][]byte{"planted": unmixed.Bytes()}
		require.Equal(t, []int{linkedUnits * peopleInUnit}, slices.Collect(maps.Values(l.guesses())))
	})
}

// opened staffs the units and lets everybody fetch a token in a round of their school.
func (l *linker) opened() {
	t, setup := l.t, l.services.AsSetup()
	var staff []access.Subject
	for unit := range linkedUnits {
		var made tenancyapi.Unit
		require.NoError(t, setup.Create(t.Context(), "tenancy", l.at("/units"), tenancyapi.NewUnit{Name: fmt.Sprintf("Team %d", unit)}, &made))
		l.ids["unit_id"] = made.UnitID
		for range peopleInUnit {
			p, _ := l.hire(setup, access.Employee, l.tenants["school"], l.tenants["municipality"])
			staff = append(staff, access.Subject{ID: p.PersonID, Tenant: l.tenants["municipality"]})
		}
	}
	leader, tr := l.as("lene.leder"), l.as("thomas.tr")
	now := time.Now().In(copenhagen(t))
	day := func(days int) string { return now.AddDate(0, 0, days).Format(time.DateOnly) }
	var round intakeapi.Round
	require.NoError(t, leader.Create(t.Context(), "intake", l.at("/rounds"), intakeapi.NewRound{Title: "Hvem sagde hvad?", Instrument: "pulse-relations",
		InstrumentVersion: 1, OpensOn: day(0), ClosesOn: day(7), VisibleToAllOn: day(7)}, &round))
	l.round = l.at("/rounds/" + round.RoundID)
	require.NoError(t, caller.Eventually(t.Context(), "roster", func() (bool, error) {
		var preview intakeapi.Preview
		err := leader.Get(t.Context(), "intake", l.round+"/preview", &preview)
		return preview.Headcount > len(staff), err
	}))
	require.NoError(t, leader.Command(t.Context(), "intake", l.round, "/announce", nil, nil))
	var roster intakeapi.RoundRoster
	l.reaches(leader, "countersigning")
	require.NoError(t, tr.Get(t.Context(), "intake", l.round+"/roster", &roster))
	require.NoError(t, tr.Command(t.Context(), "intake", l.round, "/countersign",
		intakeapi.Countersigning{RosterHash: *roster.Round.RosterHash, KeyListHash: *roster.Round.KeyListHash}, nil))
	require.NoError(t, leader.Command(t.Context(), "intake", l.round, "/open", nil, nil))
	l.reaches(leader, "open")
	var instrument intakeapi.Instrument
	require.NoError(t, leader.Get(t.Context(), "intake", l.round+"/instrument", &instrument))
	l.item = instrument.Themes[0].Cells[0].Gain.ID
	for unit := range slices.Chunk(staff, peopleInUnit) {
		var voters []*voter.Voter
		for _, s := range unit {
			voters = append(voters, l.fetches(l.services.As(s.ID, s.Tenant), l.round))
		}
		l.units = append(l.units, voters)
	}
}

func (l *linker) closes() {
	leader := l.as("lene.leder")
	require.NoError(l.t, leader.Command(l.t.Context(), "intake", l.round, "/close", nil, nil))
	l.reaches(leader, "released")
}

func (l *linker) reaches(a caller.Actor, status intakeapi.RoundStatus) {
	l.t.Helper()
	require.NoError(l.t, caller.Eventually(l.t.Context(), string(status), func() (bool, error) {
		var round intakeapi.Round
		err := a.Get(l.t.Context(), "intake", l.round, &round)
		return round.Status == status, err
	}))
}

// backUp copies everything on the disk. What the ballot box has of a round at work its host alone can copy, and the privacy
// page says so; from the close on it is as everything else.
func (l *linker) backUp(when string, box bool) {
	l.t.Helper()
	require.NoError(l.t, filepath.WalkDir(l.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		place, err := filepath.Rel(l.dir, path)
		require.NoError(l.t, err)
		if strings.HasPrefix(filepath.ToSlash(place), "ballotbox/") && !box {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil // gone since the folder was read
		}
		l.backups[when+": "+place] = raw
		return nil
	}))
}

// marks are the shapes in which an answer may stand somewhere.
var marks = map[string]func(v *voter.Voter) string{
	"sealed": func(v *voter.Voter) string { return string(v.Sealed()) },
	"base64": func(v *voter.Voter) string { return ballot.Encode64(v.Sealed()) },
	"hash":   func(v *voter.Voter) string { sum := sha256.Sum256(v.Sealed()); return string(sum[:]) },
	"hashed": func(v *voter.Voter) string { sum := sha256.Sum256(v.Sealed()); return hex.EncodeToString(sum[:]) },
}

// guesses tells for each place in which all answers of all units stand how many persons are named rightly by the order there.
func (l *linker) guesses() map[string]int {
	all := map[string]int{}
	for place, content := range l.backups {
		for shape, mark := range marks {
			if right, found := l.guess(content, mark); found {
				all[place+", "+shape] = right
			}
		}
	}
	return all
}

func (l *linker) guess(content []byte, mark func(*voter.Voter) string) (right int, found bool) {
	for _, voters := range l.units {
		var at []int
		for _, v := range voters {
			offset := bytes.Index(content, []byte(mark(v)))
			if offset < 0 {
				return 0, false
			}
			at = append(at, offset)
		}
		for i, offset := range slices.Sorted(slices.Values(at)) {
			if at[i] == offset {
				right++
			}
		}
	}
	return right, true
}
