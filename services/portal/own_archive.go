package portal

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	notificationapi "github.com/guldkorn/guldkorn/libs/api/notification"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// ownArchive is what people are handed of what is kept about them: the archive of tenancy as it is, so that its receipt
// can be checked, and beside it what each other service answers to the person alone. elsewhere.html says the same to
// people. Anonymous answers are in none of it, for nobody can tell whose they are.
type ownArchive struct {
	registered *zip.Reader // of tenancy: index.html and data.json
	places     map[string]string
	Logged     []ownLogEntry
	Language   string
	Name       string
	MadeAt     time.Time
	Dialogues  dialogueapi.PersonRecords
	Rounds     intakeapi.PersonRecords
	Inbox      []inboxItem
	SignIns    []ownSignIn
}

// ownSignIn is a session as the archive has it: nothing of it signs anybody in.
type ownSignIn struct {
	BeganAt   time.Time `json:"began_at"`
	SeenAt    time.Time `json:"seen_at"` // roughly
	ExpiresAt time.Time `json:"expires_at"`
}

// ownLogEntry is an entry of an audit log as tenancy's archive has it.
type ownLogEntry struct {
	TenantID  string    `json:"tenant_id"`
	ScopeName string    `json:"scope_name"`
	At        time.Time `json:"at"`
	Subject   string    `json:"subject"`
	Action    string    `json:"action"`
	AboutYou  bool      `json:"about_you"`
	Decision  string    `json:"decision"`

	Who, What string // in words
}

// Place is the name of a school, or its id if the person's roles name none.
func (a *ownArchive) Place(id string) string {
	if name := a.places[id]; name != "" {
		return name
	}
	return id
}

// gatherOwn asks every service what it holds about the person. One that does not answer fails the whole: what is
// missing would not be noticed. tenancy comes last, since it writes down that something was handed out.
func (v *visit) gatherOwn() (*ownArchive, error) {
	a := &ownArchive{Language: v.words.language, Name: v.session.Name, MadeAt: v.now(), SignIns: []ownSignIn{}}
	err := together(
		v.reads("dialogue", "/v1/me/records", &a.Dialogues),
		v.reads("intake", "/v1/me/records", &a.Rounds),
		func() (err error) { a.Inbox, err = v.wholeInbox(); return err },
		func() error {
			for one, err := range v.portal.sessions.of(v.context(), v.session) {
				if err != nil {
					return err
				}
				a.SignIns = append(a.SignIns, ownSignIn{one.BeganAt, one.SeenAt, one.ExpiresAt})
			}
			return nil
		},
	)
	if err == nil {
		err = v.gatherRegistered(a)
	}
	return a, err
}

// wholeInbox returns the items of all pages.
func (v *visit) wholeInbox() ([]inboxItem, error) {
	all, err := whole[notificationapi.InboxItem](v, "notification", "/v1/inbox", nil)
	items := make([]inboxItem, len(all))
	for i, one := range all {
		items[i] = inboxItemOf(one)
	}
	return items, err
}

// maxRegistered is far more than what tenancy knows about one person.
const maxRegistered = 32 << 20

func (v *visit) gatherRegistered(a *ownArchive) error {
	response, err := v.open("tenancy", "/v1/me/export")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxRegistered))
	if err != nil {
		return failure.New(failure.Unavailable).Because(fmt.Errorf("read tenancy: %w", err))
	}
	if a.registered, err = zip.NewReader(bytes.NewReader(raw), int64(len(raw))); err != nil {
		return fmt.Errorf("archive of tenancy: %w", err)
	}
	data, err := a.registered.Open("data.json")
	if err != nil {
		return fmt.Errorf("archive of tenancy: %w", err)
	}
	defer data.Close()
	var known struct {
		Roles []struct {
			Scope     string `json:"scope"`
			ScopeName string `json:"scope_name"`
		} `json:"roles"`
		Audit []ownLogEntry `json:"audit"`
	}
	if err := json.NewDecoder(data).Decode(&known); err != nil {
		return fmt.Errorf("archive of tenancy: %w", err)
	}
	a.Logged = known.Audit
	own := map[string]string{v.session.PersonID: v.words.text("own_file.you")}
	for i, e := range a.Logged {
		a.Logged[i].Who, a.Logged[i].What = v.auditWho(e.Subject, own), v.auditWhat(e.Action)
	}
	a.places = make(map[string]string, len(known.Roles))
	for _, r := range known.Roles {
		a.places[r.Scope] = r.ScopeName
	}
	return nil
}

// pack writes the ZIP.
func (a *ownArchive) pack(elsewhere []byte) ([]byte, error) {
	var packed bytes.Buffer
	files := zip.NewWriter(&packed)
	for _, file := range a.registered.File {
		if err := files.Copy(file); err != nil {
			return nil, err
		}
	}
	inbox := make([]notificationapi.InboxItem, len(a.Inbox))
	for i, item := range a.Inbox {
		inbox[i] = item.InboxItem
	}
	put := func(name string, body []byte) error {
		w, err := files.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.MadeAt})
		if err == nil {
			_, err = w.Write(body)
		}
		return err
	}
	for _, part := range []struct {
		name string
		of   any
	}{
		{"dialogues.json", a.Dialogues}, {"rounds.json", a.Rounds},
		{"inbox.json", map[string]any{"format": "guldkorn.notification.person/1", "items": inbox}},
		{"sign-ins.json", map[string]any{"format": "guldkorn.portal.person/1", "sign_ins": a.SignIns}},
	} {
		raw, err := json.MarshalIndent(part.of, "", "  ")
		if err == nil {
			err = put(part.name, raw)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := put("elsewhere.html", elsewhere); err != nil {
		return nil, err
	}
	if err := files.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// exportOwnData answers a form and not a link: each time is written down as a request, and whoever only looks at an
// address, as browsers do ahead of time, asks for nothing.
func (v *visit) exportOwnData() error {
	gathered, err := v.gatherOwn()
	if err != nil {
		return err
	}
	page, err := v.composed("own_data_file", "file", gathered)
	if err != nil {
		return err
	}
	packed, err := gathered.pack(page.Bytes())
	if err != nil {
		return fmt.Errorf("own archive: %w", err)
	}
	v.fileHeader("application/zip", "guldkorn-"+v.today()+".zip")
	v.gin.Data(http.StatusOK, "application/zip", packed)
	return nil
}
