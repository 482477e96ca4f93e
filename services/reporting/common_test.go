package reporting

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/keyring"
	"github.com/guldkorn/guldkorn/libs/sealed"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

const frameID = "common-round-of-north"

// framed has north frame a round.
func (w *world) framed() {
	w.t.Helper()
	w.tell(northTenant, frameID, 1, events.CommonRoundFramed{
		CommonRoundID: frameID, Title: "Nordbys digitale hverdag", Instrument: "pulse", InstrumentVersion: 1,
		OpensOn: "2026-11-10", ClosesOn: "2026-11-22", VisibleToAllOn: "2026-11-30", Thresholds: events.Thresholds{Means: 5, Distributions: 10},
	})
	w.eventually(func() bool {
		_, err := w.service.store.commons.Get(tenant.With(w.t.Context(), northTenant), frameID)
		return err == nil
	}, "the frame is known")
}

// within is a school's round in the frame.
func (w *world) within(id string, headcounts ...int) Round {
	round := newRoundOf(w.instrument, headcounts...)
	round.RoundID, round.CommonRoundID, round.TechnologyID, round.TechnologyName = id, frameID, "", ""
	return round
}

// ofSchool has a school release its round in the frame, and hand it on.
func (w *world) ofSchool() document.Document[stored] {
	w.t.Helper()
	kept := w.wholeRound(schoolTenant, w.within("round-of-school", 30, 28), staff(1, w.instrument, 0, 27, 25))
	w.eventually(func() bool {
		part, err := w.service.store.parts.Get(tenant.With(w.t.Context(), northTenant), "round-of-school")
		return err == nil && part.Body.Released
	}, "the school's part is handed on")
	return kept
}

func (w *world) common() (document.Document[stored], bool) {
	w.t.Helper()
	kept, exists, err := releaseIn(tenant.With(context.Background(), northTenant), w.service.store.commonReleases, frameID)
	require.NoError(w.t, err)
	return kept, exists
}

// looked has the service look at the frames now.
func (w *world) looked() {
	w.t.Helper()
	require.NoError(w.t, w.service.releaseDue(access.WithSubject(w.t.Context(), access.Service(Name))))
}

func (w *world) sumsKept() error {
	name, err := commonKey(tenant.With(w.t.Context(), northTenant), frameID)
	require.NoError(w.t, err)
	_, err = w.keys.Get(name)
	return err
}

