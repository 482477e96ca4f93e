package tenancy

import (
	"fmt"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// provisionedRoles are those that every identity system gives; see policy.rego.
var provisionedRoles = []string{access.Employee, access.Leader}

// grantable are the roles that an operator may let its identity system give beside those. People elect representatives and
// appoint administrators; where an operator keeps in its identity system who they are, it may say so, and whoever holds the
// system's key can then make somebody one of them. So none is given unless an administrator has said so.
var grantable = []string{access.UnionRepresentative, access.SafetyRepresentative, access.SchoolAdministrator, access.MunicipalAdministrator}

// grant says which of these roles the identity system gives from now on.
func (o *organisation) grant(roles []tenancyapi.Role) error {
	granted := []string{}
	for _, role := range roles {
		if !slices.Contains(grantable, string(role)) {
			return failure.Invalid("roles", fmt.Sprintf("some of %v", grantable))
		}
		granted = append(granted, string(role))
	}
	slices.Sort(granted)
	o.ProvisionedRoles = slices.Compact(granted)
	return nil
}

// provisions tells whether the operator's identity system gives a role.
func (o organisation) provisions(role string) bool {
	return slices.Contains(provisionedRoles, role) || slices.Contains(o.ProvisionedRoles, role)
}

// grantedIn returns the roles of a kind of organisation that the identity system gives beside those that every one gives.
func (o organisation) grantedIn(kind string) []string {
	return slices.DeleteFunc(slices.Clone(o.ProvisionedRoles), func(role string) bool { return !slices.Contains(scopeKinds[role], kind) })
}
