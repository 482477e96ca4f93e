package guldkorn.tenancy_test

platform := {"type": "x", "tenant": "platform", "path": ["platform"], "unit": "", "attributes": {}}

test_everything_is_taken_out_by_the_tenants_own_administrators if {
	may(person("municipal_administrator", "north"), "tenant.export", operator)
	may(person("school_administrator", "school"), "tenant.export", school)
}

test_taking_everything_out_denied_to_others if {
	not may(person("municipal_administrator", "north"), "tenant.export", school)
	not may(person("platform_operator", "platform"), "tenant.export", operator)
	not may(person("leader", "school"), "tenant.export", school)
	not may(person("school_administrator", "other"), "tenant.export", school)
	not may(key("people:read", "north"), "tenant.export", operator)
	not may(service("setup"), "tenant.export", operator)
}

test_deletion_is_for_whoever_set_up_what_goes if {
	every action in ["deletion.request", "deletion.cancel", "deletion.read"] {
		may(person("municipal_administrator", "north"), action, operator)
		may(person("platform_operator", "platform"), action, platform)
	}
	may(person("auditor", "north"), "deletion.read", operator)
}

test_deletion_denied_to_others if {
	every action in ["deletion.request", "deletion.cancel", "deletion.read"] {
		not may(person("platform_operator", "platform"), action, operator)
		not may(person("municipal_administrator", "north"), action, platform)
		not may(person("municipal_administrator", "north"), action, school)
		not may(person("municipal_administrator", "south"), action, operator)
		not may(person("school_administrator", "school"), action, school)
		not may(key("organisation:read", "north"), action, operator)
	}
	not may(person("auditor", "north"), "deletion.request", operator)
	not may(person("auditor", "north"), "deletion.cancel", operator)
}
