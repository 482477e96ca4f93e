package portal

import (
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// waiting is one thing that waits for the person, with the one step that answers it.
type waiting struct {
	Icon   string // a symbol of the sprite
	Title  string
	Text   string
	Button string
	Path   string
	Rank   int // how soon it wants an answer; the lowest comes first
}

// How soon things want an answer.
const (
	rankNow = iota
	rankAsked
	rankSoon
	rankLater
	rankWhenReady
)

// homePage answers "what waits for me, and what came of what we said?".
type homePage struct {
	Waiting []waiting // the first one is the next step
	News    []inboxItem
	Did     []dialogueapi.Action // you said, we did
	WillNot []dialogueapi.Action // we will not, because
	Missing bool                 // a part of the page could not be read
	Measure bool                 // the person may draft a round
	Begin   bool                 // nothing at all has happened here yet
	Tell    bool                 // the person can tell something anonymously
	Steps   firstSteps           // of a school that has not measured anything yet, for those who take them
}

// home sends people to where they belong.
func (v *visit) home() error {
	if v.session == nil {
		return v.signInPage()
	}
	here, ok := v.here()
	if !ok {
		return v.show(http.StatusOK, "no_roles", nil)
	}
	if ballot := v.earlyBallot(here); ballot != "" {
		return v.redirect(ballot)
	}
	if path := here.path(); path != "/" {
		return v.redirect(path)
	}
	return v.show(http.StatusOK, "no_pages", map[string]any{"Place": here.name})
}

// facts are what the home page is made from.
type facts struct {
	rounds    intakeapi.RoundList
	dialogues dialogueapi.DialogueList
	mine      dialogueapi.ActionList
	all       dialogueapi.ActionList
	releases  reportingapi.ReleaseList
	inbox     []inboxItem
	owed      []owedQuestion // answers of forums in which the person sits
	mailbox   *mailboxNews   // of a representative
	voice     *voiceNews
	missing   bool
}

func (v *visit) schoolHome() error {
	f, err := v.facts()
	if err != nil {
		return err
	}
	page := homePage{
		Missing: f.missing, News: firstOf(f.inbox, 5),
		Measure: v.has(access.Leader, access.SchoolAdministrator),
		Begin:   len(f.rounds.Items)+len(f.dialogues.Items)+len(f.releases.Items) == 0,
	}
	if page.Steps, err = v.homeSteps(f); err != nil {
		page.Missing = true
		v.portal.logger.Warn("the first steps are missing from the home page", "error", err)
	}
	page.Waiting = append(page.Waiting, v.waitingRounds(f.rounds.Items)...)
	page.Waiting = append(page.Waiting, v.waitingDialogues(f.dialogues.Items)...)
	page.Waiting = append(page.Waiting, v.waitingActions(f.mine.Items)...)
	page.Waiting = append(page.Waiting, v.waitingQuestions(f.owed)...)
	page.Waiting = append(page.Waiting, v.waitingReleases(f)...)
	page.Waiting = append(page.Waiting, v.waitingConfidential(f.mailbox)...)
	page.Waiting = append(page.Waiting, v.waitingExperiences(f.voice)...)
	page.Tell = f.voice != nil && f.voice.Open && v.has(access.Employee)
	slices.SortStableFunc(page.Waiting, func(a, b waiting) int { return a.Rank - b.Rank })
	for _, action := range f.all.Items {
		switch action.Status {
		case "done", "effect_verified":
			page.Did = append(page.Did, action)
		case "dropped", "declined":
			page.WillNot = append(page.WillNot, action)
		}
	}
	page.Did, page.WillNot = firstOf(page.Did, 5), firstOf(page.WillNot, 3)
	return v.show(http.StatusOK, "home", page)
}

// facts asks all services at once. What the person may not see is left out; what cannot be reached is said to be missing.
func (v *visit) facts() (facts, error) {
	var f facts
	for _, err := range each(
		v.reads("intake", v.at("rounds"), &f.rounds),
		v.reads("dialogue", v.at("dialogues"), &f.dialogues),
		v.reads("dialogue", v.at("actions")+"?owner=me", &f.mine),
		v.reads("dialogue", v.at("actions"), &f.all),
		v.reads("reporting", v.at("releases"), &f.releases),
		func() (err error) { f.inbox, _, err = v.inboxItems(); return err },
		func() (err error) { f.owed, err = v.owedQuestions(); return err },
		func() (err error) { f.mailbox, err = v.mailboxNews(); return err },
		func() (err error) { f.voice, err = v.voiceNews(); return err },
	) {
		switch failure.CodeOf(err) {
		case "", failure.AccessDenied, failure.DocumentNotFound:
		case failure.AccessUnauthentic:
			return f, err
		default:
			f.missing = true
			v.portal.logger.Warn("a part of the home page is missing", "error", err)
		}
	}
	return f, nil
}

func (v *visit) waitingRounds(rounds []intakeapi.Round) []waiting {
	var all []waiting
	for _, r := range rounds {
		lead := v.has(access.Leader, access.SchoolAdministrator)
		if r.Status == "open" && v.entersPapers(r) {
			all = append(all, waiting{
				Icon: "round", Title: r.Title, Text: v.words.text("home.round.papers", "date", v.day(r.ClosesOn)),
				Button: v.words.text("round.paper_go"), Path: v.school("rounds", r.RoundID, "paper"), Rank: rankLater,
			})
		}
		switch {
		case value(r.OnPaper) && (r.Status == "open" || r.Status == "announced"):
			all = append(all, waiting{
				Icon: "ballot", Title: r.Title, Text: v.words.text("round.on_paper"),
				Button: v.words.text("home.round.paper"), Path: v.school("rounds", r.RoundID), Rank: rankSoon,
			})
		case value(r.OnRoster) && r.Status == "open":
			all = append(all, waiting{
				Icon: "ballot", Title: r.Title, Text: v.words.text("home.round.open", "date", v.day(r.ClosesOn)),
				Button: v.words.text("round.answer_now"), Path: v.school("rounds", r.RoundID), Rank: rankNow,
			})
		case value(r.OnRoster) && r.Status == "announced":
			all = append(all, waiting{
				Icon: "ballot", Title: r.Title, Text: v.words.text("home.round.announced", "date", v.day(r.OpensOn)),
				Button: v.words.text("round.fetch_ballot"), Path: v.school("rounds", r.RoundID), Rank: rankSoon,
			})
		case v.has(representativeRoles...) && r.Status == "countersigning":
			all = append(all, waiting{
				Icon: "round", Title: r.Title, Text: v.words.text("home.round.countersign"),
				Button: v.words.text("round.countersign_go"), Path: v.school("rounds", r.RoundID, "roster"), Rank: rankAsked,
			})
		case lead && r.Status == "draft":
			all = append(all, waiting{
				Icon: "round", Title: r.Title, Text: v.words.text("home.round.draft"),
				Button: v.words.text("home.round.go_on"), Path: v.school("rounds", r.RoundID), Rank: rankWhenReady,
			})
		}
	}
	return all
}

func (v *visit) waitingDialogues(dialogues []dialogueapi.Dialogue) []waiting {
	var all []waiting
	for _, d := range dialogues {
		one := waiting{Icon: "dialogue", Title: d.Title, Path: v.school("dialogues", d.DialogueID), Rank: rankLater}
		leads := d.MyPart == "facilitator"
		switch {
		case d.MyPart == "reader":
			continue
		case d.State == "open" || d.State == "paused":
			one.Text, one.Button, one.Rank = v.words.text("home.dialogue.open"), v.words.text("home.dialogue.join"), rankNow
		case d.State == "scheduled":
			one.Text = v.words.text("home.dialogue.scheduled", "time", v.moment(d.StartsAt))
			one.Button = v.words.text("home.dialogue.look")
		case leads && d.State == "draft":
			one.Text, one.Button, one.Rank = v.words.text("home.dialogue.draft"), v.words.text("home.dialogue.prepare"), rankWhenReady
		case leads && d.State == "concluding":
			one.Text, one.Button = v.words.text("home.dialogue.concluding"), v.words.text("home.dialogue.minutes")
			one.Path += "/minutes"
		case d.State == "minutes_review":
			one.Text, one.Button = v.words.text("home.dialogue.review"), v.words.text("home.dialogue.minutes")
			one.Path += "/minutes"
		default:
			continue
		}
		all = append(all, one)
	}
	return all
}

func (v *visit) waitingActions(mine []dialogueapi.Action) []waiting {
	var all []waiting
	for _, a := range mine {
		one := waiting{Icon: "action", Title: a.Text, Path: v.school("actions") + "#action-" + a.ActionID, Rank: rankSoon}
		switch {
		case a.Status == "proposed":
			one.Text, one.Button = v.words.text("home.action.proposed", "date", v.day(a.DueOn)), v.words.text("home.action.answer")
			one.Rank = rankAsked
		case a.FollowUpDue:
			one.Text, one.Button = v.words.text("home.action.follow_up"), v.words.text("home.action.check")
		case a.Overdue:
			one.Text, one.Button = v.words.text("home.action.overdue", "date", v.day(a.DueOn)), v.words.text("home.action.look")
		default:
			continue
		}
		all = append(all, one)
	}
	return all
}

// waitingReleases shows the newest release until a dialogue has started from it.
func (v *visit) waitingReleases(f facts) []waiting {
	if len(f.releases.Items) == 0 {
		return nil
	}
	newest := f.releases.Items[0]
	for _, d := range f.dialogues.Items {
		if d.Source != nil && d.Source.ReleaseID == newest.ReleaseID {
			return nil
		}
	}
	return []waiting{{
		Icon: "overview", Title: newest.Round.Title, Text: v.words.text("home.release.new"),
		Button: v.words.text("home.release.look"), Path: v.school("results", newest.ReleaseID), Rank: rankLater,
	}}
}

func firstOf[T any](all []T, n int) []T { return all[:min(n, len(all))] }
