package intake

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const secretText = "Jeg kan ikke sove om natten på grund af Aula"

// confidant is one side of a conversation, as a browser is: what it holds never leaves it.
type confidant struct {
	t   *testing.T
	key hpke.PrivateKey
}

func newConfidant(t *testing.T) *confidant {
	t.Helper()
	key, err := hpke.DHKEM(ecdh.X25519()).GenerateKey()
	require.NoError(t, err)
	return &confidant{t, key}
}

func (c *confidant) public() string {
	return base64.RawURLEncoding.EncodeToString(c.key.PublicKey().Bytes())
}

// sealText seals a text as the description of the API says.
func sealText(t *testing.T, public, access, id, text string, size int) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(public)
	require.NoError(t, err)
	key, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(raw)
	require.NoError(t, err)
	enc, sender, err := hpke.NewSender(key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("guldkorn confidential v1"))
	require.NoError(t, err)
	plain := append([]byte(text), bytes.Repeat([]byte(" "), size-len(text))...)
	sealed, err := sender.Seal([]byte(access+"\n"+id), plain)
	require.NoError(t, err)
	return append(enc, sealed...)
}

// open opens what was sealed to this side.
func (c *confidant) open(info, access, id string, sealed []byte) string {
	c.t.Helper()
	recipient, err := hpke.NewRecipient(sealed[:confidentialKeySize], c.key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(info))
	require.NoError(c.t, err)
	plain, err := recipient.Open([]byte(access+"\n"+id), sealed[confidentialKeySize:])
	require.NoError(c.t, err)
	return strings.TrimRight(string(plain), " ")
}

// talk is a conversation under way: what each side holds.
type talk struct {
	*world
	receiver, sender *confidant
	mailbox          intakeapi.ConfidentialReceiver
	secret           string
	view             intakeapi.Conversation
}

func (w *world) newTalk() *talk {
	w.t.Helper()
	talk := &talk{world: w, receiver: newConfidant(w.t), sender: newConfidant(w.t), secret: uuid.NewString()}
	talk.mailbox = talk.publishKey("tr", talk.receiver)
	asked := intakeapi.NewConversation{
		ReceiverID: "tr", KeyHash: talk.mailbox.KeyHash, SenderKey: talk.sender.public(), AccessHash: accessHash(talk.secret),
		Message: talk.message(secretText),
	}
	response, answer := w.call("teacher", http.MethodPost, school("/confidential/conversations"), asked, fresh()...)
	require.Equal(w.t, http.StatusCreated, response.StatusCode, "%s", answer)
	talk.view = decoded[intakeapi.Conversation](w.t, answer)
	return talk
}

func (w *world) publishKey(who string, of *confidant) intakeapi.ConfidentialReceiver {
	w.t.Helper()
	response, answer := w.call(who, http.MethodPut, school("/confidential/key"), intakeapi.ConfidentialKey{PublicKey: of.public()})
	require.Equal(w.t, http.StatusOK, response.StatusCode, "%s", answer)
	return decoded[intakeapi.ConfidentialReceiver](w.t, answer)
}

func (k *talk) message(text string) intakeapi.NewConfidentialMessage {
	id, hash := uuid.NewString(), accessHash(k.secret)
	return intakeapi.NewConfidentialMessage{
		MessageID:   id,
		ForReceiver: sealText(k.t, k.mailbox.PublicKey, hash, id, text, 1024),
		ForSender:   sealText(k.t, k.sender.public(), hash, id, text, 1024),
	}
}

func (k *talk) path(more string) string {
	return school("/confidential/conversations/" + k.view.ConversationID + more)
}

func (k *talk) more(who, text string) (*http.Response, []byte) {
	return k.call(who, http.MethodPost, school("/confidential/sent/messages"), intakeapi.SentMessage{Access: k.secret, Message: k.message(text)})
}

func (k *talk) read(who string) (*http.Response, []byte) {
	return k.call(who, http.MethodPost, school("/confidential/sent/read"), intakeapi.ConversationAccess{Access: k.secret})
}

// endRole takes a role of somebody at the school away.
func (w *world) endRole(person, role string) {
	w.t.Helper()
	id := assignmentID(person, role, schoolID)
	envelope, err := events.New(tenant.With(w.t.Context(), operatorID), "tenancy", id, 2, w.clock.now(),
		events.RoleEnded{AssignmentID: id, PersonID: person, To: w.clock.now()})
	require.NoError(w.t, err)
	require.NoError(w.t, w.tenancy.Publish(w.t.Context(), envelope))
}

