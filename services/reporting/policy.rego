# Who may read releases, follow-through and the benchmark.
package guldkorn.reporting

import data.guldkorn.hierarchy

permissions := {
	"release.list": {"leader", "tr", "amr", "employee"},
	"release.read": {"leader", "tr", "amr", "employee"},
	"common_release.list": {"municipal_analyst", "municipal_administrator", "leader", "tr", "amr", "employee"},
	"common_release.read": {"municipal_analyst", "municipal_administrator", "leader", "tr", "amr", "employee"},
	"text.read": readers,
	"text.paraphrase": readers,
	"follow_through.read": {"municipal_administrator", "municipal_analyst"},
	"benchmark.read": {"union_analyst"},
}

# Those who may read what people write, if a round's contract names them.
readers := {"tr", "amr", "text_reader"}

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
	not from_below
}

# A municipality's release is about its schools, so it is for all who work there, too.
from_below if {
	input.action in {"common_release.list", "common_release.read"}
	input.resource.attributes.staff_below == true
}

allow if {
	hierarchy.is_person
	from_below
}

# What people write is read by those whom the round's contract names, and never by a leader, whatever else they are.
deny if {
	input.action in {"text.read", "text.paraphrase"}
	hierarchy.holds_here({"leader"})
}

deny if {
	input.action in {"text.read", "text.paraphrase"}
	is_array(input.resource.attributes.readers) # before a round is at hand, nothing is agreed on yet
	agreed := {role | some role in input.resource.attributes.readers}
	not hierarchy.holds_here(agreed)
}

# A release opens twice: for leader, TR and AMR at the same minute, later for everybody at the school.
deny if {
	input.action in {"release.read", "common_release.read"}
	not open
}

open if {
	input.resource.attributes.visible_to == "representatives"
	hierarchy.holds_here(foremost[input.action])
}

# At a municipality's release, its analyst is the one who is to work with it.
foremost := {
	"release.read": {"leader", "tr", "amr"},
	"common_release.read": {"municipal_analyst", "leader", "tr", "amr"},
}

open if {
	input.resource.attributes.visible_to == "all"
}
