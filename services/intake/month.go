package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// Month is one calendar month in which the staff of a school may tell anonymously. To the ballot box it is a round of
// another kind; what it hands over when the month is over is opened here (experience.go) for the readers whom the month
// names, and for nobody else. Nothing in it says how much is told before it is over, and no event ever does. It opens when
// one of its readers has countersigned who can tell (month_countersign.go).
type Month struct {
	Name   string      `bson:"name"` // such as 2026-11
	Status MonthStatus `bson:"status"`
	NextAt time.Time   `bson:"next_at"` // when it goes on by itself; zero while the ballot box owes an answer
	Frozen MonthFrame  `bson:"frozen"`

	KeyListHash   string           `bson:"key_list_hash"`
	Countersigned Countersignature `bson:"countersigned"` // zero in a month that began before lists were countersigned
	Persons       []string         `bson:"persons"`       // the countersigned list, until another month's is
	RefusedFor    Reason           `bson:"refused_for"`
	Opened        bool             `bson:"opened"`     // its experiences are stored
	KeptUntil     Date             `bson:"kept_until"` // since it is closed
}

// MonthStatus is how far a month has come. It only ever moves on.
type MonthStatus string

// The statuses in their order. In preparing, opening and closing, and at first in refused, the ballot box owes an answer.
const (
	MonthPreparing      MonthStatus = "preparing"
	MonthCountersigning MonthStatus = "countersigning"
	MonthRefused        MonthStatus = "refused"
	MonthOpening        MonthStatus = "opening"
	MonthOpen           MonthStatus = "open"
	MonthClosing        MonthStatus = "closing"
	MonthClosed         MonthStatus = "closed"
)

// monthStatuses are all of them, in the order in which a sweep looks for those that are due.
var monthStatuses = []MonthStatus{MonthPreparing, MonthCountersigning, MonthRefused, MonthOpening, MonthOpen, MonthClosing, MonthClosed}

// MonthFrame is what is frozen when a month begins.
type MonthFrame struct {
	Staff      int        `bson:"staff"`
	RosterHash string     `bson:"roster_hash"`
	Readers    []string   `bson:"readers"`
	BallotBox  Host       `bson:"ballot_box"`
	Hash       string     `bson:"hash"` // of what is promised
	ReleaseKey string     `bson:"release_key"`
	Names      *NameMarks `bson:"names"`
	OpensOn    Date       `bson:"opens_on"`
	ClosesOn   Date       `bson:"closes_on"`
	Form       []byte     `bson:"form"` // JSON of a MonthForm
}

// What a month gives and keeps.
const (
	tokensEach   = 3  // experiences a person and month
	keptDays     = 90 // of free text and answers after the close (privacy.md 6)
	monthUnit    = "school"
	monthKind    = "month"
	monthLayout  = "2006-01"
	formID       = "experience"
	formVersion  = 1
	longestTold  = 800  // characters; with everything else it always fits into an envelope
	longestReply = 1000 // characters; always fits into a reply
	mostCells    = 6
)

// MonthForm is what is asked about an experience: all but direction and text may be left out.
type MonthForm struct {
	ID           string            `json:"id"`
	Version      int               `json:"version"`
	Themes       []FormTheme       `json:"themes"`
	Technologies []NamedTechnology `json:"technologies"`
	LongestText  int               `json:"longest_text"`
	MostCells    int               `json:"most_cells"`
}

// FormTheme is a theme and its six cells, by their names alone.
type FormTheme struct {
	ID    string     `json:"id"`
	Title Text       `json:"title"`
	Cells []FormCell `json:"cells"`
}

// FormCell is one cell of the overview.
type FormCell struct {
	Quality string `json:"quality"`
	Title   Text   `json:"title"`
}

// NamedTechnology is one of the school's register when the month began.
type NamedTechnology struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// newMonthForm is the form of a month: the cells of the full instrument, and the school's technologies.
func newMonthForm(full Instrument, technologies []NamedTechnology) MonthForm {
	form := MonthForm{ID: formID, Version: formVersion, Technologies: technologies, LongestText: longestTold, MostCells: mostCells}
	for _, theme := range full.Themes {
		one := FormTheme{ID: theme.ID, Title: theme.Title}
		for _, cell := range theme.Cells {
			one.Cells = append(one.Cells, FormCell{Quality: cell.Quality, Title: cell.Title})
		}
		form.Themes = append(form.Themes, one)
	}
	return form
}

// monthOf is the name of the month of a date.
func monthOf(day Date) string { return string(day[:len(monthLayout)]) }

// lastDay is the last day of a month.
func lastDay(month string) Date {
	first, err := time.Parse(monthLayout, month)
	if err != nil {
		return ""
	}
	return Date(first.AddDate(0, 1, -1).Format(time.DateOnly))
}

// NewMonth begins the month of a day.
func NewMonth(today Date, frozen MonthFrame) Month {
	name := monthOf(today)
	frozen.OpensOn, frozen.ClosesOn = today, lastDay(name)
	frozen.Hash = frozen.promise()
	return Month{Name: name, Status: MonthPreparing, Frozen: frozen}
}

// promise is the SHA-256, in hex, of what people are promised of the month.
func (f MonthFrame) promise() string {
	raw, err := json.Marshal(struct {
		BallotBox Host     `json:"ballot_box"`
		Readers   []string `json:"readers"`
		Least     int      `json:"least"`
		KeptDays  int      `json:"kept_days"`
	}{f.BallotBox, f.Readers, LeastMeans, keptDays})
	if err != nil {
		panic(err) // strings and numbers
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// FinishPreparing records that the ballot box has made its keys: from now on the list waits to be countersigned. A repeat
// changes nothing.
func (m *Month) FinishPreparing(id, keyListHash string) []events.Event {
	if m.Status != MonthPreparing {
		return nil
	}
	m.Status, m.KeyListHash, m.NextAt = MonthCountersigning, keyListHash, m.Frozen.ClosesOn.End()
	return []events.Event{m.countersignatureAsked(id)}
}

// FinishOpening records that the ballot box takes what is told. A repeat changes nothing.
func (m *Month) FinishOpening() {
	if m.Status == MonthOpening {
		m.Status, m.NextAt = MonthOpen, m.Frozen.ClosesOn.End()
	}
}

// Close ends the telling of an open month whose last day has passed.
func (m *Month) Close(now time.Time) {
	if m.Status == MonthOpen && !now.Before(m.NextAt) {
		m.Status, m.NextAt = MonthClosing, time.Time{}
	}
}

// Take records that the experiences of the batch are stored.
func (m *Month) Take() { m.Opened = true }

// FinishClosing records that the keys to the batch are destroyed. A repeat changes nothing.
func (m *Month) FinishClosing() {
	if m.Status == MonthClosing && m.Opened {
		m.KeptUntil = m.Frozen.ClosesOn.Later(keptDays)
		m.Status, m.NextAt = MonthClosed, m.KeptUntil.End()
	}
}

// mayIssue refuses tickets to a month that takes none.
func (m *Month) mayIssue() error {
	if m.Status != MonthOpen {
		return failure.New(failure.MonthNoTickets)
	}
	return nil
}
