package dialogue

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// bodyLimit holds a contribution of 10,000 characters in the longest way that JSON can write them.
const bodyLimit = 256 << 10

const (
	schoolPath       = "/v1/tenants/:tenant_id"
	dialoguePath     = schoolPath + "/dialogues/:dialogue_id"
	phasePath        = dialoguePath + "/phases/:phase_id"
	contributionPath = phasePath + "/contributions/:contribution_id"
	adaptationPath   = schoolPath + "/adaptations/:adaptation_id"
	actionPath       = schoolPath + "/actions/:action_id"
	agreementPath    = schoolPath + "/agreements/:agreement_id"
	inputPath        = dialoguePath + "/inputs"
	escalationPath   = schoolPath + "/escalations/:escalation_id"
)

func (s *service) routes() *gin.Engine {
	engine := host.NewEngine(host.EngineOptions{
		Service: Name, Logger: s.deps.Logger, Registerer: s.deps.Registerer, BodyLimit: bodyLimit,
		// Who asks here, and when, would be a trace of who wrote or chose what.
		QuietRoutes: []string{phasePath + "/contributions", contributionPath, phasePath + "/ballots", phasePath + "/ready", agreementPath + "/adherence",
			boardPath + "/nodes", boardPath + "/nodes/:node_id", boardPath + "/relations", boardPath + "/relations/:relation_id",
			boardPath + "/inventory", boardPath + "/inventory/:row_id", boardPath + "/plan", boardPath + "/plan/:row_id",
			inputPath, inputPath + "/:input_id", inputPath + "/:input_id/answer", dialoguePath + "/raised-inputs"},
	})
	signedIn := engine.Group("", host.Authenticate(s.deps.Verify, s.directory.Assignments))
	signedIn.GET("/v1/playbooks", host.Handle(s.listPlaybooks))
	signedIn.GET("/v1/playbooks/:playbook/:version", host.Handle(s.getPlaybook))
	signedIn.GET("/v1/snapshots/:kind", host.Handle(s.getSnapshot))
	signedIn.GET("/v1/me/records", host.Handle(s.getMyRecords))

	r := signedIn.Group("", host.Tenant())
	get := func(path string, fn func(*gin.Context) error) { r.GET(path, host.Handle(fn)) }
	post := func(path string, fn func(*gin.Context) error) { r.POST(path, host.Handle(fn)) }
	put := func(path string, fn func(*gin.Context) error) { r.PUT(path, host.Handle(fn)) }

	get(schoolPath+"/playbooks", s.listChoosable)
	get(schoolPath+"/playbooks/:playbook/:version", s.getChoosable)
	post(schoolPath+"/adaptations", s.createAdaptation)
	get(schoolPath+"/adaptations", s.listAdaptations)
	get(adaptationPath, s.getAdaptation)
	put(adaptationPath, s.editAdaptation)
	post(adaptationPath+"/check", s.checkAdaptation)
	post(adaptationPath+"/publish", s.publishAdaptation)

	get(schoolPath+"/first-steps", s.getFirstSteps)
	post(schoolPath+"/pre-meetings", s.createPreMeeting)
	get(schoolPath+"/pre-meetings", s.listPreMeetings)
	post(dialoguePath+"/topics/:topic_id/hand-over", s.handOver)

	post(schoolPath+"/dialogues", s.createDialogue)
	get(schoolPath+"/dialogues", s.listDialogues)
	get(dialoguePath, s.getDialogue)
	put(dialoguePath+"/people", s.setPeople)
	post(dialoguePath+"/schedule", s.scheduleDialogue)
	post(dialoguePath+"/open", s.openDialogue)
	post(dialoguePath+"/pause", s.pauseDialogue)
	post(dialoguePath+"/resume", s.resumeDialogue)
	post(dialoguePath+"/conclude", s.concludeDialogue)
	post(dialoguePath+"/close", s.closeDialogue)
	post(dialoguePath+"/cancel", s.cancelDialogue)

	post(phasePath+"/start", s.startPhase)
	post(phasePath+"/pause", s.pausePhase)
	post(phasePath+"/resume", s.resumePhase)
	post(phasePath+"/extend", s.extendPhase)
	post(phasePath+"/lock", s.lockPhase)
	post(phasePath+"/skip", s.skipPhase)
	post(phasePath+"/repeat", s.repeatPhase)

	post(phasePath+"/contributions", s.addContribution)
	get(phasePath+"/contributions", s.listContributions)
	r.PATCH(contributionPath, host.Handle(s.editContribution))
	r.DELETE(contributionPath, host.Handle(s.withdrawContribution))
	post(contributionPath+"/hold", s.holdContribution)
	post(contributionPath+"/release", s.releaseContribution)
	post(phasePath+"/ballots", s.castBallot)
	get(phasePath+"/ballots", s.getOwnBallot)
	put(phasePath+"/shared-dots", s.setSharedDots)
	put(dialoguePath+"/scribe", s.setScribe)
	put(phasePath+"/ready", s.markReady)
	get(phasePath+"/ready", s.getOwnReady)
	post(phasePath+"/transcriptions", s.transcribe)
	r.DELETE(phasePath+"/transcriptions/:contribution_id", host.Handle(s.withdrawTranscribed))

	s.boardRoutes(r)
	s.guestRoutes(signedIn, r)

	post(dialoguePath+"/decisions", s.recordDecision)
	get(dialoguePath+"/decisions", s.listDecisions)
	r.PATCH(dialoguePath+"/decisions/:decision_id", host.Handle(s.correctDecision))
	post(dialoguePath+"/disagreements", s.recordDisagreement)
	get(dialoguePath+"/disagreements", s.listDisagreements)
	r.PATCH(dialoguePath+"/disagreements/:disagreement_id", host.Handle(s.correctDisagreement))
	post(dialoguePath+"/actions", s.proposeAction)
	get(dialoguePath+"/actions", s.listDialogueActions)

	post(dialoguePath+"/agreements", s.proposeAgreement)
	get(dialoguePath+"/agreements", s.listDialogueAgreements)

	post(inputPath, s.sendInput)
	get(inputPath, s.listInputs)
	r.DELETE(inputPath+"/:input_id", host.Handle(s.withdrawInput))
	post(inputPath+"/:input_id/answer", s.answerInput)
	post(dialoguePath+"/raised-inputs", s.raiseInputs)

	post(dialoguePath+"/topics", s.recordTopic)
	get(dialoguePath+"/topics", s.listTopics)
	post(dialoguePath+"/topics/:topic_id/settle", s.settleTopic)
	post(dialoguePath+"/escalations", s.raiseEscalation)
	get(dialoguePath+"/escalations", s.listDialogueEscalations)
	get(schoolPath+"/escalations", s.listReceived)
	get(escalationPath, s.getEscalation)
	post(escalationPath+"/receive", s.receiveEscalation)
	post(escalationPath+"/answer", s.replyEscalation)
	post(escalationPath+"/withdraw", s.withdrawEscalation)
	get(dialoguePath+"/carried", s.getCarried)
	post(dialoguePath+"/next", s.continueDialogue)

	get(schoolPath+"/actions", s.listActions)
	get(actionPath, s.getAction)
	post(actionPath+"/accept", s.acceptAction)
	post(actionPath+"/decline", s.declineAction)
	post(actionPath+"/reassign", s.reassignAction)
	post(actionPath+"/progress", s.progressAction)
	post(actionPath+"/block", s.blockAction)
	post(actionPath+"/done", s.finishAction)
	post(actionPath+"/verify", s.verifyAction)
	post(actionPath+"/drop", s.dropAction)

	get(schoolPath+"/agreements", s.listAgreements)
	get(agreementPath, s.getAgreement)
	post(agreementPath+"/adopt", s.adoptAgreement)
	post(agreementPath+"/end", s.endAgreement)
	post(agreementPath+"/adherence", s.answerAdherence)
	get(agreementPath+"/adherence", s.getOwnAdherence)
	post(agreementPath+"/adherence/close", s.closeAdherence)

	get(dialoguePath+"/minutes", s.getMinutes)
	post(dialoguePath+"/minutes/circulate", s.circulateMinutes)
	post(dialoguePath+"/minutes/approve", s.approveMinutes)
	get(dialoguePath+"/live", s.followDialogue)
	return engine
}

