package ballotbox

import (
	"crypto/ed25519"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// identityName is where the key lies in the box's ring.
const identityName = "identity"

// Identity returns the box's long-lived key and makes it first if there is none. Whoever runs intake is told its public
// half once, by another way than the network between them, and takes no round that it has not signed.
func Identity(ring *keyring.Ring) (ed25519.PrivateKey, error) { return ring.SigningKey(identityName) }

// SigningKey is the public half of the box's identity.
func (b *Box) SigningKey() ed25519.PublicKey { return b.identity.Public().(ed25519.PublicKey) }

// announcement is what the box signs of a round; anew when its contract is tightened.
func (v *view) announcement() ballot.Announcement {
	return ballot.Announcement{
		RoundID: v.RoundID, KeyListHash: v.listHash, SealingKey: v.sealingKey, ReleaseKey: v.Frame.ReleaseKey, RosterHash: v.Frame.RosterHash,
		Means: v.thresholds().Means, Distributions: v.thresholds().Distributions, FrameHash: v.frameHash,
	}
}

// IdentityPath is where a box says who it is.
const IdentityPath = "/.well-known/guldkorn-ballot-box"

// aboutBox is what a box says of itself to anybody.
type aboutBox struct {
	SigningKey  string `json:"signing_key"` // Ed25519, base64url
	Fingerprint string `json:"fingerprint"` // SHA-256 of the key, hex
	Program     string `json:"program"`     // SHA-256 of the client code, hex; see client/README.md
}

func (b *Box) getIdentity(c *gin.Context) error {
	c.JSON(http.StatusOK, aboutBox{
		SigningKey: ballot.Encode64(b.SigningKey()), Fingerprint: ballot.Fingerprint(b.SigningKey()), Program: b.program,
	})
	return nil
}
