package guldkorn.notification_test

import data.guldkorn.notification

person(roles) := {
	"id": "person-1",
	"tenant": "north",
	"service": "",
	"assignments": [{"role": role, "scope": "school", "unit": ""} | some role in roles],
}

inbox_of(id, tenant) := {"type": "inbox", "tenant": tenant, "path": [tenant], "unit": "", "attributes": {"person_id": id}}

hours(tenant) := {"type": "quiet_hours", "tenant": tenant, "path": ["platform", "north", tenant], "unit": "", "attributes": {}}

decide(action, subject, resource) if {
	notification.allowed with input as {"action": action, "subject": subject, "resource": resource}
}

test_own_inbox_is_readable if {
	every action in {"inbox.read", "inbox.mark"} {
		decide(action, person([]), inbox_of("person-1", "north"))
	}
}

test_another_inbox_is_denied if {
	every action in {"inbox.read", "inbox.mark"} {
		not decide(action, person({"leader", "school_administrator"}), inbox_of("person-2", "north"))
	}
}

test_own_id_with_another_operator_is_denied if {
	not decide("inbox.read", person([]), inbox_of("person-1", "south"))
}

test_service_has_no_inbox if {
	service := {"id": "portal", "tenant": "north", "service": "portal", "assignments": []}
	not decide("inbox.read", service, inbox_of("portal", "north"))
}

test_staff_reads_hours if {
	every role in {"employee", "leader", "tr", "amr", "school_administrator"} {
		decide("quiet_hours.read", person({role}), hours("school"))
	}
}

test_others_do_not_read_hours if {
	every role in {"municipal_administrator", "municipal_analyst", "union_analyst", "platform_operator"} {
		not decide("quiet_hours.read", person({role}), hours("school"))
	}
}

test_leader_and_administrator_change_hours if {
	every role in {"leader", "school_administrator"} {
		decide("quiet_hours.change", person({role}), hours("school"))
	}
}

test_employee_and_representatives_do_not_change_hours if {
	not decide("quiet_hours.change", person({"employee", "tr", "amr"}), hours("school"))
}

test_nobody_changes_hours_elsewhere if {
	not decide("quiet_hours.change", person({"leader", "school_administrator"}), hours("other"))
}
