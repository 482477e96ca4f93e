package notification

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func TestNothingIsLostWhileTheMailServerIsDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	up := w.mails
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port on which nobody listens in a moment
	require.NoError(t, err)
	require.NoError(t, l.Close())
	w.mails = &mailbox{address: l.Addr().String()}
	w.start()
	w.school()
	w.tell(schoolID, "action-1", events.ActionProposed(facts()))
	tries := func() int {
		bag, err := w.service.store.bags.Get(tenant.With(t.Context(), schoolID), bagID(schoolID, "leader"))
		if err != nil || bag.Body.Sealed == nil {
			return 0
		}
		return bag.Body.Sealed.Tries
	}
	eventually(t, func() bool { return tries() == 1 }, "the first try fails")
	w.clock.add(time.Minute)
	eventually(t, func() bool { return tries() == 2 }, "so does the second")
	w.stop()

	w.mails = up
	w.clock.add(5 * time.Minute)
	w.start()
	eventually(t, func() bool { return len(up.to("leader")) == 1 }, "it goes out when the server is back")
}

func TestAnAnswerOfTheMailServerDecides(t *testing.T) {
	w := open(t)
	w.mails.refuseWith(451)
	w.tell(schoolID, "action-1", events.ActionProposed(facts()))
	eventually(t, func() bool {
		bag, err := w.service.store.bags.Get(tenant.With(t.Context(), schoolID), bagID(schoolID, "leader"))
		return err == nil && bag.Body.Sealed != nil && bag.Body.Sealed.Tries == 1
	}, "a temporary refusal is tried again")
	require.Empty(t, w.outcomes())
	w.mails.refuseWith(550)
	w.clock.add(time.Minute)
	eventually(t, func() bool { return len(w.outcomes()) == 1 }, "a final one is told")
	failed, err := events.Decode[events.NotificationFailed](w.outcomes()[0])
	require.NoError(t, err)
	require.Equal(t, string(failure.NotificationRefused), failed.Reason)
	require.Empty(t, w.mails.all())

	w.mails.refuseWith(0)
	w.tell(schoolID, "action-2", events.ActionFollowUpDue(facts()))
	eventually(t, func() bool { return len(w.mails.to("leader")) == 1 }, "the next mail is another matter")
}

func TestAddressesAreAskedForWhenTheyAreNeeded(t *testing.T) {
	w := open(t)
	w.addresses.setAway(true)
	w.tell(schoolID, "action-1", events.ActionProposed(facts()))
	bag := func() Bag {
		found, err := w.service.store.bags.Get(tenant.With(t.Context(), schoolID), bagID(schoolID, "leader"))
		if err != nil {
			return Bag{}
		}
		return found.Body
	}
	eventually(t, func() bool { b := bag(); return b.Sealed != nil && b.Sealed.Tries == 1 }, "tenancy is away")
	w.addresses.add(addressee{PersonID: "leader", Name: "L", Language: "da"})
	w.addresses.setAway(false)
	w.clock.add(time.Minute)
	eventually(t, func() bool { return len(w.outcomes()) == 1 }, "nobody can write to somebody without an address")
	failed, err := events.Decode[events.NotificationFailed](w.outcomes()[0])
	require.NoError(t, err)
	require.Equal(t, string(failure.NotificationNoAddress), failed.Reason)
	require.False(t, bag().Pending)
}

// The database is taken away between the mail server's yes and the record of it, as a power cut may do.
func TestAMailThatIsSentTwiceIsTheSameMessage(t *testing.T) {
	w := open(t)
	w.mails.mu.Lock()
	w.mails.taken = w.kill
	w.mails.mu.Unlock()
	w.tell(schoolID, "action-1", events.ActionProposed(facts()))
	eventually(t, func() bool { return len(w.mails.all()) >= 1 }, "it goes out")
	w.stop()
	w.mails.mu.Lock()
	w.mails.taken = nil
	before := len(w.mails.mails)
	w.mails.mu.Unlock()
	w.clock.add(claim) // of the process that died
	w.start()
	w.tell(schoolID, "action-1", events.ActionFollowUpDue(facts())) // comes while the first is on its way
	eventually(t, func() bool { return len(w.outcomes()) == 2 }, "both are recorded")
	all := w.mails.to("leader")
	require.Greater(t, len(all), before, "it was sent again")
	distinct := map[string]bool{}
	for _, one := range all {
		distinct[one.id] = true
	}
	require.Len(t, distinct, 2, "as the same message, and the later item as another")
}

// While a mail is on its way, which may take the mail server long, nobody else sends it.
func TestAMailIsSentByOneAtATime(t *testing.T) {
	w := open(t)
	answer := make(chan struct{})
	w.mails.mu.Lock()
	w.mails.taken = func() { <-answer }
	w.mails.mu.Unlock()
	w.tell(schoolID, "action-1", events.ActionProposed(facts()))
	eventually(t, func() bool { return len(w.mails.all()) == 1 }, "it is with the mail server, which has not answered")
	in := tenant.With(t.Context(), schoolID)
	require.NoError(t, w.service.mailDue(in, events.Envelope{}, mailDue{BagID: bagID(schoolID, "leader")}))
	require.Len(t, w.mails.all(), 1)
	close(answer)
	eventually(t, func() bool { return len(w.outcomes()) == 1 }, "it is recorded")
	require.Len(t, w.mails.all(), 1)
}
