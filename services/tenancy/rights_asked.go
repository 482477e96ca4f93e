package tenancy

import (
	"time"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// maxAsked is enough to say what is wrong, or why a request is refused, and too little for a case file.
const maxAsked = 1000

// newAsked returns a person's own request. Whoever wants to be corrected says what is wrong; nobody has to say why they
// want to be erased.
func newAsked(in tenancyapi.NewDataRequest, personID string, now time.Time, zone *time.Location) (dataRequest, error) {
	words := given(in.Text)
	required := in.Kind == requestRectification || words != ""
	failures := []*failure.Error{one("kind", in.Kind.Valid(), "rectification or erasure")}
	if required {
		failures = append(failures, text("text", words, maxAsked))
	}
	return dataRequest{
		Kind: string(in.Kind), PersonID: personID, AskedAt: now.Truncate(time.Millisecond), AskedBy: personID,
		Waiting: true, DueOn: monthAfter(now.In(zone)).Format(time.DateOnly),
	}, failure.Together(failures...)
}

// monthAfter is the last day on which a request is answered in time: one month after it came (GDPR article 12(3)), on the
// date of the same number or else on the month's last (Regulation 1182/71, article 3(2)(c)). That the period may end later
// where the day is a Saturday, a Sunday or a holiday is not counted on.
func monthAfter(day time.Time) time.Time {
	due := day.AddDate(0, 1, 0)
	if due.Day() != day.Day() {
		due = due.AddDate(0, 0, -due.Day())
	}
	return due
}

// answered notes that the request was carried out. What was asked is of no use any more.
func (r *dataRequest) answered(by string, now time.Time) error {
	if !r.Waiting {
		return failure.New(failure.DataRequestAnswered)
	}
	at := now.Truncate(time.Millisecond)
	r.Waiting, r.DoneAt, r.AnsweredBy, r.Text = false, &at, by, nil
	return nil
}

// refused notes that the request was not carried out, and why.
func (r *dataRequest) refused(by string, reason []byte, now time.Time) error {
	if err := r.answered(by, now); err != nil {
		return err
	}
	r.Reason = reason
	return nil
}

func (r dataRequest) status() tenancyapi.DataRequestStatus {
	switch {
	case r.Waiting:
		return "waiting"
	case r.Reason != nil:
		return "refused"
	case r.Open:
		return "under_way"
	}
	return "done"
}

// boundRequest binds a sealed text to the request that it is of, and to which of its texts it is.
func boundRequest(owner tenant.ID, request, which string) []byte {
	return []byte("guldkorn data request v1\n" + string(owner) + "\n" + request + "\n" + which)
}

// showDataRequest shows a request with its texts, as long as its person has a key.
func (s *Service) showDataRequest(d document.Document[dataRequest]) (tenancyapi.DataRequest, error) {
	r := d.Body
	shown := tenancyapi.DataRequest{
		RequestID: d.ID, Kind: tenancyapi.DataRequestKind(r.Kind), PersonID: r.PersonID, Status: r.status(),
		AskedAt: r.AskedAt, AskedBy: r.AskedBy, DoneAt: r.DoneAt, Hash: optional(r.Hash),
		DueOn: optional(r.DueOn), AnsweredBy: optional(r.AnsweredBy), Revision: d.Revision,
	}
	for _, part := range []struct {
		which  string
		sealed []byte
		into   **string
	}{{"text", r.Text, &shown.Text}, {"reason", r.Reason, &shown.Reason}} {
		if part.sealed == nil {
			continue
		}
		words, err := s.profiles.openText(r.PersonID, part.sealed, boundRequest(d.Tenant, d.ID, part.which))
		if failure.CodeOf(err) == failure.DocumentNotFound { // the person is erased
			continue
		}
		if err != nil {
			return shown, err
		}
		*part.into = &words
	}
	return shown, nil
}
