package guldkorn.reporting_test

import data.guldkorn.reporting

school := {"type": "release", "tenant": "school", "path": ["platform", "operator", "school"], "unit": "", "attributes": {}}

operator := {"type": "follow_through", "tenant": "operator", "path": ["platform", "operator"], "unit": "", "attributes": {}}

union := {"type": "benchmark", "tenant": "union", "path": ["platform", "union"], "unit": "", "attributes": {}}

nowhere := {"type": "snapshot", "tenant": "", "path": [], "unit": "", "attributes": {}}

release(stage) := object.union(school, {"attributes": {"visible_to": stage}})

person(role, scope) := {"id": "p", "tenant": "operator", "service": "", "assignments": [{"role": role, "scope": scope, "unit": ""}]}

service(name) := {"id": name, "tenant": "", "service": name, "assignments": []}

allowed(action, subject, resource) if {
	reporting.allowed with input as {"action": action, "subject": subject, "resource": resource}
}

representatives := {"leader", "tr", "amr"}

strangers := {
	["platform_operator", "platform"],
	["municipal_administrator", "operator"],
	["municipal_analyst", "operator"],
	["union_analyst", "union"],
	["school_administrator", "school"],
	["leader", "operator"],
	["leader", "otherschool"],
	["employee", "otherschool"],
	["facilitator", "school"],
	["forum_member", "school"],
	["text_reader", "school"],
}

test_representatives_read_from_their_minute if {
	every role in representatives {
		allowed("release.read", person(role, "school"), release("representatives"))
		allowed("release.read", person(role, "school"), release("all"))
		allowed("release.list", person(role, "school"), school)
	}
}

test_representatives_denied_before if {
	every role in representatives {
		not allowed("release.read", person(role, "school"), release("nobody"))
		not allowed("release.read", person(role, "school"), school)
	}
}

test_employees_read_on_the_day_of_all if {
	allowed("release.read", person("employee", "school"), release("all"))
	allowed("release.list", person("employee", "school"), school)
}

test_employees_denied_before_that_day if {
	not allowed("release.read", person("employee", "school"), release("representatives"))
	not allowed("release.read", person("employee", "school"), release("nobody"))
}

test_everybody_else_denied_releases_at_all_times if {
	every stranger in strangers {
		every stage in {"nobody", "representatives", "all"} {
			not allowed("release.read", person(stranger[0], stranger[1]), release(stage))
		}
		not allowed("release.list", person(stranger[0], stranger[1]), school)
	}
}

test_services_denied_releases if {
	every name in {"portal", "intake", "dialogue", "tenancy", "setup"} {
		not allowed("release.read", service(name), release("all"))
	}
}

test_municipality_follows_its_own_schools if {
	allowed("follow_through.read", person("municipal_administrator", "operator"), operator)
	allowed("follow_through.read", person("municipal_analyst", "operator"), operator)
}

test_follow_through_denied_to_others if {
	not allowed("follow_through.read", person("municipal_analyst", "otheroperator"), operator)
	not allowed("follow_through.read", person("municipal_analyst", "platform"), operator)
	not allowed("follow_through.read", person("municipal_analyst", "operator"), school)
	not allowed("follow_through.read", person("platform_operator", "platform"), operator)
	not allowed("follow_through.read", person("leader", "school"), operator)
	not allowed("follow_through.read", person("union_analyst", "union"), operator)
}

test_union_reads_the_benchmark if {
	allowed("benchmark.read", person("union_analyst", "union"), union)
}

test_benchmark_denied_to_others_and_elsewhere if {
	not allowed("benchmark.read", person("union_analyst", "otherunion"), union)
	not allowed("benchmark.read", person("union_analyst", "union"), operator)
	not allowed("benchmark.read", person("union_analyst", "union"), school)
	not allowed("benchmark.read", person("municipal_analyst", "operator"), union)
	not allowed("benchmark.read", person("platform_operator", "platform"), union)
}

test_intake_gets_release_keys if {
	allowed("release_key.ensure", service("intake"), school)
}

test_release_keys_denied_to_others if {
	not allowed("release_key.ensure", service("ballotbox"), school)
	not allowed("release_key.ensure", service("portal"), school)
	not allowed("release_key.ensure", person("leader", "school"), school)
}

test_dialogue_copies_the_list_of_releases if {
	allowed("snapshot.read", service("dialogue"), nowhere)
}

