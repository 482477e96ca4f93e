package apitest

// Requests returns what operations that name something else by its id are sent, by service/id, with places for the ids:
// bodies, and what follows the path as a query. Both sides of an Isolation could do this with their own.
func Requests() (bodies, queries map[string]string) {
	bodies = map[string]string{
		"tenancy/createRoleAssignment": `{"person_id": "{person_id}", "role": "text_reader", "scope": "{tenant_id.2}"}`,
		"tenancy/leaveScope":           `{"scope": "{tenant_id.2}"}`,
		"tenancy/moveEmployee":         `{"unit_id": "{unit_id}", "scope": "{tenant_id.2}", "from": "2020-01-01T00:00:00Z"}`,
		"tenancy/createUnit":           `{"name": "Taget", "parent_id": "{unit_id}"}`,
		"tenancy/changeUnit":           `{"name": "Taget", "parent_id": "{unit_id.2}"}`,
		"tenancy/createForum":          `{"kind": "med", "name": "Taget", "mandate": "consultation", "members": [{"person_id": "{person_id}", "role": "member"}]}`,
		"tenancy/changeForum":          `{"name": "Taget", "parent_id": "{forum_id.2}"}`,
		"tenancy/setForumMembers":      `{"members": [{"person_id": "{person_id}", "role": "member"}]}`,
		"tenancy/lookUpPersons":        `{"person_ids": ["{person_id}"]}`,
		"tenancy/changeOrganisation":   `{"core_task_text": "Taget"}`,
		"tenancy/createOrganisation":   `{"kind": "school", "name": "Taget", "institution_type": "folkeskole", "language": "da"}`,
		"tenancy/createPerson":         `{"name": "Taget", "email": "taget@example.dk", "login": "taget", "language": "da"}`,
		"tenancy/rectifyPerson":        `{"name": "Taget"}`,
		"tenancy/createAPIKey":         `{"name": "Taget", "scopes": ["organisation:read"], "expires_at": "2027-01-01T00:00:00Z"}`,
		"tenancy/patchSCIMGroup": `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
			"Operations": [{"op": "add", "path": "members", "value": [{"value": "{person_id}"}]}]}`,
		"tenancy/replaceSCIMGroup": `{"displayName": "Taget", "externalId": "taget", "members": [{"value": "{person_id}"}]}`,
		"tenancy/createSCIMGroup":  `{"displayName": "Taget", "members": [{"value": "{person_id}"}]}`,

		"intake/registerTechnology": `{"name": "Taget", "kind": "learning_platform"}`,
		"intake/createRound": `{"title": "Taget", "instrument": "pulse-relations", "instrument_version": 1, "technology_id": "{technology_id}",
			"unit_ids": ["{unit_id}"], "opens_on": "2100-01-11", "closes_on": "2100-01-15", "visible_to_all_on": "2100-01-18"}`,

		"dialogue/createDialogue": `{"title": "Taget", "playbook": "from-overview-to-measures", "playbook_version": 1, "variant_minutes": 45, "forum_id": "{forum_id}",
			"source": {"release_id": "{release_id}", "theme": "relations", "quality": "demands"}}`,
		"dialogue/createAdaptation": `{"playbook": "small-school", "playbook_version": 1}`,
		"dialogue/setPeople":        `{"participant_ids": ["{person_id}"], "facilitator_ids": ["{person_id.2}"]}`,
		"dialogue/addContribution":  `{"text": "Taget"}`,
		"dialogue/editContribution": `{"text": "Taget"}`,
		"dialogue/castBallot":       `{"choices": [{"contribution_id": "{contribution_id}", "dots": 1}]}`,
		"dialogue/recordDecision":   `{"text": "Taget", "source_ids": ["{contribution_id}"]}`,
		"dialogue/proposeAction":    `{"text": "Taget", "owner_id": "{person_id}", "due_on": "2100-01-11", "follow_up_on": "2100-02-11"}`,
		"dialogue/reassignAction":   `{"owner_id": "{person_id}"}`,

		"notification/setQuietHours": `{"open_from": "07:00", "open_to": "17:00", "weekdays": [1, 2, 3, 4, 5]}`,
	}
	queries = map[string]string{
		"tenancy/listRoleAssignments": "?scope={tenant_id.2}",
		"tenancy/listAuditEntries":    "?subject={person_id}",
	}
	return bodies, queries
}

// Answers returns the operations that say what they know of the ids that they are asked about in a body or query, and so
// answer with success and nothing where those are others'.
func Answers() []string { return []string{"tenancy/lookUpPersons", "tenancy/listAuditEntries"} }
