package portal

import (
	"errors"
	"sync"
)

// together reads from several services at once, so that a page takes as long as the slowest of them.
func together(reads ...func() error) error { return errors.Join(each(reads...)...) }

// each is together with every read's own error, in the order of the reads.
func each(reads ...func() error) []error {
	failures := make([]error, len(reads))
	var group sync.WaitGroup
	for i, read := range reads {
		group.Go(func() { failures[i] = read() })
	}
	group.Wait()
	return failures
}

// reads is a read of v.get for together.
func (v *visit) reads(service, path string, out any) func() error {
	return func() error { return v.get(service, path, out) }
}
