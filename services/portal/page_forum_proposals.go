package portal

import (
	"net/http"
	"slices"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// forumProposalsPage is which forums a school of this size has, by the act and the agreements, and which of them it lacks.
type forumProposalsPage struct {
	Proposals []forumProposal
	Form      form
}

type forumProposal struct {
	tenancyapi.ForumProposal
	parents []tenancyapi.ForumParent
}

// Lacking tells whether there is anything to create.
func (p forumProposal) Lacking() bool {
	return slices.ContainsFunc(p.Forums, func(f tenancyapi.ProposedForum) bool { return f.ForumID == nil })
}

// Above is the name of the forum that a proposed one lies beneath, of the same proposal or of the operator; "" for none.
func (p forumProposal) Above(f tenancyapi.ProposedForum) string {
	for _, other := range p.Forums {
		if f.ParentKind != nil && other.Kind == *f.ParentKind {
			return other.Name
		}
	}
	for _, parent := range p.parents {
		if f.ParentID != nil && parent.ForumID == *f.ParentID {
			return parent.Name
		}
	}
	return ""
}

func (v *visit) forumProposals() error { return v.forumProposalsWith(http.StatusOK, form{}) }

func (v *visit) forumProposalsWith(status int, f form) error {
	if err := v.setsUpForums(); err != nil {
		return err
	}
	var list tenancyapi.ForumProposalList
	var parents tenancyapi.ForumParentList
	err := together(v.reads("tenancy", v.at("forum-proposals"), &list), v.reads("tenancy", v.at("forum-parents"), &parents))
	if err != nil {
		return err
	}
	page := forumProposalsPage{Form: f}
	for _, p := range list.Items {
		page.Proposals = append(page.Proposals, forumProposal{p, parents.Items})
	}
	return v.show(status, "forum_proposals", page)
}

// createForumStructure creates what the school lacks of the structure that was chosen.
func (v *visit) createForumStructure() error {
	in := tenancyapi.NewForumStructure{Structure: tenancyapi.ForumStructure(v.input("structure"))}
	if err := v.call("tenancy", http.MethodPost, v.at("forum-structures"), in, nil, v.key()); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.forumProposalsWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("administration", "forums") + "?made=yes")
}
