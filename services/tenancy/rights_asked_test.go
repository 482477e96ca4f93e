package tenancy

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func (w *world) ask(by actor, kind tenancyapi.NewDataRequestKind, text string, headers ...header) answer {
	w.t.Helper()
	return w.call(by, "POST", "/v1/me/data-requests", tenancyapi.NewDataRequest{Kind: kind, Text: optional(text)}, headers...)
}

func (w *world) answerTo(by actor, r tenancyapi.DataRequest, outcome tenancyapi.DataRequestAnswerOutcome, reason string) answer {
	w.t.Helper()
	return w.call(by, "POST", at(w.north, "/data-requests/"+r.RequestID+"/answer"), tenancyapi.DataRequestAnswer{Outcome: outcome, Reason: optional(reason)}, ifMatch(r.Revision))
}

func (w *world) requests(by actor, path string) []tenancyapi.DataRequest {
	w.t.Helper()
	return read[tenancyapi.DataRequestList](w.t, w.call(by, "GET", path, nil)).Items
}

func TestAPersonAsksToBeCorrected(t *testing.T) {
	w := newWorld(t)
	by, tr := w.people["municipal_administrator"], w.people["tr"]
	asked := read[tenancyapi.DataRequest](t, w.ask(tr, "rectification", "Mit efternavn er Hemmeligsen.", key("the-same-key")))
	require.Equal(t, asked, read[tenancyapi.DataRequest](t, w.ask(tr, "rectification", "Mit efternavn er Hemmeligsen.", key("the-same-key"))))
	require.Equal(t, tenancyapi.DataRequestStatus("waiting"), asked.Status)
	require.Equal(t, monthAfter(w.clock.now().In(w.service.zone)).Format(time.DateOnly), *asked.DueOn)
	w.ask(tr, "rectification", "Og noget mere.").refused(t, 409, failure.DataRequestWaiting)

	waiting := at(w.north, "/data-requests?waiting=true")
	require.Equal(t, []tenancyapi.DataRequest{asked}, w.requests(by, waiting), "with its text")
	require.Equal(t, []tenancyapi.DataRequest{asked}, w.requests(tr, "/v1/me/data-requests"))
	require.Empty(t, w.requests(w.people["amr"], "/v1/me/data-requests"))
	require.Zero(t, w.mentions("Hemmeligsen"), "in no file that the service or the broker keeps")

	w.answerTo(tr, asked, "done", "").refused(t, 403, failure.AccessDenied)
	stale := asked
	stale.Revision = 9
	w.answerTo(by, stale, "done", "").refused(t, 412, failure.PreconditionFailed)
	done := read[tenancyapi.DataRequest](t, w.answerTo(by, asked, "done", ""))
	require.Equal(t, tenancyapi.DataRequestStatus("done"), done.Status)
	require.Equal(t, by.subject.ID, *done.AnsweredBy)
	require.Nil(t, done.Text, "a receipt says nothing of what it was about")
	w.answerTo(by, done, "done", "").refused(t, 409, failure.DataRequestAnswered)
	require.Empty(t, w.requests(by, waiting))
	require.Equal(t, http.StatusCreated, w.ask(tr, "rectification", "Og noget mere.").status)
}

func TestARefusalHasAReasonThatThePersonReads(t *testing.T) {
	w := newWorld(t)
	by, tr := w.people["municipal_administrator"], w.people["tr"]
	asked := read[tenancyapi.DataRequest](t, w.ask(tr, "erasure", ""))
	w.answerTo(by, asked, "refused", "").refused(t, 422, failure.RequestInvalid)
	w.answerTo(by, asked, "done", "").refused(t, 422, failure.RequestInvalid)
	refused := read[tenancyapi.DataRequest](t, w.answerTo(by, asked, "refused", "Du er ansat endnu, og arkivloven gælder."))
	require.Equal(t, tenancyapi.DataRequestStatus("refused"), refused.Status)
	require.Equal(t, []tenancyapi.DataRequest{refused}, w.requests(tr, "/v1/me/data-requests"))
	require.Zero(t, w.mentions("arkivloven"))

	_, data := unpacked(t, w.call(tr, "GET", "/v1/me/export", nil).body)
	require.Equal(t, "Du er ansat endnu, og arkivloven gælder.", *data.DataRequests[0].Reason)
	read[tenancyapi.Import](t, w.bring("people", peopleList)) // whoever only asked is in no list of the erased
	erased, err := w.service.erased(tenant.With(t.Context(), w.north))
	require.NoError(t, err)
	require.Empty(t, erased)
}

func TestAnErasureAnswersWhatItsPersonAsked(t *testing.T) {
	w := newWorld(t)
	by, gone := w.people["municipal_administrator"], w.people["employee"]
	rectification := read[tenancyapi.DataRequest](t, w.ask(gone, "rectification", "Mit navn er forkert."))
	erasure := read[tenancyapi.DataRequest](t, w.ask(gone, "erasure", "Jeg er holdt op."))
	receipt := read[tenancyapi.DataRequest](t, w.erase(by, gone, w.personOf(gone).Revision))
	require.NotEqual(t, erasure.RequestID, receipt.RequestID)
	require.Empty(t, w.requests(by, at(w.north, "/data-requests?waiting=true")))
	seen := map[string]tenancyapi.DataRequest{}
	for _, r := range w.requests(by, at(w.north, "/data-requests")) {
		require.Nil(t, r.Text)
		seen[r.RequestID] = r
	}
	for _, asked := range []tenancyapi.DataRequest{rectification, erasure} {
		require.Equal(t, tenancyapi.DataRequestStatus("done"), seen[asked.RequestID].Status)
		require.Equal(t, by.subject.ID, *seen[asked.RequestID].AnsweredBy)
	}
}

func TestWhatCannotBeAsked(t *testing.T) {
	w := newWorld(t)
	tr := w.people["tr"]
	w.ask(tr, "rectification", "").refused(t, 422, failure.RequestInvalid)
	w.ask(tr, "access", "").refused(t, 422, failure.RequestInvalid)
	w.ask(tr, "erasure", strings.Repeat("a", maxAsked+1)).refused(t, 422, failure.RequestInvalid)
	w.ask(service("portal"), "erasure", "").refused(t, 403, failure.AccessDenied)
	require.Empty(t, w.requests(tr, "/v1/me/data-requests"))
	receipt := read[tenancyapi.DataRequest](t, w.ask(tr, "erasure", ""))
	w.answerTo(w.people["southern administrator"], receipt, "done", "").refused(t, 403, failure.AccessDenied)
}

func TestAMonthIsAMonth(t *testing.T) {
	for from, want := range map[string]string{
		"2026-11-26": "2026-12-26", "2026-12-31": "2027-01-31", "2027-01-31": "2027-02-28", "2028-01-30": "2028-02-29", "2026-08-31": "2026-09-30",
	} {
		day, err := time.Parse(time.DateOnly, from)
		require.NoError(t, err)
		require.Equal(t, want, monthAfter(day).Format(time.DateOnly), from)
	}
}
