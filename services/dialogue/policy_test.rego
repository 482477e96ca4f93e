package guldkorn.dialogue

school := "schoolaaaaaa"

path := ["platformaaaa", "operatoraaaa", school]

# ask(roles, action, attributes): somebody with these roles at the school asks.
ask(roles, action, attributes) := {
	"action": action,
	"subject": {"id": "p", "tenant": "operatoraaaa", "service": "", "assignments": [a |
		some role in roles
		a := {"role": role, "scope": school, "unit": ""}
	]},
	"resource": {"type": "dialogue", "tenant": school, "path": path, "unit": "", "attributes": attributes},
}

# from(role, scope, action, attributes): somebody with a role elsewhere asks.
from(role, scope, action, attributes) := {
	"action": action,
	"subject": {"id": "p", "tenant": "operatoraaaa", "service": "", "assignments": [{"role": role, "scope": scope, "unit": ""}]},
	"resource": {"type": "dialogue", "tenant": school, "path": path, "unit": "", "attributes": attributes},
}

everything := {"is_facilitator": true, "is_participant": true, "is_published": true, "is_owner": true, "is_asked": true}

nothing := {"is_facilitator": false, "is_participant": false, "is_published": false, "is_owner": false, "is_asked": false}

seated := object.union(nothing, {"is_participant": true})

leading := object.union(nothing, {"is_facilitator": true})

out := object.union(nothing, {"is_published": true})

owning := object.union(nothing, {"is_owner": true, "is_asked": true})

test_create if {
	every role in ["leader", "tr", "amr", "school_administrator"] {
		allowed with input as ask([role], "dialogue.create", {})
	}
}

test_create_denied_to_others if {
	every role in ["employee", "forum_member", "facilitator", "text_reader", "municipal_administrator", "union_analyst"] {
		not allowed with input as ask([role], "dialogue.create", {})
	}
}

test_first_steps if {
	every role in ["leader", "tr", "amr", "school_administrator"] {
		allowed with input as ask([role], "first_steps.read", {})
	}
}

test_first_steps_denied_to_others if {
	every role in ["employee", "forum_member", "facilitator", "it_guide", "text_reader", "municipal_administrator", "union_analyst"] {
		not allowed with input as ask([role], "first_steps.read", {})
	}
	not allowed with input as from("municipal_administrator", "operatoraaaa", "first_steps.read", {})
	not allowed with input as from("leader", "operatoraaaa", "first_steps.read", {})
}

test_experience_is_cited_by_its_readers if {
	every role in ["tr", "amr"] {
		allowed with input as ask([role], "dialogue.cite_experience", {})
	}
}

test_experience_denied_to_others if {
	every role in ["leader", "school_administrator", "employee", "it_guide", "facilitator", "text_reader", "municipal_administrator"] {
		not allowed with input as ask([role], "dialogue.cite_experience", {})
	}
	not allowed with input as from("tr", "operatoraaaa", "dialogue.cite_experience", {})
}

test_participant_takes_part if {
	every action in ["dialogue.read", "dialogue.follow", "contribution.read", "contribution.add", "ballot.cast", "minutes.read", "action.read"] {
		allowed with input as ask(["employee"], action, seated)
	}
}

test_participation_denied_to_colleagues if {
	every action in ["dialogue.read", "dialogue.follow", "contribution.read", "contribution.add", "ballot.cast", "minutes.read", "action.read"] {
		every role in ["employee", "leader", "tr", "amr", "school_administrator"] {
			not allowed with input as ask([role], action, nothing)
		}
	}
}

test_participant_denied_to_lead if {
	every action in ["dialogue.lead", "outcome.record", "action.assign", "action.own", "action.drop", "disagreement.record", "dialogue.seat", "action.verify"] {
		not allowed with input as ask(["employee"], action, seated)
	}
}

test_facilitator_leads if {
	every action in ["dialogue.lead", "dialogue.seat", "outcome.record", "disagreement.record", "action.assign", "action.drop", "action.verify", "dialogue.follow"] {
		allowed with input as ask(["employee"], action, leading)
	}
}

test_facilitator_denied_to_write_or_vote if {
	every action in ["contribution.add", "ballot.cast", "action.own"] {
		not allowed with input as ask(["leader"], action, leading)
	}
}

