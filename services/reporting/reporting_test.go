package reporting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/sealed"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func TestRoundBecomesOneRelease(t *testing.T) {
	w := newWorld(t)
	round := newRoundOf(w.instrument, 30, 28, 12, 5, 3)
	answers := staff(2, w.instrument, 0.03, 27, 25, 10, 5, 2)
	key := w.announce(schoolTenant, round)
	sealed := boxed(t, key, round.RoundID, answers)
	// Three that are no answers of this form: their unit loses nothing by them.
	foreign := filledIn(t, "another-round", answers[0])
	sealed["u0"] = append(sealed["u0"], "not an envelope", seal(t, key, round.RoundID, foreign), sealed["u0"][0])
	hash := w.fill(round.RoundID, sealed)
	w.close(schoolTenant, round.RoundID, hash)
	kept := w.released(schoolTenant, round.RoundID)

	want, err := NewRelease(Material{Tenant: schoolTenant, School: "Åskolen", Round: round, ClosedAt: closedAt, Answers: answers})
	require.NoError(t, err)
	content, err := canonical(want)
	require.NoError(t, err)
	require.JSONEq(t, string(content), string(kept.Body.Content))
	require.Equal(t, 3.0, testutil.ToFloat64(w.service.refused))

	told := w.published(1)
	require.Len(t, told, 1)
	e, err := events.Decode[events.ReleasePublished](told[0])
	require.NoError(t, err)
	sum := sha256.Sum256(kept.Body.Content)
	require.Equal(t, events.ReleasePublished{
		ReleaseID: kept.ID, RoundID: round.RoundID, ContentHash: hex.EncodeToString(sum[:]),
		VisibleToRepresentativesFrom: closedAt.Truncate(time.Minute), VisibleToAllOn: "2026-11-27", Shown: true,
	}, e)

	// Told again, nothing happens again: not even the batch is pulled.
	pulled := w.pulled
	w.close(schoolTenant, round.RoundID, hash)
	w.tell(schoolTenant, round.RoundID, 1, events.RoundOpened{RoundID: round.RoundID, ClosesOn: "2026-11-20"}) // behind it in the stream
	next := newRoundOf(w.instrument, 30)
	next.RoundID = "11111111-6a1f-4f0e-9d62-0c5f6d1f7a11"
	w.wholeRound(schoolTenant, next, staff(3, w.instrument, 0, 30))
	require.Equal(t, pulled+1, w.pulled)
	require.Len(t, w.published(2), 2)

	problem := struct{ Code failure.Code }{}
	require.Equal(t, http.StatusGone, w.call(w.as("intake"), http.MethodPut, "/v1/tenants/"+string(schoolTenant)+"/rounds/"+round.RoundID+"/release-key", &problem))
	require.Equal(t, failure.ReleaseKeyDestroyed, problem.Code)
}

// A process that ends after pulling the batch and before recording leaves the key and an unacknowledged event: the next
// one starts over. One that ends after recording leaves the key only.
func TestReleaseSurvivesBeingCutOff(t *testing.T) {
	w := newWorld(t)
	round := newRoundOf(w.instrument, 12)
	key := w.announce(schoolTenant, round)
	hash := w.fill(round.RoundID, boxed(t, key, round.RoundID, staff(1, w.instrument, 0, 12)))
	ctx := tenant.With(t.Context(), schoolTenant)

	kept, err := w.service.release(ctx, closedAt, events.RoundClosed{RoundID: round.RoundID, BatchHash: hash, Paper: "0-4"})
	require.NoError(t, err)
	require.Contains(t, string(kept.Body.Content), `"paper":"0-4"`)
	name, err := keyName(ctx, round.RoundID)
	require.NoError(t, err)
	_, err = w.keys.Get(name)
	require.NoError(t, err, "recorded, and cut off before the key was destroyed")

	w.close(schoolTenant, round.RoundID, hash)
	require.Equal(t, kept.ID, w.released(schoolTenant, round.RoundID).ID)
	_, err = w.keys.Get(name)
	require.ErrorIs(t, err, keyring.ErrGone)
	_, err = w.service.release(ctx, closedAt, events.RoundClosed{RoundID: round.RoundID, BatchHash: hash})
	require.True(t, failure.IsPermanent(err), "there is no second release: %v", err)
}

