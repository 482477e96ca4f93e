package reporting

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	api "github.com/guldkorn/guldkorn/libs/api/reporting"
	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/document/sqlite"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// signingKey is the key as anybody can fetch it.
func (w *world) signingKey() ed25519.PublicKey {
	w.t.Helper()
	var told api.SigningKey
	require.Equal(w.t, http.StatusOK, w.call("", http.MethodGet, "/v1/release-signing-key", &told))
	key, err := ReadSigningKey(told.SigningKey)
	require.NoError(w.t, err)
	return key
}

func TestAReleaseIsSigned(t *testing.T) {
	w := newWorld(t)
	pulse := newInstrument("core_task")
	round := newRoundOf(pulse, 12, 8)
	round.Title = "Trivsel & teknik <2026>" // which JSON for web pages would be escaped in
	kept := w.wholeRound(schoolTenant, round, staff(1, pulse, 0, 10, 8))
	leader := w.asPerson(w.person(access.Leader, schoolTenant))
	path := "/v1/tenants/" + string(schoolTenant) + "/releases/" + kept.ID
	response, file := w.send(leader, http.MethodGet, path+"/signed", "")
	require.Equal(t, http.StatusOK, response.StatusCode)
	key := w.signingKey()
	signed, err := ReadSignedRelease(file, key)
	require.NoError(t, err)
	require.Contains(t, string(signed.Release), "Trivsel & teknik <2026>")

	response, text := w.send(leader, http.MethodGet, path, "")
	require.Equal(t, string(text), string(signed.Release), "the release itself, byte for byte")
	require.Equal(t, signed.Signature, response.Header.Get(signatureHeader))
	var list api.ReleaseList
	require.Equal(t, http.StatusOK, w.call(leader, http.MethodGet, "/v1/tenants/"+string(schoolTenant)+"/releases", &list))
	require.Equal(t, signed.Signature, list.Items[0].Signature)
	require.Equal(t, signed.SigningKey, list.Items[0].SigningKey)

	response, body := w.send(w.asPerson(w.person(access.Employee, schoolTenant)), http.MethodGet, path+"/signed", "")
	require.Equal(t, http.StatusForbidden, response.StatusCode, "%s", body)
	require.Contains(t, string(body), failure.ReleaseNotVisibleYet)

	for i := range file {
		for _, changed := range []byte{file[i] ^ 1, file[i] ^ 0x20} {
			forged := bytes.Clone(file)
			forged[i] = changed
			_, err := ReadSignedRelease(forged, key)
			require.ErrorIs(t, err, ErrNotSigned, "byte %d", i)
		}
	}
	for _, more := range []string{" ", "\n", "{}"} {
		_, err := ReadSignedRelease(append(bytes.Clone(file), more...), key)
		require.ErrorIs(t, err, ErrNotSigned)
	}
	foreign, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	_, err = ReadSignedRelease(file, foreign)
	require.ErrorIs(t, err, ErrNotSigned)
	own := kept.Body
	own.sign(private)
	forged, err := own.signed().bytes()
	require.NoError(t, err)
	_, err = ReadSignedRelease(forged, key)
	require.ErrorIs(t, err, ErrNotSigned, "whoever signs a release with a key of their own")
	_, err = ReadSignedRelease(forged, foreign)
	require.NoError(t, err)
}

func TestASignatureOfAnythingElseIsNone(t *testing.T) {
	key, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	s := stored{Content: []byte(`{"format":"guldkorn-release-v1"}`)}
	s.ContentHash = contentHash(s.Content)
	s.sign(private)
	s.Signature = encoding.EncodeToString(ed25519.Sign(private, []byte(s.ContentHash))) // the same key, for another purpose
	file, err := s.signed().bytes()
	require.NoError(t, err)
	_, err = ReadSignedRelease(file, key)
	require.ErrorIs(t, err, ErrNotSigned)
}

// before is how releases were kept before they were signed.
type before struct {
	RoundID     string `bson:"round_id"`
	ContentHash string `bson:"content_hash"`
	Content     []byte `bson:"content"`
}

func TestOldReleasesAreSignedAtTheStart(t *testing.T) {
	backend, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "reporting.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, backend.Close()) })
	clock := &watch{at: closedAt}
	open := func() *document.Store { return document.NewStore(backend, Name, clock.now) }
	// The older program declared fewer fields and the same collection.
	old, err := document.Open[before](t.Context(), open(), document.Schema{Name: releaseSchema.Name, Indexes: []document.Index{{Name: byRound, Fields: []string{"round_id"}}}})
	require.NoError(t, err)
	content := []byte(`{"format":"guldkorn-release-v1"}`)
	schools := []tenant.ID{schoolTenant, farTenant}
	for _, school := range schools {
		_, err = old.Insert(tenant.With(t.Context(), school), "one", before{"round-one", contentHash(content), content})
		require.NoError(t, err)
	}
	key, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	signatures := map[string]bool{}
	for range 2 { // the second start finds nothing to do
		store := open()
		require.NoError(t, store.Migrate(t.Context(), signReleases(private)))
		releases, err := document.Open[stored](t.Context(), store, releaseSchema)
		require.NoError(t, err)
		for _, school := range schools {
			kept, err := releases.Get(tenant.With(context.Background(), school), "one")
			require.NoError(t, err)
			require.Equal(t, content, kept.Body.Content)
			file, err := kept.Body.signed().bytes()
			require.NoError(t, err)
			_, err = ReadSignedRelease(file, key)
			require.NoError(t, err)
			signatures[kept.Body.Signature] = true
		}
	}
	require.Len(t, signatures, 1, "one content, one signature")
}
