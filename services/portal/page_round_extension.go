package portal

import (
	"net/http"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
)

// extendRound keeps an open round open longer, once. What is wrong comes back beside its input.
func (v *visit) extendRound() error {
	id := v.param("round_id")
	in := intakeapi.NewExtension{ClosesOn: v.input("closes_on"), Reason: v.input("reason")}
	err := v.call("intake", http.MethodPost, v.at("rounds", id, "extension"), in, nil, v.seen())
	if err == nil {
		return v.redirect(v.school("rounds", id))
	}
	f, err := v.refused(err)
	if err != nil {
		return err
	}
	return v.roundWith(http.StatusUnprocessableEntity, f.Alert, func(p *roundPage) {
		if f.Error("closes_on") != "" && p.Round.ExtendableUntil != nil {
			f.Errors["closes_on"] = v.words.text("round.extend_day_wrong", "before", v.day(p.Round.ClosesOn), "latest", v.day(*p.Round.ExtendableUntil))
		}
		p.Extending = f
	})
}
