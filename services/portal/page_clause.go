package portal

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// What a clause of a local agreement can say.
var (
	clauseTriggers = []string{"idea", "procurement", "pilot", "rollout", "major_change", "replacement", "regular_review"}
	clauseDuties   = []string{"information", "consultation", "guideline"}
	clauseTopics   = []string{"workflows", "work_environment", "distribution_of_tasks", "competence_development"}
)

// clausePage is one clause of a local agreement: when and how a forum is informed or asked.
type clausePage struct {
	Path                     string // of the clause, or of all of them for a new one
	Forum                    tenancyapi.Forum
	ForumPath                string
	Tag                      string
	Known                    bool // not a new one
	Form                     form
	Triggers, Duties, Topics []string
}

func (v *visit) clause() error { return v.clauseWith(http.StatusOK, nil) }

func (v *visit) clauseWith(status int, refused *form) error {
	if err := v.setsUpForums(); err != nil {
		return err
	}
	page := clausePage{ForumPath: v.forumPath(), Path: v.forumPath("clauses"), Triggers: clauseTriggers, Duties: clauseDuties, Topics: clauseTopics}
	var err error
	if page.Forum, page.Tag, err = v.readForum(); err != nil {
		return err
	}
	if id := v.param("clause_id"); id != "" {
		i := v.clauseIn(page.Forum)
		if i < 0 {
			return failure.NotFound("clause")
		}
		page.Known, page.Path, page.Form = true, v.forumPath("clauses", id), clauseForm(page.Forum.Clauses[i])
	}
	if refused != nil {
		page.Form = *refused
	}
	return v.show(status, "clause", page)
}

// clauseIn is where this request's clause stands among those of the forum; negative if it does not.
func (v *visit) clauseIn(forum tenancyapi.Forum) int {
	return slices.IndexFunc(forum.Clauses, func(c tenancyapi.ForumClause) bool { return value(c.ClauseID) == v.param("clause_id") })
}

// clauseForm writes a clause as its form would send it.
func clauseForm(c tenancyapi.ForumClause) form {
	values := url.Values{"trigger": {string(c.Trigger)}, "duty": {string(c.Duty)}, "text": {c.Text}, "agreement": {c.Agreement}}
	for _, topic := range value(c.Topics) {
		values.Add("topics", string(topic))
	}
	return form{Values: values}
}

// saveClause puts the form's clause in the place of the one that it was, or last for a new one.
func (v *visit) saveClause() error {
	in := tenancyapi.ForumClause{
		Trigger: tenancyapi.ForumTrigger(v.input("trigger")), Duty: tenancyapi.ForumClauseDuty(v.input("duty")),
		Text: v.input("text"), Agreement: v.input("agreement"), ClauseID: chosen(v.param("clause_id")),
	}
	var topics []tenancyapi.ForumClauseTopic
	for _, topic := range v.gin.PostFormArray("topics") {
		topics = append(topics, tenancyapi.ForumClauseTopic(topic))
	}
	if topics != nil {
		in.Topics = &topics
	}
	return v.changeClauses(func(clauses tenancyapi.ForumClauses, at int) (tenancyapi.ForumClauses, int) {
		if at < 0 {
			return append(clauses, in), len(clauses)
		}
		clauses[at] = in
		return clauses, at
	})
}

func (v *visit) removeClause() error {
	return v.changeClauses(func(clauses tenancyapi.ForumClauses, at int) (tenancyapi.ForumClauses, int) {
		return slices.Delete(clauses, at, at+1), at
	})
}

// changeClauses saves all clauses with one of them changed. change is told where that one is, negative for a new one, and
// says where it is now, so that what is refused of it finds its input.
func (v *visit) changeClauses(change func(clauses tenancyapi.ForumClauses, at int) (tenancyapi.ForumClauses, int)) error {
	forum, _, err := v.readForum()
	if err != nil {
		return err
	}
	at := -1
	if v.param("clause_id") != "" {
		if at = v.clauseIn(forum); at < 0 {
			return failure.NotFound("clause")
		}
	}
	clauses, at := change(forum.Clauses, at)
	err = v.call("tenancy", http.MethodPatch, v.at("forums", forum.ForumID), tenancyapi.ForumChange{Clauses: &clauses}, nil, v.seen())
	if err == nil {
		return v.redirect(v.forumPath() + "?saved=yes#clauses")
	}
	f, other := v.refused(within(failure.From(err), fmt.Sprintf("clauses.%d.", at)))
	if other != nil {
		return other
	}
	return v.clauseWith(failure.From(err).Status(), &f)
}

// within names the refused fields of one part of a request as the form of that part does.
func within(err *failure.Error, part string) error {
	own := *err
	own.Field = strings.TrimPrefix(err.Field, part)
	own.All = nil
	for _, one := range err.All {
		own.All = append(own.All, one.At(strings.TrimPrefix(one.Field, part)))
	}
	return &own
}
