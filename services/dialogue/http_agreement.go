package dialogue

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/keyring"
)

type newAgreement struct {
	Kind     AgreementKind `json:"kind"`
	Title    string        `json:"title"`
	Text     string        `json:"text"`
	Channels []Channel     `json:"channels"`
	Scope    ScopeKind     `json:"scope"`
	UnitID   string        `json:"unit_id"`
	FromOn   string        `json:"from_on"`
	ToOn     string        `json:"to_on"`
	ReviewOn string        `json:"review_on"`
	Replaces string        `json:"replaces_id"`
	Sources  []string      `json:"source_ids"`
}

func (s *service) proposeAgreement(c *gin.Context) error {
	v, creation, err := s.creating(c, "outcome.record")
	if err != nil {
		return err
	}
	given, known, err := readOutcome[newAgreement](s, c, v)
	if err != nil {
		return err
	}
	if err := v.meeting.Body.TakesCommitments(); err != nil {
		return err
	}
	body, err := s.agreementOf(v, given, known)
	if err != nil {
		return err
	}
	if body.Replaces != "" {
		if body.Version, err = s.claim(v.ctx, &body, creation.ID); err != nil {
			return err
		}
	}
	proposed, _, err := s.agreements.Create(v.ctx, creation, body, events.AgreementProposed(body.facts(creation.ID)))
	if err != nil {
		return err
	}
	if body.Replaces != "" {
		if _, err := s.settleClaim(v.ctx, body.Replaces); err != nil {
			return err
		}
	}
	s.hub.changed(v.ctx, v.meeting.ID)
	return rest.Created(c, proposed, v.viewer.agreementView(proposed))
}

// agreementOf turns a request into a proposal, or says everything that is wrong with it.
func (s *service) agreementOf(v visit, given newAgreement, known map[string]bool) (Agreement, error) {
	m := &v.meeting.Body
	a := Agreement{
		DialogueID: v.meeting.ID, ForumID: m.ForumID, Mandate: m.Mandate, Kind: given.Kind, Title: given.Title, Text: given.Text,
		Channels: append([]Channel{}, given.Channels...), Scope: given.Scope, UnitID: given.UnitID, TechnologyID: m.TechnologyID, Source: m.Source,
		Sources: given.Sources, FromOn: given.FromOn, ToOn: given.ToOn, ReviewOn: given.ReviewOn, ReviewAt: s.midnight(given.ReviewOn), EndsAt: never,
		Status: AgreementProposed, Version: 1, Replaces: given.Replaces, ProposedBy: v.subject.ID, ProposedAt: s.now(),
		Check: Check{State: NotAsked}, TurnAt: never,
	}
	if a.ToOn != "" {
		a.EndsAt = s.midnight(nextDay(a.ToOn))
	}
	if err := a.clean(s.today()); err != nil {
		return a, err
	}
	if wrong := checkSources(m, a.Sources, known); wrong != nil {
		return a, wrong
	}
	if a.Scope == UnitScope {
		if _, err := s.directory.Unit(v.ctx, a.UnitID); err != nil {
			return a, unknown(err, failure.New(failure.UnitUnknown).At("unit_id"))
		}
	}
	return a, nil
}

// claim keeps the place of the successor of the agreement that a proposal is to replace, and returns which version the
// proposal is. settleClaim ends it.
func (s *service) claim(ctx context.Context, proposal *Agreement, id string) (int, error) {
	before, err := s.agreements.Get(ctx, proposal.Replaces)
	if err != nil {
		return 0, unknown(err, failure.Invalid("replaces_id", "an agreement of the school"))
	}
	if before.Body.ForumID != proposal.ForumID || before.Body.Kind != proposal.Kind {
		return 0, failure.Invalid("replaces_id", "an agreement of the same forum and kind")
	}
	stale := ""
	if holder := before.Body.Successor; holder != "" {
		at, err := s.agreements.Get(ctx, holder)
		if failure.CodeOf(err) == failure.DocumentNotFound || err == nil && at.Body.Status == AgreementEnded {
			stale = holder
		} else if err != nil {
			return 0, err
		}
	}
	_, err = s.agreements.Update(ctx, before.ID, func(a *Agreement) ([]events.Event, error) { return nil, a.Reserve(id, stale, s.now()) })
	return before.Body.Version + 1, err
}

