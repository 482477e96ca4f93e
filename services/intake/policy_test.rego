package guldkorn.intake_test

import data.guldkorn.intake

school := {"type": "round", "tenant": "school", "path": ["platform", "operator", "school"]}

elsewhere := {"type": "round", "tenant": "elsewhere", "path": ["platform", "operator", "elsewhere"]}

person(role, scope) := {"id": "p", "service": "", "assignments": [{"role": role, "scope": scope, "unit": ""}]}

may(role, scope, action, resource) if intake.allowed with input as {"subject": person(role, scope), "action": action, "resource": resource}

staff_side := {"school_administrator", "leader", "tr", "amr"}

everybody_here := {"school_administrator", "leader", "tr", "amr", "employee"}

steering := {"school_administrator", "leader"}

operators := {"municipal_administrator", "municipal_analyst", "platform_operator"}

all_roles := (everybody_here | operators) | {"union_analyst", "forum_member", "facilitator", "text_reader"}

commands := {"technology.register", "round.create", "round.announce", "round.open", "round.tighten", "round.extend", "round.close", "round.archive"}

test_everybody_at_school_reads if {
	every role in everybody_here {
		every action in {"technology.read", "round.read"} {
			may(role, "school", action, school)
		}
	}
}

test_reading_denied_to_others if {
	every role in all_roles - everybody_here {
		every action in {"technology.read", "round.read"} {
			not may(role, "school", action, school)
		}
	}
}

test_reading_denied_at_another_school if {
	every role in all_roles {
		every action in {"technology.read", "round.read", "round.preview", "round.ticket"} {
			not may(role, "school", action, elsewhere)
		}
	}
}

test_reading_denied_from_above if {
	every role in all_roles {
		every scope in {"operator", "platform"} {
			not may(role, scope, "round.read", school)
		}
	}
}

test_staff_side_sees_drafts_and_preview if {
	every role in staff_side {
		every action in {"round.read_draft", "round.preview"} {
			may(role, "school", action, school)
		}
	}
}

test_drafts_and_preview_denied_to_others if {
	every role in all_roles - staff_side {
		every action in {"round.read_draft", "round.preview"} {
			not may(role, "school", action, school)
		}
	}
}

test_leader_and_administrator_steer if {
	every role in steering {
		every action in commands {
			may(role, "school", action, school)
		}
	}
}

test_steering_denied_to_others if {
	every role in all_roles - steering {
		every action in commands {
			not may(role, "school", action, school)
		}
	}
}

test_steering_denied_from_above if {
	every role in all_roles {
		every action in commands {
			not may(role, "operator", action, school)
		}
	}
}

countersigning := {"round.read_roster", "round.countersign", "round.refuse"}

unrepresented := object.union(school, {"attributes": {"unrepresented": true}})

test_representatives_countersign if {
	every role in {"tr", "amr"} {
		every action in countersigning {
			may(role, "school", action, school)
		}
	}
}

test_countersigning_denied_to_others if {
	every role in all_roles - {"tr", "amr"} {
		every action in countersigning {
			not may(role, "school", action, school)
			not may(role, "operator", action, unrepresented)
		}
	}
}

test_representatives_of_the_municipality_stand_in if {
	every action in countersigning {
		may("tr", "operator", action, unrepresented)
	}
}

test_standing_in_denied_where_the_school_has_its_own if {
	every action in countersigning {
		not may("tr", "operator", action, school)
	}
}

test_standing_in_denied_to_another_municipality if {
	every action in countersigning {
		not may("tr", "another", action, unrepresented)
	}
}

test_employee_gets_ticket if may("employee", "school", "round.ticket", school)

test_ticket_denied_to_others if {
	every role in all_roles - {"employee"} {
		not may(role, "school", "round.ticket", school)
	}
}

test_employee_writes_confidentially if {
	every action in {"confidential.choose", "confidential.write"} {
		may("employee", "school", action, school)
	}
}

test_writing_confidentially_denied_to_others if {
	every role in all_roles - {"employee"} {
		not may(role, "school", "confidential.write", school)
	}
	every role in all_roles - {"employee", "tr", "amr"} {
		not may(role, "school", "confidential.choose", school)
	}
}

test_representatives_receive if {
	every role in {"tr", "amr"} {
		every action in {"confidential.choose", "confidential.receive"} {
			may(role, "school", action, school)
		}
	}
}

test_receiving_denied_to_leaders_operators_and_everybody_else if {
	every role in all_roles - {"tr", "amr"} {
		not may(role, "school", "confidential.receive", school)
	}
}

test_confidential_denied_elsewhere_and_from_above if {
	every role in all_roles {
		every action in {"confidential.choose", "confidential.write", "confidential.receive"} {
			not may(role, "school", action, elsewhere)
			not may(role, "operator", action, school)
			not may(role, "platform", action, school)
		}
	}
}

test_operators_see_states if {
	every role in operators {
		may(role, "operator", "round.read_state", school)
	}
}

test_states_denied_to_others if {
	every role in all_roles - operators {
		not may(role, "operator", "round.read_state", school)
	}
}

test_states_denied_to_another_operator if {
	every role in operators {
		not may(role, "another", "round.read_state", school)
	}
}

test_everybody_signed_in_reads_instruments_and_own_records if {
	every action in {"instrument.read", "me.records"} {
		every role in all_roles {
			may(role, "anywhere", action, {"type": "x", "tenant": "", "path": []})
		}
	}
}

