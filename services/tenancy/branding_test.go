package tenancy

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// picture is a PNG of a size, all of one shade.
func picture(t testing.TB, width, height int, shade uint8) []byte {
	t.Helper()
	drawn := image.NewGray(image.Rect(0, 0, width, height))
	for i := range drawn.Pix {
		drawn.Pix[i] = color.Gray{Y: shade}.Y
	}
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, drawn))
	return out.Bytes()
}

// claiming is a picture whose head says that it is larger than it is.
func claiming(t testing.TB, width uint32) []byte {
	t.Helper()
	raw := picture(t, 2, 2, 0)
	binary.BigEndian.PutUint32(raw[16:], width)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}

func (w *world) branding(by actor, owner tenant.ID) tenancyapi.Branding {
	w.t.Helper()
	return read[tenancyapi.Branding](w.t, w.call(by, "GET", at(owner, "/branding"), nil))
}

func (w *world) sendLogo(by actor, owner tenant.ID, raw []byte, revision int64) answer {
	w.t.Helper()
	return w.call(by, "PUT", at(owner, "/branding/logo"), raw, ifMatch(revision), header{"Content-Type", "image/png"})
}

// brands goes through every operation of an operator's branding.
func (w *world) brands() {
	w.t.Helper()
	by := w.people["municipal_administrator"]
	is := w.branding(by, w.north)
	is = read[tenancyapi.Branding](w.t, w.call(by, "PUT", at(w.north, "/branding"), tenancyapi.NewBranding{ShownName: ptr("Nord")}, ifMatch(is.Revision)))
	is = read[tenancyapi.Branding](w.t, w.sendLogo(by, w.north, picture(w.t, 60, 20, 7), is.Revision))
	require.Equal(w.t, http.StatusOK, w.call(by, "GET", at(w.north, "/logos/"+*is.LogoID), nil).status)
	require.Nil(w.t, read[tenancyapi.Branding](w.t, w.call(by, "DELETE", at(w.north, "/branding/logo"), nil, ifMatch(is.Revision))).LogoID)
}

func TestAnOperatorSaysWhatItShows(t *testing.T) {
	w := newWorld(t)
	by, portal := w.people["municipal_administrator"], service("portal")
	none := w.branding(portal, w.north)
	require.Equal(t, tenancyapi.Branding{Name: "Nordby", Revision: none.Revision}, none)

	said := tenancyapi.NewBranding{
		ShownName: ptr("Nordby Skoler"), HelpName: ptr("It-hjælpen"), HelpPhone: ptr("12 34 56 78"), HelpEmail: ptr("hjaelp@nordby.example"), HelpLink: ptr("https://hjaelp.nordby.example/guldkorn"),
	}
	now := read[tenancyapi.Branding](t, w.call(by, "PUT", at(w.north, "/branding"), said, ifMatch(none.Revision)))
	require.Equal(t, "It-hjælpen", *now.HelpName)
	require.Equal(t, now, w.branding(portal, w.north))
	require.Equal(t, now, *read[tenancyapi.Organisation](t, w.call(by, "GET", at(w.north, "/organisation"), nil)).Branding)
	require.Equal(t, "Sydby", w.branding(portal, w.south).Name)

	for field, wrong := range map[string]tenancyapi.NewBranding{
		"shown_name": {ShownName: ptr(strings.Repeat("a", maxName+1))},
		"help_phone": {HelpPhone: ptr("12\n34")},
		"help_email": {HelpEmail: ptr("@@")},
		"help_link":  {HelpLink: ptr("javascript:alert(1)")},
	} {
		refused := w.call(by, "PUT", at(w.north, "/branding"), wrong, ifMatch(now.Revision))
		refused.refused(t, 422, failure.RequestInvalid)
		require.Contains(t, string(refused.body), field)
	}
	for _, link := range []string{"http://nordby.example", "https://nordby.example@evil.example", "https://", "//nordby.example"} {
		w.call(by, "PUT", at(w.north, "/branding"), tenancyapi.NewBranding{HelpLink: &link}, ifMatch(now.Revision)).refused(t, 422, failure.RequestInvalid)
	}
	w.call(by, "PUT", at(w.north, "/branding"), said, ifMatch(none.Revision)).refused(t, 412, failure.PreconditionFailed)
	w.call(by, "PUT", at(w.school, "/branding"), said, ifMatch(1)).refused(t, 422, failure.KindMisplaced)
	for _, other := range []string{"southern administrator", "school_administrator", "platform_operator"} {
		w.call(w.people[other], "PUT", at(w.north, "/branding"), said, ifMatch(now.Revision)).refused(t, 403, failure.AccessDenied)
	}
	w.call(w.people["southern administrator"], "GET", at(w.north, "/branding"), nil).refused(t, 403, failure.AccessDenied)
}

