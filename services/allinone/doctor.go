package allinone

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"

	"modernc.org/sqlite" // the embedded databases, to look at them without a service
)

// Finding is what one check of the doctor found, and the command that mends it.
type Finding struct {
	Check string
	Err   error
	Mend  string
}

// busy is SQLite's code for a database that another process has locked (SQLITE_BUSY).
const busy = 5

// enough is the disk space under which a data directory is called too small, in bytes.
const enough = 1 << 30

// Examine runs the five checks.
func Examine(ctx context.Context, o Options) []Finding {
	return []Finding{
		{"the data directory can be written: " + o.DataDir, writable(o.DataDir), fmt.Sprintf("mkdir -p %s && chmod 700 %[1]s && chown $(id -u) %[1]s", o.DataDir)},
		{"the disk has room", room(o.DataDir), "remove what is not needed, or name another place: guldkorn run --data-dir DIR"},
		{"the portal's address is free: " + o.Listen, free(o.Listen), "end what listens there, or take any free port: guldkorn run --listen 127.0.0.1:0"},
		{"the databases are sound", sound(ctx, o.DataDir), "restore the directory from a backup; a demo can be made anew: guldkorn demo reset"},
		{"nobody else can read the keys", private(o.DataDir), fmt.Sprintf("chmod -R go-rwx %s", o.DataDir)},
	}
}

func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func room(dir string) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return err
	}
	if left := s.Bavail * uint64(s.Bsize); left < enough {
		return fmt.Errorf("%d MiB are left, %d are wanted", left>>20, enough>>20)
	}
	return nil
}

func free(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return l.Close()
}

// sound asks SQLite to check each database; one that a running process holds open can be read all the same.
func sound(ctx context.Context, dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".db" {
			return err
		}
		db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
		if err != nil {
			return err
		}
		defer db.Close()
		var verdict string
		var refusal *sqlite.Error
		err = db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict)
		if errors.As(err, &refusal) && refusal.Code() == busy {
			return nil // the ballot box lets nobody else look while it runs
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if verdict != "ok" {
			return fmt.Errorf("%s: %s", path, verdict)
		}
		return nil
	})
}

func private(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone since the directory was read
		}
		if err != nil {
			return err
		}
		if path == dir && info.Mode().Perm()&0o077 != 0 {
			return fmt.Errorf("%s has mode %v", path, info.Mode().Perm())
		}
		return nil
	})
}

// Version names the build.
func Version() string {
	revision, modified := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				modified = " with local changes"
			}
		}
	}
	return fmt.Sprintf("guldkorn %s%s (%s)", revision, modified, runtime.Version())
}

// quiet is a logger for tools whose words would only repeat ours.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
