package portal

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

var logoID = strings.Repeat("c", 64)

func logoPNG(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, image.NewGray(image.Rect(0, 0, 600, 200))))
	return out.Bytes()
}

// branding answers with an operator that shows all that it can.
func (s *stage) branding() {
	s.on("tenancy", "GET "+under(operatorID, "branding"), tenancyapi.Branding{
		Name: "Havnelund Kommune", ShownName: pointer("Havnelund Skoler"), HelpName: pointer("It-hjælpen"), HelpPhone: pointer("12 34 56 78"),
		HelpEmail: pointer("hjaelp@havnelund.example"), HelpLink: pointer("https://havnelund.example/hjaelp"), LogoID: &logoID, LogoWidth: pointer(600), Revision: 3,
	})
	picture := logoPNG(s.t)
	s.services["tenancy"].HandleFunc("GET "+under(operatorID, "logos", logoID), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		if _, err := w.Write(picture); err != nil {
			s.t.Error(err)
		}
	})
}

func TestEveryPageOfASchoolShowsWhoHelps(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	require.NotContains(t, b.get("/privacy").body, "It-hjælpen", "nobody knows yet whose page it is")
	b.signIn("anna", "/")
	page := b.get("/schools/" + schoolID)
	for _, text := range []string{"It-hjælpen hjælper dig", "12 34 56 78", `href="mailto:hjaelp@havnelund.example"`, `href="https://havnelund.example/hjaelp"`,
		`src="/logos/` + operatorID + "/" + logoID + `.png" width="600" alt="Havnelund Skoler"`} {
		require.Contains(t, page.body, text)
	}
	b.get("/privacy")
	asks := 0
	for _, c := range s.calls() {
		if c.call == "GET "+under(operatorID, "branding") {
			require.Equal(t, "portal", c.subject.Service, "not in anybody's name")
			asks++
		}
	}
	require.Equal(t, 1, asks, "not for every page")

	picture := b.get("/logos/" + operatorID + "/" + logoID + ".png")
	require.Equal(t, http.StatusOK, picture.StatusCode)
	require.Equal(t, "image/png", picture.Header.Get("Content-Type"))
	require.Equal(t, "nosniff", picture.Header.Get("X-Content-Type-Options"))
	require.Equal(t, "private, max-age=31536000, immutable", picture.Header.Get("Cache-Control"))
	require.Equal(t, string(logoPNG(t)), picture.body)
	require.Equal(t, http.StatusNotFound, b.get("/logos/"+otherSchoolID+"/"+logoID+".png").StatusCode, "another operator's is not for them")
	require.Equal(t, http.StatusNotFound, b.get("/logos/"+operatorID+"/"+logoID).StatusCode)

	s.pass(brandTime)
	s.down.Store("tenancy", true)
	require.Contains(t, b.get("/privacy").body, "It-hjælpen", "what was shown before is shown while nobody can say what is")
}

func TestAnOperatorWithoutBrandingHasNoFoot(t *testing.T) {
	s := newStage(t)
	s.on("tenancy", "GET "+under(operatorID, "branding"), tenancyapi.Branding{Name: "Havnelund Kommune", Revision: 1})
	b := s.browser()
	b.signIn("anna", "/")
	require.NotContains(t, b.get("/privacy").body, `id="operator"`)
}

func TestAnAdministratorSaysWhatIsShown(t *testing.T) {
	s := newStage(t)
	s.school()
	h := s.hears(tenancyapi.Branding{}, "PUT "+under(operatorID, "branding"), "DELETE "+under(operatorID, "branding", "logo"))
	b := s.browser()
	b.signIn("bo", "/")
	path := "/operators/" + operatorID + "/branding"
	form := url.Values{formField: {b.token()}, "etag": {`"3"`}, "shown_name": {" Skolerne "}, "help_link": {"https://havnelund.example"}}
	require.Equal(t, path+"?saved=yes", b.post(path, form).Header.Get("Location"))
	require.Equal(t, `PUT "3" {"help_link":"https://havnelund.example","shown_name":"Skolerne"}`, h.sent[0])
	require.Equal(t, path+"?saved=yes", b.post(path+"/logo/remove", form).Header.Get("Location"))
	require.Equal(t, `DELETE "3" `, h.sent[1])
	h.answer = failure.Invalid("help_link", "an address")
	refused := b.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.body, `id="help_link-error"`)
	require.Contains(t, b.post(path+"/logo", form).body, `id="logo-error"`, "no file was chosen")

	teacher := s.browser()
	teacher.signIn("anna", "/")
	require.Equal(t, http.StatusForbidden, teacher.get(path).StatusCode)
}

func TestALogoInABrowser(t *testing.T) {
	s := newStage(t)
	s.school()
	var sent []byte
	s.services["tenancy"].HandleFunc("PUT "+under(operatorID, "branding", "logo"), func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "image/png" {
			t.Error(err, r.Header)
		}
		sent = raw
		respond(t, w, tenancyapi.Branding{})
	})
	large, right := filepath.Join(t.TempDir(), "large.png"), filepath.Join(t.TempDir(), "logo.png")
	require.NoError(t, os.WriteFile(large, make([]byte, maxLogo+1), 0o600))
	require.NoError(t, os.WriteFile(right, logoPNG(t), 0o600))
	reader := browsertest.New(t).Person("an administrator")
	s.arrives(reader)
	reader.Open(s.address + "/operators/" + operatorID + "/details")
	reader.Click("#go-branding")
	reader.Wait("#logo-form")
	reader.Choose("#logo", large)
	reader.Click("#logo-save")
	reader.Wait("#logo-error")
	reader.Check()
	require.Empty(t, sent)
	reader.Choose("#logo", right)
	reader.Click("#logo-save")
	reader.Wait("#saved")
	reader.WaitFor("see the logo", `document.querySelector("#operator img").naturalWidth === 600`)
	reader.Keyboard()
	reader.Check()
	require.Equal(t, logoPNG(t), sent)
}
