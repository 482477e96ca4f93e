package portal

import (
	"strings"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
)

// confidential answers with two representatives, one of them Bo, and a conversation in each state that it can be in.
func (s *stage) confidential(at func(...string) string) {
	hash := strings.Repeat("0a1b", 16)
	key := strings.Repeat("A", 43)
	s.on("intake", "GET "+at("confidential", "receivers"), intakeapi.ConfidentialReceiverList{Items: []intakeapi.ConfidentialReceiver{
		{PersonID: annaID, Roles: []intakeapi.ConfidentialReceiverRoles{"tr", "amr"}, PublicKey: key, KeyHash: hash, Since: "2026-08-10"},
		{PersonID: boID, Roles: []intakeapi.ConfidentialReceiverRoles{"amr"}, PublicKey: key, KeyHash: hash, Since: "2026-11-02"},
	}})
	sealed := make([]byte, 1072)
	var list intakeapi.ConversationList
	for _, state := range []intakeapi.ConversationState{"open", "closed", "locked"} {
		list.Items = append(list.Items, intakeapi.ConversationSummary{
			ConversationID: string(state), LastOn: "2026-11-20", Messages: 2, Waiting: state == "open", State: state, AccessHash: hash, FirstMessageID: "m1", Author: sealed[:90],
		})
		s.on("intake", "GET "+at("confidential", "conversations", string(state)), intakeapi.Conversation{
			ConversationID: string(state), ReceiverID: boID, KeyHash: hash, ReceiverKey: &key, SenderKey: key, AccessHash: hash, State: state,
			Messages: []intakeapi.ConfidentialMessage{
				{MessageID: "m1", On: "2026-11-19", Sealed: sealed, Author: pointer(sealed[:90])},
				{MessageID: "m2", On: "2026-11-20", Sealed: sealed, FromReceiver: true},
			},
		})
	}
	s.on("intake", "GET "+at("confidential", "conversations"), list)
}
