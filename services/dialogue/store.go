package dialogue

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/projection"
)

// release is what the service knows of a release: that the school has it.
type release struct {
	RoundID string `bson:"round_id"`
}

// store is the service's collections.
type store struct {
	meetings      meetings
	contributions *document.Collection[Contribution]
	papers        *document.Collection[Transcription]
	boards        *document.Collection[Board]
	readiness     *document.Collection[readiness]
	guests        *document.Collection[Guests]
	decisions     *document.Collection[Decision]
	disagreements *document.Collection[Disagreement]
	actions       *document.Collection[Action]
	agreements    *document.Collection[Agreement]
	topics        *document.Collection[Topic]
	inputs        *document.Collection[Input]
	raisings      *document.Collection[Raising]
	escalations   *document.Collection[Escalation]
	minutes       *document.Collection[Minutes]
	releases      *document.Collection[release]
	adaptations   *document.Collection[Adaptation]
	urn           *Urn
	codes         guestCodes

	allMeetings    *document.Across[Meeting] // for the service's own clock, as are the next
	allPreMeetings *document.Across[Meeting]
	allActions     *document.Across[Action]
	allAgreements  *document.Across[Agreement]
	allQuestions   *document.Across[Escalation]
	allGuests      *document.Across[Guests]
	allRaisings    *document.Across[Raising]

	receivedEscalations *document.Across[Escalation] // for those who sit in a forum that is asked
}

// dialogues is the name of the collection, and so what a dialogue that cannot be found is called.
const dialogues = "dialogues"

// Names of indexes.
const (
	byAge         = "by_age"
	byState       = "by_state"
	byLockAt      = "by_lock_at"
	bySettling    = "by_settling"
	byDialogue    = "by_dialogue"
	byPhase       = "by_phase"
	byDeadline    = "by_deadline"
	byStatus      = "by_status"
	byOwner       = "by_owner"
	byAuthor      = "by_author"
	byOwnerStatus = "by_owner_status"
	byCheckAt     = "by_check_at"
	byForum       = "by_forum"
	byForumStatus = "by_forum_status"
	bySettledIn   = "by_settled_in"
	byReceiver    = "by_receiver"
	bySource      = "by_source"
	byTechnology  = "by_technology"
	byAwaitsReady = "by_awaits_ready"
	byCode        = "by_code"
	byLookAt      = "by_look_at"
	byRemindAt    = "by_remind_at"

	byReceiverStatus   = "by_receiver_status"
	byForumOwner       = "by_forum_owner"
	byForumOwnerStatus = "by_forum_owner_status"
)

// What is found by what. Those of the migrations stand here, too.
var (
	meetingIndexes = []document.Index{
		{Name: byAge, Fields: []string{"made_at"}},
		{Name: byState, Fields: []string{"state", "made_at"}},
		{Name: byLockAt, Fields: []string{"lock_at"}, Across: true},
		{Name: byRemindAt, Fields: []string{"remind_at"}, Across: true},
		{Name: bySettling, Fields: []string{"settling"}, Across: true},
		{Name: byAwaitsReady, Fields: []string{"awaits_ready"}, Across: true},
		{Name: byForum, Fields: []string{"forum_id", "made_at"}},
		{Name: bySource, Fields: []string{"source_key", "made_at"}},
		{Name: byTechnology, Fields: []string{"technology_id", "made_at"}},
	}
	meetingsSchema = document.Schema{Name: dialogues, Indexes: append(slices.Clone(meetingIndexes), projection.Everything)}
	actionsSchema  = document.Schema{Name: "actions", Indexes: []document.Index{
		{Name: byDialogue, Fields: []string{"dialogue_id", "proposed_at"}},
		{Name: byDeadline, Fields: []string{"due_on"}},
		{Name: byStatus, Fields: []string{"status", "due_on"}},
		{Name: byOwner, Fields: []string{"owner.person_id", "due_on"}},
		{Name: byOwnerStatus, Fields: []string{"owner.person_id", "status", "due_on"}},
		{Name: byForum, Fields: []string{"forum_id", "due_on"}},
		{Name: byForumStatus, Fields: []string{"forum_id", "status", "due_on"}},
		{Name: byForumOwner, Fields: []string{"forum_id", "owner.person_id", "due_on"}},
		{Name: byForumOwnerStatus, Fields: []string{"forum_id", "owner.person_id", "status", "due_on"}},
		{Name: byCheckAt, Fields: []string{"check_at"}, Across: true},
		projection.Everything,
	}}
)