test_instruments_and_own_records_denied_to_nobody_in_particular if {
	every action in {"instrument.read", "me.records"} {
		not intake.allowed with input as {"subject": {"id": "", "service": "", "assignments": []}, "action": action, "resource": school}
	}
	not intake.allowed with input as {"subject": {"id": "portal", "service": "portal", "assignments": []}, "action": "me.records", "resource": school}
}

test_services_read_instruments if {
	every service in {"reporting", "dialogue", "portal"} {
		intake.allowed with input as {"subject": {"id": service, "service": service, "assignments": []}, "action": "instrument.read", "resource": school}
	}
}

test_everything_else_denied_to_services if {
	every service in {"reporting", "dialogue", "portal", "ballotbox", "intake"} {
		every action, _ in intake.permissions {
			not intake.allowed with input as {"subject": {"id": service, "service": service, "assignments": []}, "action": action, "resource": school}
		}
	}
}

test_union_denied_everything if {
	every action, _ in intake.permissions {
		not may("union_analyst", "platform", action, school)
	}
}

test_unknown_action_denied if not may("school_administrator", "school", "round.erase", school)

test_municipality_frames_its_own_rounds if {
	municipality := {"type": "round", "tenant": "operator", "path": ["platform", "operator"]}
	every action in {"round.frame", "round.read_frame"} {
		may("municipal_administrator", "operator", action, municipality)
		not may("municipal_administrator", "another", action, municipality)
		not may("municipal_administrator", "operator", action, school)
	}
	every role in all_roles - {"municipal_administrator"} {
		not may(role, "operator", "round.frame", municipality)
	}
	every role in all_roles - (staff_side | {"municipal_administrator"}) {
		not may(role, "operator", "round.read_frame", municipality)
	}
}

test_staff_side_reads_frames if {
	every role in staff_side {
		may(role, "school", "round.read_frame", school)
		not may(role, "school", "round.read_frame", elsewhere)
		not may(role, "school", "round.frame", school)
	}
}

papers := {"round.read_paper", "round.enter_paper"}

helped := object.union(school, {"attributes": {"helper": true}})

test_representatives_enter_papers if {
	every action in papers {
		every role in {"tr", "amr"} {
			may(role, "school", action, school)
			may(role, "operator", action, unrepresented)
			not may(role, "operator", action, school)
			not may(role, "another", action, unrepresented)
			not may(role, "school", action, elsewhere)
		}
	}
}

test_the_helper_enters_papers if {
	every action in papers {
		may("employee", "school", action, helped)
	}
}

test_entering_papers_denied_to_others if {
	every action in papers {
		every role in all_roles - {"tr", "amr"} {
			not may(role, "school", action, school)
			not may(role, "operator", action, unrepresented)
		}
		every role in all_roles - {"tr", "amr", "employee"} {
			not may(role, "school", action, helped)
		}
	}
}

test_entering_papers_denied_to_whoever_leads if {
	every action in papers {
		every other in {"employee", "tr", "amr"} {
			every scope in {"school", "operator"} {
				leading := {"id": "x", "service": "", "assignments": [{"role": "leader", "scope": scope}, {"role": other, "scope": "school"}]}
				not intake.allowed with input as {"subject": leading, "action": action, "resource": helped}
			}
		}
	}
}

test_everybody_at_school_reads_whether_telling_is_on if {
	every role in everybody_here {
		may(role, "school", "experience.read", school)
	}
}

test_that_is_denied_to_others if {
	every role in all_roles - everybody_here {
		not may(role, "school", "experience.read", school)
	}
	every role in all_roles {
		not may(role, "operator", "experience.read", school)
		not may(role, "school", "experience.read", elsewhere)
	}
}

representing := {"experience.switch", "experience.receive"}

test_representatives_switch_telling_and_read_it if {
	every role in {"tr", "amr"} {
		every action in representing {
			may(role, "school", action, school)
		}
	}
}

test_switching_and_reading_denied_to_others if {
	every action in representing {
		every role in all_roles - {"tr", "amr"} {
			not may(role, "school", action, school)
		}
		every role in all_roles {
			not may(role, "operator", action, school)
			not may(role, "platform", action, school)
			not may(role, "school", action, elsewhere)
		}
	}
}

test_employees_get_a_ticket_to_tell if may("employee", "school", "experience.ticket", school)

test_tickets_to_tell_denied_to_others if {
	every role in all_roles - {"employee"} {
		not may(role, "school", "experience.ticket", school)
	}
	not may("employee", "school", "experience.ticket", elsewhere)
	not may("employee", "operator", "experience.ticket", school)
}

vouching := {"experience.read_roster", "experience.countersign", "experience.refuse"}

test_representatives_vouch_for_a_month if {
	every role in {"tr", "amr"} {
		every action in vouching {
			may(role, "school", action, school)
		}
	}
}

test_vouching_for_a_month_denied_to_others_and_from_above if {
	every action in vouching {
		every role in all_roles - {"tr", "amr"} {
			not may(role, "school", action, school)
		}
		every role in all_roles {
			not may(role, "operator", action, unrepresented)
			not may(role, "school", action, elsewhere)
		}
	}
}

test_vouching_for_a_month_denied_to_whoever_keeps_the_list_or_leads if {
	every action in vouching {
		every other in [["leader", "school"], ["school_administrator", "school"], ["municipal_administrator", "operator"]] {
			both := {"id": "x", "service": "", "assignments": [{"role": other[0], "scope": other[1]}, {"role": "tr", "scope": "school"}]}
			not intake.allowed with input as {"subject": both, "action": action, "resource": school}
		}
	}
}
