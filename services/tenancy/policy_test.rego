package guldkorn.tenancy_test

import data.guldkorn.tenancy

school := {"type": "x", "tenant": "school", "path": ["platform", "north", "school"], "unit": "", "attributes": {}}

operator := {"type": "x", "tenant": "north", "path": ["platform", "north"], "unit": "", "attributes": {}}

everybody := {"type": "x", "tenant": "", "path": [], "unit": "", "attributes": {}}

person(role, scope) := {"id": "p", "service": "", "recent": true, "assignments": [{"role": role, "scope": scope, "unit": ""}]}

service(name) := {"id": name, "service": name, "assignments": []}

may(subject, action, resource) if {
	tenancy.allowed with input as {"subject": subject, "action": action, "resource": resource}
}

giving(to, scope_kind, where) := object.union(where, {"attributes": {"person_id": to, "role": "r", "scope_kind": scope_kind}})

test_administrators_keep_units if {
	may(person("school_administrator", "school"), "unit.create", school)
	may(person("municipal_administrator", "north"), "unit.change", school)
}

test_units_denied_to_others if {
	not may(person("leader", "school"), "unit.create", school)
	not may(person("school_administrator", "other"), "unit.create", school)
	not may(person("municipal_administrator", "south"), "unit.change", school)
	not may(person("platform_operator", "platform"), "unit.create", school)
}

test_organisations_are_changed_by_their_administrators if {
	may(person("school_administrator", "school"), "organisation.change", school)
	may(person("municipal_administrator", "north"), "organisation.change", school)
	may(person("platform_operator", "platform"), "organisation.change", object.union(operator, {"attributes": {"kind": "municipality"}}))
}

test_organisation_change_denied_to_others if {
	every role in ["leader", "employee", "tr", "auditor"] {
		not may(person(role, "school"), "organisation.change", school)
	}
	not may(person("school_administrator", "other"), "organisation.change", school)
	not may(person("municipal_administrator", "south"), "organisation.change", school)
	not may(person("platform_operator", "platform"), "organisation.change", object.union(school, {"attributes": {"kind": "school"}}))
}

test_whoever_runs_schools_tightens if {
	may(person("municipal_administrator", "north"), "tightening.change", operator)
	may(person("municipal_administrator", "north"), "tightening.change", school)
	every role in ["school_administrator", "leader", "tr", "amr", "auditor"] {
		may(person(role, "school"), "tightening.read", school)
	}
}

test_tightening_denied_to_others if {
	every role in ["school_administrator", "leader", "employee", "tr", "auditor"] {
		not may(person(role, "school"), "tightening.change", school)
	}
	not may(person("municipal_administrator", "south"), "tightening.change", operator)
	not may(person("platform_operator", "platform"), "tightening.change", operator)
	not may(person("employee", "school"), "tightening.read", school)
	not may(person("school_administrator", "school"), "tightening.read", operator)
}

test_staff_list_is_for_leaders_and_representatives if {
	every role in ["school_administrator", "leader", "tr", "amr"] {
		may(person(role, "school"), "staff.read", school)
	}
}

test_staff_list_denied_to_operators_and_employees if {
	every role in ["employee", "forum_member", "text_reader"] {
		not may(person(role, "school"), "staff.read", school)
	}
	not may(person("municipal_administrator", "north"), "staff.read", school)
	not may(person("platform_operator", "platform"), "staff.read", school)
}

test_forums_are_read_inside_the_school if {
	may(person("employee", "school"), "forum.read", school)
}

test_forums_denied_to_operators if {
	not may(person("municipal_administrator", "north"), "forum.read", school)
	not may(person("municipal_administrator", "north"), "forum.create", school)
	not may(person("municipal_analyst", "north"), "forum.read", school)
	not may(person("platform_operator", "platform"), "forum.read", school)
	not may(person("union_analyst", "union"), "forum.read", school)
}

test_an_operators_own_forums if {
	every action in ["forum.create", "forum.change", "forum.read"] {
		may(person("municipal_administrator", "north"), action, operator)
	}
}

test_an_operators_own_forums_denied_to_others if {
	every action in ["forum.create", "forum.change", "forum.read"] {
		not may(person("municipal_administrator", "south"), action, operator)
		not may(person("municipal_administrator", "north"), action, school)
		not may(person("municipal_analyst", "north"), action, operator)
		not may(person("school_administrator", "school"), action, operator)
		not may(person("platform_operator", "platform"), action, operator)
		not may(key("organisation:read", "north"), action, operator)
	}
}

