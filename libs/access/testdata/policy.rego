# A policy with every part that one can have.
package guldkorn.service

import data.guldkorn.hierarchy

permissions := {
	"thing.read": {"school_administrator", "leader", "employee", "tr", "amr"},
	"thing.create": {"school_administrator"},
	"thing.count": {"municipal_administrator", "union_analyst"},
	"thing.erase": {"school_administrator", "platform_operator"},
	"thing.whisper": {"amr"},
}

service_permissions := {
	"thing.read": {"reporting", "dialogue"},
	"thing.deliver": {"portal"},
}

key_permissions := {
	"thing.read": {"people:read", "organisation:read"},
	"thing.erase": {"releases:read"},
}

signed_in := {"thing.greet"}

guest_actions := {"thing.watch"}

privileged := {"thing.erase"}

quiet := {"thing.whisper"}

# One's own, wherever it lies.
allow if {
	input.action == "thing.erase"
	hierarchy.is_person
	input.resource.attributes.person_id == input.subject.id
}

# Never from a tenant without a path, whoever asks.
deny if {
	input.action == "thing.erase"
	count(input.resource.path) == 0
}

# Not expressible in a healthy policy: evaluation fails.
allow if {
	input.action == "thing.break"
	1 / input.resource.attributes.zero == 1
}
