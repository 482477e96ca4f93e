package portal

import (
	"net/http"
	"net/url"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
)

// colleague lets the representative's browser turn the id of an author, which it alone can read, into a name.
type colleague struct {
	PersonID string `json:"person_id"`
	Name     string `json:"name"`
}

// receivedPage is a representative's own.
type receivedPage struct {
	Mine  *representative // nil before there is a key
	Items []intakeapi.ConversationSummary
	Next  string
	Staff []colleague
	Form  form
}

func (v *visit) received() error { return v.receivedWith(http.StatusOK, form{}) }

func (v *visit) receivedWith(status int, f form) error {
	page := receivedPage{Form: f}
	var list intakeapi.ConversationList
	if err := v.get("intake", v.paged(v.at("confidential", "conversations")), &list); err != nil {
		return err
	}
	page.Items, page.Next = list.Items, value(list.NextCursor)
	all, err := v.representatives()
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.PersonID == v.session.PersonID {
			page.Mine = &one
		}
	}
	if page.Staff, err = v.staffNames(); err != nil {
		return err
	}
	return v.show(status, "confidential_received", page)
}

// mailboxNews is what a representative's home page says of the mailbox.
type mailboxNews struct {
	Made    bool // there is a key
	Waiting int  // conversations whose last word is the other side's
}

// mailboxNews is nil for whoever is no representative.
func (v *visit) mailboxNews() (*mailboxNews, error) {
	if !v.has(representativeRoles...) {
		return nil, nil
	}
	var receivers intakeapi.ConfidentialReceiverList
	var list intakeapi.ConversationList
	err := together(v.reads("intake", v.at("confidential", "receivers"), &receivers), v.reads("intake", v.at("confidential", "conversations"), &list))
	if err != nil {
		return nil, err
	}
	var news mailboxNews
	for _, one := range receivers.Items {
		news.Made = news.Made || one.PersonID == v.session.PersonID
	}
	for _, one := range list.Items {
		if one.Waiting {
			news.Waiting++
		}
	}
	return &news, nil
}

// waitingConfidential tells a representative what waits for an answer, or how colleagues can begin to write.
func (v *visit) waitingConfidential(news *mailboxNews) []waiting {
	one := waiting{Icon: "lock", Title: v.words.text("confidential.received"), Path: v.school("confidential", "received")}
	switch {
	case news == nil, news.Made && news.Waiting == 0:
		return nil
	case news.Made:
		one.Text, one.Button, one.Rank = v.words.text("home.confidential.waiting", "count", news.Waiting), v.words.text("home.confidential.read"), rankAsked
	default:
		one.Text, one.Button, one.Rank = v.words.text("home.confidential.begin"), v.words.text("home.confidential.make"), rankWhenReady
	}
	return []waiting{one}
}

// staffNames are the names of everybody at the school: to ask for one of them would tell who has written.
func (v *visit) staffNames() ([]colleague, error) {
	return whole[colleague](v, "tenancy", v.at("staff"), url.Values{})
}

func (v *visit) setConfidentialKey() error {
	err := v.call("intake", http.MethodPut, v.at("confidential", "key"), intakeapi.ConfidentialKey{PublicKey: v.input("public_key")}, nil)
	if err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.receivedWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("confidential", "received"))
}

func (v *visit) receivedConversation() error {
	return v.receivedConversationWith(http.StatusOK, form{})
}

func (v *visit) receivedConversationWith(status int, f form) error {
	page := conversationPage{Form: f}
	if err := v.get("intake", v.at("confidential", "conversations", v.param("conversation_id")), &page.Conversation); err != nil {
		return err
	}
	var err error
	if page.Staff, err = v.staffNames(); err != nil {
		return err
	}
	return v.show(status, "confidential_conversation", page)
}

func (v *visit) answerConversation() error {
	message, err := v.sealedMessage()
	if err != nil {
		return err
	}
	return v.changeConversation("answers", message)
}

func (v *visit) closeConversation() error { return v.changeConversation("close", nil) }

func (v *visit) changeConversation(verb string, in any) error {
	id := v.param("conversation_id")
	if err := v.call("intake", http.MethodPost, v.at("confidential", "conversations", id, verb), in, nil); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.receivedConversationWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("confidential", "received", id))
}
