package tenancy

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// export takes everything of a tenant along, holds each file against the manifest, and returns their lines by file.
func (w *world) export(by actor, of tenant.ID) map[string][]map[string]any {
	t := w.t
	t.Helper()
	got := w.call(by, "GET", at(of, "/export"), nil)
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	packed, err := zip.NewReader(bytes.NewReader(got.body), int64(len(got.body)))
	require.NoError(t, err)
	raw := map[string][]byte{}
	for _, file := range packed.File {
		r, err := file.Open()
		require.NoError(t, err)
		raw[file.Name], err = io.ReadAll(r)
		require.NoError(t, err)
	}
	require.Equal(t, "manifest.json", packed.File[len(packed.File)-1].Name, "it comes last")
	var m manifest
	require.NoError(t, json.Unmarshal(raw["manifest.json"], &m))
	require.Equal(t, exportFormat, m.Format)
	require.Equal(t, string(of), m.TenantID)
	readme := string(raw["README.txt"])
	lines := map[string][]map[string]any{}
	for _, file := range m.Files {
		sum := sha256.Sum256(raw[file.Name])
		require.Equal(t, hex.EncodeToString(sum[:]), file.SHA256, file.Name)
		name := strings.TrimSuffix(file.Name, ".jsonl")
		require.Contains(t, readme, "\n  "+name+" ", "the README explains it")
		lines[name] = []map[string]any{}
		for scanner := bufio.NewScanner(bytes.NewReader(raw[file.Name])); scanner.Scan(); {
			var line map[string]any
			require.NoError(t, json.Unmarshal(scanner.Bytes(), &line), "%s: %s", file.Name, scanner.Bytes())
			require.Len(t, line["tenant_id"], tenant.Length, file.Name)
			lines[name] = append(lines[name], line)
		}
		require.Len(t, lines[name], file.Lines, file.Name)
	}
	require.Len(t, packed.File, len(m.Files)+2)
	return lines
}

// column is one field of all lines.
func column(lines []map[string]any, name string) []any {
	var all []any
	for _, line := range lines {
		all = append(all, line[name])
	}
	return all
}

func TestAnOperatorTakesEverythingAlong(t *testing.T) {
	w := newWorld(t)
	by, gone := w.people["municipal_administrator"], w.people["employee"]
	k := w.newKey(by, w.north, access.ScopePeople)
	read[tenancyapi.DataRequest](t, w.erase(by, gone, 1))
	w.take(read[tenancyapi.Import](t, w.bring("schools", schoolList)), false)

	w.deletion(w.sister, "Søsterskolen")
	central := w.newForum(w.north, "med", nil)
	w.tightens()
	shown := read[tenancyapi.Branding](t, w.sendLogo(by, w.north, picture(t, 60, 20, 7), w.branding(by, w.north).Revision))
	files := w.export(by, w.north)
	require.Equal(t, []any{*shown.LogoID}, column(files["logos"], "logo_id"))
	require.Equal(t, []any{central.ForumID}, column(files["forums"], "forum_id"), "its own, and none of its schools'")
	require.Equal(t, []any{string(w.north)}, column(files["forums"], "tenant_id"))
	for _, line := range files["tightenings"] {
		if line["tenant_id"] == string(w.north) {
			require.Len(t, line["taken_away"], 1)
		} else {
			require.Empty(t, line["taken_away"])
			require.Len(t, line["inherited"], 1, "a school has what is taken away above it")
		}
	}
	require.Len(t, files["tightenings"], len(files["organisations"]))
	require.Len(t, files["provisioning"], 1)
	require.Empty(t, files["provisioning"][0]["roles"])
	require.NotEmpty(t, files["provisioning"][0]["grantable"])
	require.Equal(t, []string{"api-keys", "audit-entries", "data-requests", "deletions", "forums", "imports", "logos", "organisations", "people", "provisioning", "role-assignments", "sign-in-providers", "tightenings", "units"}, slices.Sorted(maps.Keys(files)))
	require.Subset(t, column(files["organisations"], "name"), []any{"Nordby", "Nordskolen", "Søsterskolen"})
	require.NotContains(t, column(files["organisations"], "name"), "Sydskolen")
	require.Subset(t, column(files["units"], "tenant_id"), []any{string(w.school), string(w.sister)})
	require.Contains(t, column(files["people"], "name"), "Navn på tr")
	require.NotContains(t, column(files["people"], "name"), "Navn på employee", "who is erased")
	require.Contains(t, column(files["role-assignments"], "assignment_id"), w.assignments["employee"].AssignmentID)
	require.Equal(t, []any{"erasure"}, column(files["data-requests"], "kind"))
	require.Equal(t, []any{k.Key.KeyID}, column(files["api-keys"], "key_id"))
	require.Len(t, files["imports"], 1)
	require.Equal(t, []any{"Søsterskolen"}, column(files["deletions"], "name"))

	got := string(w.call(by, "GET", at(w.north, "/export"), nil).body)
	require.NotContains(t, got, k.Secret)
	last := files["audit-entries"][len(files["audit-entries"])-1]
	require.Equal(t, "tenant.export", last["action"], "that it was taken is in it")
	require.Equal(t, by.subject.ID, last["subject"])
}

