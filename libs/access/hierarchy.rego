# When does a role that somebody has somewhere count here?
#
# Scopes form a tree: platform, then municipality or operator, then school; a union stands beside the
# operators. input.resource.path lists the tenants from the platform down to the one that owns the resource,
# so a role counts when its scope is on that path: a role at the school counts at the school, a role at the
# municipality counts at each of its schools, and neither counts at a school of somebody else.
package guldkorn.hierarchy

# A service acting on its own behalf. Its assignments, should it have any, count for nothing.
is_service if {
	input.subject.service != ""
}

# A program with an API key.
is_key if {
	input.subject.key == true
}

# Somebody without an account, who was let in to one thing of one tenant.
is_guest if {
	input.subject.guest != ""
}

# A signed-in person.
is_person if {
	not is_service
	not is_key
	not is_guest
	input.subject.id != ""
}

# holds(roles): the person has one of these roles in a scope on the resource's path.
holds(roles) if {
	is_person
	some assignment in input.subject.assignments
	assignment.role in roles
	assignment.scope in input.resource.path
}

# holds_here(roles): as holds, but in the owning tenant itself and not further up.
holds_here(roles) if {
	is_person
	some assignment in input.subject.assignments
	assignment.role in roles
	assignment.scope == input.resource.tenant
}

# in_unit(roles): as holds_here, and in the very unit that the resource belongs to.
in_unit(roles) if {
	is_person
	some assignment in input.subject.assignments
	assignment.role in roles
	assignment.scope == input.resource.tenant
	assignment.unit == input.resource.unit
	input.resource.unit != ""
}

# calls(services): the caller is one of these services.
calls(services) if {
	is_service
	input.subject.service in services
}

# opens(scopes): the caller is an API key that has one of these scopes, of a tenant on the resource's path.
opens(scopes) if {
	is_key
	not is_service
	some scope in input.subject.scopes
	scope in scopes
	input.subject.tenant in input.resource.path
}

# visits: the caller is a guest of this tenant, and the service says that they are let in to this very thing now.
visits if {
	is_guest
	not is_service
	not is_key
	input.subject.tenant == input.resource.tenant
	input.resource.attributes.is_guest == true
}

# key_of_another: the caller is an API key of a tenant other than the resource's own, also of one above it.
key_of_another if {
	is_key
	input.subject.tenant != input.resource.tenant
}