func TestAMunicipalitysReleaseComesWhenAllSchoolsHaveTheirs(t *testing.T) {
	w := newWorld(t)
	w.framed()
	w.announce(quietTenant, w.within("round-of-quiet", 12))
	first := w.ofSchool()
	w.looked()
	_, exists := w.common()
	require.False(t, exists, "the frame's last day is not over, so another school may still join")
	w.clock.set(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	w.looked()
	_, exists = w.common()
	require.False(t, exists, "one school is still at it")
	require.NoError(t, w.sumsKept())
	for part, err := range w.service.store.parts.All(tenant.With(t.Context(), northTenant), document.Query{Index: byCommon, Equal: []any{frameID}}) {
		require.NoError(t, err)
		require.NotContains(t, string(part.Body.Sums), "answers", "what waits is sealed")
	}

	second := w.batchOf(quietTenant, "round-of-quiet", staff(2, w.instrument, 0, 11))
	w.eventually(func() bool { _, exists := w.common(); return exists }, "the municipality's release is made")
	w.eventually(func() bool { return w.sumsKept() != nil }, "what was kept for it is destroyed")
	require.ErrorIs(t, w.sumsKept(), keyring.ErrGone)
	kept, _ := w.common()
	release, err := kept.Body.release()
	require.NoError(t, err)
	require.Equal(t, []string{string(northTenant), string(quietTenant), string(schoolTenant)}, []string{release.Nodes[0].NodeID, release.Nodes[1].NodeID, release.Nodes[2].NodeID})
	for i, school := range []document.Document[stored]{second, first} {
		published, err := school.Body.release()
		require.NoError(t, err)
		require.Equal(t, published.Nodes[0].Themes, release.Nodes[i+1].Themes)
	}
	w.looked()
	again, _ := w.common()
	require.Equal(t, kept.Body.Content, again.Body.Content)

	// Who reads it: the analyst at once, all staff of the schools on their day, nobody else ever.
	analyst := w.asPerson(w.person(access.MunicipalAnalyst, northTenant))
	teacher := w.asPerson(w.person(access.Employee, quietTenant))
	path := "/v1/tenants/" + string(northTenant) + "/common-releases"
	var list api.ReleaseList
	require.Equal(t, http.StatusOK, w.call(analyst, http.MethodGet, path, &list))
	require.Len(t, list.Items, 1)
	_, file := w.send(analyst, http.MethodGet, path+"/"+kept.ID, "")
	signed, err := ReadSignedRelease(file, w.signingKey())
	require.NoError(t, err)
	require.Equal(t, kept.Body.Content, []byte(signed.Release))
	response, body := w.send(teacher, http.MethodGet, path+"/"+kept.ID, "")
	require.Equal(t, http.StatusForbidden, response.StatusCode)
	require.Contains(t, string(body), failure.ReleaseNotVisibleYet)
	require.Equal(t, http.StatusOK, w.call(teacher, http.MethodGet, path, &list))
	require.Empty(t, list.Items)
	w.clock.set(time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC))
	require.Equal(t, http.StatusOK, w.call(w.asPerson(access.Employee+"-at-"+string(quietTenant)), http.MethodGet, path+"/"+kept.ID, nil))
	for _, stranger := range []string{w.person(access.Employee, farTenant), w.person(access.UnionAnalyst, unionTenant), w.person(access.PlatformOperator, platformTenant), w.person(access.MunicipalAnalyst, southTenant)} {
		require.Equal(t, http.StatusForbidden, w.call(w.asPerson(stranger), http.MethodGet, path, nil), stranger)
		require.Equal(t, http.StatusForbidden, w.call(w.asPerson(stranger), http.MethodGet, path+"/"+kept.ID, nil), stranger)
	}
	var snapshot api.EventList
	require.Equal(t, http.StatusOK, w.call(w.as("dialogue"), http.MethodGet, "/v1/snapshots/releases", &snapshot))
	require.Len(t, snapshot.Items, 2, "no school's list has the municipality's release")
}

// batchOf closes a round that was announced before and waits for its release.
func (w *world) batchOf(in tenant.ID, roundID string, answers []Answer) document.Document[stored] {
	w.t.Helper()
	name, err := keyName(tenant.With(w.t.Context(), in), roundID)
	require.NoError(w.t, err)
	private, err := w.keys.Get(name)
	require.NoError(w.t, err)
	key, err := sealed.PublicKey(private)
	require.NoError(w.t, err)
	w.close(in, roundID, w.fill(roundID, boxed(w.t, key, roundID, answers)))
	return w.released(in, roundID)
}

func TestAMunicipalitysReleaseWaitsForNobodyPastTheDayOfAll(t *testing.T) {
	w := newWorld(t)
	w.framed()
	w.announce(quietTenant, w.within("round-of-quiet", 12))
	w.ofSchool()
	w.clock.set(time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC))
	w.looked()
	kept, exists := w.common()
	require.True(t, exists)
	release, err := kept.Body.release()
	require.NoError(t, err)
	require.Len(t, release.Nodes, 2)

	w.batchOf(quietTenant, "round-of-quiet", staff(2, w.instrument, 0, 11))
	w.looked()
	again, _ := w.common()
	require.Equal(t, kept.Body.Content, again.Body.Content, "who comes later changes nothing")
	require.ErrorIs(t, w.sumsKept(), keyring.ErrGone, "and leaves nothing behind")
}

func TestAFrameThatNoSchoolTookUpHasNoRelease(t *testing.T) {
	w := newWorld(t)
	w.framed()
	w.clock.set(time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC))
	w.looked()
	_, exists := w.common()
	require.False(t, exists)
	frame, err := w.service.store.commons.Get(tenant.With(t.Context(), northTenant), frameID)
	require.NoError(t, err)
	require.False(t, frame.Body.Pending)
}

