package dialogue

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/access/accesstest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func TestPolicyRego(t *testing.T) { accesstest.RunRego(t, ".") }

// oracle says in plain Go who may do what, as a second opinion on policy.rego.
func oracle(roles []string, action string, leads, takesPart, published, owns, asked, receives, types bool) bool {
	has := func(any ...string) bool {
		return slices.ContainsFunc(any, func(role string) bool { return slices.Contains(roles, role) })
	}
	works := has("leader", "employee", "tr", "amr", "school_administrator", "it_guide")
	seated := works || has("forum_member", "facilitator", "learner_representative")
	out := published && works
	switch action {
	case "playbook.read", "me.records", "escalation.list":
		return true
	case "playbook.choose":
		return seated || has("municipal_administrator")
	case "playbook.adapt", "playbook.publish":
		return has("tr", "amr", "school_administrator", "municipal_administrator")
	case "dialogue.create":
		return has("leader", "tr", "amr", "school_administrator")
	case "dialogue.enter", "dialogue.list", "action.list", "agreement.list":
		return seated
	case "dialogue.read", "minutes.read", "agreement.read":
		return seated && (leads || takesPart || out)
	case "dialogue.follow", "contribution.read", "board.change", "guests.read":
		return seated && (leads || takesPart)
	case "guests.open", "guests.close", "guests.show_out":
		return seated && leads
	case "dialogue.lead", "outcome.record", "action.assign", "agreement.adopt":
		return seated && leads
	case "dialogue.seat", "action.verify", "agreement.end", "agreement.close_check":
		return seated && (leads || takesPart && has("leader", "tr", "amr"))
	case "contribution.add", "ballot.cast":
		return seated && takesPart
	case "contribution.hold":
		return has("tr", "amr") && (leads || takesPart)
	case "contribution.transcribe":
		return seated && (leads || types)
	case "contribution.transcribe_sealed":
		return seated && (leads || types) && !has("leader")
	case "disagreement.record", "topic.record":
		return seated && (leads || takesPart && has("tr", "amr"))
	case "action.read":
		return seated && (leads || takesPart || owns || out)
	case "escalation.read":
		return receives || seated && (leads || takesPart)
	case "escalation.answer":
		return receives
	case "escalation.withdraw":
		return seated && leads
	case "agreement.answer":
		return seated && asked
	case "action.own":
		return seated && owns
	case "action.drop":
		return seated && (leads || owns)
	}
	return false
}

// oracleOfPreMeetings is the same for pre-meetings, in which nobody of the other side has a part, wherever they are it.
func oracleOfPreMeetings(here, anywhere []string, action string, leads, takesPart, types bool) bool {
	elected := slices.Contains(here, "tr") || slices.Contains(here, "amr")
	for _, role := range []string{"leader", "school_administrator", "municipal_administrator", "municipal_analyst", "auditor", "platform_operator"} {
		if slices.Contains(anywhere, role) {
			return false
		}
	}
	if !elected && !slices.Contains(here, "employee") {
		return false
	}
	switch strings.TrimPrefix(action, "pre_meeting.") {
	case "input.send":
		return takesPart
	case "input.answer":
		return takesPart && elected
	case "list":
		return true
	case "create":
		return elected
	case "read":
		return leads || takesPart
	case "lead":
		return leads
	case "seat", "raise":
		return leads || takesPart && elected
	case "write":
		return takesPart
	case "transcribe":
		return leads || types
	case "hold":
		return elected && (leads || takesPart)
	case "hand_over":
		return elected && takesPart
	}
	return false
}

var policyActions = []string{
	"dialogue.create", "dialogue.enter", "dialogue.list", "dialogue.read", "dialogue.follow", "dialogue.lead", "dialogue.seat",
	"contribution.read", "contribution.add", "contribution.hold", "contribution.transcribe", "contribution.transcribe_sealed", "board.change", "ballot.cast", "outcome.record", "disagreement.record", "topic.record",
	"minutes.read", "action.list", "action.read", "action.own", "action.drop", "action.assign", "action.verify",
	"escalation.list", "escalation.read", "escalation.answer", "escalation.withdraw", "agreement.list", "agreement.read", "agreement.adopt", "agreement.end", "agreement.answer", "agreement.close_check", "playbook.read", "playbook.choose", "playbook.adapt", "playbook.publish", "me.records", "snapshot.read", "no.such_action", "guests.read", "guests.open", "guests.close", "guests.show_out", "guest.enter", "guest.watch", "guest.write", "guest.leave", "input.send", "input.answer",
	"pre_meeting.list", "pre_meeting.create", "pre_meeting.read", "pre_meeting.lead", "pre_meeting.seat", "pre_meeting.write", "pre_meeting.hold", "pre_meeting.transcribe", "pre_meeting.raise", "pre_meeting.hand_over",
}

