package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// DeadLetter is an event that one consuming service could not take. It names the event and says nothing of what is
// in it.
type DeadLetter struct {
	ID      string    // for Replay
	Service string    // that could not take it
	Source  string    // whose event it is, or "sched" for a schedule
	Type    string    // empty if the message could not even be read
	EventID string    // empty likewise
	Tenant  tenant.ID // empty likewise
	Reason  string
	Code    failure.Code
	Tries   int
	At      time.Time
}

const (
	headerService = "Guldkorn-Service"
	headerSource  = "Guldkorn-Source"
	headerType    = "Guldkorn-Type"
	headerEvent   = "Guldkorn-Event"
	headerTenant  = "Guldkorn-Tenant"
	headerReason  = "Guldkorn-Reason"
	headerCode    = "Guldkorn-Code"
	headerTries   = "Guldkorn-Tries"

	deadLetterTimeout = 5 * time.Second
	maxReason         = 500
)

func replaySubject(service, source string) string { return "replay." + service + "." + source }

// bury writes the message to the dead letters of this service, and takes it out of the flow only when that is
// stored. The message id makes a repeat after a crash harmless.
func (c *consumer) bury(ctx context.Context, message jetstream.Msg, meta *jetstream.MsgMetadata, e events.Envelope, cause error) error {
	place := "none.unreadable"
	if e.Validate() == nil {
		_, event, _ := strings.Cut(e.Type, ".")
		place = string(e.Tenant) + "." + event
	}
	letter := nats.NewMsg("dlq." + c.bus.service + "." + place)
	letter.Data = message.Data()
	reason := oneLine(cause.Error())
	for header, value := range map[string]string{
		headerService: c.bus.service, headerSource: c.source, headerType: e.Type, headerEvent: e.ID, headerTenant: string(e.Tenant),
		headerReason: reason, headerCode: string(failure.CodeOf(cause)), headerTries: strconv.FormatUint(meta.NumDelivered, 10),
	} {
		if value != "" {
			letter.Header.Set(header, oneLine(value))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, deadLetterTimeout)
	defer cancel()
	id := fmt.Sprintf("%s.%s.%d", c.bus.service, c.stream, meta.Sequence.Stream)
	if _, err := c.bus.js.PublishMsg(ctx, letter, jetstream.WithMsgID(id)); err != nil {
		return err
	}
	if err := message.TermWithReason(reason); err != nil {
		return fmt.Errorf("terminate: %w", err)
	}
	return nil
}

// oneLine makes a text fit for a header.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > maxReason {
		s = strings.ToValidUTF8(s[:maxReason], "")
	}
	return s
}

// DeadLetters lists the dead letters of all services, oldest first.
func (b *Bus) DeadLetters(ctx context.Context) ([]DeadLetter, error) {
	stream, err := b.js.Stream(ctx, streamDeadLetters)
	if err != nil {
		return nil, fmt.Errorf("bus: dead letters: %w", err)
	}
	var all []DeadLetter
	for next := uint64(1); ; {
		message, err := stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject("dlq.>"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("bus: dead letters: %w", err)
		}
		all = append(all, deadLetter(message))
		next = message.Sequence + 1
	}
}

// DeadLetterCount is how many dead letters a service has of a tenant.
type DeadLetterCount struct {
	Service string
	Tenant  tenant.ID // empty of messages that could not even be read
	Letters int
}

// CountDeadLetters counts the dead letters of all services without reading any, by service and then tenant.
func (b *Bus) CountDeadLetters(ctx context.Context) ([]DeadLetterCount, error) {
	stream, err := b.js.Stream(ctx, streamDeadLetters)
	if err != nil {
		return nil, fmt.Errorf("bus: count dead letters: %w", err)
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter("dlq.>"))
	if err != nil {
		return nil, fmt.Errorf("bus: count dead letters: %w", err)
	}
	var counts []DeadLetterCount
	for subject, n := range info.State.Subjects {
		place := strings.SplitN(subject, ".", 4) // dlq, the service, the tenant and the event; see bury
		if len(place) != 4 {
			continue
		}
		owner, _ := tenant.Parse(place[2]) // "" for "none"
		i := slices.IndexFunc(counts, func(c DeadLetterCount) bool { return c.Service == place[1] && c.Tenant == owner })
		if i < 0 {
			i, counts = len(counts), append(counts, DeadLetterCount{Service: place[1], Tenant: owner})
		}
		counts[i].Letters += int(n)
	}
	slices.SortFunc(counts, func(a, b DeadLetterCount) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Tenant, b.Tenant))
	})
	return counts, nil
}

func deadLetter(m *jetstream.RawStreamMsg) DeadLetter {
	tries, _ := strconv.Atoi(m.Header.Get(headerTries)) // written by bury
	return DeadLetter{
		ID: strconv.FormatUint(m.Sequence, 10), Service: m.Header.Get(headerService), Source: m.Header.Get(headerSource),
		Type: m.Header.Get(headerType), EventID: m.Header.Get(headerEvent), Tenant: tenant.ID(m.Header.Get(headerTenant)),
		Reason: m.Header.Get(headerReason), Code: failure.Code(m.Header.Get(headerCode)), Tries: tries, At: m.Time.UTC(),
	}
}

// Replay hands a dead letter to the service that could not take it, and to no other, for a fresh series of tries.
// It works from any process, also while that service is down. A replayed letter is no longer listed; if it fails
// again it is a new one.
func (b *Bus) Replay(ctx context.Context, id string) error {
	seq, err := strconv.ParseUint(id, 10, 64)
	if err != nil || seq == 0 {
		return failure.NotFound("dead_letter").Because(err)
	}
	stream, err := b.js.Stream(ctx, streamDeadLetters)
	if err != nil {
		return fmt.Errorf("bus: replay %s: %w", id, err)
	}
	letter, err := stream.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return failure.NotFound("dead_letter")
	}
	if err != nil {
		return fmt.Errorf("bus: replay %s: %w", id, err)
	}
	place, found := strings.CutPrefix(letter.Subject, "dlq."+letter.Header.Get(headerService)+".")
	if !found {
		return failure.NotFound("dead_letter") // a replay itself, which shares the stream
	}
	again := nats.NewMsg(replaySubject(letter.Header.Get(headerService), letter.Header.Get(headerSource)) + "." + place)
	again.Data = letter.Data
	if _, err := b.js.PublishMsg(ctx, again, jetstream.WithMsgID("replay."+id)); err != nil {
		return fmt.Errorf("bus: replay %s: %w", id, err)
	}
	if err := stream.DeleteMsg(ctx, seq); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("bus: replay %s: %w", id, err)
	}
	return nil
}
