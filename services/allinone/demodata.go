package allinone

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/guldkorn/guldkorn/libs/host"
)

// Files that say how far a data directory's demo is.
const (
	demoFile   = "demo.json"   // complete
	makingFile = "demo.making" // begun and not complete
)

// prepareDemo readies a data directory, which the caller has locked, for the demo: one that was cut off while it was
// being made is begun anew, and real data is never mixed with invented.
func prepareDemo(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, demoFile)); err == nil {
		return nil
	}
	_, err := os.Stat(filepath.Join(dir, makingFile))
	switch {
	case err == nil:
		if err := empty(dir); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	default:
		if _, err := os.Stat(filepath.Join(dir, "tenancy.db")); err == nil {
			return &host.ConfigError{Mistakes: []string{fmt.Sprintf("--demo: --data-dir %s holds data that is not a demo's; name another directory", dir)}}
		}
	}
	return os.WriteFile(filepath.Join(dir, makingFile), nil, 0o600)
}

// empty removes everything in a data directory but what this process holds open already.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if slices.Contains([]string{"lock", portsFile, policiesDir}, entry.Name()) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// ResetDemo removes a data directory that a demo was made in and that no process uses.
func ResetDemo(dir string) error {
	_, complete := os.Stat(filepath.Join(dir, demoFile))
	_, making := os.Stat(filepath.Join(dir, makingFile))
	if complete != nil && making != nil {
		return &host.ConfigError{Mistakes: []string{fmt.Sprintf("--data-dir %s holds no demo", dir)}}
	}
	unlock, err := lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	return os.RemoveAll(dir)
}
