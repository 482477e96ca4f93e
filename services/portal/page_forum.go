package portal

import (
	"net/http"
	"net/url"
	"slices"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// spareSeats are the empty lines beneath a forum's members.
const spareSeats = 3

// substituteSeat is held by those who sit in only when somebody else does not.
const substituteSeat = "substitute"

// forumPage is one forum: who sits in it, what it is, what a local agreement says of it, and its end.
type forumPage struct {
	Path     string
	Forum    tenancyapi.Forum
	Tag      string
	Saved    bool
	Seats    []string
	Seated   []seatLine
	Spare    []seatLine               // to seat somebody new
	Standing []seatLine               // those who can have a substitute
	Others   []tenancyapi.StaffMember // those without a seat
	Mandates []string
	Parents  []tenancyapi.ForumParent
	names    map[string]string
	school   string

	Members, Facts, Ending form
}

// seatLine is one line of the form of the members.
type seatLine struct {
	PersonID, Seat string
	For            string // the member whom a substitute stands in for, "" for anybody
}

// Name is that of a member, "" of somebody who has left.
func (p forumPage) Name(person string) string { return p.names[person] }

// Shared tells whether a forum above belongs to the operator.
func (p forumPage) Shared(parent tenancyapi.ForumParent) bool { return parent.TenantID != p.school }

// Above is the name of the forum that this one lies beneath, "" for none.
func (p forumPage) Above() string {
	for _, parent := range p.Parents {
		if parent.ForumID == value(p.Forum.ParentID) {
			return parent.Name
		}
	}
	return ""
}

// Choices are the forums that this one can lie beneath; the one that it does lie beneath even if that has ended.
func (p forumPage) Choices() []tenancyapi.ForumParent {
	return slices.DeleteFunc(slices.Clone(p.Parents), func(one tenancyapi.ForumParent) bool {
		return one.ForumID == p.Forum.ForumID || one.EndedAt != nil && one.ForumID != value(p.Forum.ParentID)
	})
}

func (v *visit) forum() error {
	return v.forumWith(http.StatusOK, func(*forumPage) {})
}

func (v *visit) forumWith(status int, amend func(*forumPage)) error {
	if err := v.setsUpForums(); err != nil {
		return err
	}
	words := families()
	page := forumPage{
		Path: v.forumPath(), Saved: v.query("saved") != "", Seats: words["seat"], Mandates: words["mandate"], names: map[string]string{}, school: v.param("tenant_id"),
	}
	var staff tenancyapi.StaffList
	var parents tenancyapi.ForumParentList
	err := together(
		func() (err error) { page.Forum, page.Tag, err = v.readForum(); return err },
		v.reads("tenancy", v.at("staff"), &staff),
		v.reads("tenancy", v.at("forum-parents"), &parents),
	)
	if err != nil {
		return err
	}
	page.Parents = parents.Items
	page.Facts.Values = url.Values{
		"name": {page.Forum.Name}, "mandate": {string(page.Forum.Mandate)}, "parent_id": {value(page.Forum.ParentID)},
	}
	amend(&page)
	for _, person := range staff.Items {
		page.names[person.PersonID] = person.Name
	}
	page.seat(staff.Items)
	return v.show(status, "forum", page)
}

// seat lays out the lines of the members: as they are, or as somebody has just tried to have them.
func (p *forumPage) seat(staff []tenancyapi.StaffMember) {
	written := seatLinesIn(p.Members.Values)
	seated := map[string]bool{}
	for _, m := range p.Forum.Members {
		line := seatLine{m.PersonID, string(m.Role), value(m.SubstituteFor)}
		if line.Seat != substituteSeat {
			p.Standing = append(p.Standing, line)
		}
		if i := slices.IndexFunc(written, func(w seatLine) bool { return w.PersonID == m.PersonID }); i >= 0 {
			line = written[i]
		}
		seated[m.PersonID] = true
		p.Seated = append(p.Seated, line)
	}
	p.Others = slices.DeleteFunc(slices.Clone(staff), func(s tenancyapi.StaffMember) bool { return seated[s.PersonID] })
	for _, w := range written {
		if w.PersonID != "" && !seated[w.PersonID] {
			p.Spare = append(p.Spare, w)
		}
	}
	for len(p.Spare) < min(spareSeats, len(p.Others)) {
		p.Spare = append(p.Spare, seatLine{Seat: "member"})
	}
}

func seatLinesIn(values url.Values) []seatLine {
	lines := make([]seatLine, len(values["person_id"]))
	for i := range lines {
		lines[i] = seatLine{nth(values["person_id"], i), nth(values["seat"], i), nth(values["substitute_for"], i)}
	}
	return lines
}

// forumPath is the page of this request's forum.
func (v *visit) forumPath(parts ...string) string {
	return v.school(append([]string{"administration", "forums", v.param("forum_id")}, parts...)...)
}

// readForum is this request's forum with what a form that changes it sends back.
func (v *visit) readForum() (forum tenancyapi.Forum, tag string, err error) {
	err = v.call("tenancy", http.MethodGet, v.at("forums", v.param("forum_id")), nil, &forum,
		host.WithAnswer(func(r *http.Response) { tag = r.Header.Get("ETag") }))
	return forum, tag, err
}

// forumSaved answers a form of the forum: the page as it is now, or once more with what was refused.
func (v *visit) forumSaved(err error, amend func(*forumPage, form)) error {
	if err == nil {
		return v.redirect(v.forumPath() + "?saved=yes")
	}
	f, other := v.refused(err)
	if other != nil {
		return other
	}
	return v.forumWith(failure.From(err).Status(), func(p *forumPage) { amend(p, f) })
}

// changeForum saves what the forum is called, what it can do and beneath which one it lies.
func (v *visit) changeForum() error {
	name, mandate, parent := v.input("name"), tenancyapi.Mandate(v.input("mandate")), v.input("parent_id")
	in := tenancyapi.ForumChange{Name: &name, Mandate: &mandate, ParentID: &parent}
	err := v.call("tenancy", http.MethodPatch, v.at("forums", v.param("forum_id")), in, nil, v.seen())
	return v.forumSaved(err, func(p *forumPage, f form) { p.Facts = f })
}

// seatForum saves who sits in the forum: those whose seat was not taken away, and those who were added. Whoever stood in
// for somebody without a seat any more stands in for anybody.
func (v *visit) seatForum() error {
	lines := slices.DeleteFunc(seatLinesIn(v.gin.Request.PostForm), func(l seatLine) bool { return l.PersonID == "" || l.Seat == "" })
	in := tenancyapi.ForumMembers{Members: make([]tenancyapi.ForumMember, len(lines))}
	for i, line := range lines {
		if !slices.ContainsFunc(lines, func(l seatLine) bool { return l.PersonID == line.For }) {
			line.For = ""
		}
		in.Members[i] = tenancyapi.ForumMember{PersonID: line.PersonID, Role: tenancyapi.ForumMemberRole(line.Seat), SubstituteFor: chosen(line.For)}
	}
	err := v.call("tenancy", http.MethodPut, v.at("forums", v.param("forum_id"), "members"), in, nil, v.seen())
	return v.forumSaved(err, func(p *forumPage, f form) { p.Members = f })
}

// endForum asks to have the name written: a forum that has ended does not come back.
func (v *visit) endForum() error {
	forum, _, err := v.readForum()
	if err == nil {
		err = v.confirmed(forum.Name)
	}
	if err == nil {
		err = v.call("tenancy", http.MethodPost, v.at("forums", forum.ForumID, "end"), nil, nil, v.seen())
	}
	return v.forumSaved(err, func(p *forumPage, f form) { p.Ending = f })
}
