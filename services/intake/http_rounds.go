package intake

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (s *Intake) listRounds(c *gin.Context) error {
	subject, err := s.allow(c, "round.read", "round")
	if err != nil {
		return err
	}
	drafts, err := s.mayReadDrafts(c.Request.Context(), subject)
	if err != nil {
		return err
	}
	view := func(doc document.Document[Round]) (intakeapi.Round, error) {
		return s.roundFor(c.Request.Context(), subject, doc)
	}
	if c.Query("archived") == "true" {
		return list(c, s.rounds, document.Query{Index: "by_archive", Equal: []any{true}, Descending: true}, view)
	}
	q := document.Query{Index: "by_creation", Descending: true}
	if !drafts {
		q = document.Query{Index: "by_publication", Equal: []any{true}, Descending: true}
	}
	return listSome(c, s.rounds, q, func(r Round) bool { return !r.Archived }, view)
}

func (s *Intake) listRoundStates(c *gin.Context) error {
	if _, err := s.allow(c, "round.read_state", "round"); err != nil {
		return err
	}
	return list(c, s.rounds, document.Query{Index: "by_creation", Descending: true},
		func(doc document.Document[Round]) (intakeapi.RoundState, error) {
			return intakeapi.RoundState{RoundID: doc.ID, Status: intakeapi.RoundStatus(doc.Body.Status)}, nil
		})
}

func (s *Intake) createRound(c *gin.Context) error {
	subject, err := s.allow(c, "round.create", "round")
	if err != nil {
		return err
	}
	made, err := creation(c)
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.NewRound](c)
	if err != nil {
		return err
	}
	drafting := Drafting{
		Title: asked.Title, Instrument: asked.Instrument, InstrumentVersion: asked.InstrumentVersion,
		OpensOn: asked.OpensOn, ClosesOn: asked.ClosesOn, VisibleToAllOn: asked.VisibleToAllOn, Thresholds: limits(asked.Thresholds),
		Breakdown: string(value(asked.Breakdown)),
	}
	if asked.ExtraQuestions != nil {
		for _, question := range *asked.ExtraQuestions {
			drafting.ExtraQuestions = append(drafting.ExtraQuestions, ExtraQuestion{DA: question.Da, EN: value(question.En)})
		}
	}
	missing, err := s.lookUp(c.Request.Context(), asked, &drafting)
	if err != nil {
		return err
	}
	if asked.BeforeRoundID != nil {
		wrong, err := s.before(c.Request.Context(), &drafting, *asked.BeforeRoundID)
		if err != nil {
			return err
		}
		missing = append(missing, wrong)
	}
	if asked.CommonRoundID != nil {
		outside, err := s.withinCommon(c.Request.Context(), &drafting, *asked.CommonRoundID)
		if err != nil {
			return err
		}
		missing = append(missing, outside...)
	}
	contract, wrong, err := s.draftContract(c.Request.Context(), asked.Contract)
	if err != nil {
		return err
	}
	drafting.Contract = contract
	round, err := NewRound(drafting, s.now(), append(missing, wrong...)...)
	if err != nil {
		return err
	}
	doc, _, err := s.rounds.Create(c.Request.Context(), made, round)
	if err != nil {
		return err
	}
	view, err := s.roundFor(c.Request.Context(), subject, doc)
	if err != nil {
		return err
	}
	return rest.Created(c, doc, view)
}

// limits are the thresholds of a request that may leave them out.
func limits(asked *intakeapi.Thresholds) *events.Thresholds {
	if asked == nil {
		return nil
	}
	return &events.Thresholds{Means: asked.Means, Distributions: asked.Distributions}
}

// lookUp completes a drafting with what it refers to and returns what of that does not exist.
func (s *Intake) lookUp(ctx context.Context, asked intakeapi.NewRound, d *Drafting) (missing []*failure.Error, err error) {
	if _, err := s.instruments.Find(asked.Instrument, asked.InstrumentVersion); err != nil {
		missing = append(missing, failure.Invalid("instrument", "an instrument in a version that exists"))
	}
	if asked.TechnologyID != nil {
		d.TechnologyID = *asked.TechnologyID
		switch _, err := s.technologies.Get(ctx, d.TechnologyID); failure.CodeOf(err) {
		case "":
		case failure.DocumentNotFound, failure.RequestInvalid:
			missing = append(missing, failure.Invalid("technology_id", "a technology of this school"))
		default:
			return nil, err
		}
	}
	if asked.UnitIds == nil {
		return missing, nil
	}
	d.UnitIDs = *asked.UnitIds
	if len(d.UnitIDs) == 0 {
		missing = append(missing, failure.Invalid("unit_ids", "one unit or more; left out it means all"))
	}
	units, err := s.directory.Units(ctx)
	if err != nil {
		return nil, err
	}
	for n, id := range d.UnitIDs {
		known := slices.ContainsFunc(units, func(u directory.Unit) bool { return u.ID == id })
		if !known || slices.Contains(d.UnitIDs[:n], id) {
			missing = append(missing, failure.Invalid(fmt.Sprintf("unit_ids.%d", n), "a unit of this school, each once"))
		}
	}
	return missing, nil
}

// find returns the round in the path if the caller may see it at all.
func (s *Intake) find(c *gin.Context, action string) (access.Subject, document.Document[Round], error) {
	subject, err := s.allow(c, action, "round")
	if err != nil {
		return subject, document.Document[Round]{}, err
	}
	doc, err := s.rounds.Get(c.Request.Context(), c.Param("round_id"))
	if err != nil || doc.Body.Published {
		return subject, doc, err
	}
	drafts, err := s.mayReadDrafts(c.Request.Context(), subject)
	if err == nil && !drafts {
		err = failure.NotFound("rounds")
	}
	return subject, doc, err
}