test_copying_denied_to_others if {
	not allowed("snapshot.read", service("notification"), nowhere)
	not allowed("snapshot.read", service("portal"), nowhere)
	not allowed("snapshot.read", person("leader", "school"), school)
	not allowed("snapshot.read", person("union_analyst", "union"), union)
}

key(scope, of) := {"id": "k", "service": "", "key": true, "tenant": of, "scopes": [scope], "assignments": []}

test_key_of_the_school_reads_what_all_can if {
	allowed("release.list", key("releases:read", "school"), school)
	allowed("release.read", key("releases:read", "school"), object.union(school, {"attributes": {"visible_to": "all"}}))
}

test_keys_denied_before_all_can_and_from_elsewhere if {
	not allowed("release.read", key("releases:read", "school"), object.union(school, {"attributes": {"visible_to": "representatives"}}))
	not allowed("release.list", key("releases:read", "operator"), school)
	not allowed("release.list", key("releases:read", "otherschool"), school)
	not allowed("release.list", key("organisation:read", "school"), school)
	not allowed("follow_through.read", key("releases:read", "operator"), operator)
	not allowed("benchmark.read", key("releases:read", "union"), union)
}

common(stage, below) := {"type": "common_release", "tenant": "operator", "path": ["platform", "operator"], "unit": "", "attributes": {"visible_to": stage, "staff_below": below}}

test_the_analyst_reads_a_common_release_first if {
	allowed("common_release.read", person("municipal_analyst", "operator"), common("representatives", false))
	allowed("common_release.list", person("municipal_analyst", "operator"), common("representatives", false))
	not allowed("common_release.read", person("municipal_analyst", "operator"), common("nobody", false))
	not allowed("common_release.read", person("municipal_administrator", "operator"), common("representatives", false))
	not allowed("common_release.read", person("employee", "school"), common("representatives", true))
	not allowed("common_release.read", person("leader", "school"), common("representatives", true))
}

test_all_staff_read_a_common_release_on_their_day if {
	every role in {"employee", "leader", "tr", "amr"} {
		allowed("common_release.read", person(role, "school"), common("all", true))
		allowed("common_release.list", person(role, "school"), common("all", true))
		allowed("common_release.read", person(role, "operator"), common("all", false))
	}
	allowed("common_release.read", person("municipal_administrator", "operator"), common("all", false))
}

test_nobody_from_elsewhere_reads_a_common_release if {
	every stranger in {["employee", "otherschool"], ["union_analyst", "union"], ["platform_operator", "platform"], ["municipal_analyst", "otheroperator"]} {
		not allowed("common_release.read", person(stranger[0], stranger[1]), common("all", false))
		not allowed("common_release.list", person(stranger[0], stranger[1]), common("all", false))
	}
	not allowed("common_release.read", service("dialogue"), common("all", true))
	not allowed("release.read", person("employee", "otherschool"), object.union(release("all"), {"attributes": {"visible_to": "all", "staff_below": true}}))
}

text(readers) := object.union(school, {"type": "text", "attributes": {"readers": readers}})

test_text_is_read_by_those_whom_the_contract_names if {
	every action in {"text.read", "text.paraphrase"} {
		allowed(action, person("tr", "school"), text(["tr", "amr"]))
		allowed(action, person("text_reader", "school"), text(["text_reader"]))
		not allowed(action, person("amr", "school"), text(["tr"]))
		not allowed(action, person("text_reader", "school"), text(["tr", "amr"]))
		not allowed(action, person("tr", "school"), text([]))
		not allowed(action, person("tr", "otherschool"), text(["tr", "amr"]))
	}
}

test_text_is_read_by_nobody_else if {
	every action in {"text.read", "text.paraphrase"} {
		every stranger in {["leader", "school"], ["employee", "school"], ["school_administrator", "school"], ["municipal_administrator", "operator"], ["platform_operator", "platform"]} {
			not allowed(action, person(stranger[0], stranger[1]), text(["tr", "amr", "leader", "employee"]))
		}
		both := {"id": "p", "tenant": "operator", "service": "", "assignments": [
			{"role": "tr", "scope": "school", "unit": ""},
			{"role": "leader", "scope": "school", "unit": ""},
		]}
		not allowed(action, both, text(["tr", "amr"]))
		not allowed(action, service("intake"), text(["tr", "amr"]))
	}
}
