// Package client turns the page's sources (src, page) into the files that the ballot box serves (../static), and
// proves that the committed files are made of the committed sources. Nothing of it is part of the ballot box itself.
//
// The result is readable on purpose: whoever wants to know what runs where answers are typed can read it.
package client

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Sums is the file in the static folder that lists the SHA-256 of every source and every result.
const Sums = "SHA256SUMS"

// packages are the libraries inside the bundle, with the files that hold their licences.
var packages = []string{
	"@cloudflare/blindrsa-ts/LICENSE.txt", "@hpke/common/LICENSE", "@hpke/core/LICENSE", "sjcl/LICENSE.txt",
}

// Build makes the static files from the sources below dir and the libraries in its node_modules.
func Build(dir string) (map[string][]byte, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root, // paths in comments are relative to it
		EntryPoints:   []string{"src/main.js"},
		Bundle:        true,
		Format:        api.FormatESModule,
		Target:        api.ES2022,
		Platform:      api.PlatformBrowser,
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsInline,
		TreeShaking:   api.TreeShakingTrue,
		Outdir:        "static",
		Write:         false,
	})
	if len(result.Errors) > 0 {
		return nil, fmt.Errorf("bundle: %s", result.Errors[0].Text)
	}
	if len(result.OutputFiles) != 1 {
		return nil, fmt.Errorf("bundle: want 1 file, have %d", len(result.OutputFiles))
	}
	files := map[string][]byte{"app.js": result.OutputFiles[0].Contents}
	for _, name := range []string{"index.html", "app.css", "icon.svg"} {
		if files[name], err = os.ReadFile(filepath.Join(root, "page", name)); err != nil {
			return nil, err
		}
	}
	if files["LICENSES.txt"], err = licences(root); err != nil {
		return nil, err
	}
	return files, nil
}

func licences(root string) ([]byte, error) {
	var all strings.Builder
	all.WriteString("The page contains parts of these libraries, under these licences.\n")
	for _, path := range packages {
		text, err := os.ReadFile(filepath.Join(root, "node_modules", path))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&all, "\n\n==== %s ====\n\n%s\n", filepath.Dir(path), strings.TrimSpace(string(text)))
	}
	return []byte(all.String()), nil
}

// Sources returns what the static files are made of, by path below dir.
func Sources(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	var paths []string
	for _, pattern := range []string{"src/*.js", "page/*", "package.json", "package-lock.json", "bundle.go"} {
		matches, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, err
		}
		paths = append(paths, matches...)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return nil, err
		}
		files["client/"+filepath.ToSlash(name)] = raw
	}
	return files, nil
}

// Sum lists files with their SHA-256 in the form of sha256sum, sorted by name.
func Sum(sets ...map[string][]byte) []byte {
	var lines []string
	for _, files := range sets {
		for name, raw := range files {
			sum := sha256.Sum256(raw)
			lines = append(lines, hex.EncodeToString(sum[:])+"  "+name+"\n")
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[64:], b[64:]) })
	return []byte(strings.Join(lines, ""))
}

// Write builds and writes the static folder, with the list of sums.
func Write(dir, static string) error {
	files, err := Build(dir)
	if err != nil {
		return err
	}
	sources, err := Sources(dir)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(static); err != nil {
		return err
	}
	if err := os.MkdirAll(static, 0o755); err != nil {
		return err
	}
	errs := []error{os.WriteFile(filepath.Join(static, Sums), Sum(sources, under("static/", files)), 0o644)}
	for name, raw := range files {
		errs = append(errs, os.WriteFile(filepath.Join(static, name), raw, 0o644))
	}
	return errors.Join(errs...)
}

func under(prefix string, files map[string][]byte) map[string][]byte {
	renamed := map[string][]byte{}
	for name, raw := range files {
		renamed[prefix+name] = raw
	}
	return renamed
}
