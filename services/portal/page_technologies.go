package portal

import (
	"net/http"

	intakeapi "github.com/guldkorn/guldkorn/libs/api/intake"
)

type technologiesPage struct {
	Technologies []intakeapi.Technology
	Form         form
	Lead         bool
	Kinds        []string
}

func (v *visit) technologies() error { return v.technologiesWith(http.StatusOK, form{}) }

func (v *visit) technologiesWith(status int, f form) error {
	var list intakeapi.TechnologyList
	if err := v.get("intake", v.at("technologies"), &list); err != nil {
		return err
	}
	return v.show(status, "technologies", technologiesPage{list.Items, f, v.has(roundLeaders...), technologyKinds})
}

func (v *visit) registerTechnology() error {
	in := intakeapi.NewTechnology{Name: v.input("name"), Kind: intakeapi.TechnologyKind(v.input("kind"))}
	if err := v.call("intake", http.MethodPost, v.at("technologies"), in, nil, v.key()); err != nil {
		f, err := v.refused(err)
		if err != nil {
			return err
		}
		return v.technologiesWith(http.StatusUnprocessableEntity, f)
	}
	return v.redirect(v.school("technologies"))
}