func openStore(ctx context.Context, s *document.Store, keys *keyring.Ring) (*store, error) {
	var st store
	var errs []error
	agreements := document.Schema{Name: "agreements", Indexes: []document.Index{
		{Name: byDialogue, Fields: []string{"dialogue_id", "proposed_at"}},
		{Name: byAge, Fields: []string{"proposed_at"}},
		{Name: byStatus, Fields: []string{"status", "proposed_at"}},
		{Name: byForum, Fields: []string{"forum_id", "proposed_at"}},
		{Name: byForumStatus, Fields: []string{"forum_id", "status", "proposed_at"}},
		{Name: byCheckAt, Fields: []string{"check_at"}, Across: true},
		{Name: bySettling, Fields: []string{"settling"}, Across: true},
	}}
	topics := document.Schema{Name: "topics", Indexes: []document.Index{
		{Name: byDialogue, Fields: []string{"dialogue_id", "recorded_at"}},
		{Name: bySettledIn, Fields: []string{"settled_in", "recorded_at"}},
	}}
	escalations := document.Schema{Name: "escalations", Indexes: []document.Index{
		{Name: byDialogue, Fields: []string{"dialogue_id", "raised_at"}},
		{Name: byReceiver, Fields: []string{"to_tenant", "raised_at"}, Across: true},
		{Name: byReceiverStatus, Fields: []string{"to_tenant", "status", "raised_at"}, Across: true},
		{Name: byCheckAt, Fields: []string{"check_at"}, Across: true},
	}}
	inputs := document.Schema{Name: "inputs", Indexes: []document.Index{
		{Name: byDialogue, Fields: []string{"dialogue_id", "sent_at"}},
		{Name: byAuthor, Fields: []string{"author_id", "sent_at"}},
	}}
	ofDialogue := func(name, order string) document.Schema {
		return document.Schema{Name: name, Indexes: []document.Index{{Name: byDialogue, Fields: []string{"dialogue_id", order}}}}
	}
	guests := document.Schema{Name: "guests", Indexes: []document.Index{
		{Name: byCode, Fields: []string{"code"}, Across: true},
		{Name: byLookAt, Fields: []string{"look_at"}, Across: true},
	}}
	contributions := document.Schema{Name: "contributions", Indexes: []document.Index{
		{Name: byDialogue, Fields: []string{"dialogue_id"}}, // and then by id, which is random
		{Name: byPhase, Fields: []string{"phase_id"}},
	}}
	var boxes *document.Collection[box]
	errs = append(errs,
		open(ctx, s, meetingsSchema, &st.meetings.Collection),
		open(ctx, s, document.Schema{Name: "pre_meetings", Indexes: meetingIndexes}, &st.meetings.closed),
		open(ctx, s, contributions, &st.contributions),
		open(ctx, s, document.Schema{Name: "readiness"}, &st.readiness),
		open(ctx, s, guests, &st.guests),
		open(ctx, s, document.Schema{Name: "transcriptions", Indexes: []document.Index{{Name: byPhase, Fields: []string{"phase_id"}}}}, &st.papers),
		open(ctx, s, document.Schema{Name: "boards"}, &st.boards),
		open(ctx, s, ofDialogue("decisions", "recorded_at"), &st.decisions),
		open(ctx, s, ofDialogue("disagreements", "recorded_at"), &st.disagreements),
		open(ctx, s, actionsSchema, &st.actions),
		open(ctx, s, agreements, &st.agreements),
		open(ctx, s, topics, &st.topics),
		open(ctx, s, escalations, &st.escalations),
		open(ctx, s, inputs, &st.inputs),
		open(ctx, s, document.Schema{Name: "raisings", Indexes: []document.Index{{Name: byAge, Fields: []string{"since"}, Across: true}}}, &st.raisings),
		open(ctx, s, document.Schema{Name: "minutes"}, &st.minutes),
		open(ctx, s, document.Schema{Name: "urns"}, &boxes),
		open(ctx, s, document.Schema{Name: "projection_releases"}, &st.releases),
		open(ctx, s, document.Schema{Name: "adaptations", Indexes: []document.Index{{Name: byAge, Fields: []string{"made_at"}}}}, &st.adaptations),
	)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	st.urn = &Urn{boxes: boxes, keys: keys}
	var err error
	if st.codes, err = openGuestCodes(keys); err != nil {
		return nil, err
	}
	st.allMeetings = document.NewAcross(st.meetings.Collection, ownClock)
	st.allPreMeetings = document.NewAcross(st.meetings.closed, ownClock)
	st.allActions = document.NewAcross(st.actions, ownClock)
	st.allAgreements = document.NewAcross(st.agreements, ownClock)
	st.allQuestions = document.NewAcross(st.escalations, ownClock)
	st.allGuests = document.NewAcross(st.guests, portalOrClock)
	st.allRaisings = document.NewAcross(st.raisings, ownClock)
	st.receivedEscalations = document.NewAcross(st.escalations, anyPerson)
	return &st, nil
}

func open[T any](ctx context.Context, s *document.Store, schema document.Schema, into **document.Collection[T]) error {
	c, err := document.Open[T](ctx, s, schema)
	*into = c
	return err
}

// ownClock guards the reads across tenants: nobody but the service itself looks for what has fallen due.
func ownClock(ctx context.Context) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	if subject.Service == "" {
		return errors.New("dialogue: only the service itself reads across schools")
	}
	return nil
}

// anyPerson guards a read across tenants whose every document is held against the person who asks.
func anyPerson(ctx context.Context) error {
	subject, err := access.SubjectFrom(ctx)
	if err != nil {
		return err
	}
	if subject.Service != "" || subject.ID == "" {
		return errors.New("dialogue: only people are asked questions by other forums")
	}
	return nil
}

// collect gathers all documents of a query.
func collect[T any](ctx context.Context, c *document.Collection[T], q document.Query) ([]document.Document[T], error) {
	var all []document.Document[T]
	for doc, err := range c.All(ctx, q) {
		if err != nil {
			return nil, err
		}
		all = append(all, doc)
	}
	return all, nil
}

// ofPhases returns the contributions of some phases that can be cited or voted for.
func (s *store) ofPhases(ctx context.Context, phases []string) (map[string]bool, error) {
	known := map[string]bool{}
	for _, phase := range phases {
		for c, err := range s.contributions.All(ctx, document.Query{Index: byPhase, Equal: []any{phase}}) {
			if err != nil {
				return nil, err
			}
			if !c.Body.Held {
				known[c.ID] = true
			}
		}
	}
	return known, nil
}

// openActions counts the actions of a dialogue that still have to be done.
func (s *store) openActions(ctx context.Context, dialogue string) (int, error) {
	n := 0
	for a, err := range s.actions.All(ctx, document.Query{Index: byDialogue, Equal: []any{dialogue}}) {
		if err != nil {
			return 0, err
		}
		if a.Body.Open() {
			n++
		}
	}
	return n, nil
}

// epoch is before everything that the service's clock looks for.
var epoch = time.Unix(0, 0)
