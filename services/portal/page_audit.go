package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// auditActions are what the log can speak of, in the order of the search form.
var auditActions = []string{
	"role_assignment.create", "role_assignment.end", "role_assignment.read", "person.create", "person.read", "person.list", "person.lookup",
	"staff.read", "staff.hire", "unit.create", "unit.change", "unit.read", "forum.create", "forum.change", "forum.read",
	"organisation.create", "organisation.change", "organisation.read", "organisation.list", "audit.read", "audit.export",
	"api_key.create", "api_key.list", "api_key.revoke", "api_key.match",
	"sign_in_provider.create", "sign_in_provider.read", "sign_in_provider.change", "sign_in_provider.delete",
	"sign_in_provider.offer", "sign_in_provider.use", "set_up.use",
	"import.create", "import.read", "import.apply", "import.cancel", "person.rectify", "person.erase", "person.reinstate", "data_request.list", "data_request.answer",
	"scim.provision", "scim.deactivate", "scim.assign", "scim.unassign", "scim.read",
	"branding.change", "tightening.change", "tightening.read", "provisioning.change", "provisioning.read",
	"round.create", "round.announce", "round.countersign", "round.refuse", "round.enter_paper", "round.open", "round.tighten", "round.extend", "round.close", "round.archive", "round.frame", "experience.switch", "experience.countersign", "experience.refuse", "quiet_hours.change",
	"dialogue.create", "dialogue.seat", "guests.open", "guests.close", "guests.show_out", "contribution.hold", "action.assign", "action.verify", "action.drop",
	"agreement.end", "playbook.publish",
	"tenant.export", "deletion.request", "deletion.cancel", "deletion.read", "deletion.complete",
	"platform.create", "dead_letter.count", "snapshot.read", "sign_in.match",
}

// auditThings are what entries can be about that is nobody: a piece of its id tells one from another.
var auditThings = []string{"round", "dialogue", "playbook", "action", "agreement", "organisation", "deletion", "api_key", "sign_in_provider", "import"}

// auditPage is who was permitted or refused what at a school, with an operator or on the platform.
type auditPage struct {
	Path    string
	Rows    []auditRow
	Actions []string
	Action  string
	Subject string // whose entries alone are shown
	Who     string // the same by name
	From    string // local dates
	To      string
	Older   string // address of the page with older entries
	Checked *tenancyapi.AuditVerification
}

type auditRow struct {
	Seq                   int64
	At                    time.Time
	Who, What, About      string
	Decision, OnlySubject string // the latter the address of the entries of this person
}

// audit shows the log. What may be read tenancy decides.
func (v *visit) audit() error {
	page := auditPage{
		Path: v.auditPath(), Actions: auditActions, Action: v.query("action"), Subject: v.query("subject"), From: v.query("from"), To: v.query("to"),
	}
	wanted, err := v.auditSearch(page)
	if err != nil {
		return err
	}
	var found tenancyapi.AuditEntryList
	if err := v.get("tenancy", v.at("audit-entries")+"?"+wanted.Encode(), &found); err != nil {
		return err
	}
	if v.query("check") != "" {
		page.Checked = new(tenancyapi.AuditVerification)
		if err := v.get("tenancy", v.at("audit-verification"), page.Checked); err != nil {
			return err
		}
	}
	names, err := v.auditNames(page.Subject, found.Items)
	if err != nil {
		return err
	}
	if page.Subject != "" {
		page.Who = v.auditWho(page.Subject, names)
	}
	for _, e := range found.Items {
		only := url.Values{"subject": {e.Subject}}
		page.Rows = append(page.Rows, auditRow{
			Seq: e.Seq, At: e.At, Who: v.auditWho(e.Subject, names), What: v.auditWhat(e.Action), About: v.auditAbout(e, names),
			Decision: string(e.Decision), OnlySubject: page.Path + "?" + only.Encode(),
		})
	}
	if found.NextCursor != nil {
		older := url.Values{"action": {page.Action}, "subject": {page.Subject}, "from": {page.From}, "to": {page.To}, "cursor": {*found.NextCursor}}
		page.Older = page.Path + "?" + older.Encode()
	}
	return v.show(http.StatusOK, "audit", page)
}

