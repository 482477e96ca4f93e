package demo

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/allinone/caller"
)

// telling lets the staff of one school tell anonymously from now on: their TR begins it, and countersigns who can tell this
// month.
func (s *Seed) telling(ctx context.Context, w *world) error {
	s.Clock.Release() // a month begins now
	sc := w.schools[strand]
	tr, base := s.as(sc.who(access.UnionRepresentative)), "/v1/tenants/"+sc.id+"/experiences"
	if err := tr.Call(ctx, "intake", http.MethodPut, base, intakeapi.VoiceSetting{On: true}, nil); err != nil {
		return fmt.Errorf("switch on: %w", err)
	}
	waiting, err := s.monthIs(ctx, tr, base, "countersigning")
	if err != nil {
		return err
	}
	var roster intakeapi.MonthRoster
	var etag string
	month := base + "/months/" + waiting
	read := host.WithAnswer(func(r *http.Response) { etag = r.Header.Get("ETag") })
	if err := tr.Call(ctx, "intake", http.MethodGet, month+"/roster", nil, &roster, read); err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	in := intakeapi.MonthCountersigning{RosterHash: roster.RosterHash, KeyListHash: roster.KeyListHash}
	if err := tr.Call(ctx, "intake", http.MethodPost, month+"/countersign", in, nil, host.WithIfMatch(etag)); err != nil {
		return fmt.Errorf("countersign: %w", err)
	}
	_, err = s.monthIs(ctx, tr, base, "open")
	return err
}

// monthIs waits until a month has a status, and returns its id.
func (s *Seed) monthIs(ctx context.Context, a caller.Actor, base string, status intakeapi.MonthStatus) (id string, err error) {
	err = caller.Eventually(ctx, string(status), func() (bool, error) {
		var voice intakeapi.Voice
		if err := a.Get(ctx, "intake", base, &voice); err != nil {
			return false, err
		}
		i := slices.IndexFunc(voice.Months, func(m intakeapi.Month) bool { return m.Status == status })
		if i >= 0 {
			id = voice.Months[i].MonthID
		}
		return i >= 0, nil
	})
	return id, err
}
