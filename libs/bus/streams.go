package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The streams that all services share.
const (
	streamSchedules   = "SCHED"
	streamDeadLetters = "DLQ"
	streamAdvisories  = "ADVISORY"
)

const (
	maxAge          = 30 * 24 * time.Hour
	duplicateWindow = 10 * time.Minute
	advisoryBytes   = 16 << 20
)

// ensureStreams declares the service's own stream and the shared ones. Every service declares the shared ones
// alike, so whoever comes first makes them.
//
// A full stream refuses new events and so holds their outboxes back, since discarding old ones would silently take
// unread ones along. Two streams differ. The broker allows scheduling only in streams that discard the oldest, and
// an age limit would drop schedules further ahead than itself: SCHED has none, and what fell due carries its own
// (schedule.go). ADVISORY is a diary for operators, of which the newest page matters.
func (b *Bus) ensureStreams(ctx context.Context) error {
	base := jetstream.StreamConfig{
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, Storage: jetstream.FileStorage,
		MaxBytes: b.options.StreamBytes, MaxAge: maxAge, Duplicates: duplicateWindow, Replicas: b.options.Replicas,
		MaxMsgSize: 1 << 20,
	}

	schedules := base
	schedules.Name, schedules.Subjects = streamSchedules, []string{"sched.at.>", "sched.due.>"}
	schedules.Discard, schedules.MaxAge = jetstream.DiscardOld, 0
	schedules.AllowMsgSchedules, schedules.AllowMsgTTL, schedules.AllowRollup = true, true, true

	deadLetters := base
	deadLetters.Name, deadLetters.Subjects = streamDeadLetters, []string{"dlq.>", "replay.>"}

	advisories := base
	advisories.Name = streamAdvisories
	advisories.Subjects = []string{
		"$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>",
		"$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.>",
		"$JS.EVENT.ADVISORY.STREAM.QUORUM_LOST.>",
		"$JS.EVENT.ADVISORY.CONSUMER.QUORUM_LOST.>",
	}
	advisories.Discard, advisories.MaxBytes = jetstream.DiscardOld, advisoryBytes

	wanted := []jetstream.StreamConfig{schedules, deadLetters, advisories}
	if b.service != "" {
		own := base
		own.Name, own.Subjects = b.service, []string{b.service + ".>"}
		wanted = append(wanted, own)
	}
	for _, config := range wanted {
		if _, err := b.js.CreateOrUpdateStream(ctx, config); err != nil {
			return fmt.Errorf("bus: stream %s: %w", config.Name, err)
		}
	}
	return nil
}
