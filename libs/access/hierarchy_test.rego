package guldkorn.hierarchy_test

import data.guldkorn.hierarchy
import data.guldkorn.service

school := {"tenant": "school", "path": ["platform", "north", "school"], "unit": "u1", "attributes": {}}

person(role, scope) := {"id": "p", "service": "", "assignments": [{"role": role, "scope": scope, "unit": ""}]}

asks(subject, action) := {"subject": subject, "action": action, "resource": school}

test_role_at_the_tenant_counts if {
	hierarchy.holds({"leader"}) with input as asks(person("leader", "school"), "thing.read")
}

test_role_above_the_tenant_counts if {
	hierarchy.holds({"municipal_administrator"}) with input as asks(person("municipal_administrator", "north"), "x")
	hierarchy.holds({"platform_operator"}) with input as asks(person("platform_operator", "platform"), "x")
}

test_role_elsewhere_denied if {
	not hierarchy.holds({"leader"}) with input as asks(person("leader", "other school"), "thing.read")
	not hierarchy.holds({"municipal_administrator"}) with input as asks(person("municipal_administrator", "south"), "x")
}

test_role_below_the_tenant_denied if {
	above := object.union(school, {"tenant": "north", "path": ["platform", "north"]})
	not hierarchy.holds({"leader"}) with input as {"subject": person("leader", "school"), "resource": above}
}

test_other_role_denied if {
	not hierarchy.holds({"leader"}) with input as asks(person("employee", "school"), "thing.read")
}

test_empty_scope_on_empty_path_denied if {
	nowhere := {"tenant": "", "path": [], "unit": "", "attributes": {}}
	not hierarchy.holds({"leader"}) with input as {"subject": person("leader", ""), "resource": nowhere}
}

test_holds_here if {
	hierarchy.holds_here({"leader"}) with input as asks(person("leader", "school"), "x")
}

test_holds_here_from_above_denied if {
	not hierarchy.holds_here({"leader"}) with input as asks(person("leader", "north"), "x")
}

test_in_unit if {
	here := {"id": "p", "service": "", "assignments": [{"role": "employee", "scope": "school", "unit": "u1"}]}
	hierarchy.in_unit({"employee"}) with input as asks(here, "x")
}

test_in_other_unit_denied if {
	there := {"id": "p", "service": "", "assignments": [{"role": "employee", "scope": "school", "unit": "u2"}]}
	not hierarchy.in_unit({"employee"}) with input as asks(there, "x")
}

test_in_no_unit_denied if {
	whole := object.union(school, {"unit": ""})
	not hierarchy.in_unit({"employee"}) with input as {"subject": person("employee", "school"), "resource": whole}
}

test_service_calls if {
	hierarchy.calls({"reporting"}) with input as asks({"id": "reporting", "service": "reporting"}, "x")
}

test_other_service_denied if {
	not hierarchy.calls({"reporting"}) with input as asks({"id": "intake", "service": "intake"}, "x")
}

test_service_with_assignments_denied if {
	s := object.union(person("leader", "school"), {"service": "intake"})
	not hierarchy.holds({"leader"}) with input as asks(s, "thing.read")
	not service.allowed with input as asks(s, "thing.create")
}

test_person_named_like_a_service_denied if {
	not hierarchy.calls({"reporting"}) with input as asks({"id": "reporting", "service": "", "assignments": []}, "x")
}

test_nobody_denied if {
	nobody := {"id": "", "service": "", "assignments": [{"role": "leader", "scope": "school", "unit": ""}]}
	not hierarchy.holds({"leader"}) with input as asks(nobody, "thing.read")
}

test_decision_allowed if {
	service.allowed with input as asks(person("employee", "school"), "thing.read")
}

test_decision_denied_for_other_action if {
	not service.allowed with input as asks(person("employee", "school"), "thing.create")
	not service.allowed with input as asks(person("employee", "school"), "no.such_action")
	not service.allowed with input as {}
}

test_extra_rule_allowed if {
	own := object.union(school, {"attributes": {"person_id": "p"}})
	service.allowed with input as {"subject": person("employee", "elsewhere"), "action": "thing.erase", "resource": own}
}