// A school that is deleted in the middle of one round leaves nothing of it, nor of an earlier one.
func TestNothingIsLeftOfASchoolThatIsGone(t *testing.T) {
	w := newWorld(t)
	w.wholeRound(schoolTenant, newRoundOf(w.instrument, 30), staff(3, w.instrument, 0, 30))
	round := newRoundOf(w.instrument, 12)
	round.RoundID = "11111111-6a1f-4f0e-9d62-0c5f6d1f7a11"
	w.announce(schoolTenant, round)
	ctx := tenant.With(t.Context(), schoolTenant)
	name, err := keyName(ctx, round.RoundID)
	require.NoError(t, err)
	_, err = w.keys.Get(name)
	require.NoError(t, err)

	for revision := range int64(2) {
		w.tell(schoolTenant, string(schoolTenant), 9+revision, events.OrganisationDeleted{OrganisationID: string(schoolTenant), Kind: "school", ParentID: "northaaaaaaa"})
	}
	w.eventually(func() bool {
		counts, err := w.service.deps.Store.CountTenant(ctx)
		return err == nil && len(counts) == 0
	}, "nothing is left")
	_, err = w.keys.Get(name)
	require.ErrorIs(t, err, keyring.ErrGone)
}

func TestBatchThatIsNotTheRoundsOwnMakesNoRelease(t *testing.T) {
	w := newWorld(t)
	for name, spoil := range map[string]func(round Round, key string) (hash string){
		"another batch than was closed with": func(round Round, key string) string {
			w.fill(round.RoundID, boxed(t, key, round.RoundID, staff(1, w.instrument, 0, 12)))
			return strings.Repeat("0", 64)
		},
		"more answers than people": func(round Round, key string) string {
			return w.fill(round.RoundID, boxed(t, key, round.RoundID, staff(1, w.instrument, 0, 13)))
		},
		"a unit that was not asked": func(round Round, key string) string {
			return w.fill(round.RoundID, boxed(t, key, round.RoundID, staff(1, w.instrument, 0, 6, 6)))
		},
		"the batch of another round": func(round Round, key string) string {
			w.fill("33333333-0000-0000", boxed(t, key, round.RoundID, staff(1, w.instrument, 0, 6)))
			w.mu.Lock()
			defer w.mu.Unlock()
			w.batches[round.RoundID] = w.batches["33333333-0000-0000"]
			return contentHash(w.batches[round.RoundID])
		},
		"answers that nobody can read": func(round Round, _ string) string {
			foreign, err := sealed.NewKey()
			require.NoError(t, err)
			public, err := sealed.PublicKey(foreign)
			require.NoError(t, err)
			return w.fill(round.RoundID, boxed(t, public, round.RoundID, staff(1, w.instrument, 0, 12)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			round := newRoundOf(w.instrument, 12)
			round.RoundID = hex.EncodeToString([]byte(name))[:40]
			key := w.announce(schoolTenant, round)
			w.close(schoolTenant, round.RoundID, spoil(round, key))
			ctx := tenant.With(t.Context(), schoolTenant)
			w.eventually(func() bool { return w.isDead(round) }, "it is a dead letter")
			_, exists, err := w.service.store.releaseOf(ctx, round.RoundID)
			require.NoError(t, err)
			require.False(t, exists)
			secret, err := keyName(ctx, round.RoundID)
			require.NoError(t, err)
			_, err = w.keys.Get(secret)
			require.NoError(t, err, "the key is kept")
		})
	}
}

func TestRoundAnnouncedWithAForeignKeyIsRefused(t *testing.T) {
	w := newWorld(t)
	round := newRoundOf(w.instrument, 12)
	w.tell(schoolTenant, round.RoundID, 1, events.RoundAnnounced{
		RoundID: round.RoundID, Title: round.Title, Instrument: "pulse", InstrumentVersion: 1,
		Units:   []events.RoundUnit{{UnitID: "u0", Name: "Team 0", Headcount: 12}},
		OpensOn: "2026-11-10", ClosesOn: "2026-11-20", VisibleToAllOn: "2026-11-27", ReleaseKey: "Zm9yZWlnbg",
	})
	w.eventually(func() bool { return len(w.deadLetters()) == 1 }, "it is a dead letter")
	_, err := w.service.store.rounds.Get(tenant.With(t.Context(), schoolTenant), round.RoundID)
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
}

// A round that the staff side refused leaves no key behind.
func TestARefusedRoundLeavesNoReleaseKey(t *testing.T) {
	w := newWorld(t)
	round := newRoundOf(w.instrument, 12)
	ctx := tenant.With(t.Context(), schoolTenant)
	name, err := keyName(ctx, round.RoundID)
	require.NoError(t, err)
	_, err = w.keys.Ensure(name, sealed.NewKey)
	require.NoError(t, err)
	w.tell(schoolTenant, round.RoundID, 1, events.RoundRefused{RoundID: round.RoundID, Reason: "person_foreign"})
	w.eventually(func() bool { _, err := w.keys.Get(name); return errors.Is(err, keyring.ErrGone) }, "the key is destroyed")
}

func (w *world) deadLetters() []bus.DeadLetter {
	w.t.Helper()
	letters, err := w.service.deps.Bus.DeadLetters(w.t.Context())
	require.NoError(w.t, err)
	return letters
}

// isDead tells whether a dead letter is about a round.
func (w *world) isDead(round Round) bool {
	for _, letter := range w.deadLetters() {
		if strings.Contains(letter.Reason, round.RoundID) {
			return true
		}
	}
	return false
}

func TestReleaseIsReadByWhomAndWhenItIsDue(t *testing.T) {
	w := newWorld(t)
	round := newRoundOf(w.instrument, 30, 28)
	kept := w.wholeRound(schoolTenant, round, staff(1, w.instrument, 0, 27, 25))
	far := newRoundOf(w.instrument, 30)
	far.RoundID = "22222222-6a1f-4f0e-9d62-0c5f6d1f7a11"
	elsewhere := w.wholeRound(farTenant, far, staff(1, w.instrument, 0, 27))

	before := kept.Body.VisibleFrom.Add(-time.Second)
	between := kept.Body.VisibleFrom
	evening := time.Date(2026, 11, 26, 22, 59, 59, 0, time.UTC) // 23:59:59 in Copenhagen
	after := evening.Add(time.Second)
	const (
		never = iota
		early
		late
	)
	for _, c := range []struct {
		role  string
		scope tenant.ID
		from  int
	}{
		{access.Leader, schoolTenant, early}, {access.UnionRepresentative, schoolTenant, early}, {access.SafetyRepresentative, schoolTenant, early},
		{access.Employee, schoolTenant, late},
		{access.SchoolAdministrator, schoolTenant, never}, {access.Facilitator, schoolTenant, never}, {access.ForumMember, schoolTenant, never},
		{access.TextReader, schoolTenant, never},
		{access.MunicipalAdministrator, northTenant, never}, {access.MunicipalAnalyst, northTenant, never}, {access.Leader, northTenant, never},
		{access.Employee, northTenant, never}, {access.PlatformOperator, platformTenant, never}, {access.Leader, platformTenant, never},
		{access.UnionAnalyst, unionTenant, never}, {access.UnionRepresentative, unionTenant, never},
		{access.Leader, quietTenant, never}, {access.Leader, farTenant, never}, {access.Employee, farTenant, never}, {access.MunicipalAnalyst, southTenant, never},
	} {
		person := w.person(c.role, c.scope)
		for _, when := range []struct {
			name  string
			at    time.Time
			stage int
		}{{"before", before, never}, {"between", between, early}, {"the evening before", evening, early}, {"after", after, late}} {
			w.clock.set(when.at)
			sees := c.from != never && when.stage >= c.from
			name := c.role + " of " + string(c.scope) + " " + when.name
			response, body := w.send(w.asPerson(person), http.MethodGet, path(schoolTenant, "releases", kept.ID), "")
			require.Equal(t, sees, response.StatusCode == http.StatusOK, "%s: %d %s", name, response.StatusCode, body)
			var list api.ReleaseList
			status := w.call(w.asPerson(person), http.MethodGet, path(schoolTenant, "releases"), &list)
			if c.from == never {
				require.Equal(t, http.StatusForbidden, status, name)
				require.Equal(t, http.StatusForbidden, response.StatusCode, name)
				require.NotContains(t, string(body), kept.Body.VisibleToAllOn, name)
				continue
			}
			require.Equal(t, http.StatusOK, status, name)
			require.Equal(t, sees, len(list.Items) == 1, name)
			if !sees {
				require.Contains(t, string(body), string(failure.ReleaseNotVisibleYet), name)
			}
		}
		w.clock.set(after)
		if c.scope != farTenant {
			require.Equal(t, http.StatusForbidden, w.call(w.asPerson(person), http.MethodGet, path(farTenant, "releases", elsewhere.ID), nil), c.role)
		}
	}
	// The id of one school's release under another's name finds nothing.
	leader := w.person(access.Leader, schoolTenant)
	require.Equal(t, http.StatusNotFound, w.call(w.asPerson(leader), http.MethodGet, path(schoolTenant, "releases", elsewhere.ID), nil))
	for _, service := range []string{access.Portal, "intake", "dialogue", "ballotbox", "setup"} {
		require.Equal(t, http.StatusForbidden, w.call(w.as(service), http.MethodGet, path(schoolTenant, "releases", kept.ID), nil), service)
	}
	require.Equal(t, http.StatusUnauthorized, w.call("", http.MethodGet, path(schoolTenant, "releases", kept.ID), nil))
}

func path(in tenant.ID, parts ...string) string {
	return "/v1/tenants/" + string(in) + "/" + strings.Join(parts, "/")
}

func TestAPI(t *testing.T) {
	w := newWorld(t)
	leader, analyst, union := w.person(access.Leader, schoolTenant), w.person(access.MunicipalAnalyst, northTenant), w.person(access.UnionAnalyst, unionTenant)
	round := newRoundOf(w.instrument, 30, 28)
	kept := w.wholeRound(schoolTenant, round, staff(1, w.instrument, 0, 27, 25))

	response, body := w.send(w.asPerson(leader), http.MethodGet, path(schoolTenant, "releases", kept.ID), "")
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, `"`+kept.Body.ContentHash+`"`, response.Header.Get("ETag"))
	require.Equal(t, kept.Body.ContentHash, contentHash(body), "whoever has the text can check it")
	require.True(t, strings.HasPrefix(kept.Body.ContentHash, kept.ID))
	again, empty := w.send(w.asPerson(leader), http.MethodGet, path(schoolTenant, "releases", kept.ID), `W/"x", "`+kept.Body.ContentHash+`"`)
	require.Equal(t, http.StatusNotModified, again.StatusCode)
	require.Empty(t, empty)

	var list api.ReleaseList
	require.Equal(t, http.StatusOK, w.call(w.asPerson(leader), http.MethodGet, path(schoolTenant, "releases")+"?round_id="+round.RoundID, &list))
	require.Equal(t, kept.ID, list.Items[0].ReleaseID)
	require.Equal(t, http.StatusOK, w.call(w.asPerson(leader), http.MethodGet, path(schoolTenant, "rounds", round.RoundID, "opening"), nil))
	require.Equal(t, http.StatusOK, w.call(w.asPerson(leader), http.MethodGet, path(schoolTenant, "releases")+"?round_id=none-such", &list))
	require.Equal(t, http.StatusUnprocessableEntity, w.call(w.asPerson(leader), http.MethodGet, path(schoolTenant, "releases")+"?limit=0", nil))
	require.Equal(t, http.StatusBadRequest, w.call(w.asPerson(leader), http.MethodGet, path(schoolTenant, "releases")+"?cursor=x", nil))
	require.Equal(t, http.StatusBadRequest, w.call(w.asPerson(leader), http.MethodGet, "/v1/tenants/Not-A-Tenant/releases", nil))
	require.Equal(t, http.StatusUnprocessableEntity, w.call(w.as("intake"), http.MethodPut, path(schoolTenant, "rounds", "UP..PER", "release-key"), nil))
	require.Equal(t, http.StatusForbidden, w.call(w.asPerson(leader), http.MethodPut, path(schoolTenant, "rounds", "22222222-2222", "release-key"), nil))

	require.Equal(t, http.StatusOK, w.call(w.asPerson(analyst), http.MethodGet, path(northTenant, "follow-through"), nil))
	require.Equal(t, http.StatusOK, w.call(w.asPerson(union), http.MethodGet, path(unionTenant, "benchmark"), nil))

	w.signingKey()
	require.Equal(t, http.StatusOK, w.call(w.asPerson(leader), http.MethodGet, path(schoolTenant, "releases", kept.ID, "signed"), nil))

	_, err := w.service.store.commonReleases.Insert(tenant.With(t.Context(), northTenant), kept.ID, kept.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, w.call(w.asPerson(analyst), http.MethodGet, path(northTenant, "common-releases"), nil))
	require.Equal(t, http.StatusOK, w.call(w.asPerson(analyst), http.MethodGet, path(northTenant, "common-releases", kept.ID), nil))

	var copied api.EventList
	require.Equal(t, http.StatusOK, w.call(w.as("dialogue"), http.MethodGet, "/v1/snapshots/releases", &copied))
	require.Len(t, copied.Items, 1)
	told, err := json.Marshal(copied.Items[0].Data)
	require.NoError(t, err)
	fact, err := json.Marshal(kept.Body.published(kept.ID))
	require.NoError(t, err)
	require.JSONEq(t, string(fact), string(told), "what the event told, and no figure")
	for _, token := range []string{w.asPerson(leader), w.asPerson(union), w.as("ballotbox"), w.as(access.Portal)} {
		require.Equal(t, http.StatusForbidden, w.call(token, http.MethodGet, "/v1/snapshots/releases", nil))
	}
	require.Equal(t, http.StatusUnauthorized, w.call("", http.MethodGet, "/v1/snapshots/releases", nil))
	w.paraphrases()
	w.api.Routes(w.service.engine)
	w.api.Covered()
}

