// Package events is the catalogue of everything that services tell each other, and the envelope it travels in.
//
// An event is a plain struct in the past tense with a versioned type. It carries identifiers and facts, never
// prose or profile data that would have to be erased later, and nothing that was said anonymously or sealed.
// A published version is never edited: fields may be added within .v1, anything else is a .v2 beside it.
package events

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Event is one fact in the catalogue. Type is `<service>.<event>.v<N>`, for instance
// "intake.round-closed.v1"; Validate says what is missing or malformed.
type Event interface {
	Type() string
	Validate() error
}

// Envelope carries an event between services. Attribute names are those of CloudEvents 1.0; tenant, revision
// and traceparent are extension attributes.
type Envelope struct {
	SpecVersion string          `json:"specversion" bson:"specversion"`
	ID          string          `json:"id" bson:"id"`             // UUIDv4; also the Nats-Msg-Id
	Source      string          `json:"source" bson:"source"`     // the service
	Type        string          `json:"type" bson:"type"`         // see Event
	Subject     string          `json:"subject" bson:"subject"`   // id of the entity that it happened to
	Time        time.Time       `json:"time" bson:"time"`         // UTC, milliseconds
	Tenant      tenant.ID       `json:"tenant" bson:"tenant"`     // whose it is
	Revision    int64           `json:"revision" bson:"revision"` // of the entity after it; projections ignore a lower one
	TraceParent string          `json:"traceparent,omitempty" bson:"traceparent"`
	ContentType string          `json:"datacontenttype" bson:"datacontenttype"`
	Data        json.RawMessage `json:"data" bson:"data"`
}

// New puts a valid event of the context's tenant into an envelope.
func New(ctx context.Context, source, subject string, revision int64, now time.Time, e Event) (Envelope, error) {
	owner, err := tenant.From(ctx)
	if err != nil {
		return Envelope{}, err
	}
	if err := e.Validate(); err != nil {
		return Envelope{}, fmt.Errorf("event %s: %w", e.Type(), err)
	}
	data, err := json.Marshal(e)
	if err != nil {
		return Envelope{}, fmt.Errorf("event %s: %w", e.Type(), err)
	}
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier)
	return Envelope{
		SpecVersion: "1.0", ID: uuid.NewString(), Source: source, Type: e.Type(), Subject: subject,
		Time: now.UTC().Truncate(time.Millisecond), Tenant: owner, Revision: revision,
		TraceParent: carrier["traceparent"], ContentType: "application/json", Data: data,
	}, nil
}

// Route returns the NATS subject: `<service>.<tenant>.<entity id>.<event>.v<N>`.
func (e Envelope) Route() string {
	service, event, _ := strings.Cut(e.Type, ".")
	return strings.Join([]string{service, string(e.Tenant), e.Subject, event}, ".")
}

// Validate checks the envelope without looking at its data.
func (e Envelope) Validate() error {
	if _, err := uuid.Parse(e.ID); err != nil {
		return fmt.Errorf("events: id %q is not a UUID", e.ID)
	}
	if _, err := tenant.Parse(string(e.Tenant)); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	service, rest, _ := strings.Cut(e.Type, ".")
	name, version, ok := strings.Cut(rest, ".")
	if service == "" || name == "" || !ok || !strings.HasPrefix(version, "v") {
		return fmt.Errorf("events: type %q is not <service>.<event>.v<N>", e.Type)
	}
	if e.SpecVersion != "1.0" || e.Source == "" || e.Time.IsZero() {
		return fmt.Errorf("events: envelope %s lacks specversion, source or time", e.ID)
	}
	if e.Subject == "" || strings.ContainsAny(e.Subject, ". *>\t\r\n") {
		return fmt.Errorf("events: subject %q cannot stand in a route", e.Subject)
	}
	return nil
}

// Decode reads and validates the data of an envelope as E.
func Decode[E Event](envelope Envelope) (E, error) {
	var e E
	if envelope.Type != e.Type() {
		return e, fmt.Errorf("events: %s is not %s", envelope.Type, e.Type())
	}
	if err := json.Unmarshal(envelope.Data, &e); err != nil {
		return e, fmt.Errorf("events: data of %s: %w", envelope.Type, err)
	}
	if err := e.Validate(); err != nil {
		return e, fmt.Errorf("events: data of %s: %w", envelope.Type, err)
	}
	return e, nil
}

// Context returns ctx with the tenant and the trace of the envelope.
func (e Envelope) Context(ctx context.Context) context.Context {
	carrier := propagation.MapCarrier{"traceparent": e.TraceParent}
	return tenant.With(otel.GetTextMapPropagator().Extract(ctx, carrier), e.Tenant)
}
