package portal

import (
	"strings"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// forums answers with a trio that has a substitute and a clause, with one that has ended, and with what the size of the
// school calls for.
func (s *stage) forums() {
	at := func(parts ...string) string { return under(schoolID, parts...) }
	gone := strings.ReplaceAll(annaID, "1", "9")
	trio := tenancyapi.Forum{
		ForumID: "f1", Kind: "trio", Name: "Trioen", Mandate: "advises", ParentID: pointer("f9"), ParentTenantID: pointer(operatorID), Revision: 3,
		Members: []tenancyapi.ForumMember{{PersonID: boID, Role: "leader"}, {PersonID: gone, Role: "substitute", SubstituteFor: pointer(boID)}},
		Clauses: tenancyapi.ForumClauses{{
			ClauseID: pointer("c1"), Trigger: "procurement", Duty: "consultation", Text: "Udvalget drøfter nye læremidler, før de købes.", Agreement: "MED-aftalen § 9",
			Topics: &[]tenancyapi.ForumClauseTopic{"workflows", "work_environment"},
		}},
	}
	ended := trio
	ended.ForumID, ended.Name, ended.EndedAt = "f2", "Det gamle udvalg", pointer(s.now())
	s.on("tenancy", "GET "+at("forums"), tenancyapi.ForumList{Items: []tenancyapi.Forum{trio, ended}})
	s.on("tenancy", "GET "+at("forums", "f1"), trio)
	s.on("tenancy", "GET "+at("forums", "f2"), ended)
	s.on("tenancy", "GET "+at("forum-parents"), tenancyapi.ForumParentList{Items: []tenancyapi.ForumParent{
		{ForumID: "f1", TenantID: schoolID, Kind: "trio", Name: "Trioen"}, {ForumID: "f2", TenantID: schoolID, Kind: "trio", Name: "Det gamle udvalg", EndedAt: pointer(s.now())},
		{ForumID: "f3", TenantID: schoolID, Kind: "med", Name: "MED-udvalget"}, {ForumID: "f9", TenantID: operatorID, Kind: "med", Name: "Hovedudvalget"},
	}})
	chair := []tenancyapi.ForumMember{{PersonID: boID, Role: "chair"}}
	s.on("tenancy", "GET "+at("forum-proposals"), tenancyapi.ForumProposalList{Items: []tenancyapi.ForumProposal{
		{
			Structure: "med", Headcount: 37, Levels: 2, Rules: []tenancyapi.ForumRule{{Rule: "amo_two_levels_from_35", Source: "Arbejdsmiljøloven"}},
			Forums: []tenancyapi.ProposedForum{
				{Kind: "med", Name: "MED-udvalget", Mandate: "consultation", ParentID: pointer("f9"), ForumID: pointer("f3"), Members: chair},
				{Kind: "work_environment_group", Name: "Arbejdsmiljøgruppen", Mandate: "advises", ParentKind: pointer(tenancyapi.ForumKind("med")), Members: chair},
			},
		},
		{
			Structure: "su_amo", Headcount: 37, Levels: 2, Rules: []tenancyapi.ForumRule{{Rule: "su_from_25", Source: "Samarbejdsaftalen"}, {Rule: "amo_two_levels_from_35", Source: "Arbejdsmiljøloven"}},
			Forums: []tenancyapi.ProposedForum{{Kind: "su", Name: "Samarbejdsudvalget", Mandate: "consultation", ForumID: pointer("f4"), Members: chair}},
		},
	}})
}
