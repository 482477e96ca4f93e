package rest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// create asks Creation about a request and returns what it leaves of the body.
func create(tenant, key string, body io.Reader) (document.Creation, string, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	var made document.Creation
	var left []byte
	var err error
	engine.POST("/v1/tenants/:tenant_id/rooms", func(c *gin.Context) {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, 64)
		if made, err = Creation(c); err == nil {
			left, err = io.ReadAll(c.Request.Body)
		}
	})
	request := httptest.NewRequest(http.MethodPost, "/v1/tenants/"+tenant+"/rooms", body)
	request.Header.Set("Idempotency-Key", key)
	engine.ServeHTTP(httptest.NewRecorder(), request)
	return made, string(left), err
}

func TestCreationIsTheSameForTheSame(t *testing.T) {
	first, left, err := create("a", "key-key-1", strings.NewReader(`{"name":"A"}`))
	require.NoError(t, err)
	require.Equal(t, `{"name":"A"}`, left)
	again, _, err := create("a", "key-key-1", strings.NewReader(`{"name":"A"}`))
	require.NoError(t, err)
	require.Equal(t, first, again)
	other, _, err := create("a", "key-key-1", strings.NewReader(`{"name":"B"}`))
	require.NoError(t, err)
	require.Equal(t, first.ID, other.ID)
	require.NotEqual(t, first.Request, other.Request)
	foreign, _, err := create("b", "key-key-1", strings.NewReader(`{"name":"A"}`))
	require.NoError(t, err)
	require.NotEqual(t, first.ID, foreign.ID)
}

func TestCreationRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		key  string
		body io.Reader
		code failure.Code
	}{
		"no key":             {"", strings.NewReader("{}"), failure.IdempotencyMissing},
		"a short key":        {"1234567", strings.NewReader("{}"), failure.IdempotencyMissing},
		"a key with a space": {"12345678 9", strings.NewReader("{}"), failure.IdempotencyMissing},
		"a large body":       {"key-key-1", strings.NewReader(strings.Repeat("x", 65)), failure.RequestTooLarge},
		"half a body":        {"key-key-1", iotest.ErrReader(errors.New("connection reset")), failure.RequestMalformed},
	} {
		_, _, err := create("a", c.key, c.body)
		require.Equal(t, c.code, failure.CodeOf(err), name)
	}
}
