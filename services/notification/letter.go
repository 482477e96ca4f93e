package notification

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"time"
	"unicode"

	"github.com/guldkorn/guldkorn/libs/calendar"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

//go:embed letters
var letterFiles embed.FS

// letter is a mail as people read it.
type letter struct {
	to       addressee
	subject  string
	body     string
	language string
	meeting  *calendar.Meeting // of an invitation, nil for other mails
	method   calendar.Method
}

// letters writes mails: plain text, few words, a link for each item, and nothing that would do harm on somebody
// else's screen.
type letters struct {
	portal    string // without a trailing slash
	templates map[string]*template.Template
}

func newLetters(portal string) (*letters, error) {
	l := &letters{portal: strings.TrimSuffix(portal, "/"), templates: map[string]*template.Template{}}
	for language, months := range map[string][]string{"da": danishMonths, "en": englishMonths} {
		name := "letters/" + language + ".tmpl"
		text, err := fs.ReadFile(letterFiles, name)
		if err != nil {
			return nil, err
		}
		l.templates[language], err = template.New(language).Option("missingkey=error").Funcs(template.FuncMap{
			"date": func(s string) string { return date(s, language, months) },
			"hour": func(t time.Time) string { return hour(t, language, months) },
			"line": oneLine,
			"step": func(kind string) string { return steps[language][playbook.Kind(kind)] },
		}).Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("letters: %w", err)
		}
	}
	return l, nil
}

// write writes the mail in the person's language; Danish unless that is English.
func (l *letters) write(to addressee, school string, items []Item) (letter, error) {
	out := letter{to: to, language: "da"}
	if to.Language == "en" {
		out.language = "en"
	}
	type paragraph struct{ Text, Link string }
	data := struct {
		Name, School, Portal string
		Items                []paragraph
	}{oneLine(to.Name), oneLine(school), l.portal, nil}
	for _, item := range items {
		about := item.About
		about.Title = oneLine(about.Title)
		view := struct {
			About
			School string
		}{about, data.School}
		text, err := l.part(out.language, "text."+string(item.Kind), view)
		if err != nil {
			return letter{}, err
		}
		data.Items = append(data.Items, paragraph{text, l.link(item)})
		if out.subject, err = l.part(out.language, "subject."+string(item.Kind), view); err != nil {
			return letter{}, err
		}
	}
	var err error
	if len(items) > 1 {
		if out.subject, err = l.part(out.language, "subject.several", data); err != nil {
			return letter{}, err
		}
	}
	if len(items) == 1 && items[0].About.Calendar != nil {
		if err := l.invite(&out, data.School, items[0]); err != nil {
			return letter{}, err
		}
	}
	out.body, err = l.part(out.language, "body", data)
	return out, err
}

// invite adds what goes into the calendar: when, where and for how long, and the kinds of steps as an agenda. What the
// meeting is called it does not say, and of a pre-meeting nothing but that the time is taken: others look into calendars.
func (l *letters) invite(out *letter, school string, item Item) error {
	about := item.About
	meeting := calendar.Meeting{
		ID: about.DialogueID, Sequence: about.Calendar.Sequence, StartsAt: *about.StartsAt, Minutes: about.Calendar.Minutes, Place: about.Place,
		Attendee: &calendar.Person{Name: out.to.Name, Email: out.to.Email}, Private: about.Calendar.PreMeeting, Link: l.link(item),
	}
	var err error
	if meeting.Title, err = l.part(out.language, map[bool]string{true: "calendar.private", false: "calendar.title"}[meeting.Private], school); err != nil {
		return err
	}
	if meeting.Private {
		meeting.Link = ""
	} else if meeting.Text, err = l.part(out.language, "calendar.agenda", about.Calendar.Agenda); err != nil {
		return err
	}
	out.meeting, out.method = &meeting, calendar.Request
	if item.Kind == DialogueCalledOff {
		out.method = calendar.Cancel
	}
	return nil
}

func (l *letters) part(language, name string, data any) (string, error) {
	var b bytes.Buffer
	if err := l.templates[language].ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("letters: %w", err)
	}
	return strings.TrimSpace(b.String()) + map[bool]string{true: "\n"}[name == "body"], nil
}

// link leads straight to what the item is about.
func (l *letters) link(i Item) string {
	place := l.portal + "/schools/" + string(i.School)
	switch i.Kind {
	case CountersignatureAsked:
		return place + "/rounds/" + i.About.RoundID + "/roster"
	case MonthListAsked:
		return place + "/anonymous/months/" + i.About.MonthID + "/roster"
	case RoundAnnounced, RoundExtended:
		return place + "/rounds/" + i.About.RoundID
	case CommonRoundFramed:
		return place + "/rounds/new?common=" + i.About.CommonID
	case TextsWaiting:
		return place + "/rounds/" + i.About.RoundID + "/texts"
	case ReleasePublished:
		return place + "/results/" + i.About.ReleaseID
	case DialogueCreated, PreMeetingCalled, DialogueScheduled, DialogueCalledOff, StepEnding:
		if i.About.WriteUntil != nil && i.Kind != DialogueCalledOff {
			return place + "/dialogues/" + i.About.DialogueID + "/beforehand"
		}
		return place + "/dialogues/" + i.About.DialogueID
	case AgreementReviewDue:
		return place + "/agreements/" + i.About.AgreementID
	case EscalationRaised, EscalationAnswered, EscalationOverdue:
		return place + "/escalations/" + i.About.EscalationID
	case ConfidentialWaiting:
		return place + "/confidential/received"
	default:
		return place + "/actions"
	}
}

// oneLine keeps what people named from breaking out of its line or its header.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

var (
	danishMonths  = strings.Fields("januar februar marts april maj juni juli august september oktober november december")
	englishMonths = strings.Fields("January February March April May June July August September October November December")
)

// date writes a local date: 24. november 2026, 24 November 2026.
func date(s, language string, months []string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return day(t, language, months)
}

func day(t time.Time, language string, months []string) string {
	dot := ""
	if language == "da" {
		dot = "."
	}
	return fmt.Sprintf("%d%s %s %d", t.Day(), dot, months[t.Month()-1], t.Year())
}

// hour writes a time as the clock in Denmark shows it: 24. november 2026 kl. 14.30, 24 November 2026 at 14:30.
func hour(t time.Time, language string, months []string) string {
	local := t.In(copenhagen)
	if language == "da" {
		return day(local, language, months) + local.Format(" kl. 15.04")
	}
	return day(local, language, months) + local.Format(" at 15:04")
}
