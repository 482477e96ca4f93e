package failure

import "net/http"

// Codes of the dialogue service.
const (
	PlaybookUnknown         Code = "dialogue.playbook_unknown"
	PlaybookMistaken        Code = "dialogue.playbook_mistaken"
	PlaybookUnchanged       Code = "dialogue.playbook_unchanged"
	PlaybookEditionsFull    Code = "dialogue.playbook_editions_full"
	DialogueWrongState      Code = "dialogue.wrong_state"
	PhaseWrongState         Code = "dialogue.phase_wrong_state"
	PhaseLocked             Code = "dialogue.phase_locked"
	PhaseTakesNothing       Code = "dialogue.phase_takes_nothing"
	PhaseOtherActive        Code = "dialogue.phase_other_active"
	PhaseInputMissing       Code = "dialogue.phase_input_missing"
	PhaseSealedActive       Code = "dialogue.phase_sealed_active"
	TooFewParticipants      Code = "dialogue.too_few_participants"
	TooManyContributions    Code = "dialogue.too_many_contributions"
	NothingToChoose         Code = "dialogue.nothing_to_choose"
	AlreadyVoted            Code = "dialogue.already_voted"
	ReleaseUnknown          Code = "dialogue.release_unknown"
	ForumUnknown            Code = "dialogue.forum_unknown"
	ActionWrongStatus       Code = "dialogue.action_wrong_status"
	ActionOwnerNeedsMinutes Code = "dialogue.action_owner_needs_minutes"
	ActionOwnerUnknown      Code = "dialogue.action_owner_unknown"
	ActionsOpen             Code = "dialogue.actions_open"
	MinutesOutdated         Code = "dialogue.minutes_outdated"
	AgreementWrongStatus    Code = "dialogue.agreement_wrong_status"
	AgreementBeyondMandate  Code = "dialogue.agreement_beyond_mandate"
	AgreementHasSuccessor   Code = "dialogue.agreement_has_successor"
	AgreementCheckClosed    Code = "dialogue.agreement_check_closed"
	EscalationWrongStatus   Code = "dialogue.escalation_wrong_status"
	NoForumAbove            Code = "dialogue.no_forum_above"
	TopicIsSettled          Code = "dialogue.topic_is_settled"
	UnitUnknown             Code = "dialogue.unit_unknown"
	PreMeetingCommits       Code = "dialogue.pre_meeting_commits"
	InputIsSettled          Code = "dialogue.input_is_settled"
	TooManyInputs           Code = "dialogue.too_many_inputs"
	NobodyReadsInputs       Code = "dialogue.nobody_reads_inputs"
	PaperWhileSealed        Code = "dialogue.paper_while_sealed"
	PaperTooFew             Code = "dialogue.paper_too_few"
	BoardFull               Code = "dialogue.board_full"
	BoardDuplicate          Code = "dialogue.board_duplicate"
	BoardItemUsed           Code = "dialogue.board_item_used"
	BoardBegun              Code = "dialogue.board_begun"
	DeviceIsShared          Code = "dialogue.device_is_shared"
	GuestCodeWrong          Code = "dialogue.guest_code_wrong"
	GuestsFull              Code = "dialogue.guests_full"
	NamesColleague          Code = "dialogue.names_colleague"
)

