package portal

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// actionView is an action with the name of its owner and what the reader can do with it.
type actionView struct {
	dialogueapi.Action
	Owner  string
	Tag    string // the revision that forms are made from
	Verify bool   // the reader may say whether it worked
	Alert  string
}

// actionColumn is one column of the board.
type actionColumn struct {
	Key     string
	Actions []actionView
}

// actionsPage is the board across dialogues, as it is narrowed.
type actionsPage struct {
	Columns  []actionColumn
	Next     string
	Any      bool
	Statuses []string
	Status   string
	Owner    string // "me", a person or ""
	Staff    []tenancyapi.StaffMember
	Forum    string
	Forums   []tenancyapi.Forum
	Start    bool
}

// actionStatuses are what the board can be narrowed to.
var actionStatuses = []string{"proposed", "declined", "accepted", "in_progress", "blocked", "done", "effect_verified", "dropped"}

// actionVerbs are the commands of the board.
var actionVerbs = []string{"accept", "decline", "progress", "block", "done", "verify", "drop"}

func (v *visit) actions() error { return v.actionsWith(http.StatusOK, "", "") }

func (v *visit) actionsWith(status int, failed, alert string) error {
	var list dialogueapi.ActionList
	var forums tenancyapi.ForumList
	var staff tenancyapi.StaffList
	reads := []func() error{
		v.reads("dialogue", v.at("actions")+"?"+v.narrowed("status", "owner", "forum_id", "cursor").Encode(), &list),
		v.reads("tenancy", v.at("forums"), &forums),
	}
	if v.has(dialogueStarters...) { // who alone are told the names of all of the staff
		reads = append(reads, v.reads("tenancy", v.at("staff"), &staff))
	}
	if err := together(reads...); err != nil {
		return err
	}
	views, err := v.actionViews(list.Items)
	if err != nil {
		return err
	}
	columns := []actionColumn{{Key: "actions.asked"}, {Key: "actions.going"}, {Key: "actions.done"}, {Key: "actions.not"}}
	for _, a := range views {
		if a.ActionID == failed {
			a.Alert = alert
		}
		i := columnOf(a.Status)
		columns[i].Actions = append(columns[i].Actions, a)
	}
	return v.show(status, "actions", actionsPage{
		Columns: columns, Next: v.nextPage(list.NextCursor), Any: len(views) > 0, Statuses: actionStatuses, Status: v.query("status"),
		Owner: v.query("owner"), Staff: staff.Items, Forum: v.query("forum_id"), Forums: forums.Items, Start: v.has(dialogueStarters...),
	})
}

// narrowed is what a list is narrowed to by this request's address, of what it can be narrowed to.
func (v *visit) narrowed(names ...string) url.Values {
	asked := url.Values{}
	for _, name := range names {
		if text := v.query(name); text != "" {
			asked.Set(name, text)
		}
	}
	return asked
}

// nextPage is the address of the page of a list after this one, narrowed as this one is, "" for none.
func (v *visit) nextPage(cursor *string) string {
	if cursor == nil {
		return ""
	}
	asked := v.gin.Request.URL.Query()
	asked.Set("cursor", *cursor)
	return "?" + asked.Encode()
}

func columnOf(status dialogueapi.ActionStatus) int {
	switch status {
	case "proposed":
		return 0
	case "accepted", "in_progress", "blocked":
		return 1
	case "done", "effect_verified":
		return 2
	default:
		return 3
	}
}

func (v *visit) actionViews(actions []dialogueapi.Action) ([]actionView, error) {
	views := v.actionsOf(actions)
	ids := make([]string, 0, len(actions))
	for _, a := range actions {
		ids = append(ids, a.OwnerID)
	}
	names, err := v.names(ids...)
	for i := range views {
		views[i].Owner = names[views[i].OwnerID]
	}
	return views, err
}

// actionsOf are the views of actions whose owners' names are not looked up yet.
func (v *visit) actionsOf(actions []dialogueapi.Action) []actionView {
	views := make([]actionView, 0, len(actions))
	for _, a := range actions {
		views = append(views, actionView{
			Action: a, Tag: tag(a.Revision),
			Verify: v.has(access.Leader, access.UnionRepresentative, access.SafetyRepresentative),
		})
	}
	return views
}

// changeAction carries out one command on an action. htmx gets the action's card back, a plain browser the board.
func (v *visit) changeAction() error {
	id, verb := v.param("action_id"), v.param("verb")
	if !slices.Contains(actionVerbs, verb) {
		return failure.New(failure.RequestNoRoute)
	}
	var changed dialogueapi.Action
	err := v.call("dialogue", http.MethodPost, v.at("actions", id, verb), v.actionCommand(verb), &changed, v.seen())
	inPlace := v.partial()
	if err != nil {
		f := failure.From(err)
		if s := f.Status(); s != http.StatusConflict && s != http.StatusUnprocessableEntity && s != http.StatusPreconditionFailed {
			return err
		}
		alert := f.Code.Text(v.words.language)
		if f.Field == "reason" {
			alert = v.words.of("want", "reason")
		}
		if !inPlace {
			return v.actionsWith(f.Status(), id, alert)
		}
		if err := v.get("dialogue", v.at("actions", id), &changed); err != nil {
			return err
		}
		return v.actionCard(changed, alert)
	}
	if inPlace {
		return v.actionCard(changed, "")
	}
	return v.redirect(v.school("actions") + "#action-" + id)
}

func (v *visit) actionCommand(verb string) any {
	switch verb {
	case "decline", "block", "drop":
		return dialogueapi.Reason{Reason: v.input("reason")}
	case "verify":
		return dialogueapi.VerifyActionJSONBody{Effect: dialogueapi.Effect(v.input("effect")), Note: optional(v.input("note"))}
	default:
		return nil
	}
}

func (v *visit) actionCard(a dialogueapi.Action, alert string) error {
	views, err := v.actionViews([]dialogueapi.Action{a})
	if err != nil {
		return err
	}
	views[0].Alert = alert
	return v.part("actions", "card", views[0])
}
