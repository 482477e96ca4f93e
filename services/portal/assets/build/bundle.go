package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// ManifestName is the file that names the bundled assets.
const ManifestName = "manifest.json"

// entries are what pages ask for by name; each becomes a file of its own.
var entries = []string{"app.css", "app.js", "confidential.js"}

// Manifest says under which name each entry point is served and from which sources it was made.
type Manifest struct {
	Assets  map[string]string `json:"assets"`  // "app.css" -> "app-X7K2.css"
	Sources string            `json:"sources"` // SHA-256 over every source file and the lock file
}

// Bundle builds the assets in the directory sources and writes them to target, which it empties first. The node
// modules must be installed.
func Bundle(sources, target string) error {
	sum, err := SourceHash(sources)
	if err != nil {
		return err
	}
	root, err := filepath.Abs(sources)
	if err != nil {
		return err
	}
	out, err := filepath.Abs(target)
	if err != nil {
		return err
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       entries,
		EntryNames:        "[name]-[hash]",
		AssetNames:        "[name]-[hash]",
		Outdir:            out,
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone, // licences are in NOTICE.md beside the bundles
		Target:            api.ES2022,
		Format:            api.FormatESModule,
		Loader:            map[string]api.Loader{".woff2": api.LoaderFile, ".svg": api.LoaderFile},
		Plugins:           []api.Plugin{designSystem()},
		Metafile:          true,
		LogLevel:          api.LogLevelSilent,
	})
	if len(result.Errors) > 0 {
		return errors.New(strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	if err := empty(out); err != nil {
		return err
	}
	manifest := Manifest{Assets: map[string]string{}, Sources: sum}
	for _, file := range result.OutputFiles {
		name := filepath.Base(file.Path)
		if err := os.WriteFile(filepath.Join(out, name), file.Contents, 0o644); err != nil {
			return err
		}
		if stem, _, ok := strings.Cut(name, "-"); ok && slices.Contains(entries, stem+filepath.Ext(name)) {
			manifest.Assets[stem+filepath.Ext(name)] = name
		}
	}
	mark, err := os.ReadFile(filepath.Join(root, "icons", "mark.svg"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "mark.svg"), mark, 0o644); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, ManifestName), append(raw, '\n'), 0o644)
}

// empty removes what an earlier build wrote; other files, such as NOTICE.md, stay.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		switch filepath.Ext(entry.Name()) {
		case ".css", ".js", ".woff2", ".svg", ".json":
			if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// SourceHash is a SHA-256 over everything that the bundles are made from, except the installed node modules, which
// the lock file pins by hash.
func SourceHash(sources string) (string, error) {
	var paths []string
	err := filepath.WalkDir(sources, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "node_modules":
			return filepath.SkipDir
		case d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(d.Name(), "."):
			return nil
		}
		paths = append(paths, path)
		return nil
	})
	if err != nil {
		return "", err
	}
	slices.Sort(paths)
	sum := sha256.New()
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		name, err := filepath.Rel(sources, path)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n", filepath.ToSlash(name), len(raw))
		_, _ = sum.Write(raw) // a hash never fails
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
