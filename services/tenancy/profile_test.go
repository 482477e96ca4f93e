package tenancy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func TestProfilesAreEncryptedAtRest(t *testing.T) {
	w := newWorld(t)
	in := tenancyapi.NewPerson{Name: "Kanarie Fuglesang", Email: "kanarie@example.dk", Login: "kanarielogin", Language: "da", ExternalID: ptr("kanarie-4711")}
	p := read[tenancyapi.Person](t, w.call(service("setup"), "POST", at(w.north, "/persons"), in))
	require.Equal(t, "kanarie-4711", *p.ExternalID)
	require.Equal(t, 0, w.mentions("anarie"), "in no file that the service or the broker keeps")
	require.Positive(t, w.mentions("Nordskolen"), "the search finds what is not encrypted")

	require.NoError(t, w.keys.Destroy(personKey+p.PersonID))
	w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons/"+p.PersonID), nil).refused(t, 404, failure.DocumentNotFound)
	w.call(service("portal"), "POST", "/v1/sign-ins/match", tenancyapi.SignIn{Issuer: "demo", Login: "kanarielogin"}).refused(t, 404, failure.SignInUnknown)
	list := read[tenancyapi.PersonList](t, w.call(w.people["municipal_administrator"], "GET", at(w.north, "/persons?limit=200"), nil))
	for _, one := range list.Items {
		require.NotEqual(t, p.PersonID, one.PersonID)
	}
}

func TestAProfileOpensForItsOwnPersonOnly(t *testing.T) {
	w := newWorld(t)
	sealed, err := w.service.profiles.seal(w.north, "one", profile{Name: "Anna"})
	require.NoError(t, err)
	key, err := w.keys.Get(personKey + "one")
	require.NoError(t, err)
	require.NoError(t, w.keys.Put(personKey+"two", key))
	open := func(owner tenant.ID, id string) error {
		_, err := w.service.profiles.open(document.Document[person]{ID: id, Tenant: owner, Body: person{Profile: sealed}})
		return err
	}
	require.NoError(t, open(w.north, "one"))
	require.Error(t, open(w.north, "two"), "swapped between persons, even under the same key")
	require.Error(t, open(w.south, "one"), "moved to another tenant")
}

// mentions counts the files of the test that hold a text.
func (w *world) mentions(text string) int {
	w.t.Helper()
	found := 0
	for _, root := range []string{w.dir, filepath.Dir(w.dir)} { // the broker's directory lies beside
		require.NoError(w.t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			raw, err := os.ReadFile(path)
			if err == nil && strings.Contains(string(raw), text) {
				found++
			}
			return nil
		}))
	}
	return found
}
