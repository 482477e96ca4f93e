package host

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Peer calls another service. Token mints a short-lived token for whoever the context speaks for.
type Peer struct {
	Service string
	Base    string       // scheme and host, without a trailing slash
	Client  *http.Client // nil if the address is not known; then nothing can be asked
	Token   func(ctx context.Context, audience string) (string, error)
}

// CallTimeout is the longest that Call waits for an answer unless it is told Within what time.
const CallTimeout = 15 * time.Second

// CallOption changes a request before it is sent, or looks at its answer.
type CallOption func(*call)

type call struct {
	request *http.Request
	answer  func(*http.Response)
	within  time.Duration
}

// WithIfMatch sends an entity tag.
func WithIfMatch(etag string) CallOption {
	return func(c *call) { c.request.Header.Set("If-Match", etag) }
}

// WithIdempotencyKey sends the key of a creating request.
func WithIdempotencyKey(key string) CallOption {
	return func(c *call) { c.request.Header.Set("Idempotency-Key", key) }
}

// WithBody sends raw bytes of a media type instead of JSON.
func WithBody(mediaType string, raw []byte) CallOption {
	return func(c *call) {
		c.request.Header.Set("Content-Type", mediaType)
		c.request.Body, c.request.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	}
}

// WithLanguage asks for texts in a language.
func WithLanguage(language string) CallOption {
	return func(c *call) { c.request.Header.Set("Accept-Language", language) }
}

// Within waits longer, or shorter, than CallTimeout.
func Within(d time.Duration) CallOption {
	return func(c *call) { c.within = d }
}

// WithAnswer lets look at status and headers of a successful answer.
func WithAnswer(look func(*http.Response)) CallOption {
	return func(c *call) { c.answer = look }
}

// Request builds an authorised request, for streams that Call is not for; in is sent as JSON unless nil.
func (p *Peer) Request(ctx context.Context, method, path string, in any, options ...CallOption) (*http.Request, error) {
	c, err := p.prepare(ctx, method, path, in, options)
	if err != nil {
		return nil, err
	}
	return c.request, nil
}

func (p *Peer) prepare(ctx context.Context, method, path string, in any, options []CallOption) (*call, error) {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("request to %s: %w", p.Service, err)
		}
		body = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(p.Base, "/")+path, body)
	if err != nil {
		return nil, fmt.Errorf("request to %s: %w", p.Service, err)
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if p.Client == nil {
		return nil, failure.New(failure.Unavailable).Because(fmt.Errorf("the address of %s is not set", p.Service))
	}
	if p.Token != nil {
		token, err := p.Token(ctx, p.Service)
		if err != nil {
			return nil, fmt.Errorf("token for %s: %w", p.Service, err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
	}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(request.Header))
	c := &call{request: request}
	for _, option := range options {
		option(c)
	}
	return c, nil
}

// Call sends a request and reads its JSON answer into out (nil, *[]byte for the raw bytes, or a pointer). A problem
// answer comes back as the failure it was; an unreachable peer is failure.Unavailable.
func (p *Peer) Call(ctx context.Context, method, path string, in, out any, options ...CallOption) error {
	c, err := p.prepare(ctx, method, path, in, options)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.request.Context(), cmp.Or(c.within, CallTimeout))
	defer cancel()
	response, err := p.Client.Do(c.request.WithContext(ctx))
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return failure.New(failure.Unavailable).Because(fmt.Errorf("call %s: %w", p.Service, err))
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return failure.Read(response)
	}
	if c.answer != nil {
		c.answer(response)
	}
	if out == nil || response.StatusCode == http.StatusNoContent || response.StatusCode == http.StatusNotModified {
		_, _ = io.Copy(io.Discard, response.Body) // so that the connection can be used again
		return nil
	}
	if raw, ok := out.(*[]byte); ok {
		*raw, err = io.ReadAll(response.Body)
	} else {
		err = json.NewDecoder(response.Body).Decode(out)
	}
	if err != nil {
		return failure.New(failure.Unavailable).Because(fmt.Errorf("answer of %s: %w", p.Service, err))
	}
	return nil
}