func (s *service) listDialogueAgreements(c *gin.Context) error {
	subject, err := access.SubjectFrom(c.Request.Context())
	if err != nil {
		return err
	}
	return listOf(s, c, s.agreements, viewer{person: subject.ID}.agreementView)
}

// agreementVisit is a request of somebody about one agreement, permitted.
type agreementVisit struct {
	ctx       context.Context
	subject   access.Subject
	meeting   document.Document[Meeting]
	agreement document.Document[Agreement]
}

// visitAgreement looks the agreement of the request up and asks whether the caller may do this with it.
func (s *service) visitAgreement(c *gin.Context, what string) (agreementVisit, error) {
	v := agreementVisit{ctx: c.Request.Context()}
	var err error
	if v.subject, err = s.enter(c, "dialogue.enter"); err != nil {
		return v, err
	}
	if v.agreement, err = s.agreements.Get(v.ctx, c.Param("agreement_id")); err != nil {
		return v, err
	}
	if v.meeting, err = s.meetings.Get(v.ctx, v.agreement.Body.DialogueID); err != nil {
		return v, err
	}
	attributes, err := s.agreementParts(v.ctx, &v.agreement.Body, &v.meeting.Body, v.subject.ID)
	if err != nil {
		return v, err
	}
	return v, s.decide(v.ctx, v.subject, what, thing{"agreement", v.agreement.ID}, attributes)
}

// agreementParts is what the policy is told of a person's part in an agreement. Whoever sits in its forum now takes part in
// it as those who were at the table.
func (s *service) agreementParts(ctx context.Context, a *Agreement, m *Meeting, person string) (map[string]any, error) {
	attributes := maps.Clone(parts(m, person))
	attributes["is_published"], attributes["is_asked"] = a.Known(), a.Check.Asks(person)
	if a.ForumID == "" || m.TakesPart(person) {
		return attributes, nil
	}
	members, err := s.membersOf(ctx, a, m)
	attributes["is_participant"] = slices.Contains(members, person)
	return attributes, err
}

// membersOf are those whom an agreement is a matter of: who sits in its forum now, or else who was at the table.
func (s *service) membersOf(ctx context.Context, a *Agreement, m *Meeting) ([]string, error) {
	if a.ForumID == "" {
		return m.Participants, nil
	}
	forum, err := s.directory.Forum(ctx, a.ForumID)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return m.Participants, nil
	}
	return seats(forum), err
}

func (s *service) getAgreement(c *gin.Context) error {
	v, err := s.visitAgreement(c, "agreement.read")
	if err != nil {
		return err
	}
	return rest.OK(c, v.agreement, viewer{person: v.subject.ID}.agreementView(v.agreement))
}

func (s *service) listAgreements(c *gin.Context) error {
	subject, err := s.enter(c, "agreement.list")
	if err != nil {
		return err
	}
	cursor, limit, err := rest.Page(c)
	if err != nil {
		return err
	}
	q := document.Query{Index: byAge, Descending: true, Limit: limit, Cursor: cursor}
	status, forum := AgreementStatus(c.Query("status")), c.Query("forum_id")
	statuses := []AgreementStatus{AgreementProposed, AgreementInForce, AgreementUnderReview, AgreementSuperseded, AgreementEnded}
	switch {
	case status != "" && !slices.Contains(statuses, status):
		return failure.Invalid("status", "a status of an agreement")
	case status != "" && forum != "":
		q.Index, q.Equal = byForumStatus, []any{forum, string(status)}
	case status != "":
		q.Index, q.Equal = byStatus, []any{string(status)}
	case forum != "":
		q.Index, q.Equal = byForum, []any{forum}
	}
	ctx := c.Request.Context()
	page, err := s.agreements.Find(ctx, q)
	if err != nil {
		return err
	}
	list := rest.List[agreementView]{Items: []agreementView{}, Next: page.Next}
	for _, a := range page.Items {
		meeting, err := s.meetings.Get(ctx, a.Body.DialogueID)
		if err != nil {
			return err
		}
		attributes, err := s.agreementParts(ctx, &a.Body, &meeting.Body, subject.ID)
		if err != nil {
			return err
		}
		// Asked only where the answer is yes for some reason, since a list that leaves something out refuses nothing.
		if attributes["is_participant"] == true || attributes["is_facilitator"] == true ||
			a.Body.Known() && s.decide(ctx, subject, "agreement.read", thing{"agreement", a.ID}, attributes) == nil {
			list.Items = append(list.Items, viewer{person: subject.ID}.agreementView(a))
		}
	}
	c.JSON(http.StatusOK, list)
	return nil
}

