package intake

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
)

// Roster is who may answer a round, as it was when the round was announced: pseudonyms by unit or staff group, sorted, so that not
// even the order says anything. Which person a pseudonym stands for can be computed only with the round's secret,
// which is destroyed when the round closes. The document's id is the roster's hash, so a roster never changes.
type Roster struct {
	RoundID string       `bson:"round_id" json:"round_id"`
	Units   []RosterUnit `bson:"units" json:"units"`
}

// RosterUnit is the part of a roster in one unit.
type RosterUnit struct {
	UnitID     string   `bson:"unit_id" json:"unit_id"`
	Pseudonyms []string `bson:"pseudonyms" json:"pseudonyms"`
}

// NewRoster turns the staff of a round into its roster.
func NewRoster(roundID string, staff []UnitStaff, secret []byte) Roster {
	r := Roster{RoundID: roundID}
	for _, unit := range staff {
		entry := RosterUnit{UnitID: unit.UnitID, Pseudonyms: []string{}}
		for _, person := range unit.Persons {
			entry.Pseudonyms = append(entry.Pseudonyms, Pseudonym(secret, person))
		}
		slices.Sort(entry.Pseudonyms)
		r.Units = append(r.Units, entry)
	}
	return r
}

// Hash is the SHA-256 of the roster's JSON, in hex.
func (r Roster) Hash() (string, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// UnitOf returns the unit in which a pseudonym answers.
func (r Roster) UnitOf(pseudonym string) (unit string, found bool) {
	for _, entry := range r.Units {
		if _, found := slices.BinarySearch(entry.Pseudonyms, pseudonym); found {
			return entry.UnitID, true
		}
	}
	return "", false
}

// Pseudonym is what a person is called within one round.
func Pseudonym(secret []byte, person string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(person))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// UnitStaff is the people of one unit who answer a round.
type UnitStaff struct {
	FrozenUnit
	Persons []string
}

// Staff picks who answers: employees of the chosen units (all units, if none is chosen), each in one unit only. The
// leaders of the school are left out, since a leader never answers inside the unit that they lead. A parent that is
// not chosen gives way to the nearest one that is.
func Staff(units []directory.Unit, members []directory.Member, chosen []string) ([]UnitStaff, error) {
	parents := map[string]string{}
	for _, unit := range units {
		parents[unit.ID] = unit.Parent
	}
	for n, id := range chosen {
		if _, known := parents[id]; !known {
			return nil, failure.Invalid(fmt.Sprintf("unit_ids.%d", n), "a unit of this school")
		}
	}
	taking := func(id string) bool {
		_, known := parents[id]
		return known && (len(chosen) == 0 || slices.Contains(chosen, id))
	}
	leaders := map[string]bool{}
	for _, m := range members {
		if m.Role == access.Leader {
			leaders[m.PersonID] = true
		}
	}
	placed := map[string]bool{}
	staff := []UnitStaff{}
	for _, unit := range units {
		if !taking(unit.ID) {
			continue
		}
		parent := unit.Parent
		for range units { // as many steps as there are levels at most
			if parent == "" || taking(parent) {
				break
			}
			parent = parents[parent]
		}
		one := UnitStaff{FrozenUnit: FrozenUnit{UnitID: unit.ID, ParentID: parent, Name: unit.Name}}
		for _, m := range members {
			if m.Role == access.Employee && m.UnitID == unit.ID && !leaders[m.PersonID] && !placed[m.PersonID] {
				placed[m.PersonID] = true
				one.Persons = append(one.Persons, m.PersonID)
			}
		}
		one.Headcount = len(one.Persons)
		staff = append(staff, one)
	}
	return staff, nil
}

// ByStaffGroup regroups the staff of units by what they are employed as. Who is employed as more than one thing is in the first of
// them, so that nobody answers twice; of whom it is not known are in a group of their own. Groups of nobody are left out.
func ByStaffGroup(staff []UnitStaff, members []directory.Member) []UnitStaff {
	var grouped []UnitStaff
	placed := map[string]bool{}
	take := func(group access.StaffGroup, holds func(person string) bool) {
		one := UnitStaff{FrozenUnit: FrozenUnit{UnitID: group.UnitID(), Name: group.DA}}
		for _, unit := range staff {
			for _, person := range unit.Persons {
				if !placed[person] && holds(person) {
					placed[person] = true
					one.Persons = append(one.Persons, person)
				}
			}
		}
		if one.Headcount = len(one.Persons); one.Headcount > 0 {
			grouped = append(grouped, one)
		}
	}
	for _, group := range access.StaffGroups {
		take(group, func(person string) bool {
			return slices.ContainsFunc(members, func(m directory.Member) bool {
				return m.PersonID == person && m.Role == access.Employee && m.Group == group.ID
			})
		})
	}
	take(access.NoStaffGroup, func(string) bool { return true })
	return grouped
}

// staff returns who would answer a round of the context's school now: in these units, all of them if none is chosen, and by what
// it is broken down.
func (s *Intake) staff(ctx context.Context, chosen []string, by string) ([]UnitStaff, error) {
	units, err := s.directory.Units(ctx)
	if err != nil {
		return nil, err
	}
	members, err := s.directory.Members(ctx, "")
	if err != nil {
		return nil, err
	}
	staff, err := Staff(units, members, chosen)
	if err == nil && by == events.ByStaffGroup {
		staff = ByStaffGroup(staff, members)
	}
	return staff, err
}

// freezeRoster stores the roster of a round that is about to be announced and returns its hash. One that is left over
// from an attempt that went no further is harmless: nothing points to it.
func (s *Intake) freezeRoster(ctx context.Context, roundID string, staff []UnitStaff) (string, error) {
	secret, err := s.keys.Ensure(secretName(roundID), func() ([]byte, error) {
		fresh := make([]byte, 32)
		_, err := rand.Read(fresh)
		return fresh, err
	})
	if err != nil {
		return "", err
	}
	roster := NewRoster(roundID, staff, secret)
	hash, err := roster.Hash()
	if err != nil {
		return "", err
	}
	if _, err := s.rosters.Insert(ctx, hash, roster); err != nil && failure.CodeOf(err) != failure.DocumentExists {
		return "", err
	}
	return hash, nil
}

// place finds a person on the frozen roster of a round; the code is round.not_on_roster for everybody else, and
// round.no_tickets_now once the secret is gone.
func (s *Intake) place(ctx context.Context, roundID string, round Round, person string) (unit, pseudonym string, err error) {
	return s.placeOn(ctx, round.Frozen.RosterHash, roundID, person)
}

// placeOn is place on the roster of a round or of a month.
func (s *Intake) placeOn(ctx context.Context, rosterHash, roundID, person string) (unit, pseudonym string, err error) {
	secret, err := s.keys.Get(secretName(roundID))
	if errors.Is(err, keyring.ErrGone) {
		return "", "", failure.New(failure.RoundNoTickets)
	}
	if err != nil {
		return "", "", err
	}
	roster, err := s.rosters.Get(ctx, rosterHash)
	if err != nil {
		return "", "", err
	}
	pseudonym = Pseudonym(secret, person)
	unit, found := roster.Body.UnitOf(pseudonym)
	if !found {
		return "", "", failure.New(failure.RoundNotOnRoster)
	}
	return unit, pseudonym, nil
}

// forget destroys a round's secret: from now on nobody can tell whom the pseudonyms stood for.
func (s *Intake) forget(roundID string) error { return s.keys.Destroy(secretName(roundID)) }

func secretName(roundID string) string { return "rounds/" + roundID }
