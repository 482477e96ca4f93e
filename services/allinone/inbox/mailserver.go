package inbox

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // mail in other encodings than UTF-8
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"
)

const (
	maxMessageBytes = 1 << 20
	maxRecipients   = 100
	smtpTimeout     = 10 * time.Second
)

// newMailServer returns an SMTP server that takes every mail, wherever it is addressed to.
func newMailServer(b *box, logger *slog.Logger) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{box: b}, nil }))
	s.Domain = "localhost"
	s.MaxMessageBytes, s.MaxRecipients = maxMessageBytes, maxRecipients
	s.ReadTimeout, s.WriteTimeout = smtpTimeout, smtpTimeout
	s.EnableSMTPUTF8 = true
	s.ErrorLog = slog.NewLogLogger(logger.With("component", "inbox").Handler(), slog.LevelWarn)
	return s
}

// session is one client's connection.
type session struct {
	box  *box
	from string
	to   []string
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	m, err := read(r)
	var answer *smtp.SMTPError
	if errors.As(err, &answer) {
		return err // the library's own, such as a message that is too long
	}
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "this is no mail that can be read"}
	}
	m.From, m.To, m.Received = s.from, s.to, time.Now().UTC()
	s.box.add(m)
	return nil
}

// read takes a mail apart: its subject, its first plain text and its first HTML, and the names of what is attached.
func read(r io.Reader) (Message, error) {
	reader, err := mail.CreateReader(r)
	if err != nil && !message.IsUnknownCharset(err) {
		return Message{}, err
	}
	defer reader.Close()
	var m Message
	if m.ID, err = reader.Header.MessageID(); err != nil {
		m.ID = ""
	}
	if m.Subject, err = reader.Header.Subject(); err != nil {
		m.Subject = reader.Header.Get("Subject")
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil && !message.IsUnknownCharset(err) {
			return Message{}, fmt.Errorf("part: %w", err)
		}
		switch header := part.Header.(type) {
		case *mail.InlineHeader:
			body, err := io.ReadAll(part.Body)
			if err != nil {
				return Message{}, err
			}
			kind, _, _ := header.ContentType()
			text := strings.ToValidUTF8(strings.ReplaceAll(string(body), "\r\n", "\n"), "\uFFFD")
			switch {
			case kind == "text/html" && m.HTML == "":
				m.HTML = text
			case (kind == "text/plain" || kind == "") && m.Text == "":
				m.Text = text
			}
		case *mail.AttachmentHeader:
			name, _ := header.Filename()
			m.Attachments = append(m.Attachments, name)
		}
	}
}
