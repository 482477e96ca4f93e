package portal

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/manuscript"
	"github.com/guldkorn/guldkorn/libs/paper"
)

// minutesFormats are the files that minutes can be taken along as.
var minutesFormats = []string{"pdf", "odt", "md"}

// The kinds of files of minutes, beside the PDF.
const (
	openDocumentKind = "application/vnd.oasis.opendocument.text"
	markdownKind     = "text/markdown; charset=utf-8"
)

// Formats are the files that minutes can be taken along as.
func (p minutesPage) Formats() []string { return minutesFormats }

// minutesFiles answers with the minutes as the file that is asked for. It is whole before its first byte is sent.
func (v *visit) minutesFiles() error {
	page, err := v.readMinutes()
	if err != nil {
		return err
	}
	text := v.minutesText(page)
	name := "referat-" + page.DialogueID
	if page.Version > 0 {
		name += "-" + strconv.Itoa(page.Version)
	}
	var body bytes.Buffer
	switch format := v.param("format"); format {
	case "pdf":
		v.fileHeader(paperKind, name+".pdf")
		err = v.minutesOnPaper(&body, text)
	case "odt":
		v.fileHeader(openDocumentKind, name+".odt")
		err = text.OpenDocument(&body)
	case "md":
		v.fileHeader(markdownKind, name+".md")
		body.Write(text.Markdown())
	default:
		return failure.NotFound("format")
	}
	if err != nil {
		return err
	}
	_, err = body.WriteTo(v.gin.Writer)
	return err
}

func (v *visit) minutesOnPaper(w *bytes.Buffer, text manuscript.Text) error {
	page, err := text.HTML()
	if err != nil {
		return err
	}
	return paper.Write(v.context(), w, paper.Page{HTML: page, Title: text.Title, Language: text.Language, MadeAt: text.MadeAt})
}

// minutesText is what the page of the minutes says, as a text of its own.
func (v *visit) minutesText(page minutesPage) manuscript.Text {
	t := minutesWriter{visit: v, page: page}
	t.head()
	t.decisions()
	t.actions()
	t.agreements()
	t.escalations()
	t.topics()
	t.disagreements()
	t.boards()
	t.steps()
	t.foot()
	made := v.now()
	for _, at := range []*time.Time{page.CirculatedAt, page.ApprovedAt} {
		if at != nil {
			made = *at
		}
	}
	return manuscript.Text{Title: v.words.text("minutes.title", "title", page.Content.Title), Language: v.words.language, MadeAt: made, Blocks: t.blocks}
}

// minutesWriter puts minutes together piece by piece.
type minutesWriter struct {
	*visit
	page   minutesPage
	blocks []manuscript.Block
}

func (t *minutesWriter) add(blocks ...manuscript.Block) { t.blocks = append(t.blocks, blocks...) }

func (t *minutesWriter) heading(key string) { t.add(manuscript.Heading(2, t.words.text(key))) }

// who is a person's name, or that it is somebody.
func (t *minutesWriter) who(id string) string {
	if name := t.page.Names[id]; name != "" {
		return name
	}
	return t.words.text("dialogue.somebody")
}

func (t *minutesWriter) people(ids []string) string {
	names := ""
	for i, id := range ids {
		if i > 0 {
			names += ", "
		}
		names += t.who(id)
	}
	return names
}

func (t *minutesWriter) head() {
	c := t.page.Content
	t.add(manuscript.Heading(1, c.Title))
	facts := []string{}
	fact := func(key, text string) {
		if text != "" {
			facts = append(facts, t.words.text(key)+": "+text)
		}
	}
	if c.HeldOn != nil {
		fact("minutes.held", t.day(c.HeldOn))
	}
	fact("minutes.forum", t.page.Forum)
	fact("minutes.playbook", t.bothWords(&c.PlaybookTitle))
	fact("minutes.present", t.people(c.ParticipantIds))
	fact("guests.title", strings.Join(value(c.Guests), ", "))
	fact("dialogue.led_by", t.people(c.FacilitatorIds))
	t.add(manuscript.List(facts...))
}

// bothWords is a text in the reader's language.
func (t *minutesWriter) bothWords(w *dialogueapi.Words) string {
	if w == nil {
		return ""
	}
	if t.words.language == "en" {
		return w.En
	}
	return w.Da
}

func (t *minutesWriter) sources(all []dialogueapi.MinutesSource) {
	var items []string
	for _, s := range all {
		if text := value(s.Text); text != "" {
			items = append(items, text)
		} else if words := t.bothWords(s.Words); words != "" {
			items = append(items, words)
		}
	}
	if len(items) > 0 {
		t.add(manuscript.Paragraph(t.words.text("minutes.rests_on")), manuscript.List(items...))
	}
}

func (t *minutesWriter) decisions() {
	t.heading("minutes.decisions")
	for _, d := range t.page.Content.Decisions {
		t.add(manuscript.Paragraph(d.Text))
		t.sources(d.Sources)
	}
	if len(t.page.Content.Decisions) == 0 {
		t.add(manuscript.Paragraph(t.words.text("minutes.none")))
	}
}

