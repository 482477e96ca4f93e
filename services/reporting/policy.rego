# Who may read releases, follow-through and the benchmark.
package guldkorn.reporting

import data.guldkorn.hierarchy

permissions := {
	"release.list": {"leader", "tr", "amr", "employee"},
	"release.read": {"leader", "tr", "amr", "employee"},
	"follow_through.read": {"municipal_administrator", "municipal_analyst"},
	"benchmark.read": {"union_analyst"},
}

service_permissions := {
	"release_key.ensure": {"intake"},
	"snapshot.read": {"dialogue"},
}

key_permissions := {
	"release.list": {"releases:read"},
	"release.read": {"releases:read"},
}

# A school's own key alone, and what everybody at the school can see.
deny if hierarchy.key_of_another

# Roles count in the very tenant that they are in: none further up reaches a school's releases, and none of a
# municipality or union reaches another.
deny if {
	hierarchy.is_person
	not hierarchy.holds_here(permissions[input.action])
}

# A release opens twice: for leader, TR and AMR at the same minute, later for everybody at the school.
deny if {
	input.action == "release.read"
	not open
}

open if {
	input.resource.attributes.visible_to == "representatives"
	hierarchy.holds_here({"leader", "tr", "amr"})
}

open if {
	input.resource.attributes.visible_to == "all"
}
