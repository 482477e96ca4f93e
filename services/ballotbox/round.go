package ballotbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// State is how far a round has come. It only ever moves on.
type State string

// States of a round, in order.
const (
	Preparing State = "preparing" // keys are being made; not visible to voters
	Announced State = "announced" // tokens are signed
	Open      State = "open"      // and answers taken
	Closing   State = "closing"   // nothing is taken any more, the batch is being made
	Closed    State = "closed"    // the batch is there, keys and ballots are destroyed
)

// Smallest thresholds that a round may promise (persons).
const (
	leastMeans         = 5
	leastDistributions = 10
)

// Text is a text in the two languages of the page.
type Text struct {
	Da string `json:"da"`
	En string `json:"en"`
}

// Unit is one answering unit with its headcount.
type Unit struct {
	UnitID string `json:"unit_id"`
	Voters int    `json:"voters"`
}

// Thresholds are the smallest groups that may be shown.
type Thresholds struct {
	Means         int `json:"means"`
	Distributions int `json:"distributions"`
}

// Frame is everything about a round that is frozen when it is announced.
type Frame struct {
	Kind           Kind            `json:"kind,omitempty"`
	TokensEach     int             `json:"tokens_each,omitempty"` // of a month; in a round each person has one
	TenantID       tenant.ID       `json:"tenant_id"`
	Title          Text            `json:"title"`
	Instrument     json.RawMessage `json:"instrument"`
	TechnologyName string          `json:"technology_name,omitempty"`
	Units          []Unit          `json:"units"`
	ReleaseKey     string          `json:"release_key"`
	RosterHash     string          `json:"roster_hash,omitempty"` // what was countersigned together with the keys
	Thresholds     Thresholds      `json:"thresholds"`
	Contract       *Contract       `json:"contract,omitempty"`
	Names          *NameMarks      `json:"names,omitempty"`
	OpensOn        string          `json:"opens_on"`
	ClosesOn       string          `json:"closes_on"`
	VisibleToAllOn string          `json:"visible_to_all_on,omitempty"` // of a round
	PortalURL      string          `json:"portal_url"`
}

