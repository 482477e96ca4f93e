package bus

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/guldkorn/guldkorn/libs/events"
)

// metrics are shared by all services of one process: each names itself in the label service. Labels are bounded by
// the number of services and of types in the catalogue.
type metrics struct {
	published *prometheus.CounterVec
	consumed  *prometheus.CounterVec
	restarts  *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	pending   *prometheus.GaugeVec
	fill      *prometheus.GaugeVec
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		published: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "guldkorn_bus_published_total", Help: "Events handed to the broker: stored, duplicate or failed.",
		}, []string{"service", "type", "outcome"}),
		consumed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "guldkorn_bus_consumed_total", Help: "Deliveries of events: handled, ignored, retried or dead.",
		}, []string{"service", "source", "type", "outcome"}),
		restarts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "guldkorn_bus_consumer_restarts_total", Help: "Consumers bound anew after a standstill or an interruption.",
		}, []string{"service", "source"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "guldkorn_bus_handle_seconds", Help: "Time from taking an event to its acknowledgement.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5, 30},
		}, []string{"service", "source"}),
		pending: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "guldkorn_bus_pending", Help: "Events that wait for a consumer.",
		}, []string{"stream", "consumer"}),
		fill: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "guldkorn_bus_stream_fill_ratio", Help: "Used share of a stream's bytes; a full one refuses events.",
		}, []string{"stream"}),
	}
	return m, errors.Join(
		register(r, &m.published), register(r, &m.consumed), register(r, &m.restarts),
		register(r, &m.duration), register(r, &m.pending), register(r, &m.fill))
}

// register registers a collector, or takes over the one that another service of this process registered.
func register[C prometheus.Collector](r prometheus.Registerer, c *C) error {
	err := r.Register(*c)
	var taken prometheus.AlreadyRegisteredError
	if !errors.As(err, &taken) {
		return err
	}
	earlier, same := taken.ExistingCollector.(C)
	if !same {
		return fmt.Errorf("bus: metrics: %w", err)
	}
	*c = earlier
	return nil
}

// typeLabel keeps types that nobody knows, which anybody could make up, out of the labels.
func typeLabel(eventType string) string {
	if events.Known(eventType) {
		return eventType
	}
	return "other"
}
