# Who may do what in dialogues.
#
# A role counts only in the school itself: whoever runs, surveys or studies many schools reads nothing of what is said
# in one, but for a question that a forum in which they sit is asked. A role alone opens little; what a person is in the dialogue at hand (facilitator, participant, owner) is
# computed by the service and arrives as attributes of the resource.
package guldkorn.dialogue

import data.guldkorn.hierarchy

at_school := {"leader", "employee", "tr", "amr", "school_administrator", "it_guide"}

at_table := at_school | {"forum_member", "facilitator", "learner_representative"}

# Who may write playbooks of their own: the staff's representatives and the administrators, of a school or of a
# municipality for its schools.
writers := {"tr", "amr", "school_administrator", "municipal_administrator"}

# A pre-meeting belongs to the staff side: to those whom its TR or AMR has asked to it. Whoever leads, administers, surveys or
# runs, at whatever place, has no part in it, also when they are employed or elected besides; nor in what colleagues write
# to TR and AMR before a dialogue.
representatives := {"tr", "amr"}

staff_side := {"employee"} | representatives

other_side := {"leader", "school_administrator", "municipal_administrator", "municipal_analyst", "auditor", "platform_operator"}

pre_meeting_actions := {action | some action in object.keys(permissions); startswith(action, "pre_meeting.")}

permissions := {
	"playbook.choose": at_table | {"municipal_administrator"},
	"playbook.adapt": writers,
	"playbook.publish": writers,
	"dialogue.enter": at_table, # asked before anything is looked up, so that strangers learn nothing
	"dialogue.create": {"leader", "tr", "amr", "school_administrator"},
	"first_steps.read": {"leader", "tr", "amr", "school_administrator"},
	"dialogue.cite_experience": {"tr", "amr"}, # who alone read what is told anonymously
	"dialogue.list": at_table,
	"dialogue.read": at_table,
	"dialogue.follow": at_table,
	"dialogue.lead": at_table,
	"dialogue.seat": at_table,
	"guests.read": at_table,
	"guests.open": at_table,
	"guests.close": at_table,
	"guests.show_out": at_table,
	"contribution.read": at_table,
	"contribution.add": at_table,
	"contribution.hold": {"tr", "amr"},
	"contribution.transcribe": at_table,
	"contribution.transcribe_sealed": at_table,
	"board.change": at_table,
	"ballot.cast": at_table,
	"outcome.record": at_table,
	"disagreement.record": at_table,
	"topic.record": at_table,
	"minutes.read": at_table,
	"action.list": at_table,
	"action.read": at_table,
	"action.own": at_table,
	"action.drop": at_table,
	"action.assign": at_table,
	"action.verify": at_table,
	"agreement.list": at_table,
	"agreement.read": at_table,
	"agreement.adopt": at_table,
	"agreement.end": at_table,
	"agreement.answer": at_table,
	"agreement.close_check": at_table,
	"input.send": staff_side,
	"input.answer": representatives,
	"pre_meeting.list": staff_side,
	"pre_meeting.create": representatives,
	"pre_meeting.read": staff_side,
	"pre_meeting.lead": staff_side,
	"pre_meeting.seat": staff_side,
	"pre_meeting.write": staff_side,
	"pre_meeting.hold": representatives,
	"pre_meeting.transcribe": staff_side,
	"pre_meeting.raise": staff_side,
	"pre_meeting.hand_over": representatives,
}

service_permissions := {
	"snapshot.read": {"reporting", "notification"},
	"guest.enter": {"portal"},
}

# What a guest does in the one dialogue that they are let in to: see what the room sees, write where nothing is secret, and go.
guest_actions := {"guest.watch", "guest.write", "guest.leave"}

# What is sealed or secret is the staff's own.
deny if {
	input.action == "guest.write"
	not input.resource.attributes.is_secret == false
}

# A guest shows nobody out.
deny if {
	input.action == "guest.leave"
	not input.resource.attributes.is_self == true
}

# What a playbook says is no secret, and what is kept about a person is none to that person.
# Whoever sits in a forum that is asked by another one reads the question wherever they work; see elsewhere below.
signed_in := {"playbook.read", "me.records", "escalation.list", "escalation.read", "escalation.answer", "escalation.withdraw"}

# What is done to what others said or took on, and who is asked to the table. The school's audit log tells of it.
privileged := {"playbook.publish", "dialogue.create", "dialogue.seat", "guests.open", "guests.close", "guests.show_out", "contribution.hold", "action.assign", "action.verify", "action.drop", "agreement.end"}

# About what somebody writes or chooses nothing is logged, not even a refusal; nor about a pre-meeting or an input, for the school's
# audit log is read by those from whom it is kept.
quiet := {"dialogue.enter", "contribution.add", "board.change", "ballot.cast", "agreement.answer", "input.send", "input.answer"} | guest_actions | {
	"pre_meeting.list", "pre_meeting.create", "pre_meeting.read", "pre_meeting.lead", "pre_meeting.seat", "pre_meeting.write",
	"pre_meeting.hold", "pre_meeting.transcribe", "pre_meeting.raise", "pre_meeting.hand_over",
}

# What a person is to the dialogue at hand.
parts contains "anybody"

parts contains "facilitator" if input.resource.attributes.is_facilitator == true

