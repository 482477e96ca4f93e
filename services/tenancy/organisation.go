package tenancy

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/events"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Kinds of organisations.
const (
	kindPlatform     = "platform"
	kindMunicipality = "municipality"
	kindOperator     = "operator"
	kindSchool       = "school"
	kindUnion        = "union"
)

// beneath lists what may be created beneath each kind.
var beneath = map[string][]string{
	kindPlatform:     {kindMunicipality, kindOperator, kindUnion},
	kindMunicipality: {kindSchool},
	kindOperator:     {kindSchool},
}

// learnerWords are what learners are called unless an organisation says otherwise.
var learnerWords = map[string]map[string]string{
	"da": {"vuc": "kursister", "professionshoejskole": "studerende", "": "elever"},
	"en": {"vuc": "course participants", "professionshoejskole": "students", "": "pupils"},
}

var (
	codePattern         = regexp.MustCompile(`^[0-9A-Za-z]{1,20}$`)
	institutionPattern  = regexp.MustCompile(`^[0-9]{6}$`)
	municipalityPattern = regexp.MustCompile(`^[0-9]{3}$`)
)

// organisation is a tenant. Its place in the tree never changes.
type organisation struct {
	Kind             string       `bson:"kind"`
	ParentID         string       `bson:"parent_id"`
	Name             string       `bson:"name"`
	Code             string       `bson:"code"`
	InstitutionType  string       `bson:"institution_type"`
	Language         string       `bson:"language"`
	LearnerWord      string       `bson:"learner_word"`
	CoreTask         string       `bson:"core_task"`
	Issuers          []string     `bson:"issuers"`
	Holidays         []holiday    `bson:"holidays"`
	WorkingHours     []workingDay `bson:"working_hours"`
	TakenAway        []takenRole  `bson:"taken_away"`        // see tightening.go
	ProvisionedRoles []string     `bson:"provisioned_roles"` // see provisioning.go
	Branding         branding     `bson:"branding"`          // see branding.go
	Identity         string       `bson:"identity"`          // what no two organisations share; see identity
}

// newPlatform returns the one organisation without a parent.
func newPlatform(in tenancyapi.NewPlatform) (organisation, error) {
	o := organisation{Kind: kindPlatform, Name: in.Name, Language: string(in.Language), Issuers: given(in.SignInIssuers), Identity: kindPlatform}
	return o, o.check()
}

// newOrganisation returns an organisation beneath another one.
func newOrganisation(id, parentID tenant.ID, parent organisation, in tenancyapi.NewOrganisation) (organisation, error) {
	o := organisation{
		Kind: string(in.Kind), ParentID: string(parentID), Name: in.Name, Code: given(in.Code), Language: string(in.Language),
		InstitutionType: string(given(in.InstitutionType)), LearnerWord: given(in.LearnerWord),
		CoreTask: given(in.CoreTaskText), Issuers: given(in.SignInIssuers),
	}
	o.Identity = o.identity(id)
	if err := o.check(); err != nil {
		return o, err
	}
	if !slices.Contains(beneath[parent.Kind], o.Kind) {
		return o, failure.New(failure.KindMisplaced).At("kind").Wanting(wantBeneath(parent.Kind))
	}
	if o.Kind == kindSchool && o.LearnerWord == "" {
		words := learnerWords[o.Language]
		if o.LearnerWord = words[o.InstitutionType]; o.LearnerWord == "" {
			o.LearnerWord = words[""]
		}
	}
	return o, nil
}

func wantBeneath(kind string) string {
	switch kind {
	case kindPlatform:
		return "municipality, operator or union"
	case kindMunicipality, kindOperator:
		return "school"
	}
	return "nothing: a " + kind + " has no organisations beneath it"
}

// identity keeps an organisation from being created twice: there is one platform, one group of leaders of an operator, and one
// holder of each code.
func (o organisation) identity(id tenant.ID) string {
	if o.isLeadersGroup() {
		return leadersIdentity(o.ParentID)
	}
	if o.Code == "" {
		return string(id)
	}
	return o.Kind + ":" + o.Code
}