func (t *minutesWriter) actions() {
	t.heading("minutes.actions")
	var rows [][]string
	for _, a := range t.page.Content.Actions {
		rows = append(rows, []string{a.Text, t.who(a.OwnerID), t.day(a.DueOn), t.day(a.FollowUpOn)})
	}
	if len(rows) == 0 {
		t.add(manuscript.Paragraph(t.words.text("minutes.none")))
		return
	}
	t.add(manuscript.Table(t.texts("minutes.what", "minutes.who", "minutes.when", "minutes.check"), rows...))
}

func (t *minutesWriter) texts(keys ...string) []string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = t.words.text(key)
	}
	return texts
}

func (t *minutesWriter) agreements() {
	for _, a := range value(t.page.Content.Agreements) {
		t.add(manuscript.Heading(2, t.words.of("agreement_kind", a.Kind)+": "+a.Title), manuscript.Paragraph(a.Text))
		var rows [][]string
		for _, c := range value(a.Channels) {
			rows = append(rows, []string{c.Name, c.UsedFor, value(c.AnswerTime), value(c.QuietHours)})
		}
		if len(rows) > 0 {
			var head []string
			for _, field := range channelFields {
				head = append(head, t.words.of("channel_field", field))
			}
			t.add(manuscript.Table(head, rows...))
		}
		said := t.words.text("minutes.only_proposed")
		if a.Adopted {
			said = t.words.text("minutes.adopted", "from", t.day(a.FromOn), "review", t.day(a.ReviewOn))
		}
		t.add(manuscript.Paragraph(said))
		t.sources(a.Sources)
	}
}

func (t *minutesWriter) escalations() {
	questions := value(t.page.Content.Escalations)
	if len(questions) == 0 {
		return
	}
	t.heading("minutes.escalations")
	for _, q := range questions {
		said := t.words.text("escalation.by", "date", t.day(q.AnswerByOn))
		if q.Answer != nil {
			said = *q.Answer + "\n" + t.words.text("topic.because", "reason", value(q.Reason))
		}
		t.add(manuscript.Paragraph(t.words.text("escalation.to", "forum", q.ToForumName) + "\n" + q.Question + "\n" + said))
		t.sources(q.Sources)
	}
}

func (t *minutesWriter) topics() {
	topics := value(t.page.Content.Topics)
	if len(topics) == 0 {
		return
	}
	t.heading("minutes.topics")
	for _, topic := range topics {
		kind := topicKinds[0]
		if topic.RaisedAs != nil {
			kind = string(*topic.RaisedAs)
		}
		text := t.words.of("topic_kind", kind) + ": " + topic.Text
		if topic.Decision == nil {
			open := t.words.text("minutes.topic_open")
			if t.page.WasBrought(topic) {
				open = t.words.text("minutes.topic_brought")
			}
			t.add(manuscript.Paragraph(text + "\n" + open))
			continue
		}
		t.add(manuscript.Paragraph(text + "\n" + *topic.Decision + "\n" + t.words.text("topic.because", "reason", value(topic.Reason))))
	}
}

func (t *minutesWriter) disagreements() {
	if len(t.page.Content.Disagreements) == 0 {
		return
	}
	t.heading("minutes.disagreements")
	for _, d := range t.page.Content.Disagreements {
		t.add(manuscript.Heading(3, d.Subject), manuscript.List(d.Positions...), manuscript.Paragraph(d.NextStep+"\n"+d.NextStepReason))
	}
}

func (t *minutesWriter) steps() {
	t.heading("minutes.steps")
	var items []string
	for _, step := range t.page.Content.Steps {
		items = append(items, t.words.of("step", step.Kind)+". "+t.bothWords(&step.Prompt))
		if paper := value(step.FromPaper); paper > 0 {
			items = append(items, t.words.text("minutes.from_paper", "count", paper))
		}
		if step.Result == nil {
			continue
		}
		if step.Result.State != "shown" {
			items = append(items, t.words.text("minutes.vote_too_few"))
		}
		for _, choice := range step.Result.Choices {
			items = append(items, choice.Text+" ("+t.words.text("live.dots", "count", choice.Dots)+")")
		}
	}
	t.add(manuscript.List(items...))
}

// foot is what the minutes are known by.
func (t *minutesWriter) foot() {
	if note := value(t.page.Content.Note); note != "" {
		t.heading("minutes.note")
		t.add(manuscript.Paragraph(note))
	}
	if t.page.ApprovedAt != nil {
		t.add(manuscript.Paragraph(t.words.text("minutes.approved", "date", t.day(t.page.ApprovedAt))))
	}
	if hash := value(t.page.ContentHash); hash != "" {
		t.add(manuscript.Paragraph(t.words.text("minutes.hash") + " " + hash))
	}
}