test_scribe_transcribes if {
	allowed with input as ask(["employee"], "contribution.transcribe", object.union(seated, {"is_scribe": true}))
	allowed with input as ask(["leader"], "contribution.transcribe", leading)
}

test_sealed_papers_by_colleagues if {
	allowed with input as ask(["employee", "tr"], "contribution.transcribe_sealed", object.union(seated, {"is_scribe": true}))
	allowed with input as ask(["employee"], "contribution.transcribe_sealed", leading)
}

test_sealed_papers_denied_to_leaders if {
	not allowed with input as ask(["leader"], "contribution.transcribe_sealed", leading)
	not allowed with input as ask(["leader", "employee"], "contribution.transcribe_sealed", object.union(everything, {"is_scribe": true}))
	not allowed with input as ask(["employee"], "contribution.transcribe_sealed", seated)
}

test_transcription_denied_to_others if {
	every role in ["employee", "leader", "tr", "amr", "school_administrator"] {
		not allowed with input as ask([role], "contribution.transcribe", seated)
		not allowed with input as ask([role], "contribution.transcribe", out)
	}
	every role in ["municipal_administrator", "union_analyst", "platform_operator"] {
		not allowed with input as from(role, "operatoraaaa", "contribution.transcribe", object.union(everything, {"is_scribe": true}))
	}
}

test_board_by_those_at_the_table if {
	allowed with input as ask(["employee"], "board.change", seated)
	allowed with input as ask(["leader"], "board.change", leading)
}

test_board_denied_outside if {
	every role in ["employee", "leader", "tr", "amr", "school_administrator"] {
		not allowed with input as ask([role], "board.change", out)
		not allowed with input as ask([role], "board.change", nothing)
	}
	not allowed with input as ask(["municipal_administrator"], "board.change", seated)
}

test_hold_by_representatives if {
	allowed with input as ask(["employee", "tr"], "contribution.hold", seated)
	allowed with input as ask(["employee", "amr"], "contribution.hold", seated)
}

test_hold_denied_to_leader if {
	not allowed with input as ask(["leader"], "contribution.hold", everything)
	not allowed with input as ask(["tr"], "contribution.hold", nothing)
}

test_disagreement_by_representative if {
	allowed with input as ask(["employee", "tr"], "disagreement.record", seated)
	allowed with input as ask(["employee", "amr"], "topic.record", seated)
}

test_disagreement_denied_outside if {
	not allowed with input as ask(["employee", "tr"], "disagreement.record", out)
	not allowed with input as ask(["employee"], "topic.record", seated)
	not allowed with input as ask(["employee", "tr"], "topic.record", out)
}

test_substitute_takes_the_chair if {
	allowed with input as ask(["employee", "amr"], "dialogue.seat", seated)
}

test_chair_denied_outside if {
	not allowed with input as ask(["school_administrator"], "dialogue.seat", out)
}

test_published_to_colleagues if {
	every action in ["dialogue.read", "minutes.read", "action.read"] {
		allowed with input as ask(["employee"], action, out)
	}
}

test_published_denied_further if {
	every action in ["dialogue.follow", "contribution.read", "contribution.add", "dialogue.lead"] {
		not allowed with input as ask(["employee"], action, out)
	}
	not allowed with input as ask(["forum_member"], "minutes.read", out)
	not allowed with input as ask(["text_reader"], "minutes.read", out)
}

test_owner if {
	every action in ["action.own", "action.read", "action.drop"] {
		allowed with input as ask(["employee"], action, owning)
	}
}

test_owner_denied_to_verify if {
	not allowed with input as ask(["employee"], "action.verify", owning)
	not allowed with input as ask(["employee"], "action.assign", owning)
}

test_verify_by_representative if {
	allowed with input as ask(["amr"], "action.verify", seated)
}

test_agreement_read_by_those_who_made_it_and_once_adopted if {
	allowed with input as ask(["employee"], "agreement.read", seated)
	allowed with input as ask(["employee"], "agreement.read", out)
	allowed with input as ask(["employee"], "agreement.list", nothing)
}

test_agreement_denied_before_it_is_adopted if {
	not allowed with input as ask(["employee"], "agreement.read", nothing)
	not allowed with input as ask(["forum_member"], "agreement.read", out)
}

