package dialogue

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// A pre-meeting (formøde) is how the staff side of a forum prepares: called by its TR or AMR, with those of the staff
// whom they ask. It is run as a dialogue is, and it is kept apart from dialogues in three ways: it lies in a collection
// of its own (meetings.go), the policy knows it by actions of its own, which nobody of the other side has (policy.rego),
// and what happens in it is told to no other service. Whoever comes to lead is turned away from that moment on, as
// somebody to whom there is no such meeting.
//
// It makes no actions, agreements or questions to other forums: those bind the whole workplace, and belong where the
// whole forum sits. What it chooses goes there as a topic, in the words that TR or AMR write for it.

// closedActions are what the actions on a dialogue are called in the policy when they are about a pre-meeting. What is
// not named here cannot be done in one.
var closedActions = map[string]string{
	"dialogue.read": "pre_meeting.read", "dialogue.follow": "pre_meeting.read", "minutes.read": "pre_meeting.read", "contribution.read": "pre_meeting.read",
	"dialogue.lead": "pre_meeting.lead", "outcome.record": "pre_meeting.lead", "dialogue.seat": "pre_meeting.seat",
	"contribution.add": "pre_meeting.write", "ballot.cast": "pre_meeting.write", "board.change": "pre_meeting.write", "contribution.hold": "pre_meeting.hold",
	"contribution.transcribe": "pre_meeting.transcribe", "contribution.transcribe_sealed": "pre_meeting.transcribe",
	"disagreement.record": "pre_meeting.raise", "topic.record": "pre_meeting.raise",
	"dialogue.create": "pre_meeting.create", "pre_meeting.hand_over": "pre_meeting.hand_over",
}

// asked is what the policy is asked for when somebody wants to do this in the meeting.
func (m *Meeting) asked(action string) string {
	if !m.PreMeeting {
		return action
	}
	if closed, ok := closedActions[action]; ok {
		return closed
	}
	return "pre_meeting.none"
}

// decideIn asks the policy about an action in a dialogue or a pre-meeting.
func (s *service) decideIn(ctx context.Context, subject access.Subject, action string, meeting document.Document[Meeting]) error {
	m := &meeting.Body
	return s.decide(ctx, subject, m.asked(action), thing{"dialogue", meeting.ID}, parts(m, subject.ID))
}

// hidden turns the refusal of somebody who has no part in a pre-meeting into what they hear of one that there is not.
func (m *Meeting) hidden(err error) error {
	if m.PreMeeting && failure.CodeOf(err) == failure.AccessDenied {
		return failure.NotFound(dialogues)
	}
	return err
}

// TakesCommitments says whether something can be agreed on here that binds others than those at the table.
func (m *Meeting) TakesCommitments() error {
	if m.PreMeeting {
		return failure.New(failure.PreMeetingCommits)
	}
	return nil
}

// TakesHandedOver says whether a topic from a pre-meeting can be put on the table: from the first preparation until
// the steps are over and the minutes are written.
func (m *Meeting) TakesHandedOver() error {
	return m.in(Draft, Scheduled, Open, Paused, Concluding)
}

var (
	staffSide = []string{access.Employee, access.UnionRepresentative, access.SafetyRepresentative}
	otherSide = []string{
		access.Leader, access.SchoolAdministrator, access.MunicipalAdministrator, access.MunicipalAnalyst, access.Auditor, access.PlatformOperator,
	}
)

// ofStaff tells whether somebody with these roles is of the school's staff side: the rule of policy.rego, asked when
// people are invited, so that nobody is who would then be turned away.
func ofStaff(school tenant.ID, roles []access.Assignment) bool {
	return !slices.ContainsFunc(roles, func(a access.Assignment) bool { return slices.Contains(otherSide, a.Role) }) &&
		slices.ContainsFunc(roles, func(a access.Assignment) bool {
			return a.Scope == school && slices.Contains(staffSide, a.Role)
		})
}

// onStaffSide returns those of some people who are of the school's staff side.
func (s *service) onStaffSide(ctx context.Context, people []string) ([]string, error) {
	school, err := tenant.From(ctx)
	if err != nil {
		return nil, err
	}
	var staff []string
	for _, person := range people {
		roles, err := s.directory.Assignments(ctx, person)
		if err != nil {
			return nil, err
		}
		if ofStaff(school, roles) {
			staff = append(staff, person)
		}
	}
	return staff, nil
}

// allOfStaff refuses people who are named for a pre-meeting and not of the staff side.
func (s *service) allOfStaff(ctx context.Context, field string, people []string) error {
	staff, err := s.onStaffSide(ctx, people)
	if err != nil {
		return err
	}
	for i, person := range people {
		if !slices.Contains(staff, person) {
			return failure.Invalid(field+"."+strconv.Itoa(i), "somebody of the staff side")
		}
	}
	return nil
}

// seatStaff says who takes part in a new pre-meeting: those of the forum who are of the staff side, whoever calls it, and
// whom they ask besides.
func (s *service) seatStaff(ctx context.Context, m *Meeting, person string, given newDialogue) error {
	if given.ForumID == "" {
		return failure.Invalid("forum_id", "the forum whose staff side meets")
	}
	forum, err := s.standing(ctx, given.ForumID)
	if err != nil {
		return err
	}
	m.ForumID, m.Mandate = forum.ID, forum.Mandate
	if err := s.allOfStaff(ctx, "participant_ids", given.Participants); err != nil {
		return err
	}
	if err := s.allOfStaff(ctx, "facilitator_ids", given.Facilitators); err != nil {
		return err
	}
	seated, err := s.onStaffSide(ctx, seats(forum))
	if err != nil {
		return err
	}
	m.Participants, m.Facilitators, err = s.people(ctx, slices.Concat(seated, []string{person}, given.Participants), append([]string{person}, given.Facilitators...))
	return err
}

// HandOver says that a topic of a pre-meeting was put on the table of a dialogue, once.
func (t *Topic) HandOver(to string, now time.Time) error {
	if t.Status == TopicHandedOver && t.HandedTo == to {
		return nil
	}
	if t.Status != TopicOpen {
		return failure.New(failure.TopicIsSettled).At("status")
	}
	t.Status, t.HandedTo, t.HandedAt = TopicHandedOver, to, &now
	return nil
}
