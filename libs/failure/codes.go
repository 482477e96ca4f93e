package failure

import (
	"maps"
	"net/http"
	"slices"
)

// Codes that every service uses. Codes of one service stand in codes_<service>.go and register themselves
// with list in a package variable there.
const (
	InternalError       Code = "internal.error"
	Unavailable         Code = "internal.unavailable"
	RequestInvalid      Code = "request.invalid"
	RequestMalformed    Code = "request.malformed"
	RequestUnknownField Code = "request.unknown_field"
	RequestWrongType    Code = "request.wrong_type"
	RequestTooLarge     Code = "request.too_large"
	RequestEncoding     Code = "request.encoding"
	RequestMediaType    Code = "request.media_type"
	RequestNoRoute      Code = "request.no_route"
	RequestNoMethod     Code = "request.no_method"
	RequestTimeout      Code = "request.timeout"
	IdempotencyMissing  Code = "request.idempotency_key_missing"
	IdempotencyConflict Code = "request.idempotency_key_reused"
	PreconditionMissing Code = "request.if_match_missing"
	PreconditionFailed  Code = "request.if_match_stale"
	CursorInvalid       Code = "request.cursor_invalid"
	DocumentNotFound    Code = "document.not_found"
	DocumentExists      Code = "document.exists"
	DocumentConflict    Code = "document.conflict"
	TenantMissing       Code = "tenant.missing"
	TenantInvalid       Code = "tenant.invalid"
	AccessDenied        Code = "access.denied"
	AccessUnauthentic   Code = "access.unauthenticated"
	AccessStale         Code = "access.sign_in_again" // RFC 9470: insufficient_user_authentication
)

type entry struct {
	status int
	da, en string
}

// codes is the one list. Files named codes_<service>.go add to it through list.
var codes = map[Code]entry{
	InternalError:       {http.StatusInternalServerError, "Der skete en fejl hos os. Prøv igen om lidt.", "Something went wrong on our side. Try again in a moment."},
	Unavailable:         {http.StatusServiceUnavailable, "Tjenesten er ikke klar lige nu. Prøv igen om lidt.", "The service is not available right now. Try again in a moment."},
	RequestInvalid:      {http.StatusUnprocessableEntity, "Noget i det indsendte skal rettes.", "Something in the request has to be corrected."},
	RequestMalformed:    {http.StatusBadRequest, "Det indsendte kan ikke læses som JSON.", "The request body is not valid JSON."},
	RequestUnknownField: {http.StatusBadRequest, "Det indsendte har et felt, som ikke findes.", "The request has a field that does not exist."},
	RequestWrongType:    {http.StatusBadRequest, "Et felt har en forkert type.", "A field has the wrong type."},
	RequestTooLarge:     {http.StatusRequestEntityTooLarge, "Det indsendte fylder for meget.", "The request is too large."},
	RequestEncoding:     {http.StatusBadRequest, "Teksten er ikke gyldig UTF-8.", "The text is not valid UTF-8."},
	RequestMediaType:    {http.StatusUnsupportedMediaType, "Indsend som application/json.", "Send application/json."},
	RequestNoRoute:      {http.StatusNotFound, "Siden findes ikke.", "There is nothing at this address."},
	RequestNoMethod:     {http.StatusMethodNotAllowed, "Adressen kan ikke bruges på den måde.", "The address does not take this method."},
	RequestTimeout:      {http.StatusGatewayTimeout, "Det tog for lang tid. Prøv igen.", "It took too long. Try again."},
	IdempotencyMissing:  {http.StatusBadRequest, "Headeren Idempotency-Key mangler.", "The Idempotency-Key header is missing."},
	IdempotencyConflict: {http.StatusConflict, "Nøglen i Idempotency-Key er brugt til noget andet.", "The Idempotency-Key was used for another request."},
	PreconditionMissing: {http.StatusPreconditionRequired, "Headeren If-Match mangler.", "The If-Match header is missing."},
	PreconditionFailed:  {http.StatusPreconditionFailed, "Andre har ændret det imens. Hent det igen, og prøv så.", "It has been changed by others. Load it again, then retry."},
	CursorInvalid:       {http.StatusBadRequest, "Sidemarkøren kan ikke bruges.", "The page cursor cannot be used."},
	DocumentNotFound:    {http.StatusNotFound, "Det findes ikke, eller du har ikke adgang til det.", "It does not exist, or you have no access to it."},
	DocumentExists:      {http.StatusConflict, "Det findes allerede.", "It exists already."},
	DocumentConflict:    {http.StatusConflict, "Mange ændrer det samme lige nu. Prøv igen.", "Many are changing the same thing right now. Try again."},
	TenantMissing:       {http.StatusBadRequest, "Det fremgår ikke, hvilken skole eller kommune det gælder.", "The request does not say which tenant it is about."},
	TenantInvalid:       {http.StatusBadRequest, "Skolens eller kommunens nøgle har en forkert form.", "The tenant id has the wrong form."},
	AccessDenied:        {http.StatusForbidden, "Det har du ikke adgang til.", "You have no access to this."},
	AccessUnauthentic:   {http.StatusUnauthorized, "Log ind først.", "Sign in first."},
	AccessStale:         {http.StatusUnauthorized, "Log ind igen for at vise, at det er dig.", "Sign in again to show that it is you."},
}

// list adds a service's codes; it panics on a code that is already there, at start-up.
func list(more map[Code]entry) struct{} {
	for code, e := range more {
		if _, taken := codes[code]; taken {
			panic("failure: code listed twice: " + code)
		}
		codes[code] = e
	}
	return struct{}{}
}

// Codes returns every listed code, sorted.
func Codes() []Code { return slices.Sorted(maps.Keys(codes)) }

// Text returns what the code says to people, in Danish ("da") or otherwise English.
func (c Code) Text(language string) string {
	e, ok := codes[c]
	if !ok {
		e = codes[InternalError]
	}
	if language == "da" {
		return e.da
	}
	return e.en
}
