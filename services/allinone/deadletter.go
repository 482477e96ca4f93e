package allinone

import (
	"context"
	"net/http"
	"net/url"

	"github.com/guldkorn/guldkorn/libs/bus"
)

// DeadLetters lists the events that some service could not take: of the process that runs on dataDir, or of the
// deployment whose NATS server is named.
func DeadLetters(ctx context.Context, dataDir, nats string) ([]bus.DeadLetter, error) {
	if nats != "" {
		broker, err := bus.Connect(ctx, bus.Options{URL: nats, Logger: quiet()})
		if err != nil {
			return nil, err
		}
		defer broker.Close()
		return broker.DeadLetters(ctx)
	}
	d, err := openDoor(dataDir)
	if err != nil {
		return nil, err
	}
	var letters []bus.DeadLetter
	err = d.call(ctx, http.MethodGet, "/deadletters", &letters)
	return letters, err
}

// ReplayDeadLetter gives one event to the service that could not take it once more.
func ReplayDeadLetter(ctx context.Context, dataDir, nats, id string) error {
	if nats != "" {
		broker, err := bus.Connect(ctx, bus.Options{URL: nats, Logger: quiet()})
		if err != nil {
			return err
		}
		defer broker.Close()
		return broker.Replay(ctx, id)
	}
	d, err := openDoor(dataDir)
	if err != nil {
		return err
	}
	return d.call(ctx, http.MethodPost, "/deadletters/"+url.PathEscape(id)+"/replay", nil)
}
