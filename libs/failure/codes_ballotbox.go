package failure

import "net/http"

// Codes of the ballot box. None of their texts names a person, a round or a time.
const (
	BallotRoundUnknown   Code = "ballotbox.round_unknown"
	BallotRoundDiffers   Code = "ballotbox.round_differs"
	BallotRoundNotReady  Code = "ballotbox.round_not_ready"
	BallotRoundNotOpen   Code = "ballotbox.round_not_open"
	BallotRoundNotClosed Code = "ballotbox.round_not_closed"
	BallotRoundClosed    Code = "ballotbox.round_closed"
	BallotBatchGone      Code = "ballotbox.batch_gone"
	BallotTicketInvalid  Code = "ballotbox.ticket_invalid"
	BallotTicketExpired  Code = "ballotbox.ticket_expired"
	BallotTokenIssued    Code = "ballotbox.token_issued"
	BallotUnitExhausted  Code = "ballotbox.unit_exhausted"
	BallotKeyUnlisted    Code = "ballotbox.key_unlisted"
	BallotTokenInvalid   Code = "ballotbox.token_invalid"
	BallotSignatureWrong Code = "ballotbox.signature_invalid"
	BallotSealWrong      Code = "ballotbox.seal_invalid"
	BallotSizeWrong      Code = "ballotbox.size_wrong"
	BallotVersionOld     Code = "ballotbox.version_old"
	BallotCookieRefused  Code = "ballotbox.cookie_refused"
	BallotHostWrong      Code = "ballotbox.host_wrong"
	BallotBusy           Code = "ballotbox.busy"
	BallotStorageFull    Code = "ballotbox.storage_full"

	BallotPaperTooMany Code = "ballotbox.paper_too_many"
	BallotPaperCode    Code = "ballotbox.paper_code_differs"
	BallotPaperDone    Code = "ballotbox.paper_done"

	BallotRecoveryUnknown Code = "ballotbox.recovery_unknown"
	BallotRecoveryTaken   Code = "ballotbox.recovery_taken"
	BallotRecoveryFull    Code = "ballotbox.recovery_full"
	BallotBulletinGone    Code = "ballotbox.bulletin_gone"
	BallotReplyUnknown    Code = "ballotbox.reply_unknown"
	BallotReplyTaken      Code = "ballotbox.reply_taken"
)

var _ = list(map[Code]entry{
	BallotRoundUnknown:   {http.StatusNotFound, "Stemmeboksen kender ikke runden.", "The ballot box does not know the round."},
	BallotRoundDiffers:   {http.StatusConflict, "Runden findes allerede med et andet indhold.", "The round exists already with other content."},
	BallotRoundNotReady:  {http.StatusConflict, "Rundens nøgler er ikke klar endnu.", "The keys of the round are not ready yet."},
	BallotRoundNotOpen:   {http.StatusConflict, "Runden er ikke åbnet endnu.", "The round has not opened yet."},
	BallotRoundNotClosed: {http.StatusConflict, "Runden er ikke lukket endnu.", "The round has not closed yet."},
	BallotRoundClosed:    {http.StatusConflict, "Runden er lukket. Der kan ikke svares mere.", "The round is closed. No more answers are taken."},
	BallotBatchGone:      {http.StatusGone, "De forseglede svar er slettet.", "The sealed answers have been deleted."},
	BallotTicketInvalid:  {http.StatusUnauthorized, "Billetten gælder ikke her. Åbn runden igen fra Guldkorn.", "The ticket is not valid here. Open the round from Guldkorn again."},
	BallotTicketExpired:  {http.StatusUnauthorized, "Billetten er udløbet. Åbn runden igen fra Guldkorn.", "The ticket has expired. Open the round from Guldkorn again."},
	BallotTokenIssued:    {http.StatusConflict, "Din stemmeseddel er allerede hentet.", "Your ballot has been fetched already."},
	BallotUnitExhausted:  {http.StatusConflict, "Der er udleveret lige så mange stemmesedler, som enheden har ansatte.", "As many ballots as the unit has staff have been handed out."},
	BallotKeyUnlisted:    {http.StatusUnprocessableEntity, "Nøglen står ikke på rundens nøgleliste.", "The key is not on the key list of the round."},
	BallotTokenInvalid:   {http.StatusUnprocessableEntity, "Stemmesedlen er ikke gyldig i denne runde.", "The ballot is not valid in this round."},
	BallotSignatureWrong: {http.StatusUnprocessableEntity, "Underskriften passer ikke til svaret.", "The signature does not fit the answer."},
	BallotSealWrong:      {http.StatusUnprocessableEntity, "Kuverten kan ikke åbnes i denne runde.", "The envelope cannot be opened in this round."},
	BallotSizeWrong:      {http.StatusBadRequest, "Det indsendte har ikke den faste størrelse.", "The request does not have the fixed size."},
	BallotVersionOld:     {http.StatusConflict, "Et nyere svar er allerede gemt.", "A newer answer is kept already."},
	BallotCookieRefused:  {http.StatusBadRequest, "Stemmeboksen tager ikke imod cookies.", "The ballot box takes no cookies."},
	BallotHostWrong:      {http.StatusMisdirectedRequest, "Adressen hører ikke til stemmeboksen.", "This is not an address of the ballot box."},
	BallotBusy:           {http.StatusServiceUnavailable, "Mange henter stemmeseddel lige nu. Prøv igen om lidt.", "Many are fetching ballots right now. Try again in a moment."},
	BallotStorageFull:    {http.StatusInsufficientStorage, "Stemmeboksen kan ikke gemme flere svar lige nu. Det, der allerede er gemt, er i behold. Prøv igen senere.", "The ballot box cannot store more answers right now. What it has kept is safe. Try again later."},

	BallotPaperTooMany: {http.StatusUnprocessableEntity, "Der er flere papirsvar, end enheden har folk, der svarer på papir.", "There are more answers on paper than the unit has people who answer on paper."},
	BallotPaperCode:    {http.StatusConflict, "Den anden har tastet ind med en anden kode.", "The other person has used another code."},
	BallotPaperDone:    {http.StatusConflict, "Enhedens papirsvar er afleveret og kan ikke rettes.", "The unit's answers on paper are handed in and cannot be changed."},

	BallotRecoveryUnknown: {http.StatusNotFound, "Der er ingen stemmeseddel med den kode.", "There is no ballot with that code."},
	BallotRecoveryTaken:   {http.StatusConflict, "Koden er brugt. Lav en ny.", "The code is used. Make a new one."},
	BallotRecoveryFull:    {http.StatusConflict, "Du har prøvet på for mange enheder. Gå videre på en af dem, du har prøvet.", "You have tried on too many devices. Go on with one of those you tried."},
	BallotBulletinGone:    {http.StatusGone, "Opslaget er slettet, når der er gået tre måneder.", "The bulletin is deleted after three months."},
	BallotReplyUnknown:    {http.StatusNotFound, "Der er ikke noget svar endnu, eller koden hører til en anden måned.", "There is no answer yet, or the code belongs to another month."},
	BallotReplyTaken:      {http.StatusConflict, "Der er svaret allerede.", "It has been answered already."},
})