func TestReleaseKeyIsMadeOnce(t *testing.T) {
	w := newWorld(t)
	var one, same, other api.ReleaseKey
	require.Equal(t, http.StatusOK, w.call(w.as("intake"), http.MethodPut, path(schoolTenant, "rounds", "round-0001", "release-key"), &one))
	require.Equal(t, http.StatusOK, w.call(w.as("intake"), http.MethodPut, path(schoolTenant, "rounds", "round-0001", "release-key"), &same))
	require.Equal(t, http.StatusOK, w.call(w.as("intake"), http.MethodPut, path(quietTenant, "rounds", "round-0001", "release-key"), &other))
	require.Equal(t, one, same)
	require.NotEqual(t, one, other)
	for _, service := range []string{"ballotbox", "dialogue", access.Portal} {
		require.Equal(t, http.StatusForbidden, w.call(w.as(service), http.MethodPut, path(schoolTenant, "rounds", "round-0002", "release-key"), nil))
	}
}

func TestReleasesOfTheSameMatterAreReadTogether(t *testing.T) {
	w := newWorld(t)
	ask := func(id, technology string, answers ...int) bool {
		round := newRoundOf(w.instrument, answers...)
		round.RoundID, round.TechnologyID = strings.Repeat(id, 8), technology
		return w.wholeRound(schoolTenant, round, staff(1, w.instrument, 0, answers...)).Body.Shown
	}
	require.True(t, ask("a", "technology-1", 12, 3))
	require.False(t, ask("b", "technology-1", 12), "it would leave the three")
	require.True(t, ask("c", "technology-2", 12), "another matter")
	w.clock.set(closedAt.AddDate(1, 0, 0))
	require.True(t, ask("d", "technology-1", 12), "another year")
}

