package intake

import (
	"context"

	"github.com/gin-gonic/gin"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

// tightenContract takes a stricter contract. What is in force already answers as it did.
func (s *Intake) tightenContract(c *gin.Context) error {
	subject, doc, err := s.find(c, "round.tighten")
	if err != nil {
		return err
	}
	revision, err := host.IfMatch(c)
	if err != nil {
		return err
	}
	asked, err := host.Decode[intakeapi.TightenedContract](c)
	if err != nil {
		return err
	}
	doc, err = s.rounds.UpdateAt(c.Request.Context(), doc.ID, revision, func(r *Round) ([]events.Event, error) {
		return r.Tighten(doc.ID, *limits(&asked.Thresholds), roles(asked.TextReaders), s.now())
	})
	if err != nil {
		return err
	}
	return s.commanded(c, subject, doc)
}

func roles(readers []intakeapi.TextReader) []string {
	all := []string{}
	for _, role := range readers {
		all = append(all, string(role))
	}
	return all
}

// contractView is the contract as people and the portal read it.
func (r *Round) contractView() intakeapi.Contract {
	view := intakeapi.Contract{
		Breakdowns: []intakeapi.Breakdown{}, TextReaders: []intakeapi.TextReader{},
		Hash: optional(r.Contract.Hash), TightenedAt: moment(r.Contract.TightenedAt),
	}
	for _, one := range r.breakdowns() {
		view.Breakdowns = append(view.Breakdowns, intakeapi.Breakdown(one))
	}
	for _, role := range r.Contract.TextReaders {
		view.TextReaders = append(view.TextReaders, intakeapi.TextReader(role))
	}
	if box := r.Frozen.BallotBox; box.Name != "" {
		view.BallotBox = &intakeapi.BallotBoxHost{Name: box.Name, Trust: intakeapi.BallotBoxHostTrust(box.Trust)}
	}
	if agreed := r.Contract.Agreed; agreed.ForumID != "" {
		view.Agreed = &intakeapi.Agreement{ForumID: agreed.ForumID, ForumName: agreed.ForumName, On: string(agreed.On)}
	}
	return view
}

// draftContract reads what a draft says of its contract, and what is wrong with it.
func (s *Intake) draftContract(ctx context.Context, asked *intakeapi.NewContract) (Contract, []*failure.Error, error) {
	var c Contract
	var wanted *[]string
	if asked != nil && asked.TextReaders != nil {
		read := roles(*asked.TextReaders)
		wanted = &read
	}
	read, wrong := readers("contract.text_readers", wanted)
	c.TextReaders = read
	missing := []*failure.Error{wrong}
	if asked == nil || asked.Agreed == nil {
		return c, missing, nil
	}
	on, wrong := ParseDate("contract.agreed.on", asked.Agreed.On)
	if wrong == nil && on > DateOf(s.now()) {
		wrong = failure.Invalid("contract.agreed.on", "today or earlier")
	}
	missing = append(missing, wrong)
	forum, err := s.directory.Forum(ctx, asked.Agreed.ForumID)
	switch failure.CodeOf(err) {
	case "":
		c.Agreed = Agreed{ForumID: forum.ID, ForumName: forum.Name, On: on}
	case failure.DocumentNotFound, failure.RequestInvalid:
		missing = append(missing, failure.Invalid("contract.agreed.forum_id", "a forum of this school"))
	default:
		return c, nil, err
	}
	return c, missing, nil
}
