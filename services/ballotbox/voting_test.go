package ballotbox_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

func TestAWholeRound(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 3, "unit-b": 2})
	require.Equal(t, ballot.ListHash(r.id, r.keys), r.keyList)

	early := w.voter(r, "unit-a", "anna") // the token comes before the answer
	require.Equal(t, failure.BallotRoundNotOpen, failure.CodeOf(early.Answer(t.Context(), nil)))
	w.command(r, "open")
	w.command(r, "open")

	bo, carl, dora := w.voter(r, "unit-a", "bo"), w.voter(r, "unit-a", "carl"), w.voter(r, "unit-b", "dora")
	for i, v := range []*voter.Voter{early, bo, carl, dora} {
		require.NoError(t, v.Answer(t.Context(), map[string]string{"core_task.meaning.gain": fmt.Sprint(25 * i)}))
	}
	require.NoError(t, bo.Answer(t.Context(), map[string]string{"core_task.meaning.gain": "do_not_know"})) // changed
	require.NoError(t, carl.Withdraw(t.Context()))
	require.NoError(t, dora.Withdraw(t.Context()))
	require.NoError(t, dora.Answer(t.Context(), map[string]string{"core_task.meaning.gain": "100"})) // thought again

	var unread []byte
	err := w.peer("reporting").Call(t.Context(), http.MethodGet, "/v1/rounds/"+r.id+"/batch", nil, &unread)
	require.Equal(t, failure.BallotRoundNotClosed, failure.CodeOf(err))

	result := w.command(r, "close")
	require.Equal(t, result, w.command(r, "close"))
	require.Equal(t, failure.BallotRoundClosed, failure.CodeOf(bo.Answer(t.Context(), nil)))
	late := voter.New(w.base, w.client)
	require.Equal(t, failure.BallotRoundClosed, failure.CodeOf(late.Fetch(t.Context(), w.ticket(r, "unit-b", "else"))))

	raw, answers := w.batch(r)
	sum := sha256.Sum256(raw)
	require.Equal(t, result.BatchHash, hex.EncodeToString(sum[:]))
	require.Equal(t, map[string]int{"unit-a": 2, "unit-b": 1}, map[string]int{
		result.Units[0].UnitID: result.Units[0].Answers, result.Units[1].UnitID: result.Units[1].Answers})
	given := map[string]bool{}
	for _, content := range answers["unit-a"] {
		require.Equal(t, r.id, content.RoundID)
		require.Equal(t, "pulse-core-task", content.Instrument)
		require.Equal(t, 1, content.InstrumentVersion)
		given[content.Answers["core_task.meaning.gain"]] = true
	}
	require.Equal(t, map[string]bool{"0": true, "do_not_know": true}, given)
	require.Equal(t, "100", answers["unit-b"][0].Answers["core_task.meaning.gain"])

	w.restart() // the same for ever
	again, _ := w.batch(r)
	require.Equal(t, raw, again)
	require.Equal(t, result, w.command(r, "close"))
	w.now = w.now.AddDate(0, 0, 9)
	w.restart()
	require.Eventually(t, func() bool {
		err := w.peer("reporting").Call(t.Context(), http.MethodGet, "/v1/rounds/"+r.id+"/batch", nil, &unread)
		return failure.CodeOf(err) == failure.BallotBatchGone
	}, 10*time.Second, 10*time.Millisecond)
}

func TestATokenIsAnOrdinaryPSSSignature(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 1})
	answer, err := w.voter(r, "unit-a", "anna").Sign(1, "")
	require.NoError(t, err)
	public, err := r.keys[0].RSA()
	require.NoError(t, err)
	message, err := ballot.Decode64(answer.Message, ballot.MessageSize)
	require.NoError(t, err)
	token, err := ballot.Decode64(answer.Token, ballot.TokenSize)
	require.NoError(t, err)
	digest := sha512.Sum384(message)
	require.NoError(t, rsa.VerifyPSS(public, crypto.SHA384, digest[:], token, &rsa.PSSOptions{SaltLength: 48}))
}

