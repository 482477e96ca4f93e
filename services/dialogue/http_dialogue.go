package dialogue

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/directory"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

const maxTitle = 200

func (s *service) listPlaybooks(c *gin.Context) error {
	if err := s.decideAnywhere(c.Request.Context(), "playbook.read", "playbook"); err != nil {
		return err
	}
	c.JSON(http.StatusOK, rest.List[*playbook.Playbook]{Items: s.shelf.Newest()})
	return nil
}

func (s *service) getPlaybook(c *gin.Context) error {
	if err := s.decideAnywhere(c.Request.Context(), "playbook.read", "playbook"); err != nil {
		return err
	}
	version, err := strconv.Atoi(c.Param("version"))
	if err != nil {
		return failure.New(failure.PlaybookUnknown).At("version")
	}
	playbook, err := s.shelf.Playbook(c.Param("playbook"), version)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, playbook)
	return nil
}

type newDialogue struct {
	Title        string     `json:"title"`
	Playbook     string     `json:"playbook"`
	Version      int        `json:"playbook_version"`
	Variant      int        `json:"variant_minutes"`
	ForumID      string     `json:"forum_id"`
	Participants []string   `json:"participant_ids"`
	Facilitators []string   `json:"facilitator_ids"`
	Source       *Cell      `json:"source"`
	Told         *Told      `json:"experience"`
	TechnologyID string     `json:"technology_id"`
	StartsAt     *time.Time `json:"starts_at"`
	Place        string     `json:"place"`

	preMeeting bool
}

func (s *service) createDialogue(c *gin.Context) error { return s.create(c, false) }

func (s *service) create(c *gin.Context, preMeeting bool) error {
	subject, err := s.enter(c, (&Meeting{PreMeeting: preMeeting}).asked("dialogue.create"))
	if err != nil {
		return err
	}
	creation, err := rest.Creation(c)
	if err != nil {
		return err
	}
	given, err := host.Decode[newDialogue](c)
	if err != nil {
		return err
	}
	given.preMeeting = preMeeting
	ctx := c.Request.Context()
	if given.Told != nil {
		if err := s.decide(ctx, subject, "dialogue.cite_experience", thing{"dialogue", creation.ID}, nil); err != nil {
			return err
		}
	}
	meeting, err := s.prepare(ctx, subject.ID, given)
	if err != nil {
		return err
	}
	created, repeated, err := s.meetings.Create(ctx, creation, meeting, meeting.announced(creation.ID)...)
	if err != nil {
		return err
	}
	if repeated { // by the one who made it, or by somebody who has got hold of the key
		if err := s.decideIn(ctx, subject, "dialogue.lead", created); err != nil {
			return created.Body.hidden(err)
		}
	}
	view, err := s.view(ctx, subject, created)
	if err != nil {
		return err
	}
	return rest.Created(c, created, view)
}

// prepare turns a request into a dialogue, or says everything that is wrong with it.
func (s *service) prepare(ctx context.Context, person string, given newDialogue) (Meeting, error) {
	book, err := s.playbook(ctx, given.Playbook, given.Version)
	if err != nil {
		return Meeting{}, err
	}
	variant, err := book.Variant(given.Variant)
	if err != nil {
		return Meeting{}, err
	}
	meeting := newMeeting(book, variant, s.now())
	meeting.PreMeeting = given.preMeeting
	if meeting.Learners, err = s.learners(ctx); err != nil {
		return Meeting{}, err
	}
	title, wrong := cleanText("title", given.Title, maxTitle)
	if err := failure.Together(wrong, given.Source.check(), given.Told.check(), checkLength("technology_id", given.TechnologyID)); err != nil {
		return Meeting{}, err
	}
	if given.Source != nil && given.Told != nil {
		return Meeting{}, failure.Invalid("experience", "a cell or an experience, not both")
	}
	meeting.Title, meeting.Source, meeting.Told, meeting.TechnologyID = title, given.Source, given.Told, given.TechnologyID
	meeting.SourceKey = meeting.sourceKey()
	if book.NeedsNumbers && given.Source == nil {
		return Meeting{}, failure.Invalid("source", "a cell, since the playbook works on numbers")
	}
	if given.Source != nil {
		if _, err := s.releases.Get(ctx, given.Source.ReleaseID); err != nil {
			return Meeting{}, unknown(err, failure.New(failure.ReleaseUnknown).At("source.release_id"))
		}
	}
	if err := s.seat(ctx, &meeting, person, given); err != nil {
		return Meeting{}, err
	}
	place, wrong := optionalText("place", given.Place, maxTitle)
	if wrong != nil {
		return Meeting{}, wrong
	}
	switch {
	case given.StartsAt != nil:
		if err := meeting.Schedule(given.StartsAt.UTC().Truncate(time.Millisecond), place, s.now(), s.zone); err != nil {
			return Meeting{}, err
		}
	case place != "":
		return Meeting{}, failure.Invalid("place", "a place together with starts_at")
	}
	return meeting, nil
}