test_deny_outweighs_denied if {
	own := {"tenant": "", "path": [], "unit": "", "attributes": {"person_id": "p"}}
	not service.allowed with input as {"subject": person("employee", "school"), "action": "thing.erase", "resource": own}
}

test_visible_scopes if {
	s := {"id": "p", "service": "", "assignments": [
		{"role": "leader", "scope": "school", "unit": ""},
		{"role": "tr", "scope": "other school", "unit": ""},
		{"role": "union_analyst", "scope": "union", "unit": ""},
	]}
	service.visible_scopes["thing.read"] == {"school", "other school"} with input as asks(s, "thing.read")
}

test_visible_scopes_of_a_service_denied if {
	s := object.union(person("leader", "school"), {"service": "reporting"})
	not service.visible_scopes["thing.read"] with input as asks(s, "thing.read")
}

key(scope, tenant) := {"id": "k", "service": "", "key": true, "tenant": tenant, "scopes": [scope], "assignments": []}

test_key_with_scope_opens_its_tenant if {
	service.allowed with input as asks(key("people:read", "school"), "thing.read")
	service.allowed with input as asks(key("people:read", "north"), "thing.read")
}

test_key_of_another_tenant_denied if {
	not service.allowed with input as asks(key("people:read", "south"), "thing.read")
	not service.allowed with input as asks(key("people:read", "other school"), "thing.read")
}

test_key_without_the_scope_denied if {
	not service.allowed with input as asks(key("releases:read", "school"), "thing.read")
	not service.allowed with input as asks(key("", "school"), "thing.read")
}

test_key_is_no_person_denied if {
	k := object.union(key("people:read", "school"), {"assignments": [{"role": "school_administrator", "scope": "school", "unit": ""}]})
	not hierarchy.is_person with input as asks(k, "thing.create")
	not service.allowed with input as asks(k, "thing.create")
	not service.allowed with input as asks(k, "thing.greet")
}

test_key_named_like_a_service_denied if {
	not hierarchy.calls({"k"}) with input as asks(key("people:read", "school"), "x")
}

test_extra_rules_for_a_key_denied if {
	own := object.union(school, {"attributes": {"person_id": "k"}})
	not service.allowed with input as {"subject": key("people:read", "school"), "action": "thing.erase", "resource": own}
}

guest(tenant) := {"id": "g", "service": "", "key": false, "guest": "thing", "tenant": tenant, "assignments": []}

welcoming := object.union(school, {"attributes": {"is_guest": true, "person_id": "g"}})

test_guest_is_let_in if {
	service.allowed with input as {"subject": guest("school"), "action": "thing.watch", "resource": welcoming}
}

test_guest_of_another_tenant_denied if {
	not service.allowed with input as {"subject": guest("north"), "action": "thing.watch", "resource": welcoming}
}

test_guest_who_is_not_let_in_denied if {
	not service.allowed with input as asks(guest("school"), "thing.watch")
}

test_guest_is_no_person_denied if {
	g := object.union(guest("school"), {"assignments": [{"role": "school_administrator", "scope": "school", "unit": ""}]})
	not hierarchy.is_person with input as asks(g, "thing.create")
	every action in ["thing.read", "thing.create", "thing.greet", "thing.erase", "thing.deliver"] {
		not service.allowed with input as {"subject": g, "action": action, "resource": welcoming}
	}
	not service.visible_scopes["thing.read"] with input as asks(g, "thing.read")
}

test_person_is_no_guest_denied if {
	not service.allowed with input as {"subject": person("school_administrator", "school"), "action": "thing.watch", "resource": welcoming}
}

test_guest_who_is_a_service_or_key_denied if {
	every more in [{"service": "portal"}, {"key": true, "scopes": ["people:read"]}] {
		g := object.union(guest("school"), more)
		not service.allowed with input as {"subject": g, "action": "thing.watch", "resource": welcoming}
	}
}

test_key_of_another_is_told if {
	hierarchy.key_of_another with input as asks(key("people:read", "north"), "x")
	not hierarchy.key_of_another with input as asks(key("people:read", "school"), "x")
	not hierarchy.key_of_another with input as asks(person("leader", "north"), "x")
}
