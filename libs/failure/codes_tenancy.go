package failure

import "net/http"

// Codes of the service tenancy.
const (
	LastAdministrator   Code = "tenancy.last_administrator"
	UnitCycle           Code = "tenancy.unit_cycle"
	LoginTaken          Code = "tenancy.login_taken"
	LoginUnknown        Code = "tenancy.login_unknown"
	OrganisationTaken   Code = "tenancy.code_taken"
	KindMisplaced       Code = "tenancy.kind_misplaced"
	RoleMisplaced       Code = "tenancy.role_misplaced"
	ForeignIdentifier   Code = "tenancy.foreign_id"
	AssignmentEnded     Code = "tenancy.assignment_ended"
	RoleHeld            Code = "tenancy.role_held"
	SignInUnknown       Code = "tenancy.sign_in_unknown"
	SetUpUnknown        Code = "tenancy.set_up_unknown"
	KeyShown            Code = "tenancy.api_key_shown"
	KeyUnknown          Code = "tenancy.api_key_unknown"
	ImportOver          Code = "tenancy.import_over"
	ImportWrong         Code = "tenancy.import_wrong"
	ImportEmpty         Code = "tenancy.import_empty"
	PersonSuspended     Code = "tenancy.person_suspended"
	PersonWithoutAccess Code = "tenancy.person_without_role"
	TighteningTooFar    Code = "tenancy.tightening_too_far"
	ForumCycle          Code = "tenancy.forum_cycle"
	ForumEnded          Code = "tenancy.forum_ended"
	ForumUnchaired      Code = "tenancy.forum_unchaired"
	DeletionBegun       Code = "tenancy.deletion_begun"
	DataRequestWaiting  Code = "tenancy.data_request_waiting"
	DataRequestAnswered Code = "tenancy.data_request_answered"
)

var _ = list(map[Code]entry{
	LastAdministrator:   {http.StatusConflict, "Den sidste administrator kan ikke fjernes. Giv først en anden rollen.", "The last administrator cannot be removed. Give somebody else the role first."},
	UnitCycle:           {http.StatusUnprocessableEntity, "En afdeling kan ikke ligge under sig selv.", "A unit cannot lie beneath itself."},
	LoginTaken:          {http.StatusConflict, "En anden person har det login.", "Somebody else has this login."},
	LoginUnknown:        {http.StatusUnprocessableEntity, "Ingen har det login. Er personen ny, så skriv også navn og e-mail.", "Nobody has this login. If the person is new, write name and e-mail, too."},
	OrganisationTaken:   {http.StatusConflict, "Organisationen er oprettet i forvejen.", "The organisation is there already."},
	TighteningTooFar:    {http.StatusUnprocessableEntity, "Den rettighed kan ikke fratages den rolle.", "This right cannot be taken away from this role."},
	KindMisplaced:       {http.StatusUnprocessableEntity, "Den slags organisation kan ikke oprettes her.", "An organisation of this kind cannot be created here."},
	RoleMisplaced:       {http.StatusUnprocessableEntity, "Rollen kan ikke gives her.", "The role cannot be given here."},
	ForeignIdentifier:   {http.StatusUnprocessableEntity, "Det hører ikke til her.", "It does not belong here."},
	AssignmentEnded:     {http.StatusConflict, "Rollen er allerede slut.", "The role has ended already."},
	RoleHeld:            {http.StatusConflict, "Personen har rollen i forvejen. En medarbejder hører til i én afdeling.", "The person has the role already. An employee is in one unit."},
	SignInUnknown:       {http.StatusNotFound, "Vi kender ikke det login. Spørg skolens administrator.", "We do not know this login. Ask your school's administrator."},
	SetUpUnknown:        {http.StatusNotFound, "Linket er brugt, for gammelt eller forkert. Start Guldkorn igen for at få et nyt.", "The link has been used, is too old or wrong. Start Guldkorn again to get another."},
	KeyShown:            {http.StatusConflict, "Nøglen er oprettet og kan ikke vises igen. Spær den, og opret en ny.", "The key has been made and cannot be shown again. Revoke it and make another."},
	KeyUnknown:          {http.StatusNotFound, "Nøglen findes ikke, er spærret eller udløbet.", "The key does not exist, is revoked or has expired."},
	ImportOver:          {http.StatusConflict, "Listen er allerede indlæst eller annulleret.", "The list has been taken in or cancelled already."},
	ImportWrong:         {http.StatusConflict, "Der er fejl i listen. Ret dem, eller bed om kun at tage de rigtige rækker.", "There are mistakes in the list. Correct them, or ask for the good rows alone."},
	ImportEmpty:         {http.StatusUnprocessableEntity, "Listen kan ikke læses som en tabel med overskrifter.", "The list cannot be read as a table with headings."},
	PersonSuspended:     {http.StatusConflict, "Personen er deaktiveret i kommunens brugerstyring og kan ikke få en rolle.", "The person is deactivated in the municipality's identity system and can be given no role."},
	DeletionBegun:       {http.StatusConflict, "Sletningen er begyndt eller allerede annulleret. Den kan ikke ændres nu.", "The deletion has begun or was cancelled already. It cannot be changed now."},
	DataRequestWaiting:  {http.StatusConflict, "Du har allerede bedt om det, og det venter på svar.", "You have asked for this already, and it waits for an answer."},
	DataRequestAnswered: {http.StatusConflict, "Der er allerede svaret på ønsket.", "This request has been answered already."},
	PersonWithoutAccess: {http.StatusUnprocessableEntity, "Personen har ingen rolle på skolen.", "The person has no role at the school."},
	ForumCycle:          {http.StatusUnprocessableEntity, "Et forum kan ikke ligge under sig selv.", "A forum cannot lie beneath itself."},
	ForumEnded:          {http.StatusConflict, "Forummet er nedlagt.", "The forum has ended."},
	ForumUnchaired:      {http.StatusConflict, "Skolen har ingen leder, der kan være formand. Giv først en person rollen som leder.", "The school has no leader who could take the chair. Give somebody the role of leader first."},
})
