package allinone

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/libs/host/platform"
)

const (
	module = "github.com/guldkorn/guldkorn/services/"
	root   = "../.."
)

type listed struct {
	ImportPath string
	Name       string
	Dir        string
	Imports    []string
	Deps       []string
}

func list(t *testing.T, patterns ...string) []listed {
	t.Helper()
	command := exec.Command("go", append([]string{"list", "-deps=false", "-json=ImportPath,Name,Dir,Imports,Deps"}, patterns...)...)
	command.Dir = filepath.Join(root, "services")
	command.Env = append(os.Environ(), "GOWORK=off")
	out, err := command.Output()
	require.NoError(t, err)
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p listed
		require.NoError(t, decoder.Decode(&p))
		packages = append(packages, p)
	}
	require.NotEmpty(t, packages)
	return packages
}

// service is the first folder of a package below services.
func service(importPath string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(importPath, module), "/")
	return name
}

func TestNoServiceImportsAnother(t *testing.T) {
	for _, p := range list(t, "./...") {
		if service(p.ImportPath) == "allinone" {
			continue
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, module) {
				require.Equal(t, service(p.ImportPath), service(imported), "%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

func TestEmbeddedPartsAreLinkedWhereTheyBelong(t *testing.T) {
	forbidden := map[string][]string{
		"github.com/nats-io/nats-server/v2/server":          {"guldkorn"},
		"modernc.org/sqlite":                                {"guldkorn", "ballotbox"},
		"github.com/nats-io/nats.go":                        {"guldkorn", "tenancy", "intake", "dialogue", "reporting", "notification", "portal"},
		"github.com/guldkorn/guldkorn/libs/bus":             {"guldkorn", "tenancy", "intake", "dialogue", "reporting", "notification", "portal"},
		"github.com/guldkorn/guldkorn/libs/document":        {"guldkorn", "tenancy", "intake", "dialogue", "reporting", "notification", "portal"},
		"github.com/guldkorn/guldkorn/libs/document/sqlite": {"guldkorn"},
		"github.com/zitadel/oidc/v3/pkg/op":                 {"guldkorn"},
		"go.mongodb.org/mongo-driver/v2/mongo":              {"guldkorn", "tenancy", "intake", "dialogue", "reporting", "notification", "portal"},
	}
	var binaries []string
	for _, p := range list(t, "./...") {
		if p.Name != "main" || !strings.Contains(p.ImportPath, "/cmd/") {
			continue
		}
		binary := filepath.Base(p.ImportPath)
		binaries = append(binaries, binary)
		for dependency, allowed := range forbidden {
			if slices.Contains(p.Deps, dependency) {
				require.Contains(t, allowed, binary, "%s links %s", binary, dependency)
			}
		}
	}
	require.ElementsMatch(t, append([]string{"guldkorn"}, platform.Services...), binaries)
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, folder := range []string{"libs", "services"} {
		documented := map[string]bool{}
		require.NoError(t, filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata") {
				return filepath.SkipDir
			}
			if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				return err
			}
			dir := filepath.Dir(path)
			documented[dir] = documented[dir] || file.Doc != nil
			return nil
		}))
		for dir, yes := range documented {
			require.True(t, yes, "%s has no package comment", dir)
		}
	}
}

func TestModulesFindEachOtherWithoutTheWorkspace(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(root, "services/go.mod"))
	require.NoError(t, err)
	require.Contains(t, string(raw), "replace github.com/guldkorn/guldkorn/libs => ../libs")
	workspace, err := os.ReadFile(filepath.Join(root, "go.work"))
	require.NoError(t, err)
	require.NotContains(t, string(workspace), "tools", "tools in the workspace would skew the versions of what they share")
}

func TestTopLevelHoldsWhatTheReadmeMaps(t *testing.T) {
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	require.ElementsMatch(t, []string{"services", "libs", "deploy", "charts", "api-specs", "tools",
		"go.work", "go.work.sum", "Makefile", "README.md", "LICENSE", "CONTRIBUTING.md"}, names)
}
