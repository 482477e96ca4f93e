package portal

import (
	"net/http"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// ownSession is one of the person's sign-ins as they see it. The id is a hash; nothing here signs anybody in.
type ownSession struct {
	session
	Current bool
}

// ID names the session in the form that ends it.
func (s ownSession) ID() string { return s.id }

// ownSessions shows where the person is signed in.
func (v *visit) ownSessions() error {
	var all []ownSession
	others := false
	for one, err := range v.portal.sessions.of(v.context(), v.session) {
		if err != nil {
			return err
		}
		current := one.id == v.session.id
		others = others || !current
		all = append(all, ownSession{session: *one, Current: current})
	}
	return v.show(http.StatusOK, "sessions", map[string]any{"Sessions": all, "Others": others})
}

// endOwnSession ends one of the person's other sessions. This one is ended by signing out.
func (v *visit) endOwnSession() error {
	wanted := v.input("session_id")
	return v.endOthers(func(one *session) bool { return one.id == wanted })
}

// endOtherSessions leaves the person signed in here alone.
func (v *visit) endOtherSessions() error {
	return v.endOthers(func(*session) bool { return true })
}

// endOthers looks among the person's own sessions only, so that a guessed id ends nobody else's.
func (v *visit) endOthers(which func(*session) bool) error {
	for one, err := range v.portal.sessions.of(v.context(), v.session) {
		if err != nil {
			return err
		}
		if one.id == v.session.id || !which(one) {
			continue
		}
		// One that has ended by itself meanwhile is as wanted.
		if err := v.portal.sessions.end(v.context(), one); err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
			return err
		}
	}
	return v.redirect("/sessions")
}
