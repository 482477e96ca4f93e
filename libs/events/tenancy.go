package events

import "time"

// OrganisationCreated says that a tenant came into being. It is told in the new tenant's own name.
type OrganisationCreated struct {
	OrganisationID  string `json:"organisation_id"` // the tenant id
	Kind            string `json:"kind"`            // platform, municipality, operator, school or union
	ParentID        string `json:"parent_id,omitempty"`
	InstitutionType string `json:"institution_type,omitempty"`
	Code            string `json:"code,omitempty"` // municipality code or institution number
	Name            string `json:"name"`           // of an organisation, not of a person
	Language        string `json:"language"`       // da or en
	LearnerWord     string `json:"learner_word,omitempty"`
	// TakenAway is what is not for a role here and beneath, though the policies say so.
	TakenAway []TakenRole `json:"taken_away,omitempty"`
	ShownName string      `json:"shown_name,omitempty"` // what an operator calls itself at its schools, if not by its name
	LogoID    string      `json:"logo_id,omitempty"`    // the hash of its picture
}

// TakenRole is an action that a tightening takes away from a role.
type TakenRole struct {
	Action string `json:"action"`
	Role   string `json:"role"`
}

// Type implements Event.
func (OrganisationCreated) Type() string { return "tenancy.organisation-created.v1" }

// Validate implements Event.
func (e OrganisationCreated) Validate() error { return required(e) }

// OrganisationChanged carries the whole new state of an organisation, but for its texts.
type OrganisationChanged OrganisationCreated

// Type implements Event.
func (OrganisationChanged) Type() string { return "tenancy.organisation-changed.v1" }

// Validate implements Event.
func (e OrganisationChanged) Validate() error { return required(e) }

// OrganisationDeleted says that a tenant is gone for good: whoever keeps anything for it erases that. It is told in the
// name of the tenant that was.
type OrganisationDeleted struct {
	OrganisationID string `json:"organisation_id"` // the tenant id
	Kind           string `json:"kind"`            // municipality, operator or school
	ParentID       string `json:"parent_id"`       // with whom the people of a school live
}

// Type implements Event.
func (OrganisationDeleted) Type() string { return "tenancy.organisation-deleted.v1" }

// Validate implements Event.
func (e OrganisationDeleted) Validate() error { return required(e) }

// UnitCreated says that a school has a unit; told in the school's tenant.
type UnitCreated struct {
	UnitID    string `json:"unit_id"`
	ParentID  string `json:"parent_id,omitempty"` // another unit; empty directly under the school
	Name      string `json:"name"`
	Headcount int    `json:"headcount"` // employees in it who are not leaders
	LeaderID  string `json:"leader_id,omitempty"`
}

// Type implements Event.
func (UnitCreated) Type() string { return "tenancy.unit-created.v1" }

// Validate implements Event.
func (e UnitCreated) Validate() error { return required(e) }

// UnitChanged carries the whole new state of a unit.
type UnitChanged UnitCreated

// Type implements Event.
func (UnitChanged) Type() string { return "tenancy.unit-changed.v1" }

// Validate implements Event.
func (e UnitChanged) Validate() error { return required(e) }

// PersonRegistered says that a person is known to an operator; no name and no address. Told in the operator's tenant.
type PersonRegistered struct {
	PersonID string `json:"person_id"`
	Language string `json:"language"`
}

// Type implements Event.
func (PersonRegistered) Type() string { return "tenancy.person-registered.v1" }

// Validate implements Event.
func (e PersonRegistered) Validate() error { return required(e) }

// PersonSuspended says that a person may no longer sign in; told in the operator's tenant. The roles end by events of
// their own.
type PersonSuspended struct {
	PersonID string `json:"person_id"`
}

// Type implements Event.
func (PersonSuspended) Type() string { return "tenancy.person-suspended.v1" }

// Validate implements Event.
func (e PersonSuspended) Validate() error { return required(e) }

// PersonErased says that an operator no longer knows who a person was: what others keep for the person can go, too.
type PersonErased struct {
	PersonID string `json:"person_id"`
}

// Type implements Event.
func (PersonErased) Type() string { return "tenancy.person-erased.v1" }

// Validate implements Event.
func (e PersonErased) Validate() error { return required(e) }

// RoleAssigned says that a person has a role in a scope; told in the operator's tenant, since assignments live there.
type RoleAssigned struct {
	AssignmentID string     `json:"assignment_id"`
	PersonID     string     `json:"person_id"`
	Role         string     `json:"role"`
	Scope        string     `json:"scope"` // tenant id of the platform, operator, school or union
	UnitID       string     `json:"unit_id,omitempty"`
	From         time.Time  `json:"from"`
	To           *time.Time `json:"to,omitempty"`

	StaffGroup    string `json:"staff_group,omitempty"`    // of an employee: teacher, pedagogue, administration, it, technical_and_cleaning or leader
	SubstituteFor string `json:"substitute_for,omitempty"` // another assignment, whose duty this one stands in for
}

// Type implements Event.
func (RoleAssigned) Type() string { return "tenancy.role-assigned.v1" }

// Validate implements Event.
func (e RoleAssigned) Validate() error { return required(e) }

// RoleEnded says that an assignment ended or was given an end.
type RoleEnded struct {
	AssignmentID string    `json:"assignment_id"`
	PersonID     string    `json:"person_id"`
	To           time.Time `json:"to"`
}

// Type implements Event.
func (RoleEnded) Type() string { return "tenancy.role-ended.v1" }

// Validate implements Event.
func (e RoleEnded) Validate() error { return required(e) }

// ForumMember is one seat in a forum.
type ForumMember struct {
	PersonID string `json:"person_id"`
	Role     string `json:"role"` // chair, vice_chair, secretary, leader, tr, amr, member or substitute

	SubstituteFor string `json:"substitute_for,omitempty"` // a member; empty for a substitute who stands in for anybody
}

// ForumClause is a clause of a local agreement without its words: what calls for it, and for what.
type ForumClause struct {
	ClauseID string   `json:"clause_id"`
	Trigger  string   `json:"trigger"` // idea, procurement, pilot, rollout, major_change, replacement or regular_review
	Duty     string   `json:"duty"`    // information, consultation or guideline
	Topics   []string `json:"topics,omitempty"`
}

// ForumCreated says that a school or an operator has a forum; told in its tenant.
type ForumCreated struct {
	ForumID string        `json:"forum_id"`
	Kind    string        `json:"kind"` // med, su, amo, work_environment_group, trio, management_group, staff_meeting, team, technology_forum
	Name    string        `json:"name"`
	Mandate string        `json:"mandate"` // information, consultation (drøftelse), guideline (retningslinje), advises or decides
	Members []ForumMember `json:"members"`

	ParentID     string        `json:"parent_id,omitempty"`        // another forum
	ParentTenant string        `json:"parent_tenant_id,omitempty"` // whose that is: the same tenant, or its operator
	Clauses      []ForumClause `json:"clauses,omitempty"`
	EndedAt      *time.Time    `json:"ended_at,omitempty"`
}

// Type implements Event.
func (ForumCreated) Type() string { return "tenancy.forum-created.v1" }

// Validate implements Event.
func (e ForumCreated) Validate() error { return required(e) }

// ForumChanged carries the whole new state of a forum.
type ForumChanged ForumCreated

// Type implements Event.
func (ForumChanged) Type() string { return "tenancy.forum-changed.v1" }

// Validate implements Event.
func (e ForumChanged) Validate() error { return required(e) }