// changeAgreement changes the agreement of the request at the revision that the caller has seen.
func (s *service) changeAgreement(c *gin.Context, v agreementVisit, change func(*Agreement) ([]events.Event, error)) error {
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	changed, err := s.agreements.UpdateAt(v.ctx, v.agreement.ID, revision, change)
	if err != nil {
		return err
	}
	if changed.Body.Settling {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx), settleTimeout)
		defer cancel()
		settled, err := s.settleAgreement(ctx, changed.ID)
		if err != nil {
			s.deps.Logger.WarnContext(v.ctx, "agreement is not settled, the sweep goes on", "agreement", changed.ID, "error", err)
		} else {
			changed = settled
		}
	}
	s.scheduleTurn(v.ctx, changed)
	s.hub.changed(v.ctx, changed.Body.DialogueID)
	return rest.OK(c, changed, viewer{person: v.subject.ID}.agreementView(changed))
}

func (s *service) adoptAgreement(c *gin.Context) error {
	v, err := s.visitAgreement(c, "agreement.adopt")
	if err != nil {
		return err
	}
	if err := v.meeting.Body.TakesOutcomes(); err != nil {
		return err
	}
	return s.changeAgreement(c, v, func(a *Agreement) ([]events.Event, error) {
		if err := a.Adopt(s.now()); err != nil {
			return nil, err
		}
		return told(events.AgreementAdopted(a.facts(v.agreement.ID))), nil
	})
}

func (s *service) endAgreement(c *gin.Context) error {
	v, err := s.visitAgreement(c, "agreement.end")
	if err != nil {
		return err
	}
	reason, err := decodeReason(c)
	if err != nil {
		return err
	}
	return s.changeAgreement(c, v, func(a *Agreement) ([]events.Event, error) {
		if err := a.End(reason); err != nil {
			return nil, err
		}
		return told(events.AgreementEnded(a.facts(v.agreement.ID))), nil
	})
}

func (s *service) closeAdherence(c *gin.Context) error {
	v, err := s.visitAgreement(c, "agreement.close_check")
	if err != nil {
		return err
	}
	return s.changeAgreement(c, v, func(a *Agreement) ([]events.Event, error) { return nil, a.CloseCheck() })
}

// answerAdherence takes a member's answer in secret. Nobody is told that there is one more.
func (s *service) answerAdherence(c *gin.Context) error {
	v, err := s.visitAgreement(c, "agreement.answer")
	if err != nil {
		return err
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Answer Adherence `json:"answer"`
	}](c)
	if err != nil {
		return err
	}
	ballot, err := v.agreement.Body.Check.ballot(given.Answer)
	if err != nil {
		return err
	}
	seal, err := s.urn.Seal(v.ctx, v.agreement.ID)
	if errors.Is(err, keyring.ErrGone) {
		return failure.New(failure.AgreementCheckClosed).At("answer")
	}
	if err != nil {
		return err
	}
	if err := seal.cast(v.ctx, v.subject.ID, creation.ID, ballot); err != nil {
		if failure.CodeOf(err) == failure.PhaseLocked {
			return failure.New(failure.AgreementCheckClosed).At("answer")
		}
		return err
	}
	return answerBallot(c, http.StatusCreated, true)
}

// getOwnAdherence tells whether the caller has answered, and not what.
func (s *service) getOwnAdherence(c *gin.Context) error {
	v, err := s.visitAgreement(c, "agreement.answer")
	if err != nil {
		return err
	}
	return s.answerOwn(v.ctx, c, v.agreement.ID, v.subject.ID)
}
