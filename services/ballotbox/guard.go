package ballotbox

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// contentPolicy lets the page load nothing but the box's own files, and lets no other page frame it.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// secure sets the headers of every answer: nothing is kept by browsers or proxies, and nothing goes out with a link.
func (b *Box) secure(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if origin := b.origin.Load(); origin != nil && origin.Scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=63072000")
	}
}

// refuseCookies keeps sessions out: who sends a cookie has come through somebody who sets them.
func refuseCookies(c *gin.Context) {
	if len(c.Request.Header.Values("Cookie")) > 0 {
		host.Refuse(c, failure.New(failure.BallotCookieRefused))
	}
}

// ownHost serves the public under the box's own name alone, so that no other name can be made to point here (DNS
// rebinding). Commands prove themselves by a token and may come by an internal name.
func (b *Box) ownHost(c *gin.Context) {
	if origin := b.origin.Load(); origin == nil || !strings.EqualFold(c.Request.Host, origin.Host) {
		host.Refuse(c, failure.New(failure.BallotHostWrong))
	}
}

// from lets a command through if it comes from a certain service. Nobody else commands the box, no person ever.
func (b *Box) from(service string) gin.HandlerFunc {
	authenticate := host.Authenticate(b.verify, nil)
	return func(c *gin.Context) {
		authenticate(c)
		if c.IsAborted() {
			return
		}
		subject, err := access.SubjectFrom(c.Request.Context())
		if err != nil || subject.Service != service {
			host.Refuse(c, failure.New(failure.AccessDenied))
		}
	}
}

// command renders a command's errors and logs those that are the box's own.
func (b *Box) command(fn func(c *gin.Context) error) gin.HandlerFunc {
	return host.Handle(func(c *gin.Context) error {
		err := fn(c)
		if diskFull(err) {
			err = failure.New(failure.BallotStorageFull).Because(err)
		}
		if err != nil && failure.From(err).Status() >= http.StatusInternalServerError {
			b.logger.Error("command failed", "route", c.FullPath(), "error", err.Error())
		}
		return err
	})
}
