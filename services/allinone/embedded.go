package allinone

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/guldkorn/guldkorn/libs/host"
)

// streamBytes bounds each stream of the embedded server on disk: enough for years of a small municipality.
const streamBytes = 64 << 20

// startNATS starts a NATS server inside the process: no port, JetStream on disk, and every acknowledged message
// synced (by default acknowledgements precede the sync by up to two minutes).
func startNATS(dir string) (*server.Server, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "guldkorn", DontListen: true, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: dir, SyncAlways: true,
	})
	if err != nil {
		return nil, fmt.Errorf("embedded NATS: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		s.Shutdown()
		return nil, errors.New("embedded NATS: not ready within 10 s")
	}
	return s, nil
}

// lock makes sure that one process at a time uses a data directory. unlock is never nil.
func lock(dir string) (unlock func(), err error) {
	mistake := func(format string, args ...any) (func(), error) {
		return func() {}, &host.ConfigError{Mistakes: []string{fmt.Sprintf("--data-dir %s "+format, append([]any{dir}, args...)...)}}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return mistake("cannot be made: %v", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return mistake("cannot be written: %v", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return mistake("is in use by another Guldkorn; stop that one or name another directory")
	}
	return func() { _ = f.Close() }, nil
}
