package voter

import (
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"

	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// correspondence is what lets a reader answer an experience, and the sender alone read that.
type correspondence struct {
	key  hpke.PrivateKey
	name string
}

// Tell hands in an experience of a month, or changes the earlier one: direction and text, and whatever else
// api-specs/openapi/ballotbox.yaml has under Month. Key and name for a reply are added.
func (v *Voter) Tell(ctx context.Context, experience map[string]string) error {
	if v.reply.key == nil {
		key, err := hpke.DHKEM(ecdh.X25519()).GenerateKey()
		if err != nil {
			return fmt.Errorf("voter: reply key: %w", err)
		}
		var name [32]byte
		_, _ = rand.Read(name[:]) // crypto/rand.Read never fails (Go 1.24 and later)
		v.reply = correspondence{key: key, name: hex.EncodeToString(name[:])}
	}
	answers := maps.Clone(experience)
	answers["reply_key"], answers["reply_id"] = ballot.Encode64(v.reply.key.PublicKey().Bytes()), v.reply.name
	return v.Answer(ctx, answers)
}

// Reply fetches and opens what was answered.
func (v *Voter) Reply(ctx context.Context) (string, error) {
	if v.reply.key == nil {
		return "", errors.New("voter: nothing was told")
	}
	var answer struct {
		Sealed string `json:"sealed"`
	}
	if err := v.call(ctx, http.MethodGet, "/v1/rounds/"+v.form.RoundID+"/replies/"+v.reply.name, nil, &answer); err != nil {
		return "", err
	}
	sealed, err := ballot.Decode64(answer.Sealed, ballot.ReplySize)
	if err != nil {
		return "", fmt.Errorf("voter: reply: %w", err)
	}
	return ballot.OpenReply(v.reply.key, v.form.RoundID, v.reply.name, sealed)
}