func TestOneTokenForEachPerson(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 2, "unit-b": 1})
	ticket := w.ticket(r, "unit-a", "anna")
	anna := voter.New(w.base, w.client)
	require.NoError(t, anna.Fetch(t.Context(), ticket))

	other := voter.New(w.base, w.client) // the same person with another ballot
	require.Equal(t, failure.BallotTokenIssued, failure.CodeOf(other.Fetch(t.Context(), ticket)))
	moved := voter.New(w.base, w.client) // and with another unit
	require.Equal(t, failure.BallotTokenIssued, failure.CodeOf(moved.Fetch(t.Context(), w.ticket(r, "unit-b", "anna"))))
	w.restart()
	other = voter.New(w.base, w.client)
	require.Equal(t, failure.BallotTokenIssued, failure.CodeOf(other.Fetch(t.Context(), w.ticket(r, "unit-a", "anna"))))

	w.voter(r, "unit-a", "bo")
	invented := voter.New(w.base, w.client) // more tickets than staff
	require.Equal(t, failure.BallotUnitExhausted, failure.CodeOf(invented.Fetch(t.Context(), w.ticket(r, "unit-a", "nobody"))))
}

func TestTheSameRequestGetsTheSameSignature(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 2})
	anna := w.voter(r, "unit-a", "anna")
	signed, err := anna.Sign(1, "")
	require.NoError(t, err)
	require.NotEmpty(t, signed.Token)

	body := fmt.Sprintf(`{"ticket":%q,"blinded_message":%q}`, w.ticket(r, "unit-a", "bo"), strings.Repeat("A", 511)+"Q")
	var signatures []string
	for range 3 {
		signatures = append(signatures, w.blindSign(r, body))
		w.restart()
		body = fmt.Sprintf(`{"ticket":%q,"blinded_message":%q}`, w.ticket(r, "unit-a", "bo"), strings.Repeat("A", 511)+"Q")
	}
	require.NotEmpty(t, signatures[0])
	require.Equal(t, signatures[0], signatures[1])
	require.Equal(t, signatures[0], signatures[2])
}

