package portal

import (
	"maps"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
)

// The model's themes and qualities, in its order.
var (
	themes    = []string{"core_task", "professional_practice", "relations", "implementation"}
	qualities = []string{"meaning", "influence", "recognition", "social_support", "predictability", "demands"}
)

// families lists the members of every family of keys that is chosen by a value from another service. A test holds
// the catalogues against it.
func families() map[string][]string {
	var cells []string
	for _, theme := range themes {
		for _, quality := range qualities {
			cells = append(cells, theme+"."+quality)
		}
	}
	all := map[string][]string{
		"theme":               themes,
		"quality":             qualities,
		"cell":                cells,
		"reading":             {"helps", "hinders", "both", "little", "even", "too_few"},
		"class":               {"very_low", "low", "middle", "high", "very_high"},
		"change":              {"unchanged", "changed", "clear", "uncertain"},
		"standing":            {"indicative", "usable", "good"},
		"technology_kind":     technologyKinds,
		"round_status":        {"draft", "announcing", "countersigning", "refused", "announced", "opening", "open", "closing", "released", "archived"},
		"round_next":          {"draft", "announcing", "countersigning", "refused", "announced", "opening", "open", "closing", "released", "archived"},
		"refused_for":         append(slices.Clone(refusalReasons), "expired"),
		"round_advice":        {"full_within_a_year"},
		"preview":             {"shown", "pooled", "too_few"},
		"first_step":          firstStepNames,
		"first_step_text":     firstStepNames,
		"first_step_time":     firstStepNames,
		"first_step_state":    {"done", "under_way", "next", "later"},
		"dialogue_state":      {"draft", "scheduled", "open", "paused", "concluding", "minutes_review", "follow_up", "closed", "cancelled"},
		"step":                stepKinds,
		"grouping":            {"alone", "pairs", "fours", "plenary"},
		"outcome_kind":        {"decision", "agreement", "action", "disagreement", "escalation", "parked_topic", "map", "inventory", "plan"},
		"phase_state":         {"pending", "active", "paused", "locked", "skipped"},
		"contributors":        {"fewer_than_5", "5_to_9", "10_to_19", "20_to_49", "50_or_more"},
		"ready_band":          {"5_to_9", "10_to_19", "20_to_49", "50_or_more"}, // of fewer nothing is said
		"exit_rule":           {"time", "ready", "outcome", "facilitator"},
		"action_status":       actionStatuses,
		"effect":              {"worked", "partly", "did_not_work"},
		"agreement_status":    {"proposed", "in_force", "under_review", "superseded", "ended"},
		"agreement_kind":      agreementKinds,
		"agreement_scope":     agreementScopes,
		"adherence":           {"kept", "partly", "not_kept"},
		"escalation_status":   {"raised", "received", "answered", "withdrawn"},
		"topic_kind":          topicKinds,
		"channel_field":       channelFields,
		"minutes_file":        minutesFormats,
		"minutes_state":       {"draft", "circulated", "approved"},
		"input_status":        {"sent", "taken_up", "answered"},
		"mandate":             {"information", "consultation", "guideline", "advises", "decides"},
		"forum_kind":          {"med", "su", "amo", "work_environment_group", "trio", "management_group", "staff_meeting", "team", "technology_forum"},
		"forum_structure":     {"med", "su_amo"},
		"forum_structure_for": {"med", "su_amo"},
		"forum_rule":          {"amo_none_under_10", "amo_one_level_from_10", "amo_two_levels_from_35", "su_from_25", "su_voluntary_under_25"},
		"clause_trigger":      clauseTriggers,
		"clause_duty":         clauseDuties,
		"clause_topic":        clauseTopics,
		"seat":                {"chair", "vice_chair", "secretary", "leader", "tr", "amr", "member", "substitute"},
		"role": {
			"platform_operator", "municipal_administrator", "municipal_analyst", "school_administrator", "leader", "employee",
			"tr", "amr", "forum_member", "facilitator", "union_analyst", "text_reader",
			"it_guide", "learner_representative", "auditor",
		},
		"experience_direction": {"gain", "strain"},
		"conversation_state":   {"closed", "ended", "locked"},
		"staff_group":          append(slices.Clone(staffGroups), access.NoStaffGroup.ID),
		"breakdown":            breakdowns,
		"breakdown_only":       breakdowns,
		"breakdown_others":     breakdowns,
		"breakdown_choose":     breakdowns,
		"breakdown_hint":       breakdowns,
		"audit_thing":          auditThings,
		"service":              operated,
		"inbox": {
			"countersignature_asked", "month_countersignature_asked", "round_announced", "round_extended", "common_round_framed", "release_published", "texts_waiting", "dialogue_created", "pre_meeting_called", "dialogue_scheduled", "dialogue_called_off", "step_ending", "action_proposed", "action_accepted", "action_follow_up_due",
			"agreement_review_due", "escalation_raised", "escalation_answered", "escalation_overdue",
			"confidential_waiting",
		},
		"audit_action":       auditActions,
		"tightenable":        slices.Sorted(maps.Keys(access.Tightenable())),
		"audit_decision":     {"allowed", "denied"},
		"result_file_kind":   {"pdf", "xlsx", "csv", "json"},
		"reading_short":      {"helps", "hinders", "both", "little", "even", "too_few"},
		"disagreement":       disagreementFields,
		"benchmark_reason":   {"too_few_institutions", "too_few_municipalities", "no_national_release"},
		"month":              {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"},
		"weekday":            {"1", "2", "3", "4", "5", "6", "7"},
		"want":               formFields,
		"role_does":          append(slices.Clone(usualRoles), otherRoles...),
		"institution_type":   institutionTypes,
		"key_scope":          append(slices.Clone(schoolKeyScopes), access.ScopeProvisioning),
		"deletion_state":     deletionStates,
		"deletion_says":      deletionStates,
		"data_request":       {"access", "rectification", "erasure"},
		"data_request_asked": ownRequests,
		"own_request":        ownRequests,
		"language":           languages,
		"organisation_kind":  {"school", "municipality", "operator", "union"},
		"organisations":      {"operator", "platform"},
		"organisations_lead": {"operator", "platform"},
		"organisations_new":  {"operator", "platform"},
		"organisations_code": {"operator", "platform"},
		"sign_in_identifier": identifiers,
		"provider_check":     providerChecks,
		"provider_fault":     providerFaults,
		"provider_state":     {"well", "unsure", "wrong"},
	}
	maps.Copy(all, importFamilies())
	maps.Copy(all, boardFamilies())
	return all
}

// stepKinds are what a step of a playbook can be.
var stepKinds = []string{
	"checkin", "review_actions", "reflect", "share", "cluster", "prioritise", "discuss", "map", "inventory", "draft_text", "plan",
	"decide", "evaluate",
}

// technologyKinds are what a technology can mainly be.
var technologyKinds = []string{"classroom", "learning_material", "learning_platform", "administrative", "communication"}

// deletionStates are how far the deletion of an organisation is.
var deletionStates = []string{"waiting", "withdrawn", "closing", "erasing", "done"}

// formFields are the inputs that a service may refuse by name; want.<name> says beside the input what would be right.
var formFields = []string{
	"platform_name", "union", "shown_name", "help_name", "help_phone", "help_email", "help_link", "logo", "issuer", "client_id", "client_secret", "login_claim", "matched_by", "unilogin", "required_claim", "required_value",
	"thresholds", "contract", "extra_questions", "paper",
	"title", "name", "table", "kind", "instrument", "opens_on", "closes_on", "visible_to_all_on", "text", "owner_id", "minutes", "due_on",
	"last_day", "from_on", "to_on", "review_on", "scope", "channels", "replaces_id", "decision", "question", "answer", "answer_by_on", "mandate", "members", "trigger", "duty", "topics", "agreement",
	"person_id", "follow_up_on", "reason", "forum_id", "playbook", "starts_at", "place", "participant_ids", "input_ids", "open_from", "open_to", "weekdays", "choices", "source_ids",
	"role", "unit_id", "parent_id", "from", "to", "code", "institution_type", "email", "login", "scopes", "expires_at",
	"label", "technology_id", "from_node_id", "to_node_id", "impact", "technology_node_ids", "direction", "used_for", "used_by", "state", "parallel_row_id", "helps",
	"wears", "verdict", "element", "evidence", "confirmation", "waiting_days", "list", "language", "learner_word", "core_task_text", "holidays", "working_hours",
}
