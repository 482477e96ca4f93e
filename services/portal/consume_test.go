package portal

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/bus"
	"github.com/guldkorn/guldkorn/libs/bus/bustest"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// erased is the event that an operator tells of a person.
func (s *stage) erased(owner, person string) events.Envelope {
	return s.told(owner, person, events.PersonErased{PersonID: person})
}

func (s *stage) told(owner, person string, e events.Event) events.Envelope {
	s.t.Helper()
	ctx := tenant.With(s.t.Context(), tenant.ID(owner))
	envelope, err := events.New(ctx, "tenancy", person, 2, s.now(), e)
	require.NoError(s.t, err)
	return envelope
}

// run runs the portal's background on a broker until stop is called.
func (s *stage) run(b *bus.Bus) (stop func()) {
	s.t.Helper()
	s.portal.bus = b
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.portal.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(s.t, <-ended)
		b.Close()
	}
}

// ended waits until a browser's session is gone from the store, without a request that would renew it.
func (b *browser) ended() {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		found, err := b.portal.sessions.look(b.t.Context(), b.cookie(sessionCookie))
		return err == nil && found == nil
	}, 20*time.Second, 10*time.Millisecond)
}

func TestWhoeverIsErasedIsSignedOut(t *testing.T) {
	s := newStage(t)
	s.school()
	here, phone, other := s.browser(), s.browser(), s.browser()
	here.signIn("anna", "/")
	phone.signIn("anna", "/")
	other.signIn("bo", "/")
	broker := bustest.Start(t)
	tenancy := bustest.Connect(t, broker, "tenancy", nil)

	stop := s.run(bustest.Connect(t, broker, "portal", nil))
	require.NoError(t, tenancy.Publish(t.Context(), s.erased(unionID, annaID)))
	require.NoError(t, tenancy.Publish(t.Context(), s.erased(operatorID, annaID)))
	here.ended()
	phone.ended()
	require.True(t, other.signedIn(), "everybody else's stay")
	require.Contains(t, here.get("/own-data").next(t), "/sign-in")
	stop()

	// Told while the portal is away, and once more what it has heard of.
	again := s.browser()
	again.signIn("bo", "/")
	require.NoError(t, tenancy.Publish(t.Context(), s.erased(operatorID, annaID), s.erased(operatorID, boID)))
	stop = s.run(bustest.Connect(t, broker, "portal", nil))
	defer stop()
	other.ended()
	again.ended()
}

func TestWhoeverIsSuspendedIsSignedOutAndMayComeBack(t *testing.T) {
	s := newStage(t)
	here, other := s.browser(), s.browser()
	here.signIn("anna", "/")
	other.signIn("bo", "/")
	broker := bustest.Start(t)
	tenancy := bustest.Connect(t, broker, "tenancy", nil)
	defer s.run(bustest.Connect(t, broker, "portal", nil))()
	require.NoError(t, tenancy.Publish(t.Context(), s.told(operatorID, annaID, events.PersonSuspended{PersonID: annaID})))
	here.ended()
	require.True(t, other.signedIn(), "everybody else's stay")
	again := s.browser()
	again.signIn("anna", "/")
	require.True(t, again.signedIn())
}

func TestTheSessionsOfADeletedOperatorGo(t *testing.T) {
	s := newStage(t)
	b := s.browser()
	b.signIn("anna", "/")
	told := func(of string) error {
		return s.portal.organisationDeleted(tenant.With(t.Context(), tenant.ID(of)), events.Envelope{}, events.OrganisationDeleted{OrganisationID: of})
	}
	require.NoError(t, told(unionID))
	require.True(t, b.signedIn())
	for range 2 {
		require.NoError(t, told(operatorID))
		require.False(t, b.signedIn())
	}
}

func TestAnErasureThatIsToldTwiceIsDoneOnce(t *testing.T) {
	s := newStage(t)
	b := s.browser()
	b.signIn("anna", "/")
	ctx := tenant.With(t.Context(), operatorID)
	for range 2 {
		require.NoError(t, s.portal.personErased(ctx, events.Envelope{}, events.PersonErased{PersonID: annaID}))
		require.False(t, b.signedIn())
	}
	require.Error(t, s.portal.personErased(t.Context(), events.Envelope{}, events.PersonErased{PersonID: annaID}), "without a tenant")
}

// TestASessionThatBeganTooLateEndsWithItsRoles is a sign-in that was under way while its person was erased.
func TestASessionThatBeganTooLateEndsWithItsRoles(t *testing.T) {
	s := newStage(t)
	b := s.browser()
	b.signIn("anna", "/")
	require.True(t, b.signedIn())
	s.gone.Store(annaID, true)
	require.True(t, b.signedIn(), "its roles are new")
	s.pass(rolesTime)
	require.Contains(t, b.get("/sessions").next(t), "/sign-in")
	b.ended()
}
