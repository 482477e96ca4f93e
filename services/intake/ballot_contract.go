package intake

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

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
		BallotBox: r.Frozen.BallotBox, Breakdowns: r.breakdowns(), TextReaders: append([]string{}, r.Contract.TextReaders...), Hash: r.Contract.Hash,
	}
	if agreed := r.Contract.Agreed; agreed.ForumID != "" {
		c.Agreed = &agreed
	}
	return c
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