test_municipality_keeps_people if {
	may(person("municipal_administrator", "north"), "person.list", operator)
}

test_people_denied_to_others if {
	not may(person("school_administrator", "school"), "person.list", operator)
	not may(person("municipal_administrator", "south"), "person.list", operator)
	not may(person("municipal_analyst", "north"), "person.list", operator)
	not may(person("platform_operator", "platform"), "person.list", operator)
}

test_own_person if {
	may(person("employee", "school"), "person.read", object.union(operator, {"attributes": {"person_id": "p"}}))
	may(person("employee", "school"), "me.read", everybody)
}

test_other_person_denied if {
	not may(person("employee", "school"), "person.read", object.union(operator, {"attributes": {"person_id": "q"}}))
	not may(service("portal"), "me.read", everybody)
}

test_roles_are_given_by_administrators if {
	may(person("school_administrator", "school"), "role_assignment.create", giving("q", "school", school))
	may(person("municipal_administrator", "north"), "role_assignment.create", giving("q", "school", school))
	may(person("municipal_administrator", "north"), "role_assignment.create", giving("q", "municipality", operator))
	may(person("platform_operator", "platform"), "role_assignment.create", giving("q", "municipality", operator))
}

# That somebody is a TR says something about them that the law protects.
test_who_is_tr_is_seen_by_those_who_give_the_role if {
	may(person("school_administrator", "school"), "role_assignment.read_tr", school)
	may(person("municipal_administrator", "north"), "role_assignment.read_tr", school)
}

test_who_is_tr_denied_to_others if {
	not may(person("platform_operator", "platform"), "role_assignment.read_tr", school)
	not may(person("auditor", "north"), "role_assignment.read_tr", school)
	not may(person("municipal_analyst", "north"), "role_assignment.read_tr", school)
	not may(person("union_analyst", "union"), "role_assignment.read_tr", school)
	not may(person("municipal_administrator", "south"), "role_assignment.read_tr", school)
	not may(key("people:read", "north"), "role_assignment.read_tr", school)
}

test_own_union if {
	may(person("employee", "school"), "me.union", everybody)
}

test_own_union_denied_to_programs if {
	not may(service("portal"), "me.union", everybody)
	not may(key("people:read", "north"), "me.union", everybody)
}

test_roles_above_denied if {
	not may(person("school_administrator", "school"), "role_assignment.create", giving("q", "municipality", operator))
	not may(person("leader", "school"), "role_assignment.create", giving("q", "school", school))
}

test_platform_operator_denied_inside_a_school if {
	not may(person("platform_operator", "platform"), "role_assignment.create", giving("q", "school", school))
	not may(person("platform_operator", "platform"), "role_assignment.end", giving("q", "school", school))
}

test_role_for_oneself_denied if {
	not may(person("school_administrator", "school"), "role_assignment.create", giving("p", "school", school))
	not may(person("municipal_administrator", "north"), "role_assignment.create", giving("p", "school", school))
	not may(person("platform_operator", "platform"), "role_assignment.create", giving("p", "municipality", operator))
}

test_school_hires_for_itself if {
	may(person("school_administrator", "school"), "staff.hire", giving("q", "school", school))
}

test_hiring_denied_to_others_and_for_oneself if {
	not may(person("school_administrator", "other"), "staff.hire", giving("q", "school", school))
	not may(person("leader", "school"), "staff.hire", giving("q", "school", school))
	not may(person("municipal_administrator", "north"), "staff.hire", giving("q", "school", school))
	not may(person("school_administrator", "school"), "staff.hire", giving("p", "school", school))
}

test_own_role_may_be_laid_down if {
	may(person("school_administrator", "school"), "role_assignment.end", giving("p", "school", school))
}

test_own_role_denied_without_administration if {
	not may(person("leader", "school"), "role_assignment.end", giving("p", "school", school))
}

test_services if {
	may(service("setup"), "platform.create", everybody)
	may(service("portal"), "sign_in.match", everybody)
	may(service("notification"), "person.lookup", operator)
}

test_services_copy if {
	every name in ["intake", "reporting", "dialogue", "notification"] {
		may(service(name), "snapshot.read", everybody)
	}
}

