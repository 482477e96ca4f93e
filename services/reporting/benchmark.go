package reporting

import (
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
)

// leadersGroup is the institution type of an operator's leaders together, who are no institution.
const leadersGroup = "leaders"

// institution says that a school has a release that shows something, and whom it belongs to. It is all that a union's
// question touches: neither releases nor follow-through are read for it.
type institution struct {
	Operator string `bson:"operator"`
	Counted  bool   `bson:"counted"` // always true; what the index across tenants leads with
}

// institutionID is the id of the one such document of a school.
const institutionID = "institution"

// What a national benchmark needs. With 200 institutions the noise that protects them is 0.3 points on a mean, with 20
// it would be 3, which is half of the smallest difference that matters; ten operators, so that none can be told by
// subtraction; subgroups and percentiles as the page on privacy has them.
const (
	wantInstitutions           = 200
	wantMunicipalities         = 10
	wantSubgroupInstitutions   = 200
	wantSubgroupMunicipalities = 10
	largestSharePercent        = 25
	wantPercentileInstitutions = 1000
)

// benchmarkState says whether there could be a benchmark. There are no figures in it whatever the counts: national
// figures need noise from a ledger of their own, and until that is there nothing is published.
func benchmarkState(institutions, operators int) api.Benchmark {
	b := api.Benchmark{
		State: api.NotEnoughInstitutions, Institutions: institutionsBand(institutions), Municipalities: operatorsBand(operators),
		Wanted: api.BenchmarkWanted{
			Institutions: wantInstitutions, Municipalities: wantMunicipalities,
			SubgroupInstitutions: wantSubgroupInstitutions, SubgroupMunicipalities: wantSubgroupMunicipalities,
			LargestSharePercent: largestSharePercent, PercentileInstitutions: wantPercentileInstitutions,
		},
	}
	if institutions < wantInstitutions {
		b.Reasons = append(b.Reasons, api.TooFewInstitutions)
	}
	if operators < wantMunicipalities {
		b.Reasons = append(b.Reasons, api.TooFewMunicipalities)
	}
	if len(b.Reasons) == 0 {
		b.State = api.NotPublishedYet
		b.Reasons = append(b.Reasons, api.NoNationalRelease)
	}
	return b
}

func institutionsBand(n int) api.BenchmarkInstitutions {
	switch {
	case n < 20:
		return "0-19"
	case n < 50:
		return "20-49"
	case n < 100:
		return "50-99"
	case n < wantInstitutions:
		return "100-199"
	default:
		return "200+"
	}
}

func operatorsBand(n int) api.BenchmarkMunicipalities {
	switch {
	case n < 3:
		return "0-2"
	case n < 6:
		return "3-5"
	case n < wantMunicipalities:
		return "6-9"
	default:
		return "10+"
	}
}
