package portal

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// roundLeaders are those who draft, announce, open and close rounds.
var roundLeaders = []string{access.Leader, access.SchoolAdministrator}

func (v *visit) rounds() error {
	var list intakeapi.RoundList
	archived := v.query("archived") == "true"
	path := v.paged(v.at("rounds"))
	if archived {
		path = v.at("rounds") + "?" + url.Values{"archived": {"true"}, "cursor": {v.query("cursor")}}.Encode()
	}
	if err := v.get("intake", path, &list); err != nil {
		return err
	}
	var common []intakeapi.CommonRound
	if !archived {
		var err error
		if common, err = v.commonRoundsToCome(); err != nil {
			return err
		}
	}
	return v.show(http.StatusOK, "rounds", map[string]any{
		"Common": common, "Rounds": list.Items, "Next": value(list.NextCursor), "Lead": v.has(roundLeaders...), "Start": v.has(dialogueStarters...), "Archived": archived,
	})
}

// newRoundPage is the form of a round.
type newRoundPage struct {
	Form         form
	Instruments  []intakeapi.InstrumentSummary
	Technologies []intakeapi.Technology
	Forums       []tenancyapi.Forum
	Breakdowns   []string
}

// newRound begins a round, or the one after a change when the address names the round before it.
func (v *visit) newRound() error {
	f := form{Values: url.Values{
		"opens_on": {v.today()}, "closes_on": {v.daysFrom(14)}, "visible_to_all_on": {v.daysFrom(21)},
		"technology_id": {v.query("technology")}, "breakdown": {string(intakeapi.ByUnit)}, "means": {leastMeans}, "distributions": {leastDistributions}, "text_readers": {"tr", "amr"},
	}}
	if id := v.query("before"); id != "" {
		var before intakeapi.Round
		if err := v.get("intake", v.at("rounds", id), &before); err != nil {
			return err
		}
		f.Values.Set("before_round_id", id)
		f.Values.Set("title", v.words.text("round_new.after_title", "title", before.Title))
		f.Values.Set("instrument", fmt.Sprintf("%s@%d", before.Instrument, before.InstrumentVersion))
		f.Values.Set("technology_id", value(before.TechnologyID))
		by, err := brokenDownBy(before)
		if err != nil {
			return err
		}
		f.Values.Set("breakdown", by)
	}
	if id := v.query("common"); id != "" {
		if err := v.withinCommon(f.Values, id); err != nil {
			return err
		}
	}
	return v.roundForm(http.StatusOK, f)
}

func (v *visit) roundForm(status int, f form) error {
	page := newRoundPage{Form: f, Breakdowns: breakdowns}
	var instruments intakeapi.InstrumentList
	var technologies intakeapi.TechnologyList
	var forums tenancyapi.ForumList
	err := together(v.reads("intake", "/v1/instruments", &instruments), v.reads("intake", v.at("technologies"), &technologies),
		v.reads("tenancy", v.at("forums"), &forums))
	if err != nil {
		return err
	}
	page.Instruments, page.Technologies, page.Forums = instruments.Items, technologies.Items, forums.Items
	return v.show(status, "round_new", page)
}

// createRound drafts; what it will be possible to see is shown on the page that follows, before anything is announced.
func (v *visit) createRound() error {
	instrument, version, err := v.chosenInstrument()
	if err != nil {
		return v.roundRefused(err)
	}
	in := intakeapi.NewRound{
		Title: v.input("title"), Instrument: instrument, InstrumentVersion: version,
		OpensOn: v.input("opens_on"), ClosesOn: v.input("closes_on"), VisibleToAllOn: v.input("visible_to_all_on"),
		TechnologyID: optional(v.input("technology_id")), BeforeRoundID: optional(v.input("before_round_id")), CommonRoundID: optional(v.input("common_round_id")), Contract: v.draftContract(), ExtraQuestions: v.extraQuestions(),
	}
	if by := intakeapi.Breakdown(v.input("breakdown")); by != "" {
		in.Breakdown = &by
	}
	if in.Thresholds, err = v.thresholds(); err != nil {
		return v.roundRefused(err)
	}
	var made intakeapi.Round
	if err := v.call("intake", http.MethodPost, v.at("rounds"), in, &made, v.key()); err != nil {
		return v.roundRefused(err)
	}
	return v.redirect(v.school("rounds", made.RoundID))
}