test_copying_denied_to_others if {
	not may(service("portal"), "snapshot.read", everybody)
	not may(service("ballotbox"), "snapshot.read", everybody)
	not may(person("platform_operator", "platform"), "snapshot.read", everybody)
	not may(person("municipal_administrator", "north"), "snapshot.read", operator)
}

test_services_denied_elsewhere if {
	not may(service("intake"), "platform.create", everybody)
	not may(service("intake"), "sign_in.match", everybody)
	not may(service("ballotbox"), "person.lookup", operator)
	not may(service("ballotbox"), "organisation.read", operator)
	not may(service("setup"), "person.list", operator)
	not may(person("platform_operator", "platform"), "platform.create", everybody)
	not may(person("municipal_administrator", "north"), "sign_in.match", everybody)
}

test_audit_log_is_for_the_tenant_itself if {
	every action in ["audit.read", "audit.export"] {
		every role in ["school_administrator", "tr", "amr", "auditor"] {
			may(person(role, "school"), action, school)
		}
		may(person("municipal_administrator", "north"), action, operator)
		may(person("auditor", "north"), action, operator)
	}
}

test_audit_log_denied_to_others if {
	every action in ["audit.read", "audit.export"] {
		every role in ["leader", "employee", "forum_member", "facilitator", "text_reader"] {
			not may(person(role, "school"), action, school)
		}
		not may(person("municipal_administrator", "north"), action, school)
		not may(person("auditor", "north"), action, school)
		not may(person("platform_operator", "platform"), action, school)
		not may(person("platform_operator", "platform"), action, operator)
		not may(person("municipal_analyst", "north"), action, operator)
		not may(person("municipal_administrator", "south"), action, operator)
		not may(person("school_administrator", "other"), action, school)
		not may(service("portal"), action, school)
	}
}

key(scope, of) := {"id": "k", "service": "", "key": true, "tenant": of, "scopes": [scope], "assignments": []}

test_administrators_make_keys_for_their_own if {
	may(person("school_administrator", "school"), "api_key.create", school)
	may(person("municipal_administrator", "north"), "api_key.create", operator)
	may(service("portal"), "api_key.match", everybody)
}

test_keys_for_others_denied if {
	every action in ["api_key.create", "api_key.list", "api_key.revoke"] {
		not may(person("municipal_administrator", "north"), action, school)
		not may(person("school_administrator", "school"), action, operator)
		not may(person("leader", "school"), action, school)
		not may(key("people:read", "school"), action, school)
	}
	not may(service("intake"), "api_key.match", everybody)
	not may(person("municipal_administrator", "north"), "api_key.match", operator)
}

test_keys_read if {
	may(key("organisation:read", "north"), "organisation.read", school)
	may(key("organisation:read", "north"), "unit.read", school)
	may(key("people:read", "north"), "person.list", operator)
	may(key("people:read", "school"), "staff.read", school)
}

test_keys_denied_elsewhere if {
	not may(key("people:read", "south"), "person.list", operator)
	not may(key("people:read", "north"), "staff.read", school)
	not may(key("organisation:read", "north"), "person.list", operator)
	not may(key("people:read", "north"), "person.create", operator)
	not may(key("people:read", "school"), "forum.read", school)
	not may(key("people:read", "north"), "me.read", everybody)
}

themself(only) := object.union(operator, {"attributes": {"person_id": "p", "language_only": only}})

test_everybody_takes_along_what_is_known_about_them if {
	may(person("employee", "school"), "me.export", everybody)
	may(person("employee", "school"), "me.request", everybody)
}

test_taking_along_denied_to_programs if {
	not may(service("portal"), "me.export", everybody)
	not may(service("portal"), "me.request", everybody)
	not may(key("people:read", "north"), "me.request", everybody)
	not may(key("people:read", "north"), "me.export", everybody)
}

test_rights_are_carried_out_by_the_operator if {
	every action in ["person.rectify", "person.erase", "person.reinstate", "data_request.list", "data_request.answer"] {
		may(person("municipal_administrator", "north"), action, operator)
	}
	may(person("employee", "school"), "person.rectify", themself(true))
}

lived_in(kind) := {"tenant": "union", "path": ["platform", "union"], "unit": "", "attributes": {"person_id": "q", "home_kind": kind}}

