// Package scim is the protocol SCIM 2.0 (RFC 7643 and RFC 7644) as far as the identity system of a municipality needs it
// to bring people: what its requests say, filters, changes, and the form of the answers.
//
// It is forgiving in what it takes, since the systems that speak the protocol differ: names of attributes in any case
// (which the standard asks for), operations as "Add", truth as "True", changes without a path. It knows no store and
// decides nothing; that is the service tenancy's matter. README.md says how to set it up.
package scim

// ContentType is the media type of the protocol (RFC 7644, section 8.1).
const ContentType = "application/scim+json"

// What the protocol calls its resources and messages.
const (
	UserSchema  = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"
	// extension is our own part of a user; its name is of the form that Entra ID takes for such.
	extension    = "urn:ietf:params:scim:schemas:extension:guldkorn:2.0:User"
	listSchema   = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	patchSchema  = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	errorSchema  = "urn:ietf:params:scim:api:messages:2.0:Error"
	configSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	typeSchema   = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	schemaSchema = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)

// What a request may ask for. More is refused before anything is done about it.
const (
	MaxFilter     = 1024 // bytes of a filter or a path
	maxBrackets   = 8    // in a filter or a path
	maxOperations = 100  // in one change
	maxSteps      = 400  // attributes in one request
	maxNamed      = 32   // attributes that an answer is to have, or to lack
	MaxResults    = 200  // resources on one page
)
