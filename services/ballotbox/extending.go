package ballotbox

import (
	"context"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// Extension is the one thing that is said of a round after it was announced: that it closes later. It is kept beside the
// frame, which stays what it was.
type Extension struct {
	ClosesOn       string `json:"closes_on"`
	VisibleToAllOn string `json:"visible_to_all_on"`
}

// validate holds an extension against the frame that it moves.
func (e Extension) validate(f Frame) error {
	var wrongDay, wrongVisible *failure.Error
	if !validDate(e.ClosesOn) || e.ClosesOn <= f.ClosesOn {
		wrongDay = failure.Invalid("closes_on", "a date after "+f.ClosesOn)
	}
	if !validDate(e.VisibleToAllOn) || e.VisibleToAllOn < max(f.VisibleToAllOn, e.ClosesOn) {
		wrongVisible = failure.Invalid("visible_to_all_on", "a date, not before that of the frame and closes_on")
	}
	return failure.Together(wrongDay, wrongVisible)
}

// extend shows a later closing day on the form. It may be repeated; another day is refused, since people were told the
// first.
func (b *Box) extend(ctx context.Context, id string, extension Extension) (*view, error) {
	r, err := b.round(ctx, id)
	if err != nil {
		return nil, err
	}
	r.command.Lock()
	defer r.command.Unlock()
	now := r.now()
	if err := extension.validate(now.Frame); err != nil {
		return nil, err
	}
	switch {
	case now.Extension != nil && *now.Extension == extension:
		return now, nil
	case now.Extension != nil:
		return nil, failure.New(failure.BallotRoundDiffers)
	}
	if err := now.mayOpen(); err != nil {
		return nil, err
	}
	if err := b.registry.addExtension(ctx, id, extension); err != nil {
		return nil, err
	}
	if err := r.move(func(now *record) { now.Extension = &extension }); err != nil {
		return nil, err
	}
	return r.now(), nil
}

// closesOn and visibleToAllOn are the days as they are now.
func (r *record) closesOn() string {
	if r.Extension != nil {
		return r.Extension.ClosesOn
	}
	return r.Frame.ClosesOn
}

func (r *record) visibleToAllOn() string {
	if r.Extension != nil {
		return r.Extension.VisibleToAllOn
	}
	return r.Frame.VisibleToAllOn
}

// announcedClosesOn is the last day as it was announced, of a round that was extended.
func (r *record) announcedClosesOn() string {
	if r.Extension != nil {
		return r.Frame.ClosesOn
	}
	return ""
}