// The process ends after each of the three things that are done for a municipality's release.
func TestAMunicipalitysReleaseIsMadeOnceWhateverIsCutOff(t *testing.T) {
	w := newWorld(t)
	w.framed()
	w.ofSchool()
	north := tenant.With(t.Context(), northTenant)
	frame, err := w.service.store.commons.Get(north, frameID)
	require.NoError(t, err)
	part, err := w.service.store.parts.Get(north, "round-of-school")
	require.NoError(t, err)

	require.NoError(t, w.service.makeCommon(north, frame, []document.Document[commonPart]{part}))
	kept, exists := w.common()
	require.True(t, exists)
	require.NoError(t, w.sumsKept())
	w.clock.set(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	w.settled(kept.ID)

	_, err = w.service.store.commons.Update(north, frameID, func(c *commonRound) ([]events.Event, error) {
		c.Pending = true // as it was when the key was gone and nothing else done
		return nil, nil
	})
	require.NoError(t, err)
	w.settled(kept.ID)
}

// settled has the service look, and wants the one release and nothing that it was made of.
func (w *world) settled(release string) {
	w.t.Helper()
	w.looked()
	kept, exists := w.common()
	require.True(w.t, exists)
	require.Equal(w.t, release, kept.ID)
	w.forgotten()
}

// forgotten wants nothing of what schools handed on, and a frame that is done with.
func (w *world) forgotten() {
	w.t.Helper()
	north := tenant.With(w.t.Context(), northTenant)
	require.ErrorIs(w.t, w.sumsKept(), keyring.ErrGone)
	_, err := w.service.store.parts.Get(north, "round-of-school")
	require.Equal(w.t, failure.DocumentNotFound, failure.CodeOf(err))
	frame, err := w.service.store.commons.Get(north, frameID)
	require.NoError(w.t, err)
	require.False(w.t, frame.Body.Pending)
}

// What schools handed on is not kept for ever for a release that cannot be made.
func TestAMunicipalitysReleaseThatCannotBeMadeIsGivenUp(t *testing.T) {
	w := newWorld(t)
	w.framed()
	w.ofSchool()
	_, err := w.service.store.parts.Update(tenant.With(t.Context(), northTenant), "round-of-school", func(p *commonPart) ([]events.Event, error) {
		p.Sums = append([]byte{^p.Sums[0]}, p.Sums[1:]...)
		return nil, nil
	})
	require.NoError(t, err)
	look := func() error { return w.service.releaseDue(access.WithSubject(t.Context(), access.Service(Name))) }
	w.clock.set(time.Date(2026, 12, 29, 9, 0, 0, 0, time.UTC))
	require.Error(t, look())
	require.NoError(t, w.sumsKept())
	w.clock.set(time.Date(2026, 12, 30, 9, 0, 0, 0, time.UTC))
	require.Error(t, look(), "an operator hears of it")
	_, exists := w.common()
	require.False(t, exists)
	w.forgotten()
	require.NoError(t, look())
}

func TestASchoolThatIsDeletedLeavesNothingForTheMunicipality(t *testing.T) {
	w := newWorld(t)
	w.framed()
	w.ofSchool()
	w.tell(schoolTenant, string(schoolTenant), 2, events.OrganisationDeleted{OrganisationID: string(schoolTenant), Kind: "school", ParentID: string(northTenant)})
	north := tenant.With(t.Context(), northTenant)
	w.eventually(func() bool {
		_, err := w.service.store.parts.Get(north, "round-of-school")
		return failure.CodeOf(err) == failure.DocumentNotFound
	}, "the school's part is gone")
}

// The leaders of a municipality's schools answer in a group of their own, which is no institution for the benchmark.
func TestAGroupOfLeadersIsNoInstitution(t *testing.T) {
	w := newWorld(t)
	const group tenant.ID = "leadersaaaaa"
	w.tell(group, string(group), 1, events.OrganisationCreated{OrganisationID: string(group), Kind: "school", ParentID: string(northTenant), Name: "Lederne", Language: "da", InstitutionType: leadersGroup})
	w.eventually(func() bool { _, err := w.service.directory.Path(t.Context(), group); return err == nil }, "the group is known")
	round := w.within("round-of-leaders", 12)
	round.CommonRoundID = ""
	kept := w.wholeRound(group, round, staff(1, w.instrument, 0, 11))
	require.True(t, kept.Body.Shown)
	w.wholeRound(schoolTenant, newRoundOf(w.instrument, 30), staff(2, w.instrument, 0, 27))
	w.eventually(func() bool {
		_, err := w.service.store.institutions.Get(tenant.With(t.Context(), schoolTenant), institutionID)
		return err == nil
	}, "a school is one")
	_, err := w.service.store.institutions.Get(tenant.With(t.Context(), group), institutionID) // whose release was settled before
	require.Equal(t, failure.DocumentNotFound, failure.CodeOf(err))
}
