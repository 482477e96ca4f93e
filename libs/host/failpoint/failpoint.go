// Package failpoint ends the process, as hard as a power cut does, at a named place.
//
// Tests set GULDKORN_FAILPOINT=name or name:n to have the process killed when it passes the place for the n-th
// time, then start it again and look for what is lost or doubled. Without the variable a place costs a comparison.
package failpoint

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

var (
	armed, wanted = parse(os.Getenv("GULDKORN_FAILPOINT"))
	hits          atomic.Int64
)

func parse(setting string) (string, int64) {
	name, count, _ := strings.Cut(setting, ":")
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n < 1 {
		n = 1
	}
	return name, n
}

// Hit kills the process with SIGKILL if this is the armed place and its turn has come.
func Hit(name string) {
	if armed == "" || name != armed || hits.Add(1) != wanted {
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way: nothing after this place may run
}

// Around is a place before a write and one after it has succeeded: "before what" and "after what".
func Around(what string, write func() error) error {
	if armed == "" {
		return write()
	}
	Hit("before " + what)
	err := write()
	if err == nil {
		Hit("after " + what)
	}
	return err
}