// visit is a request of somebody about one dialogue, permitted.
type visit struct {
	ctx     context.Context
	subject access.Subject
	meeting document.Document[Meeting]
	viewer  viewer
}

// enter asks whether the caller may take a seat at this school's table at all, before anything is looked up.
func (s *service) enter(c *gin.Context, action string) (access.Subject, error) {
	ctx := c.Request.Context()
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return subject, err
	}
	return subject, s.decide(ctx, subject, action, thing{"dialogue", rest.CreatedID(c)}, nil)
}

// decideAnywhere asks the policy about something that is of no school.
func (s *service) decideAnywhere(ctx context.Context, action, resource string) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	return s.authorizer.Decide(ctx, subject, action, access.Resource{Type: resource})
}

// thing is what a decision is about, as the audit log names it.
type thing struct{ kind, id string }

// decide asks the policy about something of the context's school.
func (s *service) decide(ctx context.Context, subject access.Subject, action string, about thing, attributes map[string]any) error {
	school, err := tenant.From(ctx)
	if err != nil {
		return err
	}
	path, err := s.directory.Path(ctx, school)
	if err != nil {
		return err
	}
	return s.authorizer.Decide(ctx, subject, action,
		access.Resource{Type: about.kind, ID: about.id, Tenant: school, Path: path, Attributes: attributes})
}

// parts is what the policy is told of a person's part in a dialogue.
func parts(m *Meeting, person string) map[string]any {
	return map[string]any{
		"is_facilitator": m.Leads(person), "is_participant": m.TakesPart(person), "is_published": m.Published(), "is_pre_meeting": m.PreMeeting,
		"is_scribe": m.Transcribes(person),
	}
}

