# Who may do what with instruments, technologies, rounds, what is told anonymously, and confidential conversations.
package guldkorn.intake

import data.guldkorn.hierarchy

permissions := {
	"technology.read": {"school_administrator", "leader", "employee", "tr", "amr", "it_guide"},
	"technology.register": {"school_administrator", "leader", "it_guide"},
	"round.read": {"school_administrator", "leader", "employee", "tr", "amr"},
	"round.read_draft": {"school_administrator", "leader", "tr", "amr"},
	"round.preview": {"school_administrator", "leader", "tr", "amr"},
	"round.create": {"school_administrator", "leader"},
	"round.announce": {"school_administrator", "leader"},
	"round.read_roster": {"tr", "amr"},
	"round.countersign": {"tr", "amr"},
	"round.refuse": {"tr", "amr"},
	"round.read_paper": {"tr", "amr", "employee"},
	"round.enter_paper": {"tr", "amr", "employee"},
	"round.open": {"school_administrator", "leader"},
	"round.tighten": {"school_administrator", "leader"},
	"round.extend": {"school_administrator", "leader"},
	"round.frame": {"municipal_administrator"},
	"round.read_frame": {"school_administrator", "leader", "tr", "amr", "municipal_administrator"},
	"round.archive": {"school_administrator", "leader"},
	"round.close": {"school_administrator", "leader"},
	"round.ticket": {"employee"},
	"experience.read": {"school_administrator", "leader", "employee", "tr", "amr"},
	"experience.switch": {"tr", "amr"},
	"experience.ticket": {"employee"},
	"experience.receive": {"tr", "amr"},
	"experience.read_roster": {"tr", "amr"},
	"experience.countersign": {"tr", "amr"},
	"experience.refuse": {"tr", "amr"},
	"confidential.choose": {"employee", "tr", "amr"},
	"confidential.write": {"employee"},
	"confidential.receive": {"tr", "amr"},
	"round.read_state": {"municipal_administrator", "municipal_analyst", "platform_operator"},
}

service_permissions := {"instrument.read": {"reporting", "dialogue", "portal"}}

privileged := {"round.create", "round.announce", "round.countersign", "round.refuse", "round.enter_paper", "round.open", "round.tighten", "round.extend", "round.close", "round.archive", "round.frame", "experience.switch", "experience.countersign", "experience.refuse"}

# Who fetched a ticket or wrote confidentially, and when, must be in no log.
quiet := {"round.ticket", "experience.ticket", "confidential.choose", "confidential.write", "confidential.receive"}

# What is asked is no secret, and what is held about a person is none to that person.
signed_in := {"instrument.read", "me.records"}

# What a school does with its rounds is for the school: a role further up, whatever its name, does not count. Where a
# school has neither TR nor AMR, the municipality's countersign.
deny if {
	input.action in schools_own
	not hierarchy.holds_here(permissions[input.action])
	not from_above
}

from_above if {
	input.action in {"round.read_roster", "round.countersign", "round.refuse", "round.read_paper", "round.enter_paper"}
	input.resource.attributes.unrepresented == true
}

# Whoever keeps the school's list of people, or leads those on it, does not vouch for it, whatever else they are.
deny if {
	input.action in {"experience.read_roster", "experience.countersign", "experience.refuse"}
	hierarchy.holds({"leader", "school_administrator", "municipal_administrator"})
}

# Papers are entered by a representative and the one colleague whom the round names. Whoever leads at the school never reads
# them, whatever else they are.
deny if {
	input.action in {"round.read_paper", "round.enter_paper"}
	hierarchy.holds({"leader"})
}

deny if {
	input.action in {"round.read_paper", "round.enter_paper"}
	not representing
	not input.resource.attributes.helper
}

representing if hierarchy.holds_here({"tr", "amr"})

representing if {
	from_above
	hierarchy.holds({"tr", "amr"})
}

schools_own contains action if {
	some action, _ in permissions
	action != "round.read_state"
}
