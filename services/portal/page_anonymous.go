package portal

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// Here people go to the ballot box to tell anonymously, and come by its link to read an answer there; and here their
// representatives begin and end it, read what was told and answer. Nothing that anybody tells passes through the portal.

const (
	anonymousRoute = "/schools/:tenant_id/anonymous"
	slipsRoute     = anonymousRoute + "/months/:month_id/slips"
)

// anonymousRoutes are where it could be seen who thinks of telling something.
var anonymousRoutes = []string{anonymousRoute, slipsRoute}

func (p *Portal) routeAnonymous(e *gin.Engine) {
	group := e.Group(anonymousRoute, host.Tenant())
	group.GET("", p.person((*visit).anonymous))
	group.POST("/setting", p.person((*visit).setVoice))
	group.GET("/months/:month_id", p.person((*visit).experiences))
	group.GET("/months/:month_id/roster", p.person((*visit).monthRoster))
	group.POST("/months/:month_id/countersign", p.person((*visit).countersignMonth))
	group.POST("/months/:month_id/refuse", p.person((*visit).refuseMonth))
	group.POST("/months/:month_id/told/:experience_id", p.person((*visit).answerExperience))
	e.POST(slipsRoute, host.Tenant(), p.person((*visit).fetchSlips))
}

// anonymousPage says what there is to do, by who looks.
type anonymousPage struct {
	On       bool
	Readers  []intakeapi.ReaderRole
	Without  string           // why this month has no telling
	Open     *intakeapi.Month // the month under way
	Waits    *intakeapi.Month // the month whose list waits to be countersigned
	Signs    bool             // the person may countersign it
	Keeps    bool             // the person would, and keeps the list of people or leads them
	Refused  *intakeapi.Month // the month whose list was refused, and no other made
	Soon     bool             // the ballot box makes it ready
	Over     []closedMonth
	Tells    bool // the person is an employee
	Confides bool // and may write confidentially
	Reads    bool // the person is a representative
	Alert    string
}

// closedMonth is a month that is over, with the page at the ballot box where an answer is fetched.
type closedMonth struct {
	intakeapi.Month
	Answers string
}

func (v *visit) anonymous() error { return v.anonymousWith(http.StatusOK, "") }

func (v *visit) anonymousWith(status int, alert string) error {
	var voice intakeapi.Voice
	if err := v.get("intake", v.at("experiences"), &voice); err != nil {
		return err
	}
	page := anonymousPage{
		On: voice.On, Readers: voice.Readers, Alert: alert, Tells: v.has(access.Employee), Reads: v.has(representativeRoles...),
		Confides: v.has(access.Employee, access.UnionRepresentative, access.SafetyRepresentative),
	}
	if voice.Without != nil {
		page.Without = string(*voice.Without)
	}
	for _, m := range voice.Months {
		switch m.Status {
		case "open":
			page.Open = &m
		case "countersigning":
			if voice.On {
				page.Waits, page.Signs = &m, v.signsMonth(m)
				page.Keeps = v.readsMonth(m) && !page.Signs
			}
		case "refused":
			if voice.On && value(m.RefusedFor) != "expired" { // that month is over
				page.Refused = &m
			}
		case "preparing", "opening":
			page.Soon = true
		case "closed":
			target, err := v.atBallotBox(m.URL)
			if err != nil {
				return err
			}
			page.Over = append(page.Over, closedMonth{m, target})
		}
	}
	return v.show(status, "anonymous", page)
}

// fetchSlips sends the browser, top level, to the ballot box.
func (v *visit) fetchSlips() error {
	return v.fetchBallot(v.at("experiences", "months", v.param("month_id"), "tickets"), v.anonymousAlert)
}

// setVoice begins or ends telling at the school.
func (v *visit) setVoice() error {
	in := intakeapi.VoiceSetting{On: v.input("on") == "yes"}
	if roles := v.gin.PostFormArray("readers"); len(roles) > 0 {
		in.Readers = &[]intakeapi.ReaderRole{}
		for _, role := range roles {
			*in.Readers = append(*in.Readers, intakeapi.ReaderRole(role))
		}
	}
	if err := v.call("intake", http.MethodPut, v.at("experiences"), in, nil); err != nil {
		return v.anonymousAlert(err)
	}
	return v.redirect(v.school("anonymous"))
}

// anonymousAlert shows a refusal on the page.
func (v *visit) anonymousAlert(err error) error {
	f := failure.From(err)
	if s := f.Status(); s != http.StatusConflict && s != http.StatusUnprocessableEntity && f.Code != failure.MonthNotOnRoster {
		return err
	}
	return v.anonymousWith(f.Status(), f.Code.Text(v.words.language))
}