// Every collection is in the exports, or for a reason it is not. Whoever adds one decides which, here.
func TestNoCollectionIsLeftOutUnsaid(t *testing.T) {
	inFile := map[string]string{
		"organisations": "organisations", "units": "units", "persons": "people", "assignments": "role-assignments", "forums": "forums",
		"apiKeys": "api-keys", "signInProviders": "sign-in-providers", "imports": "imports", "logos": "logos", "dataRequests": "data-requests", "deletions": "deletions",
	}
	because := map[string]string{
		"administrations": "follows from the role assignments, and is kept so that two administrators do not remove each other at once",
		"setUps":          "is of the installation and no tenant's",
		"importFiles":     "is the rows of a list that waits; they come from the operator's own systems, and are gone within a week",
		"memberships":     "is for the TR alone, who takes it along in their own archive; no administrator reads it",
		"groupLinks":      "is what an identity system calls our groups, and it knows that itself",
		"recounts":        "says that headcounts are to be counted again, and goes once they are",
	}
	w := newWorld(t)
	files := map[string]bool{"audit-entries": true, "tightenings": true, "provisioning": true} // the log has a store of its own, the others stand in the organisations
	var found []string
	for field := range reflect.TypeFor[store]().Fields() {
		if !strings.HasPrefix(field.Type.String(), "*document.Collection[") {
			continue
		}
		found = append(found, field.Name)
		file, reason := inFile[field.Name], because[field.Name]
		require.True(t, (file == "") != (reason == ""), "%s is in a file of the export, or there is a reason why not", field.Name)
		if file != "" {
			files[file] = true
		}
	}
	require.Len(t, found, len(inFile)+len(because), "what is named here is there")
	exported := w.export(w.people["municipal_administrator"], w.north)
	require.Equal(t, slices.Sorted(maps.Keys(files)), slices.Sorted(maps.Keys(exported)))
}

func TestASchoolTakesEverythingAlong(t *testing.T) {
	w := newWorld(t)
	by := w.people["school_administrator"]
	files := w.export(by, w.school)
	require.Equal(t, []string{"api-keys", "audit-entries", "forums", "organisations", "people", "role-assignments", "tightenings", "units"}, slices.Sorted(maps.Keys(files)))
	require.Equal(t, []any{"MED-udvalg"}, column(files["forums"], "name"))
	require.Equal(t, []any{"Indskoling"}, column(files["units"], "name"))
	require.Len(t, files["people"], 10)
	for _, person := range files["people"] {
		require.NotContains(t, person, "email", "no more than the staff list shows")
		require.NotContains(t, person, "login")
	}
	require.Len(t, files["role-assignments"], 10)

	// The log in it is the log: its chain can be verified, and goes on.
	var chain []audit.Entry
	for _, line := range files["audit-entries"] {
		raw, err := json.Marshal(line)
		require.NoError(t, err)
		var e audit.Entry
		require.NoError(t, json.Unmarshal(raw, &e))
		chain = append(chain, e)
	}
	found, err := audit.Verify(w.school, func(yield func(audit.Entry, error) bool) {
		for _, e := range chain {
			if !yield(e, nil) {
				return
			}
		}
	})
	require.NoError(t, err)
	require.True(t, found.Intact(), found.Reason)
	require.EqualValues(t, len(chain), found.Head.Seq)
}
