package portal

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// What is written confidentially is sealed and opened by the browser (assets/confidential.js); these pages carry sealed
// texts to and fro. A sender's secret travels in bodies alone, and none of the addresses leaves a trace (quietRoutes).

const (
	confidentialRoute = "/schools/:tenant_id/confidential"
	receivedRoute     = confidentialRoute + "/received/:conversation_id"
)

var confidentialRoutes = []string{
	confidentialRoute, confidentialRoute + "/key", confidentialRoute + "/received", receivedRoute, receivedRoute + "/answers", receivedRoute + "/close",
	confidentialRoute + "/sent", confidentialRoute + "/sent/messages", confidentialRoute + "/sent/delete",
}

func (p *Portal) routeConfidential(e *gin.RouterGroup) {
	e.GET("", p.person((*visit).confidential))
	e.POST("", p.person((*visit).beginConversation))
	e.POST("/key", p.person((*visit).setConfidentialKey))
	e.GET("/received", p.person((*visit).received))
	e.GET("/received/:conversation_id", p.person((*visit).receivedConversation))
	e.POST("/received/:conversation_id/answers", p.person((*visit).answerConversation))
	e.POST("/received/:conversation_id/close", p.person((*visit).closeConversation))
	e.POST("/sent", p.person((*visit).sentConversation))
	e.POST("/sent/messages", p.person((*visit).continueConversation))
	e.POST("/sent/delete", p.person((*visit).deleteConversation))
}

// representativeRoles are the roles of those who can be written to, and whose word a round waits for.
var representativeRoles = []string{access.UnionRepresentative, access.SafetyRepresentative}

// representative is somebody who can be written to.
type representative struct {
	intakeapi.ConfidentialReceiver
	Name        string
	Fingerprint string
}

// fingerprint is the beginning of a key's hash in groups of four, for two people to read to each other.
func fingerprint(hash string) string {
	const compared = 32 // 128 bits
	var groups []string
	for rest := hash[:min(len(hash), compared)]; rest != ""; rest = rest[min(4, len(rest)):] {
		groups = append(groups, rest[:min(4, len(rest))])
	}
	return strings.Join(groups, " ")
}

func (v *visit) representatives() ([]representative, error) {
	var list intakeapi.ConfidentialReceiverList
	if err := v.get("intake", v.at("confidential", "receivers"), &list); err != nil {
		return nil, err
	}
	var ids []string
	for _, one := range list.Items {
		ids = append(ids, one.PersonID)
	}
	names, err := v.names(ids...)
	if err != nil {
		return nil, err
	}
	var all []representative
	for _, one := range list.Items {
		all = append(all, representative{one, names[one.PersonID], fingerprint(one.KeyHash)})
	}
	return all, nil
}

// confidentialPage is where one writes and comes back.
type confidentialPage struct {
	Representatives []representative
	Receives        bool // the person is a representative, too
	Gone            bool // a conversation was just deleted
	Form            form
}

func (v *visit) confidential() error { return v.confidentialWith(http.StatusOK, form{}) }

func (v *visit) confidentialWith(status int, f form) error {
	all, err := v.representatives()
	if err != nil {
		return err
	}
	return v.show(status, "confidential", confidentialPage{
		Representatives: all, Form: f, Gone: v.query("gone") != "",
		Receives: v.has(representativeRoles...),
	})
}

// sealedMessage reads what the browser sealed.
func (v *visit) sealedMessage() (intakeapi.NewConfidentialMessage, error) {
	forReceiver, err := v.sealed("for_receiver")
	if err != nil {
		return intakeapi.NewConfidentialMessage{}, err
	}
	forSender, err := v.sealed("for_sender")
	return intakeapi.NewConfidentialMessage{MessageID: v.input("message_id"), ForReceiver: forReceiver, ForSender: forSender}, err
}

func (v *visit) sealed(name string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(v.input(name))
	if err != nil {
		return nil, failure.Invalid(name, "base64").Because(err)
	}
	return raw, nil
}

// beginConversation is called by the script, which shows the refusal of a page with an error beside what was written.
func (v *visit) beginConversation() error {
	message, err := v.sealedMessage()
	if err != nil {
		return err
	}
	in := intakeapi.NewConversation{
		ReceiverID: v.input("receiver_id"), KeyHash: v.input("key_hash"), SenderKey: v.input("sender_key"), AccessHash: v.input("access_hash"), Message: message,
	}
	err = v.call("intake", http.MethodPost, v.at("confidential", "conversations"), in, nil, v.key())
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.confidentialWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("confidential"))
}

// conversationPage is a conversation as one of the two sees it.
type conversationPage struct {
	intakeapi.Conversation
	Name   string // of the representative
	Access string // the sender's secret, for the forms of the page
	Staff  []colleague
	Form   form
}

func (v *visit) sentConversation() error { return v.sentWith(http.StatusOK, form{}) }

func (v *visit) sentWith(status int, f form) error {
	page := conversationPage{Access: v.input("access"), Form: f}
	err := v.call("intake", http.MethodPost, v.at("confidential", "sent", "read"), intakeapi.ConversationAccess{Access: page.Access}, &page.Conversation)
	if failure.CodeOf(err) == failure.ConfidentialUnknownCode {
		return v.confidentialWith(http.StatusNotFound, form{Alert: failure.From(err).Code.Text(v.words.language)})
	}
	if err != nil {
		return err
	}
	names, err := v.names(page.ReceiverID)
	if err != nil {
		return err
	}
	page.Name = names[page.ReceiverID]
	return v.show(status, "confidential_sent", page)
}

func (v *visit) continueConversation() error {
	message, err := v.sealedMessage()
	if err != nil {
		return err
	}
	err = v.call("intake", http.MethodPost, v.at("confidential", "sent", "messages"), intakeapi.SentMessage{Access: v.input("access"), Message: message}, nil)
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.sentWith(http.StatusUnprocessableEntity, f)
	}
	return v.sentWith(http.StatusOK, form{})
}

func (v *visit) deleteConversation() error {
	in := intakeapi.ConversationAccess{Access: v.input("access")}
	err := v.call("intake", http.MethodPost, v.at("confidential", "sent", "delete"), in, nil)
	if err != nil && failure.CodeOf(err) != failure.ConfidentialUnknownCode { // deleted twice is deleted
		return err
	}
	return v.redirect(v.school("confidential") + "?gone=yes")
}
