package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

func (v *visit) dialogues() error {
	var list dialogueapi.DialogueList
	if err := v.get("dialogue", v.paged(v.at("dialogues")), &list); err != nil {
		return err
	}
	closed, err := v.preMeetings()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "dialogues", map[string]any{
		"Dialogues": list.Items, "Next": value(list.NextCursor), "Start": v.has(dialogueStarters...), "PreMeetings": closed, "Call": v.callsPreMeetings(),
	})
}

// newDialoguePage is the form of a dialogue, begun from a cell or from nothing.
type newDialoguePage struct {
	Form    form
	First   []playbookChoice // shown at once
	Rest    []playbookGroup  // behind "see all"
	All     int
	OpenAll bool // because one of the rest is chosen
	Forums  []tenancyapi.Forum
	Staff   []tenancyapi.StaffMember
	Source  *dialogueapi.CellSource
	Told    *dialogueapi.ExperienceSource
	Minutes []string

	PreMeeting bool // of the staff side alone

	Suited int       // how many of the forums, the first ones, suit the playbook that is proposed
	Open   openAbout // what is undone about the cell
}

// variants are the lengths, in minutes, that every playbook has.
var variants = []string{"20", "45", "90"}

func (v *visit) newDialogue() error {
	f := form{Values: url.Values{"variant_minutes": {"45"}}}
	for _, name := range []string{"release", "theme", "quality", "playbook", "forum_id", "title", "month_id", "experience_id", "pre_meeting"} {
		f.Values.Set(name, v.query(name))
	}
	if minutes := v.query("variant_minutes"); slices.Contains(variants, minutes) {
		f.Values.Set("variant_minutes", minutes)
	}
	if source := sourceOf(f.Values); source != nil {
		f.Values.Set("title", v.words.text("dialogue.title_from_cell",
			"quality", v.words.of("quality", source.Quality), "theme", v.words.of("theme", source.Theme)))
	}
	return v.dialogueForm(http.StatusOK, f)
}

// sourceOf is the cell that a dialogue starts from, nil for none.
func sourceOf(values url.Values) *dialogueapi.CellSource {
	theme, quality := values.Get("theme"), values.Get("quality")
	if values.Get("release") == "" || !slices.Contains(themes, theme) || !slices.Contains(qualities, quality) {
		return nil
	}
	return &dialogueapi.CellSource{ReleaseID: values.Get("release"), Theme: dialogueapi.Theme(theme), Quality: dialogueapi.Quality(quality)}
}

// toldOf is the anonymous experience that a dialogue starts from, nil for none.
func toldOf(values url.Values) *dialogueapi.ExperienceSource {
	told := dialogueapi.ExperienceSource{MonthID: values.Get("month_id"), ExperienceID: values.Get("experience_id")}
	if told.MonthID == "" || told.ExperienceID == "" {
		return nil
	}
	return &told
}

func (v *visit) dialogueForm(status int, f form) error {
	preMeeting := f.Value("pre_meeting") != ""
	if err := v.calledOnly(preMeeting); err != nil {
		return err
	}
	var playbooks dialogueapi.PlaybookList
	var forums tenancyapi.ForumList
	var staff tenancyapi.StaffList
	err := together(
		v.reads("dialogue", v.at("playbooks"), &playbooks),
		v.reads("tenancy", v.at("forums"), &forums),
		v.reads("tenancy", v.at("staff"), &staff),
	)
	if err != nil {
		return err
	}
	page := newDialoguePage{
		Form: f, Forums: standing(forums.Items), Staff: staff.Items, Source: sourceOf(f.Values), Told: toldOf(f.Values), Minutes: variants, PreMeeting: preMeeting,
	}
	if preMeeting {
		page.Staff = invitable(page.Staff)
	}
	first, rest := offered(playbooks.Items, page.Source)
	page.First, page.Rest, page.All = first, v.grouped(rest), len(first)+len(rest)
	page.OpenAll = slices.ContainsFunc(rest, func(c playbookChoice) bool { return c.Value() == f.Value("playbook") })
	if f.Value("playbook") == "" && len(first) > 0 {
		f.Values.Set("playbook", first[0].Value())
	}
	if page.Source != nil && len(first) > 0 {
		if page.Forums, page.Suited = suited(page.Forums, &first[0].Playbook); page.Suited > 0 && status == http.StatusOK && f.Value("forum_id") == "" {
			f.Values.Set("forum_id", page.Forums[0].ForumID)
		}
		if page.Open, err = v.openAbout(page.Source); err != nil {
			return err
		}
	}
	return v.show(status, "dialogue_new", page)
}

func (v *visit) createDialogue() error {
	in, err := v.dialogueInput()
	var made dialogueapi.Dialogue
	if err == nil {
		where := "dialogues"
		if v.input("pre_meeting") != "" {
			where = "pre-meetings"
		}
		err = v.call("dialogue", http.MethodPost, v.at(where), in, &made, v.key())
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.dialogueForm(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("dialogues", made.DialogueID))
}

func (v *visit) dialogueInput() (dialogueapi.NewDialogue, error) {
	playbook, versionText, _ := strings.Cut(v.input("playbook"), "@")
	version, err := strconv.Atoi(versionText)
	if err != nil {
		return dialogueapi.NewDialogue{}, failure.Invalid("playbook", "one of the list")
	}
	minutes, err := strconv.Atoi(v.input("variant_minutes"))
	if err != nil {
		return dialogueapi.NewDialogue{}, failure.Invalid("playbook", "20, 45 or 90 minutes")
	}
	in := dialogueapi.NewDialogue{
		Title: v.input("title"), Playbook: playbook, PlaybookVersion: version,
		VariantMinutes: dialogueapi.NewDialogueVariantMinutes(minutes), Source: sourceOf(v.gin.Request.PostForm), Experience: toldOf(v.gin.Request.PostForm),
	}
	if in.StartsAt, err = v.inputTime("starts_at"); err != nil {
		return in, err
	}
	in.Place = optional(v.input("place"))
	people := v.gin.PostFormArray("participant_ids")
	switch forum := v.input("forum_id"); {
	case v.input("pre_meeting") != "":
		in.ForumID, in.ParticipantIds = &forum, &people
	case (forum == "") == (len(people) == 0):
		return in, failure.Invalid("forum_id", "a forum, or people")
	case forum != "":
		in.ForumID = &forum
	default:
		in.ParticipantIds = &people
	}
	return in, nil
}

// inputTime reads a local date and time, nil for none.
func (v *visit) inputTime(name string) (*time.Time, error) {
	text := v.input(name)
	if text == "" {
		return nil, nil
	}
	local, err := time.ParseInLocation("2006-01-02T15:04", text, v.zone)
	if err != nil {
		return nil, failure.Invalid(name, "a date and a time")
	}
	utc := local.UTC()
	return &utc, nil
}

// tag is the entity tag of a revision.
func tag(revision int64) string { return `"` + strconv.FormatInt(revision, 10) + `"` }
