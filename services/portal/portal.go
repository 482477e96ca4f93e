// Package portal is what people see: the pages of the product, the sessions and sign-in behind them, and the entry
// for programs that act for a signed-in person.
//
// It owns no facts. Every page asks the services whose facts they are, with a token that says who is asking, and
// each of them decides for itself. What the portal keeps is sessions. It never serves the form on which a round is
// answered: for that it sends the browser, top level, to the ballot box's own origin.
//
// Where to read: portal.go has the routes, visit.go one request, render.go and the folder pages the templates,
// session.go and signin.go who somebody is. The files page_*.go hold one area of the product each.
package portal

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
)

// Portal is the service.
type Portal struct {
	settings settings
	logger   *slog.Logger
	now      func() time.Time
	zone     *time.Location
	origin   *url.URL
	peer     func(service string) *host.Peer
	words    map[string]*words
	views    *views
	assets   *assets
	bus      *bus.Bus
	store    *document.Store
	sessions *sessions
	guests   *guestSessions
	tries    *tries
	keys     *keys
	brands   *brands
	signIn   *signIn
	handler  http.Handler
}

// New returns the portal with its settings read from the environment; see settings.
func New(ctx context.Context, d *platform.Deps) (host.Component, error) {
	var s settings
	if err := d.Settings(&s); err != nil {
		return nil, err
	}
	p := &Portal{settings: s, logger: d.Logger, now: d.Now, peer: d.Peer, bus: d.Bus, store: d.Store, origin: s.origin}
	var err error
	if p.zone, err = copenhagen(); err != nil {
		return nil, err
	}
	if p.words, err = loadWords(); err != nil {
		return nil, err
	}
	if p.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if p.views, err = loadViews(p); err != nil {
		return nil, err
	}
	if p.sessions, err = openSessions(ctx, d.Store, d.Now); err != nil {
		return nil, err
	}
	if p.guests, err = openGuestSessions(ctx, d.Store, d.Now); err != nil {
		return nil, err
	}
	p.tries = newTries(d.Now)
	p.keys = newKeys(p.peer, d.Now)
	p.brands = newBrands(p.peer("tenancy"), p.Name(), d.Logger, d.Now)
	if p.signIn, err = newSignIn(d, newProviders(s, p.peer("tenancy"), p.Name(), d.Logger, d.Now), s.origin); err != nil {
		return nil, err
	}
	engine := host.NewEngine(host.EngineOptions{
		Service: p.Name(), Logger: d.Logger, Registerer: d.Registerer,
		QuietRoutes: quietRoutes,
		BodyLimits:  map[string]int64{importsRoute: maxListRead, logoRoute: maxLogoRead},
	})
	p.routes(engine, d)
	p.handler = p.guard(engine)
	return p, nil
}

// Name implements host.Component.
func (p *Portal) Name() string { return "portal" }

// Handler implements host.Component.
func (p *Portal) Handler() http.Handler { return p.handler }

// answerRoute is where an employee fetches a ballot.
const answerRoute = "/schools/:tenant_id/rounds/:round_id/answer"

// quietRoutes are where people fetch a ballot, where they write and vote under seal and where they tell anonymously or write confidentially: who does,
// and when, is in no log, trace or metric.
var quietRoutes = slices.Concat([]string{
	answerRoute,
	"/schools/:tenant_id/dialogues/:dialogue_id/phases/:phase_id/contributions",
	"/schools/:tenant_id/dialogues/:dialogue_id/phases/:phase_id/contributions/:contribution_id/:verb",
	"/schools/:tenant_id/dialogues/:dialogue_id/phases/:phase_id/ballots",
	"/schools/:tenant_id/dialogues/:dialogue_id/phases/:phase_id/ready",
	"/schools/:tenant_id/dialogues/:dialogue_id/phases/:phase_id/shared",
	beforehandRoute, adherenceRoute, boardItemRoute, boardRemoveRoute,
}, anonymousRoutes, confidentialRoutes, inputRoutes)

