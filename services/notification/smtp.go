package notification

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/guldkorn/guldkorn/libs/calendar"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// settings are the service's own, from the environment.
type settings struct {
	SMTPHost     string        `env:"SMTP_HOST,required"`
	SMTPPort     int           `env:"SMTP_PORT" envDefault:"587"`
	SMTPTLS      string        `env:"SMTP_TLS" envDefault:"starttls"` // starttls, tls or none
	SMTPUsername string        `env:"SMTP_USERNAME"`
	SMTPPassword string        `env:"SMTP_PASSWORD"`
	SMTPFrom     string        `env:"SMTP_FROM,required"`
	PortalURL    string        `env:"PORTAL_PUBLIC_URL,required"`
	Gather       time.Duration `env:"MAIL_GATHER" envDefault:"2m"` // how long a bag stays open for more items

	from *netmail.Address
}

// CheckSettings names every mistake in the service's own settings.
func CheckSettings(values map[string]string) error { return host.Settings(values, &settings{}) }

// Mistakes implements host.Validator.
func (s *settings) Mistakes() []string {
	var mistakes []string
	wrong := func(format string, args ...any) { mistakes = append(mistakes, fmt.Sprintf(format, args...)) }
	if s.SMTPPort < 1 || s.SMTPPort > 65535 {
		wrong("SMTP_PORT: want 1 to 65535")
	}
	switch s.SMTPTLS {
	case "starttls", "tls":
	case "none":
		if s.SMTPHost != "" && !loopback(s.SMTPHost) {
			wrong("SMTP_TLS: none is for a mail server on loopback only; want starttls or tls")
		}
	default:
		wrong("SMTP_TLS: want starttls, tls or none")
	}
	if (s.SMTPUsername == "") != (s.SMTPPassword == "") {
		wrong("SMTP_USERNAME, SMTP_PASSWORD: want both or none")
	}
	if s.SMTPFrom != "" {
		var err error
		if s.from, err = netmail.ParseAddress(s.SMTPFrom); err != nil {
			wrong("SMTP_FROM: want an address such as Guldkorn <guldkorn@example.dk>: %v", err)
		}
	}
	if u, err := url.Parse(s.PortalURL); s.PortalURL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		wrong("PORTAL_PUBLIC_URL: want the address at which people reach the portal")
	}
	if s.Gather < 0 || s.Gather > 24*time.Hour {
		wrong("MAIL_GATHER: want 0s to 24h")
	}
	return mistakes
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// smtp hands mails to the mail server.
type smtp struct {
	client *mail.Client
	from   *netmail.Address
	domain string // of Message-IDs
}

const smtpTimeout = 10 * time.Second

func newSMTP(s settings) (*smtp, error) {
	options := []mail.Option{mail.WithPort(s.SMTPPort), mail.WithTimeout(smtpTimeout), mail.WithoutNoop()}
	switch s.SMTPTLS {
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case "tls":
		options = append(options, mail.WithSSL())
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.SMTPUsername != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(s.SMTPUsername), mail.WithPassword(s.SMTPPassword))
	}
	client, err := mail.NewClient(s.SMTPHost, options...)
	if err != nil {
		return nil, fmt.Errorf("mail client: %w", err)
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	return &smtp{client: client, from: s.from, domain: domain}, nil
}

// send returns nil when the server has taken the mail, the failure notification.refused when it never will, and
// any other error when it may later.
func (s *smtp) send(ctx context.Context, id string, now time.Time, l letter) error {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	m.FromMailAddress(s.from)
	if err := m.AddToFormat(oneLine(l.to.Name), l.to.Email); err != nil {
		return failure.New(failure.NotificationNoAddress).Because(errors.New("the address is malformed"))
	}
	m.SetMessageIDWithValue(id + "@" + s.domain)
	m.SetDateWithValue(now)
	m.Subject(l.subject)
	m.SetGenHeader("Content-Language", l.language)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no absence notes, please
	m.SetBodyString(mail.TypeTextPlain, l.body)
	if l.meeting != nil {
		l.meeting.Organizer = &calendar.Person{Name: cmp.Or(s.from.Name, "Guldkorn"), Email: s.from.Address}
		object := l.meeting.Write(l.method, now)
		// RFC 6047: the part by which a program takes the meeting up, and a file for people whose program does not.
		m.AddAlternativeString(mail.ContentType("text/calendar; method="+string(l.method)), string(object))
		if err := m.AttachReader("moede.ics", bytes.NewReader(object), mail.WithFileContentType("text/calendar; method="+mail.ContentType(l.method))); err != nil {
			return fmt.Errorf("attach the invitation: %w", err)
		}
	}
	err := s.client.DialAndSendWithContext(ctx, m)
	if refused(err) {
		return failure.New(failure.NotificationRefused).Because(err)
	}
	return err
}

// refused tells whether the server's answer is final for this recipient or this message. A final answer to the
// sender or the connection is a mistake on our side, which somebody will mend.
func refused(err error) bool {
	var answer *mail.SendError
	if !errors.As(err, &answer) || answer.ErrorCode() < 500 {
		return false
	}
	return answer.Reason == mail.ErrSMTPRcptTo || answer.Reason == mail.ErrSMTPData || answer.Reason == mail.ErrSMTPDataClose
}
