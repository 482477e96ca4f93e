package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// sourceSchedules is what consumers and dead letters call the schedules of their own service.
const sourceSchedules = "sched"

var scheduleID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// Schedule has the broker deliver the envelope to ConsumeDue of this service, in any of its processes, at the given
// time or up to a second later; a time that has passed means now. A schedule of the context's tenant with
// the same id is replaced, if it has not fired. Like every event it may be delivered more than once, and it may
// cross with an Unschedule: the handler looks whether it still applies.
func (b *Bus) Schedule(ctx context.Context, id string, at time.Time, envelope events.Envelope) error {
	subject, due, err := b.scheduleSubjects(ctx, id)
	if err != nil {
		return err
	}
	if err := envelope.Validate(); err != nil {
		return fmt.Errorf("bus: schedule %s: %w", id, err)
	}
	if owner, _ := tenant.From(ctx); owner != envelope.Tenant {
		return fmt.Errorf("bus: schedule %s: the envelope belongs to another tenant", id)
	}
	data, err := json.Marshal(envelope)
	if err != nil {
		return fmt.Errorf("bus: schedule %s: %w", id, err)
	}
	m := nats.NewMsg(subject)
	m.Data = data
	if envelope.TraceParent != "" {
		m.Header.Set(headerTrace, envelope.TraceParent)
	}
	// The broker knows whole seconds: rounded up, so that nothing comes early. It makes the new schedule
	// replace an older one on its subject.
	whole := at.Add(time.Second - 1).Truncate(time.Second)
	_, err = b.js.PublishMsg(ctx, m, jetstream.WithScheduleAt(whole), jetstream.WithScheduleTarget(due), jetstream.WithScheduleTTL(maxAge))
	if err != nil {
		return fmt.Errorf("bus: schedule %s: %w", id, err)
	}
	return nil
}

// Unschedule removes a schedule of the context's tenant; one that is not there, or has fired, is no error.
func (b *Bus) Unschedule(ctx context.Context, id string) error {
	subject, _, err := b.scheduleSubjects(ctx, id)
	if err != nil {
		return err
	}
	stream, err := b.js.Stream(ctx, streamSchedules)
	if err == nil {
		err = stream.Purge(ctx, jetstream.WithPurgeSubject(subject))
	}
	if err != nil {
		return fmt.Errorf("bus: unschedule %s: %w", id, err)
	}
	return nil
}

// ConsumeDue hands the schedules of this service to h when they fall due; see Consume.
func (b *Bus) ConsumeDue(ctx context.Context, h Handlers) error {
	own := jetstream.ConsumerConfig{Durable: b.service, FilterSubject: "sched.due." + b.service + ".>"}
	return b.consume(ctx, sourceSchedules, h, own, streamSchedules)
}

// scheduleSubjects returns where a schedule waits and where it falls due; the broker wants both in one stream.
func (b *Bus) scheduleSubjects(ctx context.Context, id string) (waiting, due string, err error) {
	if b.service == "" {
		return "", "", ErrNoService
	}
	owner, err := tenant.From(ctx)
	if err != nil {
		return "", "", err
	}
	if !scheduleID.MatchString(id) {
		return "", "", errors.New("bus: a schedule's id is 1 to 128 letters, digits, hyphens and underscores")
	}
	place := fmt.Sprintf("%s.%s.%s", b.service, owner, id)
	return "sched.at." + place, "sched.due." + place, nil
}
