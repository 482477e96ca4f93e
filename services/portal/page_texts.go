package portal

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/guldkorn/guldkorn/libs/access"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// textsPage is what people wrote in a round, for those whom its contract lets read it, and what they make of it.
type textsPage struct {
	reportingapi.Texts
	Path  string
	Tag   string
	Form  form
	Theme string // whose form was refused
	Gone  string // why there is nothing to read
}

// readsTexts tells whether somebody can be a reader of texts here. No leader is, whatever else they are.
func (v *visit) readsTexts() bool {
	return v.has(access.UnionRepresentative, access.SafetyRepresentative, access.TextReader) && !v.has(access.Leader)
}

func (v *visit) texts() error { return v.textsWith(http.StatusOK, "", form{}) }

func (v *visit) textsWith(status int, theme string, f form) error {
	page := textsPage{Path: v.school("rounds", v.param("round_id"), "texts"), Form: f, Theme: theme}
	err := v.get("reporting", v.at("rounds", v.param("round_id"), "texts"), &page.Texts)
	switch code := failure.CodeOf(err); code {
	case "":
	case failure.DocumentNotFound:
		page.Gone = v.words.text("texts.none")
	case failure.TextsDestroyed:
		page.Gone = code.Text(v.words.language)
	default:
		return err
	}
	page.Tag = tag(page.Revision)
	return v.show(status, "texts", page)
}

// addParaphrase puts what was written behind the drafts of its theme.
func (v *visit) addParaphrase() error {
	return v.draft(func(drafted []reportingapi.Paraphrase) []reportingapi.Paraphrase {
		return append(drafted, reportingapi.Paraphrase{Text: v.input("paraphrase"), TextIds: v.gin.PostFormArray("text_ids")})
	})
}

func (v *visit) removeParaphrase() error {
	return v.draft(func(drafted []reportingapi.Paraphrase) []reportingapi.Paraphrase {
		if n, err := strconv.Atoi(v.input("number")); err == nil && n >= 0 && n < len(drafted) {
			return slices.Delete(drafted, n, n+1)
		}
		return drafted
	})
}

func (v *visit) draft(change func([]reportingapi.Paraphrase) []reportingapi.Paraphrase) error {
	var now reportingapi.Texts
	if err := v.get("reporting", v.at("rounds", v.param("round_id"), "texts"), &now); err != nil {
		return err
	}
	theme := v.param("theme")
	at := slices.IndexFunc(now.Themes, func(t reportingapi.ThemeTexts) bool { return string(t.Theme) == theme })
	if at < 0 {
		return failure.NotFound("theme")
	}
	in := reportingapi.ParaphraseDraft{Paraphrases: change(now.Themes[at].Paraphrases)}
	return v.changeTexts(http.MethodPut, theme, in, "texts", theme, "paraphrases")
}

func (v *visit) publishParaphrases() error {
	return v.changeTexts(http.MethodPost, "", nil, "paraphrases", "publish")
}

func (v *visit) changeTexts(method, theme string, in any, path ...string) error {
	err := v.call("reporting", method, v.at(append([]string{"rounds", v.param("round_id")}, path...)...), in, nil, v.seen())
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.textsWith(http.StatusUnprocessableEntity, theme, f)
	}
	return v.redirect(v.school("rounds", v.param("round_id"), "texts") + "?saved=yes")
}

// paraphrases are what was published beside a release, nil if nothing was.
func (v *visit) paraphrases(release string) ([]reportingapi.ThemeParaphrases, error) {
	var published reportingapi.SignedParaphrases
	err := v.get("reporting", v.at("releases", release, "paraphrases"), &published)
	if failure.CodeOf(err) == failure.DocumentNotFound {
		return nil, nil
	}
	return published.Paraphrases.Themes, err
}
