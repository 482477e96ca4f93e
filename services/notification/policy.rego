# Who may do what in the notification service.
package guldkorn.notification

import data.guldkorn.hierarchy

staff := {"employee", "leader", "tr", "amr", "school_administrator", "it_guide"}

permissions := {
	# An inbox is one's own; no role opens another's.
	"inbox.read": set(),
	"inbox.mark": set(),
	"quiet_hours.read": staff,
	"quiet_hours.change": {"leader", "school_administrator"},
}

privileged := {"quiet_hours.change"}

own_inbox := {"inbox.read", "inbox.mark"}

allow if {
	input.action in own_inbox
	hierarchy.is_person
	input.resource.type == "inbox"
	input.resource.tenant == input.subject.tenant
	input.resource.attributes.person_id == input.subject.id
}