func TestTicketsThatDoNotCount(t *testing.T) {
	w := newWorld(t)
	r, other := w.announce(map[string]int{"unit-a": 5}), w.announce(map[string]int{"unit-a": 5})
	set := func(name string, value any) func(jwt.MapClaims) {
		return func(c jwt.MapClaims) { c[name] = value }
	}
	foreign := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"iss": "intake", "aud": "ballotbox", "round": r.id, "unit": "unit-a", "pseudonym": "anna", "key_list": r.keyList,
		"exp": w.now.Add(time.Minute).Unix()})
	forged, err := foreign.SignedString(w.serviceKey["portal"])
	require.NoError(t, err)
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, foreign.Claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		ticket string
		want   failure.Code
	}{
		"forged":          {forged, failure.BallotTicketInvalid},
		"unsigned":        {unsigned, failure.BallotTicketInvalid},
		"garbage":         {"a.b.c", failure.BallotTicketInvalid},
		"empty":           {"", failure.BallotTicketInvalid},
		"another round":   {w.ticket(other, "unit-a", "anna"), failure.BallotTicketInvalid},
		"another box":     {w.ticket(r, "unit-a", "anna", set("box", strings.Repeat("0", 64))), failure.BallotTicketInvalid},
		"another list":    {w.ticket(r, "unit-a", "anna", set("key_list", other.keyList)), failure.BallotTicketInvalid},
		"another issuer":  {w.ticket(r, "unit-a", "anna", set("iss", "portal")), failure.BallotTicketInvalid},
		"another service": {w.ticket(r, "unit-a", "anna", set("aud", "reporting")), failure.BallotTicketInvalid},
		"unknown unit":    {w.ticket(r, "unit-z", "anna"), failure.BallotTicketInvalid},
		"nobody":          {w.ticket(r, "unit-a", ""), failure.BallotTicketInvalid},
		"long name":       {w.ticket(r, "unit-a", strings.Repeat("x", 129)), failure.BallotTicketInvalid},
		"expired":         {w.ticket(r, "unit-a", "anna", set("exp", w.now.Add(-time.Second).Unix())), failure.BallotTicketExpired},
		"without end":     {w.ticket(r, "unit-a", "anna", func(c jwt.MapClaims) { delete(c, "exp") }), failure.BallotTicketInvalid},
		"a command token": {w.commandToken("intake"), failure.BallotTicketInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			body := fmt.Sprintf(`{"ticket":%q,"blinded_message":%q}`, c.ticket, strings.Repeat("A", 511)+"Q")
			require.Equal(t, c.want, w.refusedSignature(r, body))
		})
	}
	for name, blinded := range map[string]string{
		"zero": strings.Repeat("A", 512), "over the modulus": strings.Repeat("_", 512), "short": strings.Repeat("A", 511),
		"line break": strings.Repeat("A", 511) + "\\n", "not base64url": strings.Repeat("+", 512),
	} {
		t.Run(name, func(t *testing.T) {
			body := fmt.Sprintf(`{"ticket":%q,"blinded_message":"%s"}`, w.ticket(r, "unit-a", "anna"), blinded)
			require.Equal(t, failure.RequestInvalid, w.refusedSignature(r, body))
		})
	}
	w.voter(r, "unit-a", "anna") // none of that has cost Anna her token
}