looking_after := {
	"person.list", "person.read", "person.lookup", "person.rectify", "person.erase", "person.reinstate",
	"data_request.list", "data_request.answer",
}

test_the_platform_looks_after_those_who_have_no_municipality if {
	every action in looking_after {
		may(person("platform_operator", "platform"), action, lived_in("union"))
		may(person("platform_operator", "platform"), action, lived_in("platform"))
	}
}

test_the_platform_denied_elsewhere if {
	every action in looking_after {
		not may(person("platform_operator", "platform"), action, lived_in("municipality"))
		not may(person("platform_operator", "platform"), action, lived_in("operator"))
		not may(person("platform_operator", "platform"), action, operator)
		not may(person("platform_operator", "elsewhere"), action, lived_in("union"))
		not may(person("union_analyst", "union"), action, lived_in("union"))
	}
}

test_rights_denied_to_others if {
	every action in ["person.rectify", "person.erase", "person.reinstate", "data_request.list", "data_request.answer"] {
		not may(person("municipal_administrator", "south"), action, operator)
		not may(person("municipal_analyst", "north"), action, operator)
		not may(person("school_administrator", "school"), action, operator)
		not may(person("platform_operator", "platform"), action, operator)
		not may(key("people:read", "north"), action, operator)
	}
	not may(person("employee", "school"), "person.rectify", themself(false))
	not may(person("employee", "school"), "person.erase", themself(true))
	not may(person("employee", "school"), "person.reinstate", themself(true))
}

test_an_operator_says_what_it_shows if {
	may(person("municipal_administrator", "north"), "branding.change", operator)
}

test_what_an_operator_shows_denied_to_others if {
	not may(person("municipal_administrator", "south"), "branding.change", operator)
	not may(person("municipal_analyst", "north"), "branding.change", operator)
	not may(person("platform_operator", "platform"), "branding.change", operator)
	not may(person("school_administrator", "school"), "branding.change", operator)
	not may(service("portal"), "branding.change", operator)
	not may(key("organisation:read", "north"), "branding.change", operator)
}

test_what_did_not_arrive_is_counted_for_those_who_run_things if {
	may(person("municipal_administrator", "north"), "dead_letter.count", operator)
	may(person("platform_operator", "platform"), "dead_letter.count", operator)
}

test_counting_denied_to_others if {
	not may(person("municipal_administrator", "south"), "dead_letter.count", operator)
	not may(person("municipal_analyst", "north"), "dead_letter.count", operator)
	not may(person("auditor", "north"), "dead_letter.count", operator)
	not may(person("school_administrator", "school"), "dead_letter.count", operator)
	not may(service("portal"), "dead_letter.count", operator)
	not may(key("organisation:read", "north"), "dead_letter.count", operator)
}

test_sign_in_providers_are_kept_by_administrators_and_the_platform if {
	every action in ["sign_in_provider.create", "sign_in_provider.read", "sign_in_provider.change", "sign_in_provider.delete"] {
		may(person("municipal_administrator", "north"), action, operator)
		may(person("platform_operator", "platform"), action, operator)
	}
	may(service("portal"), "sign_in_provider.offer", everybody)
	may(service("portal"), "sign_in_provider.use", operator)
}

test_sign_in_providers_denied_to_others if {
	every action in ["sign_in_provider.create", "sign_in_provider.read", "sign_in_provider.change", "sign_in_provider.delete"] {
		not may(person("municipal_administrator", "south"), action, operator)
		not may(person("municipal_analyst", "north"), action, operator)
		not may(person("auditor", "north"), action, operator)
		not may(person("school_administrator", "school"), action, operator)
		not may(key("organisation:read", "north"), action, operator)
	}
}

test_secrets_of_sign_in_providers_denied_to_people if {
	every action in ["sign_in_provider.offer", "sign_in_provider.use"] {
		not may(person("municipal_administrator", "north"), action, operator)
		not may(person("platform_operator", "platform"), action, operator)
		not may(service("intake"), action, operator)
	}
}

someone(role) := object.union(school, {"attributes": {"person_id": "p", "role": role}})

test_identity_systems_bring_people if {
	every action in ["scim.read", "scim.provision", "scim.deactivate"] {
		may(key("scim", "north"), action, operator)
	}
	every action in ["scim.assign", "scim.unassign"] {
		every role in ["employee", "leader"] {
			may(key("scim", "north"), action, someone(role))
		}
	}
}

