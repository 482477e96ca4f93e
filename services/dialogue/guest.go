package dialogue

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// A guest has no account and takes part in one dialogue by a code that its facilitator shows: a parent of the board, a
// consultant, a substitute teacher. Guests see what the room sees and write where nothing is sealed. They are nobody among
// the staff: no number that hides somebody, or that says when a step is over, counts them, and what is sealed or secret goes
// on without them. Their names stand in the minutes and are forgotten everywhere else when the dialogue is closed.

const (
	maxGuests     = 20
	maxGuestHours = 12
	maxGuestName  = 40
	maxGuestTexts = 20 // of one guest in one step
	// guestLook is how often it is looked whether names are still needed, once nobody comes in any more.
	guestLook = time.Hour
)

// Guests is who may come to a dialogue and who came. It lies beside the dialogue, whose facilitator is not to be
// interrupted by whoever comes in.
type Guests struct {
	Code     string    `bson:"code"`    // what is kept of the code; empty while nobody comes in
	Made     string    `bson:"made"`    // the request that the code was made for
	Request  string    `bson:"request"` // and what it said
	Places   int       `bson:"places"`
	OpenedAt time.Time `bson:"opened_at"` // since when guests have been let in without a break
	Until    time.Time `bson:"until"`
	LookAt   time.Time `bson:"look_at"` // when the server looks after it
	People   []Guest   `bson:"people"`
}

// Guest is somebody who came in, under the name that they chose.
type Guest struct {
	ID   string `bson:"id"`
	Name string `bson:"name"`
	Gone bool   `bson:"gone"` // left, and remembered for the minutes
}

// TakesGuests says whether guests can be in the dialogue: until its minutes go round. A pre-meeting has none.
func (m *Meeting) TakesGuests() error {
	if m.PreMeeting {
		return failure.NotFound(dialogues)
	}
	return m.in(Draft, Scheduled, Open, Paused, Concluding)
}

// Over tells whether the dialogue is behind everybody, and only its minutes remain.
func (m *Meeting) Over() bool { return m.State == Closed || m.State == Cancelled }

// open tells whether guests can be here at a time.
func (g *Guests) open(now time.Time) bool { return g.Code != "" && now.Before(g.Until) }

// Open lets guests in by a new code; one that there was before is worth nothing from now on, and whoever is here stays.
func (g *Guests) Open(code string, made document.Creation, places int, until, now time.Time) {
	if !g.open(now) {
		g.Close()
		g.OpenedAt = now
	}
	g.Code, g.Made, g.Request, g.Places, g.Until, g.LookAt = code, made.ID, made.Request, places, until, until
}

// Close sends all guests away and lets nobody in. The minutes still know who was here.
func (g *Guests) Close() {
	g.Code = ""
	for i := range g.People {
		g.People[i].Gone = true
	}
}

// Enter lets somebody in under a name. The same request again finds who it let in.
func (g *Guests) Enter(id, name string, now time.Time) error {
	if !g.open(now) {
		return failure.New(failure.GuestCodeWrong).At("code")
	}
	if is := g.find(id); is != nil {
		if is.Name != name || is.Gone {
			return failure.New(failure.IdempotencyConflict)
		}
		return nil
	}
	i := slices.IndexFunc(g.People, func(p Guest) bool { return strings.EqualFold(p.Name, name) })
	switch {
	case i >= 0 && !g.People[i].Gone:
		return failure.Invalid("name", "a name that no other guest has")
	case len(g.Here()) >= g.Places:
		return failure.New(failure.GuestsFull)
	case i >= 0: // back again
		g.People = slices.Delete(g.People, i, i+1)
	}
	g.People = append(g.People, Guest{ID: id, Name: name})
	return nil
}

// Leave lets a guest go, whom the minutes remember.
func (g *Guests) Leave(id string) {
	if is := g.find(id); is != nil {
		is.Gone = true
	}
}

// ShowOut sends a guest away, as if they had never been here.
func (g *Guests) ShowOut(id string) error {
	if g.find(id) == nil {
		return failure.NotFound("guest")
	}
	g.People = slices.DeleteFunc(g.People, func(p Guest) bool { return p.ID == id })
	return nil
}

func (g *Guests) find(id string) *Guest {
	i := slices.IndexFunc(g.People, func(p Guest) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &g.People[i]
}

// present tells whether somebody is a guest at a time.
func (g *Guests) present(id string, now time.Time) bool {
	is := g.find(id)
	return is != nil && !is.Gone && g.open(now)
}

// Here are the guests who have not left.
func (g *Guests) Here() []Guest {
	return slices.DeleteFunc(slices.Clone(g.People), func(p Guest) bool { return p.Gone })
}

// names are those of everybody who was a guest, as the minutes list them.
func (g *Guests) names() []string {
	var names []string
	for _, p := range g.People {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}

// ready counts the guests among some people.
func (g *Guests) ready(people []string) int {
	n := 0
	for _, p := range g.Here() {
		if slices.Contains(people, p.ID) {
			n++
		}
	}
	return n
}

// unseen are the phases of which guests see nothing: what is sealed, unless whoever wrote could know from the beginning that
// guests would read it.
func (g *Guests) unseen(m *Meeting) map[string]bool {
	hidden := map[string]bool{}
	for _, p := range m.Phases {
		if p.Attribution == playbook.Sealed && (p.StartedAt == nil || p.StartedAt.Before(g.OpenedAt)) {
			hidden[p.ID] = true
		}
	}
	return hidden
}

const (
	// guestAlphabet has no two signs that are taken for each other on a screen: no 0, O, 1 or I.
	guestAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	guestSigns    = 10 // of a code: 50 bits
)

// guestCodes makes codes and what is kept of them. The key is not in the database, so that a copy of that leads to no code.
type guestCodes struct{ key []byte }

func openGuestCodes(keys *keyring.Ring) (guestCodes, error) {
	key, err := keys.Ensure("dialogue-guest-codes", func() ([]byte, error) {
		made := make([]byte, sha256.Size)
		_, err := rand.Read(made)
		return made, err
	})
	return guestCodes{key}, err
}

func (c guestCodes) keyed(parts ...string) []byte {
	mac := hmac.New(sha256.New, c.key)
	for _, part := range parts {
		_, _ = mac.Write([]byte(strconv.Itoa(len(part)) + ":" + part)) // a hash never fails
	}
	return mac.Sum(nil)
}

// code is the code of a request: the same request again shows the same one, which is kept nowhere.
func (c guestCodes) code(request string) string {
	sum := c.keyed("code", request)
	signs := make([]byte, guestSigns)
	for i := range signs {
		signs[i] = guestAlphabet[int(sum[i])%len(guestAlphabet)] // 32 divides 256: each sign is as likely
	}
	return string(signs)
}

// kept is what is kept of a code that somebody types, in whatever way they write it.
func (c guestCodes) kept(typed string) string {
	typed = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' {
			return -1
		}
		return r
	}, strings.ToUpper(typed))
	return hex.EncodeToString(c.keyed("kept", typed))
}
