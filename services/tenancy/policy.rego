# Who may do what with organisations, units, people, roles and forums.
#
# Operators set up and maintain; nothing here shows them what is said at a school. Roles above the school do not reach
# its forums and staff list.
package guldkorn.tenancy

import data.guldkorn.hierarchy

school_roles := {
	"school_administrator",
	"leader",
	"employee",
	"tr",
	"amr",
	"forum_member",
	"facilitator",
	"text_reader",
	"it_guide",
	"learner_representative",
}

permissions := {
	"organisation.create": {"platform_operator", "municipal_administrator"},
	"organisation.change": {"municipal_administrator", "school_administrator"},
	"organisation.list": {"platform_operator", "municipal_administrator", "municipal_analyst", "auditor"},
	"organisation.read": (school_roles | {
		"platform_operator",
		"municipal_administrator",
		"municipal_analyst",
		"union_analyst",
		"auditor",
	}),
	"branding.change": {"municipal_administrator"},
	"tightening.change": {"municipal_administrator"},
	"tightening.read": {"municipal_administrator", "auditor", "school_administrator", "leader", "tr", "amr"},
	"provisioning.change": {"municipal_administrator"},
	"provisioning.read": {"municipal_administrator", "auditor"},
	"unit.create": {"municipal_administrator", "school_administrator"},
	"unit.change": {"municipal_administrator", "school_administrator"},
	"unit.read": (school_roles | {"municipal_administrator"}),
	"staff.read": {"school_administrator", "leader", "tr", "amr"},
	"staff.hire": {"school_administrator"},
	"person.create": {"platform_operator", "municipal_administrator"},
	"person.list": {"municipal_administrator"},
	"person.read": {"municipal_administrator"},
	"person.rectify": {"municipal_administrator"},
	"person.erase": {"municipal_administrator"},
	"person.reinstate": {"municipal_administrator"},
	"data_request.list": {"municipal_administrator"},
	"data_request.answer": {"municipal_administrator"},
	"tenant.export": {"municipal_administrator", "school_administrator"},
	"deletion.request": deleters,
	"deletion.cancel": deleters,
	"deletion.read": (deleters | {"auditor"}),
	"person.lookup": (school_roles | {"municipal_administrator"}),
	"import.create": {"municipal_administrator"},
	"import.read": {"municipal_administrator"},
	"import.apply": {"municipal_administrator"},
	"import.cancel": {"municipal_administrator"},
	"role_assignment.create": {"municipal_administrator", "school_administrator"},
	"role_assignment.end": {"municipal_administrator", "school_administrator"},
	"role_assignment.read": {"platform_operator", "municipal_administrator", "school_administrator", "auditor"},
	"role_assignment.read_tr": {"municipal_administrator", "school_administrator"},
	"api_key.create": {"municipal_administrator", "school_administrator"},
	"api_key.list": {"municipal_administrator", "school_administrator"},
	"api_key.revoke": {"municipal_administrator", "school_administrator"},
	"sign_in_provider.create": {"platform_operator", "municipal_administrator"},
	"sign_in_provider.read": {"platform_operator", "municipal_administrator"},
	"sign_in_provider.change": {"platform_operator", "municipal_administrator"},
	"sign_in_provider.delete": {"platform_operator", "municipal_administrator"},
	"forum.create": {"school_administrator", "leader"},
	"forum.change": {"school_administrator", "leader"},
	"forum.read": school_roles,
	"dead_letter.count": {"municipal_administrator", "platform_operator"},
	"audit.read": keepers,
	"audit.export": keepers,
}

# Whoever has set a school or an operator up may delete it; see the denial below for where.
deleters := {"municipal_administrator", "platform_operator"}

keepers := {"school_administrator", "tr", "amr", "auditor", "municipal_administrator", "platform_operator"}

readers := {"setup", "portal", "intake", "reporting", "dialogue", "notification"}

service_permissions := {
	"platform.create": {"setup"},
	"organisation.create": {"setup"},
	"organisation.list": readers,
	"organisation.read": readers,
	"unit.create": {"setup"},
	"unit.read": readers,
	"person.create": {"setup"},
	"person.lookup": {"intake", "reporting", "dialogue", "notification"},
	"role_assignment.create": {"setup"},
	"forum.create": {"setup"},
	"forum.read": {"dialogue", "notification"},
	"sign_in.match": {"portal"},
	"set_up.use": {"portal"},
	"sign_in_provider.offer": {"portal"},
	"sign_in_provider.use": {"portal"},
	"api_key.match": {"portal"},
	"snapshot.read": {"intake", "reporting", "dialogue", "notification"},
}

key_permissions := {
	"organisation.list": {"organisation:read"},
	"organisation.read": {"organisation:read"},
	"unit.read": {"organisation:read"},
	"person.list": {"people:read"},
	"person.read": {"people:read"},
	"staff.read": {"people:read"},
	"scim.read": {"scim"},
	"scim.provision": {"scim"},
	"scim.deactivate": {"scim"},
	"scim.assign": {"scim"},
	"scim.unassign": {"scim"},
}

