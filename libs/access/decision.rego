# Joins what a service's policy.rego declares into one decision. The word "service" in the package's name
# stands for the service's own: this file is loaded into the package of each policy.
#
# A policy declares
#   permissions         action -> roles that may take it in a scope on the resource's path
#   service_permissions action -> services that may take it on their own behalf        (optional)
#   key_permissions     action -> scopes of an API key that open it in its tenant        (optional)
#   guest_actions       actions that a guest may take in the one thing that they are let in to   (optional)
#   signed_in           actions that every person who is signed in may take            (optional)
#   allow, deny         extra rules; one deny outweighs every allow                    (optional)
#   sensitive           true for what takes a person who has just signed in            (optional)
#   privileged          actions whose permission is logged too, not only its denial    (optional)
#   quiet               actions about which nothing is logged or counted               (optional)
package guldkorn.service

import data.guldkorn.hierarchy

allow if hierarchy.holds(data.guldkorn.service.permissions[input.action])

allow if hierarchy.calls(data.guldkorn.service.service_permissions[input.action])

allow if hierarchy.opens(data.guldkorn.service.key_permissions[input.action])

allow if {
	input.action in data.guldkorn.service.guest_actions
	hierarchy.visits
}

allow if {
	input.action in data.guldkorn.service.signed_in
	hierarchy.is_person
}

# Never true; so that a policy without denials has the name.
deny if {
	input.action == null
}

# A policy's extra rules open nothing to a key: what is not declared for keys is denied to them.
astray if {
	hierarchy.is_key
	not hierarchy.opens(data.guldkorn.service.key_permissions[input.action])
}

# Never true; so that a policy without sensitive actions has the name.
sensitive if {
	input.action == null
}

# Nor to a guest, whatever the roles and parts of others open.
astray if {
	hierarchy.is_guest
	not for_guests
}

for_guests if input.action in data.guldkorn.service.guest_actions

# What is sensitive takes somebody who has just shown who they are, which a key never has. Services do as they were made.
stale if {
	sensitive
	not hierarchy.is_service
	not input.subject.recent
}

# The decision. Undefined means denied.
allowed if {
	allow
	not deny
	not astray
	not stale
}

# The scopes in which the person's own roles permit an action: lists run one query for each.
visible_scopes[action] contains assignment.scope if {
	some action
	roles := data.guldkorn.service.permissions[action]
	hierarchy.is_person
	some assignment in input.subject.assignments
	assignment.role in roles
}

# Every action that the policy knows by name.
actions contains action if some action, _ in data.guldkorn.service.permissions

actions contains action if some action, _ in data.guldkorn.service.service_permissions

actions contains action if some action, _ in data.guldkorn.service.key_permissions

actions contains action if some action in data.guldkorn.service.signed_in

actions contains action if some action in data.guldkorn.service.guest_actions
