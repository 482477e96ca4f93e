package portal

import (
	"net/http"
	"net/url"
	"slices"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// minutesPage is what was agreed and what it rests on, made to be printed.
type minutesPage struct {
	dialogueapi.Minutes
	Dialogue dialogueapi.Dialogue
	Tag      string
	Leads    bool
	Approves bool
	Corrects bool  // may send a corrected version round
	Versions []int // that the reader may see
	Names    map[string]string
	Forum    string
	Boards   []boardShown // what was drawn and listed
	Brought  []string     // what a pre-meeting said that was brought to a dialogue, also since
	Alert    string
}

func (v *visit) minutes() error { return v.minutesWith(http.StatusOK, "") }

func (v *visit) minutesWith(status int, alert string) error {
	page, err := v.readMinutes()
	if err != nil {
		return err
	}
	page.Alert = alert
	return v.show(status, "minutes", page)
}

// readMinutes reads the version that is asked for, or the newest one.
func (v *visit) readMinutes() (minutesPage, error) {
	var page minutesPage
	path := v.one("minutes")
	if version := v.query("version"); version != "" {
		path += "?" + url.Values{"version": {version}}.Encode()
	}
	if err := v.get("dialogue", path, &page.Minutes); err != nil {
		return page, err
	}
	if err := v.get("dialogue", v.one(), &page.Dialogue); err != nil {
		return page, err
	}
	page.Tag, page.Leads = tag(page.Dialogue.Revision), page.Dialogue.MyPart == "facilitator"
	newest := value(page.Dialogue.MinutesVersion)
	page.Approves = page.Dialogue.MyPart != "reader" && page.State == "circulated" && page.Version == newest
	page.Corrects = page.Leads && page.Dialogue.State == "follow_up"
	for n := 1; n <= newest && page.Dialogue.MyPart != "reader"; n++ {
		page.Versions = append(page.Versions, n)
	}
	ids := slices.Concat(page.Content.FacilitatorIds, page.Content.ParticipantIds, []string{value(page.ApprovedBy)})
	for _, a := range page.Content.Actions {
		ids = append(ids, a.OwnerID)
	}
	var err error
	if page.Boards, err = v.minutesBoards(&page.Content); err != nil {
		return page, err
	}
	if page.Names, err = v.names(ids...); err != nil {
		return page, err
	}
	if page.Brought, err = v.brought(page.Dialogue); err != nil {
		return page, err
	}
	page.Forum, err = v.forumName(value(page.Content.ForumID))
	return page, err
}

// brought is what a pre-meeting's topics said that were brought to a dialogue: they are answered there.
func (v *visit) brought(d dialogueapi.Dialogue) (said []string, err error) {
	if !value(d.PreMeeting) {
		return nil, nil
	}
	var topics dialogueapi.TopicList
	if err := v.get("dialogue", v.one("topics"), &topics); err != nil {
		return nil, err
	}
	for _, topic := range topics.Items {
		if topic.Status == "handed_over" {
			said = append(said, topic.Text)
		}
	}
	return said, nil
}

// WasBrought tells whether a topic is answered in another dialogue than that of these minutes.
func (p minutesPage) WasBrought(topic dialogueapi.MinutesTopic) bool {
	return slices.Contains(p.Brought, topic.Text)
}

// forumName is the name of a forum, empty where the reader may not know it.
func (v *visit) forumName(id string) (string, error) {
	if id == "" {
		return "", nil
	}
	var forum tenancyapi.Forum
	switch err := v.get("tenancy", v.at("forums", id), &forum); failure.CodeOf(err) {
	case "", failure.AccessDenied, failure.DocumentNotFound:
		return forum.Name, nil
	default:
		return "", err
	}
}

func (v *visit) changeMinutes() error {
	var in any
	verb := v.param("verb")
	switch verb {
	case "circulate":
		in = dialogueapi.CirculateMinutesJSONBody{Note: optional(v.input("note"))}
	case "approve":
		in = dialogueapi.ApproveMinutesJSONBody{ContentHash: v.input("content_hash")}
	default:
		return failure.New(failure.RequestNoRoute)
	}
	err := v.call("dialogue", http.MethodPost, v.one("minutes", verb), in, nil, v.seen())
	if err != nil {
		f := failure.From(err)
		if s := f.Status(); s == http.StatusConflict || s == http.StatusUnprocessableEntity || s == http.StatusPreconditionFailed {
			return v.minutesWith(s, f.Code.Text(v.words.language))
		}
		return err
	}
	return v.redirect(v.school("dialogues", v.param("dialogue_id"), "minutes"))
}