// substitute is the seat in a forum of somebody who takes part when a member cannot. A facilitator invites them then, as
// anybody else: see SetPeople.
const substitute = "substitute"

// seats are the members of a forum, without those who stand in for them.
func seats(f directory.Forum) []string {
	var members []string
	for _, member := range f.Members {
		if member.Role != substitute {
			members = append(members, member.PersonID)
		}
	}
	return members
}

// seat says who takes part in a new dialogue and who leads it.
func (s *service) seat(ctx context.Context, m *Meeting, person string, given newDialogue) error {
	if m.PreMeeting {
		return s.seatStaff(ctx, m, person, given)
	}
	facilitators := append([]string{person}, given.Facilitators...)
	participants := given.Participants
	switch {
	case (given.ForumID == "") == (len(given.Participants) == 0):
		return failure.Invalid("forum_id", "either a forum or a list of participants")
	case given.ForumID != "":
		forum, err := s.standing(ctx, given.ForumID)
		if err != nil {
			return err
		}
		m.ForumID, m.Mandate = forum.ID, forum.Mandate
		participants = append(participants, seats(forum)...)
	}
	var err error
	m.Participants, m.Facilitators, err = s.people(ctx, participants, facilitators)
	return err
}

// standing returns a forum that can be met in.
func (s *service) standing(ctx context.Context, id string) (directory.Forum, error) {
	forum, err := s.directory.Forum(ctx, id)
	if err != nil {
		return forum, unknown(err, failure.New(failure.ForumUnknown).At("forum_id"))
	}
	if forum.EndedAt != nil {
		return forum, failure.New(failure.ForumEnded).At("forum_id")
	}
	return forum, nil
}

// people checks that everybody named belongs to the school, and leaves repeats out.
func (s *service) people(ctx context.Context, participants, facilitators []string) ([]string, []string, error) {
	members, err := s.directory.Members(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	known := map[string]bool{}
	for _, m := range members {
		known[m.PersonID] = true
	}
	check := func(field string, ids []string, most int) ([]string, *failure.Error) {
		var unique []string
		for i, id := range ids {
			if !known[id] {
				return nil, failure.Invalid(field+"."+strconv.Itoa(i), "somebody with a role in this school")
			}
			if !slices.Contains(unique, id) {
				unique = append(unique, id)
			}
		}
		if len(unique) == 0 || len(unique) > most {
			return nil, failure.Invalid(field, "1 to "+strconv.Itoa(most)+" people")
		}
		return unique, nil
	}
	seated, wrongSeat := check("participant_ids", participants, maxParticipants)
	leading, wrongLead := check("facilitator_ids", facilitators, maxFacilitators)
	return seated, leading, failure.Together(wrongSeat, wrongLead)
}

// unknown turns "not found" into a refusal of what was given, and leaves other errors alone.
func unknown(err error, refusal *failure.Error) error {
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return refusal
	}
	return err
}

func checkLength(field, id string) *failure.Error {
	if len(id) > maxIDLength {
		return failure.Invalid(field, "an id of at most "+strconv.Itoa(maxIDLength)+" characters")
	}
	return nil
}

func (s *service) listDialogues(c *gin.Context) error {
	subject, err := s.enter(c, "dialogue.list")
	if err != nil {
		return err
	}
	cursor, limit, err := rest.Page(c)
	if err != nil {
		return err
	}
	q := document.Query{Index: byAge, Descending: true, Limit: limit, Cursor: cursor}
	if state := State(c.Query("state")); state != "" {
		if !slices.Contains([]State{Draft, Scheduled, Open, Paused, Concluding, MinutesReview, FollowUp, Closed, Cancelled}, state) {
			return failure.Invalid("state", "a state of a dialogue")
		}
		q.Index, q.Equal = byState, []any{string(state)}
	}
	if source := c.Query("source"); source != "" {
		if q, err = s.citing(c, subject, q, source); err != nil {
			return err
		}
	}
	ctx := c.Request.Context()
	page, err := s.meetings.Find(ctx, q)
	if err != nil {
		return err
	}
	return s.showList(c, subject, page)
}

