package portal

import (
	"net/http"

	reportingapi "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// followThrough is what came of agreements at each school, in counts: nobody's words and no school's figures.
func (v *visit) followThrough() error {
	var table reportingapi.FollowThrough
	if err := v.get("reporting", v.at("follow-through"), &table); err != nil {
		return err
	}
	return v.show(http.StatusOK, "follow_through", table)
}

// benchmark is what the union can see: for now, how many institutions are still wanted, and why.
func (v *visit) benchmark() error {
	var state reportingapi.Benchmark
	if err := v.get("reporting", v.at("benchmark"), &state); err != nil {
		return err
	}
	return v.show(http.StatusOK, "benchmark", state)
}
