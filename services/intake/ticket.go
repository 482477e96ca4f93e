package intake

import (
	"crypto/ed25519"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/guldkorn/guldkorn/libs/keyring"
)

// TicketLife is how long a ticket may be shown to the ballot box, PaperLife one for entering papers: two people type for a
// while, and may have to look for where they differ.
const (
	TicketLife = 15 * time.Minute
	PaperLife  = 6 * time.Hour
)

// ticketKeyName is where the key lies in intake's ring.
const ticketKeyName = "ticket-signing"

// TicketKey returns the key that tickets are signed with and makes it first if there is none. The ballot box is
// configured with its public half.
func TicketKey(ring *keyring.Ring) (ed25519.PrivateKey, error) { return ring.SigningKey(ticketKeyName) }

// Ticket says to the ballot box that somebody on the roster is asking, and under which keys the answers of this round
// are signed. It names nobody.
type Ticket struct {
	jwt.RegisteredClaims
	Round     string `json:"round"`
	Unit      string `json:"unit"`
	Pseudonym string `json:"pseudonym"`
	KeyList   string `json:"key_list"`
	Box       string `json:"box"` // fingerprint of the one ballot box that is believed
	// Paper lets somebody enter the papers of the unit, and not answer.
	Paper bool `json:"paper,omitempty"`
}

// SignTicket makes the ticket's text.
func SignTicket(key ed25519.PrivateKey, t Ticket, now time.Time) (string, error) {
	life := TicketLife
	if t.Paper {
		life = PaperLife
	}
	t.RegisteredClaims = jwt.RegisteredClaims{
		Issuer: "intake", Audience: jwt.ClaimStrings{"ballotbox"}, ExpiresAt: jwt.NewNumericDate(now.Add(life)),
	}
	return jwt.NewWithClaims(jwt.SigningMethodEdDSA, t).SignedString(key)
}

// ticketURL is the round's page at the ballot box. The ticket stands in the fragment, which browsers send to nobody.
func ticketURL(ballotBox, roundID, ticket, language string) string {
	fragment := "ticket=" + url.QueryEscape(ticket) + "&lang=" + url.QueryEscape(language)
	return ballotPage(ballotBox, roundID) + "#" + fragment
}

// ballotPage is the page of a round at the ballot box for whoever comes without a ticket.
func ballotPage(ballotBox, roundID string) string {
	return strings.TrimSuffix(ballotBox, "/") + "/r/" + url.PathEscape(roundID)
}

// paperURL is where the papers of a unit are entered. The unit's name is for the page alone, like everything in the fragment.
func paperURL(ballotBox, roundID, ticket, language, unit string) string {
	return ticketURL(ballotBox, roundID, ticket, language) + "&unit=" + url.QueryEscape(unit)
}