// citing narrows a query to the dialogues that started from a source. Who told an experience, and that somebody did, is
// for its readers alone.
func (s *service) citing(c *gin.Context, subject access.Subject, q document.Query, source string) (document.Query, error) {
	kind, id, wrong := parseSource(source)
	switch {
	case wrong != nil:
		return q, wrong
	case len(q.Equal) > 0:
		return q, failure.Invalid("state", "nothing, with a source")
	case kind == technologyKind:
		q.Index, q.Equal = byTechnology, []any{id}
		return q, nil
	case kind == experienceKind:
		if err := s.decide(c.Request.Context(), subject, "dialogue.cite_experience", thing{"dialogue", ""}, nil); err != nil {
			return q, err
		}
	}
	q.Index, q.Equal = bySource, []any{source}
	return q, nil
}

func (s *service) getDialogue(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.read")
	if err != nil {
		return err
	}
	return s.answer(c, v.subject, v.meeting)
}

func (s *service) setPeople(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.seat")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Participants []string `json:"participant_ids"`
		Facilitators []string `json:"facilitator_ids"`
	}](c)
	if err != nil {
		return err
	}
	participants, facilitators, err := s.people(v.ctx, given.Participants, given.Facilitators)
	if err != nil {
		return err
	}
	if v.meeting.Body.PreMeeting {
		if err := s.allOfStaff(v.ctx, "participant_ids", participants); err != nil {
			return err
		}
		if err := s.allOfStaff(v.ctx, "facilitator_ids", facilitators); err != nil {
			return err
		}
	}
	return s.commandAs(c, v, func(m *Meeting, _ visit) ([]events.Event, error) {
		before := m.people()
		err := m.SetPeople(participants, facilitators)
		return m.reseated(v.meeting.ID, before), err
	})
}

func (s *service) scheduleDialogue(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		StartsAt time.Time `json:"starts_at"`
		Place    string    `json:"place"`
	}](c)
	if err != nil {
		return err
	}
	place, wrong := optionalText("place", given.Place, maxTitle)
	if wrong != nil {
		return wrong
	}
	return s.commandAs(c, v, func(m *Meeting, _ visit) ([]events.Event, error) {
		before, sequence := m.State, m.Sequence
		err := m.Schedule(given.StartsAt.UTC().Truncate(time.Millisecond), place, s.now(), s.zone)
		if before == Scheduled && m.Sequence == sequence { // as it was
			return nil, err
		}
		return m.invitations(v.meeting.ID, m.people(), nil), err
	})
}

func (s *service) openDialogue(c *gin.Context) error {
	return s.command(c, "dialogue.lead", func(m *Meeting, v visit) ([]events.Event, error) {
		opened, before := told(events.DialogueOpened{DialogueID: v.meeting.ID}), m.current()
		err := m.Open(s.now())
		if before != nil {
			opened = append(opened, before.locked(v.meeting.ID)...)
		}
		return opened, err
	})
}

func (s *service) pauseDialogue(c *gin.Context) error {
	return s.command(c, "dialogue.lead", func(m *Meeting, _ visit) ([]events.Event, error) { return nil, m.Pause(s.now()) })
}

func (s *service) resumeDialogue(c *gin.Context) error {
	return s.command(c, "dialogue.lead", func(m *Meeting, _ visit) ([]events.Event, error) { return nil, m.Resume() })
}

func (s *service) concludeDialogue(c *gin.Context) error {
	return s.command(c, "dialogue.lead", func(m *Meeting, _ visit) ([]events.Event, error) { return nil, m.Conclude() })
}

func (s *service) closeDialogue(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	given, err := host.Decode[givenReason](c)
	if err != nil {
		return err
	}
	reason, wrong := optionalText("reason", given.Reason, maxShortText)
	if wrong != nil {
		return wrong
	}
	open, err := s.openActions(v.ctx, v.meeting.ID)
	if err != nil {
		return err
	}
	return s.commandAs(c, v, func(m *Meeting, v visit) ([]events.Event, error) {
		return told(events.DialogueClosed{DialogueID: v.meeting.ID}), m.Close(reason, open, s.now())
	})
}

func (s *service) cancelDialogue(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	reason, err := decodeReason(c)
	if err != nil {
		return err
	}
	return s.commandAs(c, v, func(m *Meeting, _ visit) ([]events.Event, error) {
		scheduled := m.State == Scheduled
		if err := m.Cancel(reason, s.now()); err != nil || !scheduled {
			return nil, err
		}
		return m.invitations(v.meeting.ID, nil, m.people()), nil
	})
}

type givenReason struct {
	Reason string `json:"reason"`
}

// decodeReason reads a reason, which may not be empty.
func decodeReason(c *gin.Context) (string, error) {
	given, err := host.Decode[givenReason](c)
	if err != nil {
		return "", err
	}
	reason, wrong := cleanText("reason", given.Reason, maxShortText)
	if wrong != nil {
		return "", wrong
	}
	return reason, nil
}
