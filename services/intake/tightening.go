package intake

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/libs/tenant"
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
	limits := events.Thresholds{Means: asked.Thresholds.Means, Distributions: asked.Thresholds.Distributions}
	doc, err = s.rounds.UpdateAt(c.Request.Context(), doc.ID, revision, func(r *Round) ([]events.Event, error) {
		return r.Tighten(doc.ID, limits, roles(asked.TextReaders), s.now())
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

// finishTightening shows the stricter contract on the form.
func (s *Intake) finishTightening(ctx context.Context, doc document.Document[Round]) (document.Document[Round], error) {
	failpoint.Hit("after-tightening-before-ballot-box")
	if err := s.showContract(ctx, doc); err != nil {
		return doc, err
	}
	return s.rounds.Update(ctx, doc.ID, func(r *Round) ([]events.Event, error) {
		r.FinishTightening(doc.Body.Contract.Hash)
		return nil, nil
	})
}

// ballotContract is the contract as the ballot box prints it on the form.
type ballotContract struct {
	BallotBox   Host     `json:"ballot_box"`
	Breakdowns  []string `json:"breakdowns"`
	Agreed      *Agreed  `json:"agreed,omitempty"`
	TextReaders []string `json:"text_readers"`
	Hash        string   `json:"hash"`
}

func (r *Round) ballotContract() ballotContract {
	c := ballotContract{
		BallotBox: r.Frozen.BallotBox, Breakdowns: Breakdowns(), TextReaders: append([]string{}, r.Contract.TextReaders...), Hash: r.Contract.Hash,
	}
	if agreed := r.Contract.Agreed; agreed.ForumID != "" {
		c.Agreed = &agreed
	}
	return c
}

// tightenedContract is what the ballot box is to show from now on.
type tightenedContract struct {
	Thresholds  events.Thresholds `json:"thresholds"`
	TextReaders []string          `json:"text_readers"`
	Hash        string            `json:"hash"`
}

func (s *Intake) showContract(ctx context.Context, doc document.Document[Round]) error {
	r := doc.Body
	now := tightenedContract{Thresholds: r.Thresholds, TextReaders: append([]string{}, r.Contract.TextReaders...), Hash: r.Contract.Hash}
	if err := s.ballotBox.Call(ctx, http.MethodPut, ballotPath(doc.ID, "/contract"), now, nil); err != nil {
		return fmt.Errorf("contract of round %s: %w", doc.ID, err)
	}
	return nil
}

// contractView is the contract as people and the portal read it.
func (r *Round) contractView() intakeapi.Contract {
	view := intakeapi.Contract{
		Breakdowns: []intakeapi.Breakdown{}, TextReaders: []intakeapi.TextReader{},
		Hash: optional(r.Contract.Hash), TightenedAt: moment(r.Contract.TightenedAt),
	}
	for _, one := range Breakdowns() {
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

// host is who runs the ballot box: the independent party of the deployment, or else the school's operator.
func (s *Intake) host(ctx context.Context) (Host, error) {
	if s.settings.BallotBoxHost != "" {
		return Host{Name: s.settings.BallotBoxHost, Trust: s.settings.BallotBoxTrust}, nil
	}
	school, err := tenant.From(ctx)
	if err != nil {
		return Host{}, err
	}
	organisation, err := s.directory.Organisation(ctx, school)
	if err != nil {
		return Host{}, err
	}
	operator, err := s.directory.Organisation(ctx, organisation.Parent)
	return Host{Name: operator.Name, Trust: singleTrust}, err
}
