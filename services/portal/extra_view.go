package portal

import (
	"slices"
	"strings"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// extraView is what a group answered to one of the school's own questions.
type extraView struct {
	Text   string
	Shown  bool
	Figure figureView
	NBand  string
}

// extraTexts are the school's own questions of a release by item. A release names them; how they are worded is with the
// round. Whoever may not read that sees their numbers.
func (v *visit) extraTexts(release reportingapi.Release) (map[string]string, error) {
	asked := value(release.ExtraQuestions)
	texts := map[string]string{}
	if len(asked) == 0 {
		return texts, nil
	}
	for n, item := range asked {
		texts[item] = v.words.text("extra.question", "number", n+1)
	}
	var instrument intakeapi.Instrument
	switch err := v.get("intake", v.at("rounds", release.Round.RoundID, "instrument"), &instrument); failure.CodeOf(err) {
	case "", failure.DocumentNotFound, failure.AccessDenied:
	default:
		return nil, err
	}
	for _, item := range value(instrument.Extra) {
		text, err := v.words.say(item)
		if err != nil {
			return nil, err
		}
		texts[item.ID] = text
	}
	return texts, nil
}

// extraViews are the school's own questions for one node.
func extraViews(node reportingapi.Node, texts map[string]string) []extraView {
	var all []extraView
	for _, one := range value(node.ExtraQuestions) {
		view := extraView{Text: texts[one.Question]}
		if one.State == "shown" && one.Score != nil {
			view.Shown, view.Figure = true, figureOf(*one.Score)
			view.NBand = strings.ReplaceAll(string(value(one.NBand)), "-", "–")
		}
		all = append(all, view)
	}
	return all
}

// extraFigures are the columns of resultRows for a question of the school's own: its one figure stands under gain.
func (w *words) extraFigures(one extraView) []any {
	if !one.Shown {
		return w.figures(cellView{})
	}
	return []any{w.figure(one.Figure), "", "", counted(one.Figure.From), counted(one.Figure.To), one.NBand}
}

// extraQuestions are the lines of the form that say something.
func (v *visit) extraQuestions() *[]intakeapi.NewExtraQuestion {
	danish, english := v.gin.PostFormArray("extra_da"), v.gin.PostFormArray("extra_en")
	var questions []intakeapi.NewExtraQuestion
	for n, text := range danish {
		one := intakeapi.NewExtraQuestion{Da: strings.TrimSpace(text)}
		if n < len(english) {
			one.En = optional(strings.TrimSpace(english[n]))
		}
		if one.Da != "" || one.En != nil {
			questions = append(questions, one)
		}
	}
	if questions == nil {
		return nil
	}
	return &questions
}

// numbers counts from 1 to n, for forms with several of the same.
func numbers(n int) []int {
	all := slices.Repeat([]int{1}, n)
	for i := range all {
		all[i] += i
	}
	return all
}
