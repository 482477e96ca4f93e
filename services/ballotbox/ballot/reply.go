package ballot

import (
	"crypto/hpke"
	"strings"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// ReplySize is the size of every sealed reply to an experience: encapsulated key, padded text, authentication tag.
const ReplySize = EnvelopeSize

// replyInfo keeps these envelopes apart from any other use of a key.
const replyInfo = "guldkorn reply v1"

// OpenReply opens a reply that is kept under a name with the key that its receipt code stands for. It is text padded with
// spaces, bound to the month and to the name.
func OpenReply(key hpke.PrivateKey, roundID, name string, sealed []byte) (string, error) {
	if len(sealed) != ReplySize {
		return "", failure.New(failure.BallotSizeWrong)
	}
	recipient, err := hpke.NewRecipient(sealed[:ReleaseKeySize], key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(replyInfo))
	if err != nil {
		return "", failure.New(failure.BallotSealWrong).Because(err)
	}
	text, err := recipient.Open([]byte(roundID+"\n"+name), sealed[ReleaseKeySize:])
	if err != nil {
		return "", failure.New(failure.BallotSealWrong).Because(err)
	}
	return strings.TrimRight(string(text), " "), nil
}
