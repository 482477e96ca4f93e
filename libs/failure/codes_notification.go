package failure

import "net/http"

// Codes of the notification service. They are the reasons in NotificationFailed.
const (
	NotificationNoAddress Code = "notification.no_address"
	NotificationRefused   Code = "notification.refused"
	NotificationGivenUp   Code = "notification.given_up"
)

var _ = list(map[Code]entry{
	NotificationNoAddress: {http.StatusUnprocessableEntity, "Modtageren har ingen e-mailadresse.", "The recipient has no e-mail address."},
	NotificationRefused:   {http.StatusUnprocessableEntity, "Modtagerens mailserver tager ikke imod mailen.", "The recipient's mail server refuses the message."},
	NotificationGivenUp:   {http.StatusUnprocessableEntity, "Mailen kunne ikke afleveres i fem dage.", "The message could not be delivered for five days."},
})
