package host

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// DefaultBodyLimit is the largest request body that is read unless an engine says otherwise, in bytes.
const DefaultBodyLimit = 64 << 10

// EngineOptions say how an engine treats requests.
type EngineOptions struct {
	Service    string
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	BodyLimit  int64 // bytes; 0 means DefaultBodyLimit
	// Quiet is for the anonymous path: no access log, no trace, no metrics of single requests. A panic is still
	// logged, without anything of the request.
	Quiet bool
	// QuietRoutes are route patterns (as gin names them) that are treated so in an engine that otherwise is not Quiet.
	QuietRoutes []string
}

// NewEngine returns a gin engine with recovery, body limit, access log, metrics, traces and problem answers for
// unknown addresses.
func NewEngine(o EngineOptions) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.UseRawPath, engine.UnescapePathValues = true, true
	engine.ContextWithFallback = true
	limit := o.BodyLimit
	if limit == 0 {
		limit = DefaultBodyLimit
	}
	quiet := map[string]bool{}
	for _, route := range o.QuietRoutes {
		quiet[route] = true
	}
	if !o.Quiet {
		engine.Use(logFailures(o.Logger), observe(o, quiet))
	}
	engine.Use(recovery(o.Logger), func(c *gin.Context) {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	})
	engine.NoRoute(Handle(func(*gin.Context) error { return failure.New(failure.RequestNoRoute) }))
	engine.NoMethod(Handle(func(*gin.Context) error { return failure.New(failure.RequestNoMethod) }))
	return engine
}

// observe measures, traces and logs each request under its route pattern, never under its path.
func observe(o EngineOptions, quiet map[string]bool) gin.HandlerFunc {
	requests := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "guldkorn_http_request_duration_seconds", Help: "Time from request to answer by route and status.",
		ConstLabels: prometheus.Labels{"service": o.Service},
		Buckets:     []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
	}, []string{"method", "route", "status"})
	if o.Registerer != nil {
		o.Registerer.MustRegister(requests)
	}
	tracer := otel.Tracer("guldkorn/host")
	return func(c *gin.Context) {
		if quiet[c.FullPath()] {
			c.Next()
			return
		}
		route := c.FullPath()
		if route == "" {
			route = "none"
		}
		ctx := otel.GetTextMapPropagator().Extract(c.Request.Context(), propagation.HeaderCarrier(c.Request.Header))
		ctx, span := tracer.Start(ctx, c.Request.Method+" "+route, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		c.Request = c.Request.WithContext(ctx)
		began := time.Now()
		c.Next()
		took := time.Since(began)
		span.SetAttributes(attribute.Int("http.response.status_code", c.Writer.Status()))
		requests.WithLabelValues(c.Request.Method, route, strconv.Itoa(c.Writer.Status())).Observe(took.Seconds())
		o.Logger.LogAttrs(c.Request.Context(), slog.LevelDebug, "request", slog.String("method", c.Request.Method),
			slog.String("route", route), slog.Int("status", c.Writer.Status()), slog.Duration("took", took))
	}
}

func recovery(logger *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			logger.Error("handler panicked", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				failure.Write(c.Writer, failure.New(failure.InternalError), Language(c))
			}
			c.Abort()
		}()
		c.Next()
	}
}

// Handle turns a function that returns an error into a gin handler. The error becomes a problem answer in the
// request's language; causes of errors that are ours (status 500 and above) are logged.
func Handle(fn func(c *gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := fn(c); err != nil {
			Refuse(c, err)
		}
	}
}

// Refuse answers with err as a problem and stops the chain of handlers. Once a response has begun it only stops.
func Refuse(c *gin.Context, err error) {
	c.Abort()
	if c.Writer.Written() {
		return
	}
	if f := failure.From(err); f.Status() >= http.StatusInternalServerError {
		if logger, ok := c.Get(loggerKey); ok {
			logger.(*slog.Logger).ErrorContext(c.Request.Context(), "request failed", "route", c.FullPath(), "error", err.Error())
		}
	}
	failure.Write(c.Writer, err, Language(c))
}

const loggerKey = "guldkorn.logger"

// logFailures makes Refuse log what is our own fault with this logger.
func logFailures(logger *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) { c.Set(loggerKey, logger) }
}

// Language returns the language that a request prefers: "en" if Accept-Language names English before Danish,
// otherwise "da".
func Language(c *gin.Context) string {
	for _, part := range strings.Split(c.GetHeader("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		switch primary {
		case "da", "en":
			return primary
		}
	}
	return "da"
}
