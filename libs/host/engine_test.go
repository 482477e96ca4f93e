package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func ask(engine *gin.Engine, method, path string, header ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	engine.ServeHTTP(recorder, request)
	return recorder
}

func TestLanguageGoesByQuality(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	for header, want := range map[string]string{
		"":                              "da",
		"de":                            "da",
		"en":                            "en",
		"en-GB,en;q=0.9":                "en",
		"en;q=0.5, da":                  "da",
		"da;q=0.8, en;q=0.9":            "en",
		"DA-dk; q=0.7 , en ; q=0.7":     "da",
		"en;q=0.7, da;q=0.7":            "en",
		"en;q=0, da;q=0":                "da",
		"en;q=0":                        "da",
		"en;q=7, da;q=0.1":              "da",
		"en;q=NaN, da;q=0.1":            "da",
		"de-DE, en;q=0.3, *;q=0.1, da;": "da",
	} {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest(http.MethodGet, "/", nil)
		c.Request.Header.Set("Accept-Language", header)
		require.Equal(t, want, Language(c), header)
	}
}

// A gin.Context outlives its request in the hands of the next one, so nothing is to be found in it.
func TestAGinContextIsNoContext(t *testing.T) {
	engine := NewEngine(EngineOptions{Service: "test", Logger: discard()})
	engine.GET("/t/:tenant_id", Tenant(), func(c *gin.Context) {
		_, err := tenant.From(c.Request.Context())
		require.NoError(t, err)
		_, err = tenant.From(c)
		require.Error(t, err)
	})
	require.Equal(t, http.StatusOK, ask(engine, http.MethodGet, "/t/"+string(tenant.New())).Code)
}

// What fails on the anonymous and the sealed path is in no log: a line with a time, and with the key of a document in its
// cause, tells as much as one about success.
func TestAQuietRouteLogsNoFailure(t *testing.T) {
	var log bytes.Buffer
	engine := NewEngine(EngineOptions{
		Service: "test", Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), QuietRoutes: []string{"/quiet"},
	})
	broken := Handle(func(*gin.Context) error { return errors.New("the box is broken") })
	engine.GET("/quiet", broken)
	engine.GET("/loud", broken)
	require.Equal(t, http.StatusInternalServerError, ask(engine, http.MethodGet, "/quiet").Code)
	require.Empty(t, log.String())
	require.Equal(t, http.StatusInternalServerError, ask(engine, http.MethodGet, "/loud").Code)
	require.Contains(t, log.String(), "the box is broken")
}

func TestMadeUpMethodsMakeNoSeries(t *testing.T) {
	registry := prometheus.NewRegistry()
	engine := NewEngine(EngineOptions{Service: "test", Logger: discard(), Registerer: registry})
	for n := range 9 {
		ask(engine, fmt.Sprintf("MADEUP%d", n), "/nowhere")
	}
	families, err := registry.Gather()
	require.NoError(t, err)
	require.Len(t, families, 1)
	require.Len(t, families[0].GetMetric(), 1)
	require.NotContains(t, families[0].String(), "MADEUP")
}

func TestWhatIsAnsweredToATokenIsKeptByNobody(t *testing.T) {
	verify := func(token string) (access.Subject, error) {
		if token != "good" {
			return access.Subject{}, failure.New(failure.AccessUnauthentic)
		}
		return access.Subject{ID: "anna"}, nil
	}
	none := func(context.Context, string) ([]access.Assignment, error) { return nil, nil }
	engine := NewEngine(EngineOptions{Service: "test", Logger: discard()})
	engine.Use(Authenticate(verify, none))
	engine.GET("/plain", func(c *gin.Context) { c.JSON(http.StatusOK, 1) })
	engine.GET("/lasting", func(c *gin.Context) { c.Header("Cache-Control", "private, max-age=60"); c.JSON(http.StatusOK, 1) })
	for path, want := range map[string]string{"/plain": "private, no-store", "/lasting": "private, max-age=60"} {
		require.Equal(t, []string{want}, ask(engine, http.MethodGet, path, "Authorization", "Bearer good").Header().Values("Cache-Control"))
	}
	require.Equal(t, []string{"no-store"}, ask(engine, http.MethodGet, "/lasting").Header().Values("Cache-Control"))
}

// Somebody who announces a body and sends none holds a connection for BodyTime and no longer.
func TestABodyHasToCome(t *testing.T) {
	engine := NewEngine(EngineOptions{Service: "test", Logger: discard(), BodyTime: 20 * time.Millisecond})
	engine.POST("/rooms", Handle(func(c *gin.Context) error {
		_, err := Decode[room](c)
		return err
	}))
	server := httptest.NewServer(engine)
	defer server.Close()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer connection.Close()
	_, err = io.WriteString(connection, "POST /rooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
	require.NoError(t, err)
	require.NoError(t, connection.SetReadDeadline(time.Now().Add(10*time.Second)))
	answer, err := io.ReadAll(connection) // to the end: the server lets go of the connection
	require.NoError(t, err)
	require.Contains(t, string(answer), string(failure.RequestTimeout))
	require.True(t, strings.HasPrefix(string(answer), "HTTP/1.1 504"), string(answer))
}
