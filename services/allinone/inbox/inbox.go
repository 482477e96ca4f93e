// Package inbox is the mail server of development and demonstration: what services send ends here and on a page,
// and never at a person.
//
// It speaks real SMTP (mailserver.go), keeps the newest messages in memory (message.go) and shows them to whoever
// sits at the machine (page.go). Both listeners are on loopback and nowhere else, and the page answers to its own
// address alone, so that no web page elsewhere can read it through a name that points here.
package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/sync/errgroup"
)

// Inbox is a running mail server and its page.
type Inbox struct {
	box   box
	mails net.Listener
	page  net.Listener
	smtp  *smtp.Server
	http  *http.Server
}

const stopWithin = 2 * time.Second

// Start opens both listeners; connections are answered once Run runs. Addresses that are not on loopback are
// refused.
func Start(ctx context.Context, smtpAddr, httpAddr string, logger *slog.Logger) (*Inbox, error) {
	mails, err := listen(ctx, smtpAddr)
	if err != nil {
		return nil, err
	}
	page, err := listen(ctx, httpAddr)
	if err != nil {
		return nil, errors.Join(err, mails.Close())
	}
	i := &Inbox{mails: mails, page: page}
	i.smtp = newMailServer(&i.box, logger)
	i.http = newPageServer(&i.box, page.Addr().String(), logger)
	return i, nil
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	if ip := net.ParseIP(name); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("inbox: %s is not a loopback address such as 127.0.0.1:0", address)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	return l, nil
}

// SMTPAddr is where mail is taken, as host:port.
func (i *Inbox) SMTPAddr() string { return i.mails.Addr().String() }

// URL is where the page is.
func (i *Inbox) URL() string { return "http://" + i.page.Addr().String() }

// Run serves until ctx ends.
func (i *Inbox) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return ended(i.smtp.Serve(i.mails)) })
	group.Go(func() error { return ended(i.http.Serve(i.page)) })
	group.Go(func() error {
		<-ctx.Done()
		return i.Close()
	})
	return group.Wait()
}

// Close ends both servers, and Run with them. It may be called more than once.
func (i *Inbox) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	if err := i.http.Shutdown(ctx); err != nil {
		_ = i.http.Close() // a reader who stays connected does not hold the end up
	}
	// A server that never served does not know its listener.
	return errors.Join(ended(i.smtp.Close()), ended(i.mails.Close()), ended(i.page.Close()))
}

// ended tells an end that was asked for from a failure.
func ended(err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, http.ErrServerClosed) || errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return err
}