var (
	roundPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	hashPattern  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	unitPattern  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

const (
	maxUnits  = 500
	maxVoters = 1_000_000
	maxText   = 400
)

// validate names everything that is wrong with a frame.
func (f Frame) validate() error {
	var wrong []*failure.Error
	refuse := func(bad bool, field, want string) {
		if bad {
			wrong = append(wrong, failure.Invalid(field, want))
		}
	}
	_, err := tenant.Parse(string(f.TenantID))
	refuse(err != nil, "tenant_id", "a tenant id")
	refuse(!f.Title.valid(), "title", "da and en, 1 to 400 characters each")
	refuse(!validInstrument(f.Instrument), "instrument", "an instrument with id, version and themes")
	refuse(len([]rune(f.TechnologyName)) > 200, "technology_name", "at most 200 characters")
	refuse(len(f.Units) == 0 || len(f.Units) > maxUnits, "units", fmt.Sprintf("1 to %d units", maxUnits))
	seen := map[string]bool{}
	for i, u := range f.Units {
		refuse(!unitPattern.MatchString(u.UnitID) || seen[u.UnitID], fmt.Sprintf("units.%d.unit_id", i), "a unit id, each once")
		refuse(u.Voters < 0 || u.Voters > maxVoters, fmt.Sprintf("units.%d.voters", i), "a headcount")
		seen[u.UnitID] = true
	}
	_, err = ballot.Decode64(f.ReleaseKey, ballot.ReleaseKeySize)
	refuse(err != nil, "release_key", "an X25519 public key in base64url")
	refuse(f.RosterHash != "" && !hashPattern.MatchString(f.RosterHash), "roster_hash", "SHA-256 in hex")
	refuse(f.Thresholds.Means < leastMeans, "thresholds.means", fmt.Sprintf("at least %d", leastMeans))
	refuse(f.Thresholds.Distributions < leastDistributions, "thresholds.distributions", fmt.Sprintf("at least %d", leastDistributions))
	refuse(f.Contract != nil && !f.Contract.valid(), "contract", "who runs the ballot box, breakdowns, readers and a hash")
	refuse(f.Names != nil && !f.Names.valid(), "names", "a salt and marks of names")
	refuse(!validDate(f.OpensOn), "opens_on", "a date, YYYY-MM-DD")
	refuse(!validDate(f.ClosesOn), "closes_on", "a date, YYYY-MM-DD")
	wrong = append(wrong, f.wrongForKind()...)
	refuse(f.ClosesOn < f.OpensOn, "closes_on", "not before opens_on")
	u, err := url.Parse(f.PortalURL)
	refuse(err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"), "portal_url", "an http or https address")
	return failure.Together(wrong...)
}

func (t Text) valid() bool {
	return t.Da != "" && t.En != "" && len([]rune(t.Da)) <= maxText && len([]rune(t.En)) <= maxText
}

func validDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// validInstrument looks at what the page cannot do without; what the questions say is intake's matter.
func validInstrument(raw json.RawMessage) bool {
	var i struct {
		ID      string            `json:"id"`
		Version int               `json:"version"`
		Themes  []json.RawMessage `json:"themes"`
	}
	return json.Unmarshal(raw, &i) == nil && i.ID != "" && i.Version > 0 && len(i.Themes) > 0
}

// settle brings a frame to the one form in which it is compared and kept: units sorted, the instrument without
// white space.
func (f *Frame) settle() error {
	f.Units = slices.Clone(f.Units)
	slices.SortFunc(f.Units, func(a, b Unit) int { return bytes.Compare([]byte(a.UnitID), []byte(b.UnitID)) })
	var compact bytes.Buffer
	if err := json.Compact(&compact, f.Instrument); err != nil {
		return failure.Invalid("instrument", "JSON").Because(err)
	}
	f.Instrument = compact.Bytes()
	return nil
}

// hash identifies the content of a settled frame.
func (f Frame) hash() (string, error) {
	raw, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("frame: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// record is a round as it is kept: no voter, no answer, no time but the day of closing.
type record struct {
	RoundID   string
	State     State
	Frame     Frame
	Extension *Extension   // since it was extended
	Tightened *Tightening  // since its contract was tightened
	Paper     *Paper       // since it is known who answers on paper
	Keys      []ballot.Key // sorted by unit; all of them once the round is announced
	Result    *Result      // since it is closed
	ClosedOn  string       // local date of closing, from which the batch is kept for a while
	BatchGone bool
}

// Result is what closing a round yields.
type Result struct {
	BatchHash string      `json:"batch_hash"`
	Units     []UnitCount `json:"units"`
	Paper     int         `json:"paper,omitempty"` // how many of the answers came on paper

	hashes []string // of all answers, for the bulletin; only while it closes
}

// UnitCount is how many answers a unit's part of the batch has.
type UnitCount struct {
	UnitID  string `json:"unit_id"`
	Answers int    `json:"answers"`
}

// mayOpen says whether answers may be taken from now on; opening an open round is nothing new.
func (r *record) mayOpen() error {
	switch r.State {
	case Announced, Open:
		return nil
	case Preparing:
		return failure.New(failure.BallotRoundNotReady)
	default:
		return failure.New(failure.BallotRoundClosed)
	}
}

// maySign says whether tokens are handed out.
func (r *record) maySign() error {
	switch r.State {
	case Announced, Open:
		return nil
	case Preparing:
		return failure.New(failure.BallotRoundUnknown)
	default:
		return failure.New(failure.BallotRoundClosed)
	}
}

// mayAnswer says whether answers are taken.
func (r *record) mayAnswer() error {
	switch r.State {
	case Open:
		return nil
	case Preparing:
		return failure.New(failure.BallotRoundUnknown)
	case Announced:
		return failure.New(failure.BallotRoundNotOpen)
	default:
		return failure.New(failure.BallotRoundClosed)
	}
}
