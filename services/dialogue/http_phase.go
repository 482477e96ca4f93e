package dialogue

import (
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

func (s *service) startPhase(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Attribution playbook.Attribution `json:"attribution"`
	}](c)
	if err != nil {
		return err
	}
	if revision, err := host.IfMatch(c); err != nil {
		return err
	} else if revision != v.meeting.Revision { // asked here too, so that no urn is made for nothing
		return failure.New(failure.PreconditionFailed)
	}
	id := c.Param("phase_id")
	phase, err := v.meeting.Body.CheckStart(id, given.Attribution, s.now())
	if err != nil {
		return err
	}
	if phase.vote() {
		eligible, err := s.toCite(v, phase.Inputs, v.meeting.Body.kinds(phase.Inputs))
		if err != nil {
			return err
		}
		if len(eligible) == 0 {
			return failure.New(failure.NothingToChoose).At("phase_id")
		}
	}
	if phase.Attribution == playbook.Sealed && given.Attribution == "" {
		// Before the phase is active, so that nobody meets an urn that is not there.
		if err := s.urn.Prepare(v.ctx, id); err != nil {
			return err
		}
	}
	return s.commandAs(c, v, func(m *Meeting, v visit) ([]events.Event, error) {
		p, err := m.StartPhase(id, given.Attribution, s.now(), s.zone)
		if err != nil {
			return nil, err
		}
		started := told(events.PhaseStarted{DialogueID: v.meeting.ID, PhaseID: id, Kind: string(p.Kind), Deadline: p.Deadline})
		if p.Beforehand {
			started = append(started, m.invitations(v.meeting.ID, m.people(), nil)...)
		}
		return started, nil
	})
}

// changePhase applies a change to the phase of the request.
func (s *service) changePhase(c *gin.Context, change func(*Phase) error) error {
	return s.command(c, "dialogue.lead", func(m *Meeting, _ visit) ([]events.Event, error) {
		_, err := m.ChangePhase(c.Param("phase_id"), change)
		return nil, err
	})
}

func (s *service) pausePhase(c *gin.Context) error {
	return s.changePhase(c, func(p *Phase) error { return p.pause(s.now()) })
}

func (s *service) resumePhase(c *gin.Context) error {
	return s.changePhase(c, func(p *Phase) error { return p.resume(s.now()) })
}

func (s *service) skipPhase(c *gin.Context) error {
	return s.changePhase(c, (*Phase).skip)
}

func (s *service) repeatPhase(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	book, err := s.playbook(v.ctx, v.meeting.Body.Playbook, v.meeting.Body.Version)
	if err != nil {
		return err
	}
	return s.commandAs(c, v, func(m *Meeting, _ visit) ([]events.Event, error) {
		return nil, m.Repeat(c.Param("phase_id"), book)
	})
}

func (s *service) extendPhase(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	given, err := host.Decode[struct {
		Minutes int `json:"minutes"`
		Days    int `json:"days"`
	}](c)
	if err != nil {
		return err
	}
	return s.commandAs(c, v, func(m *Meeting, _ visit) ([]events.Event, error) {
		_, err := m.ChangePhase(c.Param("phase_id"), func(p *Phase) error {
			if p.spansDays() || given.Days != 0 {
				return p.extendDays(given.Days, s.now(), s.zone)
			}
			return p.extend(time.Duration(given.Minutes)*time.Minute, s.now())
		})
		return nil, err
	})
}

func (s *service) lockPhase(c *gin.Context) error {
	return s.command(c, "dialogue.lead", func(m *Meeting, v visit) ([]events.Event, error) {
		p, err := m.ChangePhase(c.Param("phase_id"), (*Phase).lock)
		if err != nil {
			return nil, err
		}
		return p.locked(v.meeting.ID), nil
	})
}

func (s *service) setSharedDots(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.lead")
	if err != nil {
		return err
	}
	phase, choices, err := s.decodeDots(c, v, playbook.Group)
	if err != nil {
		return err
	}
	return s.commandAs(c, v, func(m *Meeting, _ visit) ([]events.Event, error) {
		_, err := m.ChangePhase(phase.ID, func(p *Phase) error {
			if err := p.takesDots(playbook.Group, s.now()); err != nil {
				return err
			}
			p.SetShared(choices)
			return nil
		})
		return nil, err
	})
}

// decodeDots reads dots and holds them against the phase of the request.
func (s *service) decodeDots(c *gin.Context, v visit, kind playbook.Attribution) (*Phase, []Choice, error) {
	phase, err := v.meeting.Body.phase(c.Param("phase_id"))
	if err != nil {
		return nil, nil, err
	}
	given, err := host.Decode[struct {
		Choices []Choice `json:"choices"`
	}](c)
	if err != nil {
		return nil, nil, err
	}
	if err := phase.takesDots(kind, s.now()); err != nil {
		return nil, nil, err
	}
	eligible, err := s.toCite(v, phase.Inputs, v.meeting.Body.kinds(phase.Inputs))
	if err != nil {
		return nil, nil, err
	}
	most, mostPerChoice := phase.Dots, phase.DotsPerChoice
	if kind == playbook.Group { // as many as all of them would have had
		people := max(1, len(v.meeting.Body.Participants))
		most, mostPerChoice = most*people, mostPerChoice*people
	}
	return phase, given.Choices, phase.checkDots(given.Choices, eligible, most, mostPerChoice)
}
