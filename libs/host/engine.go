package host

import (
	"cmp"
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

// What a request may take unless an engine says otherwise.
const (
	DefaultBodyLimit = 64 << 10         // bytes of its body
	DefaultBodyTime  = 30 * time.Second // until the body is there
)

// EngineOptions say how an engine treats requests.
type EngineOptions struct {
	Service    string
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	BodyLimit  int64 // bytes; 0 means DefaultBodyLimit
	// BodyLimits are larger ones of single routes, by pattern (as gin names it).
	BodyLimits map[string]int64
	BodyTime   time.Duration // within which a body must have come; 0 means DefaultBodyTime
	// Quiet is for the anonymous path: no access log, no trace, no metrics of single requests, and no line about one
	// that failed. A panic is still logged, without anything of the request.
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
	// A gin.Context is used again after its request. Without the fallback whoever passes one on as a context.Context
	// finds nothing in it, at once and in the first test, rather than another request's subject under load.
	engine.ContextWithFallback = false
	quiet := map[string]bool{}
	for _, route := range o.QuietRoutes {
		quiet[route] = true
	}
	if !o.Quiet {
		engine.Use(observe(o, quiet))
	}
	engine.Use(recovery(o.Logger), bound(o.BodyLimits, cmp.Or(o.BodyLimit, DefaultBodyLimit), cmp.Or(o.BodyTime, DefaultBodyTime)))
	engine.NoRoute(Handle(func(*gin.Context) error { return failure.New(failure.RequestNoRoute) }))
	engine.NoMethod(Handle(func(*gin.Context) error { return failure.New(failure.RequestNoMethod) }))
	return engine
}

// bound lets no request send more than limit bytes, or keep a connection busy with sending them for longer than within.
func bound(limits map[string]int64, limit int64, within time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, cmp.Or(limits[c.FullPath()], limit))
		if c.Request.ContentLength != 0 {
			// The server takes the deadline off once the body has come. A writer without a connection needs none.
			_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(within))
		}
	}
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
		c.Set(loggerKey, o.Logger)
		method, route := methodLabel(c.Request.Method), c.FullPath()
		if route == "" {
			route = "none"
		}
		ctx := otel.GetTextMapPropagator().Extract(c.Request.Context(), propagation.HeaderCarrier(c.Request.Header))
		ctx, span := tracer.Start(ctx, method+" "+route, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		c.Request = c.Request.WithContext(ctx)
		began := time.Now()
		c.Next()
		took := time.Since(began)
		span.SetAttributes(attribute.Int("http.response.status_code", c.Writer.Status()))
		requests.WithLabelValues(method, route, strconv.Itoa(c.Writer.Status())).Observe(took.Seconds())
		o.Logger.LogAttrs(c.Request.Context(), slog.LevelDebug, "request", slog.String("method", method),
			slog.String("route", route), slog.Int("status", c.Writer.Status()), slog.Duration("took", took))
	}
}

// methodLabel keeps methods that callers make up out of labels, names and lines.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
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
// request's language; causes of errors that are ours (status 500 and above) are logged, except on a quiet route.
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

// loggerKey holds the logger of Refuse in the context of a request that is not quiet.
const loggerKey = "guldkorn.logger"

// Language returns the language that a request prefers: the one of Danish and English that Accept-Language gives the
// higher quality (RFC 9110, section 12.5.4), the one named first if both have the same, Danish if it names neither.
func Language(c *gin.Context) string {
	language, best := "da", 0.0
	for part := range strings.SplitSeq(c.GetHeader("Accept-Language"), ",") {
		tag, parameter, _ := strings.Cut(strings.TrimSpace(part), ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if primary != "da" && primary != "en" {
			continue
		}
		if q := quality(parameter); q > best {
			language, best = primary, q
		}
	}
	return language
}

// quality reads a parameter such as q=0.8; a missing one is 1, a malformed one 0.
func quality(parameter string) float64 {
	name, value, given := strings.Cut(strings.TrimSpace(parameter), "=")
	if !given && name == "" {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !strings.EqualFold(strings.TrimSpace(name), "q") || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
