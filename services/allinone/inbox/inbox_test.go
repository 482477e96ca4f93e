package inbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/guldkorn/guldkorn/services/allinone/inbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T) *inbox.Inbox {
	t.Helper()
	i, err := inbox.Start(t.Context(), "127.0.0.1:0", "127.0.0.1:0", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- i.Run(ctx) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(10 * time.Second):
			t.Error("the inbox does not stop")
		}
		require.NoError(t, i.Close(), "a second end is harmless")
	})
	return i
}

func send(t *testing.T, i *inbox.Inbox, to, raw string) error {
	t.Helper()
	return smtp.SendMail(i.SMTPAddr(), nil, "guldkorn@example.dk", []string{to}, []byte(strings.ReplaceAll(raw, "\n", "\r\n")))
}

func plain(id, subject, body string) string {
	return fmt.Sprintf("Message-ID: <%s>\nSubject: %s\nContent-Type: text/plain; charset=utf-8\n\n%s\n", id, subject, body)
}

type listing struct {
	Messages []inbox.Message
	Total    int
	Distinct int
}

func get(t *testing.T, url string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	if change != nil {
		change(request)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(body)
}

func list(t *testing.T, i *inbox.Inbox, query string) listing {
	t.Helper()
	_, body := get(t, i.URL()+"/messages.json"+query, nil)
	var l listing
	require.NoError(t, json.Unmarshal([]byte(body), &l))
	return l
}

func TestMailEndsOnThePage(t *testing.T) {
	i := start(t)
	require.NoError(t, send(t, i, "ada@example.dk", plain("1@x", "=?utf-8?q?Sp=C3=B8rgerunde?=", "Se http://127.0.0.1:1/a?b=1&c=2.\n<b>ikke HTML</b>")))
	require.NoError(t, send(t, i, "bob@example.dk", plain("2@x", "Round", "Hello")))
	require.NoError(t, send(t, i, "bob@example.dk", plain("2@x", "Round", "Hello")))

	all := list(t, i, "")
	require.Equal(t, 3, all.Total)
	require.Equal(t, 2, all.Distinct, "the same message twice is one")
	require.Equal(t, "bob@example.dk", all.Messages[0].To[0], "newest first")
	require.Equal(t, "Spørgerunde", all.Messages[2].Subject)
	require.Len(t, list(t, i, "?to=ada@example.dk").Messages, 1)
	require.Empty(t, list(t, i, "?to=nobody@example.dk").Messages)

	response, body := get(t, i.URL()+"/", nil)
	require.Contains(t, body, `<html lang="da">`)
	require.Contains(t, body, "Spørgerunde")
	require.Contains(t, response.Header.Get("Content-Security-Policy"), "default-src 'none'")
	_, body = get(t, i.URL()+"/?to=ada@example.dk", func(r *http.Request) { r.Header.Set("Accept-Language", "en-GB,da;q=0.5") })
	require.Contains(t, body, "Development inbox")
	require.NotContains(t, body, ">Round<")

	_, body = get(t, i.URL()+"/messages/1", nil)
	require.Contains(t, body, `<a href="http://127.0.0.1:1/a?b=1&amp;c=2" rel="noopener noreferrer">`)
	require.Contains(t, body, "&lt;b&gt;ikke HTML&lt;/b&gt;")
}

func TestHTMLOfAMailCanDoNothing(t *testing.T) {
	i := start(t)
	require.NoError(t, send(t, i, "ada@example.dk", `Message-ID: <1@x>
Subject: two ways to read
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

r=F8dgr=F8d
--a
Content-Type: text/html; charset=utf-8

<script>alert(1)</script><p>rødgrød</p>
--a--
--m
Content-Type: application/pdf
Content-Disposition: attachment; filename="plan.pdf"

x
--m--
`))
	m := list(t, i, "").Messages[0]
	require.Equal(t, "rødgrød", strings.TrimSpace(m.Text))
	require.Equal(t, []string{"plan.pdf"}, m.Attachments)
	_, page := get(t, i.URL()+"/messages/1", nil)
	require.NotContains(t, page, "<script")
	require.Contains(t, page, `<iframe src="/messages/1/html" sandbox`)
	response, body := get(t, i.URL()+"/messages/1/html", nil)
	require.Contains(t, body, "<script>")
	require.True(t, strings.HasPrefix(response.Header.Get("Content-Security-Policy"), "sandbox; default-src 'none'"))
}

func TestThePageAnswersToItsOwnAddressAlone(t *testing.T) {
	i := start(t)
	for _, host := range []string{"evil.example", "localhost", strings.Replace(strings.TrimPrefix(i.URL(), "http://"), "127.0.0.1", "localhost", 1), "127.0.0.1"} {
		response, body := get(t, i.URL()+"/messages.json", func(r *http.Request) { r.Host = host })
		require.Equal(t, http.StatusForbidden, response.StatusCode, host)
		require.Contains(t, body, "access.denied")
	}
	for _, path := range []string{"/messages/1", "/messages/x", "/messages/1/html", "/nowhere"} {
		response, _ := get(t, i.URL()+path, nil)
		require.Equal(t, http.StatusNotFound, response.StatusCode)
		require.Equal(t, "application/problem+json", response.Header.Get("Content-Type"))
	}
	response, _ := get(t, i.URL()+"/style.css", nil)
	require.Contains(t, response.Header.Get("Content-Type"), "text/css")
}

func TestOnlyTheNewestAreKept(t *testing.T) {
	i := start(t)
	client, err := smtp.Dial(i.SMTPAddr())
	require.NoError(t, err)
	for n := range 520 {
		require.NoError(t, client.Mail("g@example.dk"))
		require.NoError(t, client.Rcpt("ada@example.dk"))
		w, err := client.Data()
		require.NoError(t, err)
		_, err = io.WriteString(w, strings.ReplaceAll(plain(fmt.Sprint(n, "@x"), fmt.Sprint(n), "x"), "\n", "\r\n"))
		require.NoError(t, err)
		require.NoError(t, w.Close())
	}
	require.NoError(t, client.Quit())
	all := list(t, i, "")
	require.Equal(t, 500, all.Total)
	require.Equal(t, "519", all.Messages[0].Subject)
	require.Equal(t, 520, all.Messages[0].Number)
}

func TestWhatIsRefused(t *testing.T) {
	i := start(t)
	require.ErrorContains(t, send(t, i, "ada@example.dk", plain("1@x", "long", strings.Repeat("x\n", 1<<20))), "552")
	require.ErrorContains(t, send(t, i, "ada@example.dk", "Content-Type: multipart/mixed; boundary=a\n\n--b\n\nx\n"), "554")
	require.Zero(t, list(t, i, "").Total)
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "localhost:0", "nonsense"} {
		_, err := inbox.Start(t.Context(), address, "127.0.0.1:0", slog.New(slog.DiscardHandler))
		require.Error(t, err)
		_, err = inbox.Start(t.Context(), "127.0.0.1:0", address, slog.New(slog.DiscardHandler))
		require.Error(t, err)
	}
}

func TestAnInboxThatNeverRanCanBeClosed(t *testing.T) {
	i, err := inbox.Start(t.Context(), "127.0.0.1:0", "127.0.0.1:0", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, i.Close())
	require.NoError(t, i.Close())
}
