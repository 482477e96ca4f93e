package notification

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// caller calls the service as one person.
type caller struct {
	w      *world
	client *http.Client
	person string
	tenant tenant.ID
}

func (c caller) call(method, path, body string, headers ...string) (status int, etag string, answer map[string]any) {
	c.w.t.Helper()
	request, err := http.NewRequestWithContext(c.w.t.Context(), method, c.w.server.URL+path, strings.NewReader(body))
	require.NoError(c.w.t, err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.person != "" {
		token, err := access.NewSigner(c.w.portal, access.Portal, c.w.clock.now).Token("notification", access.Subject{ID: c.person, Tenant: c.tenant})
		require.NoError(c.w.t, err)
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.client.Do(request)
	require.NoError(c.w.t, err)
	defer response.Body.Close()
	require.NoError(c.w.t, json.NewDecoder(response.Body).Decode(&answer))
	return response.StatusCode, response.Header.Get("ETag"), answer
}

func TestHTTP(t *testing.T) {
	w := open(t)
	api := apitest.Load(t, "notification")
	api.Routes(w.service.engine)
	client := api.Client(w.server.Client())
	as := func(person string) caller { return caller{w, client, person, operatorID} }

	t.Run("inbox", func(t *testing.T) {
		w.tell(schoolID, "round-1", announced())
		w.tell(schoolID, "action-1", events.ActionProposed{ActionID: "action-1", DialogueID: "d", OwnerID: "ada", DueOn: "2026-04-01", FollowUpOn: "2026-05-01"})
		eventually(t, func() bool { return len(w.inbox("ada")) == 2 && len(w.inbox("bob")) == 1 }, "items are filed")

		status, _, first := as("ada").call(http.MethodGet, "/v1/inbox?limit=1", "")
		require.Equal(t, http.StatusOK, status)
		require.EqualValues(t, 2, first["unread"])
		require.Len(t, first["items"], 1)
		status, _, second := as("ada").call(http.MethodGet, fmt.Sprintf("/v1/inbox?limit=1&cursor=%s", first["next_cursor"]), "")
		require.Equal(t, http.StatusOK, status)
		require.Len(t, second["items"], 1)
		require.NotContains(t, second, "next_cursor")

		id := second["items"].([]any)[0].(map[string]any)["item_id"].(string)
		for range 2 {
			status, _, item := as("ada").call(http.MethodPost, "/v1/inbox/"+id+"/read", "")
			require.Equal(t, http.StatusOK, status)
			require.Equal(t, "2026-03-10T09:00:00Z", item["read_at"])
		}
		_, _, after := as("ada").call(http.MethodGet, "/v1/inbox", "")
		require.EqualValues(t, 1, after["unread"])

		status, _, problem := as("bob").call(http.MethodPost, "/v1/inbox/"+id+"/read", "")
		require.Equal(t, http.StatusNotFound, status, "another's item is not there")
		require.EqualValues(t, failure.DocumentNotFound, problem["code"])
		elsewhere := caller{w, client, "ada", platformID}
		_, _, empty := elsewhere.call(http.MethodGet, "/v1/inbox", "")
		require.Empty(t, empty["items"])
		status, _, _ = as("").call(http.MethodGet, "/v1/inbox", "")
		require.Equal(t, http.StatusUnauthorized, status)
		status, _, _ = as("ada").call(http.MethodGet, "/v1/inbox?limit=201", "")
		require.Equal(t, http.StatusUnprocessableEntity, status)
		status, _, _ = as("ada").call(http.MethodGet, "/v1/inbox?cursor=nonsense", "")
		require.Equal(t, http.StatusBadRequest, status)
	})

	const path = "/v1/tenants/" + string(schoolID) + "/quiet-hours"
	t.Run("quiet hours", func(t *testing.T) {
		status, etag, hours := as("ada").call(http.MethodGet, path, "")
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, `"0"`, etag)
		require.Equal(t, "07:00", hours["open_from"])

		all := `{"open_from":"00:00","open_to":"24:00","weekdays":[1,2,3,4,5,6,7]}`
		status, _, _ = as("ada").call(http.MethodPut, path, all, "If-Match", etag)
		require.Equal(t, http.StatusForbidden, status, "TR and AMR do not set the hours")
		status, _, _ = as("leader").call(http.MethodPut, path, all)
		require.Equal(t, http.StatusPreconditionRequired, status)
		status, first, hours := as("leader").call(http.MethodPut, path, all, "If-Match", etag)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, "24:00", hours["open_to"])
		status, _, _ = as("leader").call(http.MethodPut, path, all, "If-Match", etag)
		require.Equal(t, http.StatusPreconditionFailed, status, "somebody else was first")
		status, _, _ = as("leader").call(http.MethodPut, path, `{"open_from":"08:00","open_to":"15:30","weekdays":[1]}`, "If-Match", first)
		require.Equal(t, http.StatusOK, status)

		for body, code := range map[string]failure.Code{
			`{"open_from":"16:00","open_to":"07:00","weekdays":[1]}`:          failure.RequestInvalid,
			`{"open_from":"08:00","open_to":"15:00","weekdays":[]}`:           failure.RequestInvalid,
			`{"open_from":"08:00","open_to":"15:00","weekdays":[9]}`:          failure.RequestInvalid,
			`{"open_from":8,"open_to":"15:00","weekdays":[1]}`:                failure.RequestWrongType,
			`{"open_from":"08:00","open_to":"15:00","weekdays":[1],"x":1}`:    failure.RequestUnknownField,
			`{"open_from":"` + strings.Repeat("8", 1<<20) + `"}`:              failure.RequestTooLarge,
			"{\"open_from\":\"\xff\",\"open_to\":\"15:00\",\"weekdays\":[1]}": failure.RequestEncoding,
			`{`: failure.RequestMalformed,
		} {
			_, _, problem := as("leader").call(http.MethodPut, path, body, "If-Match", `"2"`)
			require.EqualValues(t, code, problem["code"], "%.80s", body)
		}
		status, _, _ = as("leader").call(http.MethodGet, "/v1/tenants/northschoolb/quiet-hours", "")
		require.Equal(t, http.StatusForbidden, status, "another school, or none at all")
		status, _, _ = as("leader").call(http.MethodGet, "/v1/tenants/NORTH/quiet-hours", "")
		require.Equal(t, http.StatusBadRequest, status)
	})
	api.Covered()
}

func TestMailThatWaitsFollowsNewHours(t *testing.T) {
	w := open(t)
	w.clock.set(wall(t, "Sat 2026-03-14 12:00"))
	w.tell(schoolID, "action-1", events.ActionProposed(facts()))
	eventually(t, func() bool { return len(w.inbox("leader")) == 1 }, "it is in the inbox")
	require.Empty(t, w.mails.all())
	leader := caller{w, w.server.Client(), "leader", operatorID}
	status, _, _ := leader.call(http.MethodPut, "/v1/tenants/"+string(schoolID)+"/quiet-hours",
		`{"open_from":"00:00","open_to":"24:00","weekdays":[6]}`, "If-Match", `"0"`)
	require.Equal(t, http.StatusOK, status)
	eventually(t, func() bool { return len(w.mails.all()) == 1 }, "it goes out now")
}
