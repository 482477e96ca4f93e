package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// spareHolidays are the empty lines beneath a school's holidays.
const spareHolidays = 3

// apiWeekdays are the days as tenancy names them, Monday first.
var apiWeekdays = []tenancyapi.Weekday{
	tenancyapi.Monday, tenancyapi.Tuesday, tenancyapi.Wednesday, tenancyapi.Thursday, tenancyapi.Friday, tenancyapi.Saturday, tenancyapi.Sunday,
}

// detailsPage is what a school or an operator says of itself. Kind and place are fixed when it is created.
type detailsPage struct {
	Path         string
	Organisation tenancyapi.Organisation
	School       bool
	Tag          string // of what was read
	Form         form
	Languages    []string
	Holidays     []tenancyapi.Holiday // the spare ones are empty
	Hours        []workingHour
	Saved        bool
	Branding     string            // where an operator says what it shows
	Now          map[string]string // by input, what others have written meanwhile
}

// workingHour is one weekday; both times are empty when nobody is at work.
type workingHour struct {
	Weekday  int // 1 is Monday
	From, To string
}

func (v *visit) details() error {
	return v.detailsWith(http.StatusOK, nil)
}

// detailsWith shows the form with what there is, or with what was refused.
func (v *visit) detailsWith(status int, refused *form) error {
	if !v.has(access.SchoolAdministrator, access.MunicipalAdministrator) {
		return failure.New(failure.AccessDenied)
	}
	page := detailsPage{Path: v.detailsPath(), School: !v.ofOperator(), Languages: languages, Saved: v.query("saved") != "", Branding: v.brandingPath()}
	err := v.call("tenancy", http.MethodGet, v.at("organisation"), nil, &page.Organisation,
		host.WithAnswer(func(r *http.Response) { page.Tag = r.Header.Get("ETag") }))
	if err != nil {
		return err
	}
	page.Form = detailsOf(page.Organisation)
	there := page.Form
	if refused != nil {
		page.Form = *refused
	}
	if status == http.StatusPreconditionFailed {
		page.Now = v.changedMeanwhile(page.Form, there)
	}
	page.Holidays = append(holidaysIn(page.Form.Values), make([]tenancyapi.Holiday, spareHolidays)...)
	page.Hours = hoursIn(page.Form.Values)
	return v.show(status, "details", page)
}

func (v *visit) detailsPath() string {
	if v.ofOperator() {
		return "/operators/" + url.PathEscape(v.param("tenant_id")) + "/details"
	}
	return v.school("administration", "details")
}

// detailsOf writes an organisation as its form would send it.
func detailsOf(o tenancyapi.Organisation) form {
	values := url.Values{
		"name": {o.Name}, "code": {value(o.Code)}, "language": {string(o.Language)},
		"learner_word": {value(o.LearnerWord)}, "core_task_text": {value(o.CoreTaskText)},
	}
	for _, h := range value(o.Holidays) {
		values.Add("holiday_name", h.Name)
		values.Add("holiday_from", h.FromOn)
		values.Add("holiday_to", h.ToOn)
	}
	for _, day := range apiWeekdays {
		hours := value(o.WorkingHours)
		i := slices.IndexFunc(hours, func(one tenancyapi.WorkingDay) bool { return one.Weekday == day })
		if i < 0 {
			hours, i = []tenancyapi.WorkingDay{{}}, 0
		}
		values.Add("hours_from", hours[i].From)
		values.Add("hours_to", hours[i].To)
	}
	return form{Values: values}
}

// holidaysIn reads the lines of the form on which something is written.
func holidaysIn(values url.Values) []tenancyapi.Holiday {
	holidays := []tenancyapi.Holiday{}
	for i := range values["holiday_name"] {
		one := tenancyapi.Holiday{
			Name: nth(values["holiday_name"], i), FromOn: nth(values["holiday_from"], i), ToOn: nth(values["holiday_to"], i),
		}
		if one != (tenancyapi.Holiday{}) {
			holidays = append(holidays, one)
		}
	}
	return holidays
}

func hoursIn(values url.Values) []workingHour {
	hours := make([]workingHour, len(apiWeekdays))
	for i := range hours {
		hours[i] = workingHour{i + 1, nth(values["hours_from"], i), nth(values["hours_to"], i)}
	}
	return hours
}

// nth is one of several inputs of a name without space around it; "" where a form that was made up has fewer.
func nth(list []string, i int) string {
	if i < len(list) {
		return strings.TrimSpace(list[i])
	}
	return ""
}

// changedMeanwhile tells what others have written into the inputs of which somebody else's form says something else.
func (v *visit) changedMeanwhile(mine, there form) map[string]string {
	now := map[string]string{}
	for _, name := range []string{"name", "code", "language", "learner_word", "core_task_text"} {
		if text := there.Value(name); text != mine.Value(name) {
			now[name] = text
			if name == "language" {
				now[name] = v.words.of("language", text)
			}
		}
	}
	return now
}

// changeDetails saves the form whole. On what others have changed meanwhile the form comes back with what they wrote
// beside it, and saves over that only when it is sent once more.
func (v *visit) changeDetails() error {
	in := tenancyapi.OrganisationChange{Code: chosen(v.input("code")), LearnerWord: chosen(v.input("learner_word"))}
	name, language := v.input("name"), tenancyapi.Language(v.input("language"))
	in.Name, in.Language = &name, &language
	if !v.ofOperator() {
		task, holidays, hours := v.input("core_task_text"), holidaysIn(v.gin.Request.PostForm), tenancyapi.WorkingHours{}
		for i, one := range hoursIn(v.gin.Request.PostForm) {
			if one.From != "" || one.To != "" {
				hours = append(hours, tenancyapi.WorkingDay{Weekday: apiWeekdays[i], From: one.From, To: one.To})
			}
		}
		in.CoreTaskText, in.Holidays, in.WorkingHours = &task, &holidays, &hours
	}
	err := v.call("tenancy", http.MethodPatch, v.at("organisation"), in, nil, v.seen())
	if err == nil {
		return v.redirect(v.detailsPath() + "?saved=yes")
	}
	f, refusal := v.refused(err)
	if refusal != nil {
		return refusal
	}
	status := http.StatusUnprocessableEntity
	if failure.CodeOf(err) == failure.PreconditionFailed {
		status, f.Alert = http.StatusPreconditionFailed, v.words.text("details.meanwhile")
	}
	return v.detailsWith(status, &f)
}
