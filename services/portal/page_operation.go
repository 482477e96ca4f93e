package portal

import (
	"net/http"
	"time"

	"github.com/guldkorn/guldkorn/libs/access"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// operated are the services that an administrator is told of. The ballot box is not among them: it has no business with
// those who are signed in, and somebody else may run it.
var operated = []string{"tenancy", "intake", "dialogue", "reporting", "notification"}

// readyTime is how long a service may take to say that it is ready.
const readyTime = 3 * time.Second

// operationPage is whether everything works: in figures, without anything that somebody wrote.
type operationPage struct {
	Platform bool // shown to whoever can mend it
	Services []operatedService
	Silent   int // services that do not answer
	Waiting  int // events that did not arrive
	Unknown  bool
	At       time.Time
}

type operatedService struct {
	Name    string
	Answers bool
	Waiting int
}

func (v *visit) operation() error {
	if !v.has(access.MunicipalAdministrator, access.PlatformOperator) {
		return failure.New(failure.AccessDenied)
	}
	page := operationPage{Platform: v.level().kind == "platform", Services: make([]operatedService, len(operated)), At: v.now()}
	var waiting tenancyapi.DeadLetterCountList
	asks := []func() error{v.reads("tenancy", v.at("dead-letters"), &waiting)}
	for i, name := range operated {
		asks = append(asks, func() error {
			err := v.call(name, http.MethodGet, host.ReadyPath, nil, nil, host.Within(readyTime))
			page.Services[i] = operatedService{Name: name, Answers: err == nil}
			return nil
		})
	}
	switch err := together(asks...); failure.CodeOf(err) {
	case "":
	case failure.Unavailable, failure.RequestTimeout, failure.InternalError: // the page is for just that time
		page.Unknown = true
	default:
		return err
	}
	for i, s := range page.Services {
		for _, n := range waiting.Items {
			if n.Service == s.Name {
				page.Services[i].Waiting = n.Events
			}
		}
		page.Waiting += page.Services[i].Waiting
		if !s.Answers {
			page.Silent++
		}
	}
	return v.show(http.StatusOK, "operation", page)
}
