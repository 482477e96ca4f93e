package portal

import (
	"net/http"

	"github.com/guldkorn/guldkorn/libs/failure"
)

// start leads a school through its first week without measuring. It is for those who take the steps; everybody else sees
// what comes of them.
func (v *visit) start() error {
	if !v.has(dialogueStarters...) {
		return failure.New(failure.AccessDenied)
	}
	steps, err := v.firstSteps()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "start", steps)
}

// homeSteps are what the home page says of the steps as long as the school has no round; none when there is nothing to say.
func (v *visit) homeSteps(f facts) (firstSteps, error) {
	if len(f.rounds.Items)+len(f.releases.Items) > 0 || !v.has(dialogueStarters...) {
		return nil, nil
	}
	steps, err := v.firstSteps()
	if err != nil || steps.Over() {
		return nil, err
	}
	return steps, nil
}
