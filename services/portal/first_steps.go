package portal

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// firstStep is one of the five steps of a school that begins without measuring. How far it has come is read off what is
// there; nobody ticks it off.
type firstStep struct {
	Step   string // of the family first_step
	State  string // done, under_way, next or later
	Facts  []string
	Who    []string // roles
	Mine   bool     // the reader is one of them
	Button string
	Path   string // of the one next thing to do, "" when there is none for the reader
	First  bool   // the first of them that is not over
}

// Status is how the state is drawn.
func (s firstStep) Status() string {
	return map[string]string{"done": "done", "under_way": "open", "next": "scheduled", "later": "draft"}[s.State]
}

// firstSteps are the steps in order.
type firstSteps []firstStep

// firstStepNames are the five steps.
var firstStepNames = []string{"roster", "trio_talk", "staff_meeting", "commitments", "shown"}

// Done counts the steps that are over.
func (s firstSteps) Done() int {
	n := 0
	for _, step := range s {
		if step.State == "done" {
			n++
		}
	}
	return n
}

// Over tells whether there is nothing more to do.
func (s firstSteps) Over() bool { return len(s) > 0 && s.Done() == len(s) }

// Whole is how many steps there are.
func (s firstSteps) Whole() int { return len(s) }

// beginning is what the steps are read off.
type beginning struct {
	steps     dialogueapi.FirstSteps
	staff     []tenancyapi.StaffMember
	forums    []tenancyapi.Forum
	playbooks []dialogueapi.Playbook
}

// firstSteps reads what is there and says what comes next. It is for those who can do something about it.
func (v *visit) firstSteps() (firstSteps, error) {
	var b beginning
	var staff tenancyapi.StaffList
	var forums tenancyapi.ForumList
	var playbooks dialogueapi.PlaybookList
	if err := together(
		v.reads("dialogue", v.at("first-steps"), &b.steps),
		v.reads("tenancy", v.at("staff"), &staff),
		v.reads("tenancy", v.at("forums"), &forums),
		v.reads("dialogue", v.at("playbooks"), &playbooks),
	); err != nil {
		return nil, err
	}
	b.staff, b.forums, b.playbooks = staff.Items, standing(forums.Items), playbooks.Items
	steps := firstSteps{v.rosterStep(b), v.trioStep(b), v.staffStep(b), v.commitmentStep(b), v.shownStep(b)}
	next := true
	for i := range steps {
		s := &steps[i]
		s.Step, s.Mine = firstStepNames[i], v.has(s.Who...)
		switch {
		case s.State == "done":
			s.Button, s.Path = "", ""
		case next && s.State == "":
			s.State = "next"
		case s.State == "":
			s.State = "later"
		}
		if s.State != "done" {
			s.First, next = next, false
		}
		if !s.Mine {
			s.Button, s.Path = "", ""
		}
	}
	return steps, nil
}

// withRole counts the staff by a role.
func (b beginning) withRole(role string) int {
	n := 0
	for _, person := range b.staff {
		if slices.Contains(person.Roles, tenancyapi.Role(role)) {
			n++
		}
	}
	return n
}

// forum is the first forum of a kind, nil for none.
func (b beginning) forum(kind string) *tenancyapi.Forum {
	i := slices.IndexFunc(b.forums, func(f tenancyapi.Forum) bool { return string(f.Kind) == kind })
	if i < 0 {
		return nil
	}
	return &b.forums[i]
}

// seated tells whether those whom one of the two forums is for have a seat in it: at least two in the trio, and more than
// half of the staff in the staff's meeting, as the first steps count it.
func seated(f tenancyapi.Forum, employees int) bool {
	if f.Kind == "trio" {
		return len(f.Members) > 1
	}
	return 2*len(f.Members) > employees
}

// rosterStep is over when there is somebody to talk with and the two forums to talk in.
func (v *visit) rosterStep(b beginning) firstStep {
	s := firstStep{Who: []string{access.SchoolAdministrator, access.Leader}}
	employees, leaders := b.withRole(access.Employee), b.withRole(access.Leader)
	s.Facts = append(s.Facts, v.words.text("first.people", "employees", employees, "leaders", leaders))
	elected := 0
	for _, role := range []string{access.UnionRepresentative, access.SafetyRepresentative} {
		n := b.withRole(role)
		elected += n
		if n == 0 {
			s.Facts = append(s.Facts, v.words.text("first.role_missing", "role", v.words.of("role", role)))
		}
	}
	var missing, empty string // kinds of forums
	for _, kind := range []string{"trio", "staff_meeting"} {
		forum, name := b.forum(kind), v.words.of("forum_kind", kind)
		switch {
		case forum == nil:
			s.Facts = append(s.Facts, v.words.text("first.forum_missing", "forum", name))
			missing = cmp.Or(missing, kind)
		case !seated(*forum, employees):
			s.Facts = append(s.Facts, v.words.text("first.forum_empty", "forum", forum.Name))
			empty = cmp.Or(empty, kind)
		}
	}
	switch {
	case employees == 0 || leaders == 0 || elected == 0:
		if v.has(access.SchoolAdministrator) {
			s.Button, s.Path = v.words.text("hire.title"), v.school("administration", "hire")
		} else {
			s.Facts = append(s.Facts, v.words.text("first.administrator"))
		}
	case missing != "":
		s.Button = v.words.text("first.make_forum", "forum", v.words.of("forum_kind", missing))
		s.Path = v.school("administration", "forums") + "?" + url.Values{"kind": {missing}, "name": {v.words.of("forum_kind", missing)}}.Encode()
	case empty != "":
		forum := b.forum(empty)
		s.Button, s.Path = v.words.text("first.seat_forum", "forum", forum.Name), v.school("administration", "forums", forum.ForumID)
	default:
		s.State = "done"
		return s
	}
	if employees > 0 {
		s.State = "under_way"
	}
	return s
}

