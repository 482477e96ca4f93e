package portal

import (
	"net/http"
	"slices"
)

// The pages that explain the product and need nobody's facts.

// privacy says what is promised, which depends on whether the ballot box is somebody else's.
func (v *visit) privacy() error {
	return v.show(http.StatusOK, "privacy", map[string]any{"BallotBoxHost": v.portal.settings.independentHost()})
}

func (v *visit) about() error {
	return v.show(http.StatusOK, "about", map[string]any{"Themes": themes, "Qualities": qualities})
}

func (v *visit) accessibility() error { return v.show(http.StatusOK, "accessibility", nil) }

func (v *visit) keyboard() error { return v.show(http.StatusOK, "keyboard", nil) }

// chooseLanguage keeps the choice on the browser and in the session, and goes back to where it was made.
func (v *visit) chooseLanguage() error {
	chosen := v.input("language")
	if !slices.Contains(languages, chosen) {
		chosen = languages[0]
	}
	http.SetCookie(v.gin.Writer, &http.Cookie{
		Name: languageCookie, Value: chosen, Path: "/", MaxAge: 365 * 24 * 60 * 60,
		HttpOnly: true, Secure: v.secure(), SameSite: http.SameSiteLaxMode,
	})
	if v.session != nil {
		if err := v.portal.sessions.change(v.context(), v.session, func(b *sessionBody) { b.Language = chosen }); err != nil {
			return err
		}
	}
	return v.redirect(ownPath(v.input("return")))
}
