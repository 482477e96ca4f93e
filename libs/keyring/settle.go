package keyring

import (
	"fmt"
	"os"
	"sync"
)

// settling lets those who changed the directory at the same time wait for one sync of it: the disk takes as long for
// all of them as for one, and whoever takes in twenty thousand people makes as many keys.
type settling struct {
	mu      sync.Mutex
	next    *settlement // has not begun, so it will see all that was changed by now
	running sync.Mutex
}

type settlement struct {
	done chan struct{}
	err  error
}

// settle returns when a sync of dir that began after the call has ended.
func (s *settling) settle(dir string) error {
	s.mu.Lock()
	mine := s.next
	if mine != nil {
		s.mu.Unlock()
		<-mine.done
		return mine.err
	}
	mine = &settlement{done: make(chan struct{})}
	s.next = mine
	s.mu.Unlock()

	s.running.Lock() // the one before, which may have begun too early for us
	defer s.running.Unlock()
	s.mu.Lock()
	s.next = nil // whoever comes from here on may come too late for this one
	s.mu.Unlock()
	mine.err = syncDirectory(dir)
	close(mine.done)
	return mine.err
}

func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	err = dir.Sync()
	if closing := dir.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("keyring: sync: %w", err)
	}
	return nil
}
