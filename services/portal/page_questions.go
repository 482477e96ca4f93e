package portal

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// owedQuestion is a question of another forum that the reader's own owes an answer.
type owedQuestion struct {
	dialogueapi.Escalation
	Left int // days; below zero when it is late
}

// Late is how many days too late it is.
func (q owedQuestion) Late() int { return -q.Left }

// questionsPage is what forums of the reader were asked: first what is owed, the soonest first, then what was answered.
type questionsPage struct {
	Owed     []owedQuestion
	Answered []dialogueapi.Escalation
	Next     string
}

// questions are those to forums of this request's place, and at a school those to forums of its municipality in which the
// reader sits, too: nobody has two places to look.
func (v *visit) questions() error {
	var page questionsPage
	var answered dialogueapi.EscalationList
	path := v.at("escalations") + "?" + url.Values{"status": {"answered"}, "cursor": {v.query("cursor")}}.Encode()
	if err := together(
		func() (err error) { page.Owed, err = v.owedQuestions(); return err },
		v.reads("dialogue", path, &answered),
	); err != nil {
		return err
	}
	page.Answered, page.Next = answered.Items, value(answered.NextCursor)
	return v.show(http.StatusOK, "questions", page)
}

// owedQuestions are all whose answer is still to come, the soonest first.
func (v *visit) owedQuestions() ([]owedQuestion, error) {
	places := []string{v.param("tenant_id")}
	if home := string(v.session.tenant); home != places[0] {
		places = append(places, home)
	}
	var reads []func() error
	lists := make([][]dialogueapi.Escalation, 2*len(places))
	for i, place := range places {
		for j, status := range []string{"raised", "received"} {
			reads = append(reads, func() (err error) {
				lists[2*i+j], err = whole[dialogueapi.Escalation](v, "dialogue", under(place, "escalations"), url.Values{"status": {status}})
				if failure.CodeOf(err) == failure.AccessDenied && place != places[0] {
					return nil // who lives with another operator sits in no forum of this one
				}
				return err
			})
		}
	}
	if err := together(reads...); err != nil {
		return nil, err
	}
	var owed []owedQuestion
	for _, one := range slices.Concat(lists...) {
		owed = append(owed, owedQuestion{one, v.daysTo(one.AnswerByOn.Time)})
	}
	slices.SortStableFunc(owed, func(a, b owedQuestion) int { return cmp.Compare(a.Left, b.Left) })
	return owed, nil
}

// daysTo counts from today to a local date.
func (v *visit) daysTo(date time.Time) int {
	today, err := time.Parse(time.DateOnly, v.daysFrom(0))
	if err != nil {
		return 0
	}
	return int(date.Sub(today).Hours() / 24)
}

// waitingQuestions are the ones that wait for the reader's forum, each with how long there is.
func (v *visit) waitingQuestions(owed []owedQuestion) []waiting {
	var all []waiting
	for _, q := range firstOf(owed, 3) {
		all = append(all, waiting{
			Icon: "dialogue", Title: q.Question, Text: v.words.text("questions.owed_by", "forum", q.ToForumName) + " " + v.left(q.Left),
			Button: v.words.text("home.action.answer"), Path: schoolPath(q.TenantID, "escalations", q.EscalationID), Rank: rankSoon,
		})
	}
	return all
}

// left says how long there is to answer.
func (v *visit) left(days int) string {
	switch {
	case days < 0:
		return v.words.text("questions.late", "count", -days)
	case days == 0:
		return v.words.text("questions.today")
	default:
		return v.words.text("questions.left", "count", days)
	}
}