test_agreement_adopted_by_facilitator if {
	allowed with input as ask(["employee"], "agreement.adopt", leading)
}

test_agreement_adopting_denied_to_others if {
	not allowed with input as ask(["leader", "tr"], "agreement.adopt", seated)
}

test_agreement_ended_by_facilitator_or_substitute if {
	every action in ["agreement.end", "agreement.close_check"] {
		allowed with input as ask(["employee"], action, leading)
		allowed with input as ask(["amr"], action, seated)
	}
}

test_agreement_ending_denied_to_others if {
	every action in ["agreement.end", "agreement.close_check"] {
		not allowed with input as ask(["employee"], action, seated)
		not allowed with input as ask(["leader"], action, out)
	}
}

test_adherence_answered_by_those_asked if {
	allowed with input as ask(["employee"], "agreement.answer", object.union(nothing, {"is_asked": true}))
}

test_adherence_denied_to_others if {
	not allowed with input as ask(["leader", "tr"], "agreement.answer", object.union(everything, {"is_asked": false}))
}

test_everything_denied_from_above_and_beside if {
	every action, _ in permissions {
		every role in ["platform_operator", "municipal_administrator", "municipal_analyst", "leader", "tr"] {
			not allowed with input as from(role, "operatoraaaa", action, everything)
			not allowed with input as from(role, "platformaaaa", action, everything)
			not allowed with input as from(role, "schoolbbbbbb", action, everything)
		}
		not allowed with input as from("union_analyst", "unionaaaaaaa", action, everything)
	}
}

test_everything_denied_to_services if {
	every action, _ in permissions {
		not allowed with input as {
			"action": action,
			"subject": {"id": "reporting", "tenant": "", "service": "reporting", "assignments": [{"role": "leader", "scope": school, "unit": ""}]},
			"resource": {"type": "dialogue", "tenant": school, "path": path, "unit": "", "attributes": everything},
		}
	}
}

test_unknown_action_denied if {
	not allowed with input as ask(["leader"], "dialogue.erase", everything)
}

nowhere := {"type": "x", "tenant": "", "path": [], "unit": "", "attributes": {}}

test_playbooks_and_own_records_are_for_everybody_signed_in if {
	every action in ["playbook.read", "me.records"] {
		every role in ["employee", "municipal_administrator", "union_analyst", "platform_operator"] {
			allowed with input as object.union(from(role, "anywhere", action, nothing), {"resource": nowhere})
		}
	}
}

test_playbooks_and_own_records_denied_to_nobody_in_particular if {
	every action in ["playbook.read", "me.records"] {
		not allowed with input as {"action": action, "subject": {"id": "", "tenant": "", "service": "", "assignments": []}, "resource": nowhere}
		not allowed with input as {"action": action, "subject": {"id": "tenancy", "tenant": "", "service": "tenancy", "assignments": []}, "resource": nowhere}
		not allowed with input as {"action": action, "subject": {"id": "k", "tenant": "operatoraaaa", "service": "", "key": true, "scopes": ["people:read"], "assignments": []}, "resource": nowhere}
	}
}

test_services_copy if {
	every service in ["reporting", "notification"] {
		allowed with input as {"action": "snapshot.read", "subject": {"id": service, "tenant": "", "service": service, "assignments": []}, "resource": nowhere}
	}
}

test_copying_denied_to_others if {
	every service in ["intake", "portal", "ballotbox"] {
		not allowed with input as {"action": "snapshot.read", "subject": {"id": service, "tenant": "", "service": service, "assignments": []}, "resource": nowhere}
	}
	every role in ["leader", "tr", "platform_operator", "municipal_administrator"] {
		not allowed with input as ask([role], "snapshot.read", everything)
	}
}

# Those who write playbooks for a place do so there, and all who work at a school choose among them.
test_writing_a_playbook if {
	every action in ["playbook.adapt", "playbook.publish"] {
		every role in ["tr", "amr", "school_administrator", "municipal_administrator"] {
			allowed with input as ask([role], action, {})
		}
	}
}

test_writing_a_playbook_denied if {
	every action in ["playbook.adapt", "playbook.publish"] {
		every role in ["employee", "leader", "it_guide", "learner_representative", "municipal_analyst"] {
			not allowed with input as ask([role], action, {})
		}
	}
}

