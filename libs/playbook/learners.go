package playbook

import (
	"slices"
	"strconv"
	"strings"
)

// A playbook is for institutions that call those they are there for by different words: pupils, children, students, course
// participants. So its texts can hold placeholders, each of which becomes the institution's own word in the form that the
// sentence needs. With a capital letter, as in {A_learner}, the word gets one.

// learnerForms are the forms of one word for learners, by placeholder.
type learnerForms struct {
	Learners    Words // many, unnamed: elever
	TheLearners Words // all of those here: eleverne
	ALearner    Words // one: en elev
	TheLearner  Words // the one in question: eleven
}

// learnerWords are the words that are known, the usual one first.
var learnerWords = []learnerForms{
	{Words{"elever", "pupils"}, Words{"eleverne", "the pupils"}, Words{"en elev", "a pupil"}, Words{"eleven", "the pupil"}},
	{Words{"børn", "children"}, Words{"børnene", "the children"}, Words{"et barn", "a child"}, Words{"barnet", "the child"}},
	{Words{"studerende", "students"}, Words{"de studerende", "the students"}, Words{"en studerende", "a student"}, Words{"den studerende", "the student"}},
	{Words{"kursister", "course participants"}, Words{"kursisterne", "the course participants"}, Words{"en kursist", "a course participant"}, Words{"kursisten", "the course participant"}},
	{Words{"deltagere", "participants"}, Words{"deltagerne", "the participants"}, Words{"en deltager", "a participant"}, Words{"deltageren", "the participant"}},
	{Words{"lærlinge", "apprentices"}, Words{"lærlingene", "the apprentices"}, Words{"en lærling", "an apprentice"}, Words{"lærlingen", "the apprentice"}},
}

// formsOf finds the forms of an institution's word, given in either language. Of a word that is not known only the institution
// knows the forms, so the usual one stands.
func formsOf(word string) learnerForms {
	word = strings.ToLower(strings.TrimSpace(word))
	if i := slices.IndexFunc(learnerWords, func(f learnerForms) bool { return f.Learners.Danish == word || f.Learners.English == word }); i >= 0 {
		return learnerWords[i]
	}
	return learnerWords[0]
}

// LearnerWord is the word that an institution's own one is rendered as: the same for all that give the same text.
func LearnerWord(own string) string { return formsOf(own).Learners.Danish }

// placeholders are the forms by the names that texts have them under.
func (f learnerForms) placeholders() map[string]Words {
	return map[string]Words{"learners": f.Learners, "the_learners": f.TheLearners, "a_learner": f.ALearner, "the_learner": f.TheLearner}
}

// replacer fills the placeholders in, in one language.
func (f learnerForms) replacer(in func(Words) string) *strings.Replacer {
	var pairs []string
	for name, words := range f.placeholders() {
		pairs = append(pairs, "{"+name+"}", in(words), "{"+capital(name)+"}", capital(in(words)))
	}
	return strings.NewReplacer(pairs...)
}

// capital begins a word with a capital letter. The first letters of the words here are of ASCII.
func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// For returns the playbook with an institution's own word for its learners (elever, børn, studerende, kursister) in place of
// the placeholders; the usual word when it has none.
func (p *Playbook) For(learners string) *Playbook {
	forms := formsOf(learners)
	danish := forms.replacer(func(w Words) string { return w.Danish })
	english := forms.replacer(func(w Words) string { return w.English })
	filled := p.Clone()
	filled.EachText(func(_ string, words *Words) {
		words.Danish, words.English = danish.Replace(words.Danish), english.Replace(words.English)
	})
	return filled
}

// EachText calls fn with every text of the playbook and with where it stands, such as steps.2.prompt.
func (p *Playbook) EachText(fn func(path string, words *Words)) {
	fn("title", &p.Title)
	fn("purpose", &p.Purpose)
	fn("why", &p.Why)
	fn("needs", &p.Needs)
	fn("result", &p.Result)
	if p.Newcomer != nil {
		fn("newcomer.reason", &p.Newcomer.Reason)
	}
	for i := range p.KeyQuestions {
		fn("key_questions."+strconv.Itoa(i), &p.KeyQuestions[i])
	}
	for i := range p.Steps {
		s, at := &p.Steps[i], "steps."+strconv.Itoa(i)
		fn(at+".prompt", &s.Prompt)
		if s.PromptFromCell != nil {
			fn(at+".prompt_from_cell", s.PromptFromCell)
		}
		fn(at+".instruction", &s.Instruction)
	}
}

// checkPlaceholders says where something stands in curly brackets that nothing is put in place of.
func (p *Playbook) checkPlaceholders() []Mistake {
	var mistakes []Mistake
	plain := formsOf("")
	left := plain.replacer(func(Words) string { return "x" })
	cell := strings.NewReplacer("{theme}", "", "{quality}", "")
	p.EachText(func(path string, words *Words) {
		text := left.Replace(words.Danish + words.English)
		want := Words{
			"kun {learners}, {the_learners}, {a_learner} og {the_learner} i krøllede parenteser",
			"only {learners}, {the_learners}, {a_learner} and {the_learner} in curly brackets",
		}
		if strings.HasSuffix(path, ".prompt_from_cell") {
			text = cell.Replace(text)
			want = Words{"kun {theme}, {quality} og ordene for elever i krøllede parenteser", "only {theme}, {quality} and the words for learners in curly brackets"}
		}
		if strings.ContainsAny(text, "{}") {
			mistakes = append(mistakes, Mistake{Path: path, Want: want})
		}
	})
	return mistakes
}