var _ = list(map[Code]entry{
	PlaybookUnknown:      {http.StatusNotFound, "Opskriften findes ikke i den version.", "There is no such version of the playbook."},
	PlaybookMistaken:     {http.StatusUnprocessableEntity, "Der er noget at rette, før opskriften kan udgives.", "There is something to mend before the playbook can be published."},
	PlaybookUnchanged:    {http.StatusConflict, "Der er ikke ændret noget, siden opskriften sidst blev udgivet.", "Nothing has changed since the playbook was last published."},
	PlaybookEditionsFull: {http.StatusConflict, "Opskriften har ikke plads til flere udgaver. Kopiér den, og arbejd videre i kopien.", "The playbook has no room for more versions. Copy it and go on in the copy."},
	DialogueWrongState:   {http.StatusConflict, "Det kan ikke gøres, så længe dialogen står, hvor den gør.", "This cannot be done while the dialogue is where it is."},
	InputIsSettled:       {http.StatusConflict, "Det er allerede taget op eller besvaret.", "It has been taken up or answered already."},
	TooManyInputs:        {http.StatusConflict, "Du har sendt det, der er plads til før denne dialog. Fortæl TR eller AMR resten.", "You have sent what there is room for before this dialogue. Tell TR or AMR the rest."},
	NobodyReadsInputs:    {http.StatusConflict, "Der er ingen TR eller AMR med i dialogen, som kan læse det.", "No TR or AMR takes part in the dialogue who could read it."},
	PreMeetingCommits:    {http.StatusConflict, "Et formøde vælger, hvad I tager med. Handlinger, spilleregler og spørgsmål til andre hører til i dialogen, hvor alle er med.", "A pre-meeting chooses what you bring. Actions, agreements and questions to others belong in the dialogue, where everybody takes part."},
	NamesColleague:       {http.StatusUnprocessableEntity, "Det nævner en kollega, så de andre ser det ikke. Tag navnet ud, eller lad det blive holdt tilbage: så læser kun TR og AMR det.", "It names a colleague, so the others do not see it. Take the name out, or leave it held back: then only TR and AMR read it."},
	PhaseWrongState:      {http.StatusConflict, "Det kan ikke gøres, så længe trinnet står, hvor det gør.", "This cannot be done while the step is where it is."},
	PhaseLocked:          {http.StatusConflict, "Trinnet er slut. Sig det højt i stedet, så kan mødelederen skrive det ned.", "The step is over. Say it aloud instead, so that the facilitator can write it down."},
	PhaseTakesNothing:    {http.StatusConflict, "I dette trin skal der tales, ikke skrives.", "This step is for talking, not for writing."},
	PhaseOtherActive:     {http.StatusConflict, "Et andet trin er i gang. Afslut det først.", "Another step is running. End it first."},
	PhaseInputMissing:    {http.StatusConflict, "Trinnet bygger på et andet, som ikke er slut endnu.", "The step builds on another one that is not over yet."},
	PhaseSealedActive:    {http.StatusConflict, "Så længe noget er forseglet, kan ingen tages ud af dialogen, for det kunne udpege nogen. Flere kan godt komme med.", "While something is sealed nobody can be taken out of the dialogue, since that could point somebody out. More people can join."},
	TooFewParticipants:   {http.StatusConflict, "I er under fem. Så kan andre regne ud, hvem der skrev eller valgte hvad. Gør det åbent i fællesskab i stedet.", "You are fewer than five. Then others can work out who wrote or chose what. Do it openly together instead."},
	TooManyContributions: {http.StatusConflict, "Du har skrevet det, der er plads til i dette trin. Ret eller slet noget af det.",
		"You have written what this step has room for. Change or withdraw some of it."},
	NothingToChoose:   {http.StatusConflict, "Der er ikke noget at vælge imellem.", "There is nothing to choose from."},
	AlreadyVoted:      {http.StatusConflict, "Du har allerede stemt. Ingen kan finde din stemme igen, heller ikke vi.", "You have voted already. Nobody can find your ballot again, and neither can we."},
	ReleaseUnknown:    {http.StatusUnprocessableEntity, "Skolen har ikke de resultater.", "The school has no such results."},
	ForumUnknown:      {http.StatusUnprocessableEntity, "Skolen har ikke det forum.", "The school has no such forum."},
	ActionWrongStatus: {http.StatusConflict, "Det kan ikke gøres, så længe tiltaget står, hvor det gør.", "This cannot be done while the action is where it is."},
	ActionOwnerNeedsMinutes: {http.StatusUnprocessableEntity, "Skriv, hvor meget arbejdstid der sættes af. Uden tid tager en leder det.",
		"Write how much working time is set aside. Without time a leader takes it."},
	ActionOwnerUnknown:   {http.StatusUnprocessableEntity, "Personen arbejder ikke på skolen.", "That person does not work at the school."},
	ActionsOpen:          {http.StatusConflict, "Der er tiltag, som ikke er gjort. Skriv hvorfor, hvis I lukker alligevel.", "Some actions are not done. Say why if you close nevertheless."},
	MinutesOutdated:      {http.StatusConflict, "Referatet passer ikke længere med det aftalte. Send en ny udgave rundt først.", "The minutes no longer match what was agreed. Circulate a new version first."},
	AgreementWrongStatus: {http.StatusConflict, "Det kan ikke gøres, så længe det aftalte står, hvor det gør.", "This cannot be done while the agreement is where it is."},
	AgreementBeyondMandate: {http.StatusConflict, "Det rækker forummets opgave ikke til. Send spørgsmålet videre til det forum, der kan beslutte det.",
		"The forum's mandate does not reach that far. Pass the question on to the forum that can decide it."},
	AgreementHasSuccessor: {http.StatusConflict, "Der er allerede foreslået en ny udgave. Vedtag den, eller træk den tilbage først.",
		"A new version has been proposed already. Adopt it or withdraw it first."},
	AgreementCheckClosed: {http.StatusConflict, "Der kan ikke svares på det lige nu.", "This cannot be answered now."},
	UnitUnknown:          {http.StatusUnprocessableEntity, "Skolen har ikke den afdeling.", "The school has no such unit."},
	TopicIsSettled:       {http.StatusConflict, "Der er allerede svaret på emnet.", "The topic has been answered already."},
	DeviceIsShared:       {http.StatusConflict, "Trinnet er hemmeligt. Her skriver hver for sig på sin egen telefon.", "The step is secret. Here each writes on a phone of their own."},
	GuestCodeWrong:       {http.StatusUnprocessableEntity, "Koden gælder ikke. Se efter på skærmen, eller spørg mødelederen.", "The code is not valid. Look at the screen again, or ask the facilitator."},
	GuestsFull:           {http.StatusConflict, "Alle gæstepladser er taget. Sig det til mødelederen.", "All places for guests are taken. Tell the facilitator."},
	PaperWhileSealed:     {http.StatusConflict, "Trinnet er forseglet. Skriv papirerne ind, når det er slut.", "The step is sealed. Type the papers in once it is over."},
	PaperTooFew: {http.StatusConflict, "Så få kan kendes på, at de skrev på papir eller på telefon. Papirerne skal komme fra mindst fem, og på telefon skal mindst fem eller slet ingen have skrevet.",
		"So few can be told by having written on paper or on a phone. The papers must come from at least five, and at least five or nobody at all must have written on phones."},
	BoardFull: {http.StatusConflict, "Der er ikke plads til flere. Fjern noget, eller skriv to sammen.",
		"There is no room for more. Remove something or join two of them."},
	BoardDuplicate: {http.StatusConflict, "Det står der allerede. Ret det, der står.", "It is there already. Change what is there."},
	BoardItemUsed: {http.StatusConflict, "Noget andet bruger det stadig. Ret eller fjern det andet først.",
		"Something else still uses it. Change or remove that first."},
	BoardBegun: {http.StatusConflict, "Der står allerede noget. Man kan kun begynde med det tidligere, så længe der er tomt.",
		"There is something already. You can begin with the earlier one only while it is empty."},
	EscalationWrongStatus: {http.StatusConflict, "Det kan ikke gøres, så længe spørgsmålet står, hvor det gør.", "This cannot be done while the question is where it is."},
	NoForumAbove: {http.StatusUnprocessableEntity, "Der er ikke noget forum over dette at sende videre til. Skolens opsætning siger, hvad der hører under hvad.",
		"There is no forum above this one to pass it on to. The school's administration says what belongs beneath what."},
})