func TestChangeIsToldAgainstTheLatestOfTheSeries(t *testing.T) {
	w := newWorld(t)
	leader := w.person(access.Leader, schoolTenant)
	var releases []api.Release
	for i, c := range []struct {
		gain       Value
		technology string
	}{{25, "technology-1"}, {50, "technology-1"}, {0, "technology-2"}, {75, "technology-1"}} {
		w.clock.set(closedAt.AddDate(0, i, 0))
		round := newRoundOf(w.instrument, 40)
		round.RoundID = strings.Repeat(string(rune('a'+i)), 8)
		round.TechnologyID = c.technology
		kept := w.wholeRound(schoolTenant, round, several(40, same(w.instrument, "u0", c.gain, 50, 50)))
		var r api.Release
		require.Equal(t, http.StatusOK, w.call(w.asPerson(leader), http.MethodGet, path(schoolTenant, "releases", kept.ID), &r))
		releases = append(releases, r)
	}
	require.Nil(t, releases[0].Earlier)
	require.Equal(t, "aaaaaaaa", releases[1].Earlier.RoundID)
	require.Nil(t, releases[2].Earlier, "another technology")
	require.Equal(t, "bbbbbbbb", releases[3].Earlier.RoundID)
	require.Equal(t, 25, *releases[3].Nodes[0].Themes[0].Cells[0].Gain.Change.Delta)
	require.Equal(t, api.Clear, releases[3].Nodes[1].Themes[0].Score.Gain.Change.State)
}

