package portal

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	// brandTime is how old what an operator shows may be; whoever changes it sees it at once.
	brandTime = time.Minute
	// brandWait is how long a page waits for its foot.
	brandWait = 2 * time.Second
	// maxBrands bounds what is remembered of operators.
	maxBrands = 1024
)

// brands are what operators show at the foot of the pages of their schools. They are the same for everybody there, so the
// portal asks for them in its own name and remembers them.
type brands struct {
	tenancy *host.Peer
	self    access.Subject
	logger  *slog.Logger
	now     func() time.Time

	reading singleflight.Group
	mu      sync.Mutex
	known   map[tenant.ID]knownBrand
}

type knownBrand struct {
	tenancyapi.Branding
	asked time.Time
}

func newBrands(tenancy *host.Peer, self string, logger *slog.Logger, now func() time.Time) *brands {
	return &brands{tenancy: tenancy, self: access.Service(self), logger: logger, now: now, known: map[tenant.ID]knownBrand{}}
}

// of is what an operator shows. While tenancy does not answer that is what it showed before; a page needs no foot.
func (b *brands) of(ctx context.Context, operator tenant.ID) tenancyapi.Branding {
	b.mu.Lock()
	known, ok := b.known[operator]
	b.mu.Unlock()
	if ok && b.now().Sub(known.asked) < brandTime {
		return known.Branding
	}
	read, _, _ := b.reading.Do(string(operator), func() (any, error) {
		// Not the context of whoever happens to be first: others wait for the same answer.
		ctx := access.WithSubject(context.WithoutCancel(ctx), b.self)
		var now tenancyapi.Branding
		err := b.tenancy.Call(ctx, http.MethodGet, under(string(operator), "branding"), nil, &now, host.Within(brandWait))
		if err != nil && failure.CodeOf(err) != failure.DocumentNotFound {
			b.logger.Warn("what an operator shows was not read", "tenant", operator, "code", failure.CodeOf(err))
			now = known.Branding
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.known) >= maxBrands {
			clear(b.known)
		}
		b.known[operator] = knownBrand{now, b.now()}
		return now, nil
	})
	return read.(tenancyapi.Branding)
}

// forget lets pages show at once what was changed here.
func (b *brands) forget(operator tenant.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.known, operator)
}

// foot is an operator's part of a page.
type foot struct {
	Name, Help, Phone, Email, Link string
	Logo                           string // its address
	LogoWidth                      int
}

// foot is what the operator shows with whom the signed-in person lives, nil for nothing.
func (v *visit) foot() *foot {
	b := v.portal.brands.of(v.context(), v.session.tenant)
	f := foot{
		Name: value(b.ShownName), Help: value(b.HelpName), Phone: value(b.HelpPhone), Email: value(b.HelpEmail), Link: value(b.HelpLink), LogoWidth: value(b.LogoWidth),
	}
	if b.LogoID != nil {
		f.Logo = logoPath(string(v.session.tenant), *b.LogoID)
	}
	if f == (foot{}) {
		return nil
	}
	if f.Name == "" {
		f.Name = b.Name
	}
	return &f
}