// talkPlan is how a first talk is proposed: the forum and the playbooks that fit it, the best one first.
type talkPlan struct {
	kind, title string
	minutes     int
	playbooks   []string
}

// smallestSealed is the number of people below which nothing is written under seal, so that a talk needs another playbook.
const smallestSealed = 5

func (v *visit) trioStep(b beginning) firstStep {
	return v.talkStep(b, b.steps.TrioTalk, talkPlan{
		"trio", v.words.text("first.trio_title"), 20, []string{"core-task-on-the-agenda", "small-school"},
	})
}

func (v *visit) staffStep(b beginning) firstStep {
	plan := talkPlan{"staff_meeting", v.words.text("first.staff_title"), 45, []string{"ground-rules", "core-task-on-the-agenda"}}
	if b.withRole(access.Employee) < smallestSealed {
		plan.playbooks = []string{"small-school"}
	}
	return v.talkStep(b, b.steps.StaffMeeting, plan)
}

func (v *visit) talkStep(b beginning, talk dialogueapi.FirstTalk, plan talkPlan) firstStep {
	s := firstStep{Who: []string{access.Leader, access.UnionRepresentative, access.SafetyRepresentative}}
	look := func() {
		if talk.DialogueID == nil {
			s.Facts = append(s.Facts, v.words.text("first.others_see"))
			return
		}
		s.Button, s.Path = v.words.text("home.dialogue.join"), v.school("dialogues", *talk.DialogueID)
	}
	switch talk.State {
	case "held":
		s.State = "done"
		if talk.OpenedAt != nil {
			s.Facts = append(s.Facts, v.words.text("first.held", "date", v.day(*talk.OpenedAt)))
		}
	case "under_way":
		s.State = "under_way"
		s.Facts = append(s.Facts, v.words.text("home.dialogue.open"))
		look()
	case "planned":
		s.State = "under_way"
		s.Facts = append(s.Facts, v.words.text("first.planned"))
		look()
	default:
		s.Button, s.Path = v.words.text("first.plan_talk"), v.newTalk(b, plan)
	}
	return s
}

// newTalk is the form of a new dialogue with everything filled in that is known already.
func (v *visit) newTalk(b beginning, plan talkPlan) string {
	known := url.Values{"title": {plan.title}, "variant_minutes": {strconv.Itoa(plan.minutes)}}
	if forum := b.forum(plan.kind); forum != nil {
		known.Set("forum_id", forum.ForumID)
	}
	for _, id := range plan.playbooks {
		i := slices.IndexFunc(b.playbooks, func(p dialogueapi.Playbook) bool { return p.Playbook == id })
		if i >= 0 {
			known.Set("playbook", playbookChoice{b.playbooks[i]}.Value())
			break
		}
	}
	return v.school("dialogues", "new") + "?" + known.Encode()
}

// commitmentStep is over when two have been taken on with working time.
func (v *visit) commitmentStep(b beginning) firstStep {
	c, meeting := b.steps.Commitments, b.steps.StaffMeeting
	s := firstStep{Who: []string{access.Leader, access.UnionRepresentative, access.SafetyRepresentative}}
	s.Facts = append(s.Facts, v.words.text("first.taken", "taken", min(c.Taken, c.Wanted), "wanted", c.Wanted))
	if c.Asked > 0 {
		s.Facts = append(s.Facts, v.words.text("first.asked", "count", c.Asked))
	}
	switch {
	case c.Taken >= c.Wanted:
		s.State = "done"
		return s
	case c.Taken+c.Asked >= c.Wanted:
		s.Button, s.Path = v.words.text("home.action.look"), v.school("actions")+"?status=proposed"
	case meeting.DialogueID != nil && value(meeting.MinutesState) != "approved":
		s.Button, s.Path = v.words.text("first.write_down"), v.school("dialogues", *meeting.DialogueID)
	default:
		s.Button, s.Path = v.words.text("actions.title"), v.school("actions")
	}
	if c.Taken+c.Asked > 0 {
		s.State = "under_way"
	}
	return s
}

// showWithin is how soon the staff are to see what was promised.
const showWithin = 7

// shownStep is over when the staff can read the two in minutes that stand.
func (v *visit) shownStep(b beginning) firstStep {
	c, meeting := b.steps.Commitments, b.steps.StaffMeeting
	s := firstStep{Who: []string{access.Leader, access.UnionRepresentative, access.SafetyRepresentative}}
	if c.Shown >= c.Wanted {
		s.State = "done"
		return s
	}
	if meeting.State != "held" {
		return s
	}
	if meeting.OpenedAt != nil {
		s.Facts = append(s.Facts, v.words.text("first.show_by", "date", v.day(meeting.OpenedAt.Add(showWithin*24*time.Hour))))
	}
	if meeting.DialogueID != nil {
		s.Button, s.Path = v.words.text("first.minutes"), v.school("dialogues", *meeting.DialogueID, "minutes")
	}
	return s
}
