package ballotbox

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// ticketIssuer is the service whose tickets count.
const ticketIssuer = "intake"

// maxPseudonym bounds what intake may call a person.
const maxPseudonym = 128

// ticket says that the person behind a pseudonym belongs to a unit of a round, and which keys the person is to trust.
type ticket struct {
	jwt.RegisteredClaims
	Round     string `json:"round"`
	Unit      string `json:"unit"`
	Pseudonym string `json:"pseudonym"`
	KeyList   string `json:"key_list"`
	Box       string `json:"box"` // fingerprint of the ballot box that the ticket is for
	// Paper lets somebody enter the unit's papers, and not answer.
	Paper bool `json:"paper"`
}

// tickets reads tickets.
type tickets struct {
	key    ed25519.PublicKey
	box    string
	parser *jwt.Parser
}

func newTickets(key ed25519.PublicKey, box string, now func() time.Time) *tickets {
	return &tickets{key: key, box: box, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
		jwt.WithIssuer(ticketIssuer),
		jwt.WithAudience(Service),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(now),
		jwt.WithStrictDecoding(),
	)}
}

// read checks a ticket for answering a round with a certain key list.
func (t *tickets) read(text, roundID, keyList string) (ticket, error) {
	return t.readFor(false, text, roundID, keyList)
}

// readPaper checks a ticket for entering the papers of a unit.
func (t *tickets) readPaper(text, roundID, keyList string) (ticket, error) {
	return t.readFor(true, text, roundID, keyList)
}

func (t *tickets) readFor(paper bool, text, roundID, keyList string) (ticket, error) {
	var claims ticket
	_, err := t.parser.ParseWithClaims(text, &claims, func(*jwt.Token) (any, error) { return t.key, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return ticket{}, failure.New(failure.BallotTicketExpired)
	case err != nil:
		return ticket{}, failure.New(failure.BallotTicketInvalid).Because(err)
	case claims.Round != roundID || claims.KeyList != keyList || claims.Box != t.box:
		return ticket{}, failure.New(failure.BallotTicketInvalid).Because(errors.New("a ticket of another round, key list or ballot box"))
	case claims.Paper != paper:
		return ticket{}, failure.New(failure.BallotTicketInvalid).Because(errors.New("a ticket for something else"))
	case claims.Pseudonym == "" || len(claims.Pseudonym) > maxPseudonym:
		return ticket{}, failure.New(failure.BallotTicketInvalid).Because(fmt.Errorf("want a pseudonym of 1 to %d bytes", maxPseudonym))
	}
	return claims, nil
}
