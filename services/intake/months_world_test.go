package intake

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
)

// switchOn has the TR switch telling on and returns the month once its list waits to be countersigned.
func (w *world) switchOn() intakeapi.Month {
	w.t.Helper()
	response, answer := w.call("tr", http.MethodPut, school("/experiences"), intakeapi.VoiceSetting{On: true})
	require.Equal(w.t, http.StatusOK, response.StatusCode, "%s", answer)
	return w.monthAt("2026-11", "countersigning")
}

// begin has the TR switch telling on and countersign, and returns the month once it is open.
func (w *world) begin() intakeapi.Month {
	w.t.Helper()
	return w.signs("tr", w.switchOn())
}

// signs has a reader countersign a month's list and returns the month once it is open.
func (w *world) signs(who string, month intakeapi.Month) intakeapi.Month {
	w.t.Helper()
	response, answer := w.countersignMonth(who, month.MonthID, nil)
	require.Equal(w.t, http.StatusOK, response.StatusCode, "%s", answer)
	return w.monthAt(month.Month, "open")
}

// countersignMonth has somebody sign what a reader is shown of a month, or something else.
func (w *world) countersignMonth(who, id string, change func(*intakeapi.MonthCountersigning)) (*http.Response, []byte) {
	w.t.Helper()
	roster, etag := w.monthRoster("tr", id)
	signed := intakeapi.MonthCountersigning{RosterHash: roster.RosterHash, KeyListHash: roster.KeyListHash}
	if change != nil {
		change(&signed)
	}
	return w.call(who, http.MethodPost, school("/experiences/months/"+id+"/countersign"), signed, "If-Match", etag)
}

// monthRoster is the list that a reader is shown, with its revision.
func (w *world) monthRoster(who, id string) (roster intakeapi.MonthRoster, etag string) {
	w.t.Helper()
	response := w.get(who, school("/experiences/months/"+id+"/roster"), &roster)
	return roster, response.Header.Get("ETag")
}

// refuseMonth has somebody refuse a list that waits.
func (w *world) refuseMonth(who, id, reason string) (*http.Response, []byte) {
	w.t.Helper()
	_, etag := w.monthRoster("tr", id)
	return w.call(who, http.MethodPost, school("/experiences/months/"+id+"/refuse"), map[string]string{"reason": reason}, "If-Match", etag)
}

// monthAt waits until a month has a status.
func (w *world) monthAt(name string, status intakeapi.MonthStatus) (found intakeapi.Month) {
	w.t.Helper()
	w.eventually(func() bool {
		var voice intakeapi.Voice
		w.get("teacher", school("/experiences"), &voice)
		i := slices.IndexFunc(voice.Months, func(m intakeapi.Month) bool { return m.Month == name && m.Status == status })
		if i >= 0 {
			found = voice.Months[i]
		}
		return i >= 0
	})
	return found
}

// teller is a sender's browser: the key of a receipt code, which never leaves it.
type teller struct {
	key  hpke.PrivateKey
	name string
}

func newTeller(t *testing.T) teller {
	t.Helper()
	key, err := hpke.DHKEM(ecdh.X25519()).GenerateKey()
	require.NoError(t, err)
	return teller{key, hexOf(string(key.PublicKey().Bytes()))}
}

// tells seals an experience as the form does and has the ballot box keep it.
func (w *world) tells(month string, from teller, answers map[string]string) {
	w.t.Helper()
	content := map[string]string{"reply_key": base64.RawURLEncoding.EncodeToString(from.key.PublicKey().Bytes()), "reply_id": from.name}
	for name, value := range answers {
		content[name] = value
	}
	w.tellsRaw(month, map[string]any{"round_id": month, "instrument": "experience", "instrument_version": 1, "answers": content})
}

func (w *world) tellsRaw(month string, content any) {
	w.t.Helper()
	raw, err := json.Marshal(content)
	require.NoError(w.t, err)
	public, err := base64.RawURLEncoding.DecodeString(w.neighbour.frame(month)["release_key"].(string))
	require.NoError(w.t, err)
	key, err := ecdh.X25519().NewPublicKey(public)
	require.NoError(w.t, err)
	envelope, err := sealTo(key, "guldkorn answer v1", month, append(raw, bytes.Repeat([]byte(" "), 4096-len(raw))...))
	require.NoError(w.t, err)
	w.neighbour.set(func() {
		w.neighbour.told[month] = append(w.neighbour.told[month], base64.RawURLEncoding.EncodeToString(envelope))
	})
}

// over lets November end and returns it closed.
func (w *world) over() intakeapi.Month {
	w.t.Helper()
	w.clock.set(afterNovember)
	w.intake.hurry()
	return w.monthAt("2026-11", "closed")
}

func (w *world) toldIn(who, month string) (list intakeapi.ExperienceList) {
	w.t.Helper()
	w.get(who, school("/experiences/months/"+month+"/told"), &list)
	return list
}

func (w *world) respond(who, experience, text string) (*http.Response, []byte) {
	w.t.Helper()
	return w.call(who, http.MethodPost, school("/experiences/told/"+experience+"/answer"), intakeapi.ExperienceAnswering{Text: text})
}

// technology registers one and returns its id.
func (w *world) technology() string {
	w.t.Helper()
	response, answer := w.call("leader", http.MethodPost, school("/technologies"), intakeapi.NewTechnology{Name: "Aula", Kind: "communication"}, fresh()...)
	require.Equal(w.t, http.StatusCreated, response.StatusCode, "%s", answer)
	return decoded[intakeapi.Technology](w.t, answer).TechnologyID
}

// answer is the one answer of a month.
func (w *world) answer(month string) intakeapi.ExperienceAnswer {
	w.t.Helper()
	for _, one := range w.toldIn("tr", month).Items {
		if one.Answer != nil {
			return *one.Answer
		}
	}
	w.t.Fatal("nothing is answered")
	return intakeapi.ExperienceAnswer{}
}

// replyTo is what a sender reads at the ballot box, "" for nothing.
func (w *world) replyTo(month string, to teller) string {
	w.t.Helper()
	var text string
	w.neighbour.set(func() {
		sealed, err := base64.RawURLEncoding.DecodeString(w.neighbour.replies[to.name])
		require.NoError(w.t, err)
		if len(sealed) == 0 {
			return
		}
		recipient, err := hpke.NewRecipient(sealed[:32], to.key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("guldkorn reply v1"))
		require.NoError(w.t, err)
		plain, err := recipient.Open([]byte(month+"\n"+to.name), sealed[32:])
		require.NoError(w.t, err)
		require.Len(w.t, plain, 4096)
		text = strings.TrimRight(string(plain), " ")
	})
	return text
}
