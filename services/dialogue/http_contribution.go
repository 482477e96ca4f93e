package dialogue

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/personal"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// visitPhase looks the phase of the request up.
func (s *service) visitPhase(c *gin.Context, action string) (visit, *Phase, error) {
	v, err := s.visit(c, action)
	if err != nil {
		return v, nil, err
	}
	p, err := v.meeting.Body.phase(c.Param("phase_id"))
	return v, p, err
}

// writing is visitPhase for somebody who wants to write in an active phase.
func (s *service) writing(c *gin.Context) (visit, *Phase, error) {
	v, p, err := s.visitPhase(c, "contribution.add")
	if err != nil {
		return v, p, err
	}
	if err := v.meeting.Body.sits(p); err != nil {
		return v, p, err
	}
	return v, p, p.takesContributions(s.now())
}

// seal returns the urn of a phase. One whose key is gone is locked.
func (s *service) seal(ctx context.Context, phase string) (*Seal, error) {
	seal, err := s.urn.Seal(ctx, phase)
	if errors.Is(err, keyring.ErrGone) {
		return nil, failure.New(failure.PhaseLocked).At("phase_id")
	}
	return seal, err
}

// givenText is what somebody wrote, and whether it is to be held back.
type givenText struct {
	Text     string `json:"text"`
	HoldBack bool   `json:"hold_back"`
}

// givenContribution is also for which table it is, if the phone is one that a table shares.
type givenContribution struct {
	Text     string `json:"text"`
	HoldBack bool   `json:"hold_back"`
	Table    string `json:"table"`
}

// table masks and checks the name of the table. A guest writes alone. What is sealed is each person's own, and from a phone that
// others hold too it would not be.
func (g givenContribution) table(phase *Phase, guest string, colleagues personal.Names) (string, *failure.Error) {
	table, wrong := optionalText("table", personal.Mask(g.Table, colleagues), maxTableName)
	if table != "" && guest != "" {
		return "", failure.Invalid("table", "nothing from a guest")
	}
	if table != "" && phase.Attribution != playbook.Group {
		return "", failure.New(failure.DeviceIsShared).At("table").Wanting("nothing in a sealed step")
	}
	return table, wrong
}