test_identity_systems_denied_elsewhere if {
	every action in ["scim.read", "scim.provision", "scim.deactivate", "scim.assign", "scim.unassign"] {
		not may(key("scim", "south"), action, operator)
		not may(key("scim", "north"), action, school)
		not may(key("people:read", "north"), action, operator)
		not may(person("municipal_administrator", "north"), action, operator)
		not may(service("portal"), action, operator)
	}
	not may(key("scim", "south"), "scim.assign", someone("employee"))
	not may(key("scim", "north"), "person.list", operator)
	not may(key("scim", "north"), "role_assignment.create", someone("employee"))
}

test_roles_of_trust_denied_to_identity_systems if {
	every action in ["scim.assign", "scim.unassign"] {
		every role in ["tr", "amr", "school_administrator", "municipal_administrator", "text_reader", "platform_operator", ""] {
			not may(key("scim", "north"), action, someone(role))
		}
	}
}

granted(role) := object.union(someone(role), {"attributes": {"granted": true}})

test_identity_systems_give_what_the_operator_lets_them if {
	every action in ["scim.assign", "scim.unassign"] {
		every role in ["employee", "leader", "tr", "amr", "school_administrator", "municipal_administrator"] {
			may(key("scim", "north"), action, granted(role))
		}
	}
}

test_what_operators_cannot_let_them_give_denied if {
	every action in ["scim.assign", "scim.unassign"] {
		every role in ["platform_operator", "auditor", "text_reader", "union_analyst", ""] {
			not may(key("scim", "north"), action, granted(role))
		}
		not may(key("scim", "south"), action, granted("tr"))
		not may(key("people:read", "north"), action, granted("tr"))
		not may(person("municipal_administrator", "north"), action, granted("tr"))
	}
}

test_whoever_runs_schools_says_what_its_identity_system_gives if {
	may(person("municipal_administrator", "north"), "provisioning.change", operator)
	every role in ["municipal_administrator", "auditor"] {
		may(person(role, "north"), "provisioning.read", operator)
	}
}

test_provisioning_denied_to_others if {
	every action in ["provisioning.change", "provisioning.read"] {
		not may(person("municipal_administrator", "north"), action, school)
		not may(person("municipal_administrator", "south"), action, operator)
		not may(person("platform_operator", "platform"), action, operator)
		not may(person("school_administrator", "school"), action, operator)
		not may(person("school_administrator", "school"), action, school)
		not may(key("scim", "north"), action, operator)
	}
	not may(person("auditor", "north"), "provisioning.change", operator)
}

test_set_up_is_used_through_the_portal if {
	may(service("portal"), "set_up.use", everybody)
}

test_set_up_denied_to_others if {
	not may(service("intake"), "set_up.use", everybody)
	not may(person("platform_operator", "platform"), "set_up.use", everybody)
}

long_ago(role, scope) := object.union(person(role, scope), {"recent": false})

test_what_is_sensitive_takes_a_recent_sign_in if {
	every action in ["api_key.create", "sign_in_provider.create", "sign_in_provider.change", "sign_in_provider.delete", "provisioning.change", "person.erase", "tenant.export", "deletion.request"] {
		may(person("municipal_administrator", "north"), action, operator)
	}
	may(service("setup"), "role_assignment.create", object.union(operator, {"attributes": {"role": "municipal_administrator"}}))
	may(long_ago("municipal_administrator", "north"), "role_assignment.create", object.union(school, {"attributes": {"role": "employee"}}))
	may(long_ago("municipal_administrator", "north"), "api_key.revoke", operator)
}

test_what_is_sensitive_denied_long_after_signing_in if {
	every action in ["api_key.create", "sign_in_provider.create", "sign_in_provider.change", "sign_in_provider.delete", "provisioning.change", "person.erase", "tenant.export", "deletion.request"] {
		not may(long_ago("municipal_administrator", "north"), action, operator)
	}
	every role in ["platform_operator", "municipal_administrator", "school_administrator"] {
		not may(long_ago("municipal_administrator", "north"), "role_assignment.create", object.union(school, {"attributes": {"role": role}}))
	}
	not may(key("people:read", "north"), "person.erase", operator)
}