func TestAnswersThatDoNotCount(t *testing.T) {
	w := newWorld(t)
	r, other := w.opened(map[string]int{"unit-a": 9, "unit-b": 9}), w.opened(map[string]int{"unit-a": 9})
	anna, bo, guest := w.voter(r, "unit-a", "anna"), w.voter(r, "unit-a", "bo"), w.voter(other, "unit-a", "guest")
	envelope := ballot.Encode64(make([]byte, ballot.EnvelopeSize))
	sign := func(v *voter.Voter, version int, envelope string) ballot.Answer {
		a, err := v.Sign(version, envelope)
		require.NoError(t, err)
		return a
	}
	good := sign(anna, 1, envelope)
	with := func(change func(*ballot.Answer)) []byte {
		a := good
		change(&a)
		return encode(t, a)
	}
	bos := sign(bo, 1, envelope)
	text := string(encode(t, good))
	unknownField := strings.TrimRight(strings.Replace(text, `"version":1`, `"version":1,"x":1`, 1), " ")
	for name, c := range map[string]struct {
		path string
		body []byte
		want failure.Code
	}{
		"forged token":          {anna.Path(), with(func(a *ballot.Answer) { a.Token = ballot.Encode64(make([]byte, 384)) }), failure.BallotTokenInvalid},
		"somebody else's token": {anna.Path(), with(func(a *ballot.Answer) { a.Token = bos.Token }), failure.BallotTokenInvalid},
		"and message":           {anna.Path(), with(func(a *ballot.Answer) { a.Token, a.Message = bos.Token, bos.Message }), failure.BallotTokenInvalid},
		"another unit's key":    {anna.Path(), with(func(a *ballot.Answer) { a.KeyID = r.keys[1].KeyID }), failure.BallotTokenInvalid},
		"unlisted key":          {anna.Path(), with(func(a *ballot.Answer) { a.KeyID = other.keys[0].KeyID }), failure.BallotKeyUnlisted},
		"another round":         {strings.Replace(guest.Path(), other.id, r.id, 1), encode(t, sign(guest, 1, envelope)), failure.BallotKeyUnlisted},
		"changed envelope":      {anna.Path(), with(func(a *ballot.Answer) { a.Envelope = "B" + envelope[1:] }), failure.BallotSignatureWrong},
		"changed version":       {anna.Path(), with(func(a *ballot.Answer) { a.Version = 2 }), failure.BallotSignatureWrong},
		"withdrawal by others":  {anna.Path(), with(func(a *ballot.Answer) { a.Envelope, a.Version = "", 2 }), failure.BallotSignatureWrong},
		"version zero":          {anna.Path(), encode(t, sign(anna, 0, envelope)), failure.RequestInvalid},
		"a clock as version":    {anna.Path(), encode(t, sign(anna, 1795000000, envelope)), failure.RequestInvalid},
		"short envelope":        {anna.Path(), encode(t, sign(anna, 1, envelope[1:])), failure.RequestInvalid},
		"loose spelling":        {anna.Path(), with(func(a *ballot.Answer) { a.PublicKey = loosen(a.PublicKey) }), failure.RequestInvalid},
		"one byte less":         {anna.Path(), []byte(text[:len(text)-1]), failure.BallotSizeWrong},
		"one byte more":         {anna.Path(), []byte(text + " "), failure.BallotSizeWrong},
		"a megabyte":            {anna.Path(), []byte(text + strings.Repeat(" ", 1<<20)), failure.BallotSizeWrong},
		"unknown field":         {anna.Path(), padded(unknownField), failure.RequestUnknownField},
		"wrong type":            {anna.Path(), padded(`{"version":"1"}`), failure.RequestWrongType},
		"not JSON":              {anna.Path(), padded(`{`), failure.RequestMalformed},
		"two values":            {anna.Path(), padded(strings.TrimRight(text, " ") + "{}"), failure.RequestMalformed},
		"the same name twice":   {anna.Path(), padded(strings.Replace(strings.TrimRight(text, " "), `"version":1`, `"version":1,"version":1`, 1)), failure.RequestMalformed},
		"a name in capitals":    {anna.Path(), padded(strings.Replace(strings.TrimRight(text, " "), `"version"`, `"Version"`, 1)), failure.RequestMalformed},
		"not UTF-8":             {anna.Path(), padded("{\"token\":\"\xff\"}"), failure.RequestEncoding},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, w.put(c.path, c.body)) })
	}
	require.Equal(t, failure.RequestMediaType, w.put(anna.Path(), encode(t, good), func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }))
	require.Equal(t, failure.BallotSizeWrong, w.put(anna.Path(), encode(t, good), func(r *http.Request) { r.ContentLength = -1 }))
	require.Equal(t, failure.BallotCookieRefused, w.put(anna.Path(), encode(t, good), func(r *http.Request) { r.Header.Set("Cookie", "a=b") }))
	require.Equal(t, failure.BallotHostWrong, w.put(anna.Path(), encode(t, good), func(r *http.Request) { r.Host = "evil.example" }))

	foreign := w.sealed(guest.Path(), encode(t, good)) // to another round's key
	require.Equal(t, failure.BallotSealWrong, w.putRaw(anna.Path(), "application/octet-stream", foreign))
	truncated := w.sealed(anna.Path(), encode(t, good))
	truncated[len(truncated)-1] ^= 1
	require.Equal(t, failure.BallotSealWrong, w.putRaw(anna.Path(), "application/octet-stream", truncated))
	require.Equal(t, failure.BallotSealWrong, w.putRaw(anna.Path(), "application/octet-stream", make([]byte, ballot.RequestSize)))
	require.Equal(t, failure.BallotSizeWrong, w.putRaw(anna.Path(), "application/octet-stream", encode(t, good)), "not sealed at all")

	require.Empty(t, w.put(anna.Path(), encode(t, good)))
	require.Empty(t, w.put(anna.Path(), encode(t, good)), "an identical repeat is no error")
	second := encode(t, sign(anna, 2, envelope))
	require.Empty(t, w.put(anna.Path(), second))
	require.Equal(t, failure.BallotVersionOld, w.put(anna.Path(), encode(t, good)))
	require.Equal(t, failure.BallotVersionOld, w.put(anna.Path(), encode(t, sign(anna, 2, ""))), "same version, other content")

	result := w.command(r, "close")
	require.Equal(t, 1, result.Units[0].Answers)
	require.Zero(t, result.Units[1].Answers)
	require.Equal(t, failure.BallotRoundClosed, w.put(bo.Path(), encode(t, bos)))
	require.Equal(t, failure.BallotRoundUnknown, w.put("/v1/rounds/"+strings.Repeat("0", 8)+other.id[8:]+"/answers", encode(t, bos)))
}