func (p *Portal) routes(e *gin.Engine, d *platform.Deps) {
	e.GET("/static/:name", p.assets.serve)
	e.GET("/favicon.ico", p.assets.icon)
	p.apiEntry(e.Group("/api/v1"), d)

	// For everybody.
	e.NoRoute(p.anybody((*visit).nowhere))
	e.NoMethod(p.anybody((*visit).nowhere))
	e.GET("/", p.anybody((*visit).home))
	e.GET("/sign-in", p.anybody((*visit).signInPage))
	e.GET("/sign-in/start", p.anybody((*visit).signInStart))
	e.GET(callbackPath, p.anybody((*visit).signInCallback))
	e.GET(callbackPath+"/:tenant_id", p.anybody((*visit).signInCallback))
	e.POST("/language", p.anybody((*visit).chooseLanguage))
	e.GET("/privacy", p.anybody((*visit).privacy))
	e.GET("/about", p.anybody((*visit).about))
	e.GET("/accessibility", p.anybody((*visit).accessibility))
	e.GET("/keyboard", p.anybody((*visit).keyboard))
	e.GET(releaseKeyPath, p.anybody((*visit).releaseKey))

	e.GET(signedOutPath, p.anybody((*visit).signedOut))
	p.guestRoutes(e)

	// For those who are signed in.
	e.POST(signOutRoute, p.person((*visit).signOut))
	e.GET("/sign-in/again", p.person((*visit).signInAgain))
	e.GET("/sessions", p.person((*visit).ownSessions))
	e.POST("/sessions/end", p.person((*visit).endOwnSession))
	e.POST("/sessions/end-others", p.person((*visit).endOtherSessions))
	e.GET("/own-data", p.person((*visit).ownData))
	e.POST("/own-data/export", p.person((*visit).exportOwnData))
	e.POST("/own-data/unions/:assignment_id", p.person((*visit).setOwnUnion))
	e.POST("/own-data/requests", p.person((*visit).askOwnData))
	e.GET("/inbox", p.person((*visit).inbox))
	e.POST("/inbox/:item_id/read", p.person((*visit).readInboxItem))
	e.GET("/operators/:tenant_id/follow-through", p.person((*visit).followThrough))
	e.GET("/unions/:tenant_id/benchmark", p.person((*visit).benchmark))

	for _, base := range []string{"/operators/:tenant_id/data-requests", "/platforms/:tenant_id/data-requests"} {
		rights := e.Group(base, host.Tenant())
		rights.GET("", p.person((*visit).dataRequests))
		rights.GET("/requests/:request_id", p.person((*visit).dataRequest))
		rights.POST("/requests/:request_id/done", p.person((*visit).completeDataRequest))
		rights.POST("/requests/:request_id/refuse", p.person((*visit).refuseDataRequest))
		rights.GET("/people", p.person((*visit).registeredPeople))
		rights.GET("/people/:person_id", p.person((*visit).registeredPerson))
		rights.POST("/people/:person_id/correct", p.person((*visit).correctPerson))
		rights.POST("/people/:person_id/erase", p.person((*visit).erasePerson))
		rights.POST("/people/:person_id/reinstate", p.person((*visit).reinstatePerson))
	}

	for _, base := range []string{"/operators/:tenant_id/keys", "/schools/:tenant_id/administration/keys"} {
		keys := e.Group(base, host.Tenant())
		keys.GET("", p.person((*visit).apiKeys))
		keys.POST("", p.person((*visit).createAPIKey))
		keys.POST("/:key_id/revoke", p.person((*visit).revokeAPIKey))
	}
	e.GET("/operators/:tenant_id/details", host.Tenant(), p.person((*visit).details))
	e.POST("/operators/:tenant_id/details", host.Tenant(), p.person((*visit).changeDetails))
	lists := e.Group(importsRoute, host.Tenant())
	lists.GET("", p.person((*visit).imports))
	lists.POST("", p.fits, p.person((*visit).createImport))
	lists.GET("/examples/:kind", p.person((*visit).exampleList))
	lists.GET("/:import_id", p.person((*visit).importedList))
	lists.GET("/:import_id/errors", p.person((*visit).importErrors))
	lists.POST("/:import_id/apply", p.person((*visit).applyImport))
	lists.POST("/:import_id/cancel", p.person((*visit).cancelImport))
	e.GET("/operators/:tenant_id/common-rounds", host.Tenant(), p.person((*visit).commonRounds))
	e.POST("/operators/:tenant_id/common-rounds", host.Tenant(), p.person((*visit).createCommonRound))
	e.GET("/operators/:tenant_id/tightening", host.Tenant(), p.person((*visit).tightening))
	e.POST("/operators/:tenant_id/tightening", host.Tenant(), p.person((*visit).setTightening))
	e.GET("/operators/:tenant_id/provisioning", host.Tenant(), p.person((*visit).provisioning))
	e.POST("/operators/:tenant_id/provisioning", host.Tenant(), p.person((*visit).setProvisioning))
	e.GET("/schools/:tenant_id/administration/tightening", host.Tenant(), p.person((*visit).tightening))
	p.providerRoutes(e)
	p.setUpRoutes(e)
	p.commonResultRoutes(e)
	for _, base := range []string{"/operators/:tenant_id/schools", "/platforms/:tenant_id/operators"} {
		set := e.Group(base, host.Tenant())
		set.GET("", p.person((*visit).organisations))
		set.POST("", p.person((*visit).createOrganisation))
		set.GET("/:organisation_id", p.person((*visit).organisation))
		set.POST("/:organisation_id/people", p.person((*visit).appoint))
		set.GET("/:organisation_id/deletion", p.person((*visit).deletion))
		set.POST("/:organisation_id/deletion", p.person((*visit).requestDeletion))
		set.POST("/:organisation_id/deletion/cancel", p.person((*visit).cancelDeletion))
		set.GET("/:organisation_id/deletion/certificate", p.person((*visit).deletionCertificate))
	}

	for _, base := range []string{"/operators/:tenant_id/deletions", "/platforms/:tenant_id/deletions"} {
		e.GET(base, host.Tenant(), p.person((*visit).deletions))
	}
	e.GET("/logos/:tenant_id/:logo", host.Tenant(), p.person((*visit).logo))
	branding := e.Group("/operators/:tenant_id/branding", host.Tenant())
	branding.GET("", p.person((*visit).branding))
	branding.POST("", p.person((*visit).setBranding))
	branding.POST("/logo", p.person((*visit).setLogo))
	branding.POST("/logo/remove", p.person((*visit).removeLogo))
	for _, base := range []string{"/operators/:tenant_id/operation", "/platforms/:tenant_id/operation"} {
		e.GET(base, host.Tenant(), p.person((*visit).operation))
	}
	for _, base := range []string{"/operators/:tenant_id/export", "/schools/:tenant_id/administration/export"} {
		e.GET(base, host.Tenant(), p.person((*visit).tenantExport))
		e.POST(base, host.Tenant(), p.person((*visit).takeTenantExport))
	}

	school := e.Group("/schools/:tenant_id", host.Tenant())
	school.GET("", p.person((*visit).schoolHome))
	school.GET("/start", p.person((*visit).start))
	school.GET("/technologies", p.person((*visit).technologies))
	school.POST("/technologies", p.person((*visit).registerTechnology))
	school.GET("/rounds", p.person((*visit).rounds))
	school.GET("/rounds/new", p.person((*visit).newRound))
	school.POST("/rounds", p.person((*visit).createRound))
	school.GET("/rounds/:round_id", p.person((*visit).round))
	school.POST("/rounds/:round_id/announce", p.person((*visit).announceRound))
	school.GET("/rounds/:round_id/roster", p.person((*visit).roster))
	school.GET("/rounds/:round_id/ballot", p.person((*visit).earlyBallotPage))
	school.GET("/rounds/:round_id/paper", p.person((*visit).paper))
	school.GET("/rounds/:round_id/paper/:file", p.person((*visit).paperFile))
	school.POST("/rounds/:round_id/paper", p.person((*visit).enterPaper))
	school.POST("/rounds/:round_id/countersign", p.person((*visit).countersignRound))
	school.POST("/rounds/:round_id/refuse", p.person((*visit).refuseRound))
	school.POST("/rounds/:round_id/open", p.person((*visit).openRound))
	school.POST("/rounds/:round_id/contract", p.person((*visit).tightenContract))
	school.POST("/rounds/:round_id/extension", p.person((*visit).extendRound))
	school.GET("/rounds/:round_id/texts", p.person((*visit).texts))
	school.POST("/rounds/:round_id/texts/publish", p.person((*visit).publishParaphrases))
	school.POST("/rounds/:round_id/texts/:theme", p.person((*visit).addParaphrase))
	school.POST("/rounds/:round_id/texts/:theme/remove", p.person((*visit).removeParaphrase))
	school.POST("/rounds/:round_id/close", p.person((*visit).closeRound))
	school.POST("/rounds/:round_id/archive", p.person((*visit).archiveRound))
	e.POST(answerRoute, host.Tenant(), p.person((*visit).answerRound))
	school.GET("/results", p.person((*visit).results))
	school.GET("/results/:release_id", p.person((*visit).release))
	school.GET("/results/:release_id/files/:format", p.person((*visit).resultFiles))
	school.GET("/results/:release_id/cells/:theme/:quality", p.person((*visit).cell))
	school.GET("/actions", p.person((*visit).actions))
	school.POST("/actions/:action_id/:verb", p.person((*visit).changeAction))
	school.GET("/quiet-hours", p.person((*visit).quietHours))
	school.POST("/quiet-hours", p.person((*visit).setQuietHours))
	school.GET("/administration", p.person((*visit).administration))
	school.GET("/administration/details", p.person((*visit).details))
	school.POST("/administration/details", p.person((*visit).changeDetails))
	school.POST("/administration/units", p.person((*visit).createUnit))
	school.GET("/administration/units/:unit_id", p.person((*visit).unit))
	school.POST("/administration/units/:unit_id", p.person((*visit).changeUnit))
	school.GET("/administration/forums", p.person((*visit).forums))
	school.POST("/administration/forums", p.person((*visit).createForum))
	school.GET("/administration/forums/proposals", p.person((*visit).forumProposals))
	school.POST("/administration/forums/proposals", p.person((*visit).createForumStructure))
	forum := school.Group("/administration/forums/:forum_id")
	forum.GET("", p.person((*visit).forum))
	forum.POST("", p.person((*visit).changeForum))
	forum.POST("/members", p.person((*visit).seatForum))
	forum.POST("/end", p.person((*visit).endForum))
	forum.GET("/clauses/new", p.person((*visit).clause))
	forum.POST("/clauses", p.person((*visit).saveClause))
	forum.GET("/clauses/:clause_id", p.person((*visit).clause))
	forum.POST("/clauses/:clause_id", p.person((*visit).saveClause))
	forum.POST("/clauses/:clause_id/remove", p.person((*visit).removeClause))
	school.GET("/administration/hire", p.person((*visit).hireForm))
	school.POST("/administration/hire", p.person((*visit).hire))
	school.POST("/administration/people/:person_id/leave", p.person((*visit).leave))
	school.GET("/administration/people/:person_id", p.person((*visit).staffMember))
	school.POST("/administration/people/:person_id/roles", p.person((*visit).giveRole))
	duty := school.Group("/administration/people/:person_id/roles/:assignment_id")
	duty.POST("/end", p.person((*visit).endRole))
	duty.GET("/move", p.person((*visit).move))
	duty.POST("/move", p.person((*visit).moveEmployee))
	duty.GET("/substitute", p.person((*visit).substitute))
	duty.POST("/substitute", p.person((*visit).giveSubstitute))
	for _, base := range []string{"/schools/:tenant_id/administration/audit", "/operators/:tenant_id/audit", "/platforms/:tenant_id/audit"} {
		log := e.Group(base, host.Tenant())
		log.GET("", p.person((*visit).audit))
		log.GET("/export", p.person((*visit).auditExport))
	}
	p.routeAnonymous(e)
	p.routeConfidential(e.Group(confidentialRoute, host.Tenant()))
	p.dialogueRoutes(school)
	p.agreementRoutes(school)
	p.escalationRoutes(school)
	p.traceRoutes(school)
	p.playbookRoutes(e.Group("/operators/:tenant_id", host.Tenant()))
	e.GET("/operators/:tenant_id/escalations", host.Tenant(), p.person((*visit).questions))
}