// What is stored of a round holds no answer: no envelope, no key and nothing that is not printed.
func TestNothingOfTheAnswersIsStored(t *testing.T) {
	w := newWorld(t)
	round := newRoundOf(w.instrument, 12)
	key := w.announce(schoolTenant, round)
	sealed := boxed(t, key, round.RoundID, staff(1, w.instrument, 0, 12))
	w.close(schoolTenant, round.RoundID, w.fill(round.RoundID, sealed))
	kept := w.released(schoolTenant, round.RoundID)
	frame, err := w.service.store.rounds.Get(tenant.With(context.Background(), schoolTenant), round.RoundID)
	require.NoError(t, err)
	for _, body := range []any{kept.Body, frame.Body} {
		text, err := json.Marshal(body)
		require.NoError(t, err)
		for _, envelope := range sealed["u0"] {
			require.NotContains(t, string(text), envelope[:40])
		}
	}
	require.NotContains(t, string(kept.Body.Content), `.gain"`, "no item stands in a release")
}

func BenchmarkReadRelease(b *testing.B) {
	w := newWorld(b)
	w.instrument = newInstrument(themes...)
	leader := w.person(access.Leader, schoolTenant)
	round := newRoundOf(w.instrument, 30, 28, 25, 20, 12)
	kept := w.wholeRound(schoolTenant, round, staff(1, w.instrument, 0.02, 27, 25, 22, 18, 9))
	b.ReportMetric(float64(len(kept.Body.Content)), "bytes")
	handler := w.service.Handler()
	for b.Loop() {
		r, err := http.NewRequest(http.MethodGet, path(schoolTenant, "releases", kept.ID), nil)
		require.NoError(b, err)
		r.Header.Set("Authorization", "Bearer "+w.asPerson(leader))
		recorder := newRecorder()
		handler.ServeHTTP(recorder, r)
		if recorder.status != http.StatusOK {
			b.Fatal(recorder.status)
		}
	}
}

// newRecorder takes an answer without keeping it.
func newRecorder() *recorder { return &recorder{header: http.Header{}} }

type recorder struct {
	header http.Header
	status int
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return len(p), nil }
