package ballotbox

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// form is what the page is told about a round. It says nothing of how many have fetched a token or answered.
type form struct {
	RoundID           string          `json:"round_id"`
	Kind              Kind            `json:"kind,omitempty"`
	TokensEach        int             `json:"tokens_each,omitempty"`
	State             State           `json:"state"`
	Title             Text            `json:"title"`
	Instrument        json.RawMessage `json:"instrument"`
	TechnologyName    string          `json:"technology_name,omitempty"`
	Keys              []ballot.Key    `json:"keys"`
	KeyListHash       string          `json:"key_list_hash"`
	RosterHash        string          `json:"roster_hash,omitempty"`
	FrameHash         string          `json:"frame_hash"`
	SealingKey        string          `json:"sealing_key,omitempty"` // until the round is closed
	SigningKey        string          `json:"signing_key"`
	Signature         string          `json:"signature"` // of the announcement; see ballot.Announcement
	ReleaseKey        string          `json:"release_key"`
	Thresholds        Thresholds      `json:"thresholds"`
	Contract          *Contract       `json:"contract,omitempty"`
	Names             *NameMarks      `json:"names,omitempty"`
	ContractTightened bool            `json:"contract_tightened,omitempty"`
	OpensOn           string          `json:"opens_on"`
	ClosesOn          string          `json:"closes_on"`
	VisibleToAllOn    string          `json:"visible_to_all_on,omitempty"`
	// AnnouncedClosesOn is the last day as announced, if the round was extended.
	AnnouncedClosesOn string `json:"announced_closes_on,omitempty"`
	PortalURL         string `json:"portal_url"`
	PaperBallots      int    `json:"paper_ballots,omitempty"` // so many people answer on paper
	AnswerSize        int    `json:"answer_size"`
}

func newForm(v *view, identity ed25519.PrivateKey) form {
	r := v.record
	state := r.State
	if state == Closing {
		state = Closed // to a voter it makes no difference
	}
	return form{
		RoundID: r.RoundID, Kind: r.Frame.Kind, TokensEach: r.Frame.TokensEach, State: state, Title: r.Frame.Title, Instrument: r.Frame.Instrument,
		TechnologyName: r.Frame.TechnologyName, Keys: r.Keys, KeyListHash: v.listHash,
		RosterHash: r.Frame.RosterHash, FrameHash: v.frameHash, Signature: v.signature, SealingKey: v.sealingKey,
		SigningKey: ballot.Encode64(identity.Public().(ed25519.PublicKey)), ReleaseKey: r.Frame.ReleaseKey,
		Thresholds: r.thresholds(), Contract: r.contract(), Names: r.Frame.Names, ContractTightened: r.Tightened != nil, OpensOn: r.Frame.OpensOn, ClosesOn: r.closesOn(), AnnouncedClosesOn: r.announcedClosesOn(),
		VisibleToAllOn: r.visibleToAllOn(), PortalURL: r.Frame.PortalURL, PaperBallots: r.paperBallots(), AnswerSize: ballot.AnswerSize,
	}
}

func (b *Box) getForm(c *gin.Context) error {
	r, err := b.round(c.Request.Context(), c.Param("round_id"))
	if err != nil {
		return err
	}
	now := r.now()
	if now.State == Preparing {
		return failure.New(failure.BallotRoundUnknown)
	}
	c.Data(http.StatusOK, "application/json", now.form)
	return nil
}

type blindRequest struct {
	Ticket         string `json:"ticket"`
	BlindedMessage string `json:"blinded_message"`
}

type blindSignature struct {
	Signature string `json:"signature"`
}

// maxBlindRequest bounds a request for a token: a ticket and 512 characters.
const maxBlindRequest = 4096

func (b *Box) postBlindSignature(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBlindRequest)
	request, err := host.Decode[blindRequest](c)
	if err != nil {
		return err
	}
	signature, err := b.sign(c.Request.Context(), c.Param("round_id"), request.Ticket, request.BlindedMessage)
	if err != nil {
		if full := (busy{}); errors.As(err, &full) {
			c.Header("Retry-After", strconv.Itoa(full.seconds()))
			c.Header("Queue-Ahead", strconv.Itoa(full.ahead))
		}
		return err
	}
	c.JSON(http.StatusOK, blindSignature{ballot.Encode64(signature)})
	return nil
}
