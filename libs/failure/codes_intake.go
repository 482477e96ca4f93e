package failure

import "net/http"

// Codes of intake.
const (
	RoundWrongStatus Code = "round.wrong_status"
	RoundTooEarly    Code = "round.too_early"
	RoundExpired     Code = "round.expired"
	RoundExtended    Code = "round.extended_already"
	RoundPairDiffers Code = "round.pair_differs"
	RoundOverlaps    Code = "round.overlaps"
	RoundCrosses     Code = "round.crosses"
	RoundNoVoters    Code = "round.no_voters"
	RoundNoTickets   Code = "round.no_tickets_now"
	RoundNotOnRoster Code = "round.not_on_roster"
	RoundOnPaper     Code = "round.on_paper"

	// Of countersigning.
	RoundOwnAnnouncement Code = "round.own_announcement"
	RoundHashesDiffer    Code = "round.hashes_differ"
	RoundRosterForeign   Code = "round.roster_foreign"
	RoundRosterDiffers   Code = "round.roster_differs"
	RoundKeysForeign     Code = "round.keys_foreign"

	VoiceTooFew        Code = "voice.too_few_staff"
	VoiceNoReader      Code = "voice.no_reader"
	MonthNoTickets     Code = "month.no_tickets_now"
	MonthNotOnRoster   Code = "month.not_on_roster"
	MonthForeign       Code = "month.batch_foreign"
	MonthNotWaiting    Code = "month.not_countersigning"
	ExperienceAnswered Code = "experience.answered"

	ConfidentialNoReceiver  Code = "confidential.no_receiver"
	ConfidentialKeyChanged  Code = "confidential.key_changed"
	ConfidentialClosed      Code = "confidential.closed"
	ConfidentialFull        Code = "confidential.full"
	ConfidentialUnknownCode Code = "confidential.unknown_code"
)

var _ = list(map[Code]entry{
	RoundWrongStatus: {http.StatusConflict, "Det kan spørgerunden ikke på det trin, den er nået til.", "The round cannot do that at the stage it has reached."},
	RoundTooEarly:    {http.StatusConflict, "Spørgerunden kan først åbne på den dato, der er varslet.", "The round cannot open before its announced date."},
	RoundExpired:     {http.StatusConflict, "Spørgerundens sidste svardag er gået. Lav en ny med nye datoer.", "The round's last day has passed. Make a new one with new dates."},
	RoundExtended:    {http.StatusConflict, "Spørgerunden er allerede forlænget. Det kan kun ske én gang.", "The round has been extended already. That can be done only once."},
	RoundPairDiffers: {http.StatusConflict, "En eftermåling skal spørge om det samme som førmålingen med samme opdeling og åbne, efter at den er lukket.", "A round after a change must ask the same as the one before it, by the same breakdown, and open after that has closed."},
	RoundOverlaps:    {http.StatusConflict, "En anden spørgerunde om det samme er i gang i andre enheder. Sammen ville de vise, hvad få har svaret. Vælg de samme enheder eller andre uger.", "Another round about the same is under way in other units. Together they would show what few people answered. Choose the same units or other weeks."},
	RoundCrosses:     {http.StatusConflict, "En anden spørgerunde om det samme er i gang og deles op på en anden måde. Enheder og faggrupper går på kryds, så sammen kunne de vise, hvad én har svaret. Vent på dens resultat, eller lav kladden om med samme opdeling.", "Another round about the same is under way with another breakdown. Units and staff groups cross, so together they could show what one person answered. Wait for its result, or draft this one with the same breakdown."},
	RoundNoVoters:    {http.StatusConflict, "Der er ingen medarbejdere i de valgte enheder.", "There are no employees in the chosen units."},
	RoundNoTickets:   {http.StatusConflict, "Man kan ikke svare på spørgerunden nu.", "The round cannot be answered now."},
	RoundNotOnRoster: {http.StatusForbidden, "Du er ikke på listen over dem, der kan svare på denne spørgerunde.", "You are not on the list of people who can answer this round."},
	RoundOnPaper:     {http.StatusConflict, "Du svarer på papir i denne runde. TR eller AMR har din stemmeseddel.", "You answer on paper in this round. The TR or AMR has your ballot."},

	RoundOwnAnnouncement: {http.StatusForbidden, "Den, der har meldt runden ud, kan ikke selv skrive under på den.", "Whoever announced the round cannot countersign it."},
	RoundHashesDiffer:    {http.StatusConflict, "Det, du skrev under på, er ikke det, der gælder. Hent siden igen.", "What you signed is not what is in force. Load the page again."},
	RoundRosterForeign:   {http.StatusConflict, "Der står nogen eller noget på listen, som skolen ikke kender. Sig nej til den.", "Somebody or something on the list is unknown to the school. Refuse it."},
	RoundKeysForeign:     {http.StatusBadGateway, "Stemmeboksens nøgler er ikke skrevet under af den stemmeboks, vi kender.", "The ballot box's keys are not signed by the ballot box that we know."},
	RoundRosterDiffers:   {http.StatusConflict, "Listen er ikke den, der blev frosset. Sig nej til den.", "The list is not the one that was frozen. Refuse it."},

	VoiceTooFew:        {http.StatusConflict, "Anonym fortælling kræver mindst fem medarbejdere. I er for få: brug den fortrolige vej til TR eller AMR.", "Telling anonymously takes at least five employees. You are too few: use the confidential way to TR or AMR."},
	VoiceNoReader:      {http.StatusConflict, "Skolen har ingen TR eller AMR, der kan læse det, der bliver fortalt.", "The school has no TR or AMR to read what is told."},
	MonthNoTickets:     {http.StatusConflict, "Man kan ikke fortælle i den måned nu.", "Nothing can be told in that month now."},
	MonthNotOnRoster:   {http.StatusForbidden, "Du er ikke på listen over dem, der kan fortælle anonymt i denne måned. Listen laves, når måneden begynder, og ledere er ikke på den.", "You are not on the list of people who can tell anonymously this month. The list is made when the month begins, and leaders are not on it."},
	MonthForeign:       {http.StatusBadGateway, "Det, stemmeboksen afleverede, hører ikke til måneden.", "What the ballot box handed over does not belong to the month."},
	MonthNotWaiting:    {http.StatusConflict, "Månedens liste venter ikke på underskrift nu. Hent siden igen.", "The month's list does not wait for a countersignature now. Load the page again."},
	ExperienceAnswered: {http.StatusConflict, "Oplevelsen er allerede besvaret. Afsenderen kan have læst svaret, så det kan ikke ændres.", "The experience has been answered already. The sender may have read it, so it cannot be changed."},

	ConfidentialNoReceiver:  {http.StatusConflict, "Man kan ikke længere skrive fortroligt til den repræsentant. Vælg en anden.", "That representative can no longer be written to confidentially. Choose another."},
	ConfidentialKeyChanged:  {http.StatusConflict, "Repræsentanten har fået en ny nøgle. Begynd en ny samtale.", "The representative has a new key. Begin a new conversation."},
	ConfidentialClosed:      {http.StatusConflict, "Samtalen er afsluttet. Begynd en ny, hvis der er mere at sige.", "The conversation is closed. Begin a new one if there is more to say."},
	ConfidentialFull:        {http.StatusConflict, "Der er ikke plads til flere beskeder i samtalen. Begynd en ny.", "The conversation has no room for more messages. Begin a new one."},
	ConfidentialUnknownCode: {http.StatusNotFound, "Ingen samtale har den kode. Koden kan være tastet forkert, eller samtalen er slettet.", "No conversation has that code. It may be mistyped, or the conversation is deleted."},
})