func (p *Portal) dialogueRoutes(school *gin.RouterGroup) {
	school.GET("/dialogues", p.person((*visit).dialogues))
	school.POST("/dialogues/:dialogue_id/topics/:topic_id/hand-over", p.person((*visit).handOverTopic))
	school.POST("/dialogues/:dialogue_id/inputs", p.person((*visit).sendInput))
	school.POST("/dialogues/:dialogue_id/inputs/:input_id/:verb", p.person((*visit).changeInput))
	school.POST("/dialogues/:dialogue_id/raised-inputs", p.person((*visit).raiseInputs))
	school.GET("/dialogues/new", p.person((*visit).newDialogue))
	school.POST("/dialogues", p.person((*visit).createDialogue))
	p.playbookRoutes(school)
	one := school.Group("/dialogues/:dialogue_id")
	one.GET("", p.person((*visit).dialogue))
	one.GET("/calendar", p.person((*visit).calendarFile))
	one.POST("/people", p.person((*visit).changePeople))
	one.GET("/room", p.person((*visit).room))
	one.GET("/desk", p.person((*visit).desk))
	one.GET("/beforehand", p.person((*visit).beforehand))
	one.GET("/live", p.person((*visit).live))
	one.GET("/minutes", p.person((*visit).minutes))
	one.GET("/trace", p.person((*visit).trace))
	one.GET("/minutes/files/:format", p.person((*visit).minutesFiles))
	one.POST("/minutes/:verb", p.person((*visit).changeMinutes))
	one.POST("/state/:verb", p.person((*visit).changeDialogue))
	one.POST("/phases/:phase_id/contributions", p.person((*visit).contribute))
	one.POST("/phases/:phase_id/contributions/:contribution_id/:verb", p.person((*visit).changeContribution))
	one.POST("/phases/:phase_id/ballots", p.person((*visit).castBallot))
	one.POST("/phases/:phase_id/shared-dots", p.person((*visit).setSharedDots))
	one.POST("/phases/:phase_id/state/:verb", p.person((*visit).changePhase))
	one.POST("/decisions", p.person((*visit).recordDecision))
	one.POST("/actions", p.person((*visit).proposeAction))
	one.POST("/disagreements", p.person((*visit).recordDisagreement))
	one.POST("/topics", p.person((*visit).recordTopic))
	one.POST("/topics/:topic_id/settle", p.person((*visit).settleTopic))
	one.POST("/next", p.person((*visit).continueDialogue))
	p.phasePaperRoutes(one)
	p.sharedRoutes(one)
	one.POST("/phases/:phase_id/ready", p.person((*visit).markReady))
	one.GET("/guests", p.person((*visit).guestsOfDialogue))
	one.POST("/guests", p.person((*visit).openToGuests))
	one.POST("/guests/close", p.person((*visit).closeToGuests))
	one.POST("/guests/guest/:guest_id/out", p.person((*visit).showGuestOut))
	p.boardRoutes(one)
}