func TestAConfidentialConversationGoesBothWays(t *testing.T) {
	w := newWorld(t)
	k := w.newTalk()
	hash := accessHash(k.secret)

	var list intakeapi.ConversationList
	w.get("tr", school("/confidential/conversations"), &list)
	require.Len(t, list.Items, 1)
	require.True(t, list.Items[0].Waiting)
	require.JSONEq(t, `{"person_id":"teacher"}`, k.receiver.open(authorInfo, hash, list.Items[0].FirstMessageID, list.Items[0].Author))

	var got intakeapi.Conversation
	w.get("tr", k.path(""), &got)
	require.Equal(t, "2026-11-23", got.Messages[0].On)
	require.Equal(t, secretText, k.receiver.open("guldkorn confidential v1", hash, got.Messages[0].MessageID, got.Messages[0].Sealed))

	reply := k.message("Tak fordi du skriver. Skal vi mødes?")
	for range 2 { // the browser may have lost the answer
		response, answer := w.call("tr", http.MethodPost, k.path("/answers"), reply)
		require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	}
	response, answer := k.read("teacher")
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	mine := decoded[intakeapi.Conversation](t, answer)
	require.Len(t, mine.Messages, 2, "the same answer twice is one")
	require.True(t, mine.Messages[1].FromReceiver)
	require.Nil(t, mine.Messages[0].Author, "who wrote is sealed to the receiver and told to nobody else")
	require.Equal(t, "Tak fordi du skriver. Skal vi mødes?", k.sender.open("guldkorn confidential v1", hash, mine.Messages[1].MessageID, mine.Messages[1].Sealed))
	require.Equal(t, secretText, k.sender.open("guldkorn confidential v1", hash, mine.Messages[0].MessageID, mine.Messages[0].Sealed))

	response, _ = k.more("teacher", "Ja, på torsdag")
	require.Equal(t, http.StatusOK, response.StatusCode)
	response, answer = w.call("tr", http.MethodPost, k.path("/close"), nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	response, answer = k.more("teacher", "Og en ting til")
	refused(t, failure.ConfidentialClosed, response, answer)
	response, _ = w.call("teacher", http.MethodPost, school("/confidential/sent/delete"), intakeapi.ConversationAccess{Access: k.secret})
	require.Equal(t, http.StatusNoContent, response.StatusCode)
	response, answer = w.call("tr", http.MethodGet, k.path(""), nil)
	refused(t, failure.DocumentNotFound, response, answer)
	response, answer = k.read("teacher")
	refused(t, failure.ConfidentialUnknownCode, response, answer)
}

// Nobody but the representative who was chosen gets at a conversation, whatever their role, and not by its id either.
func TestNobodyElseReadsAConversation(t *testing.T) {
	w := newWorld(t)
	k := w.newTalk()
	for _, who := range []string{"leader", "administrator", "teacher", "municipal", "analyst", "operator", "union", "neighbour", "stranger"} {
		for _, path := range []string{k.path(""), school("/confidential/conversations")} {
			response, answer := w.call(who, http.MethodGet, path, nil)
			refused(t, failure.AccessDenied, response, answer)
		}
	}
	response, answer := w.call("amr", http.MethodGet, k.path(""), nil) // a representative, too, and not the one chosen
	refused(t, failure.DocumentNotFound, response, answer)
	var list intakeapi.ConversationList
	w.get("amr", school("/confidential/conversations"), &list)
	require.Empty(t, list.Items)
	for _, service := range []string{"reporting", "dialogue", "tenancy", "portal", "intake"} {
		response, answer := w.send(access.Service(service), http.MethodGet, k.path(""), nil)
		refused(t, failure.AccessDenied, response, answer)
	}
	response, answer = w.call("teacher", http.MethodPost, school("/confidential/sent/read"), intakeapi.ConversationAccess{Access: "guess"})
	refused(t, failure.ConfidentialUnknownCode, response, answer)
	response, answer = k.read("municipal") // not with the secret either
	refused(t, failure.AccessDenied, response, answer)
}

func TestConversationsAreRefused(t *testing.T) {
	w := newWorld(t)
	k := w.newTalk()
	begin := func(change func(*intakeapi.NewConversation)) (*http.Response, []byte) {
		asked := intakeapi.NewConversation{
			ReceiverID: "tr", KeyHash: k.mailbox.KeyHash, SenderKey: k.sender.public(), AccessHash: accessHash(uuid.NewString()), Message: k.message("a"),
		}
		change(&asked)
		return w.call("teacher", http.MethodPost, school("/confidential/conversations"), asked, fresh()...)
	}
	for name, c := range map[string]struct {
		code   failure.Code
		change func(*intakeapi.NewConversation)
	}{
		"to a representative without a key": {failure.ConfidentialNoReceiver, func(n *intakeapi.NewConversation) { n.ReceiverID = "amr" }},
		"to a leader":                       {failure.ConfidentialNoReceiver, func(n *intakeapi.NewConversation) { n.ReceiverID = "leader" }},
		"to an old key":                     {failure.ConfidentialKeyChanged, func(n *intakeapi.NewConversation) { n.KeyHash = strings.Repeat("0", 64) }},
		"with a key that is none":           {failure.RequestInvalid, func(n *intakeapi.NewConversation) { n.SenderKey = "AAAA" }},
		"with a hash that is none":          {failure.RequestInvalid, func(n *intakeapi.NewConversation) { n.AccessHash = "ab" }},
		"of another length":                 {failure.RequestInvalid, func(n *intakeapi.NewConversation) { n.Message.ForReceiver = n.Message.ForReceiver[1:] }},
		"of two lengths": {failure.RequestInvalid, func(n *intakeapi.NewConversation) {
			n.Message.ForSender = make([]byte, 4096+sealOverhead)
		}},
		"with an id that tells the time": {failure.RequestInvalid, func(n *intakeapi.NewConversation) { n.Message.MessageID = uuid.Must(uuid.NewV7()).String() }},
	} {
		response, answer := begin(c.change)
		p := refused(t, c.code, response, answer)
		require.NotEmpty(t, p.Code, name)
	}
}

func TestAConversationHasAnEnd(t *testing.T) {
	sealed := make([]byte, 16<<10+sealOverhead)
	var c Conversation
	add := func() error {
		return c.Add(Message{ID: uuid.NewString(), ForReceiver: sealed, ForSender: sealed}, "2026-11-23")
	}
	for range mostSealed / (2 * len(sealed)) {
		require.NoError(t, add())
	}
	require.Equal(t, failure.ConfidentialFull, failure.CodeOf(add()))
	require.True(t, c.Untold)
}

// A lost code is a lost mailbox: another key continues nothing. A role that has ended receives nothing more and reads
// nothing more, and the successor inherits nothing.
func TestKeysAndRolesEndConversations(t *testing.T) {
	w := newWorld(t)
	k := w.newTalk()
	w.publishKey("tr", newConfidant(t))
	response, answer := k.more("teacher", "Hallo?")
	refused(t, failure.ConfidentialKeyChanged, response, answer)
	_, answer = k.read("teacher")
	require.EqualValues(t, "locked", decoded[intakeapi.Conversation](t, answer).State)

	again := w.newTalk()
	w.endRole("tr", access.UnionRepresentative)
	w.eventually(func() bool {
		_, answer := again.read("teacher")
		return decoded[intakeapi.Conversation](t, answer).State == "ended"
	})
	response, answer = again.more("teacher", "Hallo?")
	refused(t, failure.ConfidentialNoReceiver, response, answer)
	response, answer = w.call("tr", http.MethodGet, again.path(""), nil)
	refused(t, failure.AccessDenied, response, answer)
	var receivers intakeapi.ConfidentialReceiverList
	w.get("teacher", school("/confidential/receivers"), &receivers)
	require.Empty(t, receivers.Items)
}

// A representative hears once a day that something waits; the event is all that the stream ever has of it.
func TestReceiversAreToldOnceADay(t *testing.T) {
	w := newWorld(t)
	k := w.newTalk()
	told := func() int { return w.told()["intake.confidential-messages-waiting.v1"] }
	attend := func() {
		ctx := access.WithSubject(t.Context(), w.intake.identity)
		require.NoError(t, w.intake.tellReceivers(ctx, DateOf(w.clock.now())))
	}
	w.clock.set(noon.AddDate(0, 0, 1))
	attend()
	w.eventually(func() bool { return told() == 1 })
	_, _ = k.more("teacher", "En ting til")
	attend() // the same day
	w.clock.set(noon.AddDate(0, 0, 2))
	_, _ = k.more("teacher", "Og en til")
	attend()
	w.eventually(func() bool { return told() == 2 })
	w.clock.set(noon.AddDate(0, 0, 3))
	attend() // nothing new
	require.Equal(t, 2, told())
	for _, e := range w.published() {
		if e.Type == (events.ConfidentialMessagesWaiting{}).Type() {
			require.JSONEq(t, `{"receiver_id":"tr"}`, string(e.Data))
			require.NotContains(t, e.Subject, k.view.ConversationID)
		}
	}
}

// The service does so by itself from six in the morning on, also when it was away then.
func TestTheMorningsWorkIsDoneByItself(t *testing.T) {
	w := newWorld(t)
	w.newTalk()
	tomorrow := DateOf(noon.AddDate(0, 0, 1)).Begin()
	require.False(t, morning(tomorrow.Add(tellFrom-time.Millisecond)))
	require.True(t, morning(tomorrow.Add(tellFrom)))
	w.clock.set(tomorrow.Add(tellFrom))
	w.restart()
	w.has("intake.confidential-messages-waiting.v1")
}

func TestConversationsGoWhenTheirDaysAreOver(t *testing.T) {
	w := newWorld(t)
	k := w.newTalk()
	ctx := access.WithSubject(t.Context(), w.intake.identity)
	require.NoError(t, w.intake.dropOldConversations(ctx, noon.AddDate(0, 0, confidentialDays)))
	response, _ := k.read("teacher")
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.NoError(t, w.intake.dropOldConversations(ctx, noon.AddDate(0, 0, confidentialDays+1)))
	response, answer := k.read("teacher")
	refused(t, failure.ConfidentialUnknownCode, response, answer)
}

func TestAnErasedRepresentativeLeavesNoMailbox(t *testing.T) {
	w := newWorld(t)
	k := w.newTalk()
	envelope, err := events.New(tenant.With(t.Context(), operatorID), "tenancy", "tr", 2, noon, events.PersonErased{PersonID: "tr"})
	require.NoError(t, err)
	require.NoError(t, w.tenancy.Publish(t.Context(), envelope))
	w.eventually(func() bool {
		_, err := w.intake.mailboxes.Get(tenant.With(t.Context(), schoolID), "tr")
		return failure.CodeOf(err) == failure.DocumentNotFound
	})
	response, answer := k.read("teacher")
	refused(t, failure.ConfidentialUnknownCode, response, answer)
}

func TestARepresentativeFindsTheMailboxAmongTheirData(t *testing.T) {
	w := newWorld(t)
	k := w.newTalk()
	var records intakeapi.PersonRecords
	w.get("tr", "/v1/me/records", &records)
	require.NotNil(t, records.Mailboxes)
	require.Equal(t, k.view.ConversationID, (*records.Mailboxes)[0].Conversations[0].ConversationID)
	records = intakeapi.PersonRecords{}
	w.get("teacher", "/v1/me/records", &records)
	require.Nil(t, records.Mailboxes, "nobody here knows who wrote it")
}

// traces reads everything that is kept of conversations, raw, and tells where somebody or something is found in it.
func (w *world) traces(of ...string) (found []string) {
	w.t.Helper()
	look := func(place string, raw []byte) {
		for _, word := range of {
			if bytes.Contains(raw, []byte(word)) {
				found = append(found, place+": "+word)
			}
		}
	}
	for doc, err := range w.intake.conversations.All(tenant.With(w.t.Context(), schoolID), document.Query{Index: "by_receiver"}) {
		require.NoError(w.t, err)
		require.Equal(w.t, doc.CreatedAt.Truncate(24*time.Hour), doc.CreatedAt, "a day and no finer")
		require.Equal(w.t, doc.UpdatedAt.Truncate(24*time.Hour), doc.UpdatedAt, "a day and no finer")
		raw, err := json.Marshal(doc.Body)
		require.NoError(w.t, err)
		look("conversation", raw)
		for _, m := range doc.Body.Messages { // as they are, not in base64
			look("message", slices.Concat(m.Author, m.ForReceiver, m.ForSender))
		}
	}
	for _, e := range w.published() {
		look("stream", e.Data)
	}
	look("log", []byte(w.log.String()))
	return found
}

// The auditor reads the files, the stream and the log: neither the text nor who wrote it is in them.
func TestNothingTellsWhatWasWrittenOrByWhom(t *testing.T) {
	w := newWorld(t)
	before := len(w.log.String())
	k := w.newTalk()
	w.clock.set(noon.AddDate(0, 0, 1))
	require.NoError(t, w.intake.tellReceivers(access.WithSubject(t.Context(), w.intake.identity), DateOf(w.clock.now())))
	w.has("intake.confidential-messages-waiting.v1")
	require.Empty(t, w.traces(secretText, "teacher", k.secret))
	require.NotContains(t, w.log.String()[before:], "confidential/", "requests leave no access log")
	require.Empty(t, w.files(secretText), "nor is the text in any file")
	require.Empty(t, w.files(k.secret), "nor the secret that opens it")

	// A build that kept the author in the open is caught.
	_, err := w.intake.conversations.Update(tenant.With(t.Context(), schoolID), k.view.ConversationID, func(c *Conversation) ([]events.Event, error) {
		c.Messages[0].Author = []byte(`{"person_id":"teacher"}`)
		return nil, nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, w.traces("teacher"))
}

// files are those in the service's directory, the stream's among them, that hold a text.
func (w *world) files(text string) (holding []string) {
	w.t.Helper()
	require.NoError(w.t, filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(text)) {
			holding = append(holding, path)
		}
		return err
	}))
	return holding
}
