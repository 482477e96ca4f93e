package portal

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
)

// A ballot is to be fetched when people come in, well before they answer: then the time of fetching says nothing about an
// answer. So whoever comes in while a round is announced or open is led past their ballot once, to a page with one step and
// a way past it.
//
// The page is the portal's, and the step leads on to the ballot box, where the key is made and the code written down. Sending
// people to the ballot box at once would cost more than it spares. A ticket would be made, and a ballot left on a device that
// may be shared, for people who did not ask for one; and a ballot box that does not answer would stand between people and
// everything else here. That they did come past is kept in their browser alone: nobody can tell who has fetched a ballot.

// offeredCookie remembers the ballots that people on this browser have been led past.
const (
	offeredCookie = "guldkorn_offered"
	offeredMemory = 60 * 24 * 60 * 60 // seconds: longer than a round lasts
	mostOffered   = 16
)

// earlyBallot is the path of the ballot that the person is to be led past now, "" for none. It never stands in the way: a
// service that does not answer leaves it out.
func (v *visit) earlyBallot(here place) string {
	if here.kind != "school" || !v.session.has(here.id, access.Employee) || v.session.has(here.id, access.Leader) { // who is on no roster
		return ""
	}
	var rounds intakeapi.RoundList
	if err := v.get("intake", "/v1/tenants/"+here.id+"/rounds", &rounds); err != nil {
		return ""
	}
	for _, r := range rounds.Items {
		if fetchable(r) && !slices.Contains(v.offered(), v.mark(r.RoundID)) {
			return schoolPath(here.id, "rounds", r.RoundID, "ballot")
		}
	}
	return ""
}

// fetchable tells whether the reader may fetch a ballot of a round.
func fetchable(r intakeapi.Round) bool {
	return value(r.OnRoster) && !value(r.OnPaper) && (r.Status == "announced" || r.Status == "open")
}

func (v *visit) earlyBallotPage() error {
	var round intakeapi.Round
	if err := v.get("intake", v.at("rounds", v.param("round_id")), &round); err != nil {
		return err
	}
	if !fetchable(round) {
		return v.redirect(v.school("rounds", round.RoundID))
	}
	marks := append(slices.DeleteFunc(v.offered(), func(m string) bool { return m == v.mark(round.RoundID) }), v.mark(round.RoundID))
	http.SetCookie(v.gin.Writer, &http.Cookie{
		Name: offeredCookie, Value: strings.Join(marks[max(0, len(marks)-mostOffered):], "."), Path: "/", MaxAge: offeredMemory,
		HttpOnly: true, Secure: v.secure(), SameSite: http.SameSiteLaxMode,
	})
	return v.show(http.StatusOK, "early_ballot", map[string]any{"Round": round, "BallotBox": v.portal.settings.ballotBox.Host})
}

// offered are the marks that this browser keeps.
func (v *visit) offered() []string {
	cookie, err := v.gin.Request.Cookie(offeredCookie)
	if err != nil {
		return nil
	}
	return strings.Split(cookie.Value, ".")
}

// mark stands for a person and a round, so that two people who share a browser are each led past their own ballot.
func (v *visit) mark(roundID string) string {
	sum := sha256.Sum256([]byte(v.session.PersonID + "\n" + roundID))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