func TestALogoIsAPictureAndNothingElse(t *testing.T) {
	w := newWorld(t)
	by := w.people["municipal_administrator"]
	is := w.branding(by, w.north)
	for name, raw := range map[string][]byte{
		"no picture":       []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"),
		"too wide":         picture(t, maxLogoWidth+1, 10, 0),
		"too high":         picture(t, 10, maxLogoHeight+1, 0),
		"says it is huge":  claiming(t, 1<<30),
		"cut off":          picture(t, 60, 20, 0)[:50],
		"of another width": claiming(t, 500),
	} {
		w.sendLogo(by, w.north, raw, is.Revision).refused(t, 422, failure.RequestInvalid)
		require.Nil(t, w.branding(by, w.north).LogoID, name)
	}
	w.sendLogo(by, w.north, make([]byte, maxLogo+1), is.Revision).refused(t, 413, failure.RequestTooLarge)
	w.call(by, "PUT", at(w.north, "/branding/logo"), picture(t, 6, 2, 0), ifMatch(is.Revision), header{"Content-Type", "image/gif"}).refused(t, 415, failure.RequestMediaType)

	hidden := append(picture(t, 600, 200, 7), "<script>alert(1)</script>"...)
	is = read[tenancyapi.Branding](t, w.sendLogo(by, w.north, hidden, is.Revision))
	require.Equal(t, 600, *is.LogoWidth)
	shown := w.call(by, "GET", at(w.north, "/logos/"+*is.LogoID), nil)
	require.NotContains(t, string(shown.body), "script", "what is no picture is not handed on")
	drawn, err := png.Decode(bytes.NewReader(shown.body))
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 600, 200), drawn.Bounds())

	w.call(w.people["southern administrator"], "GET", at(w.north, "/logos/"+*is.LogoID), nil).refused(t, 403, failure.AccessDenied)
	w.call(w.people["southern administrator"], "GET", at(w.south, "/logos/"+*is.LogoID), nil).refused(t, 404, failure.DocumentNotFound)

	first := *is.LogoID
	is = read[tenancyapi.Branding](t, w.sendLogo(by, w.north, picture(t, 60, 20, 9), is.Revision))
	require.NotEqual(t, first, *is.LogoID)
	require.Equal(t, http.StatusOK, w.call(by, "GET", at(w.north, "/logos/"+first), nil).status, "pages that name it are still open")
	w.clock.pass(logoRest + time.Minute)
	is = read[tenancyapi.Branding](t, w.call(by, "PUT", at(w.north, "/branding"), tenancyapi.NewBranding{}, ifMatch(is.Revision)))
	require.NotNil(t, is.LogoID, "it stays when the rest is changed")
	w.call(by, "GET", at(w.north, "/logos/"+first), nil).refused(t, 404, failure.DocumentNotFound)
	require.Equal(t, http.StatusOK, w.call(by, "GET", at(w.north, "/logos/"+*is.LogoID), nil).status)
}