// auditPath is where the log of this request's place is.
func (v *visit) auditPath() string {
	if strings.HasPrefix(v.gin.FullPath(), "/schools/") {
		return v.school("administration", "audit")
	}
	kind, _, _ := strings.Cut(strings.TrimPrefix(v.gin.FullPath(), "/"), "/")
	return "/" + kind + "/" + url.PathEscape(v.param("tenant_id")) + "/audit"
}

// auditSearch is what tenancy is asked for: days here are whole ones in Copenhagen, the last one included.
func (v *visit) auditSearch(page auditPage) (url.Values, error) {
	wanted := url.Values{}
	for name, value := range map[string]string{"action": page.Action, "subject": page.Subject, "cursor": v.query("cursor")} {
		if value != "" {
			wanted.Set(name, value)
		}
	}
	for _, day := range []struct {
		name, value string
		add         int
	}{{"from", page.From, 0}, {"to", page.To, 1}} {
		if day.value == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, day.value, v.zone)
		if err != nil {
			return nil, failure.Invalid(day.name, "a date such as 2026-11-24")
		}
		wanted.Set(day.name, at.AddDate(0, 0, day.add).UTC().Format(time.RFC3339))
	}
	return wanted, nil
}

// auditNames are the names of the people in a log, for those who may look names up: to ask without would itself be a
// refusal in the log.
func (v *visit) auditNames(subject string, entries []tenancyapi.AuditEntry) (map[string]string, error) {
	if !v.has(access.SchoolAdministrator, access.UnionRepresentative, access.SafetyRepresentative, access.MunicipalAdministrator) {
		return nil, nil
	}
	ids := []string{personOf(subject)}
	for _, e := range entries {
		ids = append(ids, personOf(e.Subject))
		if person, _, _ := strings.Cut(e.ResourceID, "/"); !slices.Contains(auditThings, e.ResourceType) {
			ids = append(ids, person)
		}
	}
	return v.names(ids...)
}

// personOf is the subject if it is a person, and "" if it is a service, a key or a guest.
func personOf(subject string) string {
	if strings.Contains(subject, ":") {
		return ""
	}
	return subject
}

// auditWho names who did something. Those whose name is not to be had are a short piece of their id: it is the same in
// every entry, and says nothing else.
func (v *visit) auditWho(subject string, names map[string]string) string {
	if service, ok := strings.CutPrefix(subject, "service:"); ok {
		return v.words.text("audit.service", "service", service)
	}
	if id, ok := strings.CutPrefix(subject, "key:"); ok {
		return v.words.text("audit.key", "id", id[:min(len(id), 8)])
	}
	if id, ok := strings.CutPrefix(subject, "guest:"); ok {
		return v.words.text("audit.guest", "id", id[:min(len(id), 8)])
	}
	if name := names[subject]; name != "" {
		return name
	}
	return v.words.text("audit.person", "id", subject[:min(len(subject), 8)])
}

func (v *visit) auditWhat(action string) string {
	if slices.Contains(auditActions, action) {
		return v.words.of("audit_action", action)
	}
	return action // of a service that is newer than this portal
}

// auditAbout says whom or what an entry concerns; nothing when that is the place as a whole.
func (v *visit) auditAbout(e tenancyapi.AuditEntry, names map[string]string) string {
	if e.ResourceID == "" {
		return ""
	}
	if slices.Contains(auditThings, e.ResourceType) {
		id := e.ResourceID
		if e.ResourceType != "deletion" && e.ResourceType != "organisation" { // whose id is short, and whose certificate has it
			id = id[:min(len(id), 8)]
		}
		return v.words.of("audit_thing", e.ResourceType) + " " + id
	}
	person, role, isRole := strings.Cut(e.ResourceID, "/")
	about := v.auditWho(person, names)
	if isRole {
		about += ": " + v.words.of("role", role)
	}
	return about
}

// auditExport hands the whole log on as a file.
func (v *visit) auditExport() error {
	format := v.query("format")
	if !slices.Contains([]string{"csv", "ndjson"}, format) {
		return failure.Invalid("format", "csv or ndjson")
	}
	name := "audit-" + v.param("tenant_id") + "-" + v.today() + "." + format
	return v.handOn("tenancy", v.at("audit-export")+"?format="+format, name)
}
