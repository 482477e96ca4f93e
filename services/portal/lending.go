package portal

import (
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// A phone that goes from hand to hand at a table is signed in for that table alone. Everywhere else it counts as signed
// out, until somebody signs in on it anew and shows the provider who they are, whatever the provider remembers of its owner.

// loan is what a session that is lent to a table still opens.
type loan struct {
	School     string `bson:"school"`
	DialogueID string `bson:"dialogue_id"`
	Table      string `bson:"table"`
}

// mostTable is how many characters the name of a table has at most.
const mostTable = 40

// lentRoutes are what such a session is good for, of the dialogue that it is lent to; and it can be ended.
var lentRoutes = []string{
	"GET " + dialogueRoute + "/shared",
	"GET " + dialogueRoute + "/shared/passed",
	"GET " + dialogueRoute + "/live",
	"POST " + dialogueRoute + "/phases/:phase_id/shared",
}

const (
	dialogueRoute = "/schools/:tenant_id/dialogues/:dialogue_id"
	signOutRoute  = "/sign-out"
)

// opens tells whether a lent session counts in a request.
func (l loan) opens(c *gin.Context) bool {
	route := c.Request.Method + " " + c.FullPath()
	if route == "POST "+signOutRoute {
		return true
	}
	return slices.Contains(lentRoutes, route) && c.Param("tenant_id") == l.School && c.Param("dialogue_id") == l.DialogueID
}

// Address is the page that the phone is lent for.
func (l loan) Address() string {
	return "/schools/" + url.PathEscape(l.School) + "/dialogues/" + url.PathEscape(l.DialogueID) + "/shared"
}

// lend makes the session one of a table.
func (v *visit) lend(table string) error {
	if n := len([]rune(table)); n == 0 || n > mostTable {
		return failure.Invalid("table", "1 to 40 characters")
	}
	to := loan{School: v.param("tenant_id"), DialogueID: v.param("dialogue_id"), Table: table}
	return v.portal.sessions.change(v.context(), v.session, func(b *sessionBody) { b.Lent = &to })
}
