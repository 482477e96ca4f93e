package portal

import (
	"net/http"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// problemPage is what the page of an error says: what happened, and what to do next.
type problemPage struct {
	Title, What, Next string
	Code              failure.Code
	Again             string // the address to try again, "" when that is pointless
	Confirm           bool   // by signing in again first
}

func (v *visit) problemPage(f *failure.Error) problemPage {
	p := problemPage{Code: f.Code, What: f.Code.Text(v.words.language)}
	switch status := f.Status(); {
	case f.Code == failure.AccessStale:
		p.Title, p.Next, p.Confirm = v.words.text("confirm.title"), v.words.text("confirm.next"), true
		p.Again = ownPath(v.gin.Request.URL.RequestURI())
	case f.Code == failure.PortalFormStale || status == http.StatusPreconditionFailed:
		p.Title, p.Next = v.words.text("problem.stale.title"), v.words.text("problem.stale.next")
		p.Again = ownPath(referrerPath(v.gin.Request))
	case status == http.StatusForbidden:
		p.Title, p.Next = v.words.text("problem.denied.title"), v.words.text("problem.denied.next")
	case status == http.StatusNotFound:
		p.Title, p.Next = v.words.text("problem.missing.title"), v.words.text("problem.missing.next")
	case status >= http.StatusInternalServerError:
		p.Title, p.Next = v.words.text("problem.ours.title"), v.words.text("problem.ours.next")
		p.Again = ownPath(v.gin.Request.URL.RequestURI())
	default:
		p.Title, p.Next = v.words.text("problem.refused.title"), v.words.text("problem.refused.next")
		p.Again = ownPath(referrerPath(v.gin.Request))
	}
	if v.gin.Request.Method != http.MethodGet && p.Again != "" {
		p.Again = ownPath(referrerPath(v.gin.Request))
	}
	return p
}