test_choosing_a_playbook if {
	every role in ["employee", "leader", "forum_member", "municipal_administrator"] {
		allowed with input as ask([role], "playbook.choose", {})
	}
}

test_choosing_a_playbook_denied if {
	every role in ["union_analyst", "platform_operator", "municipal_analyst"] {
		not allowed with input as ask([role], "playbook.choose", {})
	}
}

receiving := object.union(nothing, {"is_receiver": true})

asking := object.union(nothing, {"is_asker": true})

test_escalation_answered_by_the_forum_that_is_asked if {
	every action in ["escalation.read", "escalation.answer"] {
		allowed with input as from("leader", "schoolbbbbbb", action, receiving)
		allowed with input as from("municipal_administrator", "operatoraaaa", action, receiving)
	}
	allowed with input as ask(["employee"], "escalation.read", asking)
	allowed with input as ask(["employee"], "escalation.withdraw", leading)
	allowed with input as from("leader", "schoolbbbbbb", "escalation.list", nothing)
}

test_escalation_denied_to_others if {
	every action in ["escalation.read", "escalation.answer", "escalation.withdraw"] {
		not allowed with input as from("municipal_administrator", "operatoraaaa", action, nothing)
		not allowed with input as ask(["leader", "tr"], action, nothing)
	}
	not allowed with input as ask(["employee"], "escalation.answer", asking)
	not allowed with input as from("leader", "schoolbbbbbb", "escalation.read", asking)
	not allowed with input as ask(["employee"], "escalation.withdraw", asking)
}

pre_meeting := {"is_pre_meeting": true, "is_facilitator": true, "is_participant": true}

invited := {"is_pre_meeting": true, "is_facilitator": false, "is_participant": true}

of_pre_meetings := {
	"pre_meeting.list", "pre_meeting.create", "pre_meeting.read", "pre_meeting.lead", "pre_meeting.seat", "pre_meeting.write",
	"pre_meeting.hold", "pre_meeting.transcribe", "pre_meeting.raise", "pre_meeting.hand_over",
}

test_pre_meeting_of_its_representatives if {
	every role in ["tr", "amr"] {
		every action in of_pre_meetings {
			allowed with input as ask([role], action, pre_meeting)
			allowed with input as ask(["employee", role], action, pre_meeting)
		}
	}
}

test_pre_meeting_of_those_invited if {
	every action in ["pre_meeting.list", "pre_meeting.read", "pre_meeting.write"] {
		allowed with input as ask(["employee"], action, invited)
	}
}

test_pre_meeting_denied_to_other_side_whatever_else_they_are if {
	every action in of_pre_meetings {
		every role in ["leader", "school_administrator", "municipal_administrator", "municipal_analyst", "auditor", "platform_operator"] {
			not allowed with input as ask([role], action, pre_meeting)
			not allowed with input as ask(["employee", "tr", "amr", role], action, pre_meeting)
			not allowed with input as object.union(
				ask(["employee", "tr"], action, pre_meeting),
				{"subject": {"assignments": [
					{"role": "tr", "scope": school, "unit": ""},
					{"role": role, "scope": "operatoraaaa", "unit": ""},
				]}},
			)
		}
	}
}

test_pre_meeting_denied_to_those_not_of_the_staff if {
	every action in of_pre_meetings {
		every role in ["forum_member", "facilitator", "learner_representative", "it_guide", "text_reader", "union_analyst"] {
			not allowed with input as ask([role], action, pre_meeting)
		}
	}
}

test_pre_meeting_denied_to_colleagues_not_invited if {
	every action in of_pre_meetings - {"pre_meeting.list", "pre_meeting.create"} {
		every role in ["employee", "tr", "amr"] {
			not allowed with input as ask([role], action, {"is_pre_meeting": true, "is_published": true})
		}
	}
}

test_pre_meeting_denied_from_elsewhere if {
	every action in of_pre_meetings {
		not allowed with input as from("tr", "schoolbbbbbb", action, pre_meeting)
		not allowed with input as from("tr", "operatoraaaa", action, pre_meeting)
	}
}

test_employee_denied_to_call_or_run_pre_meeting if {
	every action in ["pre_meeting.create", "pre_meeting.lead", "pre_meeting.seat", "pre_meeting.hold", "pre_meeting.transcribe", "pre_meeting.raise", "pre_meeting.hand_over"] {
		not allowed with input as ask(["employee"], action, invited)
	}
}

