package intake

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/rest"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// forRepresentative returns the round in the path if the caller may countersign it. Drafts are not theirs to see when they
// come from the municipality.
func (s *Intake) forRepresentative(c *gin.Context, action string) (access.Subject, document.Document[Round], error) {
	nobody, err := s.unrepresented(c.Request.Context())
	if err != nil {
		return access.Subject{}, document.Document[Round]{}, err
	}
	subject, err := s.allowing(c, action, "round", map[string]any{"unrepresented": nobody})
	if err != nil {
		return subject, document.Document[Round]{}, err
	}
	doc, err := s.rounds.Get(c.Request.Context(), c.Param("round_id"))
	if err == nil && !doc.Body.Status.After(Announcing) {
		err = doc.Body.at(Countersigning)
	}
	return subject, doc, err
}

// getRoundRoster shows by person who is asked. It is answered while the round waits to be countersigned, and never again:
// afterwards nobody needs to turn pseudonyms into people.
func (s *Intake) getRoundRoster(c *gin.Context) error {
	_, doc, err := s.forRepresentative(c, "round.read_roster")
	if err != nil {
		return err
	}
	if err := doc.Body.at(Countersigning); err != nil {
		return err
	}
	units, err := s.roundRoster(c.Request.Context(), doc)
	if err != nil {
		return err
	}
	view := intakeapi.RoundRoster{Round: roundView(doc), Units: []intakeapi.RosterUnit{}}
	for _, one := range units {
		view.Units = append(view.Units, intakeapi.RosterUnit{
			UnitID: one.UnitID, ParentID: optional(one.ParentID), Name: one.Name, Headcount: one.Headcount,
			PersonIds: one.Persons, Unknown: one.Unknown,
		})
	}
	return rest.OK(c, doc, view)
}

func (s *Intake) countersignRound(c *gin.Context) error {
	subject, doc, err := s.forRepresentative(c, "round.countersign")
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.Countersigning](c)
	if err != nil {
		return err
	}
	signed := func(now Round) bool { return now.Status.After(Refused) }
	doc, err = carry(c, s.rounds, doc, signed, func(ctx context.Context, doc document.Document[Round]) (step[Round], error) {
		if err := doc.Body.at(Countersigning); err != nil {
			return nil, err
		}
		units, err := s.roundRoster(ctx, doc)
		if err != nil {
			return nil, err
		}
		for _, one := range units {
			if one.Unknown > 0 {
				return nil, failure.New(failure.RoundRosterForeign)
			}
		}
		by, err := s.countersignature(ctx, subject)
		if err != nil {
			return nil, err
		}
		onPaper, err := s.mark(doc.ID, units, asked.Paper, subject.ID)
		if err != nil {
			return nil, err
		}
		return func(r *Round) ([]events.Event, error) {
			if err := r.MarkPaper(onPaper); err != nil {
				return nil, err
			}
			return r.Countersign(doc.ID, by, asked.RosterHash, asked.KeyListHash)
		}, nil
	})
	if err != nil {
		return err
	}
	s.schedule(c.Request.Context(), doc)
	return s.commanded(c, subject, doc)
}

// countersignature is who signs, in which role.
func (s *Intake) countersignature(ctx context.Context, subject access.Subject) (Countersignature, error) {
	school, err := tenant.From(ctx)
	if err != nil {
		return Countersignature{}, err
	}
	path, err := s.directory.Path(ctx, school)
	if err != nil {
		return Countersignature{}, err
	}
	return Countersignature{PersonID: subject.ID, Role: representing(subject, school, path), At: s.now()}, nil
}

func (s *Intake) refuseRound(c *gin.Context) error {
	subject, doc, err := s.forRepresentative(c, "round.refuse")
	if err != nil {
		return err
	}
	asked, err := refusal(c)
	if err != nil {
		return err
	}
	refused := func(now Round) bool { return now.Status == Refused }
	doc, err = carry(c, s.rounds, doc, refused, func(_ context.Context, doc document.Document[Round]) (step[Round], error) {
		return func(r *Round) ([]events.Event, error) { return nil, r.Refuse(asked) }, doc.Body.at(Countersigning)
	})
	if err != nil {
		return err
	}
	return s.commanded(c, subject, doc)
}

// refusal is why the caller does not vouch.
func refusal(c *gin.Context) (Reason, error) {
	asked, err := host.Decode[intakeapi.Refusal](c)
	if err == nil && !asked.Reason.Valid() {
		err = failure.Invalid("reason", "person_foreign, person_missing, units_wrong, contract_wrong or other")
	}
	return Reason(asked.Reason), err
}

// finishRefusing destroys what the round was frozen with: the secret of the roster here, and the keys at the ballot box,
// which closes without having taken anything. Reporting destroys the release key when it hears of it.
func (s *Intake) finishRefusing(ctx context.Context, id string) (document.Document[Round], error) {
	if err := s.forget(id); err != nil {
		return document.Document[Round]{}, err
	}
	if err := s.ballotBox.Call(ctx, http.MethodPost, ballotPath(id, "/close"), nil, nil); err != nil {
		return document.Document[Round]{}, err
	}
	return s.rounds.Update(ctx, id, func(r *Round) ([]events.Event, error) { return r.FinishRefusing(id) })
}