func TestPolicyAgreesWithOracle(t *testing.T) {
	const platform, operator, school, other, union tenant.ID = "platformaaaa", "operatoraaaa", "schoolaaaaaa", "schoolbbbbbb", "unionaaaaaaa"
	authorizer, err := access.NewAuthorizer(t.Context(), Name, policy)
	require.NoError(t, err)
	rapid.Check(t, func(rt *rapid.T) {
		action := rapid.SampledFrom(policyActions).Draw(rt, "action")
		given := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) access.Assignment {
			return access.Assignment{
				Role:  rapid.SampledFrom(access.Roles()).Draw(t, "role"),
				Scope: rapid.SampledFrom([]tenant.ID{school, school, school, platform, operator, other, union}).Draw(t, "scope"),
			}
		}), 0, 4).Draw(rt, "assignments")
		var here, anywhere []string
		for _, a := range given {
			anywhere = append(anywhere, a.Role)
			if a.Scope == school {
				here = append(here, a.Role)
			}
		}
		leads, takesPart := rapid.Bool().Draw(rt, "leads"), rapid.Bool().Draw(rt, "takes part")
		published, owns, asked := rapid.Bool().Draw(rt, "published"), rapid.Bool().Draw(rt, "owns"), rapid.Bool().Draw(rt, "asked")
		receives, closed := rapid.Bool().Draw(rt, "receives"), rapid.Bool().Draw(rt, "pre-meeting")
		types := rapid.Bool().Draw(rt, "types in")
		err := authorizer.Decide(t.Context(), access.Subject{ID: "p", Tenant: operator, Assignments: given}, action, access.Resource{
			Type: "dialogue", Tenant: school, Path: []tenant.ID{platform, operator, school},
			Attributes: map[string]any{"is_facilitator": leads, "is_participant": takesPart, "is_published": published, "is_owner": owns, "is_asked": asked, "is_receiver": receives, "is_asker": leads || takesPart, "is_pre_meeting": closed, "is_scribe": types},
		})
		want := !closed && oracle(here, action, leads, takesPart, published, owns, asked, receives, types)
		if strings.HasPrefix(action, "pre_meeting.") {
			about := closed || action == "pre_meeting.list" || action == "pre_meeting.create"
			want = about && oracleOfPreMeetings(here, anywhere, action, leads, takesPart, types)
		}
		if strings.HasPrefix(action, "input.") {
			want = !closed && oracleOfPreMeetings(here, anywhere, action, leads, takesPart, types)
		}
		if (err == nil) != want {
			rt.Fatalf("%s with %v: the policy says %v, the table %v", action, given, err, want)
		}
	})
}

// A guest may do three things in the one dialogue that they are let in to, two of them not always, and nothing else whatever
// the dialogue, and whoever else they are, would open to others.
func TestGuestsAgreeWithOracle(t *testing.T) {
	const platform, operator, school, other tenant.ID = "platformaaaa", "operatoraaaa", "schoolaaaaaa", "schoolbbbbbb"
	authorizer, err := access.NewAuthorizer(t.Context(), Name, policy)
	require.NoError(t, err)
	rapid.Check(t, func(rt *rapid.T) {
		action := rapid.SampledFrom(policyActions).Draw(rt, "action")
		of := rapid.SampledFrom([]tenant.ID{school, school, operator, other}).Draw(rt, "tenant")
		is := map[string]any{}
		for _, name := range []string{"is_guest", "is_secret", "is_self", "is_pre_meeting", "is_facilitator", "is_participant", "is_published", "is_owner", "is_asked", "is_receiver", "is_asker", "is_scribe"} {
			if rapid.IntRange(0, 3).Draw(rt, name+" told") > 0 {
				is[name] = rapid.Bool().Draw(rt, name)
			}
		}
		guest := access.Subject{ID: "g", Tenant: of, Guest: "dialogue"}
		if rapid.Bool().Draw(rt, "with roles") {
			guest.Assignments = []access.Assignment{{Role: rapid.SampledFrom(access.Roles()).Draw(rt, "role"), Scope: school}}
		}
		err := authorizer.Decide(t.Context(), guest, action, access.Resource{
			Type: "dialogue", Tenant: school, Path: []tenant.ID{platform, operator, school}, Attributes: is,
		})
		want := of == school && is["is_guest"] == true && is["is_pre_meeting"] != true
		switch action {
		case "guest.watch":
		case "guest.write":
			want = want && is["is_secret"] == false
		case "guest.leave":
			want = want && is["is_self"] == true
		default:
			want = false
		}
		if (err == nil) != want {
			rt.Fatalf("%s with %v: the policy says %v, the table %v", action, is, err, want)
		}
	})
}
