// Package keyring keeps secret keys as one file each in a directory of its own, so that destroying the file
// destroys what was encrypted under it.
//
// The directory belongs neither to a database nor to a backup of one: a restored database must not bring a
// destroyed key back. A key is on the disk before Put returns, and off it before Destroy returns. What
// overwriting reaches depends on the medium (a file system that copies on write keeps the old blocks for a
// while), which is why the directory should lie on an encrypted volume.
package keyring

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	// ErrGone says that there is no key of this name: it was destroyed or never made.
	ErrGone = errors.New("keyring: no such key")
	// ErrExists says that a key of this name is there already; Put never replaces one.
	ErrExists = errors.New("keyring: the key exists")

	// namePattern: segments of lower-case letters, digits, dot, dash and underscore, joined by slashes. No
	// capital letters, since some file systems fold them together.
	namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$`)
)

// Names and sizes that a Ring takes.
const (
	maxName = 200     // a file name holds 255 bytes; the rest is for the temporary suffix
	maxKey  = 1 << 16 // a key is small; anything larger is a mistake
)

// Ring is an open directory of keys. It is safe for concurrent use, by several processes too.
type Ring struct {
	dir      string
	settling settling
}

// Open returns the ring in dir and makes the directory, readable by its owner only, if it is not there.
func Open(dir string) (*Ring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keyring: %s can be read by others (mode %v); it must be 0700", dir, info.Mode().Perm())
	}
	return &Ring{dir: dir}, nil
}

// Put stores a new key and returns when it is on the disk; ErrExists if the name is taken.
func (r *Ring) Put(name string, key []byte) error {
	path, err := r.path(name)
	if err != nil {
		return err
	}
	if len(key) == 0 || len(key) > maxKey {
		return fmt.Errorf("keyring: %s: a key has 1 to %d bytes, not %d", name, maxKey, len(key))
	}
	// The whole content goes to a file of another name first: a reader sees all of a key or nothing.
	temporary, err := os.CreateTemp(r.dir, ".new-*")
	if err != nil {
		return fmt.Errorf("keyring: put %s: %w", name, err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	_, err = temporary.Write(key)
	if err == nil {
		err = r.settling.settle(r.dir, temporary)
	}
	if closing := temporary.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("keyring: put %s: %w", name, err)
	}
	// link(2), unlike rename(2), refuses a name that is taken.
	if err := os.Link(temporary.Name(), path); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s", ErrExists, name)
	} else if err != nil {
		return fmt.Errorf("keyring: put %s: %w", name, err)
	}
	return r.settling.settle(r.dir, nil)
}

// Get returns a key, or ErrGone.
func (r *Ring) Get(name string) ([]byte, error) {
	path, err := r.path(name)
	if err != nil {
		return nil, err
	}
	key, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrGone, name)
	}
	if err != nil {
		return nil, fmt.Errorf("keyring: get %s: %w", name, err)
	}
	return key, nil
}

// read returns the content of a key's file. What is read from one that was moved away meanwhile may be the noise that
// destroys it, and counts as gone.
func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	key, err := io.ReadAll(io.LimitReader(file, maxKey))
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err != nil {
		return nil, err
	}
	there, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !os.SameFile(opened, there) {
		return nil, fs.ErrNotExist
	}
	return key, nil
}

// Ensure returns the key of this name and makes it first if there is none. When several callers do so at
// once, all of them get the one that was stored. A name whose key was destroyed gets a new key: whoever must
// not have that asks Get.
func (r *Ring) Ensure(name string, make func() ([]byte, error)) ([]byte, error) {
	key, err := r.Get(name)
	if !errors.Is(err, ErrGone) {
		return key, err
	}
	if key, err = make(); err != nil {
		return nil, fmt.Errorf("keyring: make %s: %w", name, err)
	}
	switch err := r.Put(name, key); {
	case errors.Is(err, ErrExists):
		return r.Get(name)
	case err != nil:
		return nil, err
	}
	return key, nil
}

// Destroy overwrites a key, removes its file and returns when both are on the disk. A key that is not there
// is destroyed already.
func (r *Ring) Destroy(name string) error {
	path, err := r.path(name)
	if err != nil {
		return err
	}
	// It is moved away first, so that nobody reads noise for a key. The name is fixed: another attempt ends what
	// this one does not live to end.
	away := filepath.Join(r.dir, ".gone-"+filepath.Base(path))
	if err := os.Rename(path, away); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("keyring: destroy %s: %w", name, err)
	}
	if err := overwrite(away); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("keyring: destroy %s: %w", name, err)
	}
	if err := os.Remove(away); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("keyring: destroy %s: %w", name, err)
	}
	return r.settling.settle(r.dir, nil) // also for an earlier attempt that ended before
}

func overwrite(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil {
		noise := make([]byte, info.Size())
		_, _ = rand.Read(noise) // crypto/rand.Read never fails (Go 1.24 and later)
		_, err = file.WriteAt(noise, 0)
	}
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}

// path returns the file of a name. A slash becomes "=", which no name has, so that all files lie flat.
func (r *Ring) path(name string) (string, error) {
	if len(name) > maxName || !namePattern.MatchString(name) {
		return "", fmt.Errorf("keyring: %q is not a key name (lower-case letters, digits, . - _ and /, at most %d)", name, maxName)
	}
	return filepath.Join(r.dir, strings.ReplaceAll(name, "/", "=")), nil
}
