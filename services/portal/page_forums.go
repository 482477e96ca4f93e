package portal

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// forumsPage is where a school sets up the bodies in which leaders and staff meet.
type forumsPage struct {
	Forums          []tenancyapi.Forum
	Ended           []tenancyapi.Forum
	Staff           []tenancyapi.StaffMember
	Kinds, Mandates []string
	Form            form
	Made            bool // a structure, just now
}

// setsUpForums refuses those who could not save; reading alone they do on the school's own page.
func (v *visit) setsUpForums() error {
	if !v.has(access.SchoolAdministrator, access.Leader) {
		return failure.New(failure.AccessDenied)
	}
	return nil
}

// forums begins the form with what the address says is to be made.
func (v *visit) forums() error {
	return v.forumsWith(http.StatusOK, form{Values: url.Values{"kind": {v.query("kind")}, "name": {v.query("name")}}})
}

func (v *visit) forumsWith(status int, f form) error {
	if err := v.setsUpForums(); err != nil {
		return err
	}
	words := families()
	page := forumsPage{Kinds: words["forum_kind"], Mandates: words["mandate"], Form: f, Made: v.query("made") != ""}
	var list tenancyapi.ForumList
	var staff tenancyapi.StaffList
	if err := together(v.reads("tenancy", v.at("forums"), &list), v.reads("tenancy", v.at("staff"), &staff)); err != nil {
		return err
	}
	page.Staff, page.Ended = staff.Items, slices.DeleteFunc(slices.Clone(list.Items), func(f tenancyapi.Forum) bool { return f.EndedAt == nil })
	page.Forums = standing(list.Items)
	return v.show(status, "forums", page)
}

// createForum begins with whoever takes the chair; the page that follows seats the others.
func (v *visit) createForum() error {
	in := tenancyapi.NewForum{
		Kind: tenancyapi.ForumKind(v.input("kind")), Name: v.input("name"), Mandate: tenancyapi.Mandate(v.input("mandate")),
		Members: []tenancyapi.ForumMember{{PersonID: v.input("members"), Role: "chair"}},
	}
	var made tenancyapi.Forum
	var err error
	if in.Members[0].PersonID == "" {
		err = failure.Invalid("members", "somebody of the staff")
	} else {
		err = v.call("tenancy", http.MethodPost, v.at("forums"), in, &made, v.key())
	}
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.forumsWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("administration", "forums", made.ForumID))
}
