package allinone

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/apitest"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
	"github.com/guldkorn/guldkorn/services/ballotbox/voter"
)

// noted are the operations that leave a note of having been asked for, which the next one shows.
var noted = []string{"exportAuditLog", "exportMe", "exportTenant", "listAuditEntries", "listMyDataRequests", "verifyAuditLog"}

// watcher reads whatever there is to read about a school with an open round, in every role, again and again.
type watcher struct {
	*matrix
	round string
	asks  []ask
	also  func(seen map[string]string) // what a control adds to each look
}

// ask is somebody who reads something.
type ask struct {
	operation apitest.Operation
	name      string
}

func (a ask) String() string { return a.operation.Service + "/" + a.operation.ID + " as " + a.name }

// TestNobodySeesAnAnswerArrive polls everything around every answer (the sixth of the auditor's attacks): all bytes stay the
// same until the round closes, and those of its release stay the same ever after.
func TestNobodySeesAnAnswerArrive(t *testing.T) {
	w := newWatcher(t)
	var voters []*voter.Voter
	for n := 11; n <= 24; n++ {
		voters = append(voters, w.fetches(w.as(fmt.Sprintf("bakke.%02d", n)), w.round))
	}
	before := w.settled()
	all := w.asks
	w.asks = slices.DeleteFunc(slices.Clone(all), func(a ask) bool { return strings.HasPrefix(before[a.String()], "403") })
	require.Greater(t, len(w.asks), 500, "there is a lot to look at")
	same := func(what string) {
		t.Helper()
		require.Empty(t, moved(before, w.look()), what)
	}
	content := map[string]string{}
	w.countsNothing(func() { require.NoError(t, voters[0].Answer(t.Context(), content)) })
	same("the first answer")
	for i, v := range voters[1:4] {
		require.NoError(t, v.Answer(t.Context(), content))
		same(fmt.Sprintf("answer %d", i+1))
	}
	require.NoError(t, voters[0].Answer(t.Context(), content))
	same("an answer changed")
	require.NoError(t, voters[3].Withdraw(t.Context()))
	same("an answer withdrawn")
	for _, v := range voters[4:] {
		require.NoError(t, v.Answer(t.Context(), content))
	}

	w.asks = slices.Clone(all)
	same("the rest")

	t.Run("a list that counts is seen", func(t *testing.T) {
		answered := 0
		w.asks = slices.DeleteFunc(w.asks, func(a ask) bool { return a.operation.ID != "listRounds" })
		w.also = func(seen map[string]string) { seen["intake/listRounds as employee"] += fmt.Sprint(answered) }
		honest := w.look()
		answered++
		require.Equal(t, []string{"intake/listRounds as employee"}, moved(honest, w.look()))
	})
	w.also, w.asks = nil, all
	w.releases(voters[2])
}

// newWatcher hires somebody in each role at the school that is in the middle of a round.
func newWatcher(t *testing.T) *watcher {
	w := &watcher{matrix: &matrix{journey: startDemo(t), people: map[string]access.Subject{}, ids: map[string]string{}}}
	w.places()
	w.tenants["school"] = w.tenants["sibling"]
	w.cast()
	for _, login := range []string{"henrik.leder", "tina.tr", "jens.laerer"} {
		w.people[login] = w.known(login)
	}
	w.names = slices.Sorted(maps.Keys(w.people))
	var rounds intakeapi.RoundList
	require.NoError(t, w.as("henrik.leder").Get(t.Context(), "intake", w.at("/rounds"), &rounds))
	require.Len(t, rounds.Items, 1)
	w.ids["round_id"] = rounds.Items[0].RoundID
	w.round = w.at("/rounds/" + w.ids["round_id"])
	for _, o := range apitest.Operations(t) {
		if o.Method == http.MethodGet && o.ID != "followDialogue" && !slices.Contains(noted, o.ID) { // the first never ends
			for _, name := range w.names {
				w.asks = append(w.asks, ask{o, name})
			}
		}
	}
	return w
}

func (m *matrix) at(path string) string { return "/v1/tenants/" + string(m.tenants["school"]) + path }

func (m *matrix) as(login string) caller.Actor {
	s := m.known(login)
	return m.services.As(s.ID, s.Tenant)
}