func (v *visit) roundRefused(err error) error {
	f, err := v.refused(err)
	if err != nil {
		return err
	}
	return v.roundForm(http.StatusUnprocessableEntity, f)
}

// roundPage is one round: what it asks, what will be visible to whom, and the step that comes next.
type roundPage struct {
	Round      intakeapi.Round
	Tag        string
	Instrument intakeapi.Instrument
	Preview    *intakeapi.Preview
	Lead       bool
	Leads      bool // the reader is a leader here, and never asked
	Represent  bool // the reader may countersign
	Signer     string
	Asked      bool // the reader is on the round's frozen roster
	OnPaper    bool // and answers on paper
	Papers     bool // the reader enters what comes on paper
	BallotBox  string
	Opened     int    // how many per cent of the answers to a closed round are opened
	Bulletin   string // where everybody checks that their answer is counted; "" before closing
	Alert      string
	Extending  form
	Tightening form
}

func (v *visit) round() error { return v.roundWith(http.StatusOK, "", nil) }

// roundWith shows the round with what went wrong: as an alert, or in the form that change puts on the page.
func (v *visit) roundWith(status int, alert string, change func(*roundPage)) error {
	id := v.param("round_id")
	page := roundPage{Lead: v.has(roundLeaders...), Leads: v.has(access.Leader), Represent: v.has(representativeRoles...), BallotBox: v.portal.settings.ballotBox.Host, Alert: alert}
	err := v.call("intake", http.MethodGet, v.at("rounds", id), nil, &page.Round, host.WithAnswer(func(r *http.Response) { page.Tag = r.Header.Get("ETag") }))
	if err != nil {
		return err
	}
	page.Asked, page.OnPaper = value(page.Round.OnRoster), value(page.Round.OnPaper)
	page.Papers = v.entersPapers(page.Round)
	if page.Round.BatchHash != nil {
		page.Bulletin = v.portal.settings.ballotBox.JoinPath("r", id).String() + "#lang=" + v.words.language
	}
	if signer := value(page.Round.CountersignedBy); signer != "" {
		names, err := v.names(signer)
		if err != nil {
			return err
		}
		page.Signer = names[signer]
	}
	if err := v.get("intake", v.at("rounds", id, "instrument"), &page.Instrument); err != nil {
		return err
	}
	var preview intakeapi.Preview
	switch err := v.get("intake", v.at("rounds", id, "preview"), &preview); failure.CodeOf(err) {
	case "":
		page.Preview = &preview
	case failure.AccessDenied, failure.DocumentNotFound: // not for everybody
	default:
		return err
	}
	if page.Round.Status == "closing" {
		page.Opened = v.opened(id)
	}
	page.Tightening = tightening(page.Round)
	if change != nil {
		change(&page)
	}
	return v.show(status, "round", page)
}

// opened is how far the answers of a round are opened. Without that the page only says that they will be.
func (v *visit) opened(id string) int {
	var opening reportingapi.Opening
	if err := v.get("reporting", v.at("rounds", id, "opening"), &opening); err != nil {
		return 0
	}
	return opening.Percent
}

func (v *visit) announceRound() error { return v.commandRound("announce") }
func (v *visit) openRound() error     { return v.commandRound("open") }
func (v *visit) closeRound() error    { return v.commandRound("close") }
func (v *visit) archiveRound() error  { return v.commandRound("archive") }

func (v *visit) commandRound(verb string) error {
	err := v.call("intake", http.MethodPost, v.at("rounds", v.param("round_id"), verb), nil, nil, v.seen())
	if err != nil {
		return v.roundAlert(err)
	}
	return v.redirect(v.school("rounds", v.param("round_id")))
}

func (v *visit) roundAlert(err error) error {
	f := failure.From(err)
	if s := f.Status(); s != http.StatusConflict && s != http.StatusUnprocessableEntity && s != http.StatusPreconditionFailed {
		return err
	}
	return v.roundWith(f.Status(), f.Code.Text(v.words.language), nil)
}

// answerRound fetches a ballot.
func (v *visit) answerRound() error {
	return v.fetchBallot(v.at("rounds", v.param("round_id"), "tickets"), v.roundAlert)
}

// optional is nil for what was left empty.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
