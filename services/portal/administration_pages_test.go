package portal

import (
	"testing"

	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// administrationPages are those on which a school runs itself.
func administrationPages() []string {
	at := func(parts ...string) string {
		return schoolPath(schoolID, append([]string{"administration"}, parts...)...)
	}
	return []string{at("units", "u2"), at("hire"), at("forums"), at("forums") + "?made=yes", at("forums", "f1"), at("forums", "f2"), at("forums", "f1", "clauses", "new"), at("forums", "f1", "clauses", "c1"), at("forums", "proposals"), at() + "?hired=yes", at() + "?left=yes", at() + "?moved=yes",
		at("people", boID), at("people", annaID, "roles", "ra1", "move"), at("people", annaID, "roles", "ra1", "move") + "?school=" + otherSchoolID, at("people", annaID, "roles", "ra2", "substitute"),
		"/operators/" + operatorID + "/data-requests/people/" + claraID, "/operators/" + operatorID + "/data-requests/people/" + claraID + "?reinstated=yes"}
}

func TestASchoolIsRunWithTheKeyboard(t *testing.T) {
	s := newStage(t)
	s.school()
	reader := browsertest.New(t).Person("an administrator without a mouse")
	s.arrives(reader)
	for _, path := range append(administrationPages(), "/operators/"+operatorID+"/imports", "/operators/"+operatorID+"/imports/wrong") {
		reader.Open(s.address + path)
		reader.Keyboard()
	}
}
