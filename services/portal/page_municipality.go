package portal

import (
	"net/http"

	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// followThroughPage is what came of agreements at each school, in counts: nobody's words and no school's figures.
type followThroughPage struct {
	reportingapi.FollowThrough
	Waiting *waitingRequests
}

func (v *visit) followThrough() error {
	var page followThroughPage
	err := together(
		v.reads("reporting", v.at("follow-through"), &page.FollowThrough),
		func() (err error) { page.Waiting, err = v.waitingRequests("/operators/"); return err },
	)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "follow_through", page)
}

// benchmark is what the union can see: for now, how many institutions are still wanted, and why.
func (v *visit) benchmark() error {
	var state reportingapi.Benchmark
	if err := v.get("reporting", v.at("benchmark"), &state); err != nil {
		return err
	}
	return v.show(http.StatusOK, "benchmark", state)
}