func (s *Intake) getRound(c *gin.Context) error {
	subject, doc, err := s.find(c, "round.read")
	if err != nil {
		return err
	}
	view, err := s.roundFor(c.Request.Context(), subject, doc)
	if err != nil {
		return err
	}
	return rest.OK(c, doc, view)
}

func (s *Intake) getRoundInstrument(c *gin.Context) error {
	_, doc, err := s.find(c, "round.read")
	if err != nil {
		return err
	}
	instrument, err := s.instruments.Find(doc.Body.Instrument, doc.Body.InstrumentVersion)
	if err != nil {
		return err
	}
	frozen := doc.Body.Frozen
	if doc.Body.Status == Draft {
		if frozen, err = s.words(c.Request.Context(), doc.Body); err != nil {
			return err
		}
	}
	c.Header("Cache-Control", "private, no-cache")
	c.JSON(http.StatusOK, doc.Body.asks(instrument, frozen.TechnologyName, frozen.Learners))
	return nil
}

// words are the names that a round's sentences are filled in with, as they are now.
func (s *Intake) words(ctx context.Context, r Round) (Frozen, error) {
	var frozen Frozen
	school, err := tenant.From(ctx)
	if err != nil {
		return frozen, err
	}
	organisation, err := s.directory.Organisation(ctx, school)
	if err != nil {
		return frozen, err
	}
	frozen.Learners = organisation.LearnerWord
	if r.TechnologyID != "" {
		technology, err := s.technologies.Get(ctx, r.TechnologyID)
		if err != nil {
			return frozen, err
		}
		frozen.TechnologyName = technology.Body.Name
	}
	return frozen, nil
}

// roundFor is the round with what it means to the caller.
func (s *Intake) roundFor(ctx context.Context, subject access.Subject, doc document.Document[Round]) (intakeapi.Round, error) {
	view := roundView(doc)
	advice, err := s.advice(ctx, doc)
	if err != nil {
		return view, err
	}
	if len(advice) > 0 {
		view.Advice = &advice
	}
	if !doc.Body.TicketsIssued() {
		return view, nil
	}
	_, pseudonym, err := s.place(ctx, doc.ID, doc.Body, subject.ID)
	switch failure.CodeOf(err) {
	case "", failure.RoundNotOnRoster, failure.RoundNoTickets:
		on := err == nil
		view.OnRoster = &on
		view.OnPaper = optional(on && doc.Body.OnPaper.Has(pseudonym))
		view.PaperHelper = optional(doc.Body.OnPaper.enters(subject))
		return view, nil
	}
	return view, err
}

func roundView(doc document.Document[Round]) intakeapi.Round {
	r := doc.Body
	view := intakeapi.Round{
		RoundID: doc.ID, Status: intakeapi.RoundStatus(r.Status), Title: r.Title,
		Instrument: r.Instrument, InstrumentVersion: r.InstrumentVersion,
		TechnologyID: optional(r.TechnologyID), TechnologyName: optional(r.Frozen.TechnologyName),
		OpensOn: string(r.OpensOn), ClosesOn: string(r.ClosesOn), VisibleToAllOn: string(r.VisibleToAllOn),
		Thresholds: intakeapi.Thresholds{Means: r.Thresholds.Means, Distributions: r.Thresholds.Distributions},
		RosterHash: optional(r.Frozen.RosterHash), KeyListHash: optional(r.KeyListHash),
		BatchHash: optional(r.BatchHash), ReleaseID: optional(r.ReleaseID), CreatedAt: r.CreatedAt,
		AnnouncedAt: moment(r.AnnouncedAt), OpenedAt: moment(r.OpenedAt), ClosedAt: moment(r.ClosedAt), ReleasedAt: moment(r.ReleasedAt),
		ArchivedAt: moment(r.ArchivedAt), BeforeRoundID: optional(r.BeforeRoundID), CommonRoundID: optional(r.CommonRoundID),
	}
	if len(r.UnitIDs) > 0 {
		view.UnitIds = &r.UnitIDs
	}
	if len(r.Frozen.Units) > 0 {
		units := []intakeapi.RoundUnit{}
		for _, unit := range r.Frozen.Units {
			units = append(units, intakeapi.RoundUnit{UnitID: unit.UnitID, ParentID: optional(unit.ParentID), Name: unit.Name, Headcount: unit.Headcount})
		}
		view.Units = &units
	}
	view.PaperBallots = optional(r.OnPaper.Ballots())
	view.Contract = r.contractView()
	if r.Extended() {
		view.Extension = &intakeapi.Extension{
			AnnouncedClosesOn: string(r.Extension.Before), Reason: r.Extension.Reason, ExtendedAt: r.Extension.ExtendedAt.UTC(),
		}
	}
	if latest := r.latestDay(); r.Status == Open && !r.Extended() && latest > r.ClosesOn {
		view.ExtendableUntil = optional(string(latest))
	}
	if r.Countersigned.PersonID != "" {
		view.CountersignedBy, view.CountersignedAs = &r.Countersigned.PersonID, &r.Countersigned.Role
	}
	view.RefusedFor = optional(intakeapi.RoundRefusedFor(r.RefusedFor))
	if r.Status == Announcing {
		view.Progress = &intakeapi.Progress{Ready: r.KeysReady, Wanted: r.KeysWanted}
	}
	return view
}

// moment is nil for the zero time, also as a database gives it back.
func moment(t time.Time) *time.Time {
	if t.IsZero() || t.Year() <= 1 {
		return nil
	}
	t = t.UTC()
	return &t
}

func headcounts(staff []UnitStaff) []FrozenUnit {
	units := []FrozenUnit{}
	for _, one := range staff {
		units = append(units, one.FrozenUnit)
	}
	return units
}
