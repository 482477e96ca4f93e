package host

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/failure"
)

type room struct {
	Name  string            `json:"name"`
	Seats int               `json:"seats"`
	Tags  []string          `json:"tags"`
	Texts map[string]string `json:"texts"`
	Opens *time.Time        `json:"opens"`
}

func TestDecodeRefusesWhatIsNotTheRequest(t *testing.T) {
	var got room
	engine := NewEngine(EngineOptions{Service: "test", Logger: discard(), BodyLimit: 1 << 10})
	engine.POST("/rooms", Handle(func(c *gin.Context) error {
		var err error
		if got, err = Decode[room](c); err != nil {
			return err
		}
		c.Status(http.StatusNoContent)
		return nil
	}))
	for name, c := range map[string]struct {
		body, kind string
		status     int
		code       failure.Code
		field      string
	}{
		"good":          {`{"name":"A","seats":2}`, "application/json; charset=utf-8", 204, "", ""},
		"unknown field": {`{"name":"A","chairs":2}`, "application/json", 400, failure.RequestUnknownField, "chairs"},
		"wrong type":    {`{"seats":"two"}`, "application/json", 400, failure.RequestWrongType, "seats"},
		"nested type":   {`{"tags":[1]}`, "application/json", 400, failure.RequestWrongType, "tags"},
		"not JSON":      {`name=A`, "application/json", 400, failure.RequestMalformed, ""},
		"empty":         {``, "application/json", 400, failure.RequestMalformed, ""},
		"two values":    {`{} {}`, "application/json", 400, failure.RequestMalformed, ""},
		"form":          {`name=A`, "application/x-www-form-urlencoded", 415, failure.RequestMediaType, ""},
		"broken UTF-8":  {"{\"name\":\"\xff\"}", "application/json", 400, failure.RequestEncoding, ""},
		"too large":     {`{"name":"` + strings.Repeat("a", 1<<20) + `"}`, "application/json", 413, failure.RequestTooLarge, ""},
	} {
		t.Run(name, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodPost, "/rooms", strings.NewReader(c.body))
			request.Header.Set("Content-Type", c.kind)
			recorder := httptest.NewRecorder()
			engine.ServeHTTP(recorder, request)
			require.Equal(t, c.status, recorder.Code, recorder.Body.String())
			if c.code != "" {
				problem := failure.From(failure.Read(recorder.Result()))
				require.Equal(t, c.code, problem.Code)
				require.Contains(t, problem.Field, c.field)
			}
		})
	}

	for body, want := range map[string]struct{ field, want string }{
		`[]`:                   {"", "an object"},
		`{"seats":"two"}`:      {"seats", "a whole number"},
		`{"name":7}`:           {"name", "a string"},
		`{"tags":{}}`:          {"tags", "a list"},
		`{"opens":"tomorrow"}`: {"opens", "a time such as 2026-08-10T08:00:00Z"},
	} {
		err := failure.From(DecodeBytes([]byte(body), &room{}))
		require.Equal(t, failure.RequestWrongType, err.Code, body)
		require.Equal(t, want.field, err.Field, body)
		require.Equal(t, want.want, err.Want, body)
	}

	// "é" written as e and a combining accent comes out as one character.
	request := httptest.NewRequest(http.MethodPost, "/rooms", strings.NewReader("{\"name\":\"Cafe\u0301\",\"tags\":[\"e\\u0301\"],\"texts\":{\"da\":\"e\u0301\"}}"))
	request.Header.Set("Content-Type", "application/json")
	engine.ServeHTTP(httptest.NewRecorder(), request)
	require.Equal(t, room{Name: "Café", Tags: []string{"é"}, Texts: map[string]string{"da": "é"}}, got)
}

func TestUnknownAddressesAndMethodsAreProblems(t *testing.T) {
	engine := NewEngine(EngineOptions{Service: "test", Logger: discard()})
	engine.GET("/rooms", func(*gin.Context) {})
	engine.GET("/broken", func(*gin.Context) { panic("secret") })
	for request, status := range map[*http.Request]int{
		httptest.NewRequest(http.MethodGet, "/nowhere", nil):  404,
		httptest.NewRequest(http.MethodDelete, "/rooms", nil): 405,
		httptest.NewRequest(http.MethodGet, "/broken", nil):   500,
	} {
		request.Header.Set("Accept-Language", "en-GB, da;q=0.5")
		recorder := httptest.NewRecorder()
		engine.ServeHTTP(recorder, request)
		require.Equal(t, status, recorder.Code)
		require.Equal(t, failure.ContentType, recorder.Header().Get("Content-Type"))
		require.NotContains(t, recorder.Body.String(), "secret")
	}
}