// visit looks the dialogue of the request up and asks whether the caller may take the action in it.
func (s *service) visit(c *gin.Context, action string) (visit, error) {
	v := visit{ctx: c.Request.Context()}
	if subject, err := access.SubjectFrom(v.ctx); err == nil && subject.Guest != "" {
		return s.visitAsGuest(c, subject, action)
	}
	var err error
	if v.subject, err = s.enter(c, "dialogue.enter"); err != nil {
		return v, err
	}
	if v.meeting, err = s.meetings.Get(v.ctx, c.Param("dialogue_id")); err != nil {
		return v, err
	}
	if err := s.decideIn(v.ctx, v.subject, action, v.meeting); err != nil {
		return v, v.meeting.Body.hidden(err)
	}
	v.viewer, err = s.viewerOf(v.ctx, v.subject, &v.meeting.Body)
	return v, err
}

func (s *service) viewerOf(ctx context.Context, subject access.Subject, m *Meeting) (viewer, error) {
	school, err := tenant.From(ctx)
	guardian := subject.Has(access.UnionRepresentative, school) || subject.Has(access.SafetyRepresentative, school)
	return viewOf(m, subject.ID, guardian, s.today()), err
}

// command changes the dialogue of the request at the revision that the caller has seen, and answers with it.
func (s *service) command(c *gin.Context, action string, change func(m *Meeting, v visit) ([]events.Event, error)) error {
	v, err := s.visit(c, action)
	if err != nil {
		return err
	}
	return s.commandAs(c, v, change)
}

func (s *service) commandAs(c *gin.Context, v visit, change func(m *Meeting, v visit) ([]events.Event, error)) error {
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	meeting, err := s.meetings.UpdateAt(v.ctx, v.meeting.ID, revision, func(m *Meeting) ([]events.Event, error) {
		return change(m, v)
	})
	if err != nil {
		return err
	}
	s.scheduleLock(v.ctx, meeting)
	if meeting.Body.Settling {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx), settleTimeout)
		defer cancel()
		settled, err := s.settler.settle(ctx, meeting.ID)
		if err != nil {
			s.deps.Logger.WarnContext(v.ctx, "phase is locked but not settled, the sweep goes on", "dialogue", meeting.ID, "error", err)
		} else {
			meeting = settled
		}
	}
	if err := s.forgetReady(v.ctx, &meeting.Body); err != nil {
		s.deps.Logger.WarnContext(v.ctx, "who was ready is not forgotten yet", "dialogue", meeting.ID, "error", err)
	}
	if err := s.forgetGuests(v.ctx, meeting); err != nil {
		s.deps.Logger.WarnContext(v.ctx, "guests are not forgotten yet", "dialogue", meeting.ID, "error", err)
	}
	s.committed(v.ctx, meeting)
	return s.answer(c, v.subject, meeting)
}

// answer renders a dialogue for the caller.
func (s *service) answer(c *gin.Context, subject access.Subject, meeting document.Document[Meeting]) error {
	view, err := s.view(c.Request.Context(), subject, meeting)
	if err != nil {
		return err
	}
	return rest.OK(c, meeting, view)
}

func (s *service) view(ctx context.Context, subject access.Subject, meeting document.Document[Meeting]) (dialogueView, error) {
	book, err := s.followed(ctx, &meeting.Body)
	if err != nil {
		return dialogueView{}, err
	}
	v, err := s.viewerOf(ctx, subject, &meeting.Body)
	return v.dialogueView(meeting, book, counts{}), err
}

// told wraps one event.
func told(e events.Event) []events.Event { return []events.Event{e} }

// reads tells whether a person may read a dialogue.
func (s *service) reads(ctx context.Context, subject access.Subject, meeting document.Document[Meeting]) bool {
	m := &meeting.Body
	// Asked quietly, since a list that leaves something out refuses nothing.
	if m.PreMeeting {
		return s.decideIn(ctx, subject, "dialogue.read", meeting) == nil
	}
	return m.Leads(subject.ID) || m.TakesPart(subject.ID) ||
		m.Published() && s.decide(ctx, subject, "dialogue.read", thing{"dialogue", meeting.ID}, parts(m, subject.ID)) == nil
}

// showList answers with those dialogues of a page that the caller may read.
func (s *service) showList(c *gin.Context, subject access.Subject, page document.Page[Meeting]) error {
	ctx := c.Request.Context()
	list := rest.List[dialogueView]{Items: []dialogueView{}, Next: page.Next}
	for _, meeting := range page.Items {
		if !s.reads(ctx, subject, meeting) {
			continue
		}
		view, err := s.view(ctx, subject, meeting)
		if err != nil {
			return err
		}
		list.Items = append(list.Items, view)
	}
	c.JSON(http.StatusOK, list)
	return nil
}
