package failure

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryCodeHasFormStatusAndBothTexts(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)
	for _, code := range Codes() {
		e := codes[code]
		require.Regexp(t, form, string(code))
		require.GreaterOrEqual(t, e.status, 400, code)
		require.NotEmpty(t, e.da, code)
		require.NotEmpty(t, e.en, code)
		require.NotEqual(t, e.da, e.en, code)
	}
}

func TestProblemSurvivesTheWire(t *testing.T) {
	sent := Together(Invalid("name", "1 to 80 characters"), Invalid("units.0", "at least one"))
	recorder := httptest.NewRecorder()
	Write(recorder, fmt.Errorf("create school: %w", sent), "da")
	response := recorder.Result()
	require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode)
	require.Equal(t, ContentType, response.Header.Get("Content-Type"))
	require.Equal(t, sent, Read(response))
}

func TestForeignErrorsShowNothingOfThemselves(t *testing.T) {
	recorder := httptest.NewRecorder()
	Write(recorder, errors.New("password is hunter2"), "en")
	require.Equal(t, http.StatusInternalServerError, recorder.Code)
	require.NotContains(t, recorder.Body.String(), "hunter2")
}

func TestPermanent(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("connection refused"), false},
		{context.DeadlineExceeded, false},
		{Permanent(errors.New("bad")), true},
		{fmt.Errorf("wrapped: %w", Permanent(errors.New("bad"))), true},
		{Invalid("a", "b"), true},
		{NotFound("round"), false},
		{New(DocumentConflict), false},
		{New(Unavailable), false},
		{fmt.Errorf("batch: %w", New(AccessUnauthentic)), false},
		{New(AccessDenied), false},
	} {
		require.Equal(t, c.want, IsPermanent(c.err), "%v", c.err)
	}
}