// fetches has somebody fetch a token, as at sign-in, long before they answer.
func (m *matrix) fetches(a caller.Actor, round string) *voter.Voter {
	m.t.Helper()
	var ticket intakeapi.Ticket
	require.NoError(m.t, a.Call(m.t.Context(), "intake", http.MethodPost, round+"/tickets", nil, &ticket))
	box := m.world.addresses["ballotbox"]
	v := voter.New(box.Base, box.Client)
	require.NoError(m.t, v.Fetch(m.t.Context(), ticket.Ticket))
	return v
}

// look reads everything in every role, and what the ballot box and the metrics tell everybody.
func (w *watcher) look() map[string]string {
	w.t.Helper()
	seen := map[string]string{}
	for _, a := range w.asks {
		seen[a.String()] = w.digest(w.try(w.t.Context(), a.operation, "school", w.people[a.name]))
	}
	base := w.world.addresses["ballotbox"].Base
	for _, path := range []string{"/r/" + w.ids["round_id"], "/v1/rounds/" + w.ids["round_id"] + "/form", "/v1/rounds/" + w.ids["round_id"] + "/bulletin"} {
		response, err := http.Get(base + path)
		require.NoError(w.t, err)
		seen["ballotbox "+path] = w.digest(response)
	}
	if w.also != nil {
		w.also(seen)
	}
	return seen
}

// digest is everything in an answer but when it was given.
func (w *watcher) digest(response *http.Response) string {
	w.t.Helper()
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	response.Header.Del("Date")
	response.Header.Del("X-Request-Id")
	var headers strings.Builder
	require.NoError(w.t, response.Header.Write(&headers))
	return fmt.Sprintf("%d %s %s", response.StatusCode, headers.String(), raw)
}

// countsNothing holds what is measured and what is written in the audit log just before something against just after.
func (w *watcher) countsNothing(something func()) {
	w.t.Helper()
	count := func() (all map[string]string) {
		families, err := w.world.registry.Gather()
		require.NoError(w.t, err)
		all = map[string]string{}
		for _, family := range families {
			if strings.HasPrefix(family.GetName(), "guldkorn_") {
				all[family.GetName()] = family.String()
			}
		}
		return all
	}
	written := func() (log tenancyapi.AuditVerification) {
		require.NoError(w.t, w.as("tina.tr").Get(w.t.Context(), "tenancy", w.at("/audit-verification"), &log))
		return log
	}
	first, second := written(), written()
	before := count()
	something()
	require.Empty(w.t, moved(before, count()), "a metric counts answers")
	require.Equal(w.t, second.Seq-first.Seq, written().Seq-second.Seq, "the audit log has more to tell than that it was read")
}

// settled looks until two looks are alike: what was done before the test reaches every service.
func (w *watcher) settled() (last map[string]string) {
	w.t.Helper()
	last = w.look()
	require.Eventually(w.t, func() bool {
		before := last
		last = w.look()
		return len(moved(before, last)) == 0
	}, time.Minute, 10*time.Millisecond)
	return last
}

// moved names the places in which the later of two looks saw something else.
func moved(before, after map[string]string) (places []string) {
	for place := range after {
		if before[place] != after[place] {
			places = append(places, place)
		}
	}
	slices.Sort(places)
	return places
}

// releases closes the round and does what might change a release, which it does not.
func (w *watcher) releases(late *voter.Voter) {
	t, leader := w.t, w.as("henrik.leder")
	require.NoError(t, leader.Command(t.Context(), "intake", w.round, "/close", nil, nil))
	var list reportingapi.ReleaseList
	require.NoError(t, caller.Eventually(t.Context(), "release", func() (bool, error) {
		err := leader.Get(t.Context(), "reporting", w.at("/releases"), &list)
		return len(list.Items) == 1, err
	}))
	w.ids["release_id"] = list.Items[0].ReleaseID
	w.asks = slices.DeleteFunc(w.asks, func(a ask) bool { return !strings.Contains(a.operation.Path, "{release_id}") })
	require.NotEmpty(t, w.asks)
	before := w.settled()

	require.Error(t, late.Answer(t.Context(), map[string]string{}), "too late")
	gone := w.known("bakke.20")
	require.NoError(t, w.as("bodil.admin").Create(t.Context(), "tenancy", "/v1/tenants/"+string(w.tenants["municipality"])+"/persons/"+gone.ID+"/leave",
		tenancyapi.Leaving{Scope: string(w.tenants["school"])}, nil))
	require.Empty(t, moved(before, w.look()), "a release never changes")
}