test_pre_meeting_actions_denied_in_a_dialogue if {
	every action in of_pre_meetings - {"pre_meeting.list", "pre_meeting.create"} {
		not allowed with input as ask(["employee", "tr"], action, everything)
	}
}

test_pre_meeting_denied_under_the_name_of_a_dialogue if {
	every action in object.keys(permissions) - of_pre_meetings {
		not allowed with input as ask(["employee", "tr"], action, object.union(everything, pre_meeting))
	}
}

test_input_of_colleagues_at_table if {
	every role in ["employee", "tr", "amr"] {
		allowed with input as ask([role], "input.send", seated)
	}
	every role in ["tr", "amr"] {
		allowed with input as ask([role], "input.answer", seated)
	}
}

test_input_denied_to_other_side_whatever_else_they_are if {
	every action in ["input.send", "input.answer"] {
		every role in ["leader", "school_administrator", "municipal_administrator", "municipal_analyst", "auditor", "platform_operator"] {
			not allowed with input as ask([role], action, everything)
			not allowed with input as ask(["employee", "tr", role], action, everything)
		}
	}
}

test_input_denied_to_those_not_at_table if {
	every action in ["input.send", "input.answer"] {
		not allowed with input as ask(["tr", "employee"], action, leading)
		not allowed with input as ask(["tr", "employee"], action, out)
		not allowed with input as from("tr", "schoolbbbbbb", action, everything)
	}
}

test_answers_to_input_denied_to_colleagues if {
	not allowed with input as ask(["employee"], "input.answer", everything)
}

# visiting(action, attributes): a guest of the school asks.
visiting(action, attributes) := {
	"action": action,
	"subject": {"id": "g", "tenant": school, "service": "", "key": false, "guest": "dialogue", "assignments": []},
	"resource": {"type": "dialogue", "tenant": school, "path": path, "unit": "", "attributes": attributes},
}

let_in := {"is_guest": true, "is_secret": false, "is_self": true, "is_pre_meeting": false}

test_guests_are_let_in_by_who_leads if {
	every action in ["guests.read", "guests.open", "guests.close", "guests.show_out"] {
		allowed with input as ask(["leader"], action, leading)
	}
	allowed with input as ask(["employee"], "guests.read", seated)
}

test_guests_let_in_denied_to_others if {
	every action in ["guests.open", "guests.close", "guests.show_out"] {
		not allowed with input as ask(["leader", "tr", "amr"], action, seated)
		not allowed with input as ask(["leader"], action, object.union(leading, {"is_pre_meeting": true}))
		not allowed with input as from("municipal_administrator", "operatoraaaa", action, leading)
	}
	not allowed with input as ask(["leader"], "guests.read", out)
}

test_guest if {
	every action in ["guest.watch", "guest.write", "guest.leave"] {
		allowed with input as visiting(action, let_in)
	}
}

test_guest_denied_what_is_secret if {
	not allowed with input as visiting("guest.write", object.union(let_in, {"is_secret": true}))
	not allowed with input as visiting("guest.write", {"is_guest": true})
}

test_guest_denied_to_show_out if {
	not allowed with input as visiting("guest.leave", object.union(let_in, {"is_self": false}))
}

test_guest_denied_pre_meetings if {
	every action in guest_actions {
		not allowed with input as visiting(action, object.union(let_in, {"is_pre_meeting": true}))
	}
}

test_guest_denied_everything_else if {
	every action in actions - guest_actions {
		not allowed with input as visiting(action, object.union(everything, let_in))
	}
}

test_guest_shown_out_denied if {
	every action in guest_actions {
		not allowed with input as visiting(action, object.union(let_in, {"is_guest": false}))
	}
}

test_guest_actions_denied_to_people if {
	every action in guest_actions {
		not allowed with input as ask(["leader", "tr"], action, object.union(everything, let_in))
	}
}

brings(service) := {"action": "guest.enter", "subject": {"id": service, "service": service, "assignments": []}, "resource": {"type": "dialogue"}}

test_guest_is_brought_by_the_portal if {
	allowed with input as brings("portal")
	not allowed with input as brings("reporting")
	not allowed with input as visiting("guest.enter", let_in)
}