// loosen spells the same bytes with other spare bits at the end.
func loosen(text string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, text[len(text)-1])
	return text[:len(text)-1] + string(alphabet[last^1])
}

func padded(text string) []byte {
	return []byte(text + strings.Repeat(" ", ballot.AnswerSize-len(text)))
}

// A ballot box whose clock is wrong signs for nobody whose ticket it takes for old, and says so; it never turns an answer
// away for its clock, since answers carry no time.
func TestAClockThatIsWrong(t *testing.T) {
	w := newWorld(t)
	r := w.opened(map[string]int{"unit-a": 9})
	truth := w.now
	anna, early := w.voter(r, "unit-a", "anna"), w.ticket(r, "unit-a", "bo")
	for name, c := range map[string]struct {
		skew time.Duration
		want failure.Code
	}{
		"a little fast": {14 * time.Minute, ""}, "too fast": {16 * time.Minute, failure.BallotTicketExpired},
		"a day fast": {24 * time.Hour, failure.BallotTicketExpired}, "a day slow": {-24 * time.Hour, ""},
	} {
		w.now = truth.Add(c.skew)
		require.Equal(t, c.want, failure.CodeOf(voter.New(w.base, w.client).Fetch(t.Context(), w.ticketAt(truth, r, name))), name)
		require.NoError(t, anna.Answer(t.Context(), map[string]string{"a": name}))
	}
	w.now = truth.AddDate(-10, 0, 0)
	require.NoError(t, anna.Answer(t.Context(), map[string]string{"a": "ten years ago"}))
	w.now = truth
	require.NoError(t, voter.New(w.base, w.client).Fetch(t.Context(), early), "nobody's ballot was lost")
	require.Equal(t, 1, w.command(r, "close").Units[0].Answers)
}

// ticketAt is a ticket of somebody whom intake gave it by a clock that is right.
func (w *world) ticketAt(at time.Time, r round, pseudonym string) string {
	w.t.Helper()
	return w.ticket(r, "unit-a", pseudonym, func(c jwt.MapClaims) { c["exp"] = at.Add(15 * time.Minute).Unix() })
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)
	r := w.announce(map[string]int{"unit-a": 1})
	for _, path := range []string{"/r/" + r.id, "/v1/rounds/" + r.id + "/form", "/nowhere", "/v1/rounds/" + r.id + "/batch"} {
		response, err := w.client.Get(w.base + path)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		h := response.Header
		require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
		require.Equal(t, "no-store", h.Get("Cache-Control"))
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"))
		require.Empty(t, h.Get("Access-Control-Allow-Origin"))
		require.Empty(t, h.Get("Set-Cookie"))
		for name := range maps.Keys(h) {
			require.NotContains(t, strings.ToLower(name), "trace")
			require.NotContains(t, strings.ToLower(name), "request-id")
		}
	}
	request, err := http.NewRequest(http.MethodOptions, w.base+"/v1/rounds/"+r.id+"/form", nil)
	require.NoError(t, err)
	request.Header.Set("Origin", "https://evil.example")
	request.Header.Set("Access-Control-Request-Method", "GET")
	require.Equal(t, failure.RequestNoMethod, w.send(request))
}
