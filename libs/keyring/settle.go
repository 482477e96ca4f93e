package keyring

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// settling lets those who changed files or the directory at the same time wait for one sync of it all: the disk takes
// as long for all of them as for one, and whoever takes in twenty thousand people makes as many keys.
type settling struct {
	mu      sync.Mutex
	next    *settlement // has not begun, so it will see all that was changed by now
	running sync.Mutex
}

// settlement is one sync and what it is to reach beyond the directory itself.
type settlement struct {
	files []*os.File
	done  chan struct{}
	err   error
}

// fewFiles is how many files are synced one by one. The sync of each waits for the journal of the file system; beyond
// these, one sync of the whole file system is faster, whatever else is to be written there.
const fewFiles = 4

// settle returns when a sync of dir, and of what was written to file if there is one, has ended that began after the
// call.
func (s *settling) settle(dir string, file *os.File) error {
	s.mu.Lock()
	mine, leads := s.next, false
	if mine == nil {
		mine, leads = &settlement{done: make(chan struct{})}, true
		s.next = mine
	}
	if file != nil {
		mine.files = append(mine.files, file)
	}
	s.mu.Unlock()
	if !leads {
		<-mine.done
		return mine.err
	}

	s.running.Lock() // the one before, which may have begun too early for us
	defer s.running.Unlock()
	s.mu.Lock()
	s.next = nil // whoever comes from here on may come too late for this one
	s.mu.Unlock()
	mine.err = mine.sync(dir)
	close(mine.done)
	return mine.err
}

func (s *settlement) sync(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("keyring: sync: %w", err)
	}
	if len(s.files) <= fewFiles {
		err = errors.Join(s.eachFile(), dir.Sync())
	} else if err = syncFileSystem(dir); errors.Is(err, errors.ErrUnsupported) {
		err = errors.Join(s.eachFile(), dir.Sync())
	}
	if err = errors.Join(err, dir.Close()); err != nil {
		return fmt.Errorf("keyring: sync: %w", err)
	}
	return nil
}

func (s *settlement) eachFile() error {
	for _, file := range s.files {
		if err := file.Sync(); err != nil {
			return err
		}
	}
	return nil
}
