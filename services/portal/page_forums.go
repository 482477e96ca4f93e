package portal

import (
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// spareSeats are the empty lines beneath a forum's members.
const spareSeats = 3

// forumsPage is where a school sets up the bodies in which leaders and staff meet.
type forumsPage struct {
	Forums          []tenancyapi.Forum
	Staff           []tenancyapi.StaffMember
	Kinds, Mandates []string
	Form            form
}

// setsUpForums refuses those who could not save; reading alone they do on the school's own page.
func (v *visit) setsUpForums() error {
	if !v.has(access.SchoolAdministrator, access.Leader) {
		return failure.New(failure.AccessDenied)
	}
	return nil
}

func (v *visit) forums() error { return v.forumsWith(http.StatusOK, form{}) }

func (v *visit) forumsWith(status int, f form) error {
	if err := v.setsUpForums(); err != nil {
		return err
	}
	words := families()
	page := forumsPage{Kinds: words["forum_kind"], Mandates: words["mandate"], Form: f}
	var list tenancyapi.ForumList
	var staff tenancyapi.StaffList
	if err := together(v.reads("tenancy", v.at("forums"), &list), v.reads("tenancy", v.at("staff"), &staff)); err != nil {
		return err
	}
	page.Forums, page.Staff = standing(list.Items), staff.Items
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

// forumPage is one forum with its seats.
type forumPage struct {
	Forum  tenancyapi.Forum
	Tag    string
	Form   form
	Saved  bool
	Seated []seatedMember
	Others []tenancyapi.StaffMember // those without a seat
	Seats  []string
	Spare  []int // the numbers of the empty lines
}

type seatedMember struct {
	tenancyapi.ForumMember
	Name string // "" of somebody who has left
}

func (v *visit) forum() error { return v.forumWith(http.StatusOK, form{}) }

func (v *visit) forumWith(status int, f form) error {
	if err := v.setsUpForums(); err != nil {
		return err
	}
	page := forumPage{Form: f, Seats: families()["seat"], Saved: v.query("saved") != ""}
	var staff tenancyapi.StaffList
	err := together(
		func() error {
			return v.call("tenancy", http.MethodGet, v.at("forums", v.param("forum_id")), nil, &page.Forum,
				host.WithAnswer(func(r *http.Response) { page.Tag = r.Header.Get("ETag") }))
		},
		v.reads("tenancy", v.at("staff"), &staff),
	)
	if err != nil {
		return err
	}
	seated := map[string]bool{}
	for _, m := range page.Forum.Members {
		seated[m.PersonID] = true
		one := seatedMember{ForumMember: m}
		if i := slices.IndexFunc(staff.Items, func(s tenancyapi.StaffMember) bool { return s.PersonID == m.PersonID }); i >= 0 {
			one.Name = staff.Items[i].Name
		}
		page.Seated = append(page.Seated, one)
	}
	page.Others = slices.DeleteFunc(staff.Items, func(s tenancyapi.StaffMember) bool { return seated[s.PersonID] })
	for i := range min(spareSeats, len(page.Others)) {
		page.Spare = append(page.Spare, i+1)
	}
	return v.show(status, "forum", page)
}

// seatForum saves who sits in the forum: those whose seat was not taken away, and those who were added. What the form
// does not show of a seat stays as it is.
func (v *visit) seatForum() error {
	path := v.at("forums", v.param("forum_id"))
	var before tenancyapi.Forum
	if err := v.get("tenancy", path, &before); err != nil {
		return err
	}
	in := tenancyapi.ForumMembers{Members: []tenancyapi.ForumMember{}}
	chosenSeats := v.gin.PostFormArray("seat")
	for i, person := range v.gin.PostFormArray("person_id") {
		seat := nth(chosenSeats, i)
		if person == "" || seat == "" {
			continue
		}
		member := tenancyapi.ForumMember{PersonID: person}
		if at := slices.IndexFunc(before.Members, func(m tenancyapi.ForumMember) bool { return m.PersonID == person }); at >= 0 {
			member = before.Members[at]
		}
		member.Role = tenancyapi.ForumMemberRole(seat)
		in.Members = append(in.Members, member)
	}
	if err := v.call("tenancy", http.MethodPut, path+"/members", in, nil, v.seen()); err != nil {
		f, other := v.refused(err)
		if other != nil {
			return other
		}
		return v.forumWith(failure.From(err).Status(), f)
	}
	return v.redirect(v.school("administration", "forums", before.ForumID) + "?saved=yes")
}
