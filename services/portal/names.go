package portal

import (
	"net/http"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
)

// lookUpAtOnce is how many names tenancy gives in one answer.
const lookUpAtOnce = 200

// names returns the names of people of this request's school by id. Somebody who has left has none.
func (v *visit) names(ids ...string) (map[string]string, error) {
	wanted := map[string]bool{}
	var distinct []string
	for _, id := range ids {
		if id != "" && !wanted[id] {
			wanted[id] = true
			distinct = append(distinct, id)
		}
	}
	names := make(map[string]string, len(distinct))
	for len(distinct) > 0 {
		some := distinct[:min(len(distinct), lookUpAtOnce)]
		distinct = distinct[len(some):]
		var found tenancyapi.PersonNameList
		err := v.call("tenancy", http.MethodPost, v.at("persons", "lookup"), tenancyapi.PersonLookup{PersonIds: some}, &found)
		if err != nil {
			return nil, err
		}
		for _, person := range found.Items {
			names[person.PersonID] = person.Name
		}
	}
	return names, nil
}
