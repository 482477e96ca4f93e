package failure

import "net/http"

// Codes of the portal.
const (
	PortalFormStale         Code = "portal.form_stale"
	PortalSignInRefused     Code = "portal.sign_in_refused"
	PortalSignInUnavailable Code = "portal.sign_in_unavailable"
	PortalSignInNotForYou   Code = "portal.sign_in_not_for_you"
	PortalKeyRefused        Code = "portal.key_refused"
	PortalAPIHeader         Code = "portal.api_header_missing"
	PortalListTooLarge      Code = "portal.list_too_large"
	PortalTooManyTries      Code = "portal.too_many_tries"
)

var _ = list(map[Code]entry{
	PortalFormStale:         {http.StatusForbidden, "Formularen er for gammel eller kom fra et andet sted. Hent siden igen.", "The form is too old or came from elsewhere. Load the page again."},
	PortalSignInRefused:     {http.StatusForbidden, "Dette login kan ikke bruges. Begynd forfra.", "This sign-in cannot be used. Start again."},
	PortalSignInUnavailable: {http.StatusServiceUnavailable, "Login er ikke klar lige nu. Prøv igen om lidt.", "Sign-in is not available right now. Try again in a moment."},
	PortalSignInNotForYou:   {http.StatusForbidden, "Her kan kun nogle af dem, der har sådan et login, logge ind. Spørg din kommune eller skole.", "Only some of those who have such an account can sign in here. Ask your municipality or school."},
	PortalKeyRefused:        {http.StatusUnauthorized, "Nøglen findes ikke, er spærret eller udløbet.", "The key does not exist, is revoked or has expired."},
	PortalListTooLarge:      {http.StatusRequestEntityTooLarge, "Listen fylder over 10 MB. Del den i flere lister, og læg dem ind én ad gangen.", "The list is larger than 10 MB. Split it into several lists, and bring them in one by one."},
	PortalTooManyTries:      {http.StatusTooManyRequests, "Der er prøvet for mange koder. Vent ti minutter, eller spørg mødelederen.", "Too many codes have been tried. Wait ten minutes, or ask the facilitator."},
	PortalAPIHeader:         {http.StatusForbidden, "Headeren X-Guldkorn-CSRF mangler.", "The X-Guldkorn-CSRF header is missing."},
})
