package portal

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	notificationapi "github.com/guldkorn/guldkorn/libs/api/notification"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// inboxItem is a message as it is read: its kind in words, and where it leads.
type inboxItem struct {
	notificationapi.InboxItem
	Date string // the date that the message is about, as YYYY-MM-DD; "" without one
	Path string
	Read bool
}

func (v *visit) inboxItems() (items []inboxItem, next string, err error) {
	var list notificationapi.Inbox
	if err := v.get("notification", v.paged("/v1/inbox"), &list); err != nil {
		return nil, "", err
	}
	for _, one := range list.Items {
		items = append(items, inboxItemOf(one))
	}
	return items, value(list.NextCursor), nil
}

func inboxItemOf(i notificationapi.InboxItem) inboxItem {
	item := inboxItem{InboxItem: i, Read: i.ReadAt != nil, Path: schoolPath(i.TenantID)}
	switch i.Kind {
	case "countersignature_asked":
		item.Path, item.Date = schoolPath(i.TenantID, "rounds", value(i.RoundID), "roster"), value(i.OpensOn)
	case "month_countersignature_asked":
		item.Path, item.Date = schoolPath(i.TenantID, "anonymous", "months", value(i.MonthID), "roster"), value(i.ClosesOn)
	case "round_announced":
		item.Path, item.Date = schoolPath(i.TenantID, "rounds", value(i.RoundID)), value(i.OpensOn)
	case "round_extended":
		item.Path, item.Date = schoolPath(i.TenantID, "rounds", value(i.RoundID)), value(i.ClosesOn)
	case "common_round_framed":
		item.Path, item.Date = schoolPath(i.TenantID, "rounds", "new")+"?common="+value(i.CommonRoundID), value(i.OpensOn)
	case "texts_waiting":
		item.Path, item.Date = schoolPath(i.TenantID, "rounds", value(i.RoundID), "texts"), value(i.DueOn)
	case "release_published":
		item.Path = schoolPath(i.TenantID, "results", value(i.ReleaseID))
	case "dialogue_created", "pre_meeting_called", "dialogue_scheduled", "dialogue_called_off":
		item.Path = schoolPath(i.TenantID, "dialogues", value(i.DialogueID))
		if i.StartsAt != nil {
			item.Date = i.StartsAt.Format(time.RFC3339)
		}
	case "step_ending":
		item.Path, item.Date = schoolPath(i.TenantID, "dialogues", value(i.DialogueID)), value(i.DueOn)
	case "agreement_review_due":
		item.Path = schoolPath(i.TenantID, "agreements", value(i.AgreementID))
	case "escalation_raised", "escalation_answered", "escalation_overdue":
		item.Path, item.Date = schoolPath(i.TenantID, "escalations", value(i.EscalationID)), value(i.DueOn)
	case "confidential_waiting":
		item.Path = schoolPath(i.TenantID, "confidential", "received")
	case "action_proposed", "action_accepted":
		item.Path, item.Date = schoolPath(i.TenantID, "actions")+"#action-"+value(i.ActionID), value(i.DueOn)
	case "action_follow_up_due":
		item.Path, item.Date = schoolPath(i.TenantID, "actions")+"#action-"+value(i.ActionID), value(i.FollowUpOn)
	}
	return item
}

func (v *visit) inbox() error {
	items, next, err := v.inboxItems()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "inbox", map[string]any{"Items": items, "Next": next})
}

// readInboxItem marks a message as read; a script gets the message back, a browser without script the inbox.
func (v *visit) readInboxItem() error {
	var item notificationapi.InboxItem
	if err := v.call("notification", http.MethodPost, "/v1/inbox/"+v.param("item_id")+"/read", nil, &item); err != nil {
		return err
	}
	if v.partial() {
		return v.part("inbox", "item", inboxItemOf(item))
	}
	return v.redirect("/inbox")
}

// quietHoursPage says when mail is sent.
type quietHoursPage struct {
	Hours    notificationapi.QuietHours
	Tag      string
	Lead     bool
	Form     form
	Weekdays []string
}

// Open tells whether mail is sent on a weekday, 1 being Monday.
func (p quietHoursPage) Open(weekday string) bool {
	return slices.ContainsFunc(p.Hours.Weekdays, func(d int) bool { return strconv.Itoa(d) == weekday })
}

func (v *visit) quietHours() error { return v.quietHoursWith(http.StatusOK, form{}) }

func (v *visit) quietHoursWith(status int, f form) error {
	page := quietHoursPage{Lead: v.has(access.Leader, access.SchoolAdministrator), Form: f, Weekdays: []string{"1", "2", "3", "4", "5", "6", "7"}}
	err := v.call("notification", http.MethodGet, v.at("quiet-hours"), nil, &page.Hours,
		host.WithAnswer(func(r *http.Response) { page.Tag = r.Header.Get("ETag") }))
	if err != nil {
		return err
	}
	return v.show(status, "quiet_hours", page)
}

func (v *visit) setQuietHours() error {
	in := notificationapi.QuietHours{OpenFrom: v.input("open_from"), OpenTo: v.input("open_to")}
	for _, text := range v.gin.PostFormArray("weekdays") {
		day, err := strconv.Atoi(text)
		if err != nil {
			return v.quietHoursRefused(failure.Invalid("weekdays", "1 to 7"))
		}
		in.Weekdays = append(in.Weekdays, day)
	}
	if len(in.Weekdays) == 0 {
		return v.quietHoursRefused(failure.Invalid("weekdays", "at least one"))
	}
	if err := v.call("notification", http.MethodPut, v.at("quiet-hours"), in, nil, v.seen()); err != nil {
		return v.quietHoursRefused(err)
	}
	return v.redirect(v.school("quiet-hours"))
}

func (v *visit) quietHoursRefused(err error) error {
	f, err := v.refused(err)
	if err != nil {
		return err
	}
	return v.quietHoursWith(http.StatusUnprocessableEntity, f)
}
