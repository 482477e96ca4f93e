package tenancy

import (
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// dataRequest is what was asked and done for a person's rights (GDPR articles 15-17 and 20). Once it is answered it is the
// receipt: that it was done, and nothing of what it was about. It lives in the operator's tenant and outlives the person's
// data.
type dataRequest struct {
	Kind     string     `bson:"kind"`
	PersonID string     `bson:"person_id"`
	AskedAt  time.Time  `bson:"asked_at"`
	AskedBy  string     `bson:"asked_by"` // the person, or the administrator on the person's behalf
	DoneAt   *time.Time `bson:"done_at"`
	Open     bool       `bson:"open"`
	Hash     string     `bson:"hash"` // SHA-256 of the data.json that was handed out

	// What follows is of a request that a person made and somebody else answers; see rights_asked.go.
	Waiting    bool   `bson:"waiting"`
	DueOn      string `bson:"due_on"` // a local date
	Text       []byte `bson:"text"`   // what is asked, sealed under the person's key; gone once it is answered
	AnsweredBy string `bson:"answered_by"`
	Reason     []byte `bson:"reason"` // why it was refused, sealed likewise
}

// Kinds of requests.
const (
	requestAccess        = "access" // and portability: what is handed out is for people and programs
	requestRectification = "rectification"
	requestErasure       = "erasure"
)

// done is a request that was carried out as it was asked.
func done(kind, personID, by, hash string, now time.Time) dataRequest {
	at := now.Truncate(time.Millisecond)
	return dataRequest{Kind: kind, PersonID: personID, AskedAt: at, AskedBy: by, DoneAt: &at, Hash: hash}
}

// begun is a request to erase, which has several steps.
func begun(personID, by string, now time.Time) dataRequest {
	return dataRequest{Kind: requestErasure, PersonID: personID, AskedAt: now.Truncate(time.Millisecond), AskedBy: by, Open: true}
}

func (r *dataRequest) finish(now time.Time) {
	if !r.Open {
		return
	}
	at := now.Truncate(time.Millisecond)
	r.Open, r.DoneAt = false, &at
}

// rectify returns a profile with what is corrected in it.
func (p profile) rectify(in tenancyapi.PersonChange) (profile, error) {
	var failures []*failure.Error
	if in.Name != nil {
		p.Name = *in.Name
		failures = append(failures, line("name", p.Name, maxName))
	}
	if in.Email != nil {
		p.Email = *in.Email
		failures = append(failures, email("email", p.Email))
	}
	if in.Login != nil {
		p.Login = *in.Login
		failures = append(failures, line("login", p.Login, maxLogin))
	}
	if in.Unilogin != nil {
		if p.Unilogin = *in.Unilogin; p.Unilogin != "" {
			failures = append(failures, line("unilogin", p.Unilogin, maxLogin))
		}
	}
	if in.Language != nil {
		failures = append(failures, language(string(*in.Language)))
	}
	return p, failure.Together(failures...)
}

// languageOnly tells a change that people make themselves: of the language in which they are spoken to.
func languageOnly(in tenancyapi.PersonChange) bool {
	return in.Name == nil && in.Email == nil && in.Login == nil && in.Unilogin == nil
}

// heir tells whether an assignment leaves its scope with an administrator when the person is gone.
func (a assignment) heir(personID, scope string, now time.Time) bool {
	return a.PersonID != personID && a.Scope == scope && a.lasting() && !now.Before(a.From)
}