func (s *service) addContribution(c *gin.Context) error {
	v, phase, err := s.writing(c)
	if err != nil {
		return err
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[givenContribution](c)
	if err != nil {
		return err
	}
	colleagues, err := s.roster.people(v.ctx)
	if err != nil {
		return err
	}
	said, wrong := sayable(given.Text, given.HoldBack, colleagues)
	table, wrongTable := given.table(phase, v.viewer.guest, colleagues)
	if err := failure.Together(wrong, wrongTable); err != nil {
		return err
	}
	if phase.Attribution == playbook.Sealed {
		seal, err := s.seal(v.ctx, phase.ID)
		if err != nil {
			return err
		}
		added, err := seal.add(v.ctx, v.subject.ID, creation, said)
		if err != nil {
			return err
		}
		failpoint.Hit("after-write-before-ack")
		return answerEntry(c, http.StatusCreated, phase.ID, added)
	}
	if err := s.roomForGuest(v.ctx, phase.ID, v.viewer.guest); err != nil {
		return err
	}
	body := Contribution{
		DialogueID: v.meeting.ID, PhaseID: phase.ID, Attribution: phase.Attribution, Text: said.text, Table: table, Guest: v.viewer.guest, Held: said.held,
	}
	added, _, err := s.contributions.Create(v.ctx, creation, body)
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.Created(c, added, v.viewer.contributionView(added))
}

// answerEntry answers an author. The entity tag is the entry's own: nothing of it is in the database.
func answerEntry(c *gin.Context, status int, phase string, e entry) error {
	c.Header("ETag", `"`+strconv.FormatInt(e.Revision, 10)+`"`)
	c.Header("Cache-Control", "no-store")
	c.JSON(status, entryView(phase, e))
	return nil
}

func (s *service) listContributions(c *gin.Context) error {
	v, phase, err := s.visitPhase(c, "contribution.read")
	if err != nil {
		return err
	}
	list := rest.List[contributionView]{Items: []contributionView{}}
	c.Header("Cache-Control", "no-store")
	if phase.Attribution == playbook.Sealed && (phase.running() || phase.Settlement == Locking) {
		if list.Items, err = s.ownEntries(v.ctx, phase.ID, v.subject.ID); err != nil {
			return err
		}
		c.JSON(http.StatusOK, list)
		return nil
	}
	all, err := collect(v.ctx, s.contributions, document.Query{Index: byPhase, Equal: []any{phase.ID}})
	if err != nil {
		return err
	}
	for _, contribution := range all {
		if contribution.Body.DialogueID == v.meeting.ID && v.viewer.sees(&contribution.Body) {
			list.Items = append(list.Items, v.viewer.contributionView(contribution))
		}
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// ownEntries returns what a person has written in a sealed phase, nothing once it is gone.
func (s *service) ownEntries(ctx context.Context, phase, person string) ([]contributionView, error) {
	views := []contributionView{}
	seal, err := s.urn.Seal(ctx, phase)
	if errors.Is(err, keyring.ErrGone) {
		return views, nil
	}
	if err != nil {
		return nil, err
	}
	box, err := seal.own(ctx, person)
	if err != nil {
		return views, except(failure.DocumentNotFound, err)
	}
	for _, e := range box.Entries {
		if e.Author == person && !e.Withdrawn {
			views = append(views, entryView(phase, e))
		}
	}
	return views, nil
}

func (s *service) editContribution(c *gin.Context) error {
	v, phase, err := s.writing(c)
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[givenText](c)
	if err != nil {
		return err
	}
	colleagues, err := s.roster.people(v.ctx)
	if err != nil {
		return err
	}
	said, wrong := sayable(given.Text, given.HoldBack, colleagues)
	if wrong != nil {
		return wrong
	}
	id := c.Param("contribution_id")
	if phase.Attribution == playbook.Sealed {
		seal, err := s.seal(v.ctx, phase.ID)
		if err != nil {
			return err
		}
		edited, err := seal.edit(v.ctx, v.subject.ID, id, revision, said)
		if err != nil {
			return err
		}
		return answerEntry(c, http.StatusOK, phase.ID, edited)
	}
	if err := s.ours(v, phase, id); err != nil {
		return err
	}
	edited, err := s.contributions.UpdateAt(v.ctx, id, revision, func(c *Contribution) ([]events.Event, error) {
		c.Say(said)
		return nil, nil
	})
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.OK(c, edited, v.viewer.contributionView(edited))
}

func (s *service) withdrawContribution(c *gin.Context) error {
	v, phase, err := s.writing(c)
	if err != nil {
		return err
	}
	id := c.Param("contribution_id")
	if phase.Attribution == playbook.Sealed {
		seal, err := s.seal(v.ctx, phase.ID)
		if err != nil {
			return err
		}
		if err := seal.withdraw(v.ctx, v.subject.ID, id); err != nil {
			return err
		}
		c.Status(http.StatusNoContent)
		return nil
	}
	if err := s.ours(v, phase, id); err != nil {
		return err
	}
	if err := s.contributions.Delete(v.ctx, id); err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	c.Status(http.StatusNoContent)
	return nil
}

// ours says whether a contribution may be changed by everybody who takes part: one that is open and was written here. What
// was typed in from paper stays as whoever types found it, and a guest's words are that guest's, who changes nobody else's.
func (s *service) ours(v visit, phase *Phase, id string) error {
	contribution, err := s.contributions.Get(v.ctx, id)
	if err == nil && (contribution.Body.Attribution == Transcribed || contribution.Body.Guest != v.viewer.guest) {
		return failure.NotFound("contribution")
	}
	if err != nil {
		return err
	}
	return s.inPhase(v, phase, id)
}

// inPhase says whether a contribution belongs to the phase of the request and may be seen by the caller.
func (s *service) inPhase(v visit, phase *Phase, id string) error {
	contribution, err := s.contributions.Get(v.ctx, id)
	if err != nil {
		return err
	}
	if contribution.Body.PhaseID != phase.ID || !v.viewer.sees(&contribution.Body) {
		return failure.NotFound("contribution")
	}
	return nil
}

func (s *service) holdContribution(c *gin.Context) error {
	return s.setHeld(c, func() (func(*Contribution), error) {
		reason, err := decodeReason(c)
		return func(c *Contribution) { c.Hold(reason) }, err
	})
}

// releaseContribution shows the room what was held back, by whoever may hold it back.
func (s *service) releaseContribution(c *gin.Context) error {
	return s.setHeld(c, func() (func(*Contribution), error) { return (*Contribution).Release, nil })
}

// setHeld changes whether the room sees a contribution, at the revision that was seen.
func (s *service) setHeld(c *gin.Context, read func() (func(*Contribution), error)) error {
	v, phase, err := s.visitPhase(c, "contribution.hold")
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	set, err := read()
	if err != nil {
		return err
	}
	id := c.Param("contribution_id")
	if phase.Settlement == Locking {
		return failure.NotFound("contribution")
	}
	if err := s.inPhase(v, phase, id); err != nil {
		return err
	}
	changed, err := s.contributions.UpdateAt(v.ctx, id, revision, func(c *Contribution) ([]events.Event, error) {
		set(c)
		return nil, nil
	})
	if err != nil {
		return err
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.OK(c, changed, v.viewer.contributionView(changed))
}

func (s *service) castBallot(c *gin.Context) error {
	v, voting, err := s.visitPhase(c, "ballot.cast")
	if err != nil {
		return err
	}
	if err := v.meeting.Body.sits(voting); err != nil {
		return err
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	phase, choices, err := s.decodeDots(c, v, playbook.Sealed)
	if err != nil {
		return err
	}
	seal, err := s.seal(v.ctx, phase.ID)
	if err != nil {
		return err
	}
	if err := seal.cast(v.ctx, v.subject.ID, creation.ID, choices); err != nil {
		return err
	}
	failpoint.Hit("after-write-before-ack")
	return answerBallot(c, http.StatusCreated, true)
}

func (s *service) getOwnBallot(c *gin.Context) error {
	v, phase, err := s.visitPhase(c, "ballot.cast")
	if err != nil {
		return err
	}
	if !phase.vote() {
		return failure.New(failure.PhaseTakesNothing).At("phase_id").Wanting("a vote")
	}
	return s.answerOwn(v.ctx, c, phase.ID, v.subject.ID)
}

// answerOwn tells somebody whether their ballot is in an urn.
func (s *service) answerOwn(ctx context.Context, c *gin.Context, urn, person string) error {
	seal, err := s.urn.Seal(ctx, urn)
	if errors.Is(err, keyring.ErrGone) {
		return answerBallot(c, http.StatusOK, false)
	}
	if err != nil {
		return err
	}
	box, err := seal.own(ctx, person)
	if err := except(failure.DocumentNotFound, err); err != nil {
		return err
	}
	return answerBallot(c, http.StatusOK, box.voted(person))
}

func answerBallot(c *gin.Context, status int, cast bool) error {
	c.Header("Cache-Control", "no-store")
	c.JSON(status, struct {
		Cast bool `json:"cast"`
	}{cast})
	return nil
}
