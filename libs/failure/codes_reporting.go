package failure

import "net/http"

// Codes of reporting.
const (
	ReleaseNotVisibleYet Code = "reporting.not_visible_yet"
	ReleaseKeyDestroyed  Code = "reporting.release_key_destroyed"
)

var _ = list(map[Code]entry{
	ReleaseNotVisibleYet: {http.StatusForbidden, "Resultaterne kan ikke ses af dig endnu.", "You cannot see the results yet."},
	ReleaseKeyDestroyed:  {http.StatusGone, "Runden er gjort op, og dens nøgle er slettet.", "The round has been released and its key destroyed."},
})