parts contains "participant" if takes_part

# Whom the facilitator asked to type in what was written on paper.
parts contains "scribe" if input.resource.attributes.is_scribe == true

parts contains "owner" if input.resource.attributes.is_owner == true

# Who is asked whether an agreement is kept to.
parts contains "asked" if input.resource.attributes.is_asked == true

# The forum that owes an answer may be of another school or of the municipality.
parts contains "receiver" if input.resource.attributes.is_receiver == true

parts contains "asker" if {
	input.resource.attributes.is_asker == true
	hierarchy.holds_here(at_table)
}

parts contains "asking_facilitator" if {
	input.resource.attributes.is_facilitator == true
	hierarchy.holds_here(at_table)
}

# Approved minutes and what was adopted are for everybody who works at the school.
parts contains "colleague" if {
	input.resource.attributes.is_published == true
	hierarchy.holds_here(at_school)
}

# The staff's elected voices at the table.
parts contains "representative" if {
	takes_part
	hierarchy.holds_here({"tr", "amr"})
}

# Who can step in, so that a dialogue does not stand still when its facilitator is away.
parts contains "substitute" if {
	takes_part
	hierarchy.holds_here({"leader", "tr", "amr"})
}

takes_part if input.resource.attributes.is_participant == true

# The parts that each action is for. A disagreement is not for the leader alone to write down.
fits := {
	"playbook.choose": {"anybody"},
	"playbook.adapt": {"anybody"},
	"playbook.publish": {"anybody"},
	"dialogue.enter": {"anybody"},
	"dialogue.create": {"anybody"},
	"first_steps.read": {"anybody"},
	"dialogue.cite_experience": {"anybody"},
	"dialogue.list": {"anybody"},
	"dialogue.read": {"facilitator", "participant", "colleague"},
	"dialogue.follow": {"facilitator", "participant"},
	"dialogue.lead": {"facilitator"},
	"dialogue.seat": {"facilitator", "substitute"},
	"guests.read": {"facilitator", "participant"},
	"guests.open": {"facilitator"},
	"guests.close": {"facilitator"},
	"guests.show_out": {"facilitator"},
	"contribution.read": {"facilitator", "participant"},
	"contribution.add": {"participant"},
	"contribution.hold": {"facilitator", "participant"},
	"contribution.transcribe": {"facilitator", "scribe"},
	"contribution.transcribe_sealed": {"facilitator", "scribe"},
	"board.change": {"facilitator", "participant"}, # one draws for the room what the room says
	"ballot.cast": {"participant"},
	"outcome.record": {"facilitator"},
	"disagreement.record": {"facilitator", "representative"},
	"topic.record": {"facilitator", "representative"},
	"minutes.read": {"facilitator", "participant", "colleague"},
	"action.list": {"anybody"},
	"action.read": {"facilitator", "participant", "colleague", "owner"},
	"action.own": {"owner"},
	"action.drop": {"facilitator", "owner"},
	"action.assign": {"facilitator"},
	"action.verify": {"facilitator", "substitute"},
	"escalation.read": {"receiver", "asker"},
	"escalation.answer": {"receiver"},
	"escalation.withdraw": {"asking_facilitator"},
	"agreement.list": {"anybody"},
	"agreement.read": {"facilitator", "participant", "colleague"},
	"agreement.adopt": {"facilitator"},
	"agreement.end": {"facilitator", "substitute"},
	"agreement.answer": {"asked"},
	"agreement.close_check": {"facilitator", "substitute"},
	"input.send": {"participant"},
	"input.answer": {"representative"},
	"pre_meeting.list": {"anybody"},
	"pre_meeting.create": {"anybody"},
	"pre_meeting.read": {"facilitator", "participant"},
	"pre_meeting.lead": {"facilitator"},
	"pre_meeting.seat": {"facilitator", "representative"},
	"pre_meeting.write": {"participant"},
	"pre_meeting.hold": {"facilitator", "participant"},
	"pre_meeting.transcribe": {"facilitator", "scribe"},
	"pre_meeting.raise": {"facilitator", "representative"},
	"pre_meeting.hand_over": {"representative"},
}

suits if {
	some part in parts
	part in fits[input.action]
}

deny if {
	permissions[input.action]
	not suits
}

# What somebody may do without a role in the school is bound to their part in it.
elsewhere := {"escalation.read", "escalation.answer", "escalation.withdraw"}

deny if {
	input.action in elsewhere
	not suits
}

# A leader may know the handwriting of whoever was promised that no leader finds out.
deny if {
	input.action == "contribution.transcribe_sealed"
	hierarchy.holds_here({"leader"})
}

# Never by a role further up.
deny if {
	permissions[input.action]
	not hierarchy.holds_here(permissions[input.action])
}

deny if {
	input.action in pre_meeting_actions | {"input.send", "input.answer"}
	some assignment in input.subject.assignments
	assignment.role in other_side
}

deny if {
	input.action in pre_meeting_actions - {"pre_meeting.list", "pre_meeting.create"}
	not input.resource.attributes.is_pre_meeting
}

# What is said of dialogues says nothing of pre-meetings.
deny if {
	input.resource.attributes.is_pre_meeting == true
	not input.action in pre_meeting_actions
}