func (o organisation) check() error {
	school := o.Kind == kindSchool
	institution := tenancyapi.InstitutionType(o.InstitutionType)
	failures := []*failure.Error{
		one("kind", tenancyapi.OrganisationKind(o.Kind).Valid(), "platform, municipality, operator, school or union"),
		line("name", o.Name, maxName),
		language(o.Language),
		one("institution_type", institution.Valid() == school && (school || o.InstitutionType == ""),
			"one of folkeskole, gymnasium, erhvervsskole, vuc, professionshoejskole, other and leaders for a school, nothing otherwise"),
		one("code", o.Code == "" || codePattern.MatchString(o.Code), "1 to 20 letters and digits"),
		one("core_task_text", utf8.RuneCountInString(o.CoreTask) <= maxCoreTask && !strings.ContainsFunc(o.CoreTask, hiddenInText),
			"at most 2000 characters without control characters other than line breaks"),
		one("sign_in_issuers", len(o.Issuers) <= maxIssuers, "at most 8 issuers"),
	}
	if o.Kind == kindMunicipality && o.Code != "" {
		failures = append(failures, one("code", municipalityPattern.MatchString(o.Code), "three digits"))
	}
	if o.LearnerWord != "" {
		failures = append(failures, line("learner_word", o.LearnerWord, maxLearnerWord))
	}
	for _, issuer := range o.Issuers {
		failures = append(failures, line("sign_in_issuers", issuer, maxIssuer))
	}
	return failure.Together(failures...)
}

// change sets what an organisation says of itself; its kind and its place are fixed.
func (o *organisation) change(id tenant.ID, in tenancyapi.OrganisationChange) error {
	if in.Name != nil {
		o.Name = *in.Name
	}
	if in.Code != nil {
		if o.Kind == kindSchool && !institutionPattern.MatchString(*in.Code) {
			return failure.Invalid("code", "six digits: the number in institutionsregisteret")
		}
		o.Code = *in.Code
		o.Identity = o.identity(id)
	}
	if in.Language != nil {
		o.Language = string(*in.Language)
	}
	if in.LearnerWord != nil {
		if err := line("learner_word", *in.LearnerWord, maxLearnerWord); err != nil {
			return err
		}
		o.LearnerWord = *in.LearnerWord
	}
	if in.CoreTaskText != nil {
		o.CoreTask = *in.CoreTaskText
	}
	if o.Kind != kindSchool {
		if err := failure.Together(
			one("holidays", in.Holidays == nil, "nothing: only a school has holidays"),
			one("working_hours", in.WorkingHours == nil, "nothing: only a school has working hours"),
		); err != nil {
			return err
		}
	}
	var err error
	if in.Holidays != nil {
		if o.Holidays, err = newHolidays(*in.Holidays); err != nil {
			return err
		}
	}
	if in.WorkingHours != nil {
		if o.WorkingHours, err = newWorkingHours(*in.WorkingHours); err != nil {
			return err
		}
	}
	return o.check()
}

func language(text string) *failure.Error {
	return one("language", tenancyapi.Language(text).Valid(), "da or en")
}

func (o organisation) created(id tenant.ID) events.Event {
	return events.OrganisationCreated{
		OrganisationID: string(id), Kind: o.Kind, ParentID: o.ParentID, InstitutionType: o.InstitutionType,
		Code: o.Code, Name: o.Name, Language: o.Language, LearnerWord: o.LearnerWord, TakenAway: o.toldTaken(),
		ShownName: o.Branding.ShownName, LogoID: o.Branding.Logo,
	}
}

func (o organisation) changed(id tenant.ID) events.Event {
	return events.OrganisationChanged(o.created(id).(events.OrganisationCreated))
}

// tenantOf makes a tenant id from the id of the creating request, so that a repeat makes the same one. It is as
// random as the client's key.
func tenantOf(creation string) tenant.ID {
	sum := sha256.Sum256([]byte("tenant " + creation))
	return tenant.ID(tenantEncoding.EncodeToString(sum[:])[:tenant.Length])
}

var tenantEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