privileged := {
	"api_key.create",
	"api_key.revoke",
	"sign_in_provider.create",
	"sign_in_provider.change",
	"sign_in_provider.delete",
	"platform.create",
	"organisation.create",
	"person.create",
	"import.apply",
	"branding.change",
	"tightening.change",
	"provisioning.change",
	"person.rectify",
	"person.erase",
	"person.reinstate",
	"data_request.answer",
	"tenant.export",
	"deletion.request",
	"deletion.cancel",
	"role_assignment.create",
	"role_assignment.end",
	"scim.provision",
	"scim.deactivate",
	"scim.assign",
	"scim.unassign",
	"staff.hire",
	"audit.export",
}

# Whoever finds a browser that was left signed in does not get further than this.
sensitive if {
	input.action in {
		"api_key.create",
		"sign_in_provider.create",
		"sign_in_provider.change",
		"sign_in_provider.delete",
		"provisioning.change",
		"person.erase",
		"tenant.export",
		"deletion.request",
	}
}

# Somebody who administers can let in anybody else.
sensitive if {
	input.action in {"role_assignment.create", "staff.hire"}
	input.resource.attributes.role in {"platform_operator", "municipal_administrator", "school_administrator"}
}

# What happened in a tenant is for those who have a role in it, and not for those above.
deny if {
	input.action in {"audit.read", "audit.export"}
	not hierarchy.holds_here(keepers)
}

# Everybody may see who they are themselves, take along what is known about them, and ask for it to be corrected or erased.
signed_in := {"me.read", "me.export", "me.union", "me.request"}

allow if {
	input.action == "person.read"
	hierarchy.is_person
	input.resource.attributes.person_id == input.subject.id
}

# In which language one is spoken to is one's own choice; the rest an administrator corrects, who has checked it.
allow if {
	input.action == "person.rectify"
	hierarchy.is_person
	input.resource.attributes.person_id == input.subject.id
	input.resource.attributes.language_only == true
}

# Whoever runs the platform appoints those who run its parts, and nobody inside a school.
allow if {
	input.action in {"role_assignment.create", "role_assignment.end"}
	hierarchy.holds({"platform_operator"})
	input.resource.attributes.scope_kind in {"platform", "municipality", "operator", "union"}
}

# Those who live on the platform itself or with a union have no municipality that could correct or erase them.
allow if {
	input.action in {
		"person.list", "person.read", "person.lookup", "person.rectify", "person.erase", "person.reinstate",
		"data_request.list", "data_request.answer",
	}
	hierarchy.holds({"platform_operator"})
	input.resource.attributes.home_kind in {"platform", "union"}
}

# Nor does it change what a school says of itself.
allow if {
	input.action == "organisation.change"
	hierarchy.holds({"platform_operator"})
	input.resource.attributes.kind in {"municipality", "operator", "union"}
}

# An operator has forums of its own, such as the central MED committee. Those of its schools stay the schools'.
allow if {
	input.action in {"forum.create", "forum.change", "forum.read"}
	hierarchy.holds_here({"municipal_administrator"})
}

# A key is for the administrator's own tenant: a municipality makes none that opens a school as the school's own would.
deny if {
	input.action in {"api_key.create", "api_key.list", "api_key.revoke"}
	not hierarchy.holds_here(permissions[input.action])
}

# Everything of a tenant is taken out at the tenant itself: from above a school only what may be read there. And what is
# deleted lies directly beneath: whoever runs the platform deletes no school, and no municipality deletes itself.
deny if {
	input.action in {"tenant.export", "deletion.request", "deletion.cancel", "deletion.read"}
	not hierarchy.holds_here(permissions[input.action])
}

# Roles above the school do not reach its staff list, and neither do keys.
deny if {
	input.action == "staff.read"
	hierarchy.key_of_another
}

# People live in the operator's tenant, so that is where its identity system brings them.
deny if {
	input.action in {"scim.read", "scim.provision", "scim.deactivate"}
	hierarchy.key_of_another
}

# An operator and its identity system are one matter; the schools have no part in it.
deny if {
	input.action in {"provisioning.change", "provisioning.read"}
	not hierarchy.holds_here(permissions[input.action])
}

# An identity system says where somebody works and whom they lead. Who represents colleagues, and who administers, is
# for people to decide, unless the operator has said that its identity system knows.
deny if {
	input.action in {"scim.assign", "scim.unassign"}
	not about_provisioned_role
}

about_provisioned_role if input.resource.attributes.role in {"employee", "leader"}

about_provisioned_role if {
	input.resource.attributes.role in {"tr", "amr", "school_administrator", "municipal_administrator"}
	input.resource.attributes.granted == true
}

# Nobody gives a role to themselves: an operator who could become a school's leader could read what it says.
deny if {
	input.action in {"role_assignment.create", "staff.hire"}
	hierarchy.is_person
	input.resource.attributes.person_id == input.subject.id
}
