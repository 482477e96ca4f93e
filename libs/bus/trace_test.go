package bus_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/guldkorn/guldkorn/libs/bus/bustest"
)

func TestATraceGoesOnInTheConsumer(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	provider, propagator := otel.GetTracerProvider(), otel.GetTextMapPropagator()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)))
	otel.SetTextMapPropagator(propagation.TraceContext{})
	t.Cleanup(func() { otel.SetTracerProvider(provider); otel.SetTextMapPropagator(propagator) })

	intake, reporting := pair(t, bustest.Start(t), nil)
	ctx, request := otel.Tracer("test").Start(school(), "POST /rounds")
	require.NoError(t, intake.Publish(ctx, told(t, ctx, 1)...))
	request.End()
	var got log
	running(t, func(ctx context.Context) error { return reporting.Consume(ctx, "intake", got.handlers(nil)) })
	eventually(t, func() bool { return len(recorder.Ended()) == 2 }, "both spans end")
	consumed := recorder.Ended()[1]
	require.Equal(t, "consume intake.round-released.v1", consumed.Name())
	require.Equal(t, trace.SpanKindConsumer, consumed.SpanKind())
	require.Equal(t, request.SpanContext().TraceID(), consumed.SpanContext().TraceID())
	require.Equal(t, request.SpanContext().SpanID(), consumed.Parent().SpanID())
}