// fewExperiences is how many let a reader guess who they are from sooner than more do. The page says so then.
const fewExperiences = 3

// experiencesPage is what was told in a month, for its readers.
type experiencesPage struct {
	Month intakeapi.Month
	Items []intakeapi.Experience
	Names map[string]string // of who answered
	Next  string
	Few   bool
	Form  form
	At    string // the experience that the form is about
}

func (v *visit) experiences() error { return v.experiencesWith(http.StatusOK, form{}, "") }

func (v *visit) experiencesWith(status int, f form, at string) error {
	page := experiencesPage{Form: f, At: at}
	var voice intakeapi.Voice
	var list intakeapi.ExperienceList
	id := v.param("month_id")
	err := together(v.reads("intake", v.at("experiences"), &voice), v.reads("intake", v.paged(v.at("experiences", "months", id, "told")), &list))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(voice.Months, func(m intakeapi.Month) bool { return m.MonthID == id })
	if i < 0 {
		return failure.NotFound("months")
	}
	page.Month, page.Items, page.Next = voice.Months[i], list.Items, value(list.NextCursor)
	page.Few = len(page.Items) > 0 && len(page.Items) < fewExperiences && page.Next == "" && v.query("cursor") == ""
	var answerers []string
	for _, one := range page.Items {
		if one.Answer != nil {
			answerers = append(answerers, one.Answer.PersonID)
		}
	}
	if page.Names, err = v.names(answerers...); err != nil {
		return err
	}
	return v.show(status, "experiences", page)
}

func (v *visit) answerExperience() error {
	month, id := v.param("month_id"), v.param("experience_id")
	err := v.call("intake", http.MethodPost, v.at("experiences", "told", id, "answer"), intakeapi.ExperienceAnswering{Text: v.input("text")}, nil)
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.experiencesWith(http.StatusUnprocessableEntity, f, id)
	}
	return v.redirect(v.school("anonymous", "months", month) + "#" + url.PathEscape(id))
}

// voiceNews is what the home page says of anonymous telling.
type voiceNews struct {
	Open     bool   // something can be told now
	Unsigned string // the id of the month whose list waits for the person's countersignature
	Month    string // the id of the latest month that is over
	Waiting  int    // experiences in it that nobody has answered
}

// voiceNews is nil for whoever neither tells nor reads.
func (v *visit) voiceNews() (*voiceNews, error) {
	reads := v.has(representativeRoles...)
	if !reads && !v.has(access.Employee) {
		return nil, nil
	}
	var voice intakeapi.Voice
	if err := v.get("intake", v.at("experiences"), &voice); err != nil {
		return nil, err
	}
	news := voiceNews{Open: slices.ContainsFunc(voice.Months, func(m intakeapi.Month) bool { return m.Status == "open" })}
	if i := slices.IndexFunc(voice.Months, func(m intakeapi.Month) bool { return m.Status == "countersigning" && v.signsMonth(m) }); i >= 0 && voice.On {
		news.Unsigned = voice.Months[i].MonthID
	}
	i := slices.IndexFunc(voice.Months, func(m intakeapi.Month) bool { return m.Status == "closed" })
	if !reads || i < 0 {
		return &news, nil
	}
	news.Month = voice.Months[i].MonthID
	var list intakeapi.ExperienceList
	err := v.get("intake", v.at("experiences", "months", news.Month, "told"), &list)
	if failure.CodeOf(err) == failure.AccessDenied { // the month names other readers
		return &news, nil
	}
	for _, one := range list.Items {
		if one.Answer == nil {
			news.Waiting++
		}
	}
	return &news, err
}

// waitingExperiences tells a representative what waits for an answer, and that a list waits for their word.
func (v *visit) waitingExperiences(news *voiceNews) (all []waiting) {
	if news == nil {
		return nil
	}
	if news.Unsigned != "" {
		all = append(all, waiting{
			Icon: "lock", Title: v.words.text("anonymous.title"), Text: v.words.text("home.anonymous.unsigned"),
			Button: v.words.text("round.countersign_go"), Path: v.school("anonymous", "months", news.Unsigned, "roster"), Rank: rankAsked,
		})
	}
	if news.Waiting > 0 {
		all = append(all, waiting{
			Icon: "lock", Title: v.words.text("anonymous.title"), Text: v.words.text("home.anonymous.waiting", "count", news.Waiting),
			Button: v.words.text("home.confidential.read"), Path: v.school("anonymous", "months", news.Month), Rank: rankAsked,
		})
	}
	return all
}
