package portal

import (
	"net/http"
	"strings"
)

// guard stands before every request: the address must be the portal's own (DNS rebinding), a changing request must
// not come from another site, and every answer says what browsers may do with it.
func (p *Portal) guard(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	policy := p.contentPolicy()
	checked := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if p.origin.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if isLoopback(p.origin) && r.Host != p.origin.Host {
			http.Error(w, "unknown host", http.StatusMisdirectedRequest)
			return
		}
		checked.ServeHTTP(w, r)
	})
}

// contentPolicy allows what the portal serves itself and nothing else. Browsers hold the redirect that follows a form
// against form-action too, so the ballot box is in it.
func (p *Portal) contentPolicy() string {
	return strings.Join([]string{
		"default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
		"form-action 'self' " + p.settings.ballotBox.Scheme + "://" + p.settings.ballotBox.Host,
	}, "; ")
}
