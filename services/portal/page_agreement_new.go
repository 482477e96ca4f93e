package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	openapitypes "github.com/oapi-codegen/runtime/types"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// channelRows is how many rows the table of channels has room for on the form.
const channelRows = 4

// reviewDays is when an agreement is proposed to be looked at again.
const reviewDays = 90

// newAgreementPage is the form of ground rules, principles or a guideline.
type newAgreementPage struct {
	Form     form
	Dialogue dialogueapi.Dialogue
	Meeting  meeting
	Units    []tenancyapi.Unit
	Earlier  []dialogueapi.Agreement // what the new one can take the place of
	Rows     []int
	Channels []string
	Kinds    []string
	Scopes   []string
}

var (
	agreementKinds  = []string{"ground_rules", "principles", "guideline"}
	agreementScopes = []string{"forum", "unit", "school"}
)

var channelFields = []string{"channel_name", "channel_used_for", "channel_answer_time", "channel_quiet_hours"}

func (v *visit) newAgreement() error {
	f := form{Values: url.Values{"kind": {"ground_rules"}, "scope": {"school"}, "from_on": {v.daysFrom(0)}, "review_on": {v.daysFrom(reviewDays)}}}
	if id := v.query("replaces"); id != "" {
		var before dialogueapi.Agreement
		if err := v.get("dialogue", v.at("agreements", id), &before); err != nil {
			return err
		}
		fillAgreement(f.Values, before)
	}
	return v.agreementForm(http.StatusOK, f)
}

// fillAgreement writes what an earlier version says into the form of the next one.
func fillAgreement(values url.Values, a dialogueapi.Agreement) {
	for name, text := range map[string]string{
		"kind": string(a.Kind), "title": a.Title, "text": a.Text, "scope": string(a.Scope), "unit_id": value(a.UnitID), "replaces_id": a.AgreementID,
	} {
		values.Set(name, text)
	}
	for _, c := range a.Channels {
		for i, text := range []string{c.Name, c.UsedFor, value(c.AnswerTime), value(c.QuietHours)} {
			values.Add(channelFields[i], text)
		}
	}
}

func (v *visit) agreementForm(status int, f form) error {
	m, err := v.meeting()
	if err != nil {
		return err
	}
	page := newAgreementPage{Form: f, Dialogue: m.Dialogue, Meeting: m, Channels: channelFields, Kinds: agreementKinds, Scopes: agreementScopes}
	for n := range max(channelRows, len(f.Values[channelFields[0]])) {
		page.Rows = append(page.Rows, n+1)
	}
	var units tenancyapi.UnitList
	var earlier dialogueapi.AgreementList
	reads := []func() error{v.reads("tenancy", v.at("units"), &units)}
	if id := value(m.ForumID); id != "" {
		reads = append(reads, v.reads("dialogue", v.at("agreements")+"?"+url.Values{"forum_id": {id}}.Encode(), &earlier))
	}
	if err := together(reads...); err != nil {
		return err
	}
	page.Units = units.Items
	for _, a := range earlier.Items {
		if a.Status == "in_force" || a.Status == "under_review" {
			page.Earlier = append(page.Earlier, a)
		}
	}
	chosen := f.Value("replaces_id")
	if chosen != "" && !slices.ContainsFunc(page.Earlier, func(a dialogueapi.Agreement) bool { return a.AgreementID == chosen }) {
		var one dialogueapi.Agreement // of no forum, or further back in a long list
		if err := v.get("dialogue", v.at("agreements", chosen), &one); err != nil {
			return err
		}
		page.Earlier = append(page.Earlier, one)
	}
	return v.show(status, "agreement_new", page)
}

func (v *visit) proposeAgreement() error {
	in, err := v.agreementInput()
	var made dialogueapi.Agreement
	if err == nil {
		err = v.call("dialogue", http.MethodPost, v.one("agreements"), in, &made, v.key())
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.agreementForm(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("agreements", made.AgreementID))
}

func (v *visit) agreementInput() (dialogueapi.NewAgreement, error) {
	in := dialogueapi.NewAgreement{
		Kind: dialogueapi.AgreementKind(v.input("kind")), Title: v.input("title"), Text: v.input("text"), Scope: dialogueapi.AgreementScope(v.input("scope")),
		ReplacesID: optional(v.input("replaces_id")), SourceIds: v.sources(),
	}
	if in.Scope == "unit" {
		in.UnitID = optional(v.input("unit_id"))
	}
	var wrong []*failure.Error
	for name, into := range map[string]*openapitypes.Date{"from_on": &in.FromOn, "review_on": &in.ReviewOn} {
		day, err := time.Parse(time.DateOnly, v.input(name))
		if err != nil {
			wrong = append(wrong, failure.Invalid(name, "a date"))
		}
		into.Time = day
	}
	if text := v.input("to_on"); text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			wrong = append(wrong, failure.Invalid("to_on", "a date"))
		}
		in.ToOn = &openapitypes.Date{Time: day}
	}
	if channels := v.channels(); len(channels) > 0 && in.Kind == "ground_rules" {
		in.Channels = &channels
	}
	return in, failure.Together(wrong...)
}

// channels reads the rows of the table that say something.
func (v *visit) channels() []dialogueapi.Channel {
	columns := make([][]string, len(channelFields))
	for i, name := range channelFields {
		columns[i] = v.gin.PostFormArray(name)
	}
	var channels []dialogueapi.Channel
	for n := range columns[0] {
		var cells [4]string
		for i := range cells {
			if n < len(columns[i]) {
				cells[i] = strings.TrimSpace(columns[i][n])
			}
		}
		if cells != [4]string{} {
			channels = append(channels, dialogueapi.Channel{Name: cells[0], UsedFor: cells[1], AnswerTime: optional(cells[2]), QuietHours: optional(cells[3])})
		}
	}
	return channels
}
